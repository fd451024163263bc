/* SPDX-License-Identifier: MIT */
/*
 * The Push screen and the page of codes beside it: what is told before a yes, what is typed, and that no
 * carrier keeps the keyboard waiting.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "answers.h"
#include "numbers.h"
#include "stage.h"

#define MONDAY_NOON 1795456800

/* A mobile by codes, and a line at Twilio's interface on a port of this machine. */
#define TWO_LINES(ACCOUNT) \
	"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n" \
	"account phone { driver = codes carrier = gsm }\n" ACCOUNT \
	"line cell { number = \"+15125550111\" account = phone handset = owner }\n" \
	"line over { number = \"+15125550100\" account = net }\n" \
	"destination owner { kind = personal line = cell own_voicemail = none }\n" \
	"destination fixly { kind = ai number = \"+15125550177\" }\n" \
	"path day { step { ring = owner for = 20s } step { ring = over } }\n" \
	"path on { step { ring = fixly } }\nrule cell { lines = cell path = day }\nrule all { path = on }\n"

static const char two_lines[] =
	TWO_LINES("account net { driver = twilio sid = \"AC00000000000000000000000000000001\" token_env = HOME\n"
		  "  endpoint = \"http://127.0.0.1:%d\" }\n");
static const char hand_and_sandbox[] = TWO_LINES("account net { driver = sandbox }\n");

/* Somebody who takes a connection and never answers. */
static int open_silence(int *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	const int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

/* A key, and one piece of quiet work: a carrier that does not answer would keep the stage for long. */
static void press(struct stage *stage, uint32_t key)
{
	app_key(&stage->app, key);
	app_idle(&stage->app);
	app_derive(&stage->app);
	app_draw(&stage->app);
}

/* "Nothing blocks the keyboard": while a carrier is waited for every key works, and Esc gives it up. */
static void a_silent_carrier_stops_no_key(void **state)
{
	struct stage stage;
	char plan[4096];
	int port, fd = open_silence(&port);

	(void)state;
	snprintf(plan, sizeof plan, two_lines, port);
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24, .now = MONDAY_NOON,
						    .plan = plan });
	press(&stage, '6');
	stage_shows(&stage, "other lines are being read, Esc stops");
	press(&stage, 'j');
	stage_shows(&stage, "over: reading what is live, Esc stops");
	press(&stage, '5');
	stage_shows(&stage, "5 Check");
	press(&stage, '6');
	press(&stage, 'P');
	stage_shows(&stage, "the lines are being read: wait for that, or stop it with Esc");
	press(&stage, 'k');
	press(&stage, 'c');
	stage_shows(&stage, "now, in order");
	press(&stage, K_ESCAPE);
	assert_non_null(stage.session.reading);
	press(&stage, K_ESCAPE);
	assert_null(stage.session.reading);
	stage_shows(&stage, "stopped: what was not read is unknown");
	press(&stage, 'j');
	stage_shows(&stage, "not read: it was stopped");
	press(&stage, 'r');
	stage_shows(&stage, "reading");
	stage_close(&stage);
	close(fd);
}

struct esc {
	size_t asked, done, all;
	char pieces[32];
};

/* Esc at the third look: the first is before anything was asked of anybody. */
static bool esc_at_third(void *context, const char *pieces, size_t done, size_t all)
{
	struct esc *esc = context;

	snprintf(esc->pieces, sizeof esc->pieces, "%s", pieces);
	esc->done = done;
	esc->all = all;
	return ++esc->asked < 3;
}

/* An import from a carrier tells how far it is, and Esc ends it, while that carrier says nothing. */
static void an_import_from_a_silent_carrier_stops(void **state)
{
	struct esc esc = { .asked = 0 };
	struct stage stage;
	char plan[4096];
	int port, fd = open_silence(&port);

	(void)state;
	snprintf(plan, sizeof plan, two_lines, port);
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24, .now = MONDAY_NOON,
						    .plan = plan });
	stage.session.working = esc_at_third;
	stage.session.progress_context = &esc;
	stage_keys(&stage, ":");
	stage_type(&stage, "calls import --account net");
	press(&stage, K_ENTER);
	assert_int_equal(esc.asked, 3);
	assert_string_equal(esc.pieces, "days of calls read");
	assert_int_equal(esc.done, 0);
	assert_int_equal(esc.all, 31);
	stage_shows(&stage, "over: nothing was read: stopped");
	stage_shows(&stage, "calls import was stopped: what was done stays, the same again goes on");
	stage_close(&stage);
	close(fd);
}

