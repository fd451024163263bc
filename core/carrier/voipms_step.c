/* SPDX-License-Identifier: MIT */
/*
 * The conversations with VoIP.ms.  One method a request, as a form; the transport adds the API password to it.
 *
 *   READ    getDIDsInfo, getCallerIDFiltering; of a ring group also getRingGroups and getForwardings
 *   APPLY   getDIDsInfo; for a group getForwardings, setForwarding for each number that has none, getRingGroups,
 *           setRingGroup if it is not there or differs; setDIDRouting
 *
 * Answers are {"status":"success",...} or {"status":"why not"}, always with HTTP's 200; a status that begins
 * with no_ is an empty list.  set... without an id makes something, and is therefore never repeated blindly:
 * what was made has a name by which the next conversation finds it.  Parts are made before the number
 * points at them.  Identifiers come as texts or as numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/ask.h"
#include "core/carrier/facts.h"
#include "core/carrier/voipms.h"

#define TIMEOUT_S 30
#define FORM_MAX (64u << 10)
#define ROUTE_MAX 128

enum state {
	BEGIN,
	ASKED_NUMBER,
	ASKED_FILTERS,
	ASKED_GROUPS,
	ASKED_FORWARDINGS,
	SET_FORWARDING,
	SET_GROUP,
	SET_ROUTING
};

/* What is known by now is kept under these names. */
#define ROUTING "routing" /* of the number, as it is */
#define MAILBOX "mailbox" /* the number's own; "" when it has none */
#define DIAL "dialtime"   /* of the number, in seconds; "" when it says none */
#define FILTERS "filters" /* how many */
#define GROUP "group"     /* identifier of the group that was read, found or made */
#define NAME "name"       /* of the group that was read */
#define BEHIND "behind"   /* mailbox of the group that was read */
#define MEMBERS "members" /* of a group, in the carrier's words: "fwd:16006,20,1;..." */
#define MADE "made"       /* how many forwardings were made */
/* And its failovers under the carrier's own (voipms_failovers). */

static enum nm_step_result out_of_memory(struct nm_exchange *exchange)
{
	return nm_exchange_fail(exchange, "out of memory");
}

static bool keep(struct nm_exchange *exchange, const char *name, const char *value)
{
	return nm_exchange_set_id(exchange, name, value, NULL) == NM_OK;
}

static bool keep_count(struct nm_exchange *exchange, const char *name, size_t n)
{
	const char *text = nm_arena_format(exchange->arena, "%zu", n);

	return text != NULL && keep(exchange, name, text);
}

static size_t count(const struct nm_exchange *exchange, const char *name)
{
	return strtoul(nm_exchange_id(exchange, name), NULL, 10);
}

/* --- requests --- */

static void add_escaped(struct nm_buf *form, const char *text)
{
	for (; *text != '\0'; text++) {
		const bool plain = nm_ascii_is_letter(*text) || nm_ascii_is_digit(*text) ||
				   (*text != '\0' && strchr("-_.~", *text) != NULL);

		nm_buf_addf(form, plain ? "%c" : "%%%02X", (unsigned char)*text);
	}
}

/* Fields end with one without a name. */
enum nm_step_result voipms_ask(struct nm_exchange *exchange, struct nm_request *next, const char *method,
			       const struct voipms_field *fields, int state)
{
	struct nm_buf form;

	*next = (struct nm_request){ .method = "POST",
				     .url = nm_ask_url(exchange, VOIPMS_BASE, ""),
				     .type = "application/x-www-form-urlencoded",
				     .auth = NM_AUTH_FORM,
				     .repeatable = true,
				     .timeout_s = TIMEOUT_S };
	if (exchange->account == NULL || exchange->account->user == NULL)
		return nm_exchange_fail(exchange, "the account has no `user`");
	nm_buf_init(&form, FORM_MAX);
	nm_buf_add(&form, "api_username=");
	add_escaped(&form, exchange->account->user);
	nm_buf_addf(&form, "&method=%s", method);
	for (; fields->name != NULL; fields++) {
		nm_buf_addf(&form, "&%s=", fields->name);
		add_escaped(&form, fields->value);
	}
	next->body = form.failed ? NULL : nm_arena_text(exchange->arena, form.data);
	nm_buf_clear(&form);
	if (next->url == NULL || next->body == NULL)
		return out_of_memory(exchange);
	next->len = strlen(next->body);
	exchange->state = state;
	return NM_STEP_SEND;
}

