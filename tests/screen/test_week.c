/* SPDX-License-Identifier: MIT */
/*
 * The Week screen: its views at all sizes and looks, where its keys go, and the painting of hours, which must not
 * change a plan before somebody has said yes to what callers will notice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "change.h"
#include "stage.h"

#define HEAD                                                                                                 \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"               \
	"line main { number = \"+15125550100\" account = box }\n"                                            \
	"destination o { kind = personal number = \"+15125550111\" }\n"                                      \
	"destination m { kind = voicemail greeting = \"x\" }\n"                                              \
	"path p { step { ring = o } step { ring = m } }\npath q { step { ring = m } }\n"

static void open_week(struct stage *stage)
{
	stage_open(stage, &(struct stage_options){ .screen = "week", .width = 80, .height = 24 });
}

/* Somebody else writes the plan. */
static void write_plan(struct stage *stage, const char *from, const char *to)
{
	char *plan = stage_plan(stage), *at = strstr(plan, from);
	struct nm_error err;
	struct nm_buf text;

	assert_non_null(at);
	nm_buf_init(&text, 1u << 20);
	nm_buf_addn(&text, plan, (size_t)(at - plan));
	nm_buf_add(&text, to);
	nm_buf_add(&text, at + strlen(from));
	assert_int_equal(nm_file_write("plan.conf", text.data, text.len, false, &err), NM_OK);
	assert_true(session_notice(&stage->session));
	nm_buf_clear(&text);
	free(plan);
}

/* --- views --- */

static void each_view_is_as_expected(void **state)
{
	static const struct {
		const char *keys, *name;
	} views[] = { { "v", "week-nobody" },
		      { "v v", "week-failure" },
		      { "v v v", "week-emergency" },
		      { "v v v v", "week-owner" },
		      { "P Enter Down v Down S-Right Space", "week-paint" },
		      { "P Enter o Down v Down S-Right Space", "week-paint-once" },
		      { "P Enter Up Home v Right Right Right Down Space Escape", "week-paint-asked" },
		      { "] P Enter o Up Home v Right Right Right Down Space Escape", "week-paint-once-asked" } };

	(void)state;
	for (size_t i = 0; i < sizeof views / sizeof *views; i++)
		stage_golden_looks(views[i].name,
				   &(struct stage_options){ .screen = "week", .keys = views[i].keys }, NULL);
}

static void views_come_round(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "v v v v v");
	stage_shows(&stage, "main · first live answer");
	stage_close(&stage);
}

/* The office follows business; who rings nobody has no hours to choose. */
static void one_destinations_hours_are_gone_through(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "d");
	stage_hides(&stage, "mailbox ");
	stage_keys(&stage, "Down Down Enter");
	stage_shows(&stage, "hours of office · 16-22 Nov 2026");
	stage_shows(&stage, "there 54.0 h   not there 114.0 h");
	stage_keys(&stage, "b");
	stage_shows(&stage, "▲ Mon 23 Nov 08:00");
	stage_keys(&stage, "}");
	stage_shows(&stage, "▲ Mon 23 Nov 18:00");
	stage_keys(&stage, "B");
	stage_shows(&stage, "▲ Mon 23 Nov 08:00");
	/* Away is something else than outside one's hours. */
	stage_keys(&stage, "d Up Up Enter");
	stage_shows(&stage, "Tue 24  OOOOOOOOOOOOO~~~OOO");
	stage_close(&stage);
}

/* At night nothing but the AI stands before the mailbox; by day the office stands in. */
static void a_failure_shows_who_stands_in(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_shows(&stage, "if fixly fails: voicemail after 0 s: mailbox");
	stage_keys(&stage, "v v");
	stage_shows(&stage, "Mon 16  ................IIIIIIII");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "fixly no signal");
	stage_close(&stage);
}

