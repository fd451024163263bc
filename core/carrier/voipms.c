/* SPDX-License-Identifier: MIT */
/*
 * VoIP.ms (https://voip.ms/m/apidocs.php): where the calls to one number go.
 *
 *   grp:nm:DIGITS   a ring group of that name: phones that ring at once, each to be accepted with 1 or not,
 *                   and behind them the number's own mailbox
 *   vm:own          that mailbox at once
 *   sys:busy, sys:hangup, none:   nobody
 *
 * Its time conditions are not used: in which zone their hours are is not documented, so the agent pushes at
 * each change.  Its failovers and its dial time are read and never set: only setDIDInfo sets them, which writes
 * the number's whole record, and not all of that can be read first.  The artefact is the routing with the group
 * written out, and of these what may change a call; names and numbers stand for the identifiers that only the
 * carrier knows, so that it can be rendered before anything is made.
 */
#include "core/carrier/voipms.h"

#include <string.h>

#include "core/ascii.h"
#include "core/carrier/ask.h"
#include "core/carrier/drivers.h"
#include "core/carrier/lifter.h"
#include "nevermiss/json.h"

#define RING_MAX_S 60

bool voipms_is_ten_digits(const char *number)
{
	size_t n = 2;

	if (strncmp(number, "+1", 2) != 0)
		return false;
	while (nm_ascii_is_digit(number[n]))
		n++;
	return n == 12 && number[n] == '\0';
}

bool voipms_is_group(const struct voipms_setting *setting)
{
	return strncmp(setting->routing, "grp:", 4) == 0;
}

/* In the order of their keys. */
const struct voipms_failover voipms_failovers[VOIPMS_FAILOVERS] = {
	{ "failover_busy", "calls while it is busy" },
	{ "failover_noanswer", "calls not answered" },
	{ "failover_unreachable", "calls while it cannot be reached" },
};

/* --- the artefact --- */

static void write_member(struct nm_json *json, const struct voipms_member *member)
{
	nm_json_object(json);
	nm_json_key(json, "for");
	nm_json_int(json, member->for_s);
	if (member->number != NULL) {
		nm_json_key(json, "number");
		nm_json_text(json, member->number);
	}
	nm_json_key(json, "press_1");
	nm_json_bool(json, member->press_1);
	if (member->number == NULL) {
		nm_json_key(json, "route");
		nm_json_text(json, member->route);
	}
	nm_json_end(json, '}');
}

enum nm_code voipms_add(const struct voipms_setting *setting, struct nm_artefact *artefact,
			struct nm_error *err)
{
	struct nm_json json;
	struct nm_buf text;
	enum nm_code code;

	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	nm_json_init(&json, &text);
	nm_json_object(&json);
	if (setting->dial_s > 0) {
		nm_json_key(&json, "dial_s");
		nm_json_int(&json, setting->dial_s);
	}
	for (size_t i = 0; i < VOIPMS_FAILOVERS; i++)
		if (setting->failovers[i] != NULL) {
			nm_json_key(&json, voipms_failovers[i].key);
			nm_json_text(&json, setting->failovers[i]);
		}
	if (setting->filters > 0) {
		nm_json_key(&json, "filters");
		nm_json_int(&json, setting->filters);
	}
	if (voipms_is_group(setting)) {
		nm_json_key(&json, "group");
		nm_json_array(&json);
		for (size_t i = 0; i < setting->n; i++)
			write_member(&json, &setting->members[i]);
		nm_json_end(&json, ']');
	}
	if (setting->mailbox != NULL) {
		nm_json_key(&json, "mailbox");
		nm_json_text(&json, setting->mailbox);
	}
	nm_json_key(&json, "routing");
	nm_json_text(&json, setting->routing);
	nm_json_end(&json, '}');
	code = text.failed
		       ? nm_fail_memory(err)
		       : nm_artefact_add(artefact, VOIPMS_PART, "application/json", text.data, text.len, err);
	nm_buf_clear(&text);
	return code;
}

static enum nm_code misunderstood(struct nm_error *err)
{
	return nm_fail(err, NM_INPUT, "what it says of where calls go cannot be understood");
}

static enum nm_code read_member(const struct nm_node *node, struct nm_arena *arena, struct voipms_member *out,
				struct nm_error *err)
{
	const char *number = nm_node_member_text(node, "number"), *route = nm_node_member_text(node, "route");
	const char *text = number != NULL ? number : route;
	int64_t for_s;

