/* SPDX-License-Identifier: MIT */
/*
 * "Each driver says before the push, per line, what its carrier cannot express, with the times and callers
 * concerned, and what will happen instead."  Tried with carriers that lack one thing each, and all of it.
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
#include "random_plan.h"

#define PLANS 40

#define PLAN                                                                                             \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount sandbox { driver = sandbox }\n"        \
	"line main { number = \"+15125550100\" account = sandbox handset = owner }\n"                     \
	"schedule business { hours = \"Mo-Fr 08:00-18:00\" }\n"                                           \
	"callers vip { numbers = { \"+15125550142\", \"+1737*\" } }\n"                                    \
	"callers spam { numbers = anonymous }\n"                                                          \
	"destination owner { kind = personal line = main own_voicemail = 25s }\n"                         \
	"destination sam { kind = personal number = \"+15125550114\" confirm = yes }\n"                   \
	"destination desk { kind = backup address = \"sip:desk@example.org\" own_voicemail = none }\n"    \
	"destination ai { kind = ai number = \"+15125550177\" }\n"                                        \
	"destination mailbox { kind = voicemail greeting = \"Leave a message\" }\n"                       \
	"path day { greeting = \"Hello\" lasts = 4s step { ring = owner for = 17s }\n"                    \
	"  step { ring = { sam, desk } for = 20s } step { ring = ai } step { ring = mailbox } }\n"        \
	"path night { step { ring = ai for = 12s } step { ring = mailbox } }\n"                           \
	"rule blocked { callers = spam reject = busy }\nrule vip { callers = vip path = day }\n"          \
	"rule open { during = business path = day }\nrule closed { path = night }\n"                      \
	"emergency { key = \"9\" path = day alert = owner }\n"

static struct nm_carrier all_of_it(void)
{
	return *nm_carrier_find("sandbox");
}

static void open_line(struct carrier_line *line, const struct nm_carrier *carrier)
{
	char *folder = random_folder_new();

	carrier_line_open(line, carrier, NULL, plan_of_text(PLAN, folder), 0, "2026-11-23 12:00", 28);
	random_folder_free(folder);
}

static const struct nm_loss *loss_of(const struct carrier_line *line, const char *text)
{
	for (size_t i = 0; i < line->losses.n; i++)
		if (strstr(line->losses.items[i].text, text) != NULL)
			return &line->losses.items[i];
	for (size_t i = 0; i < line->losses.n; i++)
		print_message("  %s\n", line->losses.items[i].text);
	fail_msg("no loss says \"%s\"", text);
	return NULL;
}

static void assert_loss(const struct nm_carrier *carrier, const char *text, const char *when,
			const char *callers, const char *instead)
{
	struct carrier_line line;
	const struct nm_loss *loss;

	open_line(&line, carrier);
	loss = loss_of(&line, text);
	assert_string_equal(loss->when, when);
	assert_string_equal(loss->callers, callers);
	assert_string_equal(loss->instead, instead);
	assert_losses_tell_all(&line, carrier);
	carrier_line_close(&line);
}

static void test_nothing_is_lost_where_all_can_be_held(void **state)
{
	const struct nm_carrier carrier = all_of_it();
	struct carrier_line line;

	(void)state;
	open_line(&line, &carrier);
	assert_null(line.held);
	assert_int_equal(line.losses.n, 0);
	assert_false(line.losses.needs_agent);
	carrier_line_close(&line);
}

static void test_each_loss_says_what_when_whom_and_what_instead(void **state)
{
	struct nm_carrier carrier = all_of_it();

	(void)state;
	carrier.traits.confirm = NM_CONFIRM_NONE;
	assert_loss(&carrier, "press 1 (path day, step 2: sam)", "always",
		    "any other caller, callers vip",
		    "whoever picks up has the call, that phone's voicemail too");
	carrier = all_of_it();
	carrier.traits.greeting = false;
	assert_loss(&carrier, "no greeting can be played before the first ring (path day)", "always",
		    "any other caller, callers vip", "the first ring begins at once");
	carrier = all_of_it();
	carrier.traits.reject_busy = false;
	assert_loss(&carrier, "a busy tone cannot be given", "always", "anonymous callers",
		    "the call is refused silently");
	carrier.traits.reject_silent = false;
	assert_loss(&carrier, "a call cannot be rejected", "always", "anonymous callers",
		    "it is taken and ended at once, with nobody rung");
	carrier = all_of_it();
	carrier.traits.ring_step_s = 5;
	assert_loss(&carrier, "a ring of 12 s cannot be set (path night, step 1: ai)",
		    "Mondays to Thursdays 18:00-08:00; Fri 18:00-Mon 08:00", "any other caller", "it rings for 15 s");
	carrier = all_of_it();
	carrier.traits.mailbox = false;
	assert_loss(&carrier, "no voicemail of the plan's (path night, step 2: mailbox)",
		    "Mondays to Thursdays 18:00-08:00; Fri 18:00-Mon 08:00", "any other caller",
		    "mailbox does not take the call");
	carrier = all_of_it();
	carrier.traits.addresses = false;
	assert_loss(&carrier, "only numbers can be rung, no SIP addresses (path day, step 2: desk)", "always",
		    "any other caller, callers vip", "desk is not rung");
	carrier = all_of_it();
	carrier.traits.key = false;
	assert_loss(&carrier, "the emergency key cannot be heard", "always", "any other caller, callers vip",
		    "pressing it does nothing");
}

/* Where the number goes when all else fails: held whole, or said to be lost for every call. */
static void test_a_fallback(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;
	char *folder = random_folder_new(), *plan;

	(void)state;
	assert_true(asprintf(&plan, "%s%s", PLAN,
			     "line second { number = \"+15125550102\" account = sandbox fallback = \"+15125550198\" }\n") > 0);
	for (int holds = 1; holds >= 0; holds--) {
		carrier.traits.fallback = holds;
		carrier_line_open(&line, &carrier, NULL, plan_of_text(plan, folder), 1, "2026-11-23 12:00", 28);
		assert_string_equal(line.route->fallback, "+15125550198");
		assert_int_equal(line.losses.n, 1 - holds);
		assert_losses_tell_all(&line, &carrier);
		if (holds) {
			assert_lifts_back(&line, &carrier);
		} else {
			const struct nm_loss *loss = loss_of(&line, "a fallback number cannot be set");

			assert_null(line.held->fallback);
			assert_string_equal(loss->when, "always");
			assert_string_equal(loss->callers, "any caller");
		}
		carrier_line_close(&line);
	}
	free(plan);
	random_folder_free(folder);
}