/* The worst of several: without the AI the owner answers, without the owner the AI does. */
static void the_worst_failure_counts(void **state)
{
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination zoe { kind = ai number = \"+15125550177\" }\n"
		"destination owner { kind = personal number = \"+15125550111\" }\n"
		"path p { step { ring = owner for = 20s } step { ring = zoe } }\nrule r { path = p }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage,
		   &(struct stage_options){ .screen = "week", .width = 80, .height = 24, .plan = plan });
	stage_shows(&stage, "Mon 16  OOOO");
	stage_shows(&stage, "if owner fails: zoe answers after 3 s");
	stage_keys(&stage, "v v");
	stage_shows(&stage, "Mon 16  zzzz");
	stage_close(&stage);
}

/* Who rings on a line that the first one rings can fail as well. */
static void a_failure_on_another_line_counts(void **state)
{
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"line second { number = \"+15125550120\" account = box }\n"
		"destination owner { kind = personal number = \"+15125550111\" }\n"
		"destination mailbox { kind = voicemail greeting = \"x\" }\n"
		"path on { step { ring = second } }\npath p { step { ring = owner } step { ring = mailbox } }\n"
		"rule m { lines = main path = on }\nrule r { path = p }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "week", .width = 80, .height = 24, .plan = plan});
	stage_shows(&stage, "if owner fails: voicemail after 0 s: mailbox");
	stage_keys(&stage, "v v");
	stage_shows(&stage, "Mon 16  ....");
	stage_close(&stage);
}

static void the_schedule_that_decides_is_shown(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_shows(&stage, "hours of business   Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off");
	stage_close(&stage);
	stage_open(&stage, &(struct stage_options){
				   .screen = "week",
				   .width = 80,
				   .height = 24,
				   .plan = HEAD "calendar us { file = \"holidays.ics\" }\n"
						"schedule busy { calendar = us }\n"
						"rule r { during = busy path = q }\nrule s { path = p }\n" });
	stage_shows(&stage, "busy is on during events of calendar us");
	stage_close(&stage);
}

/* --- marks and moves --- */

/* They are days like any other to hours that do not name them. */
static void holidays_that_change_nothing_are_not_marked(void **state)
{
	static const char plan[] = HEAD "calendar us { file = \"holidays.ics\" }\n"
					"schedule open { hours = \"Mo-Fr 08:00-18:00\" holidays = us }\n"
					"rule t { during = open path = p }\nrule s { path = p }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage,
		   &(struct stage_options){ .screen = "week", .width = 160, .height = 24, .plan = plan });
	stage_keys(&stage, "]");
	stage_hides(&stage, "Thu 26 *");
	stage_hides(&stage, "Thanksgiving");
	stage_close(&stage);
}

static void days_out_of_the_ordinary_are_marked(void **state)
{
	static const char plan[] = HEAD
		"calendar us { file = \"holidays.ics\" }\n"
		"schedule busy { calendar = us }\n"
		"schedule off { hours = \"Mo-Fr 08:00-18:00; PH off\" holidays = us }\n"
		"rule r { during = busy path = q }\nrule t { during = off path = p }\nrule s { path = p }\n"
		"override dentist { from = \"2026-11-26 13:00\" until = \"2026-11-26 15:00\" path = q }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage,
		   &(struct stage_options){ .screen = "week", .width = 160, .height = 24, .plan = plan });
	stage_keys(&stage, "]");
	stage_shows(&stage, "Thu 26 *");
	stage_shows(&stage, "PH Thanksgiving Day, override dentist");
	assert_true(app_resize(&stage.app, 80, 24));
	app_draw(&stage.app);
	stage_shows(&stage, "PH…, override dentist"); /* cut where it says the least */
	stage_keys(&stage, "g");
	stage_type(&stage, "2026-11-01 12:00");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "clock back 60 min");
	stage_close(&stage);
	stage_open(&stage, &(struct stage_options){
				   .screen = "week",
				   .width = 160,
				   .height = 24,
				   .plan = HEAD "calendar us { file = \"holidays.ics\" }\n"
						"schedule busy { calendar = us }\n"
						"rule r { during = busy path = q }\nrule s { path = p }\n" });
	stage_keys(&stage, "]");
	stage_hides(&stage, "event Thanksgiving Day"); /* public holidays make nobody busy */
	stage_close(&stage);
}

