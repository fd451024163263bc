/* SPDX-License-Identifier: MIT */
/*
 * The Now screen: the quick start whose items tick themselves by what the plan, the store and the log say, and
 * who is on turn in an emergency.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checklist.h"
#include "events_private.h"
#include "nevermiss/agent.h"
#include "nevermiss/alerts.h"
#include "nevermiss/calls.h"
#include "nevermiss/inbound.h"
#include "stage.h"

static void open_now(struct stage *stage)
{
	stage_open(stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 60 });
}

static void the_quick_start_is_as_expected(void **state)
{
	(void)state;
	stage_golden_looks("now-quick-start", &(struct stage_options){ .screen = "now", .keys = "c" }, NULL);
}

static void who_is_on_turn_in_an_emergency_is_told(void **state)
{
	struct stage stage;

	(void)state;
	open_now(&stage);
	stage_shows(&stage, "(sam is on turn until Mon 23 Nov 08:00)");
	stage_close(&stage);
}

/* The row of an item on the page, its mark with it. */
static void item_is(struct stage *stage, const char *row)
{
	stage_keys(stage, "1");
	stage_keys(stage, "c");
	stage_shows(stage, row);
	stage_keys(stage, "Escape");
}

static void a_push_ticks_forwarding(void **state)
{
	struct stage stage;

	(void)state;
	open_now(&stage);
	item_is(&stage, "· calls go on to somebody else on busy and no answer");
	item_is(&stage, "missing   line main was never pushed: screen 6 makes the plan live");
	stage_shows(&stage, "today 1 of 3");
	stage_keys(&stage, "6 A y Escape");
	item_is(&stage, "✓ calls go on to somebody else on busy and no answer");
	stage_shows(&stage, "today 2 of 3");
	stage_close(&stage);
}

/* A text that nobody sends is promised nowhere. */
/* Keys that come faster than the store is read. */
static void a_quick_start_that_is_opened_at_once_knows_all(void **state)
{
	struct stage stage;

	(void)state;
	open_now(&stage);
	stage_keys(&stage, "6 A y q 1 c");
	stage_shows(&stage, "✓ calls go on to somebody else on busy and no answer");
	stage_hides(&stage, "is being read");
	stage_close(&stage);
}

static void a_text_back_counts_where_somebody_sends_it(void **state)
{
	static const char *const flows[] = { "", "text_in_flow = yes" };
	struct stage stage;
	char plan[1024];

	(void)state;
	for (int sent = 0; sent < 2; sent++) {
		snprintf(plan, sizeof plan,
			 "business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
			 "account box { driver = sandbox }\n"
			 "line main { number = \"+15125550100\" account = box %s }\n"
			 "destination mailbox { kind = voicemail greeting = \"Smith here\" }\n"
			 "path all { step { ring = mailbox } }\nrule all { path = all }\n"
			 "text_back { missed = \"Smith: what can we do?\" account = box }\n",
			 flows[sent]);
		stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24, .plan = plan });
		(sent ? stage_shows : stage_hides)(&stage, "greeting, then a text back");
		item_is(&stage, sent ? "✓ the text-back to missed callers" : "· the text-back to missed callers");
		stage_keys(&stage, "4 c");
		stage_type(&stage, "+15125550123");
		stage_keys(&stage, "Enter");
		stage_shows(&stage, sent ? "A text goes back." : "The agent texts back.");
		stage_close(&stage);
	}
}

/* A backup, or an AI, on somebody else's phone stands in for nobody: that phone is off for both at once. */
static void one_phone_is_no_backup_of_itself(void **state)
{
	static const struct {
		const char *backup, *item, *missing;
	} rows[] = {
		{ "destination ann { kind = backup number = \"512 555 0111\" }", "· a backup: family",
		  "missing   ann is the phone of owner: it needs one of its own" },
		{ "destination ann { kind = backup line = cell }", "· a backup: family", "ann is the phone of owner" },
		{ "destination ann { kind = backup number = \"+15125550111\" }\n"
		  "destination bob { kind = backup number = \"+15125550112\" }",
		  "✓ a backup: family", NULL },
		{ "", "· a backup: family", "missing   no destination of kind backup" },
		{ "destination fixly { kind = ai number = \"+15125550111\" }", "· an AI layer", "fixly is the phone of owner" },
		{ "destination fixly { kind = ai number = \"+15125550177\" }\n"
		  "destination luna { kind = ai number = \"+15125550177\" }",
		  "✓ an AI layer", NULL },
	};
	struct stage stage;
	char plan[1024];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		snprintf(plan, sizeof plan,
			 "business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
			 "account box { driver = sandbox }\n"
			 "line cell { number = \"+15125550111\" account = box handset = owner }\n"
			 "destination owner { kind = personal line = cell }\n%s\n"
			 "path all { step { ring = owner } }\nrule all { path = all }\n",
			 rows[i].backup);
		stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 100, .height = 60, .plan = plan });
		item_is(&stage, rows[i].item);
		if (rows[i].missing)
			item_is(&stage, rows[i].missing);
		stage_close(&stage);
	}
}

