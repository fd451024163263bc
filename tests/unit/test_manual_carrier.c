/* SPDX-License-Identifier: MIT */
/*
 * What is set by hand: the list in words, its conversation, and pushing it: done when a person says so, assumed
 * from then on, asked for again when the plan wants something else, and put back by a roll-back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "carrier_rig.h"
#include "nevermiss/calls.h"
#include "push_rig.h"
#include "random_plan.h"

#define PLAN(driver)                                                                                         \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\n"                                                 \
	"account sandbox { driver = " driver " }\n"                                                          \
	"line cell { number = \"+15125550111\" account = sandbox handset = owner }\n"                        \
	"schedule business { hours = \"Mo-Fr 08:00-18:00\" }\n"                                              \
	"destination owner { kind = personal line = cell own_voicemail = 25s }\n"                            \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                        \
	"path day { step { ring = owner for = 20s } step { ring = fixly } }\n"                               \
	"path night { step { ring = fixly for = 12s } }\n"                                                   \
	"rule open { during = business path = day }\nrule closed { path = night }\n"

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static const struct nm_carrier *manual(void)
{
	return nm_carrier_find("manual");
}

static void assert_list(const char *at, const char *list, const char *every)
{
	char *folder = random_folder_new();
	struct carrier_line line;

	carrier_line_open(&line, manual(), NULL, plan_of_text(PLAN("manual"), folder), 0, at, 28);
	random_folder_free(folder);
	assert_string_equal(nm_artefact_find(&line.artefact, "to do")->bytes, list);
	if (every == NULL)
		assert_null(nm_artefact_find(&line.artefact, "every call to"));
	else
		assert_string_equal(nm_artefact_find(&line.artefact, "every call to")->bytes, every);
	carrier_line_close(&line);
}

static void test_the_list_in_words(void **state)
{
	(void)state;
	assert_list(
		"2026-11-23 12:00",
		"In the carrier's settings: do not forward every call\n"
		"In the carrier's settings: forward calls to fixly, +1 512 555 0177 when not answered\n"
		"In the carrier's settings: forward calls to fixly, +1 512 555 0177 while the phone is busy\n"
		"In the carrier's settings: forward calls to fixly, +1 512 555 0177 while the phone cannot be reached\n"
		"In the carrier's settings: have its voicemail answer later than that, or not at all, else fixly never "
		"rings\n",
		NULL);
	assert_list(
		"2026-11-23 22:00",
		"In the carrier's settings: forward EVERY call to fixly, +1 512 555 0177, so that this phone rings no "
		"more\n",
		"fixly, +1 512 555 0177");
}

static void test_random_plans(void **state)
{
	(void)state;
	assert_true(assert_carrier_keeps_plans(manual(), NULL, 700, random_few(20)) > 0);
}

/* When it must be set anew, and what then: what can be set, which has no ring time, and not what the plan says. */
static void test_the_next_change(void **state)
{
	const struct nm_caller any = { 0 };
	char *folder = random_folder_new();
	struct carrier_line line;
	struct nm_next next;
	struct nm_error err;
	nm_time evening;

	(void)state;
	carrier_line_open(&line, manual(), NULL, plan_of_text(PLAN("manual"), folder), 0, "2026-11-23 12:00",
			  28);
	random_folder_free(folder);
	ok(nm_time_read("2026-11-23 18:00", line.plan->zone, 0, &evening, &err), &err);
	ok(nm_carrier_next(manual(), NULL, line.route, (struct nm_span){ line.at, line.route->until },
			   &line.artefact, &next, &err),
	   &err);
	assert_int_equal(next.at, evening);
	assert_non_null(strstr(next.artefact.parts[0].bytes, "EVERY"));
	assert_int_equal(nm_route_treatment(line.route, evening, any, false)->steps[0].for_s, 12);
	assert_int_not_equal(nm_route_treatment(next.held, evening, any, false)->steps[0].for_s, 12);
	nm_next_clear(&next);
	ok(nm_carrier_next(manual(), NULL, line.route, (struct nm_span){ line.at, evening }, &line.artefact,
			   &next, &err),
	   &err);
	assert_int_equal(next.at, NM_TIME_MAX);
	nm_next_clear(&next);
	carrier_line_close(&line);
}

/* --- pushing: a person at the other end --- */

struct person {
	struct push_rig rig;
	int asked, yes_until; /* says no from then on */
	int tag;
	const struct nm_request *request;
};

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct person *person = context;

	(void)err;
	assert_int_equal(strncmp(request->url, "dial:", 5), 0);
	person->tag = tag;
	person->request = request;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct person *person = context;
	const bool yes = person->asked < person->yes_until;

	(void)timeout_ms;
	(void)err;
	*tag = person->request != NULL ? person->tag : -1;
	person->asked += person->request != NULL;
	person->request = NULL;
	*response = (struct nm_response){ .status = yes ? 200 : 403,
					  .body = yes ? "2026-11-23T05:11:00-06:00" : "you said no",
					  .retry_after_s = -1 };
	response->len = strlen(response->body);
	return NM_OK;
}

