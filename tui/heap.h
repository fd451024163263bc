/* SPDX-License-Identifier: MIT */
/* How the interface, which stays open for days, has the C library deal with memory that is free. */
#ifndef TUI_HEAP_H
#define TUI_HEAP_H

/* At the start: large pieces are taken from the system one by one, and so go back to it when they are freed.  A command, which
 * ends soon, does without: it would only take more time. */
void heap_begin(void);
/* What is free goes back to the system: after work, and when another screen is shown. */
void heap_return(void);

#endif
