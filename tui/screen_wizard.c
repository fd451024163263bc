/* SPDX-License-Identifier: MIT */
/*
 * The wizard's form.  In: keys.  Out: a draft that reads whatever is typed: a sample stands for an answer that is
 * missing or wrong, so that the week is there from the first key on.
 */
#include "wizard.h"

#include "nevermiss/edit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_LEAVE };

/* clang-format off */
const struct wizard_row wizard_rows[QUESTIONS] = {
	{QUESTION_BUSINESS, "Business", "Callers hear it in the greeting and read it in texts: Smith Plumbing", NULL},
	{QUESTION_TIMEZONE, "Time zone", "All hours run on its clock. A part of its name will do: chicago", NULL},
	{QUESTION_COUNTRY, "Country", "Two letters. Numbers without a + are read as numbers of this country: US", "US"},
	{QUESTION_NUMBER, "Customers call", "The number that is published: (512) 555-0100", NULL},
	{QUESTION_MOBILE, "Your own phone", "It rings first. If customers call it directly, the same number again", NULL},
	{QUESTION_VOICEMAIL, "Its voicemail", "Call it and count the seconds until its own voicemail picks up", "25s"},
	{QUESTION_BACKUP, "Who steps in", "Rings after you, and whoever picks up presses 1: Sam 512 555 0112", "nobody"},
	{QUESTION_AI, "AI service", "Answers when people do not, and at night: Fixly 512 555 0177", "none"},
	{QUESTION_HOURS, "Open", "People ring in these hours: Mo-Fr 08:00-18:00; Sa 09:00-13:00", "Mo-Fr 08:00-18:00"},
	{QUESTION_HOLIDAYS, "Closed on", "us: the federal holidays of the United States, as after hours; or none", "none"},
	{QUESTION_EMERGENCY, "Emergencies", "yes: callers who press 9 get you and who steps in, by ring and by text", "no"},
};
/* clang-format on */

const struct wizard_field *wizard_field(const struct wizard *wizard, size_t row)
{
	return &wizard->fields[wizard_rows[row].question];
}

static struct wizard_field *field_here(struct wizard *wizard)
{
	return &wizard->fields[wizard_rows[wizard->list.at].question];
}

/* No answer is the fallback. */
static const char *answer_to(const struct wizard *wizard, enum question question)
{
	const char *typed = wizard->fields[question].typing.text;

	return *typed || !questions[question].fallback ? typed : questions[question].fallback;
}

/* Judges each answer beside those before it, of which wrong ones are left out: each mistake is told once, where it is. */
static struct first_answers judge(struct wizard *wizard)
{
	struct first_answers good = {{NULL}};

	for (size_t i = 0; i < QUESTIONS; i++) {
		struct wizard_field *field = &wizard->fields[i];
		struct nm_error err = {NM_OK, ""};

		good.texts[i] = answer_to(wizard, (enum question)i);
		if (!*good.texts[i] && !questions[i].fallback)
			snprintf(err.text, sizeof err.text, "this one must be answered");
		else if (first_plan_judge(&good, i + 1, &err) == NM_OK)
			err.text[0] = '\0';
		memcpy(field->error, err.text, sizeof field->error);
		if (field->error[0])
			good.texts[i] = NULL;
	}
	return good;
}

/* Makes the draft anew of the answers. */
static void draft(struct wizard *wizard, struct app *app)
{
	const struct first_answers good = judge(wizard);
	struct nm_buf text;
	struct nm_error err;

	wizard->rings_always = first_plan_rings_always(&good);
	nm_buf_init(&text, NM_PLAN_BYTES);
	nm_buf_clear(&wizard->plan);
	nm_buf_init(&wizard->plan, NM_PLAN_BYTES);
	if (first_plan_text(&good, &wizard->plan, &err) ||
	    first_plan_below(wizard->there.data, wizard->there.len, wizard->plan.data, wizard->plan.len, &text, &err) ||
	    session_draft_text(app->session, text.data, text.len, &err))
		app_error(app, &err);
	nm_buf_clear(&text);
}

static void follow(struct wizard *wizard, enum question question, const char *text)
{
	if (!wizard->fields[question].own)
		typing_offer(&wizard->fields[question].typing, text);
}

/* The country is that of the zone and its holidays are kept, until somebody says otherwise. */
static void follow_zone(struct wizard *wizard)
{
	const struct zone_row *zone = zones_find(&wizard->zones, wizard->fields[QUESTION_TIMEZONE].typing.text);

	if (!zone)
		return;
	follow(wizard, QUESTION_COUNTRY, zone->country);
	follow(wizard, QUESTION_HOLIDAYS, strcmp(zone->country, "US") ? "none" : "us");
}