#define TEXTING                                                                                              \
	PLAN "line second { number = \"+15125550102\" account = sandbox text_in_flow = yes }\n"              \
	     "text_back { missed = \"Sorry\" during = business }\n"

/* The text that goes out from the carrier itself: whole, each time, or not at all; never to a rejected caller. */
static void test_texts_to_missed_callers(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;
	char *folder = random_folder_new();

	(void)state;
	for (int texting = NM_TEXTING_NONE; texting <= NM_TEXTING_ALL; texting++) {
		const struct nm_loss *loss;

		carrier.traits.texting = (enum nm_texting)texting;
		carrier_line_open(&line, &carrier, NULL, plan_of_text(TEXTING, folder), 1, "2026-11-23 12:00",
				  28);
		assert_int_equal(line.losses.n > 0, texting != NM_TEXTING_ALL);
		assert_losses_tell_all(&line, &carrier);
		assert_lifts_back(&line, &carrier);
		if (texting != NM_TEXTING_ALL) {
			loss = loss_of(&line, texting == NM_TEXTING_NONE ? "sends no text by itself (path day)"
									: "no caps and no countries (path day)");
			assert_string_equal(loss->when, "weekdays 08:00-18:00");
			assert_string_equal(loss->callers, "any other caller, callers vip");
		}
		carrier_line_close(&line);
	}
	random_folder_free(folder);
}

