/* SPDX-License-Identifier: MIT */
/* A dialplan back into a route.  Comes in: bytes that anybody may have written.  Goes out: decisions. */
#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/asterisk_read.h"

#define SOUNDS_MAX 4096

/* --- lines into statements --- */

/* A line is cut off where it ends and in front of blanks; what it says begins behind blanks. */
static char *trimmed(char *line, size_t len)
{
	while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == '\t' || line[len - 1] == '\r'))
		len--;
	line[len] = '\0';
	while (*line == ' ' || *line == '\t')
		line++;
	return line;
}

/* "[name]", "exten => name,1,application", "same => n,application"; else it is only what it is. */
static struct statement statement_of(struct reader *r, size_t number, char *line)
{
	struct statement s = {
		.number = number, .whole = nm_arena_text(r->arena, line), .name = "", .text = line
	};
	const size_t len = strlen(line);
	char *name, *comma;

	if (s.whole == NULL)
		nm_dialplan_no_memory(r);
	if (line[0] == '[' && line[len - 1] == ']') {
		line[len - 1] = '\0';
		return (struct statement){ number, s.whole, line + 1, NULL };
	}
	if (strncmp(line, "same => n,", 10) == 0) {
		s.text = line + 10;
		return s;
	}
	name = strncmp(line, "exten => ", 9) == 0 ? line + 9 : NULL;
	comma = name != NULL ? strchr(name, ',') : NULL;
	if (comma != NULL && strncmp(comma, ",1,", 3) == 0) {
		*comma = '\0';
		s.name = name;
		s.text = comma + 3;
	}
	return s;
}

/* --- what sounds say --- */

/* A sound whose comments are being read. */
struct saying {
	const char *name; /* NULL: none */
	struct nm_buf text;
};

static void end_saying(struct reader *r, struct saying *saying)
{
	const char *text = saying->name != NULL ? nm_arena_text(r->arena, saying->text.data) : NULL;

	if (saying->name == NULL)
		return;
	if (text == NULL || saying->text.failed ||
	    !nm_grow((void **)&r->sounds, &r->sounds_capacity, r->n_sounds + 1, sizeof(*r->sounds)))
		nm_dialplan_no_memory(r);
	else
		r->sounds[r->n_sounds++] = (struct sound){ saying->name, text };
	nm_buf_clear(&saying->text);
	saying->name = NULL;
}

/* "; sound NAME: TEXT"; of one sound as many as it takes.  Another comment says nothing. */
static void read_comment(struct reader *r, struct saying *saying, char *line)
{
	static const char head[] = "; sound ";
	char *name = line + sizeof(head) - 1, *text;

	if (strncmp(line, head, sizeof(head) - 1) != 0)
		return;
	text = strstr(name, ":");
	if (text == NULL || r->n_sounds == SOUNDS_MAX)
		return;
	*text++ = '\0';
	text += *text == ' ';
	if (saying->name == NULL || strcmp(saying->name, name) != 0) {
		end_saying(r, saying);
		nm_buf_init(&saying->text, NM_ARTEFACT_BYTES);
		saying->name = name;
	}
	if (!nm_dialplan_text_read(text, &saying->text)) {
		nm_buf_clear(&saying->text);
		saying->name = NULL;
	}
}

static size_t count_lines(const char *text)
{
	size_t n = 1;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

/* Only whole comment lines are comments of ours: what else has a semicolon says something of another form. */
static void read_lines(struct reader *r, char *text)
{
	struct saying saying = { 0 };
	size_t number = 1;

	for (char *line = text; line != NULL; number++) {
		char *end = strchr(line, '\n'),
		     *says = trimmed(line, end != NULL ? (size_t)(end - line) : strlen(line));

		if (says[0] == ';' && says[1] != '-')
			read_comment(r, &saying, says);
		else if (says[0] != '\0')
			r->statements[r->n++] = statement_of(r, number, says);
		line = end != NULL ? end + 1 : NULL;
	}
	end_saying(r, &saying);
}

/* --- deciding --- */

static int situation_at(struct reader *r, nm_time t)
{
	const nm_local local = nm_zone_local(r->lifter.facts.route->zone, t);
	const int64_t day = nm_local_day(local);
	const int minute = (int)((local - day * NM_DAY) / 60);
	size_t low = 0, high = r->n_spans;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (r->spans[middle].until <= t)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < r->n_spans && r->spans[low].from <= t)
		return r->spans[low].situation;
	for (size_t i = 0; i < r->n_hours; i++)
		if ((r->hours[i].days >> nm_weekday(day) & 1) != 0 && r->hours[i].first <= minute &&
		    minute <= r->hours[i].last)
			return r->hours[i].situation;
	return r->otherwise;
}

static size_t class_of(const struct reader *r, uint64_t groups)
{
	uint64_t own = 0;
	size_t class = 0;

	for (size_t g = 0; g < r->n_groups; g++)
		own |= (groups >> r->lifted[g] & 1) << g;
	for (size_t i = 0; i < r->n_class_rules; i++)
		if (r->class_rules[i].groups == own)
			class = (size_t)r->class_rules[i].class;
	return class;
}

