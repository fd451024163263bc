/* SPDX-License-Identifier: MIT */
/*
 * A coverage path as the trade's own form: points down, criteria across, and the caller's wait below it.
 * In: the path as it is written and as it was read.  Out: rows.  Decides nothing.
 */
#include <string.h>

#include "plan_form.h"

#define TABLE_TIMES 44  /* columns from which there is room for times */
#define REST_COLUMNS 4 /* " +12" */
#define TABLE_MOST  100 /* further apart they would not be read as one row */

/* Columns of the table, by how much of the row is left of them. */
struct columns {
	int ring, of, confirm, when, by;
};

static struct columns columns_of(struct box box)
{
	const int width = box.width < TABLE_MOST ? box.width : TABLE_MOST;
	const bool times = width >= TABLE_TIMES;
	struct columns columns = {.ring = box.x + 4, .by = box.x + width - (times ? 9 : 0)};

	columns.of = box.x + (width >= TABLE_MOST ? 46 : width >= 70 ? 30 : times ? 17 : 16);
	columns.confirm = columns.of + 5;
	columns.when = columns.confirm + (times ? 8 : 4);
	return columns;
}

void path_head_draw(struct canvas *canvas, struct box box)
{
	const struct columns columns = columns_of(box);
	struct pen pen = pen_at(canvas, columns.ring, box.y, columns.by - 1);

	pen_text(&pen, STYLE_HEAD, "ring");
	pen_tab(&pen, columns.of);
	pen_text(&pen, STYLE_HEAD, "for");
	pen_tab(&pen, columns.confirm);
	pen_text(&pen, STYLE_HEAD, columns.when - columns.confirm > 7 ? "confirm" : "ok?");
	pen_tab(&pen, columns.when);
	pen_text(&pen, STYLE_HEAD, "if");
	canvas_text(canvas, columns.by, box.y, box.x + box.width - columns.by, STYLE_HEAD, "by then");
}

static const struct nm_path *path_named(const struct nm_plan *plan, const char *name)
{
	const int i = nm_plan_find_path(plan, name);

	return i < 0 ? NULL : &plan->paths[i];
}

/* Who of a step that says nothing of it asks for a 1 by itself. */
static const char *own_confirm(const struct nm_plan *plan, const struct nm_step *step)
{
	size_t people = 0, ask = 0;

	for (size_t i = 0; i < step->ring.n; i++) {
		const struct nm_target *target = &step->ring.items[i];

		people++;
		ask += target->kind == NM_TARGET_DESTINATION && plan->destinations[target->id].confirm;
	}
	return ask == 0 ? "-" : ask == people ? "yes" : "mix";
}

static bool to_voicemail(const struct nm_plan *plan, const struct nm_step *step)
{
	for (size_t i = 0; i < step->ring.n; i++)
		if (step->ring.items[i].kind != NM_TARGET_DESTINATION ||
		    plan->destinations[step->ring.items[i].id].kind != NM_VOICEMAIL)
			return false;
	return step->ring.n > 0;
}

/* Seconds a step holds a caller whom nobody answers. */
static int held_s(const struct nm_plan *plan, const struct nm_step *step)
{
	return to_voicemail(plan, step) ? 0 : step->for_s;
}

/* When the step begins for a caller whom nobody answers: in its first round. */
static int from_s(const struct nm_plan *plan, const struct nm_path *path, size_t step)
{
	const size_t leading = nm_path_leading(plan, path);
	int seconds = path->lasts_s;

	for (size_t i = 0; i < step; i++)
		seconds += held_s(plan, &path->steps[i]) * (step >= leading && i < leading ? path->rounds : 1);
	return seconds;
}

static void add_condition(struct nm_buf *out, const struct nm_plan *plan, const struct nm_set *set, const char *not)
{
	for (size_t i = 0; i < set->n; i++)
		nm_buf_addf(out, "%s%s%s", out->len ? i ? " or " : ", " : "", not, plan->schedules[set->ids[i]].name);
}

