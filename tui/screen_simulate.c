/* SPDX-License-Identifier: MIT */
/*
 * Simulate: one call at any time, from anybody, with everybody doing what they are told.
 * In: the plan (or what is live), the call being asked.  Out: the ladder, the result in a sentence, why.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "ladder.h"
#include "prompt.h"

enum { TAG_DATE, TAG_CALLER, TAG_NUMBER, TAG_TEST, TAG_TEST_SURE };

#define QUARTER_S 900

struct simulate {
	struct play play;
	bool phones;  /* the keys go to the phones */
	size_t phone; /* destination that is chosen */
	int top;      /* first row of the ladder that is shown */
	bool live;    /* what is at the carrier, not the plan */
	char test_name[128];
	/* derived */
	struct play shown;
	bool shown_live;
	unsigned generation;
	struct nm_simulation *call;
	struct nm_arena *live_arena;
	const struct nm_treatment *treatment;
	struct nm_outcome outcome; /* of the plan or of what is live */
	struct nm_error err;
};

static void *open_simulate(struct app *app, const void *argument, struct nm_error *err)
{
	struct simulate *simulate = calloc(1, sizeof *simulate);

	if (!simulate) {
		nm_fail_memory(err);
		return NULL;
	}
	simulate->play = (struct play){.at = app_now(app) / 60 * 60, .hangup_s = -1};
	if (argument)
		simulate->play = *(const struct play *)argument;
	return simulate;
}

static void go_simulate(void *state, struct app *app, const void *argument)
{
	struct simulate *simulate = state;

	(void)app;
	simulate->play = *(const struct play *)argument;
	simulate->top = 0;
	simulate->live = false;
}

static void forget(struct simulate *simulate)
{
	nm_simulation_free(simulate->call);
	nm_arena_free(simulate->live_arena);
	simulate->call = NULL;
	simulate->live_arena = NULL;
	simulate->treatment = NULL;
}

static void close_simulate(void *state)
{
	forget(state);
	free(state);
}

/* --- deriving --- */

/* A plan that was read anew may have fewer of everything. */
static void mend_indices(struct simulate *simulate, const struct nm_plan *plan)
{
	struct play *play = &simulate->play;
	size_t kept = 0;

	if ((size_t)play->line >= plan->n_lines)
		play->line = 0;
	for (size_t i = 0; i < play->n; i++) {
		if ((size_t)play->settings[i].destination < plan->n_destinations)
			play->settings[kept++] = play->settings[i];
	}
	play->n = kept;
	if (simulate->phone >= plan->n_destinations)
		simulate->phone = 0;
}

static const struct nm_route *live_route(const struct simulate *simulate, const struct app *app)
{
	const struct session *session = app->session;

	for (size_t i = 0; session->status_known && i < session->status.n; i++) {
		if (session->status.lines[i].line == simulate->play.line)
			return session->status.lines[i].live_route;
	}
	return NULL;
}

/* Plays the call on what was read back from the carrier. */
static void derive_live(struct simulate *simulate, const struct app *app, const struct nm_route *route)
{
	const struct play *play = &simulate->play;
	const struct nm_plan *plan = app_plan(app);
	struct nm_script_setting settings[PLAY_SETTINGS];
	struct nm_script script = {play->nobody, play->n, settings, play->hangup_s};
	const struct nm_treatment *treatment =
		nm_route_treatment(route, play->at, play->caller, play->emergency);

	for (size_t i = 0; i < play->n; i++)
		settings[i] =
			(struct nm_script_setting){plan->destinations[play->settings[i].destination].name,
						   play->settings[i].behaviour, play->settings[i].after_s};
	simulate->live_arena = nm_arena_new();
	if (!simulate->live_arena) {
		nm_fail_memory(&simulate->err);
		return;
	}
	if (!treatment)
		nm_fail(&simulate->err, NM_INPUT,
			"an emergency cannot be told apart at the carrier: no key is set");
	else if (nm_play(treatment, plan->lines[play->line].name, &script, NULL, true, simulate->live_arena,
			 &simulate->outcome, &simulate->err) == NM_OK)
		simulate->treatment = treatment;
}