/* Whom an emergency texts: all of them, those who are texted at once, or nobody; the rest is said to be lost. */
static void test_alerts(void **state)
{
	static const struct {
		enum nm_alerting alerts;
		int records_late_s;
		const char *text, *instead;
	} losses[] = {
		{ NM_ALERTING_NONE, -1, "this carrier alerts nobody (path day)",
		  "nobody is texted when an emergency call arrives; the people learn of it only when their "
		  "phone rings" },
		{ NM_ALERTING_NONE, 300, "this carrier alerts nobody (path day)",
		  "the agent texts them, once it has the record of the call: up to 10 min late" },
		{ NM_ALERTING_AT_ONCE, -1, "an alert cannot be acknowledged at this carrier (path day)",
		  "ann (then_alert) is not texted when nobody acknowledges" },
		{ NM_ALERTING_AT_ONCE, 60, "an alert cannot be acknowledged at this carrier (path day)",
		  "the agent texts ann (then_alert) when nobody acknowledges, but not where only the key made it an "
		  "emergency" },
		{ NM_ALERTING_AT_ONCE, -1, "an alert cannot go to the line's own number (path day)",
		  "owner is not texted when an emergency call arrives" },
	};
	char *folder = random_folder_new(), *plan;
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;

	(void)state;
	assert_true(asprintf(&plan, "%.*s"
			     "destination ann { kind = personal number = \"+15125550115\" }\n"
			     "emergency { key = \"9\" path = day alert = { owner, sam } acknowledge = 5m "
			     "then_alert = ann }\n",
			     (int)(strstr(PLAN, "emergency") - PLAN), PLAN) >= 0);
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		const struct nm_loss *loss;

		carrier.traits.alerts = losses[i].alerts;
		carrier.traits.records_late_s = losses[i].records_late_s;
		carrier_line_open(&line, &carrier, NULL, plan_of_text(plan, folder), 0, "2026-11-23 12:00", 28);
		loss = loss_of(&line, losses[i].text);
		assert_string_equal(loss->text, losses[i].text);
		assert_string_equal(loss->instead, losses[i].instead);
		assert_string_equal(loss->when, "always");
		assert_string_equal(loss->callers, "any other caller, callers vip");
		assert_int_equal(line.losses.n, losses[i].alerts == NM_ALERTING_NONE ? 1 : 2);
		assert_losses_tell_all(&line, &carrier);
		assert_lifts_back(&line, &carrier);
		carrier_line_close(&line);
	}
	free(plan);
	random_folder_free(folder);
}

/* Nobody is left to ring but the line's own phone: the people are texted all the same. */
static void test_alerts_of_a_line_at_rest(void **state)
{
	char *folder = random_folder_new(), *plan;
	struct nm_carrier carrier = all_of_it();
	const struct nm_treatment *held;
	struct carrier_line line;

	(void)state;
	assert_true(asprintf(&plan,
			     "%.*spath sip { step { ring = desk } }\n"
			     "emergency { lines = main path = sip alert = sam }\n",
			     (int)(strstr(PLAN, "emergency") - PLAN), PLAN) >= 0);
	carrier.traits.handset_at_rest = true;
	carrier.traits.addresses = false;
	carrier_line_open(&line, &carrier, NULL, plan_of_text(plan, folder), 0, "2026-11-23 12:00", 28);
	held = nm_route_treatment(line.held, line.at, (struct nm_caller){ .number = 15125550199 }, false);
	assert_true(held->steps[held->n - 1].parties[0].native);
	assert_int_equal(held->alerts.n, 1);
	carrier_line_close(&line);
	free(plan);
	random_folder_free(folder);
}

/* When it is lost is told of each set of callers by itself: at the times at which theirs is another call. */
static void test_callers_that_cannot_be_told_apart(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;

	(void)state;
	carrier.traits.callers = false;
	open_line(&line, &carrier);
	assert_int_equal(line.losses.n, 2);
	assert_string_not_equal(line.losses.items[0].callers, line.losses.items[1].callers);
	for (size_t i = 0; i < line.losses.n; i++) {
		const struct nm_loss *loss = &line.losses.items[i];
		const bool vip = !strcmp(loss->callers, "callers vip");

		assert_string_equal(loss->text, "callers cannot be told apart");
		assert_string_equal(loss->instead, "they get what any other caller gets");
		assert_string_equal(loss->callers, vip ? "callers vip" : "anonymous callers");
		assert_string_equal(loss->when,
				    vip ? "Mondays to Thursdays 18:00-08:00; Fri 18:00-Mon 08:00" : "always");
	}
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
	carrier = all_of_it();
	carrier.traits.beginnings = false;
	assert_loss(&carrier, "callers cannot be told by how their number begins",
		    "Mondays to Thursdays 18:00-08:00; Fri 18:00-Mon 08:00", "callers vip",
		    "those who are in a group only by that get what others get");
}

