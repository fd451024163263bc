/* SPDX-License-Identifier: MIT */
/* text --list, --read, --opt-out: the texts of both directions, reading those that came, and who wants none. */
#include "texts.h"

#include "nevermiss/forget.h"
#include "nevermiss/inbound.h"
#include "nevermiss/optout.h"

#define LISTED 20
#define LISTED_MOST 10000

/* --- both directions --- */

struct listed {
	struct nm_outbox left;
	struct nm_inbound_entries came;
};

static void listed_clear(struct listed *listed)
{
	nm_outbox_clear(&listed->left);
	nm_inbound_entries_clear(&listed->came);
}

/* Both have the newest first: of the two together so many are kept. */
static void cut(struct listed *listed, size_t count)
{
	size_t left = 0, came = 0;

	while (left + came < count && (left < listed->left.n || came < listed->came.n)) {
		if (came == listed->came.n ||
		    (left < listed->left.n && listed->left.items[left].at >= listed->came.items[came].at))
			left++;
		else
			came++;
	}
	listed->left.n = left;
	listed->came.n = came;
}

static enum nm_code read_listed(struct invocation *run, struct listed *out, struct nm_error *err)
{
	struct nm_store *store;
	size_t count;
	enum nm_code code = argument_count(run, LISTED, LISTED_MOST, &count, err);

	if (code == NM_OK)
		code = session_store(run->session, &store, err);
	if (code == NM_OK)
		code = nm_store_outbox(store, false, count, &out->left, err);
	if (code == NM_OK)
		code = nm_store_inbound(store, count, &out->came, err);
	if (code == NM_OK)
		cut(out, count);
	return code;
}

static void left_line(struct invocation *run, const struct nm_outbox_text *text)
{
	char at[NM_TIME_TEXT];

	nm_time_words(session_zone(run->session), text->at, true, at);
	nm_buf_addf(run->out, "%s  %s, %s: ", at, text->line, text->why);
	outbox_words(run->out, text);
	nm_buf_addf(run->out, "    %s\n", text->body);
}

/* In words that are in doubt it does so for customers alone. */
static bool ends_texts(const struct invocation *run, const struct nm_inbound_entry *text)
{
	const struct nm_plan *plan = run->session->plan;
	nm_number from;

	if (plan == NULL)
		return nm_optout_read(text->body) != NM_OPTOUT_UNSAID;
	return nm_number_read(text->from, plan->country, &from, NULL) == NM_OK && nm_optout_by(plan, from, text->body);
}

/* It ended nothing, and may be meant for it. */
static bool perhaps_ends_texts(const struct invocation *run, const struct nm_inbound_entry *text)
{
	const struct nm_plan *plan = run->session->plan;
	nm_number from;

	return nm_optout_perhaps(text->body) &&
	       !(plan && nm_number_read(text->from, plan->country, &from, NULL) == NM_OK && nm_plan_owns(plan, from));
}

static void came_line(struct invocation *run, const struct nm_inbound_entry *text)
{
	char at[NM_TIME_TEXT];

	nm_time_words(session_zone(run->session), text->at, true, at);
	nm_buf_addf(run->out, "%s  %s: came from ", at, text->line);
	add_safe(run->out, text->from);
	nm_buf_addf(run->out, "%s\n    ",
		    ends_texts(run, text)	    ? ", who wants no more texts" :
		    perhaps_ends_texts(run, text) ? ", who may want no more texts" :
						    "");
	add_safe(run->out, text->body);
	nm_buf_add(run->out, "\n");
}

static void list_text(struct invocation *run, const struct listed *listed)
{
	size_t left = 0, came = 0;

	while (left < listed->left.n || came < listed->came.n) {
		if (came == listed->came.n ||
		    (left < listed->left.n && listed->left.items[left].at >= listed->came.items[came].at))
			left_line(run, &listed->left.items[left++]);
		else
			came_line(run, &listed->came.items[came++]);
	}
	if (!left && !came)
		nm_buf_add(run->out, "no text was sent, and none has come\n");
}

static void json_came(const struct invocation *run, struct nm_json *json, const struct nm_inbound_entry *text)
{
	const struct {
		const char *key, *value;
	} members[] = {
		{ "from", text->from },	    { "body", text->body }, { "line", text->line },
		{ "driver", text->driver }, { "carrier_id", text->carrier_id },
	};

	nm_json_object(json);
	nm_json_key(json, "id");
	nm_json_int(json, text->id);
	json_time(json, session_zone(run->session), "at", text->at);
	for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
		nm_json_key(json, members[i].key);
		nm_json_text(json, members[i].value);
	}
	nm_json_key(json, "opt_out");
	nm_json_bool(json, ends_texts(run, text));
	nm_json_key(json, "opt_out_perhaps");
	nm_json_bool(json, perhaps_ends_texts(run, text));
	nm_json_end(json, '}');
}

static void list_json(struct invocation *run, const struct listed *listed)
{
	const struct nm_zone *zone = session_zone(run->session);
	struct nm_json json;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "texts");
	nm_json_array(&json);
	for (size_t i = 0; i < listed->left.n; i++)
		json_outbox_text(&json, zone, &listed->left.items[i]);
	nm_json_end(&json, ']');
	nm_json_key(&json, "came");
	nm_json_array(&json);
	for (size_t i = 0; i < listed->came.n; i++)
		json_came(run, &json, &listed->came.items[i]);
	nm_json_end(&json, ']');
	json_finish(&json, run->out);
}