/* A job of two days with a title from outside, and one that takes nobody's time. */
static void events_that_make_somebody_busy_are_marked(void **state)
{
	static const char jobs[] =
		"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Boiler\xe2\x80\xae at Miller's\r\n"
		"DTSTART:20261119T150000Z\r\nDTEND:20261120T200000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\n"
		"SUMMARY:Birthday\r\nTRANSP:TRANSPARENT\r\nDTSTART:20261119T150000Z\r\nDTEND:20261119T160000Z\r\n"
		"END:VEVENT\r\nEND:VCALENDAR\r\n";
	struct stage stage;
	struct nm_error err;
	char *text;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "week",
						    .width = 120,
						    .height = 24,
						    .plan = HEAD "rule s { path = p }\n" });
	assert_int_equal(nm_file_write("jobs.ics", jobs, strlen(jobs), false, &err), NM_OK);
	write_plan(&stage, "rule s",
		   "calendar jobs { file = \"jobs.ics\" }\nschedule busy { calendar = jobs }\n"
		   "rule b { during = busy path = q }\nrule s");
	stage_keys(&stage, "Left");
	stage_shows(&stage, "Thu 19 *");
	stage_shows(&stage, "Fri 20 *");
	stage_hides(&stage, "Wed 18 *");
	stage_shows(&stage, "event Boiler");
	stage_hides(&stage, "Birthday");
	text = stage_text(&stage);
	assert_null(strstr(text, "\xe2\x80\xae"));
	free(text);
	stage_close(&stage);
}

static void a_month_ends_where_it_ends(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "g");
	stage_type(&stage, "2027-01-31 09:30");
	stage_keys(&stage, "Enter m");
	stage_shows(&stage, "▲ Sun 28 Feb 09:30");
	stage_keys(&stage, "M M");
	stage_shows(&stage, "▲ Mon 28 Dec 09:30");
	stage_close(&stage);
}

/* --- painting --- */

static void plan_has(struct stage *stage, const char *text, bool there)
{
	char *plan = stage_plan(stage);

	if ((strstr(plan, text) != NULL) != there)
		fail_msg("the plan %s \"%s\":\n%s", there ? "has not" : "has", text, plan);
	free(plan);
}

/* Seen with what callers notice, then written, as one step that u takes back. */
static void hours_are_painted_shown_and_saved(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "P Enter"); /* Sunday 05:00, of the schedule that decides */
	stage_shows(&stage, "business · every week, painted · Sun 05:00-05:30");
	stage_keys(&stage, "Up Home v Right Right Right Down");
	stage_shows(&stage, "Sat-Sun 00:00-02:00 selected");
	stage_keys(&stage, "Space");
	stage_shows(&stage, "hours   Mo-Fr 08:00-18:00; Sa-Su 00:00-02:00, Sa 09:00-13:00; PH off");
	stage_shows(&stage, "was     Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off");
	stage_shows(&stage, "58.0 h a week, was 54.0 h");
	plan_has(&stage, "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off", true);
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "save these hours of business?");
	stage_shows(&stage, "main · who answers first");
	stage_keys(&stage, "y");
	stage_shows(&stage, "saved: hours of business (u takes it back)");
	assert_int_equal(stage.app.depth, 0);
	plan_has(&stage,
		 "hours = \"Mo-Fr 08:00-18:00; Sa-Su 00:00-02:00, Sa 09:00-13:00; PH off\"  holidays = us",
		 true);
	stage_keys(&stage, "u W y");
	plan_has(&stage, "hours = \"Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off\"  holidays = us", true);
	stage_close(&stage);
}