static bool esc_in_the_middle(void *context)
{
	size_t *asked = context;

	return ++*asked < 3;
}

/* What is only looked for is given up at once; nothing is forgotten then. */
static void looking_at_a_silent_carrier_stops(void **state)
{
	struct stage stage;
	char plan[4096];
	size_t asked = 0;
	int port, fd = open_silence(&port);

	(void)state;
	snprintf(plan, sizeof plan, two_lines, port);
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 24, .now = MONDAY_NOON,
						    .plan = plan });
	stage.session.idle = esc_in_the_middle;
	stage.session.progress_context = &asked;
	stage_keys(&stage, ":");
	stage_type(&stage, "calls forget +15125550199 --at-carriers --yes");
	press(&stage, K_ENTER);
	assert_int_equal(asked, 3);
	stage_shows(&stage, "not forgotten yet");
	stage_close(&stage);
	close(fd);
}

/* Before the yes it is told what callers get after it, and what that is not certain of; what is in sync is not
 * asked about. */
static void a_yes_is_asked_for_with_what_comes_of_it(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 50 });
	stage_keys(&stage, "P");
	stage_shows(&stage, "what callers get, exact until");
	stage_shows(&stage, "the coming week, each half hour");
	stage_shows(&stage, "any other caller");
	stage_keys(&stage, "y");
	stage_keys(&stage, "P");
	stage_shows(&stage, "this line is in sync: nothing to push");
	stage_keys(&stage, "A");
	stage_shows(&stage, "on all 2 lines?");
	stage_hides(&stage, "main\n");
	stage_keys(&stage, "n Z");
	stage_shows(&stage, "nothing was there: the line will have nothing");
	stage_hides(&stage, "Esc stops");
	stage_keys(&stage, "n");
	stage_close(&stage);
}

/* Nothing refuses a loop: so somebody is told of it before the yes. */
static void an_error_of_check_is_told_before_the_yes(void **state)
{
#define HEAD                                                                                                       \
	"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                                  \
	"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"          \
	"destination fixly { kind = ai number = \"+15125550177\" }\nrule all { path = day }\n"
	static const char looping[] = HEAD "path day { step { ring = { main, fixly } } }\n",
			  mended[] = HEAD "path day { step { ring = fixly } }\n";
#undef HEAD
	struct stage stage;
	char *text;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24, .now = MONDAY_NOON,
						    .plan = looping });
	stage_keys(&stage, "A");
	stage_shows(&stage, "check finds 1 error: a call can come back to line main");
	text = stage_text(&stage);
	assert_true(strstr(text, "check finds 1 error") < strstr(text, "what callers get"));
	free(text);
	stage_keys(&stage, "y");
	stage_shows(&stage, "in sync");
	assert_int_equal(nm_file_write("plan.conf", mended, strlen(mended), false, NULL), NM_OK);
	assert_true(app_notice(&stage.app));
	stage_keys(&stage, "P y");
	stage_keys(&stage, "Z"); /* the way back is to the loop */
	stage_shows(&stage, "the plan that is put back, of push #1, has 1 error: ");
	stage_shows(&stage, "[loop]");
	stage_shows(&stage, "put back what was live on main before push #2?");
	stage_keys(&stage, "n");
	stage_close(&stage);
}

/* What refuses a push is among the errors that are counted, so that check and Push say the same number. */
static void an_error_that_refuses_is_counted_with_the_others(void **state)
{
	static const char broken[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"path day { step { ring = { main, fixly } } }\nrule all { path = day }\n"
		"guarantee \"a human\" { answered_by = human within = 60s }\n";
	const struct nm_findings *findings;
	struct nm_error err;
	char counted[64];
	struct stage stage;
	size_t errors = 0;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 40, .now = MONDAY_NOON,
						    .plan = broken });
	stage_keys(&stage, "A");
	assert_int_equal(session_findings(&stage.session, &findings, &err), NM_OK);
	for (size_t i = 0; i < findings->n; i++)
		errors += findings->items[i].severity == NM_SEVERITY_ERROR;
	assert_true(errors > 1);
	snprintf(counted, sizeof counted, "check finds %zu errors: ", errors);
	stage_shows(&stage, counted);
	stage_shows(&stage, "and 1 of guarantees or forbidden numbers");
	stage_shows(&stage, "refused: guarantee \"a human\" is broken");
	stage_close(&stage);
}