static void open_person(struct person *person, const char *plan, int yes_until)
{
	push_rig_open(&person->rig, plan);
	person->rig.context.transport = (struct nm_transport){ .context = person, .submit = submit, .collect = collect };
	person->asked = 0;
	person->yes_until = yes_until;
	person->request = NULL;
}

static struct nm_status status_now(struct person *person)
{
	struct nm_status status;
	struct nm_error err;

	ok(nm_status_read(&person->rig.context, 0, &status, &err), &err);
	assert_int_equal(status.lines[0].sync, NM_SYNC_UNKNOWN); /* never "in sync" */
	return status;
}

static void assert_assumed(struct person *person, bool as_assumed, size_t done, const char *words)
{
	struct nm_status status = status_now(person);

	assert_int_equal(status.lines[0].as_assumed, as_assumed);
	assert_int_equal(status.lines[0].n_done, done);
	assert_string_equal(status.lines[0].words, words);
	nm_status_clear(&status);
}

static void test_pushed_once_and_assumed_from_then_on(void **state)
{
	struct person person;
	struct nm_status status;
	struct nm_push_results results;
	struct nm_error err;

	(void)state;
	open_person(&person, PLAN("codes carrier = gsm"), 99);
	assert_assumed(&person, false, 0,
		       "nothing was pushed yet, and nothing can be read back from this carrier");
	ok(push_rig_push(&person.rig, 0, NULL, &err), &err);
	assert_int_equal(person.asked, 1);
	assert_assumed(&person, true, 1,
		       "assumed since Mon 23 Nov 2026 05:11: nothing can be read back from this carrier");
	status = status_now(&person);
	assert_string_equal(status.lines[0].done[0].what, "**21*+15125550177#");
	assert_string_equal(status.lines[0].done[0].when, "2026-11-23T05:11:00-06:00");
	nm_status_clear(&status);
	ok(push_rig_push(&person.rig, 0, &results, &err), &err);
	assert_int_equal(person.asked, 1); /* nothing is asked twice */
	assert_int_equal(results.items[0].state, NM_PUSH_DONE);
	nm_push_results_clear(&results);
	person.rig.context.now += 4 * 3600;
	assert_assumed(
		&person, false, 1,
		"what was pushed Mon 23 Nov 2026 05:11 is not what the plan wants now; nothing can be read back");
	ok(push_rig_push(&person.rig, 0, NULL, &err), &err);
	assert_int_equal(person.asked, 5);
	assert_assumed(&person, true, 4,
		       "assumed since Mon 23 Nov 2026 09:11: nothing can be read back from this carrier");
	push_rig_close(&person.rig);
}

/* --- proved by calls --- */

#define OVERFLOW(driver, others)                                                                             \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\n"                                                 \
	"account sandbox { driver = " driver " }\naccount box { driver = sandbox }\n"                        \
	"line cell { number = \"+15125550111\" account = sandbox handset = owner }\n"                        \
	"line over { number = \"+15125550101\" account = box }\n"                                            \
	"line main { number = \"+15125550100\" account = box }\n"                                            \
	"destination owner { kind = personal line = cell own_voicemail = none }\n"                           \
	"destination fixly { kind = ai number = \"+15125550177\" }\n"                                        \
	"path cell { step { ring = owner for = 20s } step { ring = over } }\n"                               \
	"path over { step { ring = fixly } }\npath main { step { ring = " others " } }\n"                    \
	"rule cell { lines = cell path = cell }\nrule main { lines = main path = main }\n"                   \
	"rule over { path = over }\n"

#define ASSUMED "assumed since Mon 23 Nov 2026 05:11: nothing can be read back from this carrier"
#define LIKELY(at)                                                                                           \
	"assumed since Mon 23 Nov 2026 05:11; a call on " at                                                 \
	" came to over, as those that are forwarded do, and does not say from where"
#define PROVED(at)                                                                                           \
	"proved by a call on " at " by its record forwarded from here to over; the ring time, and each "     \
	"forward by itself, are assumed since Mon 23 Nov 2026 05:11"

/* A call so many seconds after now: to a line, from a caller, forwarded from a number (0: it does not say). */
static void log_call(struct person *person, const char *line, int after, nm_number from,
		     nm_number forwarded_from)
{
	char id[16];
	const int to = nm_plan_find_line(person->rig.plan, line);
	const struct nm_call_entry call = { .number = person->rig.plan->lines[to].number,
					    .line = line,
					    .driver = "twilio",
					    .carrier_id = id,
					    .caller = { .anonymous = from == 0, .number = from },
					    .forwarded_from = forwarded_from,
					    .began = person->rig.context.now + after };
	enum nm_call_kept kept;
	struct nm_error err;

	snprintf(id, sizeof id, "%d", after);
	ok(nm_store_call_put(person->rig.store, &call, &kept, &err), &err);
}