/* A yes adds them to the edits that wait, and W saves all of these, wherever it is pressed. */
static void painted_hours_join_the_edits_that_wait(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "P Enter Space W y"); /* saved */
	stage_keys(&stage, "u");
	stage_shows(&stage, "1 edit, not saved");
	stage_keys(&stage, "P Enter Up Space W");
	stage_shows(&stage, "add these hours of business to the 1 edit not saved? W then saves all");
	stage_keys(&stage, "?");
	stage_shows(&stage, "? does nothing here: y does it, n does not");
	stage_keys(&stage, "y");
	assert_int_equal(stage.app.depth, 0);
	stage_shows(&stage, "hours of business: not saved yet, W saves, u takes it back");
	stage_shows(&stage, "2 edits, not saved");
	plan_has(&stage, "Su 05:00-05:30", true);
	stage_keys(&stage, "P Enter W");
	stage_shows(&stage, "save 2 edits to");
	stage_keys(&stage, "y");
	stage_shows(&stage, "saved: 2 edits");
	plan_has(&stage, "Su 05:00-05:30", false);
	plan_has(&stage, "Sa 05:00-05:30,09:00-13:00", true);
	stage_close(&stage);
}

static void strokes_are_toggled_and_taken_back(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "P Enter Space");
	stage_shows(&stage, "hours   Mo-Fr 08:00-18:00; Sa 09:00-13:00; Su 05:00-05:30; PH off");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "hours   Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off");
	stage_keys(&stage, "u");
	stage_shows(&stage, "hours   Mo-Fr 08:00-18:00; Sa 09:00-13:00; Su 05:00-05:30; PH off");
	stage_keys(&stage, "u u");
	stage_shows(&stage, "there is no stroke to take back");
	stage_keys(&stage, "W");
	stage_shows(&stage, "nothing to save");
	stage_keys(&stage, "Escape");
	assert_int_equal(stage.app.depth, 0);
	stage_close(&stage);
}

/* A column of an hour shows what the week will, and that half of it is another. */
static void a_change_of_half_an_hour_is_seen_in_a_narrow_window(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "week", .width = 60, .height = 24 });
	stage_keys(&stage, "P Enter Space W");
	stage_golden(&stage, "week-paint-asked-60x24");
	stage_close(&stage);
}

static void who_says_no_keeps_painting_or_drops_it(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "P Enter v Escape Space Escape n");
	stage_shows(&stage, "X leaves and drops what you painted");
	stage_shows(&stage, "Su 05:00-05:30");
	stage_keys(&stage, "3");
	stage_shows(&stage, "you are painting: W saves, Escape leaves");
	stage_keys(&stage, "X");
	assert_int_equal(stage.app.depth, 0);
	plan_has(&stage, "Su 05:00-05:30", false);
	stage_close(&stage);
}

/* A half hour of which a part is inside is on as a whole after a stroke, and off after another. */
static void other_minutes_than_half_hours_are_kept(void **state)
{
	static const char plan[] = HEAD "schedule s { hours = \"Mo 08:10-09:50\" }\n"
					"rule r { during = s path = p }\nrule t { path = q }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage,
		   &(struct stage_options){ .screen = "week", .width = 80, .height = 24, .plan = plan });
	stage_keys(&stage, "P Enter");
	stage_shows(&stage, "Mon     ................+##+....");
	stage_keys(&stage, "Space");
	stage_shows(&stage, "hours   Mo 08:10-09:50; Su 05:00-05:30");
	stage_keys(&stage, "Up Up Up Up Up Up Right Right Right Right Right Right Space");
	stage_shows(&stage, "hours   Mo 08:00-09:50; Su 05:00-05:30");
	stage_close(&stage);
}