#define CROWD                                                                                             \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount sandbox { driver = sandbox }\n"          \
	"line main { number = \"+15125550100\" account = sandbox }\n"                                       \
	"callers south { numbers = \"+1737*\" }\ncallers known { numbers = \"+17375550142\" }\n"             \
	"destination sam { kind = personal number = \"+15125550114\" caller_id = line }\n"                 \
	"destination kim { kind = personal number = \"+15125550115\" }\n"                                  \
	"destination desk { kind = backup address = \"sip:desk@example.org\" }\n"                          \
	"destination mailbox { kind = voicemail }\ndestination other { kind = voicemail }\n"               \
	"path crowd { step { ring = { desk, sam, kim } for = 9s } step { ring = { kim, mailbox, other } } }\n" \
	"path friends { step { ring = kim } }\npath quiet { step { ring = mailbox } }\n"                    \
	"rule both { callers = known path = friends }\nrule south { callers = south path = quiet }\n"      \
	"rule all { path = crowd }\n"

static void open_crowd(struct carrier_line *line, const struct nm_carrier *carrier)
{
	char *folder = random_folder_new();

	carrier_line_open(line, carrier, NULL, plan_of_text(CROWD, folder), 0, "2026-11-23 12:00", 28);
	random_folder_free(folder);
}

/* What cannot ring together with others is told one by one, and what is left can be rung. */
static void test_those_that_ring_together(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;
	const struct nm_treatment *crowd;

	(void)state;
	carrier.traits.addresses_alone = carrier.traits.mailbox_alone = carrier.traits.line_id_all = true;
	open_crowd(&line, &carrier);
	assert_string_equal(loss_of(&line, "a SIP address cannot be rung together with others")->instead,
			    "desk is not rung");
	assert_string_equal(loss_of(&line, "shown the same number (path crowd, step 1: kim)")->instead,
			    "it is shown the line's number");
	assert_string_equal(loss_of(&line, "beside a voicemail (path crowd, step 2: kim)")->instead,
			    "kim is not rung");
	loss_of(&line, "only one voicemail can take a call (path crowd, step 2: other)");
	crowd = nm_route_treatment(line.held, line.at, line.route->classes[0].witness, false);
	assert_int_equal(crowd->steps[0].n, 2);
	assert_true(crowd->steps[0].parties[0].line_id && crowd->steps[0].parties[1].line_id);
	assert_int_equal(crowd->steps[1].n, 1);
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
	carrier = all_of_it();
	carrier.traits.several_max = 2;
	open_crowd(&line, &carrier);
	loss_of(&line, "only 2 phones can be rung at once (path crowd, step 1: kim)");
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
}

/* A whole number that also begins as another group does is known to the carrier: it stays in both. */
static void test_whole_numbers_stay_in_the_groups_they_begin_like(void **state)
{
	const struct nm_caller known = { .number = 17375550142 }, unknown = { .number = 17375550143 };
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;

	(void)state;
	carrier.traits.beginnings = false;
	open_crowd(&line, &carrier);
	assert_int_equal(nm_route_groups(line.held, known), 3);
	assert_string_equal(nm_route_treatment(line.held, line.at, known, false)->path, "friends");
	assert_string_equal(nm_route_treatment(line.held, line.at, unknown, false)->path, "crowd");
	assert_string_equal(loss_of(&line, "how their number begins")->callers, "callers south");
	carrier_line_close(&line);
}