/* Does this path only take emergencies?  Then nobody is away (design.md 4.3). */
static bool emergencies_only(const struct nm_plan *plan, const struct nm_path *path)
{
	const int id = (int)(path - plan->paths);
	bool others = false;

	for (size_t i = 0; i < plan->n_rules; i++)
		others |= plan->rules[i].path == id;
	for (size_t i = 0; i < plan->n_overrides; i++)
		others |= plan->overrides[i].rule.path == id;
	return plan->emergency.given && plan->emergency.path == id && !others;
}

/* "always", "not focus", "business": of several each with its name. */
static void condition_words(const struct nm_plan *plan, const struct nm_step *step, bool away, struct nm_buf *out)
{
	for (size_t i = 0; i < step->ring.n; i++) {
		const struct nm_target target = step->ring.items[i];
		const struct nm_destination *who;
		struct nm_buf one;

		if (target.kind != NM_TARGET_DESTINATION)
			continue;
		who = &plan->destinations[target.id];
		nm_buf_init(&one, 4096);
		add_condition(&one, plan, &who->hours, "");
		if (away)
			add_condition(&one, plan, &who->away, "not ");
		if (one.len && step->ring.n > 1)
			nm_buf_addf(out, "%s%s: %s", out->len ? "; " : "", who->name, one.data);
		else if (one.len)
			nm_buf_add(out, one.data);
		nm_buf_clear(&one);
	}
	if (!out->len)
		nm_buf_add(out, "always");
}

/* A cell of the step, reverse where the cursor is. */
static void draw_cell(struct pen *pen, const struct nm_written_option *option, const char *fallback, bool at)
{
	const unsigned mark = at ? STYLE_CURSOR : 0;

	if (!option) {
		pen_text(pen, STYLE_DIM | mark, fallback);
		return;
	}
	for (size_t i = 0; i < option->n; i++) {
		pen_text(pen, STYLE_PLAIN | mark, i ? " + " : "");
		pen_text(pen, STYLE_PLAIN | mark, option->values[i]);
	}
}

/* How many of those who ring are named in so many columns, with what stands for the others. */
static size_t ring_named(const struct nm_written_option *option, int room)
{
	int columns = text_width(option->values[0]);
	size_t n = 1;

	while (n < option->n) {
		const int rest = n + 1 < option->n ? REST_COLUMNS : 0;

		columns += 3 + text_width(option->values[n]);
		if (columns + rest > room)
			break;
		n++;
	}
	return n;
}

/* Who rings, reverse where the cursor is: of many the first, and how many more. */
static void draw_ring(struct pen *pen, const struct nm_written_option *option, bool at)
{
	const unsigned style = STYLE_PLAIN | (at ? STYLE_CURSOR : 0);
	size_t named;

	if (!option || !option->n) {
		draw_cell(pen, option, "-", at);
		return;
	}
	named = ring_named(option, pen->end - pen->x);
	if (named < option->n && text_width(option->values[0]) + REST_COLUMNS > pen->end - pen->x)
		pen->end -= REST_COLUMNS;
	for (size_t i = 0; i < named; i++) {
		pen_text(pen, style, i ? " + " : "");
		pen_text(pen, style, option->values[i]);
	}
	if (named == option->n)
		return;
	pen->end = pen->x + REST_COLUMNS;
	pen_textf(pen, style, " +%zu", option->n - named);
}

static void draw_by_then(const struct nm_plan *plan, const struct nm_path *path, int step, struct canvas *canvas, int x,
			 int y, int width)
{
	const int from = from_s(plan, path, (size_t)step), until = from + held_s(plan, &path->steps[step]);

	if (until > from)
		canvas_textf(canvas, x, y, width, STYLE_PLAIN, "%d-%d s", from, until);
	else
		canvas_textf(canvas, x, y, width, STYLE_PLAIN, "%d s", from);
}

