/* SPDX-License-Identifier: MIT */
/*
 * Writing JSON (RFC 8259) into a text buffer.  Reading it is the business of core/carrier/json.c.
 */
#include "nevermiss/json.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/utf8.h"

void nm_json_init(struct nm_json *json, struct nm_buf *out)
{
	*json = (struct nm_json){ .out = out };
}

/* What must stand between the last thing written and the next value or key. */
static void separate(struct nm_json *json)
{
	if (json->after_key)
		json->after_key = false;
	else if (json->comma[json->depth])
		nm_buf_add(json->out, ",");
	json->comma[json->depth] = true;
}

static void begin(struct nm_json *json, const char *opening)
{
	separate(json);
	nm_buf_add(json->out, opening);
	assert(json->depth + 1 < NM_JSON_DEPTH);
	json->comma[++json->depth] = false;
}

void nm_json_object(struct nm_json *json)
{
	begin(json, "{");
}

void nm_json_array(struct nm_json *json)
{
	begin(json, "[");
}

void nm_json_end(struct nm_json *json, char closing)
{
	assert(json->depth > 0);
	json->depth--;
	nm_buf_addn(json->out, &closing, 1);
}

static void add_ascii(struct nm_buf *out, char c)
{
	switch (c) {
	case '"':
		nm_buf_add(out, "\\\"");
		break;
	case '\\':
		nm_buf_add(out, "\\\\");
		break;
	case '\n':
		nm_buf_add(out, "\\n");
		break;
	case '\t':
		nm_buf_add(out, "\\t");
		break;
	default:
		if ((unsigned char)c < 0x20 || c == 0x7f)
			nm_buf_addf(out, "\\u%04x", (unsigned)c);
		else
			nm_buf_addn(out, &c, 1);
	}
}

/* Bytes at text that stand in JSON as they are. */
static size_t plain_length(const char *text)
{
	size_t n = 0;

	while ((unsigned char)text[n] >= 0x20 && (unsigned char)text[n] < 0x7f && text[n] != '"' && text[n] != '\\')
		n++;
	return n;
}

static void add_string(struct nm_buf *out, const char *text)
{
	size_t len;

	nm_buf_add(out, "\"");
	for (;; text += len ? len : 1) {
		len = plain_length(text);
		nm_buf_addn(out, text, len);
		text += len;
		if (!*text)
			break;
		len = nm_utf8_length((const unsigned char *)text);
		if (len == 0)
			nm_buf_add(out, "\xef\xbf\xbd");
		else if (len == 1)
			add_ascii(out, *text);
		else
			nm_buf_addn(out, text, len);
	}
	nm_buf_add(out, "\"");
}

void nm_json_key(struct nm_json *json, const char *key)
{
	separate(json);
	add_string(json->out, key);
	nm_buf_add(json->out, ":");
	json->after_key = true;
}

void nm_json_text(struct nm_json *json, const char *text)
{
	separate(json);
	if (text)
		add_string(json->out, text);
	else
		nm_buf_add(json->out, "null");
}

void nm_json_int(struct nm_json *json, int64_t value)
{
	separate(json);
	nm_buf_addf(json->out, "%" PRId64, value);
}

void nm_json_count(struct nm_json *json, const char *key, int64_t n)
{
	nm_json_key(json, key);
	nm_json_int(json, n);
}

void nm_json_double(struct nm_json *json, double value, int decimals)
{
	separate(json);
	nm_buf_addf(json->out, "%.*f", decimals, value);
}

void nm_json_bool(struct nm_json *json, bool value)
{
	separate(json);
	nm_buf_add(json->out, value ? "true" : "false");
}

void nm_json_null(struct nm_json *json)
{
	nm_json_text(json, NULL);
}