enum nm_code text_list(struct invocation *run, struct nm_error *err)
{
	struct listed listed = {.left = {.n = 0}};
	enum nm_code code = NM_OK;

	if (argument_given(run->args, "to") || run->args->n_words)
		code = nm_fail(err, NM_INPUT, "--list sends nothing: give it without --to and words");
	if (code == NM_OK)
		code = read_listed(run, &listed, err);
	if (code == NM_OK && run->json)
		list_json(run, &listed);
	else if (code == NM_OK)
		list_text(run, &listed);
	listed_clear(&listed);
	return code;
}

/* --- reading those that came --- */

static void read_line(struct invocation *run, const struct nm_inbound_line *line)
{
	const struct nm_plan *plan = run->session->plan;

	nm_buf_addf(run->out, "%s (%s): ", plan->lines[line->line].name, plan->accounts[line->account].driver);
	if (!line->listed) {
		nm_buf_add(run->out, "its carrier lists no texts that came; who opts out is known to that "
				     "carrier alone, when a text is refused\n");
		return;
	}
	if (line->words) {
		nm_buf_add(run->out, "not read: ");
		add_safe(run->out, line->words);
		nm_buf_add(run->out, "\n");
		return;
	}
	nm_buf_addf(run->out, "%zu new text%s", line->fresh, line->fresh == 1 ? "" : "s");
	if (line->optouts)
		nm_buf_addf(run->out, ", %zu that want%s no more", line->optouts, line->optouts == 1 ? "s" : "");
	if (line->odd)
		nm_buf_addf(run->out, "; %zu entr%s of the list described no text", line->odd,
			    line->odd == 1 ? "y" : "ies");
	if (line->full)
		nm_buf_add(run->out, "; so many came that some may be missing, a STOP among them");
	nm_buf_add(run->out, "\n");
}

static void read_json(struct invocation *run, const struct nm_inbound_reading *reading,
		      const struct nm_expired *expired)
{
	const struct nm_plan *plan = run->session->plan;
	struct nm_json json;

	nm_json_init(&json, run->out);
	nm_json_object(&json);
	nm_json_key(&json, "lines");
	nm_json_array(&json);
	for (size_t i = 0; i < reading->n; i++) {
		const struct nm_inbound_line *line = &reading->lines[i];

		nm_json_object(&json);
		nm_json_key(&json, "line");
		nm_json_text(&json, plan->lines[line->line].name);
		nm_json_key(&json, "driver");
		nm_json_text(&json, plan->accounts[line->account].driver);
		nm_json_key(&json, "listed");
		nm_json_bool(&json, line->listed);
		json_time(&json, session_zone(run->session), "since", line->since);
		nm_json_count(&json, "fresh", (int64_t)line->fresh);
		nm_json_count(&json, "opt_outs", (int64_t)line->optouts);
		nm_json_count(&json, "odd", (int64_t)line->odd);
		nm_json_key(&json, "full");
		nm_json_bool(&json, line->full);
		nm_json_key(&json, "words");
		nm_json_text(&json, line->words);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	expired_json(&json, expired);
	json_finish(&json, run->out);
}

enum nm_code text_read(struct invocation *run, struct nm_error *err)
{
	struct nm_inbound_reading reading = {.n = 0};
	struct nm_expired expired = {.texts = 0};
	struct nm_push_context context;
	struct nm_error why;
	enum nm_code code = need_write(run, err);

	if (code == NM_OK)
		code = session_push_context(run->session, &context, err);
	if (code != NM_OK)
		return code;
	code = nm_inbound_read(&context, &reading, err);
	if (reading.arena && nm_expire(context.store, context.plan, context.now, &expired, &why) && code == NM_OK)
		code = nm_fail(err, why.code, "%s", why.text);
	if (reading.arena && run->json)
		read_json(run, &reading, &expired);
	for (size_t i = 0; !run->json && i < reading.n; i++)
		read_line(run, &reading.lines[i]);
	if (!run->json)
		expired_words(run, &expired);
	if (code == NM_OK && !run->json && !reading.n)
		nm_buf_add(run->out, "no line of the plan is on an account that can send texts\n");
	nm_inbound_reading_clear(&reading);
	return code;
}

/* --- who wants none --- */

enum nm_code text_opt_out(struct invocation *run, struct nm_error *err)
{
	char words[NM_NUMBER_TEXT];
	struct nm_store *store;
	nm_number number = 0;
	enum nm_code code = need_write(run, err);

	if (code == NM_OK)
		code = of_option(nm_number_read(argument(run->args, "opt-out"), run->session->plan->country,
						&number, err),
				 "opt-out", err);
	if (code == NM_OK)
		code = session_store(run->session, &store, err);
	if (code == NM_OK)
		code = nm_store_optout_add(store, number, session_now(run->session), NM_OPTOUT_TOLD, err);
	if (code != NM_OK)
		return code;
	nm_number_words(number, words);
	nm_buf_addf(run->notes, "%s gets no texts any more, from no line, for good\n", words);
	return NM_OK;
}