static enum nm_step_result ask_list(struct nm_exchange *exchange, struct nm_request *next, const char *method,
				    int state)
{
	return voipms_ask(exchange, next, method, (const struct voipms_field[]){ { NULL, NULL } }, state);
}

/* Its ten digits. */
static const char *did(const struct nm_exchange *exchange)
{
	return exchange->number + 2;
}

/* --- answers --- */

enum nm_step_result voipms_refused(struct nm_exchange *exchange, const char *status)
{
	static const struct voipms_field meanings[] = {
		{ "invalid_credentials", "user or API password is wrong" },
		{ "api_not_enabled", "the interface is not switched on in the portal" },
		{ "ip_not_enabled", "this machine's address is not allowed in the portal" },
		{ "api_limit_exceeded", "too many requests in a minute; the next push goes on" },
		{ "forwards_exceeded", "the account may have no more forwardings: delete one in the portal" },
		{ "no_did", "the account does not have this number" },
		{ "invalid_did", "the account does not have this number" },
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (strcmp(meanings[i].name, status) == 0)
			return nm_exchange_fail(exchange, "%s: %s", status, meanings[i].value);
	status = nm_ask_words(exchange->arena, status);
	return status != NULL ? nm_exchange_fail(exchange, "it refused: %s", status)
			      : out_of_memory(exchange);
}

/* Keeps a member that is an identifier or empty; absent is empty. */
static bool keep_member(struct nm_exchange *exchange, const char *name, const struct nm_node *object,
			const char *key)
{
	char space[VOIPMS_ID_TEXT];
	const char *text = voipms_text(object, key, space);

	return keep(exchange, name, text != NULL ? text : "");
}

/* --- what is wanted --- */

static bool wanted(const struct nm_exchange *exchange, struct voipms_setting *out)
{
	struct nm_error err;

	return exchange->wanted != NULL && voipms_read(exchange->wanted, exchange->arena, out, &err) == NM_OK;
}

/* The name of our group in a routing; NULL when it is something else, to be set as it stands. */
static const char *own_group(const struct voipms_setting *setting)
{
	const size_t len = strlen("grp:" VOIPMS_MARK);

	return strncmp(setting->routing, "grp:" VOIPMS_MARK, len) == 0 ? setting->routing + 4 : NULL;
}

static enum nm_step_result set_routing(struct nm_exchange *exchange, const char *routing,
				       struct nm_request *next)
{
	const struct voipms_field fields[] = { { "did", did(exchange) },
					       { "routing", routing },
					       { NULL, NULL } };

	if (routing == NULL)
		return out_of_memory(exchange);
	if (strcmp(routing, nm_exchange_id(exchange, ROUTING)) == 0)
		return NM_STEP_DONE;
	return voipms_ask(exchange, next, "setDIDRouting", fields, SET_ROUTING);
}

/* The number points at the group once that is as it should be. */
static enum nm_step_result point_at_group(struct nm_exchange *exchange, struct nm_request *next)
{
	return set_routing(exchange,
			   nm_arena_format(exchange->arena, "grp:%s", nm_exchange_id(exchange, GROUP)), next);
}

/* What is wanted of a number whose state is known by now. */
static enum nm_step_result begin_apply(struct nm_exchange *exchange, struct nm_request *next)
{
	const char *mailbox = nm_exchange_id(exchange, MAILBOX);
	struct voipms_setting setting;

