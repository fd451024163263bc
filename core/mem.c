/* SPDX-License-Identifier: MIT */
/*
 * Arena and text buffer.  Every failure is told to the caller; nothing ends the process.
 */
#include "nevermiss/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST 4096
#define BLOCK_LARGEST (1u << 20)

struct block {
	struct block *next;
	size_t used, size;
	max_align_t bytes[];
};

struct nm_arena {
	struct block *blocks;
	size_t next_size;
};

struct nm_arena *nm_arena_new(void)
{
	struct nm_arena *arena = calloc(1, sizeof *arena);

	if (arena)
		arena->next_size = BLOCK_FIRST;
	return arena;
}

void nm_arena_free(struct nm_arena *arena)
{
	struct block *block, *next;

	if (!arena)
		return;
	for (block = arena->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(arena);
}

static struct block *block_add(struct nm_arena *arena, size_t need)
{
	size_t size = arena->next_size > need ? arena->next_size : need;
	struct block *block;

	if (size > SIZE_MAX - sizeof *block)
		return NULL;
	block = malloc(sizeof *block + size);
	if (!block)
		return NULL;
	block->used = 0;
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	if (arena->next_size < BLOCK_LARGEST)
		arena->next_size *= 2;
	return block;
}

void *nm_arena_alloc(struct nm_arena *arena, size_t n, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct block *block = arena->blocks;
	size_t need;
	void *bytes;

	if (size && n > (SIZE_MAX - align) / size)
		return NULL;
	need = (n * size + align - 1) / align * align;
	if (!need)
		need = align;
	if (!block || block->size - block->used < need) {
		block = block_add(arena, need);
		if (!block)
			return NULL;
	}
	bytes = (char *)block->bytes + block->used;
	block->used += need;
	return memset(bytes, 0, need);
}

char *nm_arena_textn(struct nm_arena *arena, const char *text, size_t len)
{
	char *copy = len < SIZE_MAX ? nm_arena_alloc(arena, len + 1, 1) : NULL;

	if (copy)
		memcpy(copy, text, len);
	return copy;
}

char *nm_arena_text(struct nm_arena *arena, const char *text)
{
	return nm_arena_textn(arena, text, strlen(text));
}

char *nm_arena_format(struct nm_arena *arena, const char *format, ...)
{
	va_list args, again;
	char *text = NULL;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len >= 0)
		text = nm_arena_alloc(arena, (size_t)len + 1, 1);
	if (text)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	va_end(args);
	return text;
}

char *nm_arena_replaced(struct nm_arena *arena, const char *text, const char *from, const char *to)
{
	struct nm_buf out;
	char *copy;

	nm_buf_init(&out, SIZE_MAX);
	for (const char *at; (at = strstr(text, from)) != NULL; text = at + strlen(from)) {
		nm_buf_addn(&out, text, (size_t)(at - text));
		nm_buf_add(&out, to);
	}
	nm_buf_add(&out, text);
	copy = out.failed ? NULL : nm_arena_text(arena, out.data);
	nm_buf_clear(&out);
	return copy;
}

bool nm_grow(void **array, size_t *capacity, size_t need, size_t size)
{
	size_t wanted = *capacity ? *capacity : 8;
	void *grown;

	if (need <= *capacity)
		return true;
	while (wanted < need) {
		if (wanted > SIZE_MAX / 2)
			return false;
		wanted *= 2;
	}
	if (wanted > SIZE_MAX / size)
		return false;
	grown = realloc(*array, wanted * size);
	if (!grown)
		return false;
	*array = grown;
	*capacity = wanted;
	return true;
}

void nm_buf_init(struct nm_buf *buf, size_t max)
{
	/* The literal is never written: cap is 0. */
	*buf = (struct nm_buf){ .data = "", .max = max };
}

void nm_buf_clear(struct nm_buf *buf)
{
	if (buf->cap)
		free(buf->data);
	nm_buf_init(buf, buf->max);
}

/* Room for `more` bytes and the terminator. */
static bool buf_reserve(struct nm_buf *buf, size_t more)
{
	void *data = buf->cap ? buf->data : NULL;

	if (buf->failed)
		return false;
	if (more > buf->max || buf->len > buf->max - more ||
	    !nm_grow(&data, &buf->cap, buf->len + more + 1, 1)) {
		buf->failed = true;
		return false;
	}
	buf->data = data;
	return true;
}

void nm_buf_addn(struct nm_buf *buf, const char *text, size_t len)
{
	if (!buf_reserve(buf, len))
		return;
	memcpy(buf->data + buf->len, text, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void nm_buf_add(struct nm_buf *buf, const char *text)
{
	nm_buf_addn(buf, text, strlen(text));
}

void nm_buf_vaddf(struct nm_buf *buf, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0)
		buf->failed = true;
	else if (buf_reserve(buf, (size_t)len)) {
		vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
		buf->len += (size_t)len;
	}
}

void nm_buf_addf(struct nm_buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	nm_buf_vaddf(buf, format, args);
	va_end(args);
}

char *nm_buf_take(struct nm_buf *buf)
{
	char *text;

	if (buf->failed || !buf_reserve(buf, 0)) {
		nm_buf_clear(buf);
		return NULL;
	}
	text = buf->data;
	text[buf->len] = '\0';
	nm_buf_init(buf, buf->max);
	return text;
}