/* What is left to a carrier that sends none is sent by nobody. */
static void a_text_back_that_is_left_to_nobody_counts_not(void **state)
{
	static const char plan[] =
		"business = \"Smith\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account phone { driver = codes carrier = \"verizon\" }\n"
		"line cell { number = \"+15125550111\" account = phone handset = owner text_in_flow = yes }\n"
		"destination owner { kind = personal line = cell }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"path all { step { ring = owner } step { ring = fixly } }\nrule all { path = all }\n"
		"text_back { missed = \"Smith: what can we do?\" account = phone }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 120, .height = 60, .plan = plan });
	item_is(&stage, "· the text-back to missed callers");
	item_is(&stage, "missing   line cell leaves the text to missed callers to its carrier");
	stage_close(&stage);
}

/* The agent sends it for lines that do not, as long as it lives. */
static void a_text_back_counts_while_the_agent_lives(void **state)
{
	struct nm_agent_beat beat = { .pid = 1, .host = "here" };
	struct stage stage;
	struct nm_store *store;
	struct nm_error err;

	(void)state;
	for (int age = 0; age < 7200; age += 3600) {
		open_now(&stage);
		item_is(&stage, "· the text-back to missed callers");
		assert_int_equal(session_store(&stage.session, &store, &err), NM_OK);
		beat.started = beat.round = stage.now - age;
		beat.next = beat.round + NM_AGENT_BEAT_S;
		assert_int_equal(nm_store_agent_put(store, &beat, &err), NM_OK);
		stage.now += 60; /* within a minute */
		app_derive(&stage.app);
		app_settle(&stage.app);
		item_is(&stage, age ? "· the text-back to missed callers" : "✓ the text-back to missed callers");
		stage_close(&stage);
	}
}

/* The tests are played on another screen: what they tick is seen as soon as one is back. */
static void tests_that_were_played_tick_their_item(void **state)
{
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"schedule day { hours = \"Mo-Fr 08:00-18:00\" }\n"
		"destination o { kind = personal number = \"+15125550111\" own_voicemail = none }\n"
		"path p { step { ring = o } }\nrule d { during = day path = p }\nrule r { path = p }\n"
		"test \"night\" { at = \"2026-11-24 03:00\" expect = o }\n";
	struct stage stage;

	(void)state;
	stage_open(&stage,
		   &(struct stage_options){ .screen = "now", .width = 80, .height = 60, .plan = plan });
	item_is(&stage, "missing   none was played in 30 days: t on screen 4 plays them");
	stage_keys(&stage, "4 t Escape");
	item_is(&stage, "✓ test calls at odd times");
	stage.now += 31 * (nm_time)NM_DAY;
	item_is(&stage, "missing   none was played in 30 days: t on screen 4 plays them");
	stage_close(&stage);
}

static void a_call_of_the_log_ticks_its_item(void **state)
{
	struct nm_call_entry call = { .line = "main",
				      .driver = "sandbox",
				      .carrier_id = "1",
				      .began = STAGE_NOW - 3600,
				      .ended = STAGE_NOW };
	enum nm_call_kept kept;
	struct nm_store *store;
	struct nm_error err;
	struct stage stage;

	(void)state;
	open_now(&stage);
	item_is(&stage, "missing   no call was imported");
	assert_int_equal(session_store(&stage.session, &store, &err), NM_OK);
	if (nm_store_call_put(store, &call, &kept, &err) != NM_OK)
		fail_msg("%s", err.text);
	stage.now += 60;
	app_derive(&stage.app);
	app_settle(&stage.app);
	item_is(&stage, "✓ the call log and its figures");
	stage_close(&stage);
}

/* Nine answered and, an hour ago, one that nobody took. */
static void put_ten_calls(struct stage *stage)
{
	struct nm_store *store;
	struct nm_error err;

	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	for (int i = 0; i < 10; i++) {
		char id[2] = { (char)('0' + i) };
		const struct nm_call_entry call = {
			.number = UINT64_C(15125550100),
			.line = "main",
			.driver = "sandbox",
			.carrier_id = id,
			.caller = { .number = UINT64_C(17375550100) + (nm_number)i },
			.began = STAGE_NOW - (10 - i) * 3600,
			.became = { .end = i < 9 ? NM_CALL_ANSWERED : NM_CALL_LOST,
				    .by = i < 9 ? "owner" : NULL,
				    .seconds = i < 9 ? 9 : -1 },
		};
		enum nm_call_kept kept;

		if (nm_store_call_put(store, &call, &kept, &err) != NM_OK)
			fail_msg("%s", err.text);
	}
}