	if (!wanted(exchange, &setting))
		return nm_exchange_fail(exchange, "there is nothing to put that could be understood");
	if (own_group(&setting) == NULL && strcmp(setting.routing, VOIPMS_MAILBOX) != 0)
		return set_routing(exchange, setting.routing, next);
	if (!nm_ask_is_id(mailbox))
		return nm_exchange_fail(exchange,
					"the number has no mailbox at VoIP.ms: choose one for it in the "
					"portal");
	if (own_group(&setting) == NULL)
		return set_routing(exchange, nm_arena_format(exchange->arena, "vm:%s", mailbox), next);
	return ask_list(exchange, next, "getForwardings", ASKED_FORWARDINGS);
}

/* --- the number --- */

/* What may send its calls on from where they went first. */
static bool keep_failovers(struct nm_exchange *exchange, const struct nm_node *number)
{
	bool ok = keep_member(exchange, DIAL, number, "dialtime");

	for (size_t i = 0; i < VOIPMS_FAILOVERS; i++)
		ok = ok && keep_member(exchange, voipms_failovers[i].key, number, voipms_failovers[i].key);
	return ok;
}

static enum nm_step_result take_number(struct nm_exchange *exchange, const struct nm_node *list,
				       struct nm_request *next)
{
	const struct nm_node *number = voipms_find(list, "did", did(exchange));
	const char *routing = nm_node_member_text(number, "routing");

	if (number == NULL)
		return nm_exchange_fail(exchange, "the account has no number %s", exchange->number);
	if (routing == NULL || strlen(routing) > ROUTE_MAX)
		return nm_exchange_fail(exchange, "its answer does not say where calls to %s go",
					exchange->number);
	if (!keep(exchange, ROUTING, routing) || !keep_member(exchange, MAILBOX, number, "voicemail") ||
	    !keep(exchange, MADE, "0"))
		return out_of_memory(exchange);
	if (exchange->operation == NM_OP_APPLY)
		return begin_apply(exchange, next);
	if (!keep_failovers(exchange, number))
		return out_of_memory(exchange);
	return ask_list(exchange, next, "getCallerIDFiltering", ASKED_FILTERS);
}

/* --- reading --- */

/* "own" for the number's own mailbox, wherever it is named. */
static bool is_own_mailbox(const struct nm_exchange *exchange, const char *mailbox)
{
	const char *own = nm_exchange_id(exchange, MAILBOX);

	return own[0] != '\0' && strcmp(own, mailbox) == 0;
}

/* A routing as a setting has it, with the mailbox by its own name. */
static const char *routing_of(const struct nm_exchange *exchange, const char *routing)
{
	return strncmp(routing, "vm:", 3) == 0 && is_own_mailbox(exchange, routing + 3) ? VOIPMS_MAILBOX
											: routing;
}

static void take_failovers(const struct nm_exchange *exchange, struct voipms_setting *setting)
{
	const size_t dial_s = count(exchange, DIAL);

	for (size_t i = 0; i < VOIPMS_FAILOVERS; i++) {
		const char *to = nm_exchange_id(exchange, voipms_failovers[i].key);

		if (to[0] != '\0' && strcmp(to, "none") != 0 && strcmp(to, "none:") != 0)
			setting->failovers[i] = routing_of(exchange, to);
	}
	for (size_t i = 0; i < setting->n; i++)
		if ((size_t)setting->members[i].for_s > dial_s)
			setting->dial_s = (int64_t)dial_s;
}

static enum nm_step_result finish_reading(struct nm_exchange *exchange, struct voipms_setting *setting)
{
	struct nm_error err;

	setting->filters = (int64_t)count(exchange, FILTERS);
	take_failovers(exchange, setting);
	if (voipms_add(setting, &exchange->live, &err) != NM_OK || nm_facts_add_plan(exchange, &err) != NM_OK)
		return nm_exchange_fail(exchange, "%s", err.text);
	return NM_STEP_DONE;
}

static enum nm_step_result take_filters(struct nm_exchange *exchange, const struct nm_node *list,
					struct nm_request *next)
{
	struct voipms_setting setting = { .routing =
						  routing_of(exchange, nm_exchange_id(exchange, ROUTING)) };
	size_t n = 0;