void path_step_draw(const struct form *form, const struct app *app, struct canvas *canvas, struct box box, int step,
		    bool focused)
{
	const struct columns columns = columns_of(box);
	const struct nm_plan *plan = app_plan(app);
	const struct nm_path *path = path_named(plan, form->section->title);
	const struct nm_place place = {.section = "path", .title = form->section->title, .step = step};
	const struct nm_written_section *written = nm_written_find(form->written, &place);
	struct pen pen = pen_at(canvas, box.x + 1, box.y, columns.of - 1);
	struct nm_buf words;

	if (!written || !path || (size_t)step >= path->n)
		return;
	if (focused)
		canvas_pointer(canvas, box.x, box.y);
	pen_textf(&pen, STYLE_DIM, "%d", step + 1);
	pen_tab(&pen, columns.ring);
	draw_ring(&pen, nm_written_option(written, "ring"), focused && form->column == COLUMN_RING);
	pen = pen_at(canvas, columns.of, box.y, columns.confirm - 1);
	draw_cell(&pen, nm_written_option(written, "for"), to_voicemail(plan, &path->steps[step]) ? "-" : "20s",
		  focused && form->column == COLUMN_FOR);
	pen = pen_at(canvas, columns.confirm, box.y, columns.when - 1);
	draw_cell(&pen, nm_written_option(written, "confirm"), own_confirm(plan, &path->steps[step]),
		  focused && form->column == COLUMN_CONFIRM);
	nm_buf_init(&words, 1u << 16);
	condition_words(plan, &path->steps[step], !emergencies_only(plan, path), &words);
	canvas_text(canvas, columns.when, box.y, columns.by - 1 - columns.when, STYLE_DIM, words.data);
	nm_buf_clear(&words);
	draw_by_then(plan, path, step, canvas, columns.by, box.y, box.x + box.width - columns.by);
}

/* Who the caller waits for, as the bar's colour: of several the first. */
static unsigned step_style(const struct nm_plan *plan, const struct nm_step *step)
{
	const struct nm_target target = step->ring.items[0];

	return target.kind == NM_TARGET_DESTINATION ? style_of_kind(plan->destinations[target.id].kind) : STYLE_PEOPLE;
}

#define WAIT_LABEL "caller waits "
#define WAIT_TEXT  22 /* "  45 s, patience 40 s" */

/* The steps in the order in which a caller meets them, rounds written out; -1 behind the last. */
static int nth_step(const struct nm_plan *plan, const struct nm_path *path, size_t n)
{
	const size_t leading = nm_path_leading(plan, path), repeated = leading * (size_t)path->rounds;

	if (n < repeated)
		return (int)(n % leading);
	n = n - repeated + leading;
	return n < path->n ? (int)n : -1;
}

/* Columns that so many of all the seconds take. */
static int columns_for(int room, int seconds, int most)
{
	return (int)((int64_t)room * seconds / most);
}

static int wait_room(int width)
{
	return width - (int)sizeof WAIT_LABEL - WAIT_TEXT;
}

bool path_wait_shown(const struct app *app, const char *name, int width)
{
	return wait_room(width) >= 4 && path_named(app_plan(app), name);
}

void path_wait_draw(const struct app *app, const char *name, struct canvas *canvas, struct box box)
{
	const struct nm_plan *plan = app_plan(app);
	const struct nm_path *path = path_named(plan, name);
	const int patience = (int)plan->targets.patience_s, room = wait_room(box.width);
	const int at = box.x + (int)sizeof WAIT_LABEL - 1, total = path ? from_s(plan, path, path->n) : 0;
	const int most = total > patience ? total : patience > 0 ? patience : 1;
	const unsigned style = total > patience ? STYLE_WARNING : STYLE_PLAIN;
	int done, step;

	if (!path || room < 4)
		return;
	done = path->lasts_s;
	canvas_text(canvas, box.x, box.y, box.width, STYLE_PLAIN, WAIT_LABEL);
	canvas_fill(canvas, at, box.y, room, STYLE_DIM, 0x2591);
	canvas_fill(canvas, at, box.y, columns_for(room, done, most), STYLE_DIM, 0x2588);
	for (size_t i = 0; (step = nth_step(plan, path, i)) >= 0; i++) {
		const int from = columns_for(room, done, most);

		done += held_s(plan, &path->steps[step]);
		canvas_fill(canvas, at + from, box.y, columns_for(room, done, most) - from,
			    step_style(plan, &path->steps[step]), 0x2588);
	}
	canvas_put(canvas, at + columns_for(room, patience, most), box.y, style, 0x2502);
	canvas_textf(canvas, at + room + 1, box.y, WAIT_TEXT, style, " %d s, patience %d s", total, patience);
}