static void the_log_is_held_against_the_targets(void **state)
{
	struct stage stage;

	(void)state;
	open_now(&stage);
	stage_hides(&stage, "Last 30 days");
	stage_hides(&stage, "to call back");
	put_ten_calls(&stage);
	stage.now += 60;
	stage_keys(&stage, "L L");
	stage_shows(&stage, "Last 30 days   answer rate  90.0 %!  target 95 %");
	stage_shows(&stage, "rings        2.0      target < 3");
	stage_shows(&stage, "Due            1 person to call back, the oldest 46 min late: screen 7");
	stage_close(&stage);
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 20 });
	put_ten_calls(&stage);
	stage.now -= 4800;
	stage_keys(&stage, "L L");
	stage_shows(&stage, "answered 100.0 %");
	stage.now += 1800;
	stage_keys(&stage, "L L");
	stage_shows(&stage, "answered 90.0 %!  rings 2.0  first call 90.0 %  callback -\n"
			    " Targets                 95 %           < 3             80 %           < 15 min\n");
	stage_shows(&stage, "1 person to call back, the first in 5 min");
	stage_close(&stage);
}

/* In the week that ended so many weeks ago: so many of 20 calls answered. */
static void put_week(struct stage *stage, int ago, int answered)
{
	struct nm_store *store;
	struct nm_error err;

	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	for (int i = 0; i < 20; i++) {
		char id[16];
		const struct nm_call_entry call = {
			.number = UINT64_C(15125550100),
			.line = "main",
			.driver = "sandbox",
			.carrier_id = id,
			.caller = { .number = UINT64_C(17375550100) + (nm_number)i },
			.began = STAGE_NOW - (7 * (nm_time)ago + 1) * NM_DAY - i * 3600,
			.became = { .end = i < answered ? NM_CALL_ANSWERED : NM_CALL_LOST,
				    .by = i < answered ? "owner" : NULL,
				    .seconds = i < answered ? 9 : -1 },
		};
		enum nm_call_kept kept;

		snprintf(id, sizeof id, "%d-%d", ago, i);
		if (nm_store_call_put(store, &call, &kept, &err) != NM_OK)
			fail_msg("%s", err.text);
	}
}

/* In the window that most have: how the figures went, and a word for it that the newest week bears out. */
static void the_figures_have_their_course(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24 });
	for (int ago = 0; ago < 4; ago++)
		put_week(&stage, ago, 18 - 4 * ago);
	stage.now += 60;
	stage_keys(&stage, "L L");
	stage_shows(&stage, " Last 30 days   answer rate  60.0 %!  target 95 %               ▁▃▆█ better\n");
	stage_shows(&stage, "\n and 12 weeks   rings        2.0      target < 3                ▅▅▅▅\n");
	put_week(&stage, -1, 0); /* it has begun: the week before was the best */
	stage.now += 7 * (nm_time)NM_DAY;
	stage_keys(&stage, "L L");
	stage_shows(&stage, "target 95 %              ▃▅▆█▁");
	stage_hides(&stage, "better");
	stage_close(&stage);
}

/* The word at the end of the row of the answer rate; "": none. */
static const char *course_word(struct stage *stage)
{
	char *text = stage_text(stage), *row = strstr(text, "answer rate"), *end = row ? strchr(row, '\n') : NULL;
	const char *word;

	assert_non_null(end);
	*end = '\0';
	word = strstr(row, "better") ? "better" : strstr(row, "worse") ? "worse" : "";
	free(text);
	return word;
}

/* One span of weeks says it, whichever screen is asked. */
static void now_and_report_say_the_same_of_a_course(void **state)
{
	static const int courses[][12] = { /* answered of 20, the oldest week first */
		{ 19, 19, 19, 19, 19, 19, 19, 4, 6, 8, 10, 12 }, /* better for five weeks, worse than before them */
		{ 1, 1, 1, 1, 1, 1, 1, 19, 18, 17, 16, 14 },
		{ 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9 },
		{ 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9 },
	};
	static const char *const words[] = { "worse", "better", "", "worse" };
	struct stage stage;

	(void)state;
	for (size_t i = 0; i < sizeof courses / sizeof *courses; i++) {
		stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24 });
		for (int ago = 0; ago < 12; ago++)
			put_week(&stage, ago, courses[i][11 - ago]);
		stage.now += 60;
		stage_keys(&stage, "L L");
		assert_string_equal(course_word(&stage), words[i]);
		stage_keys(&stage, "8");
		assert_string_equal(course_word(&stage), words[i]);
		stage_close(&stage);
	}
}

static void edit_crm(struct stage *stage)
{
	const struct nm_edit crm = { .op = NM_EDIT_ADD,
				     .place = { "crm", NULL, -1 },
				     .value = "crm { url = \"https://crm.example.org/\" token_env = \"T\" }" };

	assert_true(app_edit(&stage->app, &crm, 1, "crm"));
	stage_keys(stage, "1");
}