/* A line that cannot be read says why, and what a yes would do all the same. */
static void an_unreadable_line_says_why(void **state)
{
	struct stage stage;
	struct nm_store *store;
	char *text;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "now", .width = 80, .height = 50 });
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_sandbox_fail(store, line_text(stage.session.plan, "main"), "500 9", NULL), NM_OK);
	stage_keys(&stage, "6");
	stage_shows(&stage, "cannot be read: ");
	stage_keys(&stage, "P");
	text = stage_text(&stage);
	assert_true(strstr(text, "cannot be read: ") < strstr(text, "a yes reads it once more"));
	free(text);
	stage_close(&stage);
}

/* Every screen says of a pushed line whose carrier does not answer any more that nobody knows what it does. */
static void a_carrier_that_does_not_answer_is_told_everywhere(void **state)
{
	struct stage stage;
	struct nm_store *store;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24 });
	stage_keys(&stage, "A y q");
	stage_keys(&stage, "1");
	stage_shows(&stage, "2 of 2 lines do what the plan says");
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_sandbox_fail(store, line_text(stage.session.plan, "main"), "500 9", NULL), NM_OK);
	stage_keys(&stage, "6 r 1");
	stage_shows(&stage, "Drift          what is live on main is not known: ");
	stage_hides(&stage, "lines do what the plan says");
	stage_keys(&stage, "5 Down Down Down");
	stage_shows(&stage, "what is live on line main is not known: ");
	stage_shows(&stage, "nevermiss diff");
	stage_close(&stage);
}

static struct nm_reading reading_of(struct stage *stage, const char *line, struct nm_arena *arena)
{
	struct nm_reading reading;
	struct nm_store *store;
	bool found = false;

	assert_int_equal(session_store(&stage->session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_reading_get(store, line_number(stage->session.plan, line), arena, &reading, &found, NULL), NM_OK);
	assert_true(found);
	return reading;
}

static void replace_text(struct stage *stage, const char *from, const char *to)
{
	char *text = stage_plan(stage), *at = strstr(text, from);
	struct nm_buf changed;

	assert_non_null(at);
	nm_buf_init(&changed, 1u << 20);
	nm_buf_addn(&changed, text, (size_t)(at - text));
	nm_buf_addf(&changed, "%s%s", to, at + strlen(from));
	assert_int_equal(session_replace(&stage->session, changed.data, changed.len, "changed", NULL), NM_OK);
	nm_buf_clear(&changed);
	free(text);
	app_derive(&stage->app);
}

/* What is live is compared here with the text as it is edited; whoever else reads the store is told of the plan that is
 * saved alone. */
static void nothing_of_an_unsaved_plan_is_kept(void **state)
{
	static const char plan[] =
		"business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
		"account sandbox { driver = sandbox }\nline main { number = \"+15125550100\" account = sandbox }\n"
		"destination fixly { kind = ai number = \"+15125550177\" }\n"
		"destination flynn { kind = ai number = \"+15125550178\" }\n"
		"path day { step { ring = fixly } step { ring = flynn } }\nrule all { path = day }\n";
	struct nm_arena *arena = nm_arena_new();
	struct nm_reading saved, reading;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24, .now = MONDAY_NOON,
						    .plan = plan });
	stage_keys(&stage, "A y");
	stage_shows(&stage, "in sync");
	saved = reading_of(&stage, "main", arena);
	assert_true(saved.in_sync);
	replace_text(&stage, "ring = fixly } step { ring = flynn", "ring = flynn");
	stage.now += 60;
	stage_keys(&stage, "r");
	stage_shows(&stage, " read at 12:01: drifts");
	reading = reading_of(&stage, "main", arena);
	assert_int_equal(reading.at, saved.at);
	assert_true(reading.in_sync && reading.plan_mark == saved.plan_mark);
	assert_string_equal(reading.words, saved.words);
	stage_keys(&stage, "W y");
	stage_shows(&stage, "drifts");
	reading = reading_of(&stage, "main", arena);
	assert_int_equal(reading.at, stage.now);
	assert_true(reading.known && !reading.in_sync && reading.plan_mark != saved.plan_mark);
	stage_close(&stage);
	nm_arena_free(arena);
}

