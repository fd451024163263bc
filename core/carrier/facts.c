/* SPDX-License-Identifier: MIT */
/* Facts: see facts.h.  Comes in: a route or a plan.  Goes out: a part of an artefact, and back. */
#include "core/carrier/facts.h"

#include <string.h>

#include "core/carrier/route_json.h"

#define PARTIES_MAX 65536

/* Parties that are to be written, each once. */
struct gathering {
	struct nm_arena *arena;
	struct nm_party **items;
	size_t n, capacity;
};

/* --- writing --- */

static void write_time(struct nm_json *json, const char *key, const struct nm_zone *zone, nm_time t)
{
	char text[NM_TIME_TEXT];

	nm_time_rfc3339(zone, t, text);
	nm_json_key(json, key);
	nm_json_text(json, text);
}

static void begin(struct nm_json *json, struct nm_buf *text, const struct nm_zone *zone, struct nm_span window,
		  const char *line, const char *number)
{
	nm_buf_init(text, NM_ARTEFACT_BYTES);
	nm_json_init(json, text);
	nm_json_object(json);
	nm_json_key(json, "timezone");
	nm_json_text(json, nm_zone_name(zone));
	write_time(json, "from", zone, window.from);
	write_time(json, "until", zone, window.until);
	nm_json_key(json, "line");
	nm_json_text(json, line);
	nm_json_key(json, "number");
	nm_json_text(json, number);
}

static enum nm_code end(struct nm_json *json, struct nm_buf *text, struct nm_artefact *out, struct nm_error *err)
{
	enum nm_code code;

	nm_json_end(json, ']');
	nm_json_end(json, '}');
	code = text->failed ? nm_fail_memory(err)
			    : nm_artefact_add(out, NM_FACTS_PART, "application/json", text->data, text->len, err);
	nm_buf_clear(text);
	return code;
}

/* As others know a party: what one step asks of it is no fact. */
static struct nm_party plain(const struct nm_party *party)
{
	struct nm_party fact = *party;

	fact.confirm = fact.line_id = false;
	fact.turn_of = NULL;
	return fact;
}

/* Same phone, same mailbox: of these one is enough. */
static bool same(const struct nm_party *a, const struct nm_party *b)
{
	if (a->kind != b->kind || a->native != b->native || strcmp(a->name, b->name) != 0)
		return false;
	return a->number == NULL || b->number == NULL ? a->number == b->number
						      : strcmp(a->number, b->number) == 0;
}

static bool written(const struct nm_route *route, size_t treatment, size_t step, size_t party)
{
	const struct nm_party *one = &route->treatments[treatment]->steps[step].parties[party];

	for (size_t t = 0; t <= treatment; t++)
		for (size_t s = 0; s < route->treatments[t]->n; s++)
			for (size_t p = 0; p < route->treatments[t]->steps[s].n; p++) {
				if (t == treatment && s == step && p == party)
					return false;
				if (same(&route->treatments[t]->steps[s].parties[p], one))
					return true;
			}
	return false;
}

enum nm_code nm_facts_add_route(const struct nm_route *route, struct nm_artefact *out, struct nm_error *err)
{
	struct nm_json json;
	struct nm_buf text;

	begin(&json, &text, route->zone, (struct nm_span){ route->from, route->until }, route->line,
	      route->number);
	nm_groups_write(&json, route->groups, route->n_groups);
	nm_json_key(&json, "parties");
	nm_json_array(&json);
	for (size_t t = 0; t < route->n_treatments; t++)
		for (size_t s = 0; s < route->treatments[t]->n; s++)
			for (size_t p = 0; p < route->treatments[t]->steps[s].n; p++) {
				struct nm_party fact = plain(&route->treatments[t]->steps[s].parties[p]);

				if (!written(route, t, s, p))
					nm_party_write(&json, &fact);
			}
	return end(&json, &text, out, err);
}