static void refuse_event(struct stage *stage, int64_t call)
{
	const nm_time until = stage->now + 60;
	char key[NM_EVENT_KEY];
	struct nm_crm_event event = { .key = key, .at = stage->now, .subject = call, .body = "{}" };
	struct nm_crm_events list;
	struct nm_store *store;
	struct nm_error err;
	bool done;

	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	assert_int_equal(nm_store_event_key(store, key, &err), NM_OK);
	assert_int_equal(nm_store_event_add(store, &event, &err), NM_OK);
	assert_int_equal(nm_store_events(store, NM_EVENTS_ALL, stage->now, 1, &list, &err), NM_OK);
	assert_int_equal(nm_store_event_take(store, &list.items[0], stage->now, until, &done, &err), NM_OK);
	list.items[0].state = NM_CRM_ASIDE;
	list.items[0].updated = stage->now;
	assert_int_equal(nm_store_event_update(store, &list.items[0], until, &done, &err), NM_OK);
	assert_true(done);
	nm_crm_events_clear(&list);
}

/* For as long as somebody may do something about it, and while there is a CRM. */
static void events_that_a_crm_refused_are_told(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24 });
	refuse_event(&stage, 1);
	stage.now += 60;
	stage_keys(&stage, "L L");
	stage_hides(&stage, "CRM");
	edit_crm(&stage);
	stage_shows(&stage, "\n CRM            1 event was refused and is set aside: :crm list tells why\n");
	refuse_event(&stage, 2);
	stage.now += 60;
	stage_keys(&stage, "L L");
	stage_shows(&stage, "\n CRM            2 events were refused and are set aside: :crm list tells why\n");
	stage_keys(&stage, "5");
	stage_shows(&stage, "crm-refused");
	stage_keys(&stage, "1");
	stage.now += 31 * (nm_time)NM_DAY;
	stage_keys(&stage, "L L");
	stage_hides(&stage, "\n CRM");
	stage_close(&stage);
}

static void texts_that_could_not_be_read_are_told(void **state)
{
	struct stage stage;
	struct nm_store *store;
	struct nm_error err;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24 });
	stage_hides(&stage, "\n Texts");
	assert_int_equal(session_store(&stage.session, &store, &err), NM_OK);
	assert_int_equal(nm_store_inbound_flood_put(store, UINT64_C(15125550190), "sandbox", stage.now, &err), NM_OK);
	assert_int_equal(nm_store_inbound_flood_put(store, UINT64_C(15125550000), "sandbox", stage.now, &err), NM_OK);
	stage.now += 60;
	stage_keys(&stage, "L L");
	stage_shows(&stage, "\n Texts          more came to hotline than could be read, maybe a STOP: screen 5\n");
	stage.now += 31 * (nm_time)NM_DAY;
	stage_keys(&stage, "L L");
	stage_hides(&stage, "\n Texts");
	stage_close(&stage);
}

/* The alert of a call of the log. */
static void alert(struct stage *stage, int64_t call)
{
	struct nm_alerted owner = { .name = "owner", .number = "+15125550111", .due = stage->now };
	const struct nm_call_alert open = { .call = call, .noticed = stage->now, .until = stage->now + 300, .text = "x",
					    .n = 1, .people = &owner };
	struct nm_store *store;
	struct nm_error err;

	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	assert_int_equal(nm_store_alert_add(store, &open, &err), NM_OK);
	stage->now += 60;
	stage_keys(stage, "L L");
}

static void answer_alert(struct stage *stage, int64_t call)
{
	struct nm_store *store;
	struct nm_error err;

	assert_int_equal(session_store(&stage->session, &store, &err), NM_OK);
	assert_int_equal(nm_store_alert_end(store, call, NM_ALERT_TAKEN, stage->now, "owner", &err), NM_OK);
	stage->now += 60;
	stage_keys(stage, "L L");
}

/* As long as it is open; where rows are few it has that of the protocol, and takes none from what is wrong. */
static void an_open_alert_is_told(void **state)
{
	static const struct stage_options sizes[] = {
		{ .screen = "now", .width = 80, .height = 24 },
		{ .screen = "now", .width = 40, .height = 12, .ascii = true, .mono = true },
	};
	static const char *const one[] = { "\n Emergency      unanswered: call #9 from +1 737 555 0108, Sun 22 Nov 03:11\n",
					   "\n Emergency      unanswered: call #9 fr~\n" };
	static const char *const two[] = { "\n Emergency      unanswered: 2 calls, the newest #10 from +1 737 555 0109,",
					   "\n Emergency      unanswered: 2 calls, t~\n" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct stage stage;

		stage_open(&stage, &sizes[i]);
		put_ten_calls(&stage);
		stage_hides(&stage, "unanswered");
		alert(&stage, 9);
		stage_shows(&stage, one[i]);
		stage_shows(&stage, "\n Findings ");
		alert(&stage, 10);
		stage_shows(&stage, two[i]);
		answer_alert(&stage, 10);
		stage_shows(&stage, one[i]);
		answer_alert(&stage, 9);
		stage_hides(&stage, "unanswered");
		stage_shows(&stage, "\n Emergency ");
		stage_close(&stage);
	}
}