static void derive_simulate(void *state, struct app *app)
{
	struct simulate *simulate = state;
	const struct nm_timeline *timeline;
	const struct nm_route *route;

	mend_indices(simulate, app_plan(app));
	if (timeline_around(app->session, simulate->play.at, &timeline, &simulate->err)) {
		forget(simulate);
		return;
	}
	/* Another minute of the same stretch gives the same call. */
	if (simulate->generation == app->session->generation && simulate->live == simulate->shown_live &&
	    !simulate->live && same_stretch(timeline, simulate->shown.at, simulate->play.at))
		simulate->shown.at = simulate->play.at;
	if (simulate->generation == app->session->generation && simulate->live == simulate->shown_live &&
	    simulate->treatment && play_equal(&simulate->play, &simulate->shown))
		return;
	forget(simulate);
	simulate->generation = app->session->generation;
	simulate->shown = simulate->play;
	simulate->shown_live = simulate->live;
	simulate->err = (struct nm_error){0};
	if (play_simulate(app_plan(app), &simulate->play, true, timeline, &simulate->call, &simulate->err))
		return;
	route = simulate->live ? live_route(simulate, app) : NULL;
	if (simulate->live && !route) {
		simulate->live = simulate->shown_live = false;
		app_message(app, STYLE_WARNING, "what is live on this line is not known: this is the plan");
	}
	if (route) {
		derive_live(simulate, app, route);
	} else {
		simulate->treatment = simulate->call->treatment;
		simulate->outcome = simulate->call->outcome;
	}
}

/* --- the phones --- */

static struct nm_setting *setting_of(struct play *play, size_t destination)
{
	for (size_t i = 0; i < play->n; i++) {
		if ((size_t)play->settings[i].destination == destination)
			return &play->settings[i];
	}
	return NULL;
}

/* Rung by this call, or told to do something. */
static bool phone_shown(const struct simulate *simulate, const struct nm_plan *plan, size_t destination)
{
	if (plan->destinations[destination].kind == NM_VOICEMAIL)
		return false;
	for (size_t i = 0; i < simulate->play.n; i++) {
		if ((size_t)simulate->play.settings[i].destination == destination)
			return true;
	}
	for (size_t i = 0; simulate->treatment && i < simulate->treatment->n; i++) {
		const struct nm_treatment_step *step = &simulate->treatment->steps[i];

		for (size_t j = 0; j < step->n; j++) {
			if (!strcmp(step->parties[j].name, plan->destinations[destination].name))
				return true;
		}
	}
	return false;
}

static void move_phone(struct simulate *simulate, const struct nm_plan *plan, bool back)
{
	size_t n = plan->n_destinations;

	for (size_t i = 1; i <= n; i++) {
		size_t at = back ? (simulate->phone + n - i) % n : (simulate->phone + i) % n;

		if (phone_shown(simulate, plan, at)) {
			simulate->phone = at;
			return;
		}
	}
}

/* as they would - no answer - busy - declined - unreachable - as they would */
static void cycle_phone(struct simulate *simulate, struct app *app)
{
	struct play *play = &simulate->play;
	struct nm_setting *setting;

	if (!phone_shown(simulate, app_plan(app), simulate->phone))
		move_phone(simulate, app_plan(app), false);
	if (!phone_shown(simulate, app_plan(app), simulate->phone))
		return;
	setting = setting_of(play, simulate->phone);
	if (!setting && play->n < PLAY_SETTINGS)
		play->settings[play->n++] = (struct nm_setting){(int)simulate->phone, NM_NO_ANSWER, -1};
	else if (setting && setting->behaviour == NM_UNREACHABLE)
		*setting = play->settings[--play->n];
	else if (setting)
		setting->behaviour++;
	if (setting == NULL && play->n == PLAY_SETTINGS)
		app_message(app, STYLE_WARNING, "at most %d phones can be told what to do", PLAY_SETTINGS);
}

/* --- time --- */

static void move_local(struct simulate *simulate, const struct app *app, int64_t by)
{
	const struct nm_zone *zone = session_zone(app->session);
	nm_local local = nm_zone_local(zone, simulate->play.at);

	if (llabs(by) >= NM_DAY)
		simulate->play.at = nm_zone_utc(zone, local + by, NULL);
	else
		simulate->play.at += by;
	simulate->top = 0;
}

