/* SPDX-License-Identifier: MIT */
/*
 * Telephone numbers: reading E.164 and national ones, and what kind of number one is.
 */
#ifndef NEVERMISS_NUMBER_H
#define NEVERMISS_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "nevermiss/error.h"

#define NM_NUMBER_TEXT 40

/* An E.164 number as its digits, country code first; 0 is no number. */
typedef uint64_t nm_number;

/* country is ISO 3166-1 alpha-2.  Blanks, dots, dashes and brackets are taken; emergency, too short
 * and too long numbers are refused with the reason. */
enum nm_code nm_number_read(const char *text, const char *country, nm_number *out, struct nm_error *err) NM_WARN_UNUSED;
/* Is what is written there an emergency number, which nobody may call and which calls nobody? */
bool nm_number_is_emergency(const char *text, const char *country);
bool nm_country_known(const char *country);
/* "+15125550100" */
void nm_number_write(nm_number number, char out[static NM_NUMBER_TEXT]);
/* For people: "+1 512 555 0100" */
void nm_number_words(nm_number number, char out[static NM_NUMBER_TEXT]);

enum nm_number_kind { NM_NUMBER_ORDINARY, NM_NUMBER_PREMIUM, NM_NUMBER_TOLL_FREE };
enum nm_number_kind nm_number_kind(nm_number number);
/* The ISO country of a number, by area code where several share a country code ("JM" for +1876);
 * "" when the country code is not assigned. */
const char *nm_number_country(nm_number number);
/* The usual currency of a country ("USD"); "USD" when unknown. */
const char *nm_country_currency(const char *country);
/* Number of digits of a whole E.164 number of that country code, for making an example of a prefix;
 * 0 when it varies. */
int nm_number_length(nm_number prefix);

#endif
