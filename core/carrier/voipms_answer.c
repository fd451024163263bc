/* SPDX-License-Identifier: MIT */
/*
 * Reading what VoIP.ms answers: members that are now texts and now numbers, lists, and the members of a ring
 * group in the carrier's own words.  What is not understood is kept as it was written.
 */
#include <stdio.h>
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/voipms.h"

const char *voipms_text(const struct nm_node *object, const char *key, char out[static VOIPMS_ID_TEXT])
{
	const struct nm_node *node = nm_node_get(object, key);
	int64_t value;

	if (nm_node_text(node) != NULL)
		return nm_node_text(node);
	if (!nm_node_int(node, INT64_MIN, INT64_MAX, &value))
		return NULL;
	snprintf(out, VOIPMS_ID_TEXT, "%lld", (long long)value);
	return out;
}

bool voipms_is(const struct nm_node *object, const char *key, const char *value)
{
	char space[VOIPMS_ID_TEXT];
	const char *text = voipms_text(object, key, space);

	return text != NULL && strcmp(text, value) == 0;
}

/* Not set: absent, empty, or -1. */
static bool member_unset(const struct nm_node *object, const char *key)
{
	const struct nm_node *node = nm_node_get(object, key);

	return node == NULL || nm_node_is_null(node) || voipms_is(object, key, "") ||
	       voipms_is(object, key, "-1");
}

const struct nm_node *voipms_find(const struct nm_node *list, const char *key, const char *value)
{
	for (size_t i = 0; i < nm_node_count(list); i++)
		if (voipms_is(nm_node_at(list, i), key, value))
			return nm_node_at(list, i);
	return NULL;
}

/* "25" up to a comma, a semicolon or the end; false when there is no number. */
static bool read_digits(const char **at, int most, int *out)
{
	const char *c = *at;
	int value = 0;

	for (; nm_ascii_is_digit(*c) && value <= most; c++)
		value = value * 10 + (*c - '0');
	if (c == *at || value > most || (*c != ',' && *c != ';' && *c != '\0'))
		return false;
	*at = c;
	*out = value;
	return true;
}

bool voipms_rings_plainly(const struct nm_node *forwarding)
{
	return member_unset(forwarding, "callerid_override") && member_unset(forwarding, "dtmf_digits");
}

/* The number that a route rings; NULL when it rings something else. */
static const char *number_of(struct nm_arena *arena, const struct nm_node *forwardings, const char *route)
{
	const struct nm_node *forwarding =
		strncmp(route, "fwd:", 4) == 0 ? voipms_find(forwardings, "forwarding", route + 4) : NULL;
	char space[VOIPMS_ID_TEXT];
	const char *digits = voipms_text(forwarding, "phone_number", space), *number;

	if (digits == NULL || !voipms_rings_plainly(forwarding) || strlen(digits) >= VOIPMS_ID_TEXT)
		return NULL;
	number = nm_arena_format(arena, strlen(digits) == 11 ? "+%s" : "+1%s", digits);
	return number != NULL && voipms_is_ten_digits(number) ? number : NULL;
}

/* "fwd:16006,10,1"; what cannot be understood becomes a route.  False: memory. */
static bool read_member(struct nm_arena *arena, const struct nm_node *forwardings, const char *text,
			size_t len, struct voipms_member *out)
{
	const char *comma = memchr(text, ',', len);
	const size_t route_len = comma != NULL ? (size_t)(comma - text) : len;
	const char *at = comma != NULL ? comma + 1 : "";
	int press_1 = 0;
	bool known;

	*out = (struct voipms_member){ .route = nm_arena_textn(arena, text, route_len) };
	if (out->route == NULL)
		return false;
	known = read_digits(&at, NM_FOR_MAX, &out->for_s) && *at == ',';
	if (known) {
		at++;
		known = read_digits(&at, 1, &press_1) && *at != ',';
	}
	out->press_1 = press_1 == 1;
	if (known)
		out->number = number_of(arena, forwardings, out->route);
	return true;
}

size_t voipms_count_members(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == ';';
	return n;
}

bool voipms_read_members(const char *text, const struct nm_node *forwardings, struct nm_arena *arena,
			 struct voipms_setting *setting)
{
	struct voipms_member *members = nm_arena_alloc(arena, voipms_count_members(text), sizeof(*members));

	if (members == NULL)
		return false;
	setting->members = members;
	while (*text != '\0') {
		const size_t len = strcspn(text, ";");

		if (len > 0 && !read_member(arena, forwardings, text, len, &members[setting->n++]))
			return false;
		text += len;
		text += *text == ';';
	}
	return true;
}