static void write_destination(struct nm_json *json, const struct nm_plan *plan, int line, int id)
{
	const struct nm_destination *destination = &plan->destinations[id];
	char number[NM_NUMBER_TEXT];
	struct nm_party party = { .name = destination->name,
				  .kind = destination->kind,
				  .role = destination->role,
				  .own_voicemail_s = destination->own_voicemail_s,
				  .greeting = destination->greeting,
				  .number = number };

	party.native = line >= 0 && plan->lines[line].handset == id;
	if (destination->kind == NM_VOICEMAIL)
		party.number = NULL;
	else if (nm_destination_number(plan, destination) != 0)
		nm_number_write(nm_destination_number(plan, destination), number);
	else
		party.number = destination->address;
	if (destination->line >= 0 && !party.native)
		party.line = plan->lines[destination->line].name;
	nm_party_write(json, &party);
}

static void write_line(struct nm_json *json, const struct nm_plan *plan, const struct nm_line *line)
{
	const struct nm_destination *handset = line->handset >= 0 ? &plan->destinations[line->handset] : NULL;
	char number[NM_NUMBER_TEXT];
	struct nm_party party = { .name = line->name,
				  .kind = handset != NULL ? handset->kind : NM_BACKUP,
				  .role = handset != NULL ? handset->role : NM_ROLE_NONE,
				  .number = number,
				  .own_voicemail_s = NM_OWN_VOICEMAIL_NONE,
				  .line = line->name };

	nm_number_write(line->number, number);
	nm_party_write(json, &party);
}

enum nm_code nm_facts_add_plan(struct nm_exchange *exchange, struct nm_error *err)
{
	const struct nm_plan *plan = exchange->plan;
	const int line = nm_plan_find_line(plan, exchange->line);
	struct nm_route_group *groups = nm_arena_alloc(exchange->arena, plan->n_callers, sizeof(*groups));
	struct nm_json json;
	struct nm_buf text;

	if (groups == NULL)
		return nm_fail_memory(err);
	for (size_t g = 0; g < plan->n_callers; g++)
		groups[g] = (struct nm_route_group){ plan->callers[g].name, plan->callers[g].n,
						     plan->callers[g].patterns };
	begin(&json, &text, plan->zone, exchange->window, exchange->line, exchange->number);
	nm_groups_write(&json, groups, plan->n_callers);
	nm_json_key(&json, "parties");
	nm_json_array(&json);
	for (size_t i = 0; i < plan->n_destinations; i++)
		write_destination(&json, plan, line, (int)i);
	for (size_t i = 0; i < plan->n_lines; i++)
		write_line(&json, plan, &plan->lines[i]);
	return end(&json, &text, &exchange->live, err);
}

/* --- reading --- */

static enum nm_code read_window(const struct nm_node *root, struct nm_route *route, struct nm_error *err)
{
	const char *from = nm_node_member_text(root, "from"), *until = nm_node_member_text(root, "until");

	if (from == NULL || nm_time_read(from, route->zone, 0, &route->from, NULL) != NM_OK ||
	    until == NULL || nm_time_read(until, route->zone, 0, &route->until, NULL) != NM_OK ||
	    route->from >= route->until)
		return nm_fail(err, NM_INPUT, "the facts beside it name no window of time");
	return NM_OK;
}

static enum nm_code read_parties(const struct nm_node *list, struct nm_facts *facts, struct nm_error *err)
{
	const size_t n = nm_node_count(list);
	struct nm_party *parties;
	enum nm_code code = NM_OK;

	if (!nm_node_is_array(list) || n > PARTIES_MAX)
		return nm_fail(err, NM_INPUT, "the facts beside it do not say who has which number");
	parties = nm_arena_alloc(facts->route->arena, n, sizeof(*parties));
	if (parties == NULL)
		return nm_fail_memory(err);
	for (size_t i = 0; i < n && code == NM_OK; i++)
		code = nm_party_read(nm_node_at(list, i), facts->route, &parties[i], err);
	facts->n = n;
	facts->parties = parties;
	return code;
}

