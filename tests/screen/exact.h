/* SPDX-License-Identifier: MIT */
/* What holds of every canvas: its rows are exactly as wide as it is, and nothing in them acts. */
#ifndef TESTS_EXACT_H
#define TESTS_EXACT_H

#include "canvas.h"

/* Fails the test when a row is not. */
void rows_are_exact(const struct canvas *canvas);

#endif
