/* SPDX-License-Identifier: MIT */
/*
 * The tables behind number.c, written by build-aux/number-table.py.  No pointers in them, so that
 * they stay read-only in a position-independent program.  `lengths` is a mask: bit n set when a
 * number of n digits in all, country code and all, is possible.
 */
#ifndef CORE_NUMBER_PRIVATE_H
#define CORE_NUMBER_PRIVATE_H

#include <stddef.h>

#include "nevermiss/number.h"

/* Sorted by code. */
struct number_code {
	uint16_t code;
	char country[4]; /* the main one of those that share the code; "001" for a service of no country */
	uint16_t lengths;
};

/* Sorted by country. */
struct number_region {
	char country[4];
	uint16_t code;
	char trunk[4];     /* digits dialled before a number within the country; "" */
	uint16_t alike;    /* bit d set: numbers begin with those digits themselves when d comes next */
	char abroad[6];    /* digits dialled before a country code; "" when they depend on the carrier */
	char currency[4];
	char emergency[64]; /* separated by blanks */
};

/* Sorted by prefix: numbers of a country that is not the main one of its code. */
struct number_area {
	uint32_t prefix;
	uint16_t lengths;
	char country[4];
};

/* Sorted by prefix. */
struct number_range {
	uint64_t prefix;
	uint16_t lengths;
	uint8_t kind; /* enum nm_number_kind */
};

extern const struct number_code number_codes[];
extern const struct number_region number_regions[];
extern const struct number_area number_areas[];
extern const struct number_range number_ranges[];
extern const size_t number_codes_count, number_regions_count, number_areas_count, number_ranges_count;

#endif