static void open_seasons(struct stage *stage, int width, int height)
{
	static const char plan[] = HEAD "schedule s { hours = \"Apr-Sep Mo-Fr 07:00-19:00; Oct-Mar Mo-Fr 08:00-17:00\" }\n"
					"rule r { during = s path = p }\nrule t { path = q }\n";

	stage_open(stage, &(struct stage_options){ .screen = "week", .width = width, .height = height, .plan = plan });
}

/* The season that the week on screen is in: which, is said, and the other one stays. */
static void the_season_of_the_week_is_painted(void **state)
{
	struct stage stage;

	(void)state;
	open_seasons(&stage, 80, 24);
	stage_keys(&stage, "P Enter");
	stage_shows(&stage, "s · every week of Oct-Mar, painted · Sun 05:00-05:30");
	stage_keys(&stage, "Space");
	stage_golden(&stage, "week-paint-season-80x24");
	stage_keys(&stage, "W y");
	plan_has(&stage,
		 "\"Apr-Sep Mo-Fr 07:00-19:00; Oct-Mar Mo-Fr 08:00-17:00; Oct-Mar Su 05:00-05:30\"", true);
	stage_keys(&stage, "g C-u");
	stage_type(&stage, "2027-06-07");
	stage_keys(&stage, "Enter P Enter");
	stage_shows(&stage, "every week of Apr-Sep");
	stage_close(&stage);
	open_seasons(&stage, 40, 12);
	stage_keys(&stage, "P Enter Space");
	stage_golden(&stage, "week-paint-season-40x12");
	stage_close(&stage);
	open_seasons(&stage, 200, 50);
	stage_keys(&stage, "P Enter Space");
	stage_golden(&stage, "week-paint-season-200x50");
	stage_close(&stage);
}

/* Rules of its dates, seen while painted, one step to be taken back, and gone when the day is as usual again. */
static void one_week_is_painted(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "] P Enter o"); /* the week of Thanksgiving */
	stage_shows(&stage, "business · only the week of 23 Nov 2026, painted · Sun 05:00-05:30");
	stage_shows(&stage, "Thu 26  ...............................");
	stage_shows(&stage, "44.0 h this week");
	stage_keys(&stage, "Up Up Home v End Space");
	stage_shows(&stage, "hours   Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; 2026 Nov 27 00:00-24:00");
	stage_keys(&stage, "Up Space");
	stage_keys(&stage, "o");
	stage_shows(&stage, "what you painted is for this week only: save (W) or take back (u) first");
	stage_keys(&stage, "u W");
	stage_shows(&stage, "save these hours of business?");
	stage_keys(&stage, "y");
	plan_has(&stage, "PH off; 2026 Nov 27 00:00-24:00\"", true);
	stage_keys(&stage, "u W y");
	plan_has(&stage, "2026 Nov 27", false);
	stage_keys(&stage, "C-r P Enter o Up Up Home");
	stage_shows(&stage, "was     Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off; 2026 Nov 27 00:00-24:00");
	stage_keys(&stage, "v"); /* off before eight and after eighteen: a Friday as any other */
	for (int i = 0; i < 15; i++)
		stage_keys(&stage, "Right");
	stage_keys(&stage, "Space End v");
	for (int i = 0; i < 11; i++)
		stage_keys(&stage, "Left");
	stage_keys(&stage, "Space");
	stage_keys(&stage, "W y W y");
	plan_has(&stage, "2026 Nov 27", false);
	plan_has(&stage, "Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off\"", true);
	stage_close(&stage);
}

/* It is chosen while nothing is painted, and back. */
static void every_week_or_one_is_chosen(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "P Enter o");
	stage_shows(&stage, "only the week of 16 Nov 2026");
	stage_keys(&stage, "o Space");
	stage_shows(&stage, "every week, painted");
	stage_shows(&stage, "Su 05:00-05:30; PH off");
	stage_keys(&stage, "o");
	stage_shows(&stage, "what you painted is for every week: save (W) or take back (u) first");
	stage_keys(&stage, "u o");
	stage_shows(&stage, "only the week of 16 Nov 2026");
	assert_true(app_resize(&stage.app, 40, 12));
	stage_keys(&stage, "Space");
	stage_shows(&stage, "once Sun 05:00-05:30  …2026 Nov 22 05");
	stage_close(&stage);
}