/* A carrier that keeps no hours holds what is in force now, and the agent must push at each change. */
static void test_hours_that_cannot_be_kept(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;

	(void)state;
	carrier.traits.keeps_time = false;
	open_line(&line, &carrier);
	assert_true(line.losses.needs_agent);
	assert_string_equal(loss_of(&line, "keeps no hours")->when,
			    "Mondays to Thursdays 18:00-08:00; Fri 18:00-Mon 08:00");
	for (nm_time t = line.route->from; t < line.route->until; t = nm_route_next(line.route, t))
		assert_true(nm_treatment_equal(
			nm_route_treatment(line.held, t, line.route->classes[0].witness, false),
			nm_route_treatment(line.route, line.at, line.route->classes[0].witness, false)));
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
}

/* The sandbox keeps hours unless its account says no; told anew at each change it does what the plan says all the same. */
static void test_a_sandbox_that_keeps_no_hours(void **state)
{
	const struct nm_account keeps = { .name = "a", .driver = "sandbox" };
	const struct nm_account none = { .name = "a", .driver = "sandbox", .hours = "no" };
	const struct nm_carrier *sandbox = nm_carrier_find("sandbox");
	struct nm_differences differences;
	struct nm_route *held = NULL;
	struct nm_losses losses;
	struct carrier_line line;
	struct nm_error err;

	(void)state;
	open_line(&line, sandbox);
	assert_int_equal(nm_carrier_hold(sandbox, &keeps, line.route, line.at, &held, &losses, &err), NM_OK);
	assert_null(held);
	nm_losses_clear(&losses);
	assert_int_equal(nm_carrier_hold(sandbox, &none, line.route, line.at, &held, &losses, &err), NM_OK);
	assert_true(losses.needs_agent && losses.n == 1);
	for (nm_time t = held->from; t < held->until; t = nm_route_next(held, t))
		assert_int_equal(nm_route_situation(held, t), nm_route_situation(line.route, line.at));
	nm_losses_clear(&losses);
	nm_route_free(held);
	assert_int_equal(nm_carrier_hold_anew(sandbox, &none, line.route, &held, &err), NM_OK);
	assert_int_equal(nm_route_diff(line.route, held != NULL ? held : line.route, line.route->from,
				       line.route->until, &differences, &err),
			 NM_OK);
	assert_int_equal(differences.n, 0);
	nm_differences_clear(&differences);
	nm_route_free(held);
	carrier_line_close(&line);
}

/* A forward to one number: the handset, then one more, and it ends there. */
static void test_a_forward_goes_no_further(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;
	const struct nm_treatment *day;

	(void)state;
	carrier.traits.steps_max = 1;
	carrier.traits.several = false;
	carrier.traits.mailbox = false;
	carrier.traits.ring_times = false;
	open_line(&line, &carrier);
	loss_of(&line, "several phones cannot be rung at once (path day, step 2: desk)");
	loss_of(&line, "nothing behind it can be rung: this carrier goes no further (path day, step 3: ai)");
	day = nm_route_treatment(line.held, line.at, line.route->classes[0].witness, false);
	assert_int_equal(day->n, 2);
	assert_true(day->steps[0].parties[0].native);
	assert_int_equal(day->steps[0].for_s, 17);
	assert_string_equal(day->steps[1].parties[0].name, "sam");
	assert_int_equal(day->steps[1].ring_time, NM_RING_ON);
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
}

/* Where nobody may be left to ring, the line's own phone rings, for as long as it will. */
static void test_a_call_that_cannot_be_ended(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;
	const struct nm_treatment *night, *blocked;

	(void)state;
	carrier.traits.handset_at_rest = carrier.traits.handset_untimed = true;
	carrier.traits.only_on_failure = true;
	carrier.traits.ring_times = carrier.traits.mailbox = false;
	carrier.traits.reject_busy = carrier.traits.reject_silent = false;
	carrier.traits.steps_max = 1;
	carrier.traits.handset = NM_HANDSET_FIRST;
	open_line(&line, &carrier);
	assert_string_equal(
		loss_of(&line, "own phone rings cannot be set (path day, step 1: owner)")->instead,
		"it rings until the caller gives up; what follows comes only when it declines or "
		"cannot be reached");
	assert_non_null(strstr(loss_of(&line, "a call cannot be rejected")->instead, "the line's own phone"));
	blocked = nm_route_treatment(line.held, line.at, (struct nm_caller){ .anonymous = true }, false);
	assert_int_equal(blocked->n, 1);
	assert_true(blocked->steps[0].parties[0].native);
	assert_string_equal(blocked->steps[0].parties[0].name, "owner");
	assert_int_equal(blocked->steps[0].ring_time, NM_RING_ON);
	night = nm_route_treatment(line.held, line.at + NM_DAY / 2, line.route->classes[0].witness, false);
	assert_int_equal(night->n, 1);
	assert_string_equal(night->steps[0].parties[0].name, "ai");
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
}

