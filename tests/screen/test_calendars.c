/* SPDX-License-Identifier: MIT */
/* Calendars of the network in the interface: fetched from `:`, and noticed when somebody else fetched them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http_server.h"
#include "stage.h"

#define ON_THE_JOB 1795620600 /* 2026-11-25 15:30 UTC: within the event of http_server.h */

static const char rest[] = "schedule on-a-job { calendar = jobs }\n"
			   "destination owner { kind = personal number = \"+15125550111\" away = on-a-job }\n"
			   "destination mailbox { kind = voicemail greeting = \"Smith\" }\n"
			   "path p { step { ring = owner } step { ring = mailbox } }\nrule all { path = p }\n";

static struct http_server server;
static bool serving;
static char plan[2048];

static int set_up(void **state)
{
	(void)state;
	http_server_start(&server);
	serving = true;
	snprintf(plan, sizeof plan,
		 "business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
		 "account sandbox { driver = sandbox }\n"
		 "line main { number = \"+15125550100\" account = sandbox }\n"
		 "calendar jobs { url = \"http://127.0.0.1:%d/calendar\" }\n%s",
		 server.port, rest);
	return 0;
}

static void stop_serving(void)
{
	if (serving)
		http_server_stop(&server);
	serving = false;
}

static int tear_down(void **state)
{
	(void)state;
	stop_serving();
	return 0;
}

static void open_stage(struct stage *stage, const struct stage_options *options)
{
	stage_open(stage, options);
	stage_shows(stage, "jobs was never");
	stage_hides(stage, "on-a-job is on");
}

static void say(struct stage *stage, const char *line)
{
	stage_keys(stage, ":");
	stage_type(stage, line);
	stage_keys(stage, "Enter");
}

static void a_calendar_is_fetched_by_a_command(void **state)
{
	const struct stage_options options = {
		.screen = "now", .width = 80, .height = 24, .now = ON_THE_JOB, .plan = plan};
	struct stage stage;

	(void)state;
	open_stage(&stage, &options);
	say(&stage, "calendar refresh");
	stage_shows(&stage, "jobs: fetched");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "on-a-job is on");
	stage_hides(&stage, "jobs was never");
	say(&stage, "calendar refresh jobs");
	stage_shows(&stage, "jobs: nothing is new");
	stage_keys(&stage, "Escape");
	say(&stage, "calendar list");
	stage_shows(&stage, "fetched Wed 25 Nov 2026 09:30");
	stage_keys(&stage, "Escape");
	stop_serving();
	say(&stage, "calendar refresh");
	stage_shows(&stage, "jobs: not fetched: no answer");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "on-a-job is on");
	stage_close(&stage);
}

/* As Esc at the second look. */
static bool stop_at_second(void *context, const char *pieces, size_t done, size_t all)
{
	size_t *asked = context;

	assert_string_equal(pieces, "calendar fetched");
	assert_int_equal(done, 0);
	assert_int_equal(all, 1);
	return ++*asked < 2;
}

/* A server that says nothing is told as work, which can be stopped. */
static void a_silent_server_is_not_waited_for(void **state)
{
	char *at = strstr(plan, "/calendar\"");
	size_t asked = 0;
	struct stage stage;

	(void)state;
	memcpy(at, "/never\"   ", strlen("/never\"   "));
	open_stage(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24, .now = ON_THE_JOB, .plan = plan});
	stage.session.working = stop_at_second;
	stage.session.progress_context = &asked;
	say(&stage, "calendar refresh");
	assert_int_equal(asked, 2);
	stage_shows(&stage, "calendar refresh was stopped: what was done until then stays");
	stage_keys(&stage, "Escape");
	stage_shows(&stage, "jobs was never");
	stage_close(&stage);
}

static void a_copy_that_somebody_else_fetched_is_noticed(void **state)
{
	static const char bytes[] = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20261125T150000Z\nDURATION:PT1H\n"
				    "END:VEVENT\nEND:VCALENDAR\n";
	const struct stage_options options = {
		.screen = "now", .width = 80, .height = 24, .now = ON_THE_JOB, .plan = plan};
	struct nm_calendar_copy copy = {.name = "jobs", .tried = ON_THE_JOB, .fetched = ON_THE_JOB, .bytes = bytes};
	struct stage stage;
	struct nm_store *other;
	struct nm_buf path;
	struct nm_error err;

	(void)state;
	open_stage(&stage, &options);
	assert_false(app_notice(&stage.app));
	nm_buf_init(&path, 4096);
	assert_int_equal(session_store_path(&stage.session, &path, &err), NM_OK);
	assert_int_equal(nm_store_open(path.data, false, &other, &err), NM_OK);
	copy.source = stage.session.plan->calendars[0].path;
	copy.len = strlen(bytes);
	assert_int_equal(nm_store_calendar_put(other, &copy, &err), NM_OK);
	nm_store_close(other);
	nm_buf_clear(&path);
	assert_true(app_notice(&stage.app));
	assert_false(app_notice(&stage.app));
	stage_keys(&stage, "1");
	stage_shows(&stage, "on-a-job is on");
	stage_close(&stage);
}