static void go_to_boundary(struct simulate *simulate, struct app *app, bool back)
{
	nm_time at = boundary_find(app->session, &simulate->play, simulate->play.at, back, 400);

	if (at == NM_TIME_MAX)
		app_message(app, STYLE_PLAIN,
			    back ? "nothing changed in the year before" : "nothing changes within a year");
	else
		simulate->play.at = at;
}

/* --- who calls --- */

static void ask_caller(struct app *app)
{
	const struct nm_classes *classes;
	const char **items;
	struct nm_error err;

	if (session_classes(app->session, &classes, &err)) {
		app_error(app, &err);
		return;
	}
	items = calloc(classes->n + 1, sizeof *items);
	if (!items)
		return;
	for (size_t i = 0; i < classes->n; i++)
		items[i] = classes->items[i].words;
	items[classes->n] = "a number that you type";
	app_choose(app, TAG_CALLER, "who calls?", items, classes->n + 1, 0);
	free(items);
}

static void take_caller(struct simulate *simulate, struct app *app, size_t index)
{
	const struct nm_classes *classes;

	if (session_classes(app->session, &classes, NULL))
		return;
	if (index < classes->n)
		simulate->play.caller = classes->items[index].witness;
	else
		app_ask(app, TAG_NUMBER, "from (a number, anonymous, unknown):", "", NULL);
}

/* --- tests --- */

/* The call and how it ended, as a test section; false when the language has no word for it. */
static bool test_text(const struct simulate *simulate, const struct app *app, struct nm_buf *out)
{
	const struct play *play = &simulate->play;
	const struct nm_plan *plan = app_plan(app);
	const struct nm_outcome *outcome = &simulate->call->outcome;
	char at[NM_TIME_TEXT], from[NM_NUMBER_TEXT];

	nm_time_argument(plan->zone, play->at, at);
	nm_buf_add(out, "test ");
	nm_edit_quote(simulate->test_name, out);
	nm_buf_addf(out, " {\n\tat = \"%s\"\n\tline = %s\n", at, plan->lines[play->line].name);
	if (play->caller.anonymous || play->caller.number) {
		nm_caller_write(play->caller, from);
		nm_buf_addf(out, "\tfrom = \"%s\"\n", from);
	}
	nm_buf_add(out, play->emergency ? "\temergency = yes\n" : "");
	nm_buf_add(out, play->nobody ? "\tnobody = yes\n" : "");
	if (play->hangup_s >= 0)
		nm_buf_addf(out, "\thangup = %ds\n", play->hangup_s);
	for (size_t i = 0; i < play->n; i++)
		nm_buf_addf(out, "%s\"%s=%s\"%s", i ? ", " : "\tset = { ",
			    plan->destinations[play->settings[i].destination].name,
			    nm_behaviour_name(play->settings[i].behaviour), i + 1 == play->n ? " }\n" : "");
	if (outcome->result == NM_SWALLOWED)
		return false;
	nm_buf_addf(out, "\texpect = %s\n}",
		    outcome->result == NM_ANSWERED && outcome->answered_by ? outcome->answered_by
									   : nm_result_name(outcome->result));
	return !out->failed;
}

static void ask_test(struct simulate *simulate, struct app *app, const char *name)
{
	struct nm_buf text;
	struct notes notes;

	if (name[0] == '\0' || strlen(name) >= sizeof simulate->test_name) {
		app_message(app, STYLE_ERROR, "a test needs a name of at most %zu bytes",
			    sizeof simulate->test_name - 1);
		return;
	}
	memcpy(simulate->test_name, name, strlen(name) + 1);
	nm_buf_init(&text, 1u << 14);
	notes_init(&notes);
	if (test_text(simulate, app, &text)) {
		notes_diff(&notes, "", text.data);
		app_confirm(app, TAG_TEST_SURE, "write this test into the plan?", &notes);
	} else {
		app_message(app, STYLE_WARNING,
			    "no test can expect a phone's own voicemail: mend the plan first (screen 5)");
	}
	notes_clear(&notes);
	nm_buf_clear(&text);
}