/* A carrier that knows only the mailbox of the number: the plan's is not there, and it is behind every ring. */
static void test_a_mailbox_of_the_carrier(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;
	const struct nm_treatment *day;

	(void)state;
	carrier.traits.mailbox_own = true;
	carrier.traits.steps_max = 1;
	carrier.traits.handset = NM_HANDSET_NEVER;
	open_line(&line, &carrier);
	loss_of(&line, "the plan's voicemail is not at this carrier (path day, step 4: mailbox)");
	loss_of(&line, "nothing behind it can be rung: this carrier goes no further (path day, step 3: ai)");
	day = nm_route_treatment(line.held, line.at, line.route->classes[0].witness, false);
	assert_int_equal(day->n, 2);
	assert_string_equal(day->steps[0].parties[1].name, "desk");
	assert_string_equal(day->steps[1].parties[0].name, NM_CARRIER_MAILBOX);
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
}

/* The key that nobody hears is gone for all callers, also when these cannot be told apart. */
static void test_neither_key_nor_callers(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;

	(void)state;
	carrier.traits.key = carrier.traits.callers = false;
	open_line(&line, &carrier);
	for (size_t s = 0; s < line.held->n_situations; s++)
		assert_int_equal(line.held->situations[s].key[0], -1);
	carrier_line_close(&line);
}

/* Nobody but a person changes anything there, and how long the handset rings is not in the plan's hands. */
static void test_a_carrier_whose_changes_are_made_by_hand(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;

	(void)state;
	carrier.traits.keeps_time = false;
	carrier.traits.by_hand = true;
	carrier.traits.handset_untimed = true;
	open_line(&line, &carrier);
	assert_false(line.losses.needs_agent);
	assert_string_equal(
		loss_of(&line, "keeps no hours")->instead,
		"what was set by hand stays until the next time: somebody must do it at each change");
	loss_of(&line, "how long the line's own phone rings cannot be set (path day, step 1: owner)");
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
}

/* What only some callers get is not lost twice over where callers cannot be told apart. */
static void test_a_rejection_of_callers_who_cannot_be_told_apart(void **state)
{
	struct nm_carrier carrier = all_of_it();
	struct carrier_line line;

	(void)state;
	carrier.traits.callers = carrier.traits.reject_busy = carrier.traits.reject_silent = false;
	open_line(&line, &carrier);
	for (size_t i = 0; i < line.losses.n; i++)
		assert_null(strstr(line.losses.items[i].text, "rejected"));
	loss_of(&line, "callers cannot be told apart");
	assert_losses_tell_all(&line, &carrier);
	carrier_line_close(&line);
}