static void reading_only_fetches_nothing(void **state)
{
	const struct stage_options options = {
		.screen = "now", .width = 80, .height = 24, .now = ON_THE_JOB, .read_only = true, .plan = plan};
	struct stage stage;

	(void)state;
	open_stage(&stage, &options);
	say(&stage, "calendar refresh");
	stage_shows(&stage, "read-only");
	stage_shows(&stage, "jobs was never");
	stage_close(&stage);
}

/* Each way asks for what it needs, writes it, and can be tried; a file is only read. */
static void a_new_calendar_is_asked_where_it_comes_from(void **state)
{
	const struct stage_options options = {
		.screen = "plan", .width = 80, .height = 40, .now = ON_THE_JOB, .plan = plan};
	struct stage stage;
	char *text, url[64];

	(void)state;
	stage_open(&stage, &options);
	stage_keys(&stage, "/");
	stage_type(&stage, "jobs");
	stage_keys(&stage, "Enter A Enter");
	stage_type(&stage, "school");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "where does calendar school come from?");
	stage_shows(&stage, "▸file: beside the plan");
	stage_shows(&stage, "url_cmd: a command prints the address, which is a secret");
	stage_keys(&stage, "Down Enter");
	stage_shows(&stage, "url =");
	stage_type(&stage, "http://example.org/ftp");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "https"); /* only that, but for this machine: asked again */
	stage_keys(&stage, "C-u");
	snprintf(url, sizeof url, "http://127.0.0.1:%d/calendar", server.port);
	stage_type(&stage, url);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "try now whether calendar school can be fetched?");
	stage_keys(&stage, "y");
	stage_shows(&stage, "school: fetched; the plan is not saved yet, W saves");
	text = stage_plan(&stage);
	assert_null(strstr(text, "school"));
	free(text);
	stop_serving();
	stage_keys(&stage, "A Enter");
	stage_type(&stage, "club");
	stage_keys(&stage, "Enter Down Down Enter");
	stage_type(&stage, url);
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "user =");
	stage_type(&stage, "sam");
	stage_keys(&stage, "Enter");
	stage_type(&stage, "echo secret");
	stage_keys(&stage, "Enter");
	stage_shows(&stage, "password_cmd is run: echo secret");
	stage_keys(&stage, "y");
	stage_shows(&stage, "club: not fetched: no answer");
	stage_keys(&stage, "W");
	stage_shows(&stage, "password_cmd = \"echo secret\"");
	stage_close(&stage);
}

static void ask_for_holidays(struct stage *stage)
{
	stage_keys(stage, "/");
	stage_type(stage, "jobs");
	stage_keys(stage, "Enter A Enter");
	stage_type(stage, "holidays");
	stage_keys(stage, "Enter Up Enter");
}

/* They are a file when the question comes that names it; one of that name that is something else stays as it is. */
static void the_federal_holidays_are_had_later(void **state)
{
	static const char file[] = "us-federal-holidays.ics";
	const struct stage_options options = {
		.screen = "plan", .width = 80, .height = 24, .now = ON_THE_JOB, .plan = plan};
	struct stage stage;
	struct nm_buf there;

	(void)state;
	stage_open(&stage, &options);
	assert_int_equal(nm_file_write(file, "theirs", 6, true, NULL), NM_OK);
	ask_for_holidays(&stage);
	stage_shows(&stage, "us-federal-holidays.ics is there already and is another file");
	nm_buf_init(&there, NM_PLAN_BYTES);
	assert_int_equal(nm_file_read(file, NM_PLAN_BYTES, &there, NULL), NM_OK);
	assert_string_equal(there.data, "theirs");
	nm_buf_clear(&there);
	assert_int_equal(remove(file), 0);
	ask_for_holidays(&stage);
	stage_shows(&stage, "file = us-federal-holidays.ics");
	stage_keys(&stage, "Enter");
	stage_hides(&stage, "No such file");
	assert_non_null(stage.session.plan);
	assert_int_equal(stage.session.plan->n_calendars, 2);
	assert_non_null(strstr(nm_document_text(stage.session.document, NULL),
			       "calendar holidays { file = \"us-federal-holidays.ics\" }"));
	stage_close(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_calendar_is_fetched_by_a_command, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_silent_server_is_not_waited_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_copy_that_somebody_else_fetched_is_noticed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reading_only_fetches_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_new_calendar_is_asked_where_it_comes_from, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_federal_holidays_are_had_later, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