static enum nm_proof_kind proof_now(struct person *person)
{
	struct nm_status status = status_now(person);
	const enum nm_proof_kind kind = status.lines[0].proof.kind;

	nm_status_clear(&status);
	return kind;
}

static void open_dialled(struct person *person, const char *plan)
{
	struct nm_error err;

	open_person(person, plan, 99);
	ok(push_rig_push(&person->rig, 0, NULL, &err), &err);
}

static void test_proved_by_a_call(void **state)
{
	struct person person;
	struct nm_status status;

	(void)state;
	open_dialled(&person, OVERFLOW("codes carrier = gsm", "fixly"));
	log_call(&person, "over", -60, UINT64_C(15125550199),
		 UINT64_C(15125550111)); /* before it was dialled */
	log_call(&person, "main", 10, UINT64_C(15125550199), UINT64_C(15125550111)); /* elsewhere */
	log_call(&person, "over", 20, UINT64_C(15125550199), UINT64_C(15125550122)); /* from another phone */
	log_call(&person, "over", 30, UINT64_C(15125550177), 0);   /* one of ours, calling it itself */
	log_call(&person, "over", 7200, 0, UINT64_C(15125550111)); /* not yet */
	person.rig.context.now += 3600;
	assert_assumed(&person, true, 4, ASSUMED);
	assert_int_equal(proof_now(&person), NM_PROOF_NONE);
	log_call(&person, "over", -1200, 0, 0);
	assert_assumed(&person, true, 4, LIKELY("Mon 23 Nov 2026 05:51"));
	log_call(&person, "over", -1800, UINT64_C(15125550199), UINT64_C(15125550111));
	log_call(&person, "over", -2400, UINT64_C(15125550198), UINT64_C(15125550111));
	assert_assumed(&person, true, 4, PROVED("Mon 23 Nov 2026 05:41,"));
	status = status_now(&person);
	assert_int_equal(status.lines[0].proof.kind, NM_PROOF_SAID);
	assert_int_equal(status.lines[0].proof.at, person.rig.context.now - 1800);
	assert_string_equal(status.lines[0].proof.line, "over");
	nm_status_clear(&status);
	push_rig_close(&person.rig);
}

/* A call that does not say from where is nothing where other lines send theirs to as well. */
static void test_what_others_send_proves_nothing(void **state)
{
	struct person person;

	(void)state;
	open_dialled(&person, OVERFLOW("codes carrier = gsm", "over"));
	log_call(&person, "over", 10, UINT64_C(15125550199), 0);
	person.rig.context.now += 3600;
	assert_int_equal(proof_now(&person), NM_PROOF_NONE);
	log_call(&person, "over", -60, UINT64_C(15125550199), UINT64_C(15125550111));
	assert_int_equal(proof_now(&person), NM_PROOF_SAID);
	push_rig_close(&person.rig);
	/* Nor is anything where the forward leads to no line. */
	open_dialled(&person, PLAN("codes carrier = gsm"));
	log_call(&person, "cell", 10, UINT64_C(15125550199), UINT64_C(15125550111));
	person.rig.context.now += 600;
	assert_int_equal(proof_now(&person), NM_PROOF_NONE);
	push_rig_close(&person.rig);
}

static void test_what_is_refused_half_way_is_not_known(void **state)
{
	struct person person;
	struct nm_push_results results;
	struct nm_error err;

	(void)state;
	open_person(&person, PLAN("codes carrier = gsm"), 0);
	person.rig.context.now += 4 * 3600;
	assert_int_equal(push_rig_push(&person.rig, 0, &results, &err), NM_CARRIER);
	assert_int_equal(results.items[0].state, NM_PUSH_UNDONE);
	assert_string_equal(results.items[0].words, "not done, ##21#: you said no; nothing was changed");
	nm_push_results_clear(&results);
	assert_assumed(&person, false, 0,
		       "nothing was pushed yet, and nothing can be read back from this carrier");
	person.yes_until = 3; /* the first one was refused: two more */
	assert_int_equal(push_rig_push(&person.rig, 0, &results, &err), NM_CARRIER);
	assert_int_equal(results.items[0].state, NM_PUSH_FAILED);
	assert_string_equal(results.items[0].words,
			    "done: ##21#, **61*+15125550177*11*20#; not done, **67*+15125550177#: you said no; what is in force "
			    "now is not known");
	nm_push_results_clear(&results);
	assert_assumed(
		&person, false, 2,
		"what is in force is not known: the last push came to no end, and nothing can be read back");
	push_rig_close(&person.rig);
}

