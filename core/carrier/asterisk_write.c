/* SPDX-License-Identifier: MIT */
/*
 * A route as a dialplan.  Comes in: a route that the carrier's traits allow.  Goes out: one file of
 * inbound contexts, in the forms of asterisk.h and in no others.
 *
 * A call falls through four contexts: NAME finds out who calls and which of the route's situations holds,
 * NAME-calls what such a caller gets in it, NAME-ring rings; a phone that must accept, or that is shown the
 * line's number, is rung by a call of its own through NAME-legs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/carrier/asterisk_write.h"

void nm_writer_refuse(struct writer *w, const char *format, ...)
{
	struct nm_buf text;
	va_list args;

	if (w->code != NM_OK)
		return;
	nm_buf_init(&text, NM_ERROR_TEXT);
	va_start(args, format);
	nm_buf_vaddf(&text, format, args);
	va_end(args);
	w->code = nm_fail(w->err, NM_INPUT, "%s", text.data);
	nm_buf_clear(&text);
}

const char *nm_writer_kept(struct writer *w, const char *text)
{
	if (text == NULL && w->code == NM_OK)
		w->code = nm_fail_memory(w->err);
	return text != NULL ? text : "";
}

void nm_writer_context(struct writer *w, const char *tail)
{
	nm_buf_addf(w->out, "\n[%s%s]\n", w->base, tail);
}

void nm_writer_begin(struct writer *w, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(w->exten, sizeof(w->exten), format, args);
	va_end(args);
}

void nm_writer_say(struct writer *w, const char *format, ...)
{
	va_list args;

	if (w->exten[0] != '\0')
		nm_buf_addf(w->out, "exten => %s,1,", w->exten);
	else
		nm_buf_add(w->out, " same => n,");
	w->exten[0] = '\0';
	va_start(args, format);
	nm_buf_vaddf(w->out, format, args);
	va_end(args);
	nm_buf_add(w->out, "\n");
}

const char *nm_writer_name(struct writer *w, const char *before, const char *name)
{
	struct nm_buf text;
	const char *copy;

	nm_buf_init(&text, 65536);
	nm_buf_add(&text, before);
	nm_dialplan_name(name, &text);
	copy = text.failed ? NULL : nm_arena_text(w->arena, text.data);
	nm_buf_clear(&text);
	return nm_writer_kept(w, copy);
}

/* --- who calls, and when --- */

static void write_pattern(struct writer *w, const struct nm_caller_pattern *pattern, int group)
{
	char digits[NM_NUMBER_TEXT];

	nm_number_write(pattern->number, digits);
	if (pattern->anonymous)
		nm_writer_say(w, NM_DP_NOBODY, group);
	else if (pattern->prefix)
		nm_writer_say(w, NM_DP_PREFIX, (int)strlen(digits + 1), (long long)pattern->number, group);
	else
		nm_writer_say(w, NM_DP_NUMBER, (long long)pattern->number, group);
}

static bool find_classes(struct writer *w)
{
	const struct nm_route *route = w->route;

	w->classes = nm_arena_alloc(w->arena, route->n_classes, sizeof(*w->classes));
	for (size_t c = 0; c < route->n_classes && w->classes != NULL; c++)
		if (nm_route_class_of(route, route->classes[c].groups) == c)
			w->classes[w->n_classes++] = &route->classes[c];
	return w->classes != NULL;
}

/* "${NM_G0}${NM_G1}" is "10". */
static void write_class(struct writer *w, size_t class)
{
	struct nm_buf names, bits;

	nm_buf_init(&names, 1024);
	nm_buf_init(&bits, NM_PLAN_GROUPS + 1);
	for (size_t g = 0; g < w->route->n_groups; g++) {
		nm_buf_addf(&names, "${NM_G%zu}", g);
		nm_buf_add(&bits, (w->classes[class]->groups >> g & 1) != 0 ? "1" : "0");
	}
	if (names.failed || bits.failed)
		nm_writer_kept(w, NULL);
	nm_writer_say(w, NM_DP_CLASS, (int)names.len, names.data, (int)bits.len, bits.data, (int)class);
	nm_buf_clear(&names);
	nm_buf_clear(&bits);
}