	if ((number == NULL) == (route == NULL) || (number != NULL && !voipms_is_ten_digits(number)) ||
	    !nm_node_int(nm_node_get(node, "for"), 0, NM_FOR_MAX, &for_s) ||
	    !nm_node_bool(nm_node_get(node, "press_1"), &out->press_1))
		return misunderstood(err);
	out->for_s = (int)for_s;
	text = nm_arena_text(arena, text);
	if (text == NULL)
		return nm_fail_memory(err);
	*(number != NULL ? &out->number : &out->route) = text;
	return NM_OK;
}

static enum nm_code read_members(const struct nm_node *group, struct nm_arena *arena,
				 struct voipms_setting *setting, struct nm_error *err)
{
	const size_t n = nm_node_count(group);
	struct voipms_member *members = nm_arena_alloc(arena, n, sizeof(*members));
	enum nm_code code = members == NULL ? nm_fail_memory(err) : NM_OK;

	for (size_t i = 0; i < n && code == NM_OK; i++)
		code = read_member(nm_node_at(group, i), arena, &members[i], err);
	setting->n = n;
	setting->members = members;
	return code;
}

/* A count that need not be there: then 0. */
static bool read_count(const struct nm_node *root, const char *key, int64_t *out)
{
	const struct nm_node *node = nm_node_get(root, key);

	return node == NULL || nm_node_int(node, 0, INT64_MAX, out);
}

/* A text that need not be there: then NULL.  False: memory is out. */
static bool read_text(const struct nm_node *root, const char *key, struct nm_arena *arena, const char **out)
{
	const char *text = nm_node_member_text(root, key);

	*out = text != NULL ? nm_arena_text(arena, text) : NULL;
	return text == NULL || *out != NULL;
}

static enum nm_code read_setting(const struct nm_node *root, struct nm_arena *arena,
				 struct voipms_setting *out, struct nm_error *err)
{
	const struct nm_node *group = nm_node_get(root, "group");
	struct voipms_setting setting = { 0 };
	enum nm_code code;
	bool ok;

	if (nm_node_member_text(root, "routing") == NULL || nm_node_count(group) > VOIPMS_MEMBERS_MAX ||
	    !read_count(root, "filters", &setting.filters) || !read_count(root, "dial_s", &setting.dial_s))
		return misunderstood(err);
	ok = read_text(root, "routing", arena, &setting.routing) &&
	     read_text(root, "mailbox", arena, &setting.mailbox);
	for (size_t i = 0; i < VOIPMS_FAILOVERS; i++)
		ok = ok && read_text(root, voipms_failovers[i].key, arena, &setting.failovers[i]);
	if (!ok)
		return nm_fail_memory(err);
	code = read_members(group, arena, &setting, err);
	if (code == NM_OK)
		*out = setting;
	return code;
}

enum nm_code voipms_read(const struct nm_artefact *artefact, struct nm_arena *arena,
			 struct voipms_setting *out, struct nm_error *err)
{
	const struct nm_part *part = nm_artefact_find(artefact, VOIPMS_PART);
	struct nm_node *root;
	enum nm_code code;

	if (part == NULL)
		return nm_fail(err, NM_INPUT, "it does not say where calls go");
	code = nm_node_read(part->bytes, part->len, &root, err);
	if (code != NM_OK)
		return code;
	code = read_setting(root, arena, out, err);
	nm_node_free(root);
	return code;
}

/* --- render --- */

/* A ring group of those who ring first; the mailbox behind it is always there. */
static enum nm_code set_group(const struct nm_route *route, const struct nm_treatment_step *step,
			      struct nm_arena *arena, struct voipms_setting *setting, struct nm_error *err)
{
	struct voipms_member *members = nm_arena_alloc(arena, step->n, sizeof(*members));

	if (step->n > VOIPMS_MEMBERS_MAX)
		return nm_fail(
			err, NM_INPUT,
			"a ring group of %zu phones is larger than nevermiss makes at VoIP.ms (%d): ring "
			"fewer at once",
			step->n, VOIPMS_MEMBERS_MAX);
	setting->routing = nm_arena_format(arena, "grp:" VOIPMS_MARK "%s", route->number + 2);
	if (members == NULL || setting->routing == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < step->n; i++)
		members[i] = (struct voipms_member){ .number = step->parties[i].number,
						     .for_s = step->for_s,
						     .press_1 = step->parties[i].confirm };
	setting->members = members;
	setting->n = step->n;
	return NM_OK;
}

