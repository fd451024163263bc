/* SPDX-License-Identifier: MIT */
/*
 * What check finds with another text of the plan.  In: both texts and what check finds with each.  Out: lines of text:
 * what is new, what is told otherwise, what is gone, how many are the same.
 */
#include <stdlib.h>
#include <string.h>

#include "change.h"

/* What a finding is about.  Lines move with every edit; of a file that is not edited they do not. */
struct spot {
	const char *file, *kind, *title, *option;
	int step, line;
};

struct told {
	const struct nm_finding *finding;
	struct spot spot;
	bool paired, reworded; /* with one of the other text; in other words */
};

/* Is this file, as findings name it, the one of that name among the texts of the plan? */
static bool places_in(const char *plan, const char *file, const char *name)
{
	return !strcmp(nm_texts_name(plan, file), name);
}

/* Is it one of them at all? */
static bool places_of_plan(const char *plan, const char *file, const struct nm_written *written)
{
	for (size_t i = 0; i < written->n; i++)
		if (places_in(plan, file, written->sections[i].file))
			return true;
	for (size_t i = 0; written->n && i < written->sections[0].n; i++)
		if (places_in(plan, file, written->sections[0].options[i].file))
			return true;
	return false;
}

static struct spot spot_of(const struct nm_pos *pos, const struct nm_written *written, const char *file)
{
	struct spot spot = {.file = pos->file, .step = -1, .line = pos->line};

	if (!pos->file)
		return spot;
	for (size_t i = 0; i < written->n; i++) { /* the innermost comes last */
		const struct nm_written_section *section = &written->sections[i];

		if (i ? pos->line < section->line || pos->line > section->end_line || !places_in(file, pos->file, section->file)
		      : !places_of_plan(file, pos->file, written))
			continue;
		spot = (struct spot){pos->file, section->kind, section->title, NULL, section->step, 0};
		for (size_t j = 0; j < section->n; j++)
			if (section->options[j].line == pos->line && places_in(file, pos->file, section->options[j].file))
				spot.option = section->options[j].name;
	}
	return spot;
}

/* The caller frees it; NULL when memory is out. */
static struct told *told_of(const struct nm_findings *findings, struct nm_texts texts, const char *file,
			    struct nm_written *written)
{
	struct told *told = calloc(findings->n + 1, sizeof *told);

	if (nm_written_read(texts.bytes, texts.len, written, NULL))
		*written = (struct nm_written){0};
	for (size_t i = 0; told && i < findings->n; i++) {
		told[i].finding = &findings->items[i];
		told[i].spot = spot_of(&findings->items[i].pos, written, file);
	}
	return told;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_spot(const struct told *a, const struct told *b)
{
	const struct spot *one = &a->spot, *other = &b->spot;

	return same_text(one->file, other->file) && same_text(one->kind, other->kind) &&
	       same_text(one->title, other->title) && same_text(one->option, other->option) &&
	       one->step == other->step && one->line == other->line;
}

static bool same_message(const struct told *a, const struct told *b)
{
	return !strcmp(a->finding->message, b->finding->message);
}

static bool same_all(const struct told *a, const struct told *b)
{
	return same_spot(a, b) && same_message(a, b);
}

/* Each finding is one of the other text at most. */
static void pair(struct told *was, size_t n_was, struct told *then, size_t n_then,
		 bool (*same)(const struct told *a, const struct told *b))
{
	for (size_t i = 0; i < n_then; i++) {
		for (size_t j = 0; j < n_was && !then[i].paired; j++) {
			if (was[j].paired || strcmp(was[j].finding->id, then[i].finding->id) != 0 ||
			    !same(&was[j], &then[i]))
				continue;
			was[j].paired = then[i].paired = true;
			then[i].reworded = !same_message(&was[j], &then[i]);
		}
	}
}

/* len: bytes of its words that are told. */
static void note_finding(struct notes *notes, unsigned style, const char *how, const struct nm_finding *finding, size_t len)
{
	notes_addf(notes, style, "%s  %s  %s  %.*s", how, nm_severity_name(finding->severity), finding->id, (int)len,
		   finding->message);
}

/* In which ways a line then drifts is what the change does for callers, which is told by itself. */
static size_t new_words(const struct nm_finding *finding)
{
	return strcspn(finding->message, strcmp(finding->id, "drift") ? "" : ":");
}

/* Those that are new, or those that are reworded. */
static void note_then(struct notes *notes, const struct told *then, size_t n, bool reworded)
{
	for (size_t i = 0; i < n; i++) {
		const struct nm_finding *finding = then[i].finding;

		if (then[i].paired == reworded && then[i].reworded == reworded)
			note_finding(notes, finding->severity == NM_SEVERITY_ERROR ? STYLE_ERROR : STYLE_WARNING,
				     reworded ? "check still finds, in other words" : "check then finds", finding,
				     reworded ? strlen(finding->message) : new_words(finding));
	}
}

/* What is new is read before what is gone. */
static void note_pairs(struct notes *notes, const struct told *was, size_t n_was, const struct told *then, size_t n_then)
{
	size_t same = 0;

	for (size_t i = 0; i < n_then; i++)
		same += then[i].paired && !then[i].reworded;
	note_then(notes, then, n_then, false);
	note_then(notes, then, n_then, true);
	for (size_t i = 0; i < n_was; i++)
		if (!was[i].paired)
			note_finding(notes, STYLE_GOOD, "check no longer finds", was[i].finding,
				     strlen(was[i].finding->message));
	if (same)
		notes_addf(notes, STYLE_DIM,
			   same == n_was && same == n_then ? "check finds the same %zu as before" : "check still finds %zu more",
			   same);
}

void change_findings(struct notes *notes, const char *file, const struct change *change)
{
	struct nm_written before = {0}, after = {0};
	struct told *was = told_of(change->was, change->before, file, &before);
	struct told *then = told_of(change->then, change->after, file, &after);

	if (was && then) {
		pair(was, change->was->n, then, change->then->n, same_all);
		pair(was, change->was->n, then, change->then->n, same_spot);
		pair(was, change->was->n, then, change->then->n, same_message);
		note_pairs(notes, was, change->was->n, then, change->then->n);
	} else {
		notes_add(notes, STYLE_ERROR, "out of memory: what check finds then is not told");
	}
	free(was);
	free(then);
	nm_written_clear(&before);
	nm_written_clear(&after);
}