static enum nm_code treat(void *context, nm_time t, uint64_t groups, bool key, struct nm_arena *arena,
			  struct nm_treatment **out, struct nm_error *err)
{
	struct reader *r = context;
	const struct call *call;
	int treatment;

	(void)arena;
	(void)err;
	if (r->asked < 0 || r->asked_at != t) {
		r->asked_at = t;
		r->asked = situation_at(r, t);
	}
	call = &r->calls[(size_t)r->asked * r->n_classes + class_of(r, groups)];
	treatment = key ? call->urgent : call->treatment;
	*out = treatment < 0 ? NULL : r->treatments[treatment];
	return NM_OK;
}

/* --- the whole --- */

static bool make_room(struct reader *r, size_t lines)
{
	r->statements = nm_arena_alloc(r->arena, lines, sizeof(*r->statements));
	r->spans = nm_arena_alloc(r->arena, lines, sizeof(*r->spans));
	r->hours = nm_arena_alloc(r->arena, lines, sizeof(*r->hours));
	r->class_rules = nm_arena_alloc(r->arena, lines, sizeof(*r->class_rules));
	r->calls = nm_arena_alloc(r->arena, lines + 1, sizeof(*r->calls));
	r->legs = nm_arena_alloc(r->arena, lines + 1, sizeof(*r->legs));
	r->treatments = nm_arena_alloc(r->arena, lines, sizeof(struct nm_treatment *));
	return r->statements != NULL && r->spans != NULL && r->hours != NULL && r->class_rules != NULL &&
	       r->calls != NULL && r->legs != NULL && r->treatments != NULL;
}

/* By the name of the first context the line was called so when the file was written, and all else in it is. */
static void take_name(struct reader *r)
{
	static const char before[] = NM_ASTERISK_SOUNDS "-";
	const size_t len = strlen(before);
	size_t i = 0;

	while (i < r->n && r->statements[i].text != NULL)
		i++;
	if (i == r->n || strncmp(r->statements[i].name, before, len) != 0) {
		nm_dialplan_foreign(r, NULL);
		return;
	}
	r->base = r->statements[i].name;
	r->handset = nm_arena_format(r->arena, "PJSIP/%s", r->base + len);
	if (!nm_dialplan_name_read(r->base + len, strlen(r->base + len), r->arena, &r->lifter.facts.route->line))
		nm_dialplan_foreign(r, NULL);
	if (r->handset == NULL || r->lifter.facts.route->line == NULL)
		nm_dialplan_no_memory(r);
}

static void check_treatments(struct reader *r)
{
	for (size_t i = 0; i < r->n_calls; i++)
		if ((size_t)r->calls[i].treatment >= r->n_treatments ||
		    (r->calls[i].urgent >= 0 && (size_t)r->calls[i].urgent >= r->n_treatments)) {
			nm_dialplan_foreign(r, NULL);
			return;
		}
}

static void read_all(struct reader *r, const struct nm_part *part)
{
	char *text = nm_arena_textn(r->arena, part->bytes, part->len);

	if (text == NULL || !make_room(r, count_lines(text))) {
		nm_dialplan_no_memory(r);
		return;
	}
	read_lines(r, text);
	if (!nm_dialplan_failed(r))
		take_name(r);
	if (nm_dialplan_failed(r))
		return;
	nm_dialplan_read_main(r);
	nm_dialplan_read_legs(r);
	nm_dialplan_read_ring(r);
	check_treatments(r);
}

/* A file that does not even begin as ours do. */
static const char *stranger(const struct nm_part *part)
{
	const size_t len = strlen(NM_DP_TITLE);

	if (strlen(part->bytes) != part->len)
		return "a file with binary data in it, which is no dialplan";
	if (part->len < len || memcmp(part->bytes, NM_DP_TITLE, len) != 0)
		return "a dialplan that nevermiss did not write";
	return NULL;
}

enum nm_code nm_dialplan_lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			      struct nm_error *err)
{
	const struct nm_part *part = nm_artefact_find(live, NM_ASTERISK_PART),
			     *trunk = nm_artefact_find(live, NM_ASTERISK_TRUNK);
	struct reader r = { .err = err, .asked = -1 };
	enum nm_code code;

	*out = NULL;
	*foreign = NULL;
	if (part == NULL)
		return nm_fail(err, NM_INPUT, "there is no dialplan");
	code = nm_dialplan_trunk_read(trunk != NULL ? trunk->bytes : NULL, &r.trunk, err);
	if (code == NM_OK)
		code = nm_lifter_begin(live, &r.lifter, err);
	if (code != NM_OK)
		return code;
	r.endpoint = nm_dialplan_trunk_endpoint(&r.trunk);
	r.arena = r.lifter.facts.route->arena;
	r.foreign = stranger(part);
	if (r.foreign == NULL)
		read_all(&r, part);
	free(r.sounds);
	code = r.code;
	if (code == NM_OK && r.foreign == NULL)
		return nm_lifter_finish(&r.lifter, treat, &r, out, err);
	if (code == NM_OK) {
		*foreign = nm_arena_text(live->arena, r.foreign);
		code = *foreign == NULL ? nm_fail_memory(err) : NM_OK;
	}
	nm_lifter_clear(&r.lifter);
	return code;
}