/* Who asks for a reading is told what came of it, also where that is nothing new. */
static void a_reading_says_what_came_of_it(void **state)
{
	struct nm_store *store;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24 });
	stage_keys(&stage, "r");
	stage_shows(&stage, " read at 05:11, as before: 2 with nothing there");
	stage_keys(&stage, "A y q");
	stage_keys(&stage, "r");
	stage_shows(&stage, " read at 05:11, as before: 2 in sync");
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_sandbox_put(store, line_text(stage.session.plan, "hotline"), NULL, NULL), NM_OK);
	stage.now += 120;
	stage_keys(&stage, "r");
	stage_shows(&stage, " read at 05:13: 1 in sync, 1 with nothing there");
	stage_keys(&stage, "r");
	stage_shows(&stage, " read at 05:13, as before: 1 in sync, 1 with nothing there");
	assert_int_equal(nm_store_sandbox_fail(store, line_text(stage.session.plan, "main"), "500 9", NULL), NM_OK);
	stage_keys(&stage, "r");
	stage_shows(&stage, " read at 05:13: 1 with nothing there, 1 unknown");
	stage_keys(&stage, "1 6");
	stage_hides(&stage, "read at");
	stage_close(&stage);
}

/* A day later the plan reaches a day further: the artefact differs, and callers get the same. */
static void a_horizon_that_moved_on_is_no_riddle(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 120, .height = 50 });
	stage_keys(&stage, "A y q");
	stage_shows(&stage, "in sync             now");
	stage_keys(&stage, "a");
	stage_shows(&stage, "the same is there now");
	stage_hides(&stage, "In sync: ");
	stage_keys(&stage, "q");
	stage.now += 3 * NM_DAY;
	stage_keys(&stage, "r");
	stage_shows(&stage, "in sync             now");
	stage_keys(&stage, "a");
	stage_hides(&stage, "the same is there now");
	stage_shows(&stage, "In sync: callers get what the plan says.");
	stage_shows(&stage, "What was pushed is exact until Thu 23 Nov 2028");
	stage_shows(&stage, "From Sun 24 Sep 2028");
	stage_keys(&stage, "q");
	stage.now += 690 * NM_DAY;
	stage_keys(&stage, "r");
	stage_shows(&stage, "in sync             now");
	stage_keys(&stage, "a");
	stage_shows(&stage, "Now a push extends it.");
	stage_close(&stage);
}

/* c on a line that no person works says so, and what does it. */
static void nothing_is_dialled_for_a_line_that_is_pushed(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24 });
	stage_keys(&stage, "c");
	stage_shows(&stage, "main has no codes: nothing is dialled for a line on sandbox, P pushes it");
	assert_int_equal(stage.app.depth, 0);
	stage_close(&stage);
}

/* Z on what was done by hand shows what takes it back. */
static void handwork_is_taken_back_by_what_z_shows(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24, .now = MONDAY_NOON,
						    .plan = hand_and_sandbox });
	stage_shows(&stage, "c codes");
	stage_hides(&stage, "Z roll back");
	stage_keys(&stage, "Z");
	stage_shows(&stage, "to take back what was done by hand");
	stage_shows(&stage, "##61#");
	stage_shows(&stage, "nevermiss rollback --line cell");
	stage_close(&stage);
}

/* What was dialled is played as live, and said to be assumed. */
static void a_call_is_played_on_what_was_dialled(void **state)
{
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24, .now = MONDAY_NOON,
						    .plan = hand_and_sandbox });
	stage_keys(&stage, "c D D D D Escape");
	stage_keys(&stage, "4 v");
	stage_shows(&stage, "ASSUMED");
	stage_shows(&stage, "played on what was done by hand, as is assumed");
	stage_hides(&stage, "LIVE");
	stage_close(&stage);
}

/* --- many lines --- */

#define MANY 200