static void changed(struct wizard *wizard, struct app *app)
{
	wizard->typed = field_here(wizard)->own = true;
	follow_zone(wizard);
	draft(wizard, app);
}

static void close_wizard(void *state)
{
	struct wizard *wizard = state;

	zones_clear(&wizard->zones);
	notes_clear(&wizard->offers);
	week_clear(&wizard->week);
	nm_buf_clear(&wizard->there);
	nm_buf_clear(&wizard->plan);
	free(wizard);
}

static void tell_place(struct app *app)
{
	const char *file = app->session->options.plan_file;

	switch (first_plan_place(file)) {
	case FIRST_NO_FILE:
		app_message(app, STYLE_PLAIN, "there is no plan at %s yet: these answers make a first one", file);
		break;
	case FIRST_EMPTY_FILE:
		app_message(app, STYLE_PLAIN, "%s is empty: these answers make a first plan in it", file);
		break;
	case FIRST_BELOW:
		app_message(app, STYLE_PLAIN, "%s has no plan yet: these answers make one below what stands in it", file);
		break;
	}
}

/* What the file says already is answered. */
static void take_option(struct wizard *wizard, const struct nm_written_section *top, const char *name, enum question question)
{
	const struct nm_written_option *option = nm_written_option(top, name);
	struct wizard_field *field = &wizard->fields[question];

	if (option && option->n == 1 && typing_set(&field->typing, option->values[0]))
		field->own = true;
}

/* No file is an empty one. */
static void read_there(struct wizard *wizard, const char *file)
{
	struct nm_written written;

	nm_buf_init(&wizard->there, NM_PLAN_BYTES);
	nm_buf_init(&wizard->plan, NM_PLAN_BYTES);
	if (nm_file_read(file, NM_PLAN_BYTES, &wizard->there, NULL) ||
	    nm_written_read(wizard->there.data, wizard->there.len, &written, NULL))
		return;
	take_option(wizard, &written.sections[0], "business", QUESTION_BUSINESS);
	take_option(wizard, &written.sections[0], "timezone", QUESTION_TIMEZONE);
	take_option(wizard, &written.sections[0], "country", QUESTION_COUNTRY);
	nm_written_clear(&written);
}

static void *open_wizard(struct app *app, const void *argument, struct nm_error *err)
{
	struct wizard *wizard = calloc(1, sizeof *wizard);
	struct nm_buf zone;

	if (!wizard) {
		nm_fail_memory(err);
		return NULL;
	}
	zones_read(&wizard->zones);
	nm_buf_init(&zone, NM_ERROR_TEXT);
	zones_own(&wizard->zones, argument, &zone);
	wizard->own_zone = zones_find(&wizard->zones, zone.data);
	typing_offer(&wizard->fields[QUESTION_TIMEZONE].typing, zone.data);
	typing_offer(&wizard->fields[QUESTION_VOICEMAIL].typing, questions[QUESTION_VOICEMAIL].fallback);
	typing_offer(&wizard->fields[QUESTION_HOURS].typing, questions[QUESTION_HOURS].fallback);
	nm_buf_clear(&zone);
	read_there(wizard, app->session->options.plan_file);
	list_set(&wizard->list, QUESTIONS);
	follow_zone(wizard);
	wizard_offer(wizard, wizard_rows[0].question);
	week_init(&wizard->week);
	draft(wizard, app);
	tell_place(app);
	return wizard;
}

static void derive_wizard(void *state, struct app *app)
{
	struct wizard *wizard = state;
	const int64_t today = nm_local_day(nm_zone_local(session_zone(app->session), app_now(app)));

	week_derive(&wizard->week, app->session, today - nm_weekday(today),
		    &(struct week_subject){.view = VIEW_FIRST});
}

static void go_to(struct wizard *wizard, size_t row)
{
	wizard->list.at = row;
	wizard_offer(wizard, wizard_rows[row].question);
}

static void tell_wrong(const struct wizard *wizard, struct app *app, size_t row)
{
	app_message(app, STYLE_WARNING, "%s: %s", wizard_rows[row].label, wizard_field(wizard, row)->error);
}