static void resize(struct stage *stage, int width, int height)
{
	assert_true(app_resize(&stage->app, width, height));
	app_draw(&stage->app);
}

/* However low: what is long gives way before a row is left out, and the targets before the ladder. */
static void no_row_is_left_out_for_a_long_one(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 60 });
	put_ten_calls(&stage);
	stage.now += 29 * 3600; /* Monday morning: the whole ladder, and a read-back that is old */
	stage_keys(&stage, "6 A y Escape 1");
	stage.now += 3600;
	stage_keys(&stage, "L L");
	for (int height = 24; height < 60; height++) {
		assert_true(app_resize(&stage.app, 80, height));
		app_draw(&stage.app);
		stage_shows(&stage, "mailbox    voicemail");
		stage_shows(&stage, "\n Quick start ");
		stage_shows(&stage, "\n Due ");
		stage_shows(&stage, "\n Drift ");
		stage_shows(&stage, "\n Findings ");
	}
	stage_close(&stage);
}

/* An open alert takes no row from what is wrong, however low the window. */
static void an_alert_leaves_the_other_rows(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 60 });
	put_ten_calls(&stage);
	stage.now += 29 * 3600;
	stage_keys(&stage, "6 A y Escape 1");
	stage.now += 3600;
	alert(&stage, 9);
	for (int height = 12; height < 60; height++) {
		resize(&stage, 80, height);
		stage_shows(&stage, "\n Emergency      unanswered: call #9");
		stage_shows(&stage, "\n Due ");
		stage_shows(&stage, "\n Drift ");
		stage_shows(&stage, "\n Findings ");
	}
	stage_close(&stage);
}

/* The first finding is told to its end, or is seen to be cut, whatever stands above it; false: it is cut. */
static bool finding_is_whole(struct stage *stage)
{
	const struct nm_findings *findings;
	char *text = stage_text(stage), *told = strstr(text, "\n Findings"), *rule = told ? strstr(told, "\n──") : NULL;
	struct nm_error err;
	bool whole;

	assert_int_equal(session_findings(&stage->session, &findings, &err), NM_OK);
	assert_non_null(rule);
	*rule = '\0';
	whole = strstr(told, strrchr(findings->items[0].message, ' ') + 1) != NULL;
	if (!whole && !strstr(told, "…"))
		fail_msg("cut without a sign:%s", text);
	free(text);
	return whole;
}

static void a_long_finding_is_whole_or_seen_to_be_cut(void **state)
{
	const struct nm_edit alert = { .op = NM_EDIT_SET, .place = { "emergency", NULL, -1 }, .option = "alert",
				       .value = "{ owner, sam }" };
	struct stage stage;
	int whole = 0;

	(void)state;
	for (int calls = 0; calls < 2; calls++) {
		stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 60 });
		assert_true(app_edit(&stage.app, &alert, 1, "alert"));
		if (calls)
			put_ten_calls(&stage);
		for (int hours = 0; hours < 60; hours += 29) {
			stage.now = STAGE_NOW + hours * 3600;
			stage_keys(&stage, "1 L L");
			for (int height = 12; height < 60; height++) {
				resize(&stage, 60 + height % 5 * 10, height);
				whole += finding_is_whole(&stage);
			}
		}
		stage_close(&stage);
	}
	assert_in_range(whole, 1, 2 * 3 * 48 - 1);
}

/* Of which check finds nothing worse than drift. */
static const char three_lines[] =
	"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\n"
	"line main { number = \"+15125550100\" account = box }\nline over { number = \"+15125550101\" account = box }\n"
	"line home { number = \"+15125550102\" account = box }\n"
	"destination fixly { kind = ai number = \"+15125550177\" }\n"
	"destination mailbox { kind = voicemail greeting = \"Jones. Leave a message.\" }\n"
	"path day { step { ring = fixly for = 20s } step { ring = mailbox } }\n"
	"path late { step { ring = fixly for = 15s } step { ring = mailbox } }\n";

#define TALL 31 /* rows of a window that has one for each figure */

/* Pushed, then only `lines` go another way. */
static void open_drifting(struct stage *stage, const char *lines)
{
	char before[2048];
	FILE *file;

	snprintf(before, sizeof before, "%srule all { path = day }\n", three_lines);
	stage_open(stage, &(struct stage_options){.screen = "push", .width = 80, .height = 24, .plan = before});
	stage_keys(stage, "A y Escape");
	file = fopen("plan.conf", "w");
	assert_non_null(file);
	fprintf(file, "%srule some { lines = { %s } path = late }\nrule all { path = day }\n", three_lines, lines);
	assert_int_equal(fclose(file), 0);
	app_notice(&stage->app);
	app_derive(&stage->app);
	stage_keys(stage, "r 1");
}

