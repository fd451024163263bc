/* SPDX-License-Identifier: MIT */
/*
 * What was made of calendars before, under their own bytes: the next start reads none of them again, and so
 * does not need libical, which takes longer than all else that a start does.  In and out: the bytes of a file
 * that belongs to this machine and this version; of another, or damaged, it is as if there were none.
 */
#include <stdlib.h>
#include <string.h>

#include "ical_library.h"
#include "ical_model.h"

/* FORMAT: another number whenever other bytes are kept, or something else is made of the same calendar. */
#define FORMAT "1"
#define HEAD "nevermiss calendars " FORMAT ", libical " ICAL_VERSION "\n"
#define ENTRIES 64

struct entry {
	char *bytes; /* of the calendar, and behind them what was made of it */
	size_t len, made;
	bool used; /* since the memory was made */
};

struct nm_ical_memory {
	struct entry entries[ENTRIES];
	size_t n;
	bool changed;
};

struct lengths {
	uint64_t len, made;
};

/* FNV-1a */
static uint64_t sum_of(const char *bytes, size_t len)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * 1099511628211u;
	return hash;
}

struct nm_ical_memory *nm_ical_memory_new(void)
{
	return calloc(1, sizeof(struct nm_ical_memory));
}

void nm_ical_memory_free(struct nm_ical_memory *memory)
{
	if (!memory)
		return;
	for (size_t i = 0; i < memory->n; i++)
		free(memory->entries[i].bytes);
	free(memory);
}

/* Takes a copy. */
static void add(struct nm_ical_memory *memory, const char *bytes, struct lengths lengths, bool used)
{
	struct entry *entry = &memory->entries[memory->n];

	if (memory->n == ENTRIES)
		return;
	*entry = (struct entry){ malloc(lengths.len + lengths.made + 1), lengths.len, lengths.made, used };
	if (!entry->bytes)
		return;
	memcpy(entry->bytes, bytes, lengths.len + lengths.made);
	memory->n++;
}

static void drop(struct nm_ical_memory *memory, struct entry *entry)
{
	free(entry->bytes);
	*entry = memory->entries[--memory->n];
}

void nm_ical_memory_read(struct nm_ical_memory *memory, const char *bytes, size_t len)
{
	const size_t head = strlen(HEAD);
	struct lengths lengths;
	const char *at, *end;
	uint64_t sum;

	if (len < head + sizeof sum || memcmp(bytes, HEAD, head) != 0)
		return;
	memcpy(&sum, bytes + head, sizeof sum);
	at = bytes + head + sizeof sum;
	end = bytes + len;
	if (sum != sum_of(at, (size_t)(end - at)))
		return;
	while ((size_t)(end - at) >= sizeof lengths) {
		memcpy(&lengths, at, sizeof lengths);
		at += sizeof lengths;
		if (lengths.len > (size_t)(end - at) || lengths.made > (size_t)(end - at) - lengths.len)
			return;
		add(memory, at, lengths, false);
		at += lengths.len + lengths.made;
	}
}

bool nm_ical_memory_changed(const struct nm_ical_memory *memory)
{
	return memory->changed;
}

bool nm_ical_memory_write(const struct nm_ical_memory *memory, struct nm_buf *out)
{
	struct nm_buf body;
	uint64_t sum;

	nm_buf_init(&body, NM_ICAL_MEMORY_BYTES);
	for (size_t i = 0; i < memory->n; i++) {
		const struct entry *entry = &memory->entries[i];
		const struct lengths lengths = { entry->len, entry->made };

		if (!entry->used)
			continue;
		nm_buf_addn(&body, (const char *)&lengths, sizeof lengths);
		nm_buf_addn(&body, entry->bytes, entry->len + entry->made);
	}
	sum = sum_of(body.data, body.len);
	nm_buf_add(out, HEAD);
	nm_buf_addn(out, (const char *)&sum, sizeof sum);
	nm_buf_addn(out, body.data, body.len);
	out->failed = out->failed || body.failed;
	nm_buf_clear(&body);
	return !out->failed;
}

static struct entry *find(struct nm_ical_memory *memory, const char *bytes, size_t len)
{
	for (size_t i = 0; i < memory->n; i++) {
		struct entry *entry = &memory->entries[i];

		if (entry->len == len && memcmp(entry->bytes, bytes, len) == 0)
			return entry;
	}
	return NULL;
}

static void remember(struct nm_ical_memory *memory, const char *bytes, size_t len, struct nm_ical *ical)
{
	struct nm_buf kept;

	nm_buf_init(&kept, NM_ICAL_MEMORY_BYTES);
	nm_buf_addn(&kept, bytes, len);
	nm_ical_encode(ical, &kept);
	if (!kept.failed)
		add(memory, kept.data, (struct lengths){ len, kept.len - len }, true);
	memory->changed = true;
	nm_buf_clear(&kept);
}

/* What was remembered as a calendar; NM_INPUT when it is none after all. */
static enum nm_code recall(const struct entry *entry, const char *name, struct nm_ical **out,
			   struct nm_error *err)
{
	struct nm_ical *ical;
	enum nm_code code = nm_ical_new(name, &ical, err);

	if (code)
		return code;
	if (!nm_ical_decode(entry->bytes + entry->len, entry->made, ical))
		code = nm_fail(err, NM_INPUT, "%s: what was kept of it cannot be read", name);
	if (!code)
		code = nm_ical_finish(ical, err);
	if (code)
		nm_ical_free(ical);
	else
		*out = ical;
	return code;
}

enum nm_code nm_ical_remember(struct nm_ical_memory *memory, const char *name, const char *bytes, size_t len,
			      struct nm_ical **out, struct nm_error *err)
{
	struct entry *entry = memory ? find(memory, bytes, len) : NULL;
	enum nm_code code;

	if (entry && recall(entry, name, out, err) == NM_OK) {
		entry->used = true;
		return NM_OK;
	}
	code = nm_ical_read(name, bytes, len, out, err);
	if (!code && entry)
		drop(memory, entry);
	if (!code && memory)
		remember(memory, bytes, len, *out);
	return code;
}
