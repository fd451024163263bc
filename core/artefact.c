/* SPDX-License-Identifier: MIT */
/*
 * Artefacts: the documents that a carrier holds for a line; putting them together, comparing them, and
 * writing one as a single text for the store and reading it back.
 */
#include <string.h>

#include "core/carrier/json.h"
#include "nevermiss/carrier.h"
#include "nevermiss/json.h"

bool nm_part_is_fact(const struct nm_part *part)
{
	const size_t len = strlen("facts");

	return strncmp(part->name, "facts", len) == 0 && (part->name[len] == '\0' || part->name[len] == '-');
}

void nm_artefact_clear(struct nm_artefact *artefact)
{
	nm_arena_free(artefact->arena);
	*artefact = (struct nm_artefact){ 0 };
}

static bool part_equal(const struct nm_part *a, const struct nm_part *b)
{
	return strcmp(a->name, b->name) == 0 && a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool nm_artefact_equal(const struct nm_artefact *a, const struct nm_artefact *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!part_equal(&a->parts[i], &b->parts[i]))
			return false;
	return true;
}

/* Index of the first part from i on that is no fact. */
static size_t next_held(const struct nm_artefact *artefact, size_t i)
{
	while (i < artefact->n && nm_part_is_fact(&artefact->parts[i]))
		i++;
	return i;
}

bool nm_artefact_alike(const struct nm_artefact *a, const struct nm_artefact *b)
{
	size_t i = next_held(a, 0), k = next_held(b, 0);

	while (i < a->n && k < b->n && part_equal(&a->parts[i], &b->parts[k])) {
		i = next_held(a, i + 1);
		k = next_held(b, k + 1);
	}
	return i == a->n && k == b->n;
}

enum nm_code nm_artefact_add(struct nm_artefact *artefact, const char *name, const char *type,
			     const char *bytes, size_t len, struct nm_error *err)
{
	struct nm_part part = { .len = len };

	if (artefact->n == NM_ARTEFACT_PARTS)
		return nm_fail(err, NM_INPUT, "an artefact has at most %d parts", NM_ARTEFACT_PARTS);
	if (len > NM_ARTEFACT_BYTES)
		return nm_fail(err, NM_INPUT, "%s is longer than %u bytes", name, NM_ARTEFACT_BYTES);
	if (artefact->arena == NULL)
		artefact->arena = nm_arena_new();
	if (artefact->arena == NULL)
		return nm_fail_memory(err);
	part.name = nm_arena_text(artefact->arena, name);
	part.type = nm_arena_text(artefact->arena, type);
	part.bytes = nm_arena_textn(artefact->arena, bytes, len);
	if (part.name == NULL || part.type == NULL || part.bytes == NULL)
		return nm_fail_memory(err);
	artefact->parts[artefact->n++] = part;
	return NM_OK;
}

const struct nm_part *nm_artefact_find(const struct nm_artefact *artefact, const char *name)
{
	for (size_t i = 0; i < artefact->n; i++)
		if (strcmp(artefact->parts[i].name, name) == 0)
			return &artefact->parts[i];
	return NULL;
}

enum nm_code nm_artefact_write(const struct nm_artefact *artefact, struct nm_buf *out, struct nm_error *err)
{
	struct nm_json json;

	nm_json_init(&json, out);
	nm_json_array(&json);
	for (size_t i = 0; i < artefact->n; i++) {
		nm_json_object(&json);
		nm_json_key(&json, "name");
		nm_json_text(&json, artefact->parts[i].name);
		nm_json_key(&json, "type");
		nm_json_text(&json, artefact->parts[i].type);
		nm_json_key(&json, "text");
		nm_json_text(&json, artefact->parts[i].bytes);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	return out->failed ? nm_fail_memory(err) : NM_OK;
}

static enum nm_code read_parts(const struct nm_node *parts, struct nm_artefact *out, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (!nm_node_is_array(parts))
		return nm_fail(err, NM_INPUT, "a kept artefact is a list of parts");
	for (size_t i = 0; i < nm_node_count(parts) && code == NM_OK; i++) {
		const struct nm_node *part = nm_node_at(parts, i);
		const char *name = nm_node_member_text(part, "name"),
			   *type = nm_node_member_text(part, "type");
		const char *text = nm_node_member_text(part, "text");

		if (name == NULL || type == NULL || text == NULL)
			return nm_fail(err, NM_INPUT, "part %zu of a kept artefact has no name, type or text",
				       i + 1);
		code = nm_artefact_add(out, name, type, text, strlen(text), err);
	}
	return code;
}

enum nm_code nm_artefact_read(const char *text, struct nm_artefact *out, struct nm_error *err)
{
	struct nm_artefact artefact = { 0 };
	struct nm_node *root;
	enum nm_code code = nm_node_read(text, strlen(text), &root, err);

	if (code != NM_OK)
		return code;
	code = read_parts(root, &artefact, err);
	nm_node_free(root);
	if (code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	return code;
}