static void what_cannot_be_painted_says_why(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){
				   .screen = "week",
				   .width = 130,
				   .height = 24,
				   .plan = HEAD "schedule s { hours = \"Mo,Su[1] 08:00-18:00\" }\n"
						"schedule t { hours = \"Mo-Fr 09:00-17:00\" }\n"
						"rule r { during = s path = p }\nrule t { path = q }\n" });
	stage_keys(&stage, "P");
	stage_shows(&stage, "s (as text: screen 2, hours)");
	stage_hides(&stage, "t (as text");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "write two rules of it (screen 2, hours)");
	assert_int_equal(stage.app.depth, 0);
	stage_keys(&stage, "P Down Enter"); /* the other one can be painted, the list says which is which by its place */
	stage_shows(&stage, "hours   Mo-Fr 09:00-17:00");
	stage_close(&stage);
	stage_open(&stage, &(struct stage_options){ .screen = "week",
						    .width = 80,
						    .height = 24,
						    .plan = HEAD "rule t { path = q }\n" });
	stage_keys(&stage, "P");
	stage_shows(&stage, "no schedule has hours");
	stage_close(&stage);
}

/* What cannot be done exactly is refused while it is painted: Monday mornings would be open when October begins on one. */
static void what_cannot_be_exact_is_said_while_it_is_painted(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){
				   .screen = "week",
				   .width = 80,
				   .height = 24,
				   .plan = HEAD "schedule s { hours = \"Oct-Mar Sa-Su 22:00-06:00\" }\n"
						"rule r { during = s path = p }\nrule t { path = q }\n" });
	stage_keys(&stage, "P Enter End v Left Left Left Space");
	stage_shows(&stage, "so painted, other dates would change too");
	stage_keys(&stage, "W");
	assert_int_equal(stage.app.depth, 1);
	stage_keys(&stage, "X");
	plan_has(&stage, "Oct-Mar Sa-Su 22:00-06:00", true);
	stage_close(&stage);
}

/* A low window has one row for it: that shows the rule that a stroke changes, wherever it stands. */
static void a_low_window_shows_what_a_stroke_changes(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	assert_true(app_resize(&stage.app, 40, 12));
	stage_keys(&stage, "P Enter");
	stage_shows(&stage, "Sun 05:00-05:30  Mo-Fr 08:00-18:00; S");
	stage_keys(&stage, "Space");
	stage_shows(&stage, "Sun 05:00-05:30  …Su 05:00-05:30; PH");
	assert_true(app_resize(&stage.app, 80, 12)); /* room for all of it */
	app_draw(&stage.app);
	stage_shows(&stage, "Sun 05:00-05:30  Mo-Fr 08:00-18:00; Sa 09:00-13:00; Su 05:00-05:30; PH off");
	assert_true(app_resize(&stage.app, 40, 12));
	stage_keys(&stage, "u");
	stage_shows(&stage, "Sun 05:00-05:30  Mo-Fr 08:00-18:00; S");
	stage_keys(&stage, "Up Up Up End"); /* the times are new, and stand behind a rule of fewer days */
	for (int i = 0; i < 11; i++)
		stage_keys(&stage, "Left");
	stage_keys(&stage, "v Down Space");
	stage_shows(&stage, "…Th-Fr 08:00-18:30; ");
	stage_close(&stage);
}

