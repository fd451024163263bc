/* SPDX-License-Identifier: MIT */
/* Texts of calendars, and of their servers, as they may be shown. */
#ifndef CORE_ICAL_TEXT_H
#define CORE_ICAL_TEXT_H

#include <stddef.h>

/* Control characters and broken UTF-8 replaced, cut to fit. */
void nm_ical_clean(const char *text, char *out, size_t size);

#endif