/* How live and plan differ stands once, and only where it takes no row from anything else. */
static void a_drift_is_told_once(void **state)
{
	struct stage stage;

	(void)state;
	open_drifting(&stage, "main");
	for (int height = 12; height < 60; height++) {
		assert_true(app_resize(&stage.app, 80, height));
		app_draw(&stage.app);
		stage_hides(&stage, "line main does not do");
		if (height < TALL) {
			stage_shows(&stage, "Drift          main drifts: screen 6 tells where live and plan part\n");
			stage_hides(&stage, "fixly 20 s");
		} else {
			stage_shows(&stage, "Drift          main: always");
			stage_shows(&stage, "fixly 20 s, then mailbox");
		}
	}
	stage_close(&stage);
}

/* What the row Drift has no place for, the findings tell. */
static void each_line_that_drifts_is_told(void **state)
{
	struct stage stage;

	(void)state;
	open_drifting(&stage, "main, over");
	for (int height = 12; height < 60; height++) {
		assert_true(app_resize(&stage.app, 80, height));
		app_draw(&stage.app);
		stage_hides(&stage, "line main does not do");
		if (height < TALL)
			stage_shows(&stage, "Drift          2 lines drift: screen 6 tells where live and plan part\n");
		else
			stage_shows(&stage, "line over does not do");
	}
	stage_close(&stage);
}

/* In the lowest windows the quick start waits: what is wrong does not. */
static void findings_have_a_row_in_the_lowest_window(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 40, .height = 12 });
	stage_shows(&stage, "\n Quick start");
	stage_shows(&stage, "\n Findings");
	put_ten_calls(&stage);
	stage.now += 60;
	stage_keys(&stage, "L L");
	stage_shows(&stage, "\n Due");
	stage_shows(&stage, "\n Drift");
	stage_shows(&stage, "\n Findings");
	stage_hides(&stage, "Quick start");
	stage_close(&stage);
}

/* From its name to the next one, or to a blank row. */
static void emergency_is_whole(struct stage *stage)
{
	char *text = stage_text(stage), *row = strstr(text, "\n Emergency"), *end;

	assert_non_null(row);
	for (end = strchr(row + 1, '\n'); end && !strncmp(end, "\n   ", 4);)
		end = strchr(end + 1, '\n');
	assert_non_null(end);
	*end = '\0';
	if (strstr(row, "…"))
		fail_msg("cut: %s", row);
	assert_true(strstr(row, "mailbox") || strstr(row, ", +"));
	free(text);
}

/* Whole names, and how many more: of whoever comes last nobody is told by half. */
static void the_emergency_path_is_never_cut_within_a_name(void **state)
{
	static const struct {
		int width;
		const char *row;
	} rows[] = {
		{ 80, "Emergency      owner → owner + sam → fixly → mailbox\n" },
		{ 54, "Emergency      owner → owner + sam → fixly → mailbox\n" },
		{ 53, "Emergency      owner → owner + sam → fixly, +1\n" },
		{ 48, "Emergency      owner → owner + sam → fixly, +1\n" },
		{ 47, "Emergency      owner → owner + sam, +2\n" },
		{ 40, "Emergency      owner → owner + sam, +2\n" },
		{ 39, "Emergency      owner → owner, +3\n" },
	};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24 });
	put_ten_calls(&stage);
	stage.now += 29 * 3600;
	stage_keys(&stage, "6 A y Escape 1");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		resize(&stage, rows[i].width, 12);
		stage_shows(&stage, rows[i].row);
	}
	for (int height = 12; height <= 50; height++) {
		for (int width = 40; width <= 200; width += 8) {
			resize(&stage, width, height);
			emergency_is_whole(&stage);
		}
	}
	stage_close(&stage);
}

/* Before the store was read nobody says that nothing is there. */
static void what_was_not_read_is_not_said_to_be_missing(void **state)
{
	struct stage stage;
	struct checklist_facts facts = { .newest_call = NM_TIME_MIN };
	struct nm_buf missing;

	(void)state;
	open_now(&stage);
	facts.plan = stage.session.plan;
	for (size_t i = 0; i < checklist_count; i++) {
		nm_buf_init(&missing, 4096);
		if (checklist[i].tick(&facts, &missing) != TICK_DONE)
			assert_true(missing.len > 0);
		assert_null(strstr(missing.data, "never"));
		assert_null(strstr(missing.data, "no call was"));
		assert_null(strstr(missing.data, "none was"));
		nm_buf_clear(&missing);
	}
	stage_close(&stage);
}

/* --- overrides --- */

/* Seen before it takes effect: the lines, what check finds, the week; then saved, and pushed by Push's own question. */
static void an_override_is_seen_saved_and_pushed(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 40 });
	stage_keys(&stage, "O Enter Enter");
	stage_shows(&stage, "write override by-hand-1: daytime for 2 h, until Sun 22 Nov 07:11?");
	stage_shows(&stage, "+ override by-hand-1 {");
	stage_shows(&stage, "main · who answers first");
	stage_shows(&stage, "main, any other caller, until Sun 22 Nov 2026 07:11: 2.0 h in all");
	stage_shows(&stage, "was  fixly 10 s, then mailbox");
	stage_golden(&stage, "now-override-effect");
	stage_keys(&stage, "y");
	stage_shows(&stage, "make it live now?");
	stage_keys(&stage, "y");
	stage_shows(&stage, "make live what the plan says, on all 2 lines?");
	stage_keys(&stage, "y");
	stage_shows(&stage, "pushed, read back, same");
	stage_close(&stage);
}