/* More strokes than an expression holds: said at once, and nothing is saved. */
static void too_much_is_said_while_it_is_painted(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "P Enter Home");
	for (int day = 0; day < 7; day++) {
		for (int i = 0; i < 12; i++)
			stage_keys(&stage, i < day ? "Right Space Right" : "Space Right Right");
		stage_keys(&stage, "Up Home");
	}
	stage_shows(&stage, "at most 64");
	stage_keys(&stage, "W");
	assert_int_equal(stage.app.depth, 1);
	stage_keys(&stage, "X");
	plan_has(&stage, "Sa 09:00-13:00; PH off", true);
	stage_close(&stage);
}

/* Where reverse video cannot be seen, a sign and the time say where the cursor is. */
static void the_cursor_is_seen_without_reverse_video(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	assert_true(app_resize(&stage.app, 40, 12));
	stage_keys(&stage, "Up");
	stage_shows(&stage, " Sat 05:00  f fixly");
	stage_shows(&stage, "▸Sat 21");
	stage_hides(&stage, "▸Sun 22");
	stage_keys(&stage, "P Enter v Up");
	stage_shows(&stage, " Fri-Sat 05:00-05:30 ");
	stage_shows(&stage, "▸Fri ");
	stage_shows(&stage, "▸Sat ");
	stage_hides(&stage, "▸Thu ");
	stage_close(&stage);
}

/* Somebody else writes the file: what was painted stands against the new hours, and their rules of dates are kept. */
static void a_plan_that_changes_meanwhile_takes_nothing_away(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "P Enter Space");
	write_plan(&stage, "Sa 09:00-13:00; PH off", "Dec 24 off; PH off");
	stage_keys(&stage, "Left");
	stage_shows(&stage, "these hours were changed meanwhile");
	stage_shows(&stage, "hours   Mo-Fr 08:00-18:00; Sa 09:00-13:00; Su 05:00-05:30; Dec 24 off; PH off");
	stage_shows(&stage, "was     Mo-Fr 08:00-18:00; Dec 24 off; PH off");
	write_plan(&stage, "schedule business", "schedule office-hours");
	stage_keys(&stage, "Left");
	stage_shows(&stage, "does not read");
	stage_keys(&stage, "W");
	stage_shows(&stage, "nothing can be saved into it");
	write_plan(&stage, "schedule office-hours", "schedule business");
	stage_keys(&stage, "W y");
	plan_has(&stage, "Su 05:00-05:30; Dec 24 off; PH off", true);
	stage_close(&stage);
}

static void every_key_of_painting_does_something(void **state)
{
	(void)state;
	for (size_t i = 0; i < key_rows_count; i++) {
		const struct key_row *row = &key_rows[i];
		struct stage stage;
		char key[KEY_TEXT];

		if (row->context != CONTEXT_PAINT)
			continue;
		open_week(&stage);
		stage_keys(&stage, "P Enter");
		snprintf(key, sizeof key, "%.*s", (int)strcspn(row->keys, " "), row->keys);
		stage_keys(&stage, key);
		stage_hides(&stage, "does nothing here");
		stage_hides(&stage, "you are painting");
		stage_close(&stage);
	}
}

static void painting_is_helped_and_fits_any_size(void **state)
{
	struct stage stage;

	(void)state;
	open_week(&stage);
	stage_keys(&stage, "P Enter ?");
	stage_shows(&stage, "Paint");
	stage_shows(&stage, "what is selected on");
	stage_keys(&stage, "Escape v S-Up S-Left Space");
	for (int size = 1; size < 60; size++) {
		assert_true(app_resize(&stage.app, size * 2, size));
		app_draw(&stage.app);
		assert_true(app_resize(&stage.app, 61 - size, size));
		app_draw(&stage.app);
	}
	stage_close(&stage);
}

/* --- a change on the week --- */

static int signs(const struct canvas *canvas)
{
	int n = 0;

	for (int y = 0; y < canvas->height; y++)
		for (int x = 0; x < canvas->width; x++)
			n += canvas_cell(canvas, x, y)->ch == '+';
	return n;
}