/* Random plans, carriers that lack things at random: nothing is lost silently, nothing is said in vain. */
/* What stands behind a voicemail, or behind a line that keeps the call, never rings: nothing of it is lost. */
static void test_what_never_rings_is_not_lost(void **state)
{
	static const char *const ends[] = { "step { ring = mailbox }", "step { ring = spare }" };
	struct nm_carrier carrier = all_of_it();

	(void)state;
	carrier.traits.confirm = NM_CONFIRM_NONE;
	carrier.traits.line_id = false;
	for (size_t i = 0; i < 2; i++) {
		char *folder = random_folder_new();
		struct carrier_line line;
		struct nm_buf plan;

		nm_buf_init(&plan, 65536);
		nm_buf_addf(&plan,
			    PLAN "line spare { number = \"+15125550101\" account = sandbox }\n"
				 "path all { step { ring = ai } %s step { ring = sam } }\n"
				 "rule spare { lines = spare path = night }\n"
				 "override always { from = \"2026-11-01 00:00\" until = \"2027-11-01 00:00\" "
				 "path = all }\n",
			    ends[i]);
		carrier_line_open(&line, &carrier, NULL, plan_of_text(plan.data, folder), 0, "2026-11-23 12:00", 28);
		for (size_t k = 0; k < line.losses.n; k++)
			assert_null(strstr(line.losses.items[k].text, "path all"));
		assert_losses_tell_all(&line, &carrier);
		carrier_line_close(&line);
		nm_buf_clear(&plan);
		random_folder_free(folder);
	}
}

static void test_losses_tell_all_that_is_lost(void **state)
{
	uint64_t random = 11;

	(void)state;
	for (uint64_t seed = 0; seed < (uint64_t)random_few(PLANS); seed++) {
		struct nm_carrier carrier = all_of_it();
		struct nm_traits *t = &carrier.traits;
		bool *const flags[] = { &t->callers,         &t->beginnings,   &t->several,
					&t->mailbox,         &t->greeting,     &t->key,
					&t->line_id,         &t->addresses,    &t->reject_busy,
					&t->reject_silent,   &t->ring_times,   &t->keeps_time,
					&t->handset_untimed, &t->by_hand,      &t->mailbox_own,
					&t->ten_digits,      &t->handover_ends };

		for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
			*flags[i] = random_below(&random, 4) > 0;
		t->mailbox_alone = random_below(&random, 2) > 0;
		t->line_id_all = random_below(&random, 2) > 0;
		t->addresses_alone = random_below(&random, 2) > 0;
		t->several_max = (int)random_below(&random, 3);
		t->handset_at_rest = random_below(&random, 3) == 0;
		t->confirm = (enum nm_confirm)random_below(&random, 3);
		t->handset = (enum nm_handset)random_below(&random, 3);
		t->alerts = (enum nm_alerting)random_below(&random, 3);
		t->steps_max = (int)random_below(&random, 4);
		t->ring_step_s = random_below(&random, 2) ? 5 : 1;
		t->ring_max_s = 20;
		carrier.lift = NULL;
		assert_carrier_keeps_plans(&carrier, NULL, 1000 + seed, 1);
	}
}

/* The sandbox, which holds everything, by the same test as all drivers. */
static void test_the_sandbox_keeps_random_plans(void **state)
{
	(void)state;
	assert_true(assert_carrier_keeps_plans(nm_carrier_find("sandbox"), NULL, 1, random_few(PLANS)) > (size_t)random_few(PLANS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_lost_where_all_can_be_held),
		cmocka_unit_test(test_each_loss_says_what_when_whom_and_what_instead),
		cmocka_unit_test(test_a_fallback),
		cmocka_unit_test(test_texts_to_missed_callers),
		cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_alerts_of_a_line_at_rest),
		cmocka_unit_test(test_callers_that_cannot_be_told_apart),
		cmocka_unit_test(test_those_that_ring_together),
		cmocka_unit_test(test_whole_numbers_stay_in_the_groups_they_begin_like),
		cmocka_unit_test(test_hours_that_cannot_be_kept),
		cmocka_unit_test(test_a_sandbox_that_keeps_no_hours),
		cmocka_unit_test(test_a_forward_goes_no_further),
		cmocka_unit_test(test_a_call_that_cannot_be_ended),
		cmocka_unit_test(test_a_mailbox_of_the_carrier),
		cmocka_unit_test(test_neither_key_nor_callers),
		cmocka_unit_test(test_a_carrier_whose_changes_are_made_by_hand),
		cmocka_unit_test(test_a_rejection_of_callers_who_cannot_be_told_apart),
		cmocka_unit_test(test_what_never_rings_is_not_lost),
		cmocka_unit_test(test_losses_tell_all_that_is_lost),
		cmocka_unit_test(test_the_sandbox_keeps_random_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
