/* SPDX-License-Identifier: MIT */
/*
 * A year in which customers ring, are called back, are asked how it was, opt out and are forgotten, and a CRM is told of
 * it, with everything against it (agent_faults.h), a CRM that is away for days, and processes that are killed in the
 * middle of what somebody does.  A model of each customer says what the CRM must get, in which order, and who may get which
 * text; it knows nothing of the store, and each request is held against it as it arrives.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent_faults.h"
#include "nevermiss/events.h"
#include "nevermiss/forget.h"
#include "nevermiss/optout.h"
#include "nevermiss/survey.h"
#include "random_plan.h"
#include "numbers.h"
#include "store_faults.h"

#define MISSED "Smith here: what can we help with?"
#define SURVEY "Smith: was it done on the first call? 1 yes, 2 no"
#define RETAINED_S (32 * (nm_time)NM_DAY)
#define PLAN                                                                                       \
	"retention = 32d\n" AGENT_YEAR_PLAN "text_back { missed = \"" MISSED "\" account = toy }\n"     \
	"follow_up { survey = \"" SURVEY "\" attempts = 3 then_text = \"Smith: ring us\" }\n"           \
	"callers vip { numbers = \"+1737555000*\" }\nemergency { callers = vip path = night }\n"        \
	"crm { url = \"https://crm.example.org/hooks\" }\n"
#define CUSTOMERS 40
#define VIPS 10 /* the first of them */
#define PREFIX "+1737555"
#define EVENTS 400 /* of a customer */
#define CRM_AWAY AGENT_OTHERS
#define ONCE_PER_S (4 * 3600)
#define WORKED_S (10 * (nm_time)NM_DAY) /* so long at most a follow-up stays open: its calls are kept by then */
#define PROMPT_S 120 /* a text-back is there within so long of its call's record */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

/* --- the model --- */

/* What the CRM must get: its type, and what its message says besides. */
struct due_event {
	enum nm_crm_kind kind;
	const char *outcome;
	int calls, tries; /* of a follow-up */
	char key[64]; /* under which it came; "" before */
};

/* What somebody does for a customer, or the customer does: tried again until it is known to be done. */
enum deed { NO_DEED, RINGS, IS_ANSWERED, IS_TRIED, IS_ENDED, IS_FORGOTTEN };

struct customer {
	enum deed deed;   /* begun, and not known to be done */
	enum nm_followup_end end; /* of IS_ENDED */
	nm_time began;    /* of the deed */
	nm_time latest;   /* at which something was done, or tried: a clock that is set back must pass it first */
	int calls;        /* that the carrier has of the customer */
	int64_t followup; /* that is open; 0 */
	nm_time opened;
	int joined, tries; /* of it */
	size_t n_due, n_came; /* events */
	struct due_event due[EVENTS];
	/* texts */
	int missed, texts; /* missed calls and text-backs, since the last time that all was forgotten */
	nm_time newest_missed, newest_text, ended, surveyed, forgotten, text_by;
	int64_t ended_id, surveyed_id; /* follow-ups */
	enum nm_survey_answer said;
	bool stopped;
};

/* In memory that all processes share. */
static struct model {
	pid_t process; /* the last that lived */
	uint64_t seed;
	struct customer customers[CUSTOMERS];
	bool wrong;
	char words[400];
	/* counts of what was seen to hold */
	size_t events, doubles, text_backs, surveys, answers, optouts, forgotten, deeds, cut, kept;
} *model;

static void blame(const char *what, const struct customer *customer)
{
	if (!model->wrong)
		snprintf(model->words, sizeof(model->words), "customer %td: %s", customer - model->customers, what);
	model->wrong = true;
}

static void blame_event(const struct customer *customer, const char *body)
{
	const struct due_event *event = &customer->due[customer->n_came];
	const char *outcome = strstr(body, "\"outcome\"");
	char words[300];

	if (customer->n_came == customer->n_due)
		snprintf(words, sizeof(words), "an event too many: %.200s", outcome);
	else
		snprintf(words, sizeof(words), "instead of %s, %s of %d calls and %d tries came: %.150s",
			 nm_crm_kind_name(event->kind), event->outcome, event->calls, event->tries, outcome);
	blame(words, customer);
}

static bool is_vip(const struct customer *customer)
{
	return customer - model->customers < VIPS;
}