static void write_test(struct simulate *simulate, struct app *app)
{
	struct nm_edit edit = {.op = NM_EDIT_ADD, .place = {.section = "test", .step = -1}};
	struct nm_buf text;

	nm_buf_init(&text, 1u << 14);
	if (simulate->call && test_text(simulate, app, &text)) {
		edit.value = text.data;
		app_change(app, &edit, 1, "a test");
	}
	nm_buf_clear(&text);
}

static void run_tests(struct app *app)
{
	const struct nm_plan *plan = app_plan(app);
	struct notes notes;
	size_t passed = 0;
	char title[80];

	notes_init(&notes);
	for (size_t i = 0; i < plan->n_tests; i++) {
		struct nm_test_result result = {0};
		struct nm_error err;

		if (nm_test_run(plan, &plan->tests[i], &result, &err)) {
			notes_addf(&notes, STYLE_ERROR, "✗ %s: %s", plan->tests[i].name, err.text);
			continue;
		}
		passed += result.ok;
		if (result.ok)
			notes_addf(&notes, STYLE_GOOD, "✓ %s: %s", plan->tests[i].name, result.got);
		else
			notes_addf(&notes, STYLE_ERROR, "✗ %s: expected %s, got %s", plan->tests[i].name,
				   result.expected, result.got);
		nm_simulation_free(result.simulation);
	}
	if (plan->n_tests == 0)
		notes_add(&notes, STYLE_DIM, "the plan has no tests: T saves a call as one");
	snprintf(title, sizeof title, "tests: %zu passed, %zu failed", passed, plan->n_tests - passed);
	app_page(app, title, &notes);
	notes_clear(&notes);
}

/* --- acting --- */

static void toggle_live(struct simulate *simulate, struct app *app)
{
	const struct nm_status *status;
	struct nm_error err;

	if (!simulate->live && session_status(app->session, false, &status, &err)) {
		app_error(app, &err);
		return;
	}
	app_forget_facts(app);
	if (!simulate->live && !live_route(simulate, app)) {
		app_message(app, STYLE_WARNING, "nothing that can be played is live on this line: see screen 6");
		return;
	}
	simulate->live = !simulate->live;
	app_message(app, STYLE_PLAIN,
		    simulate->live ? "played on what is at the carrier" : "played on the plan");
}

static void take_date(struct simulate *simulate, struct app *app, const char *text)
{
	struct nm_error err;

	if (nm_time_read(text, session_zone(app->session), app_now(app), &simulate->play.at, &err))
		app_error(app, &err);
}

static enum verdict take_answer(struct simulate *simulate, struct app *app, const struct event *event)
{
	struct nm_error err;

	if (!event->text)
		return VERDICT_REDRAW;
	switch (event->tag) {
	case TAG_DATE:
		take_date(simulate, app, event->text);
		break;
	case TAG_CALLER:
		take_caller(simulate, app, event->index);
		break;
	case TAG_NUMBER:
		if (nm_caller_read(app_plan(app), event->text, &simulate->play.caller, &err))
			app_error(app, &err);
		break;
	case TAG_TEST:
		ask_test(simulate, app, event->text);
		break;
	case TAG_TEST_SURE:
		write_test(simulate, app);
		break;
	default:
		break;
	}
	return VERDICT_REDRAW;
}

static bool act_time(struct simulate *simulate, struct app *app, enum action action)
{
	static const struct {
		enum action action;
		int64_t by;
	} moves[] = {
		{ACTION_LEFT, -QUARTER_S}, {ACTION_RIGHT, QUARTER_S},  {ACTION_HOUR_BACK, -3600},
		{ACTION_HOUR_ON, 3600},	   {ACTION_DAY_BACK, -NM_DAY}, {ACTION_DAY_ON, NM_DAY},
	};

	if (simulate->phones && (action == ACTION_LEFT || action == ACTION_RIGHT)) {
		move_phone(simulate, app_plan(app), action == ACTION_LEFT);
		return true;
	}
	if (action == ACTION_UP || action == ACTION_DOWN) {
		int most = simulate->call ? ladder_rows(&simulate->outcome) - 2 : 0;

		simulate->top += action == ACTION_DOWN ? simulate->top < most : -(simulate->top > 0);
		return true;
	}
	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++) {
		if (moves[i].action == action) {
			move_local(simulate, app, moves[i].by);
			return true;
		}
	}
	return false;
}