	for (size_t i = 0; i < nm_node_count(list); i++)
		n += voipms_is(nm_node_at(list, i), "did", did(exchange)) ||
		     voipms_is(nm_node_at(list, i), "did", "all");
	if (!keep_count(exchange, FILTERS, n))
		return out_of_memory(exchange);
	if (voipms_is_group(&setting))
		return ask_list(exchange, next, "getRingGroups", ASKED_GROUPS);
	return finish_reading(exchange, &setting);
}

static enum nm_step_result read_group(struct nm_exchange *exchange, const struct nm_node *group,
				      struct nm_request *next)
{
	if (group == NULL)
		return nm_exchange_fail(exchange,
					"the ring group to which calls go is not among the account's");
	if (!keep_member(exchange, NAME, group, "name") ||
	    !keep_member(exchange, MEMBERS, group, "members") ||
	    !keep_member(exchange, BEHIND, group, "voicemail"))
		return out_of_memory(exchange);
	return ask_list(exchange, next, "getForwardings", ASKED_FORWARDINGS);
}

static enum nm_step_result read_forwardings(struct nm_exchange *exchange, const struct nm_node *list)
{
	const char *name = nm_exchange_id(exchange, NAME), *behind = nm_exchange_id(exchange, BEHIND),
		   *members = nm_exchange_id(exchange, MEMBERS);
	struct voipms_setting setting = { .routing = nm_exchange_id(exchange, ROUTING) };

	if (voipms_count_members(members) > VOIPMS_MEMBERS_MAX)
		return nm_exchange_fail(exchange, "the ring group to which calls go has more than %d members",
					VOIPMS_MEMBERS_MAX);
	if (!voipms_read_members(members, list, exchange->arena, &setting))
		return out_of_memory(exchange);
	if (strncmp(name, VOIPMS_MARK, strlen(VOIPMS_MARK)) == 0 &&
	    strcmp(name + strlen(VOIPMS_MARK), did(exchange)) == 0)
		setting.routing = nm_arena_format(exchange->arena, "grp:%s", name);
	if (setting.routing == NULL)
		return out_of_memory(exchange);
	if (!is_own_mailbox(exchange, behind))
		setting.mailbox = behind[0] != '\0' ? behind : "none";
	return finish_reading(exchange, &setting);
}

/* --- making --- */

/* One that rings this number and does nothing else, whoever made it. */
static const struct nm_node *plain_forwarding(const struct nm_node *list, const char *digits)
{
	for (size_t i = 0; i < nm_node_count(list); i++)
		if (voipms_is(nm_node_at(list, i), "phone_number", digits) &&
		    voipms_rings_plainly(nm_node_at(list, i)))
			return nm_node_at(list, i);
	return NULL;
}

/* Makes one; or mends the one that we made and somebody changed.  At most one for each of `most` members. */
static enum nm_step_result make_forwarding(struct nm_exchange *exchange, const struct nm_node *list,
					   const char *digits, size_t most, struct nm_request *next)
{
	const char *description = nm_arena_format(exchange->arena, VOIPMS_MARK "%s", digits);
	const size_t made = count(exchange, MADE);
	const struct nm_node *own;
	char space[VOIPMS_ID_TEXT];
	const char *id;
	enum nm_step_result result;

	if (description == NULL || !keep_count(exchange, MADE, made + 1))
		return out_of_memory(exchange);
	if (made == most)
		return nm_exchange_fail(
			exchange, "there is no forwarding that just rings %s, and none can be made", digits);
	own = voipms_find(list, "description", description);
	id = voipms_text(own, "forwarding", space);
	if (id == NULL || !nm_ask_is_id(id))
		id = "";
	result = voipms_ask(exchange, next, "setForwarding",
			    (const struct voipms_field[]){ { "forwarding", id },
							   { "phone_number", digits },
							   { "callerid_override", "" },
							   { "description", description },
							   { "dtmf_digits", "" },
							   { NULL, NULL } },
			    SET_FORWARDING);
	next->repeatable = id[0] != '\0';
	return result;
}

/* The members in the carrier's words; or the first forwarding that is not there is made. */
static enum nm_step_result find_forwardings(struct nm_exchange *exchange, const struct nm_node *list,
					    struct nm_request *next)
{
	struct voipms_setting setting;
	struct nm_buf members;
	bool ok;

