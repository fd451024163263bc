/* SPDX-License-Identifier: MIT */
/*
 * The two ways memory is owned: an arena that lives and dies with a model, and a text buffer with a
 * hard cap and a sticky failure.  Neither ever ends the process.
 */
#ifndef NEVERMISS_MEM_H
#define NEVERMISS_MEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct nm_arena;

/* NULL when memory is out.  nm_arena_free takes NULL. */
struct nm_arena *nm_arena_new(void);
void nm_arena_free(struct nm_arena *arena);

/* n * size zeroed bytes, aligned for anything; NULL when memory is out or n * size overflows.
 * n == 0 gives a valid pointer to nothing. */
void *nm_arena_alloc(struct nm_arena *arena, size_t n, size_t size);

/* Copies of text; NULL when memory is out. */
char *nm_arena_text(struct nm_arena *arena, const char *text);
char *nm_arena_textn(struct nm_arena *arena, const char *text, size_t len);
char *nm_arena_format(struct nm_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A copy in which each `from` (not "") is `to`; NULL when memory is out. */
char *nm_arena_replaced(struct nm_arena *arena, const char *text, const char *from, const char *to);

/* Makes room for `need` elements in a malloc'd array; false when memory is out (array unchanged). */
bool nm_grow(void **array, size_t *capacity, size_t need, size_t size);

/* Growing text, always NUL-terminated.  After the first failure (memory or max) nothing is added
 * any more and `failed` stays set: test it once at the end. */
struct nm_buf {
	char *data; /* owned; never NULL after init, "" when empty */
	size_t len, cap, max;
	bool failed;
};

void nm_buf_init(struct nm_buf *buf, size_t max);
void nm_buf_clear(struct nm_buf *buf); /* frees; the buffer is as after init */
void nm_buf_add(struct nm_buf *buf, const char *text);
void nm_buf_addn(struct nm_buf *buf, const char *text, size_t len);
void nm_buf_addf(struct nm_buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void nm_buf_vaddf(struct nm_buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
/* Moves the text to the caller, who frees it with free(); NULL when failed. */
char *nm_buf_take(struct nm_buf *buf);

#endif