static enum verdict act_simulate(void *state, struct app *app, const struct event *event)
{
	struct simulate *simulate = state;

	if (act_time(simulate, app, event->action))
		return VERDICT_REDRAW;
	switch (event->action) {
	case ACTION_BOUNDARY:
	case ACTION_BOUNDARY_BACK:
		go_to_boundary(simulate, app, event->action == ACTION_BOUNDARY_BACK);
		break;
	case ACTION_DATE:
		app_ask(app, TAG_DATE, "at (2026-12-25 10:00, +2h, now):", "", NULL);
		break;
	case ACTION_CALLER:
		ask_caller(app);
		break;
	case ACTION_LINE:
		simulate->play.line = (int)(((size_t)simulate->play.line + 1) % app_plan(app)->n_lines);
		break;
	case ACTION_EMERGENCY:
		simulate->play.emergency = !simulate->play.emergency;
		break;
	case ACTION_NOBODY:
		simulate->play.nobody = !simulate->play.nobody;
		break;
	case ACTION_NEXT_PANE:
		simulate->phones = !simulate->phones;
		if (simulate->phones && !phone_shown(simulate, app_plan(app), simulate->phone))
			move_phone(simulate, app_plan(app), false);
		break;
	case ACTION_CYCLE:
		simulate->phones = true;
		cycle_phone(simulate, app);
		break;
	case ACTION_LIVE:
		toggle_live(simulate, app);
		break;
	case ACTION_SAVE_TEST:
		if (app_may_change(app) && simulate->call)
			app_ask(app, TAG_TEST, "name of the test:", "", NULL);
		break;
	case ACTION_RUN_TESTS:
		run_tests(app);
		break;
	case ACTION_EDITOR:
		app_editor(app, deciding_place(simulate->call));
		break;
	case ACTION_ANSWER:
		return take_answer(simulate, app, event);
	default:
		return VERDICT_STAY;
	}
	return VERDICT_REDRAW;
}

/* --- drawing --- */

static const char *caller_words(const struct app *app, struct nm_caller caller, char *out, size_t size)
{
	char number[NM_NUMBER_TEXT];
	uint64_t groups = nm_caller_groups(app_plan(app), caller);
	size_t n;

	if (caller.anonymous)
		snprintf(number, sizeof number, "anonymous");
	else if (caller.number == 0)
		snprintf(number, sizeof number, "an unknown number");
	else
		nm_number_words(caller.number, number);
	n = (size_t)snprintf(out, size, "%s", number);
	for (size_t i = 0; groups && i < app_plan(app)->n_callers; i++) {
		if (groups >> i & 1 && n < size)
			n += (size_t)snprintf(out + n, size - n, " (%s)", app_plan(app)->callers[i].name);
	}
	return out;
}

/* The call in one row; words that only join the others go when it is too long. */
static void draw_question(const struct simulate *simulate, const struct app *app, struct canvas *canvas,
			  int y)
{
	const struct play *play = &simulate->play;
	const struct nm_zone *zone = session_zone(app->session);
	const char *line = app_plan(app)->lines[play->line].name;
	const char *flags[] = {play->emergency ? "emergency" : NULL, play->nobody ? "no human answers" : NULL,
			       simulate->live ? "LIVE" : NULL};
	char at[NM_TIME_TEXT], caller[512];
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);
	const char *from = caller_words(app, play->caller, caller, sizeof caller);
	const char *abbreviation = nm_zone_abbreviation(zone, play->at);
	bool tight;
	int width;

	nm_time_words(zone, play->at, true, at);
	width = text_width(at) + text_width(abbreviation) + text_width(line) + text_width(from) + 20;
	for (size_t i = 0; i < 3; i++)
		width += flags[i] ? 3 + text_width(flags[i]) : 0;
	tight = width > pen.end - pen.x;
	pen_text(&pen, STYLE_PLAIN, tight ? "" : "at ");
	pen_text(&pen, STYLE_BOLD, at);
	pen_textf(&pen, STYLE_PLAIN, tight ? "  " : " %s   line ", abbreviation);
	pen_text(&pen, STYLE_BOLD, line);
	pen_text(&pen, STYLE_PLAIN, tight ? "  " : "   from ");
	pen_text(&pen, STYLE_BOLD, from);
	for (size_t i = 0; i < 3; i++) {
		if (flags[i])
			pen_textf(&pen, i == 0 ? STYLE_ERROR : STYLE_WARNING, tight ? "  %s" : "   %s", flags[i]);
	}
}