	if (!wanted(exchange, &setting))
		return nm_exchange_fail(exchange, "there is nothing to put that could be understood");
	nm_buf_init(&members, FORM_MAX);
	for (size_t i = 0; i < setting.n; i++) {
		const struct voipms_member *member = &setting.members[i];
		const struct nm_node *forwarding =
			member->number != NULL ? plain_forwarding(list, member->number + 2) : NULL;
		char space[VOIPMS_ID_TEXT];
		const char *id = voipms_text(forwarding, "forwarding", space);

		if (id == NULL || !nm_ask_is_id(id)) {
			nm_buf_clear(&members);
			if (member->number == NULL)
				return nm_exchange_fail(exchange,
							"only numbers can be put into a ring group");
			return make_forwarding(exchange, list, member->number + 2, setting.n, next);
		}
		nm_buf_addf(&members, "%sfwd:%s,%d,%d", i > 0 ? ";" : "", id, member->for_s, member->press_1);
	}
	ok = !members.failed && keep(exchange, MEMBERS, members.data);
	nm_buf_clear(&members);
	return ok ? ask_list(exchange, next, "getRingGroups", ASKED_GROUPS) : out_of_memory(exchange);
}

/* The identifier of a group stands under one of two names. */
static const char *group_id(const struct nm_node *group, char space[static VOIPMS_ID_TEXT])
{
	const char *id = voipms_text(group, "ring_group", space);

	if (id == NULL)
		id = voipms_text(group, "ringgroup", space);
	return id != NULL && nm_ask_is_id(id) ? id : NULL;
}

static enum nm_step_result find_group(struct nm_exchange *exchange, const struct nm_node *list,
				      struct nm_request *next)
{
	const char *members = nm_exchange_id(exchange, MEMBERS), *mailbox = nm_exchange_id(exchange, MAILBOX);
	const char *name = nm_arena_format(exchange->arena, VOIPMS_MARK "%s", did(exchange));
	const struct nm_node *group;
	char space[VOIPMS_ID_TEXT];
	const char *id;
	enum nm_step_result result;

	if (name == NULL)
		return out_of_memory(exchange);
	group = voipms_find(list, "name", name);
	id = group_id(group, space);
	if (group != NULL && id == NULL)
		return nm_exchange_fail(exchange, "its answer names no id for the ring group %s", name);
	if (!keep(exchange, GROUP, id != NULL ? id : ""))
		return out_of_memory(exchange);
	if (id != NULL && voipms_is(group, "members", members) && voipms_is(group, "voicemail", mailbox))
		return point_at_group(exchange, next);
	result = voipms_ask(exchange, next, "setRingGroup",
			    (const struct voipms_field[]){ { "ring_group", nm_exchange_id(exchange, GROUP) },
							   { "name", name },
							   { "members", members },
							   { "voicemail", mailbox },
							   { NULL, NULL } },
			    SET_GROUP);
	next->repeatable = id != NULL;
	return result;
}

/* A group that was just made is named by its answer. */
static enum nm_step_result take_group(struct nm_exchange *exchange, const struct nm_node *root,
				      struct nm_request *next)
{
	char space[VOIPMS_ID_TEXT];
	const char *id = group_id(root, space);

	if (nm_exchange_id(exchange, GROUP)[0] == '\0' && id == NULL)
		return nm_exchange_fail(exchange, "its answer names no id for the ring group that was made");
	if (nm_exchange_id(exchange, GROUP)[0] == '\0' && !keep(exchange, GROUP, id))
		return out_of_memory(exchange);
	return point_at_group(exchange, next);
}

/* --- the conversation --- */

static const struct nm_node *group_read(const struct nm_exchange *exchange, const struct nm_node *list)
{
	const char *id = nm_exchange_id(exchange, ROUTING) + strlen("grp:");
	const struct nm_node *group = voipms_find(list, "ring_group", id);

	return group != NULL ? group : voipms_find(list, "ringgroup", id);
}

static enum nm_step_result take_list(struct nm_exchange *exchange, const struct nm_node *list,
				     struct nm_request *next)
{
	const bool reads = exchange->operation == NM_OP_READ;

