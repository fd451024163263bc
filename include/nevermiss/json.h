/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON: keys in the order in which they are written, commas and escapes taken care of.
 * Text that is not UTF-8 is written with U+FFFD for each wrong byte.
 */
#ifndef NEVERMISS_JSON_H
#define NEVERMISS_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "nevermiss/mem.h"

#define NM_JSON_DEPTH 32

struct nm_json {
	struct nm_buf *out; /* borrowed */
	int depth;
	bool comma[NM_JSON_DEPTH];
	bool after_key;
};

void nm_json_init(struct nm_json *json, struct nm_buf *out);
void nm_json_object(struct nm_json *json); /* { */
void nm_json_array(struct nm_json *json);  /* [ */
void nm_json_end(struct nm_json *json, char closing); /* '}' or ']' */
void nm_json_key(struct nm_json *json, const char *key);
void nm_json_text(struct nm_json *json, const char *text); /* NULL is written as null */
void nm_json_int(struct nm_json *json, int64_t value);
void nm_json_count(struct nm_json *json, const char *key, int64_t n); /* a member */
void nm_json_double(struct nm_json *json, double value, int decimals);
void nm_json_bool(struct nm_json *json, bool value);
void nm_json_null(struct nm_json *json);

#endif