/* So many lines, and one more that is done by hand. */
static char *many_lines(void)
{
	struct nm_buf text;

	nm_buf_init(&text, 1u << 20);
	nm_buf_add(&text, "business = \"Jones\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
			  "account sandbox { driver = sandbox }\naccount hand { driver = manual }\n");
	for (int i = 0; i < MANY; i++)
		nm_buf_addf(&text, "line l%03d { number = \"+1512555%04d\" account = sandbox }\n", i, 200 + i);
	nm_buf_add(&text, "line desk { number = \"+15125550100\" account = hand }\n"
			  "destination fixly { kind = ai number = \"+15125550177\" }\n"
			  "destination sam { kind = personal number = \"+15125550178\" own_voicemail = none }\n"
			  "path day { step { ring = fixly } }\npath late { step { ring = sam } step { ring = fixly } }\n"
			  "rule all { path = day }\n");
	return nm_buf_take(&text);
}

static void replace_on_disk(struct stage *stage, const char *from, const char *to)
{
	char *text = stage_plan(stage), *at = strstr(text, from);
	struct nm_buf changed;
	struct nm_error err;

	assert_non_null(at);
	nm_buf_init(&changed, 1u << 20);
	nm_buf_addn(&changed, text, (size_t)(at - text));
	nm_buf_addf(&changed, "%s%s", to, at + strlen(from));
	assert_int_equal(nm_file_write("plan.conf", changed.data, changed.len, false, &err), NM_OK);
	nm_buf_clear(&changed);
	free(text);
	app_notice(&stage->app);
	app_derive(&stage->app);
}

static void many_lines_are_summed_up_and_told_one_by_one(void **state)
{
	char *plan = many_lines();
	struct stage stage;
	struct nm_store *store;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24, .now = MONDAY_NOON, .plan = plan });
	stage_shows(&stage, " 1 of 201 ");
	stage_keys(&stage, "A");
	stage_shows(&stage, "201 lines: 200 new, 1 left to be done by hand");
	stage_golden(&stage, "push-lines-80x24");
	assert_true(app_resize(&stage.app, 40, 12));
	stage_golden(&stage, "push-lines-40x12");
	assert_true(app_resize(&stage.app, 200, 50));
	stage_golden(&stage, "push-lines-200x50");
	stage_keys(&stage, "/");
	stage_type(&stage, "l123");
	stage_keys(&stage, "Enter Enter");
	stage_shows(&stage, "the whole line is new");
	stage_shows(&stage, "fixly 20 s");
	stage_keys(&stage, "Escape n");
	stage_shows(&stage, "nothing was done");
	stage_shows(&stage, "nothing there");
	stage_keys(&stage, "A y");
	stage_shows(&stage, "push: 200 of 201 lines are done");
	stage_keys(&stage, "Escape");
	/* what differs is told first; what is the same is counted */
	assert_int_equal(session_store(&stage.session, &store, NULL), NM_OK);
	assert_int_equal(nm_store_sandbox_fail(store, line_text(stage.session.plan, "l150"), "500 9", NULL), NM_OK);
	replace_on_disk(&stage, "rule all {", "rule some { lines = { l007, l008, l009, l011 } path = late }\nrule all {");
	stage_keys(&stage, "r");
	stage_keys(&stage, "A");
	stage_shows(&stage, "6 lines: 1 not read, a yes reads them once more, 4 change, 1 left to be done by hand; in sync: 195");
	stage_golden(&stage, "push-lines-drift");
	stage_close(&stage);
	free(plan);
}

/* A yes is about what was shown. */
static void a_yes_about_another_plan_is_none(void **state)
{
	char *plan = many_lines();
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){ .screen = "push", .width = 80, .height = 24, .now = MONDAY_NOON, .plan = plan });
	stage_keys(&stage, "A");
	replace_on_disk(&stage, "line l003", "line m003");
	stage_keys(&stage, "y");
	stage_shows(&stage, "changed meanwhile: ask again");
	assert_int_equal(stage.app.depth, 0);
	stage_shows(&stage, "nothing there");
	stage_close(&stage);
	free(plan);
}

/* --- progress --- */

#define CROWD 70 /* more lines than are sent at once */

static void write_crowd(char *plan, size_t size)
{
	size_t n = (size_t)snprintf(plan, size,
				    "business = \"Crowd\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"
				    "account sandbox { driver = sandbox }\n"
				    "destination owner { kind = personal  number = \"+15125550111\" }\n"
				    "path all { step { ring = owner } }\nrule every { path = all }\n");

	for (int i = 0; i < CROWD; i++)
		n += (size_t)snprintf(plan + n, size - n, "line l%02d { number = \"+151255501%02d\"  account = sandbox }\n", i,
				      i + (i >= 11));
}