static void write_callers(struct writer *w)
{
	const struct nm_route *route = w->route;

	for (size_t g = 0; g < route->n_groups; g++) {
		nm_writer_say(w, NM_DP_GROUP, (int)g);
		for (size_t i = 0; i < route->groups[g].n; i++)
			write_pattern(w, &route->groups[g].patterns[i], (int)g);
	}
	nm_writer_say(w, NM_DP_CLASS_0);
	for (size_t c = 1; c < w->n_classes; c++)
		write_class(w, c);
}

/* "mon-fri", "tue&sat-sun", "*" */
static const char *days_words(struct writer *w, unsigned days)
{
	struct nm_buf text;
	const char *copy;

	nm_buf_init(&text, 64);
	for (int d = 0; d < 7 && days != 0x7f; d++) {
		int last = d;

		if ((days >> d & 1) == 0)
			continue;
		while (last < 6 && (days >> (last + 1) & 1) != 0)
			last++;
		nm_buf_addf(&text, "%s%s", text.len > 0 ? "&" : "", nm_dialplan_days[d]);
		if (last > d)
			nm_buf_addf(&text, "-%s", nm_dialplan_days[last]);
		d = last;
	}
	copy = nm_arena_text(w->arena, days == 0x7f ? "*" : text.data);
	nm_buf_clear(&text);
	return nm_writer_kept(w, copy);
}

/* From when to when, within one day, in minutes; the end not in it. */
struct stretch {
	int from, until, situation;
};

static struct stretch stretch_of(const struct nm_route_day *day, size_t i)
{
	return (struct stretch){ day->changes[i].minute,
				 i + 1 < day->n ? day->changes[i + 1].minute : 24 * 60,
				 day->changes[i].situation };
}

/* The days of the week that have just this stretch. */
static unsigned days_of(const struct nm_route *route, struct stretch stretch)
{
	unsigned days = 0;

	for (int d = 0; d < 7; d++)
		for (size_t i = 0; i < route->week[d].n; i++) {
			const struct stretch other = stretch_of(&route->week[d], i);

			if (other.from == stretch.from && other.until == stretch.until &&
			    other.situation == stretch.situation)
				days |= 1u << d;
		}
	return days;
}

/* A range of Asterisk's times has its last minute in it. */
static void write_stretch(struct writer *w, struct stretch stretch, unsigned days)
{
	const char *words = days_words(w, days), *zone = nm_zone_name(w->route->zone);
	const int last = stretch.until - 1;

	nm_writer_say(w, NM_DP_HOURS, stretch.from / 60, stretch.from % 60, last / 60, last % 60,
		      (int)strlen(words), words, (int)strlen(zone), zone, w->base, stretch.situation);
}

static void write_times(struct writer *w)
{
	const struct nm_route *route = w->route;
	const int otherwise = route->week[0].changes[0].situation;

	for (size_t i = 0; i < route->n_exceptions; i++)
		nm_writer_say(w, NM_DP_SPAN, (long long)route->exceptions[i].span.from,
			      (long long)route->exceptions[i].span.until, w->base,
			      route->exceptions[i].situation);
	for (int d = 0; d < 7; d++)
		for (size_t i = 0; i < route->week[d].n; i++) {
			const struct stretch stretch = stretch_of(&route->week[d], i);
			const unsigned days = days_of(route, stretch);

			if (stretch.situation != otherwise && (days & ((1u << d) - 1)) == 0)
				write_stretch(w, stretch, days);
		}
	nm_writer_say(w, NM_DP_ELSE, w->base, otherwise);
}

static void write_main(struct writer *w)
{
	const char *number = w->route->number;

	nm_writer_context(w, "");
	nm_writer_begin(w, "%s", number);
	nm_writer_say(w, NM_DP_START);
	nm_writer_begin(w, "%s", number + 1);
	nm_writer_say(w, NM_DP_START);
	nm_writer_begin(w, "s");
	/* What the caller's side sent is only looked at as digits. */
	nm_writer_say(w, NM_DP_FROM);
	nm_writer_say(w, NM_DP_HIDDEN);
	nm_writer_say(w, NM_DP_NO_KEY);
	nm_writer_say(w, NM_DP_NOW);
	write_callers(w);
	write_times(w);
}