static enum nm_code read_root(const struct nm_node *root, struct nm_facts *facts, struct nm_error *err)
{
	const char *timezone = nm_node_member_text(root, "timezone"), *line = nm_node_member_text(root, "line"),
		   *number = nm_node_member_text(root, "number");
	enum nm_code code;

	if (timezone == NULL || line == NULL || number == NULL)
		return nm_fail(err, NM_INPUT, "the facts beside it name no zone or no line");
	code = nm_route_new(timezone, 0, 1, &facts->route, err);
	if (code != NM_OK)
		return code;
	facts->route->line = nm_arena_text(facts->route->arena, line);
	facts->route->number = nm_arena_text(facts->route->arena, number);
	if (facts->route->line == NULL || facts->route->number == NULL)
		return nm_fail_memory(err);
	code = read_window(root, facts->route, err);
	if (code == NM_OK)
		code = nm_groups_read(nm_node_get(root, "callers"), facts->route, err);
	return code == NM_OK ? read_parties(nm_node_get(root, "parties"), facts, err) : code;
}

enum nm_code nm_facts_read(const struct nm_artefact *artefact, struct nm_facts *out, struct nm_error *err)
{
	const struct nm_part *part = nm_artefact_find(artefact, NM_FACTS_PART);
	struct nm_facts facts = { 0 };
	struct nm_node *root;
	enum nm_code code;

	if (part == NULL)
		return nm_fail(err, NM_INPUT, "nothing is known of the line that it belongs to");
	code = nm_node_read(part->bytes, part->len, &root, err);
	if (code != NM_OK)
		return code;
	code = read_root(root, &facts, err);
	nm_node_free(root);
	if (code == NM_OK)
		*out = facts;
	else
		nm_route_free(facts.route);
	return code;
}

/* --- asking --- */

static struct nm_party *copy_of(const struct nm_facts *facts, const struct nm_party *party)
{
	struct nm_party *copy = nm_arena_alloc(facts->route->arena, 1, sizeof(*copy));

	if (copy != NULL)
		*copy = *party;
	return copy;
}

/* Somebody of whom only this is known. */
static struct nm_party *stranger(const struct nm_facts *facts, enum nm_kind kind, const char *name,
				 const char *number)
{
	struct nm_party party = { .kind = kind, .own_voicemail_s = NM_OWN_VOICEMAIL_UNKNOWN };

	party.name = nm_arena_text(facts->route->arena, name);
	party.number = number != NULL ? nm_arena_text(facts->route->arena, number) : NULL;
	if (party.name == NULL || (number != NULL && party.number == NULL))
		return NULL;
	return copy_of(facts, &party);
}

struct nm_party *nm_facts_by_number(const struct nm_facts *facts, const char *number)
{
	for (size_t i = 0; i < facts->n; i++)
		if (!facts->parties[i].native && facts->parties[i].number != NULL &&
		    strcmp(facts->parties[i].number, number) == 0)
			return copy_of(facts, &facts->parties[i]);
	return stranger(facts, NM_PERSONAL, number, number);
}

struct nm_party *nm_facts_voicemail(const struct nm_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->n; i++)
		if (facts->parties[i].kind == NM_VOICEMAIL && strcmp(facts->parties[i].name, name) == 0)
			return copy_of(facts, &facts->parties[i]);
	return stranger(facts, NM_VOICEMAIL, name, NULL);
}

struct nm_party *nm_facts_handset(const struct nm_facts *facts)
{
	struct nm_party *party = NULL;

	for (size_t i = 0; i < facts->n && party == NULL; i++)
		if (facts->parties[i].native)
			party = copy_of(facts, &facts->parties[i]);
	if (party == NULL)
		party = stranger(facts, NM_PERSONAL, facts->route->line, facts->route->number);
	if (party != NULL)
		party->native = true;
	return party;
}