/* What the screen shows when so many lines have come so far, and whether it is stopped there. */
struct glance {
	struct stage *stage;
	const char *what;
	size_t done;
	bool stop, taken;
	char *text;
};

static bool look_there(void *context, const char *line, const char *what, size_t done, size_t all)
{
	struct glance *glance = context;

	(void)line;
	assert_true(all <= CROWD);
	if (glance->taken || done != glance->done || strcmp(what, glance->what) != 0)
		return true;
	glance->taken = true;
	app_draw(&glance->stage->app);
	glance->text = stage_text(glance->stage);
	return !glance->stop;
}

/* Is it so on the row of that line?  The row must be in view. */
static void assert_row(const char *text, const char *line, const char *words)
{
	const char *row = strstr(text, line), *at = row ? strstr(row, words) : NULL;

	if (!at || at > strchr(row, '\n'))
		fail_msg("%s is not \"%s\" in\n%s", line, words, text);
}

static char *glance_at_push(struct glance *glance, struct stage *stage)
{
	char plan[16384];

	write_crowd(plan, sizeof plan);
	stage_open(stage, &(struct stage_options){ .screen = "push", .width = 120, .height = 45, .now = MONDAY_NOON,
						   .plan = plan });
	glance->stage = stage;
	stage->session.progress = look_there;
	stage->session.idle = NULL; /* what it is told with is the glance now */
	stage->session.progress_context = glance;
	stage_keys(stage, "A y");
	assert_true(glance->taken);
	return glance->text;
}