/* --- what they get --- */

static void write_calls(struct writer *w)
{
	const struct nm_route *route = w->route;

	nm_writer_context(w, "-calls");
	for (size_t s = 0; s < route->n_situations; s++)
		for (size_t c = 0; c < w->n_classes; c++) {
			const ptrdiff_t class = w->classes[c] - route->classes;

			nm_writer_begin(w, "s%zuc%zu", s, c);
			if (route->situations[s].key[class] >= 0)
				nm_writer_say(w, NM_DP_CALL_KEY, route->situations[s].key[class]);
			nm_writer_say(w, NM_DP_CALL, w->base, route->situations[s].treatment[class]);
		}
}

/* --- the whole --- */

/* Asterisk must not be given a line that it would cut, or a name that it would. */
static void check_sizes(struct writer *w)
{
	const char *line = w->out->data;

	if (strlen(w->base) + strlen("-accept") > NM_DP_NAME_MAX)
		nm_writer_refuse(
			w, "the line's name makes contexts of over %d characters: a shorter one would do",
			NM_DP_NAME_MAX);
	while (line != NULL && *line != '\0') {
		const char *end = strchr(line, '\n');
		const size_t len = end != NULL ? (size_t)(end - line) : strlen(line);

		if (len > NM_DP_LINE_MAX)
			nm_writer_refuse(w,
					 "so many at once make a line of %zu characters, and %d is the most: "
					 "several steps would do",
					 len, NM_DP_LINE_MAX);
		line = end != NULL ? end + 1 : NULL;
	}
	if (w->out->failed && w->out->len < NM_ARTEFACT_BYTES / 2)
		nm_writer_kept(w, NULL);
	else if (w->out->failed)
		nm_writer_refuse(w,
				 "the dialplan has over %u MiB: fewer callers' numbers or a shorter horizon "
				 "would help",
				 NM_ARTEFACT_BYTES >> 20);
}

static void write_head(struct writer *w)
{
	nm_buf_add(w->out, NM_DP_TITLE
		   "\n"
		   "; A push writes over this file: change the plan instead.  After it, `dialplan reload`.\n"
		   "; Inbound only: nothing here dials what a caller sent.\n");
	for (size_t t = 0; t < w->route->n_treatments; t++)
		nm_writer_sounds(w, w->route->treatments[t]);
}

static void write_all(struct writer *w)
{
	const char *zone = nm_zone_name(w->route->zone);

	if (!nm_dialplan_is_number(w->route->number, strlen(w->route->number)))
		nm_writer_refuse(w, "%.40s is no number of 7 to 15 digits with its country code",
				 w->route->number);
	if (!nm_dialplan_is_word(zone, strlen(zone)))
		nm_writer_refuse(w, "the time zone %.80s has a name that a dialplan cannot hold", zone);
	for (size_t t = 0; t < w->route->n_treatments; t++)
		nm_writer_number_legs(w, w->route->treatments[t]);
	if (!find_classes(w))
		nm_writer_kept(w, NULL);
	if (w->code != NM_OK)
		return;
	write_head(w);
	write_main(w);
	write_calls(w);
	nm_writer_legs(w);
	nm_writer_ring(w);
	nm_writer_accept(w);
	check_sizes(w);
}

enum nm_code nm_dialplan_write(const struct nm_route *route, const struct nm_dialplan_trunk *trunk,
			       struct nm_buf *out, struct nm_error *err)
{
	struct writer w = { .route = route, .trunk = trunk, .out = out, .err = err };

	w.arena = nm_arena_new();
	if (w.arena == NULL)
		return nm_fail_memory(err);
	w.base = nm_writer_name(&w, NM_ASTERISK_SOUNDS "-", route->line);
	w.handset = nm_writer_name(&w, "PJSIP/", route->line);
	write_all(&w);
	free(w.legs);
	free(w.sounds);
	nm_arena_free(w.arena);
	return w.code;
}