/* The plan, or the first answer that there is none without. */
static void review(struct wizard *wizard, struct app *app)
{
	for (size_t row = 0; row < QUESTIONS; row++) {
		if (!wizard_field(wizard, row)->error[0])
			continue;
		go_to(wizard, row);
		if (!wizard_wrong(wizard)) /* that is told below the form */
			tell_wrong(wizard, app, row);
		return;
	}
	if (app_plan(app)) /* memory may be out */
		wizard_review(app, wizard);
}

/* To the next question, or the plan; what is left wrong behind is told. */
static void go_on(struct wizard *wizard, struct app *app)
{
	const size_t row = wizard->list.at;

	if (row + 1 == QUESTIONS) {
		review(wizard, app);
		return;
	}
	go_to(wizard, row + 1);
	if (wizard_field(wizard, row)->error[0])
		tell_wrong(wizard, app, row);
}

static void take(struct wizard *wizard, struct app *app, size_t offer)
{
	wizard->offer = offer;
	typing_offer(&field_here(wizard)->typing, wizard->offers.items[offer].text);
	changed(wizard, app);
}

/* Takes the next of what is offered, round the end. */
static void take_offer(struct wizard *wizard, struct app *app, bool back)
{
	const size_t n = wizard->offers.n;

	if (n == 0) {
		app_message(app, STYLE_DIM, "nothing is offered here: type the answer");
		return;
	}
	if (wizard->offer == SIZE_MAX)
		take(wizard, app, back ? n - 1 : 0);
	else
		take(wizard, app, (wizard->offer + (back ? n - 1 : 1)) % n);
}

/* The end of a word first; whole, it is gone on from. */
static void complete(struct wizard *wizard, struct app *app)
{
	const size_t offer = wizard_completed_by(wizard);

	if (offer == SIZE_MAX)
		go_on(wizard, app);
	else
		take(wizard, app, offer);
}

static void leave(struct wizard *wizard, struct app *app)
{
	struct notes notes;

	if (!wizard->typed) {
		app->ended = true;
		return;
	}
	notes_init(&notes);
	notes_add(&notes, STYLE_PLAIN, "what was typed here is lost: nothing was written");
	app_confirm(app, TAG_LEAVE, "Leave without a plan?", &notes);
	notes_clear(&notes);
}

static void type(struct wizard *wizard, struct app *app, const struct event *event)
{
	char before[TYPING_BYTES];
	struct wizard_field *field = field_here(wizard);

	memcpy(before, field->typing.text, field->typing.len + 1);
	if (!typing_act(&field->typing, event))
		return;
	if (!strcmp(before, field->typing.text))
		return;
	changed(wizard, app);
	wizard_offer(wizard, wizard_rows[wizard->list.at].question);
}

static enum verdict act_wizard(void *state, struct app *app, const struct event *event)
{
	struct wizard *wizard = state;

	switch (event->action) {
	case ACTION_ENTER:
		if (wizard_taken_for(wizard))
			take_offer(wizard, app, false);
		/* An answer that was gone by with Enter is the owner's, and follows nothing any more. */
		field_here(wizard)->own |= field_here(wizard)->typing.text[0] != '\0';
		go_on(wizard, app);
		break;
	case ACTION_COMPLETE:
		complete(wizard, app);
		break;
	case ACTION_UP:
	case ACTION_DOWN:
		list_act(&wizard->list, event->action);
		go_to(wizard, wizard->list.at);
		break;
	case ACTION_OFFER:
	case ACTION_OFFER_BACK:
		take_offer(wizard, app, event->action == ACTION_OFFER_BACK);
		break;
	case ACTION_REVIEW:
		review(wizard, app);
		break;
	case ACTION_DISMISS:
		leave(wizard, app);
		break;
	case ACTION_HELP:
		app_help(app);
		break;
	case ACTION_ANSWER:
		app->ended = event->tag == TAG_LEAVE && event->text;
		break;
	default:
		type(wizard, app, event);
	}
	return VERDICT_REDRAW;
}

static void head_wizard(const void *state, const struct app *app, struct heading *out)
{
	const struct wizard *wizard = state;
	const char *typed = wizard->fields[QUESTION_BUSINESS].typing.text;

	(void)app;
	out->whose = *typed ? typed : screen_wizard.title;
	snprintf(out->words, sizeof out->words, "step %zu of %d", wizard->list.at + 1, QUESTIONS);
}

const struct screen_ops screen_wizard = {
	.name = "wizard",
	.title = "A first plan",
	.context = CONTEXT_WIZARD,
	.alone = true,
	.open = open_wizard,
	.close = close_wizard,
	.act = act_wizard,
	.derive = derive_wizard,
	.heading = head_wizard,
	.draw = wizard_draw,
};
