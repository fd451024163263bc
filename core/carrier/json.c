/* SPDX-License-Identifier: MIT */
/*
 * Thin helpers around jansson, which nothing outside core/carrier/ sees.  What comes in was written by
 * a carrier and is hostile: its size is bounded here, its nesting by jansson (JSON_PARSER_MAX_DEPTH, 2048).
 */
#include "core/carrier/json.h"

#include <jansson.h>
#include <string.h>

#include "nevermiss/carrier.h"

static const json_t *json_of(const struct nm_node *node)
{
	return (const json_t *)node;
}

enum nm_code nm_node_read(const char *text, size_t len, struct nm_node **out, struct nm_error *err)
{
	json_error_t error;
	json_t *root;

	if (len > NM_ARTEFACT_BYTES)
		return nm_fail(err, NM_INPUT, "the text is longer than %u bytes", NM_ARTEFACT_BYTES);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
		return nm_fail_memory(err);
	if (root == NULL)
		return nm_fail(err, NM_INPUT, "not JSON: line %d: %s", error.line, error.text);
	*out = (struct nm_node *)root;
	return NM_OK;
}

void nm_node_free(struct nm_node *root)
{
	json_decref((json_t *)root);
}

bool nm_node_is_object(const struct nm_node *node)
{
	return json_is_object(json_of(node));
}

bool nm_node_is_array(const struct nm_node *node)
{
	return json_is_array(json_of(node));
}

bool nm_node_is_null(const struct nm_node *node)
{
	return json_is_null(json_of(node));
}

const struct nm_node *nm_node_get(const struct nm_node *object, const char *key)
{
	return (const struct nm_node *)json_object_get(json_of(object), key);
}

size_t nm_node_count(const struct nm_node *array)
{
	return json_array_size(json_of(array));
}

const struct nm_node *nm_node_at(const struct nm_node *array, size_t i)
{
	return (const struct nm_node *)json_array_get(json_of(array), i);
}

size_t nm_node_members(const struct nm_node *object)
{
	return json_object_size(json_of(object));
}

/* jansson's iterators take no const, but only read. */
static json_t *iterable(const struct nm_node *node)
{
	return (json_t *)(uintptr_t)node;
}

const char *nm_node_first(const struct nm_node *object)
{
	return json_object_iter_key(json_object_iter(iterable(object)));
}

const char *nm_node_after(const struct nm_node *object, const char *key)
{
	void *at = json_object_iter_at(iterable(object), key);

	return json_object_iter_key(json_object_iter_next(iterable(object), at));
}

bool nm_node_only(const struct nm_node *object, const char *const *keys, const char **extra)
{
	for (const char *key = nm_node_first(object); key != NULL; key = nm_node_after(object, key)) {
		size_t i = 0;

		while (keys[i] != NULL && strcmp(keys[i], key) != 0)
			i++;
		if (keys[i] == NULL) {
			if (extra != NULL)
				*extra = key;
			return false;
		}
	}
	return true;
}

const char *nm_node_text(const struct nm_node *node)
{
	return json_string_value(json_of(node));
}

const char *nm_node_member_text(const struct nm_node *object, const char *key)
{
	return nm_node_text(nm_node_get(object, key));
}

bool nm_node_int(const struct nm_node *node, int64_t min, int64_t max, int64_t *out)
{
	json_int_t value = json_integer_value(json_of(node));

	if (!json_is_integer(json_of(node)) || value < min || value > max)
		return false;
	*out = value;
	return true;
}

bool nm_node_bool(const struct nm_node *node, bool *out)
{
	if (!json_is_boolean(json_of(node)))
		return false;
	*out = json_is_true(json_of(node));
	return true;
}

static int add_text(const char *text, size_t len, void *out)
{
	nm_buf_addn(out, text, len);
	return ((struct nm_buf *)out)->failed ? -1 : 0;
}

void nm_node_write(const struct nm_node *node, struct nm_buf *out)
{
	if (json_dump_callback(json_of(node), add_text, out, JSON_COMPACT | JSON_SORT_KEYS) != 0)
		out->failed = true;
}