/* Between two minutes too the question names the end that is written, and that is so long after the beginning. */
static void the_end_that_is_asked_about_is_the_one_written(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 40 });
	stage.now += 3;
	app_derive(&stage.app);
	stage_keys(&stage, "O Enter Enter");
	stage_shows(&stage, "daytime for 2 h, until Sun 22 Nov 07:11?");
	stage_shows(&stage, "from = \"2026-11-22 05:11\"");
	stage_shows(&stage, "until = \"2026-11-22 07:11\"");
	stage_close(&stage);
}

/* The question of Push comes of itself once, and never between somebody's keys. */
static void a_push_is_offered_once(void **state)
{
	struct stage stage;

	(void)state;
	open_now(&stage);
	stage_keys(&stage, "O Enter Enter y y n");
	assert_int_equal(stage.app.depth, 0);
	stage_keys(&stage, "1 6");
	assert_int_equal(stage.app.depth, 0);
	stage_shows(&stage, "nothing there");
	stage_close(&stage);
}

static void an_override_in_force_is_ended(void **state)
{
	struct stage stage;
	char *before, *after;

	(void)state;
	open_now(&stage);
	before = stage_plan(&stage);
	stage_keys(&stage, "O Enter Enter y n");
	stage.now += 1200;
	app_derive(&stage.app);
	stage_keys(&stage, "O");
	stage_shows(&stage, "end by-hand-1: in force for 20 min, until Sun 22 Nov 07:11");
	stage_keys(&stage, "End Enter");
	stage_shows(&stage, "end override by-hand-1, in force for 20 min, until Sun 22 Nov 07:11?");
	stage_shows(&stage, "- override by-hand-1 {");
	stage_shows(&stage, "now  fixly 10 s, then mailbox");
	stage_keys(&stage, "y n");
	after = stage_plan(&stage);
	assert_string_equal(before, after);
	free(before);
	free(after);
	stage_close(&stage);
}

/* The end of an override that was never made live leaves nothing to push; that of one that was does. */
static void a_push_is_offered_where_live_differs(void **state)
{
	struct stage stage;

	(void)state;
	open_now(&stage);
	stage_keys(&stage, "6 A y q 1 O Enter Enter y");
	stage_shows(&stage, "live is as before: make it live now?");
	stage_keys(&stage, "n O End Enter y");
	assert_int_equal(stage.app.depth, 0);
	stage_shows(&stage, "live is what the plan says");
	stage_shows(&stage, "in sync");
	stage_keys(&stage, "O Enter Enter y n 6 A y q 1 O End Enter y");
	stage_shows(&stage, "live is as before: make it live now?");
	stage_close(&stage);
}

/* Where nothing is saved, nothing is offered to be made live. */
static void an_override_beside_other_edits_is_not_pushed(void **state)
{
	const struct nm_edit name = {.op = NM_EDIT_SET, .place = {"", NULL, -1}, .option = "business", .value = "\"J\""};
	struct stage stage;

	(void)state;
	open_now(&stage);
	assert_true(app_edit(&stage.app, &name, 1, "business"));
	stage_keys(&stage, "1 O Enter Enter");
	stage_shows(&stage, "It joins");
	stage_keys(&stage, "y");
	assert_int_equal(stage.app.depth, 0);
	stage_shows(&stage, "one more edit that is not saved");
	stage_close(&stage);
}

/* Is the plan file as it was, and nothing live? */
static void nothing_is_done(struct stage *stage, const char *before)
{
	char *after = stage_plan(stage);

	assert_string_equal(before, after);
	free(after);
	stage_keys(stage, "6");
	stage_shows(stage, "nothing there");
}

static void say(struct stage *stage, const char *line)
{
	stage_keys(stage, ":");
	stage_type(stage, line);
	stage_keys(stage, "Enter");
}

/* Likewise from the line, which lists those of the text that is edited. */
static void an_override_from_the_line_joins_other_edits(void **state)
{
	const struct nm_edit name = {.op = NM_EDIT_SET, .place = {"", NULL, -1}, .option = "business", .value = "\"J\""};
	struct stage stage;
	char *before, *after;

	(void)state;
	open_now(&stage);
	before = stage_plan(&stage);
	assert_true(app_edit(&stage.app, &name, 1, "business"));
	say(&stage, "override --for 2h --path daytime meeting");
	stage_shows(&stage, "write override meeting: daytime for 2 h, until ");
	stage_shows(&stage, "It joins");
	stage_keys(&stage, "y");
	assert_int_equal(stage.app.depth, 0);
	stage_shows(&stage, "one more edit that is not saved");
	after = stage_plan(&stage);
	assert_string_equal(before, after);
	say(&stage, "override --list");
	stage_shows(&stage, "meeting");
	stage_keys(&stage, "Escape");
	say(&stage, "override --end meeting");
	stage_keys(&stage, "y");
	stage_shows(&stage, "end of override meeting: one more edit that is not saved");
	free(before);
	free(after);
	stage_close(&stage);
}

