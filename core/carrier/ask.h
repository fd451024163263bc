/* SPDX-License-Identifier: MIT */
/*
 * What drivers that ask over HTTP have in common: where to, and how a refusal is told in the carrier's own
 * words.  What a carrier sends is cut and cleaned here before anybody reads it.
 */
#ifndef CORE_CARRIER_ASK_H
#define CORE_CARRIER_ASK_H

#include "nevermiss/carrier.h"

/* The account's endpoint, or `base` when it names none, without closing slashes, and then the tail; NULL:
 * memory is out. */
const char *nm_ask_url(const struct nm_exchange *exchange, const char *base, const char *tail);
/* A short copy without control characters, for a message; NULL: memory is out. */
const char *nm_ask_words(struct nm_arena *arena, const char *text);
/* Says of something at the carrier that it is not from here: before, its words, after.  Never NULL. */
const char *nm_ask_foreign(struct nm_arena *arena, const char *before, const char *words, const char *after);
/* Ends the conversation: with no answer, with the carrier's words, or with its status when it gave none
 * (words NULL). */
enum nm_step_result nm_ask_refused(struct nm_exchange *exchange, const struct nm_response *last,
				   const char *words);
/* The same for an answer of one of our own transports, whose words are its member "error". */
enum nm_step_result nm_ask_refused_here(struct nm_exchange *exchange, const struct nm_response *last);
/* Of an answer about a file: no status, which is none of a server's. */
enum nm_step_result nm_ask_refused_file(struct nm_exchange *exchange, const struct nm_response *last);
/* An identifier of letters, digits, '-' and '_', as long as such things are: safe in a URL. */
bool nm_ask_is_id(const char *text);

#endif