/* "Progress per line": each row says where its line is, and those at which something happens are in view. */
static void a_push_tells_of_each_line_where_it_is(void **state)
{
	static const struct {
		const char *what;
		size_t done;
		const char *line, *words, *next, *next_words;
	} when[] = {
		{ "reading", 40, "l39 ", "read ", "l40 ", "reading" },
		{ "pushing", 3, "l02 ", "sent ", "l03 ", "sending" },
		{ "pushing", 50, "l49 ", "sent ", "l50 ", "sending" },
		{ "reading back", 60, "l59 ", "read back", "l60 ", "reading back" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof when / sizeof *when; i++) {
		struct glance glance = { .what = when[i].what, .done = when[i].done };
		struct stage stage;
		char *text = glance_at_push(&glance, &stage);

		assert_row(text, when[i].next, when[i].next_words);
		assert_row(text, when[i].line, when[i].words);
		free(text);
		press(&stage, K_ESCAPE);
		stage_shows(&stage, "l05          +1 512 555 0105   sandbox     in sync");
		stage_close(&stage);
	}
}

/* A push that was stopped leaves the rows telling what is done and what is not, until they are read anew. */
static void a_stopped_push_leaves_what_is_done_and_what_is_not(void **state)
{
	struct glance glance = { .what = "pushing", .done = 5, .stop = true };
	struct stage stage;
	char *text = glance_at_push(&glance, &stage);

	(void)state;
	free(text);
	assert_int_equal(stage.app.stages.n, CROWD);
	assert_string_equal(stages_words(&stage.app.stages, 0), "done");
	assert_string_equal(stages_words(&stage.app.stages, CROWD - 1), "not done");
	press(&stage, K_ESCAPE);
	stage_shows(&stage, "in sync");
	stage_close(&stage);
}

/* What the carrier does not take is failed or not done, never done; and r leaves only what is read. */
static void a_line_that_fails_says_so(void **state)
{
	struct stages stages = { 0 };

	(void)state;
	stages_begin(&stages, 3);
	assert_null(stages_words(&stages, 0));
	stages_tell(&stages, 0, NM_LINE_DONE);
	stages_tell(&stages, 1, NM_LINE_WAITS);
	stages_tell(&stages, 2, NM_LINE_SENDING);
	stages_tell(&stages, 3, NM_LINE_FAILED); /* no such line */
	assert_int_equal(stages_at_work(&stages, 0), 2);
	stages_tell(&stages, 2, NM_LINE_FAILED);
	assert_string_equal(stages_words(&stages, 2), "failed");
	assert_int_equal(stages_at_work(&stages, 0), 1);
	stages_end(&stages);
	assert_int_equal(stages_at_work(&stages, 0), 0);
	stages_clear(&stages);
	assert_null(stages_words(&stages, 2));
}

/* Work at an even pace: at every moment it is told what is left of it, to the second. */
static void what_is_left_is_what_it_will_take(void **state)
{
	const size_t all = 200;
	const int64_t piece_ms = 730;

	(void)state;
	for (size_t first = 0; first < 3; first++) { /* the clock may be set when some of it is done */
		struct progress progress = { 0 };

		assert_true(progress_tell(&progress, "pushing", (struct progress_step){ "lines", first, all }, 1000));
		for (size_t done = first + 1; done <= all; done++) {
			const int64_t now = 1000 + piece_ms * (int64_t)(done - first);
			char words[128], left[NM_TIME_TEXT], expected[128];

			assert_true(progress_tell(&progress, "pushing", (struct progress_step){ "lines", done, all }, now));
			progress_words(&progress, now, 40, words, sizeof words);
			nm_duration_words(piece_ms * (int64_t)(all - done) / 1000 + 1, left);
			snprintf(expected, sizeof expected, "]\npushing %zu of 200 lines, %s left, Esc stops", done, left);
			assert_string_equal(words + strcspn(words, "]"), expected);
		}
	}
}

/* Another phase has a pace of its own; what is not known is not told; what is quick is not shown. */
static void progress_tells_no_more_than_it_knows(void **state)
{
	struct progress progress = { 0 };
	char words[256];

	(void)state;
	assert_true(progress_tell(&progress, "pushing", (struct progress_step){ "lines", 0, 4 }, 0));
	assert_false(progress_tell(&progress, "pushing", (struct progress_step){ "lines", 1, 4 }, 50));
	assert_true(progress_tell(&progress, "pushing", (struct progress_step){ "lines", 2, 4 }, 400));
	progress_words(&progress, 400, 80, words, sizeof words);
	assert_string_equal(words, "[##################..................] pushing 2 of 4 lines, Esc stops");
	assert_true(progress_tell(&progress, "reading back", (struct progress_step){ "lines", 1, 4 }, 9000));
	progress_words(&progress, 9000, 50, words, sizeof words);
	assert_string_equal(words, "[##########..............................]\nreading back 1 of 4 lines, Esc stops");
	assert_false(progress_tell(&progress, "", (struct progress_step){ "calls", 0, 128 }, 9500));
	assert_true(progress_tell(&progress, "", (struct progress_step){ "calls", 64, 128 }, 11500));
	progress_words(&progress, 11500, 40, words, sizeof words);
	assert_string_equal(words, "[##################..................]\n64 of 128 calls, 3 s left, Esc stops");
}

/* The answer to a key stands beside the bar for as long as it is held, and says nothing of work of which nobody knows how far
 * it is. */
static void an_answer_to_a_key_leaves_the_bar(void **state)
{
	struct progress progress = { 0 };
	char words[256];

	(void)state;
	strcpy(progress.answer, "Esc stops it");
	progress.held_ms = 500;
	assert_true(progress_tell(&progress, "pushing", (struct progress_step){ "lines", 2, 4 }, 0));
	progress_words(&progress, 499, 60, words, sizeof words);
	assert_string_equal(words, "[########........] Esc stops it");
	progress_words(&progress, 499, 40, words, sizeof words);
	assert_string_equal(words, "[##################..................]\nEsc stops it");
	progress_words(&progress, 500, 60, words, sizeof words);
	assert_string_equal(words, "[########........] pushing 2 of 4 lines, Esc stops");
	progress.passes = true; /* quiet work, which ends when any key comes */
	progress_words(&progress, 500, 60, words, sizeof words);
	assert_string_equal(words, "[########........] pushing 2 of 4 lines");
	progress.passes = false;
	progress.held_ms = 2000;
	assert_true(progress_tell(&progress, "twilio", (struct progress_step){ 0 }, 1000));
	progress_words(&progress, 1000, 60, words, sizeof words);
	assert_string_equal(words, "Esc stops it");
}

static void an_age_is_told_as_one_says_it(void **state)
{
	static const struct {
		int64_t seconds;
		const char *words;
	} ages[] = {
		{ 60, "1 min" },	   { 119, "1 min" },	     { 2 * 3600 - 1, "1 h 59 min" },
		{ 2 * 3600 + 59, "2 h" }, { 47 * 3600 + 60, "47 h" }, { 2 * NM_DAY, "2 days" },
		{ 84 * NM_DAY + 2340, "84 days" },
	};
	char words[NM_TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
		age_words(ages[i].seconds, words);
		assert_string_equal(words, ages[i].words);
	}
}

/* In every window there is a bar, and room for it: beside its words, or on a row of its own.  What waits for its first piece
 * is shown as well. */
static void a_bar_leaves_room_for_its_words(void **state)
{
	struct progress progress = { 0 };
	char words[512];
	size_t beside = 0;

	(void)state;
	assert_false(progress_tell(&progress, "", (struct progress_step){ "calls let go", 0, 1000000 }, 0));
	assert_true(progress_tell(&progress, "", (struct progress_step){ "calls let go", 0, 1000000 }, 100));
	for (int width = 40; width <= 200; width++)
		for (size_t done = 0; done < 1000000; done += 99999) {
			const struct progress_step step = { "calls let go", done, 1000000 };

			progress_tell(&progress, "", (struct progress_step){ "calls let go", 0, 1000000 }, 100);
			progress_tell(&progress, "", step, 100 + (int64_t)done);
			progress_words(&progress, 100 + (int64_t)done, width, words, sizeof words);
			assert_int_equal(words[0], '[');
			assert_true((int)strcspn(words, "\n") <= width - 2);
			assert_true(strstr(words, "calls let go") != NULL);
			beside += strchr(words, '\n') == NULL;
		}
	assert_true(beside > 1000);
}

/* The title speaks of the plan that is saved, and says so; the rows of the one that is being written. */
static void the_title_says_of_which_plan_it_speaks(void **state)
{
	const struct nm_edit hours = {.op = NM_EDIT_SET,
				      .place = {"schedule", "business", -1},
				      .option = "hours",
				      .value = "\"Mo-Fr 08:00-16:00; PH off\""};
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "push", .width = 100, .height = 24});
	stage_keys(&stage, "A y Escape");
	stage_shows(&stage, "   in sync   ");
	assert_true(app_edit(&stage.app, &hours, 1, "hours"));
	stage_keys(&stage, "1 6");
	stage_shows(&stage, "1 edit, not saved");
	stage_shows(&stage, "in sync as saved");
	stage_shows(&stage, "drifts, ");
	stage_keys(&stage, "u");
	stage_hides(&stage, "as saved");
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_silent_carrier_stops_no_key),
		cmocka_unit_test(an_import_from_a_silent_carrier_stops),
		cmocka_unit_test(looking_at_a_silent_carrier_stops),
		cmocka_unit_test(a_yes_is_asked_for_with_what_comes_of_it),
		cmocka_unit_test(an_error_of_check_is_told_before_the_yes),
		cmocka_unit_test(an_error_that_refuses_is_counted_with_the_others),
		cmocka_unit_test(an_age_is_told_as_one_says_it),
		cmocka_unit_test(an_unreadable_line_says_why),
		cmocka_unit_test(a_carrier_that_does_not_answer_is_told_everywhere),
		cmocka_unit_test(nothing_of_an_unsaved_plan_is_kept),
		cmocka_unit_test(a_reading_says_what_came_of_it),
		cmocka_unit_test(a_horizon_that_moved_on_is_no_riddle),
		cmocka_unit_test(nothing_is_dialled_for_a_line_that_is_pushed),
		cmocka_unit_test(handwork_is_taken_back_by_what_z_shows),
		cmocka_unit_test(a_call_is_played_on_what_was_dialled),
		cmocka_unit_test(many_lines_are_summed_up_and_told_one_by_one),
		cmocka_unit_test(a_yes_about_another_plan_is_none),
		cmocka_unit_test(what_is_left_is_what_it_will_take),
		cmocka_unit_test(progress_tells_no_more_than_it_knows),
		cmocka_unit_test(a_bar_leaves_room_for_its_words),
		cmocka_unit_test(the_title_says_of_which_plan_it_speaks),
		cmocka_unit_test(a_push_tells_of_each_line_where_it_is),
		cmocka_unit_test(a_stopped_push_leaves_what_is_done_and_what_is_not),
		cmocka_unit_test(a_line_that_fails_says_so),
		cmocka_unit_test(an_answer_to_a_key_leaves_the_bar),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