/* As O asks: its effect first, then whether it is made live. */
static void an_override_from_the_line_is_asked_about(void **state)
{
	struct stage stage;
	char *before;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "week", .width = 80, .height = 40 });
	before = stage_plan(&stage);
	say(&stage, "override --for 2h --path daytime --line main meeting");
	stage_shows(&stage, "write override meeting: daytime for 2 h, until Sun 22 Nov 07:11?");
	stage_shows(&stage, "lines = main");
	stage_keys(&stage, "n");
	nothing_is_done(&stage, before);
	say(&stage, "override --for 2h --reject busy meeting");
	stage_shows(&stage, "write override meeting: reject busy for 2 h");
	stage_keys(&stage, "y");
	stage_shows(&stage, "make it live now?");
	stage_keys(&stage, "y");
	stage_shows(&stage, "make live what the plan says, on all 2 lines?");
	stage_keys(&stage, "n");
	say(&stage, "override --end meeting");
	stage_shows(&stage, "end override meeting, in force for 0 s, until Sun 22 Nov 07:11?");
	stage_keys(&stage, "y n");
	nothing_is_done(&stage, before);
	free(before);
	stage_close(&stage);
}

static void an_override_from_the_line_that_cannot_be_is_told(void **state)
{
	static const struct {
		const char *line, *told;
	} cases[] = {
		{ "override --path daytime", "give --for TIME" },
		{ "override --for 2h --path nowhere", "nowhere" },
		{ "override --for 2h --path daytime no.name", "an override's name is" },
		{ "override --end nothing", "no override `nothing`" },
	};
	struct stage stage;
	char *before;

	(void)state;
	open_now(&stage);
	before = stage_plan(&stage);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		say(&stage, cases[i].line);
		assert_int_equal(stage.app.depth, 0);
		stage_shows(&stage, cases[i].told);
	}
	nothing_is_done(&stage, before);
	say(&stage, "override --for 2h --path daytime --no-push");
	stage_keys(&stage, "y");
	assert_int_equal(stage.app.depth, 0);
	stage_shows(&stage, "saved: override by-hand-1");
	free(before);
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_quick_start_is_as_expected),
		cmocka_unit_test(who_is_on_turn_in_an_emergency_is_told),
		cmocka_unit_test(a_push_ticks_forwarding),
		cmocka_unit_test(a_quick_start_that_is_opened_at_once_knows_all),
		cmocka_unit_test(one_phone_is_no_backup_of_itself),
		cmocka_unit_test(a_text_back_counts_where_somebody_sends_it),
		cmocka_unit_test(a_text_back_that_is_left_to_nobody_counts_not),
		cmocka_unit_test(a_text_back_counts_while_the_agent_lives),
		cmocka_unit_test(tests_that_were_played_tick_their_item),
		cmocka_unit_test(a_call_of_the_log_ticks_its_item),
		cmocka_unit_test(the_log_is_held_against_the_targets),
		cmocka_unit_test(the_figures_have_their_course),
		cmocka_unit_test(now_and_report_say_the_same_of_a_course),
		cmocka_unit_test(an_open_alert_is_told),
		cmocka_unit_test(an_alert_leaves_the_other_rows),
		cmocka_unit_test(events_that_a_crm_refused_are_told),
		cmocka_unit_test(texts_that_could_not_be_read_are_told),
		cmocka_unit_test(no_row_is_left_out_for_a_long_one),
		cmocka_unit_test(the_emergency_path_is_never_cut_within_a_name),
		cmocka_unit_test(a_long_finding_is_whole_or_seen_to_be_cut),
		cmocka_unit_test(a_drift_is_told_once),
		cmocka_unit_test(each_line_that_drifts_is_told),
		cmocka_unit_test(findings_have_a_row_in_the_lowest_window),
		cmocka_unit_test(what_was_not_read_is_not_said_to_be_missing),
		cmocka_unit_test(an_override_is_seen_saved_and_pushed),
		cmocka_unit_test(the_end_that_is_asked_about_is_the_one_written),
		cmocka_unit_test(a_push_is_offered_once),
		cmocka_unit_test(an_override_in_force_is_ended),
		cmocka_unit_test(a_push_is_offered_where_live_differs),
		cmocka_unit_test(an_override_from_the_line_is_asked_about),
		cmocka_unit_test(an_override_from_the_line_that_cannot_be_is_told),
		cmocka_unit_test(an_override_beside_other_edits_is_not_pushed),
		cmocka_unit_test(an_override_from_the_line_joins_other_edits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