/* From 1:45 in summer to 1:15 in winter: by the clock it ends before it begins. */
static void a_change_over_the_repeated_hour_is_marked(void **state)
{
	const struct nm_span window = { INT64_C(1793515500), INT64_C(1793517300) };
	struct nm_difference one = { .line = "main", .n = 1, .windows = &window };
	const struct nm_differences differences = { .n = 1, .items = &one };
	struct figure figure;
	struct stage stage;
	struct canvas *canvas = &stage.app.canvas;
	char *plan;

	(void)state;
	stage_open(&stage,
		   &(struct stage_options){ .screen = "week", .width = 120, .height = 24, .now = window.from - 3600 });
	plan = stage_plan(&stage);
	change_figure(&figure, &stage.session, (struct nm_texts){ plan, strlen(plan) },
		      (struct nm_texts){ plan, strlen(plan) }, &differences);
	assert_non_null(figure.state);
	canvas_wipe(canvas);
	figure.draw(figure.state, canvas, (struct box){ 0, 0, 120, 24 });
	assert_int_equal(signs(canvas), 2 + 1); /* two quarters, and the legend's */
	figure_clear(&figure);
	free(plan);
	stage_close(&stage);
}

/* What a row has no room for is told of the day the cursor is on. */
static void a_day_is_told_whole_below_the_week(void **state)
{
	static const char plan[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\npath p { step { ring = fixly } }\n"
		"rule all { path = p }\n"
		"override dentist { from = \"2027-03-14 09:00\" until = \"2027-03-14 12:00\" path = p }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "week", .width = 80, .height = 24, .plan = plan });
	stage_keys(&stage, "g C-u");
	stage_type(&stage, "2027-03-14");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "clock on 60 min, override dentist");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_is_told_whole_below_the_week),
		cmocka_unit_test(each_view_is_as_expected),
		cmocka_unit_test(views_come_round),
		cmocka_unit_test(one_destinations_hours_are_gone_through),
		cmocka_unit_test(a_failure_shows_who_stands_in),
		cmocka_unit_test(the_worst_failure_counts),
		cmocka_unit_test(a_failure_on_another_line_counts),
		cmocka_unit_test(the_schedule_that_decides_is_shown),
		cmocka_unit_test(holidays_that_change_nothing_are_not_marked),
		cmocka_unit_test(days_out_of_the_ordinary_are_marked),
		cmocka_unit_test(events_that_make_somebody_busy_are_marked),
		cmocka_unit_test(a_month_ends_where_it_ends),
		cmocka_unit_test(hours_are_painted_shown_and_saved),
		cmocka_unit_test(painted_hours_join_the_edits_that_wait),
		cmocka_unit_test(strokes_are_toggled_and_taken_back),
		cmocka_unit_test(a_change_of_half_an_hour_is_seen_in_a_narrow_window),
		cmocka_unit_test(who_says_no_keeps_painting_or_drops_it),
		cmocka_unit_test(other_minutes_than_half_hours_are_kept),
		cmocka_unit_test(the_season_of_the_week_is_painted),
		cmocka_unit_test(one_week_is_painted),
		cmocka_unit_test(every_week_or_one_is_chosen),
		cmocka_unit_test(what_cannot_be_painted_says_why),
		cmocka_unit_test(what_cannot_be_exact_is_said_while_it_is_painted),
		cmocka_unit_test(a_low_window_shows_what_a_stroke_changes),
		cmocka_unit_test(too_much_is_said_while_it_is_painted),
		cmocka_unit_test(the_cursor_is_seen_without_reverse_video),
		cmocka_unit_test(a_plan_that_changes_meanwhile_takes_nothing_away),
		cmocka_unit_test(every_key_of_painting_does_something),
		cmocka_unit_test(painting_is_helped_and_fits_any_size),
		cmocka_unit_test(a_change_over_the_repeated_hour_is_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
