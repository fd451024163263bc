/* SPDX-License-Identifier: MIT */
/*
 * Unsaved text: see unsaved.h.  A first line says how long the base is; it follows, then a NUL, then the text.  A file
 * without such a line is all text.  Does not know what a plan is.
 */
#include "unsaved.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/edit.h"
#include "nevermiss/plan.h"

#define MARK "nevermiss unsaved, base of "
#define HEAD_BYTES 64 /* of the first line, and the NUL between the texts */
#define FILE_BYTES (2 * NM_TEXTS_BYTES + HEAD_BYTES)

enum nm_code unsaved_write(const char *file, const struct unsaved *unsaved, struct nm_error *err)
{
	struct nm_buf bytes;
	enum nm_code code;

	nm_buf_init(&bytes, FILE_BYTES);
	nm_buf_addf(&bytes, MARK "%zu\n", unsaved->base_len);
	nm_buf_addn(&bytes, unsaved->base, unsaved->base_len);
	nm_buf_addn(&bytes, "", 1);
	nm_buf_addn(&bytes, unsaved->text, unsaved->len);
	code = bytes.failed ? nm_fail_memory(err) : nm_file_write(file, bytes.data, bytes.len, false, err);
	nm_buf_clear(&bytes);
	return code;
}

/* Finds the texts in the bytes. */
static enum nm_code part(struct unsaved *unsaved, const char *file, struct nm_error *err)
{
	const struct nm_buf *bytes = &unsaved->bytes;
	const char *const end = bytes->data + bytes->len;
	char *at;
	unsigned long len;

	unsaved->text = bytes->data;
	unsaved->len = bytes->len;
	if (strncmp(bytes->data, MARK, strlen(MARK)) != 0)
		return NM_OK;
	len = strtoul(bytes->data + strlen(MARK), &at, 10);
	if (*at != '\n' || len > NM_TEXTS_BYTES || (size_t)(end - at) < len + 2 || at[1 + len] != '\0')
		return nm_fail(err, NM_INPUT, "%s is not whole: what was not saved cannot be told from it", file);
	unsaved->base = at + 1;
	unsaved->base_len = len;
	unsaved->text = unsaved->base + len + 1;
	unsaved->len = (size_t)(end - unsaved->text);
	return NM_OK;
}

enum nm_code unsaved_read(const char *file, struct unsaved *out, struct nm_error *err)
{
	struct unsaved unsaved = {0};
	enum nm_code code;

	nm_buf_init(&unsaved.bytes, FILE_BYTES);
	code = nm_file_read(file, FILE_BYTES - 1, &unsaved.bytes, err);
	if (!code)
		code = part(&unsaved, file, err);
	if (!code && unsaved.len > NM_TEXTS_BYTES)
		code = nm_fail(err, NM_INPUT, "%s is larger than a plan can be", file);
	if (code)
		unsaved_clear(&unsaved);
	else
		*out = unsaved;
	return code;
}

void unsaved_clear(struct unsaved *unsaved)
{
	nm_buf_clear(&unsaved->bytes);
	unsaved->base = unsaved->text = NULL;
	unsaved->base_len = unsaved->len = 0;
}