static enum nm_code set_treatment(const struct nm_route *route, const struct nm_treatment *treatment,
				  struct nm_arena *arena, struct voipms_setting *setting,
				  struct nm_error *err)
{
	if (treatment->verdict == NM_VERDICT_REJECT)
		setting->routing = treatment->reject == NM_REJECT_BUSY ? "sys:busy" : "sys:hangup";
	else if (treatment->n == 0)
		setting->routing = "none:";
	else if (treatment->steps[0].parties[0].kind == NM_VOICEMAIL)
		setting->routing = VOIPMS_MAILBOX;
	else
		return set_group(route, &treatment->steps[0], arena, setting, err);
	return NM_OK;
}

static enum nm_code render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err)
{
	struct voipms_setting setting = { 0 };
	struct nm_artefact artefact = { 0 };
	struct nm_arena *arena;
	enum nm_code code;

	if (!voipms_is_ten_digits(route->number))
		return nm_fail(err, NM_INPUT,
			       "VoIP.ms knows numbers of North America by ten digits: %s is none",
			       route->number);
	if (account != NULL && account->user == NULL)
		return nm_fail(
			err, NM_INPUT,
			"account %s needs `user`: the e-mail address with which one logs in at VoIP.ms",
			account->name);
	arena = nm_arena_new();
	if (arena == NULL)
		return nm_fail_memory(err);
	code = set_treatment(route, nm_route_treatment(route, at, route->classes[0].witness, false), arena,
			     &setting, err);
	if (code == NM_OK)
		code = voipms_add(&setting, &artefact, err);
	if (code == NM_OK)
		code = nm_facts_add_route(route, &artefact, err);
	if (code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	nm_arena_free(arena);
	return code;
}

/* --- lift --- */

static const char *group_strangeness(struct nm_arena *arena, const struct voipms_setting *setting)
{
	if (setting->n == 0)
		return "calls go to a ring group that rings nobody";
	if (setting->mailbox != NULL)
		return nm_ask_foreign(arena, "behind its ring group is the mailbox ", setting->mailbox,
				      ", not the number's own");
	for (size_t i = 0; i < setting->n; i++) {
		if (setting->members[i].number == NULL)
			return nm_ask_foreign(arena, "its ring group rings ", setting->members[i].route,
					      ", which is not from here");
		if (setting->members[i].for_s != setting->members[0].for_s)
			return "the phones of its ring group do not ring equally long";
	}
	return NULL;
}

static const char *routing_strangeness(struct nm_arena *arena, const struct voipms_setting *setting)
{
	static const char *const known[] = { VOIPMS_MAILBOX, "sys:busy", "sys:hangup", "none:" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(setting->routing, known[i]) == 0)
			return NULL;
	return nm_ask_foreign(arena, "calls go to ", setting->routing, ", which is not from here");
}

/* What somebody set beside the routing.  How these go together with it is not documented: where both end in
 * the number's own mailbox it is all the same, anything else is not guessed. */
static const char *beside_strangeness(struct nm_arena *arena, const struct voipms_setting *setting)
{
	const bool mailbox = voipms_is_group(setting) || strcmp(setting->routing, VOIPMS_MAILBOX) == 0;

	for (size_t i = 0; i < VOIPMS_FAILOVERS; i++) {
		const char *to = setting->failovers[i];
		const char *before;

		if (to == NULL || (mailbox && strcmp(to, VOIPMS_MAILBOX) == 0))
			continue;
		before = nm_arena_format(arena, "%s may go on to ", voipms_failovers[i].calls);
		return nm_ask_foreign(arena, before != NULL ? before : "calls may go on to ", to,
				      ", a failover that is not from here: take it off in the portal");
	}
	if (setting->dial_s == 0)
		return NULL;
	return nm_ask_foreign(arena, "a dial time of ",
			      nm_arena_format(arena, "%lld", (long long)setting->dial_s),
			      " s may end a longer ring of its group: make it longer in the portal");
}

/* Why this cannot have been set here; NULL when it can. */
static const char *strangeness(struct nm_arena *arena, const struct voipms_setting *setting)
{
	const char *why;

	if (setting->filters > 0)
		return "filters of callers that are not from here go before everything";
	why = voipms_is_group(setting) ? group_strangeness(arena, setting)
				       : routing_strangeness(arena, setting);
	return why != NULL ? why : beside_strangeness(arena, setting);
}

struct lifting {
	const struct nm_facts *facts;
	const struct voipms_setting *setting;
};

static bool add_group(const struct lifting *lifting, struct nm_arena *arena, struct nm_treatment *treatment)
{
	const struct voipms_setting *setting = lifting->setting;
	struct nm_party *parties = nm_arena_alloc(arena, setting->n, sizeof(*parties));

	if (parties == NULL)
		return false;
	for (size_t i = 0; i < setting->n; i++) {
		const struct nm_party *party = nm_facts_by_number(lifting->facts, setting->members[i].number);

		if (party == NULL)
			return false;
		parties[i] = *party;
		parties[i].confirm = setting->members[i].press_1;
	}
	return nm_lifter_step(arena, treatment, parties, setting->n, NM_RING_TIMED,
			      setting->members[0].for_s);
}

static bool add_mailbox(struct nm_arena *arena, struct nm_treatment *treatment)
{
	const struct nm_party mailbox = { .name = NM_CARRIER_MAILBOX,
					  .kind = NM_VOICEMAIL,
					  .own_voicemail_s = NM_OWN_VOICEMAIL_NONE };

	return nm_lifter_step(arena, treatment, &mailbox, 1, NM_RING_TIMED, 0);
}

/* The same for everybody at all times. */
static enum nm_code treat(void *context, nm_time t, uint64_t groups, bool key, struct nm_arena *arena,
			  struct nm_treatment **out, struct nm_error *err)
{
	const struct lifting *lifting = context;
	const struct voipms_setting *setting = lifting->setting;
	struct nm_treatment *treatment = nm_lifter_path(arena);