static nm_number number_of(const struct customer *customer)
{
	return UINT64_C(17375550000) + (nm_number)(customer - model->customers);
}

static void due(struct customer *customer, enum nm_crm_kind kind, const char *outcome)
{
	assert_true(customer->n_due < EVENTS);
	customer->due[customer->n_due++] = (struct due_event){
		.kind = is_vip(customer) && kind != NM_CRM_FOLLOWUP ? NM_CRM_EMERGENCY : kind,
		.outcome = outcome,
		.calls = customer->joined,
		.tries = customer->tries,
	};
}

/* --- what reaches the CRM, and customers --- */

static struct customer *customer_in(const char *text)
{
	const char *at = text != NULL ? strstr(text, PREFIX) : NULL;
	const long n = at != NULL ? strtol(at + sizeof(PREFIX) - 1, NULL, 10) : CUSTOMERS;

	return n < CUSTOMERS ? &model->customers[n] : NULL;
}

static bool says(const struct nm_request *request, const char *format, ...) __attribute__((format(printf, 2, 3)));
static bool says(const struct nm_request *request, const char *format, ...)
{
	char words[NM_ERROR_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	return strstr(request->body, words) != NULL;
}

/* Is it that event, word for word as far as the model knows them? */
static bool tells(const struct nm_request *request, const struct due_event *event)
{
	if (!says(request, "\"type\":\"%s\"", nm_crm_kind_name(event->kind)) ||
	    !says(request, "\"outcome\":\"%s\"", event->outcome))
		return false;
	return event->kind != NM_CRM_FOLLOWUP ||
	       (says(request, "\"calls\":%d", event->calls) && says(request, "\"tries\":%d", event->tries));
}

/* Each once, or again under the same key; in the order of the customer's life. */
static void take_event(const struct nm_request *request)
{
	struct customer *customer = customer_in(request->body);
	const char *key = request->headers[0];

	if (customer == NULL)
		return;
	for (size_t i = 0; i < customer->n_came; i++)
		if (strcmp(customer->due[i].key, key) == 0) {
			model->doubles++;
			if (!tells(request, &customer->due[i]))
				blame("an event came again as another one", customer);
			return;
		}
	if (customer->n_came == customer->n_due || !tells(request, &customer->due[customer->n_came])) {
		blame_event(customer, request->body);
		return;
	}
	snprintf(customer->due[customer->n_came++].key, sizeof(customer->due[0].key), "%s", key);
	model->events++;
}

static void take_text_back(struct customer *customer, nm_time now)
{
	customer->texts++;
	customer->text_by = 0;
	model->text_backs++;
	if (customer->texts > customer->missed)
		blame("more text-backs than missed calls", customer);
	if (now > customer->newest_missed + NM_TEXT_BACK_WITHIN_S + PROMPT_S)
		blame("a text-back after more than an hour", customer);
}

static void take_survey(struct customer *customer, nm_time now)
{
	model->surveys++;
	if (customer->surveyed != 0 && now < customer->surveyed + NM_SURVEY_CALLER_S)
		blame("a second survey within a month", customer);
	if (customer->deed != IS_ENDED && now > customer->ended + NM_SURVEY_WITHIN_S + PROMPT_S)
		blame("a survey of nothing that has ended", customer);
	customer->surveyed = now;
	customer->surveyed_id = customer->deed == IS_ENDED ? customer->followup : customer->ended_id;
	customer->said = NM_SURVEY_NO_ANSWER;
}

static void take_text(const struct agent_rig *rig, const struct nm_request *request)
{
	struct customer *customer = NULL;
	const nm_time now = agent_rig_now(rig);

	for (size_t i = 0; i < request->n_headers && customer == NULL; i++)
		customer = customer_in(request->headers[i]);
	if (customer == NULL)
		return;
	if (customer->stopped)
		blame("a text to one who wants none", customer);
	/* The plan's time runs from when a text was written down, which may be an hour before it leaves. */
	if (customer->newest_text != 0 && now < customer->newest_text + ONCE_PER_S - NM_TEXT_BACK_WITHIN_S)
		blame("two texts within once_per", customer);
	customer->newest_text = now;
	if (strncmp(request->body, MISSED, request->len) == 0)
		take_text_back(customer, now);
	else
		take_survey(customer, now);
}

/* Now and then the process dies when what it asked for is done, and it does not know. */
static void reached(struct agent_rig *rig, const struct nm_request *request)
{
	const bool event = strcmp(request->url, rig->plan->crm.url) == 0;

	if (event)
		take_event(request);
	else if (strcmp(request->method, "POST") == 0 && strstr(request->url, "/texts") != NULL)
		take_text(rig, request);
	else
		return;
	if (model->process == getpid() && random_below(&model->seed, event ? 30 : 8) == 0)
		kill(getpid(), SIGKILL);
}

/* --- what is done --- */

static enum nm_code put_call(struct agent_rig *rig, const struct customer *customer, struct nm_error *err)
{
	char id[64];
	const struct nm_call_entry call = {
		.number = UINT64_C(15125550100),
		.line = "main",
		.driver = "sandbox",
		.carrier_id = id,
		.caller = { .number = number_of(customer) },
		.began = customer->began,
		.ended = customer->began + 30,
		.became = { .end = customer->deed == RINGS ? NM_CALL_VOICEMAIL : NM_CALL_ANSWERED, .seconds = -1 },
	};
	enum nm_call_kept kept;
	nm_time since;
	enum nm_code code;

	snprintf(id, sizeof(id), "customer-%td-%d", customer - model->customers, customer->calls);
	code = nm_events_since(rig->store, rig->plan, agent_rig_now(rig), &since, err);
	return code == NM_OK ? nm_events_call_put(rig->store, rig->plan, since, &call, &kept, err) : code;
}

/* The open follow-up of a customer; 0: there is none. */
static enum nm_code find_open(const struct agent_rig *rig, const struct customer *customer, int64_t *id,
			      struct nm_error *err)
{
	const struct nm_followup_filter filter = { .open = true, .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 10000 };
	struct nm_followups list;
	enum nm_code code = nm_store_followups(rig->store, &filter, &list, err);

	if (code != NM_OK)
		return code;
	*id = 0;
	for (size_t i = 0; i < list.n; i++)
		if (list.items[i].number == number_of(customer))
			*id = list.items[i].id;
	nm_followups_clear(&list);
	return NM_OK;
}

/* Somebody looks whether that was written down already before they do it again. */
static enum nm_code give_outcome(const struct agent_rig *rig, const struct customer *customer, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	enum nm_code code = nm_store_followup_get(rig->store, customer->followup, arena, &followup, err);
	const bool tries = customer->deed == IS_TRIED;

	if (code == NM_OK && (tries ? followup.tries < customer->tries : followup.end == NM_FOLLOWUP_OPEN))
		code = nm_followup_outcome(rig->plan, rig->store, customer->followup,
					   tries ? NM_FOLLOWUP_NO_ANSWER : customer->end, agent_rig_now(rig), "pat", arena,
					   &followup, err);
	nm_arena_free(arena);
	return code;
}

static enum nm_code do_deed(struct agent_rig *rig, struct customer *customer, int64_t *opened, struct nm_error *err)
{
	bool whole;
	enum nm_code code;

	if (customer->deed == IS_FORGOTTEN)
		return nm_store_forget(rig->store, number_of(customer), customer->began, &whole, err);
	if (customer->deed == IS_TRIED || customer->deed == IS_ENDED)
		return give_outcome(rig, customer, err);
	code = put_call(rig, customer, err);
	return code == NM_OK && customer->deed == RINGS ? find_open(rig, customer, opened, err) : code;
}

static void die(int signal_number)
{
	(void)signal_number;
	kill(getpid(), SIGKILL);
}

/* In the middle of one deed of six the process dies, wherever the store writes then. */
static enum nm_code do_or_die(struct agent_rig *rig, struct customer *customer, int64_t *opened, struct nm_error *err)
{
	char log[512];
	struct stat found;
	bool dies;
	enum nm_code code;

	snprintf(log, sizeof(log), "%s/store.db-wal", rig->folder);
	dies = rig->room < 0 && random_below(&model->seed, 6) == 0 && stat(log, &found) == 0;
	agent_rig_disk(rig, true);
	if (dies) {
		signal(SIGXFSZ, die);
		model->cut++;
		disk_room(random_below(&model->seed, (uint32_t)found.st_size + 40000));
	}
	code = do_deed(rig, customer, opened, err);
	disk_room(-1);
	signal(SIGXFSZ, SIG_IGN);
	model->cut -= dies;
	return code;
}

/* It is known to be done. */
static void acknowledge(const struct agent_rig *rig, struct customer *customer, int64_t opened, bool calm)
{
	const nm_time now = agent_rig_now(rig);
	const bool texted = customer->newest_text != 0 && customer->began < customer->newest_text + ONCE_PER_S,
		   recent = now >= customer->began && now < customer->began + NM_TEXT_BACK_WITHIN_S - PROMPT_S;

	model->deeds++;
	switch (customer->deed) {
	case RINGS:
		if (opened == 0 || (customer->followup != 0 && customer->followup != opened))
			blame("a missed call without its follow-up", customer);
		customer->followup = opened;
		if (calm && recent && !customer->stopped && !texted)
			customer->text_by = now + PROMPT_S;
		break;
	case IS_ENDED:
		if (customer->end != NM_FOLLOWUP_LOST) {
			customer->ended = now;
			customer->ended_id = customer->followup;
		}
		/* fall through */
	case IS_ANSWERED:
		customer->followup = 0;
		customer->joined = customer->tries = 0;
		customer->text_by = 0;
		break;
	case IS_FORGOTTEN: /* with events that were not away yet */
		customer->n_due = customer->n_came;
		customer->followup = 0;
		customer->joined = customer->tries = customer->missed = customer->texts = 0;
		customer->newest_text = customer->ended = customer->surveyed = customer->text_by = 0;
		customer->forgotten = customer->began;
		model->forgotten++;
		break;
	default:
		break;
	}
	customer->deed = NO_DEED;
}

/* What a customer's deed will have made of the model when it is done. */
static void begin(struct customer *customer, enum deed deed, nm_time now)
{
	customer->deed = deed;
	customer->began = now;
	customer->calls += deed == RINGS || deed == IS_ANSWERED;
	if (deed == RINGS) {
		customer->opened = customer->joined++ == 0 ? now : customer->opened;
		customer->missed++;
		customer->newest_missed = now;
		due(customer, NM_CRM_MISSED, "voicemail");
	} else if (deed == IS_ANSWERED) {
		due(customer, NM_CRM_ANSWERED, "answered");
		if (customer->followup != 0)
			due(customer, NM_CRM_FOLLOWUP, "rang-again");
	} else if (deed == IS_TRIED) {
		customer->tries++;
	} else if (deed == IS_ENDED) {
		customer->tries++; /* whoever knows how it ended has called back */
		due(customer, NM_CRM_FOLLOWUP, nm_followup_end_name(customer->end));
	}
}

static enum deed choose(struct customer *customer, nm_time now)
{
	static const enum nm_followup_end ends[] = { NM_FOLLOWUP_BOOKED, NM_FOLLOWUP_RESOLVED, NM_FOLLOWUP_LOST };
	const uint32_t chance = random_below(&model->seed, 20);

	customer->end = ends[random_below(&model->seed, 3)];
	if (chance == 0)
		return IS_FORGOTTEN;
	if (customer->followup == 0)
		return chance < 16 ? RINGS : IS_ANSWERED;
	if (chance < 9 || now > customer->opened + WORKED_S)
		return IS_ENDED;
	if (chance < 13)
		return customer->tries < 2 ? IS_TRIED : IS_ENDED;
	return chance < 16 ? IS_ANSWERED : RINGS;
}

static void text_in(const struct agent_rig *rig, const struct customer *customer, const char *body)
{
	char from[NM_NUMBER_TEXT];
	const struct nm_sandbox_inbound text = { .from = from, .body = body, .at = agent_rig_now(rig) };
	struct nm_error err;

	nm_number_write(number_of(customer), from);
	ok(nm_store_sandbox_inbound_add(rig->carrier, line_text(rig->plan, "main"), &text, &err), &err);
}

/* Customers answer the survey, or want no more texts; the carrier has that, whatever befalls us. */
static void text(const struct agent_rig *rig, struct customer *customer)
{
	const nm_time now = agent_rig_now(rig);

	if (now < customer->newest_text + 60) /* who answers at once is a machine */
		return;
	if (customer->surveyed != 0 && customer->said == NM_SURVEY_NO_ANSWER && now < customer->surveyed + NM_SURVEY_ANSWER_S) {
		customer->said = random_below(&model->seed, 2) == 0 ? NM_SURVEY_YES : NM_SURVEY_NO;
		text_in(rig, customer, customer->said == NM_SURVEY_YES ? "Yes!" : "2");
		model->answers++;
	} else if (random_below(&model->seed, 60) == 0 && !customer->stopped) {
		text_in(rig, customer, "Stop.");
		customer->stopped = true;
		customer->text_by = 0;
		model->optouts++;
	}
}

static void act(struct agent_rig *rig, bool calm)
{
	const nm_time now = agent_rig_now(rig);
	struct customer *customer = &model->customers[random_below(&model->seed, CUSTOMERS)];
	int64_t opened = 0;
	struct nm_error err;

	for (size_t i = 0; i < CUSTOMERS; i++) /* who waits comes first: what is begun, and what lies about */
		if (model->customers[i].deed != NO_DEED ||
		    (model->customers[i].followup != 0 && now > model->customers[i].opened + WORKED_S))
			customer = &model->customers[i];
	if (customer->deed == NO_DEED && now > customer->latest) {
		text(rig, customer);
		begin(customer, choose(customer, now), now);
	}
	customer->latest = now > customer->latest ? now : customer->latest;
	if (customer->deed != NO_DEED && do_or_die(rig, customer, &opened, &err) == NM_OK)
		acknowledge(rig, customer, opened, calm);
}

/* --- the year --- */

/* Only the CRM: whatever else there is goes on. */
static void leave_crm(struct agent_rig *rig, struct agent_fate *fate)
{
	const nm_time now = agent_rig_now(rig);
	nm_time *until = &fate->faults[CRM_AWAY].until;

	agent_faults_begin(rig, fate, CRM_AWAY, 8000, false, 3600 + random_below(&fate->seed, 3 * NM_DAY));
	if ((rig->down || rig->mute) && *until < now)
		*until = now;
	rig->crm_status = now < *until ? (now / NM_DAY % 2 == 0 ? 503 : 0) : 204;
	fate->excused = *until != 0 && now < *until + NM_EVENTS_PAUSE_MAX_S + NM_DAY;
}

static void judge_texts(const struct agent_rig *rig, bool calm)
{
	for (size_t i = 0; i < CUSTOMERS; i++) {
		struct customer *customer = &model->customers[i];

		if (!calm)
			customer->text_by = 0;
		if (customer->text_by != 0 && agent_rig_now(rig) > customer->text_by)
			blame("no text-back in time", customer);
	}
}

static bool befall(struct agent_rig *rig, struct agent_fate *fate, bool called)
{
	const bool born = model->process != getpid();
	const nm_time now = agent_rig_now(rig);
	bool hurt, calm;

	rig->reached = reached;
	model->process = getpid();
	hurt = agent_faults_world(rig, fate, called);
	hurt |= agent_faults_store(rig, fate, called);
	leave_crm(rig, fate);
	calm = !hurt && !born && agent_rig_now(rig) == now && now - fate->hurt > AGENT_SETTLED_S;
	judge_texts(rig, calm);
	if (!born && random_below(&model->seed, 60) == 0)
		act(rig, calm);
	fate->wrong |= model->wrong;
	if (model->wrong)
		snprintf(fate->words, sizeof(fate->words), "%s at %" PRId64 ": %.250s", model->words, agent_rig_now(rig),
			 rig->log.len > 250 ? rig->log.data + rig->log.len - 250 : "");
	return hurt;
}

/* --- at the end --- */

/* All that was acknowledged (the year may end over a deed) is at the CRM, and who opted out is known, whatever was forgotten since. */
static void judge_customer(const struct agent_rig *rig, const struct customer *customer)
{
	struct nm_error err;
	enum nm_optout_how how;
	bool found;

	if (customer->n_came > customer->n_due || (customer->n_came < customer->n_due && customer->deed == NO_DEED))
		fail_msg("customer %td: %zu of %zu events came", customer - model->customers, customer->n_came,
			 customer->n_due);
	ok(nm_store_optout_find(rig->store, number_of(customer), &found, &how, &err), &err);
	assert_int_equal(found, customer->stopped);
}

/* The answer to the newest survey stands with the follow-up that was asked about, once, while that is kept. */
static void judge_answer(const struct agent_rig *rig, const struct customer *customer)
{
	const bool kept = customer->surveyed > agent_rig_now(rig) - RETAINED_S + 2 * NM_DAY;
	struct nm_arena *arena = nm_arena_new();
	struct nm_followup followup;
	struct nm_error err;
	int answers = 0;

	if (customer->surveyed != 0 && kept) {
		ok(nm_store_followup_get(rig->store, customer->surveyed_id, arena, &followup, &err), &err);
		for (size_t i = 0; i < followup.n_deeds; i++)
			answers += followup.deeds[i].kind == NM_DEED_SAID_YES ? 1 : followup.deeds[i].kind == NM_DEED_SAID_NO ? 10 : 0;
		assert_int_equal(answers, customer->said == NM_SURVEY_NO_ANSWER ? 0 : customer->said == NM_SURVEY_YES ? 1 : 10);
	}
	nm_arena_free(arena);
}

/* Nothing is older than the plan's retention by more than a day, nor is anything of a customer there from before all of
 * it was forgotten; what is younger is. */
static void judge_log(const struct agent_rig *rig)
{
	const struct nm_call_filter filter = { .since = NM_TIME_MIN, .until = NM_TIME_MAX, .most = 100000 };
	struct nm_call_entries calls;
	struct nm_error err;

	ok(nm_store_calls(rig->store, &filter, &calls, &err), &err);
	for (size_t i = 0; i < calls.n; i++) {
		char number[NM_NUMBER_TEXT];
		const struct customer *customer;

		nm_number_write(calls.items[i].caller.number, number);
		customer = customer_in(number);
		assert_true(calls.items[i].began >= agent_rig_now(rig) - RETAINED_S - NM_DAY - 3600);
		if (customer != NULL)
			assert_true(calls.items[i].began > customer->forgotten);
		model->kept += customer != NULL;
	}
	nm_call_entries_clear(&calls);
}

static void test_a_year_of_customers(void **state)
{
	const int days = random_few(AGENT_YEAR_DAYS);
	const struct agent_trial trial = {
		.seed = 5, .befall = befall, .calm_s = NM_EVENTS_PAUSE_MAX_S + NM_DAY, .judged = PREFIX
	};
	struct agent_fate fate;
	struct agent_rig rig;
	struct agent_year year;
	struct nm_error err;
	nm_time since;

	(void)state;
	model = mmap(NULL, sizeof(*model), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(model != MAP_FAILED);
	model->seed = 77;
	agent_rig_open(&rig, PLAN, AGENT_YEAR_BEGIN);
	store_waits_on(&rig.now_ms);
	agent_year_open(&year, &rig, days);
	agent_rig_push(&rig);
	ok(nm_events_since(rig.store, rig.plan, year.begin, &since, &err), &err); /* from now on calls are told of */
	rig.reached = reached;
	rig.crm_status = 204;
	agent_year_live(&rig, &year, &trial, &fate);
	print_message("%zu lives, %zu deeds (%zu cut short), %zu events (%zu told again), %zu text-backs, %zu surveys, %zu "
		      "answers, %zu opt-outs, %zu forgotten\n",
		      fate.lives, model->deeds, model->cut, model->events, model->doubles, model->text_backs, model->surveys,
		      model->answers, model->optouts, model->forgotten);
	if (model->wrong)
		fail_msg("%s", model->words);
	for (size_t i = 0; i < CUSTOMERS; i++) {
		judge_customer(&rig, &model->customers[i]);
		judge_answer(&rig, &model->customers[i]);
	}
	judge_log(&rig);
	if (days == AGENT_YEAR_DAYS) {
		assert_true(model->deeds > 1000 && model->cut > 50 && model->events > 1000 && model->doubles > 100);
		assert_true(model->text_backs > 300 && model->surveys > 50 && model->answers > 30);
		assert_true(model->optouts > 5 && model->forgotten > 30 && model->kept > 50);
		assert_true(fate.faults[CRM_AWAY].times > 10);
	}
	agent_year_close(&year);
	agent_rig_close(&rig);
	munmap(model, sizeof(*model));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_year_of_customers),
	};

	/* Processes are killed here, machines are not: what a disk does when the power goes is not asked. */
	if (access("/dev/shm", W_OK) == 0)
		setenv("TMPDIR", "/dev/shm", 0);
	signal(SIGXFSZ, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