	switch (exchange->state) {
	case ASKED_NUMBER:
		return take_number(exchange, list, next);
	case ASKED_FILTERS:
		return take_filters(exchange, list, next);
	case ASKED_GROUPS:
		return reads ? read_group(exchange, group_read(exchange, list), next)
			     : find_group(exchange, list, next);
	default:
		return reads ? read_forwardings(exchange, list) : find_forwardings(exchange, list, next);
	}
}

static enum nm_step_result take(struct nm_exchange *exchange, const struct nm_node *root, const char *status,
				struct nm_request *next)
{
	static const char *const lists[] = { [ASKED_NUMBER] = "dids",
					     [ASKED_FILTERS] = "filtering",
					     [ASKED_GROUPS] = "ring_groups",
					     [ASKED_FORWARDINGS] = "forwardings",
					     [SET_ROUTING] = NULL };
	const char *key = lists[exchange->state];
	const bool empty = key != NULL && exchange->state != ASKED_NUMBER && strncmp(status, "no_", 3) == 0;
	const bool used = exchange->state == SET_FORWARDING && strncmp(status, "used_", 5) == 0;

	if (strcmp(status, "success") != 0 && !empty && !used)
		return voipms_refused(exchange, status);
	if (key != NULL && !empty && !nm_node_is_array(nm_node_get(root, key)))
		return nm_exchange_fail(exchange, "its answer has no list of %s", key);
	if (key != NULL)
		return take_list(exchange, nm_node_get(root, key), next);
	if (exchange->state == SET_FORWARDING) /* made here, or by another line at the same time */
		return ask_list(exchange, next, "getForwardings", ASKED_FORWARDINGS);
	return exchange->state == SET_GROUP ? take_group(exchange, root, next) : NM_STEP_DONE;
}

struct nm_node *voipms_document(struct nm_exchange *exchange, const struct nm_response *last,
				const char **status)
{
	struct nm_node *root;
	struct nm_error err;

	if (last->status != 200) {
		nm_ask_refused(exchange, last, NULL);
		return NULL;
	}
	if (nm_node_read(last->body, last->len, &root, &err) != NM_OK) {
		nm_exchange_fail(exchange, "its answer cannot be read: %s", err.text);
		return NULL;
	}
	*status = nm_node_member_text(root, "status");
	if (*status != NULL)
		return root;
	nm_exchange_fail(exchange, "its answer has no status");
	nm_node_free(root);
	return NULL;
}

static enum nm_step_result take_answer(struct nm_exchange *exchange, const struct nm_response *last,
				       struct nm_request *next)
{
	const char *status;
	struct nm_node *root = voipms_document(exchange, last, &status);
	enum nm_step_result result = root != NULL ? take(exchange, root, status, next) : NM_STEP_FAILED;

	nm_node_free(root);
	return result;
}

enum nm_step_result voipms_step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	if (exchange->state == BEGIN && !voipms_is_ten_digits(exchange->number))
		return nm_exchange_fail(exchange, "%s is no number of North America", exchange->number);
	if (exchange->operation == NM_OP_RECORDS)
		return voipms_records(exchange, last, next);
	if (exchange->operation == NM_OP_TEXT)
		return voipms_text_step(exchange, last, next);
	if (exchange->operation == NM_OP_INBOUND)
		return voipms_inbound(exchange, last, next);
	if (exchange->state != BEGIN)
		return take_answer(exchange, last, next);
	if (exchange->operation == NM_OP_REMOVE)
		return nm_exchange_fail(exchange,
					"where calls went before is not known: set it in the portal");
	return voipms_ask(exchange, next, "getDIDsInfo",
			  (const struct voipms_field[]){ { "did", did(exchange) }, { NULL, NULL } },
			  ASKED_NUMBER);
}