	(void)t;
	(void)groups;
	(void)key;
	if (treatment == NULL)
		return nm_fail_memory(err);
	*out = treatment;
	if (strcmp(setting->routing, "none:") == 0)
		return NM_OK;
	if (strncmp(setting->routing, "sys:", 4) == 0) {
		treatment->verdict = NM_VERDICT_REJECT;
		treatment->reject =
			strcmp(setting->routing, "sys:busy") == 0 ? NM_REJECT_BUSY : NM_REJECT_SILENT;
		return NM_OK;
	}
	if (voipms_is_group(setting) && !add_group(lifting, arena, treatment))
		return nm_fail_memory(err);
	return add_mailbox(arena, treatment) ? NM_OK : nm_fail_memory(err);
}

static enum nm_code lift(const struct nm_artefact *live, struct nm_route **out, const char **foreign,
			 struct nm_error *err)
{
	struct voipms_setting setting;
	struct lifting lifting = { .setting = &setting };
	struct nm_lifter lifter;
	enum nm_code code = voipms_read(live, live->arena, &setting, err);

	*foreign = NULL;
	if (code != NM_OK)
		return code;
	*foreign = strangeness(live->arena, &setting);
	if (*foreign != NULL)
		return NM_OK;
	code = nm_lifter_begin(live, &lifter, err);
	if (code != NM_OK)
		return code;
	lifting.facts = &lifter.facts;
	return nm_lifter_finish(&lifter, treat, &lifting, out, err);
}

static const struct nm_account_key keys[] = {
	{ "user", "text", "e-mail address with which one logs in at VoIP.ms", true },
	{ "endpoint", "url", "where the interface is, if not " VOIPMS_BASE, false },
	{ "token_cmd", "command", "prints the API password; or token_env, or token_file", false },
	{ "token_env", "name", "environment variable that holds the API password", false },
	{ "token_file", "file", "holds the API password, for its owner only", false },
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_voipms = {
	.name = "voipms",
	.summary = "VoIP.ms: one ring group a number, and its mailbox",
	.docs_url = "https://voip.ms/m/apidocs.php",
	.unverified = "never run on a live account: the API is as VoIP.ms documents it",
	.records_unverified = "its call records say that a call was answered, not whether by a phone or the mailbox",
	.traits = {
		.reads_back = true,
		.remote = true,
		.several = true,
		.mailbox = true,
		.mailbox_own = true,
		.ten_digits = true,
		.reject_busy = true,
		.reject_silent = true,
		.ring_times = true,
		.steps_max = 1,
		.ring_min_s = 1,
		.ring_max_s = RING_MAX_S,
		.handover_ends = true,
		.ring_step_s = 1,
		.confirm = NM_CONFIRM_SEVERAL,
		.handset = NM_HANDSET_NEVER,
		.records_late_s = 300,
		.texts = true,
		.text_max = VOIPMS_TEXT_MAX,
		.inbound = true,
	},
	.keys = keys,
	.render = render,
	.lift = lift,
	.step = voipms_step,
};