static void test_a_roll_back_asks_for_what_was_there_before(void **state)
{
	struct person person;
	struct nm_push_results results;
	struct nm_status status;
	struct nm_error err;

	(void)state;
	open_person(&person, PLAN("manual"), 99);
	ok(push_rig_push(&person.rig, 0, NULL, &err), &err);
	person.rig.context.now += 4 * 3600;
	ok(push_rig_push(&person.rig, 0, NULL, &err), &err);
	ok(nm_rollback(&person.rig.context, 0, 0, NULL, &results, &err), &err);
	assert_int_equal(results.items[0].state, NM_PUSH_DONE);
	nm_push_results_clear(&results);
	status = status_now(&person);
	assert_false(status.lines[0].as_assumed);
	assert_non_null(strstr(status.lines[0].assumed.parts[0].bytes, "EVERY"));
	nm_status_clear(&status);
	push_rig_close(&person.rig);
}

/* Where nobody is there nobody is asked, nothing is taken for done, and nothing is recorded. */
static void test_nobody_is_there(void **state)
{
	const bool nobody[] = { true };
	const struct nm_push_options options = {
		.line = -1, .nobody = nobody, .plan_text = "p", .plan_len = 1, .even_if_same = true
	};
	struct nm_push_records records;
	struct nm_push_results results;
	struct person person;
	struct nm_error err;

	(void)state;
	open_person(&person, PLAN("manual"), 99);
	ok(nm_push(&person.rig.context, &options, &results, &err), &err);
	assert_int_equal(results.n, 1);
	assert_true(results.items[0].waits);
	assert_int_equal(results.items[0].state, NM_PUSH_UNDONE);
	assert_int_equal(results.items[0].id, 0);
	nm_push_results_clear(&results);
	assert_int_equal(person.asked, 0);
	ok(nm_store_pushes(person.rig.store, 0, false, 9, &records, &err), &err);
	assert_int_equal(records.n, 0);
	nm_push_records_clear(&records);
	assert_assumed(&person, false, 0,
		       "nothing was pushed yet, and nothing can be read back from this carrier");
	push_rig_close(&person.rig);
	open_person(&person, PLAN("sandbox"), 99); /* of what is done by nobody's hand it says nothing */
	person.rig.context.transport = person.rig.sandbox;
	ok(nm_push(&person.rig.context, &options, &results, &err), &err);
	assert_string_equal(results.items[0].words, "pushed, read back, same");
	nm_push_results_clear(&results);
	push_rig_close(&person.rig);
}

/* Of what nobody can read it is known whom it sends calls to. */
static void test_no_roll_back_to_a_forbidden_number(void **state)
{
	static const char head[] = "timezone = \"America/Chicago\"\ncountry = \"US\"\n"
				   "account phone { driver = manual }\n"
				   "line cell { number = \"+15125550111\" account = phone handset = owner }\n"
				   "destination owner { kind = personal line = cell }\n";
	char first[1024], second[1024];
	struct person person;
	struct nm_push_results results;
	struct nm_error err;

	(void)state;
	snprintf(first, sizeof(first), "%s%s", head,
		 "allow = { \"GB\" }\ndestination ann { kind = ai number = \"+442079460000\" }\n"
		 "path p { step { ring = owner } step { ring = ann } }\nrule r { path = p }\n");
	snprintf(second, sizeof(second), "%s%s", head,
		 "path p { step { ring = owner } }\nrule r { path = p }\n");
	open_person(&person, first, 99);
	ok(push_rig_push(&person.rig, 0, NULL, &err), &err);
	push_rig_plan(&person.rig, second);
	ok(push_rig_push(&person.rig, 0, NULL, &err), &err);
	person.asked = 0;
	assert_int_equal(nm_rollback(&person.rig.context, 0, 0, NULL, &results, &err), NM_REFUSED);
	assert_string_equal(
		err.text,
		"who gets calls then, +44 207 946 0000, is in GB, not in the plan's country; go back "
		"with a reason, which is recorded");
	assert_int_equal(person.asked, 0);
	push_rig_close(&person.rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_list_in_words),
		cmocka_unit_test(test_random_plans),
		cmocka_unit_test(test_the_next_change),
		cmocka_unit_test(test_pushed_once_and_assumed_from_then_on),
		cmocka_unit_test(test_proved_by_a_call),
		cmocka_unit_test(test_what_others_send_proves_nothing),
		cmocka_unit_test(test_what_is_refused_half_way_is_not_known),
		cmocka_unit_test(test_a_roll_back_asks_for_what_was_there_before),
		cmocka_unit_test(test_no_roll_back_to_a_forbidden_number),
		cmocka_unit_test(test_nobody_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