static bool was_rung(const struct nm_outcome *outcome, const char *name)
{
	for (size_t i = 0; i < outcome->n; i++) {
		const struct nm_event *event = &outcome->events[i];

		for (size_t j = 0; j < event->n && event->kind != NM_EVENT_SKIP && event->kind != NM_EVENT_ALERT; j++) {
			if (!strcmp(event->to[j], name))
				return true;
		}
	}
	return false;
}

/* Has the path named this one before party j of step i? */
static bool named_before(const struct nm_treatment *treatment, size_t i, size_t j)
{
	const char *name = treatment->steps[i].parties[j].name;

	for (size_t k = 0; k <= i; k++) {
		for (size_t m = 0; m < (k < i ? treatment->steps[k].n : j); m++) {
			if (!strcmp(treatment->steps[k].parties[m].name, name))
				return true;
		}
	}
	return false;
}

/* Whom the call never reached, after the one who took it. */
static void draw_not_needed(const struct simulate *simulate, struct pen *pen)
{
	const struct nm_treatment *treatment = simulate->treatment;
	size_t n = 0;

	for (size_t i = 0; i < treatment->n; i++) {
		for (size_t j = 0; j < treatment->steps[i].n; j++) {
			const char *name = treatment->steps[i].parties[j].name;

			if (!was_rung(&simulate->outcome, name) && !named_before(treatment, i, j))
				pen_textf(pen, STYLE_DIM, n++ ? ", %s" : " Not needed: %s", name);
		}
	}
	if (n)
		pen_text(pen, STYLE_DIM, ".");
}

static void draw_result(const struct simulate *simulate, struct canvas *canvas, int y)
{
	const struct nm_outcome *outcome = &simulate->outcome;
	unsigned style = answer_style(answer_rank(outcome));
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);

	switch (outcome->result) {
	case NM_ANSWERED:
		pen_textf(&pen, style, "Answered by %s after %d s, %d ring%s.", outcome->answered_by,
			  outcome->seconds, outcome->rings, outcome->rings == 1 ? "" : "s");
		break;
	case NM_TO_VOICEMAIL:
		pen_textf(&pen, style, "Voicemail %s takes the call after %d s.", outcome->answered_by,
			  outcome->seconds);
		break;
	case NM_SWALLOWED:
		pen_textf(&pen, STYLE_ERROR, "Swallowed by %s's own voicemail after %d s.",
			  outcome->answered_by, outcome->seconds);
		break;
	case NM_REJECTED:
		pen_text(&pen, style, "Rejected.");
		break;
	case NM_ABANDONED:
		pen_textf(&pen, style, "The caller hangs up after %d s.", outcome->ended_s);
		break;
	case NM_LOST:
		pen_textf(&pen, style, "Lost: nobody took the call, it ended after %d s.", outcome->ended_s);
		break;
	}
	if (!simulate->live)
		pen_text(&pen, STYLE_PLAIN, simulate->call->text_back ? " A text goes back." : " No text.");
	draw_not_needed(simulate, &pen);
}

static void draw_why(const struct simulate *simulate, struct canvas *canvas, int y, int end)
{
	const struct nm_simulation *call = simulate->call;
	const struct nm_treatment *live = simulate->live ? simulate->treatment : NULL;
	struct pen told = pen_at(canvas, 1, y, canvas->width - 1);
	size_t first = call->n_reasons > (size_t)(end - y) ? call->n_reasons - (size_t)(end - y) : 0;

	/* The plan's reasons are not the carrier's. */
	if (live && y < end) {
		pen_text(&told, STYLE_HEAD, "why");
		pen_tab(&told, 6);
		pen_textf(&told, STYLE_BOLD, "as the carrier has it: %s%s%s", live->rule ? live->rule : "no rule",
			  live->path ? " → " : "", live->path ? live->path : "");
	}
	for (size_t i = live ? call->n_reasons : first; i < call->n_reasons && y < end; i++, y++) {
		const struct nm_reason *reason = &call->reasons[i];
		struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);

		pen_text(&pen, STYLE_HEAD, i == first ? "why" : "");
		pen_tab(&pen, 6);
		pen_text(&pen, reason->matched ? STYLE_BOLD : STYLE_DIM, reason->name);
		pen_tab(&pen, 20);
		pen_textf(&pen, reason->matched ? STYLE_BOLD : STYLE_DIM, "%s: %s",
			  reason->matched ? "yes" : "no", reason->text);
	}
}

static void draw_phones(const struct simulate *simulate, const struct app *app, struct canvas *canvas, int y)
{
	const struct nm_plan *plan = app_plan(app);
	struct pen pen = pen_at(canvas, 1, y, canvas->width - 1);

	pen_text(&pen, STYLE_HEAD, "does");
	for (size_t i = 0; i < plan->n_destinations; i++) {
		const struct nm_destination *destination = &plan->destinations[i];
		const struct nm_setting *setting = NULL;
		unsigned cursor = simulate->phones && simulate->phone == i ? STYLE_CURSOR : 0;

		if (!phone_shown(simulate, plan, i))
			continue;
		for (size_t j = 0; j < simulate->play.n; j++) {
			if ((size_t)simulate->play.settings[j].destination == i)
				setting = &simulate->play.settings[j];
		}
		pen.x += 2;
		if (cursor)
			canvas_pointer(canvas, pen.x - 1, y);
		pen_textf(&pen, style_of_kind(destination->kind) | cursor, "%s ", destination->name);
		if (setting && setting->behaviour != NM_ANSWERS)
			pen_text(&pen, STYLE_BOLD | cursor, nm_behaviour_name(setting->behaviour));
		else if (simulate->play.nobody && nm_kind_human(destination->kind) && !setting)
			pen_text(&pen, STYLE_BOLD | cursor, nm_behaviour_name(NM_NO_ANSWER));
		else
			pen_textf(&pen, STYLE_PLAIN | cursor, "answers %d s",
				  setting && setting->after_s >= 0
					  ? setting->after_s
					  : nm_default_answer_s(destination->kind, destination->role));
	}
}

/* The ladder gets what the others leave, and never less than four rows. */
static void draw_simulate(const void *state, const struct app *app, struct canvas *canvas, struct box body)
{
	const struct simulate *simulate = state;
	int y = body.y, end = body.y + body.height, rows, most;

	if (!simulate->treatment) {
		canvas_text(canvas, 1, y, body.width - 2, STYLE_ERROR, simulate->err.text);
		return;
	}
	draw_question(simulate, app, canvas, y++);
	rows = ladder_rows(&simulate->outcome) - simulate->top;
	most = body.height - 3 - (body.height >= 14 ? (int)simulate->call->n_reasons + 2 : 0);
	if (most < 4)
		most = body.height >= 14 ? 6 : 4;
	if (rows > most)
		rows = most;
	ladder_draw(&simulate->outcome, canvas, (struct box){0, y, body.width, rows}, simulate->top);
	y += rows;
	draw_result(simulate, canvas, y++);
	if (body.height >= 14)
		y++;
	draw_why(simulate, canvas, y, end - 1);
	draw_phones(simulate, app, canvas, end - 1);
}

const struct screen_ops screen_simulate = {
	.name = "simulate",
	.title = "Simulate",
	.context = CONTEXT_SIMULATE,
	.open = open_simulate,
	.go = go_simulate,
	.close = close_simulate,
	.act = act_simulate,
	.derive = derive_simulate,
	.draw = draw_simulate,
};
