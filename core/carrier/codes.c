/* SPDX-License-Identifier: MIT */
/*
 * The star codes that the owner of a phone dials.  https://www.3gpp.org/DynaReport/22030.htm has those of GSM;
 * codes_table.c has all that are known, and who says so.
 *
 * Comes in: a route that is the same all the time.  Goes out: what is to be dialled now, in order, so that the
 * phone then does what the route says whatever was dialled before.  Nothing can be read back.
 */
#include <stdarg.h>
#include <string.h>

#include "core/carrier/codes_table.h"
#include "core/carrier/drivers.h"
#include "core/carrier/hand.h"

#define LIST "codes"
#define TEXT_MAX 16384
#define STEP_S 5 /* 3GPP: 5 to 30 s in steps of 5 */
#define LEAST_S 5
#define MOST_S 30

/* A rendering under way. */
struct work {
	struct nm_arena *arena;
	struct nm_codes codes;
	struct nm_hand hand;
	struct nm_buf dial, back, notes;
	struct nm_error *err;
};

static bool timed(const struct nm_codes *codes)
{
	const struct nm_codes_row *row = codes->rows[NM_CODES_NO_ANSWER];

	return row != NULL && strstr(row->set, "{seconds}") != NULL;
}

static void adapt(const struct nm_account *account, struct nm_traits *traits)
{
	const bool both = !nm_codes_has(account, NM_CODES_NO_ANSWER);

	traits->busy = nm_codes_has(account, both ? NM_CODES_NO_ANSWER_BUSY : NM_CODES_BUSY) ? NM_FAILING_SENT_ON
											     : NM_FAILING_UNKNOWN;
	traits->unreachable =
		nm_codes_has(account, NM_CODES_UNREACHABLE) ? NM_FAILING_SENT_ON : NM_FAILING_UNKNOWN;
	if (nm_codes_timed(account))
		return;
	traits->handset_untimed = true;
	traits->ring_min_s = traits->ring_max_s = 0;
	traits->ring_step_s = 1;
}

/* --- codes as they are dialled --- */

/* A code with what belongs in its holes; NULL: memory. */
static const char *filled(const struct work *w, const char *code, int ring_s)
{
	struct nm_buf out;
	const char *text;

	nm_buf_init(&out, 512);
	while (*code != '\0') {
		const size_t plain = strcspn(code, "{");

		nm_buf_addn(&out, code, plain);
		code += plain;
		if (strncmp(code, "{number}", 8) == 0)
			nm_buf_add(&out, w->hand.target->number);
		else if (strncmp(code, "{national}", 10) == 0)
			nm_buf_add(&out, w->hand.target->number + 2);
		else if (*code != '\0')
			nm_buf_addf(&out, "%d", ring_s);
		code += strcspn(code, "}");
		code += *code != '\0';
	}
	text = out.failed ? NULL : nm_arena_text(w->arena, out.data);
	nm_buf_clear(&out);
	return text;
}

static enum nm_code add_line(struct work *w, struct nm_buf *out, const struct nm_codes_row *row, bool set,
			     const char *words)
{
	const char *code;

	if (set && strstr(row->set, "{national}") != NULL &&
	    (strncmp(w->hand.target->number, "+1", 2) != 0 || strlen(w->hand.target->number) != 12))
		return nm_fail(w->err, NM_INPUT, "%s of %s takes ten digits, which %s has not", row->set,
			       row->carrier, w->hand.target->number);
	code = filled(w, set ? row->set : row->cancel, w->hand.ring_s);
	if (code == NULL || words == NULL)
		return nm_fail_memory(w->err);
	if (row->verified)
		nm_buf_addf(out, "%-28s  %s\n", code, words);
	else
		nm_buf_addf(out, "%-28s  %s (not verified: %s)\n", code, words, row->source);
	return NM_OK;
}

static const char *words_of(const struct work *w, enum nm_codes_for what)
{
	const char *name = w->hand.target->name;

	switch (what) {
	case NM_CODES_ALL:
		return nm_arena_format(w->arena, "EVERY call goes to %s: this phone rings no more",
				       w->hand.target_words);
	case NM_CODES_NO_ANSWER:
		if (timed(&w->codes))
			return nm_arena_format(w->arena, "calls not answered after %d s go to %s",
					       w->hand.ring_s, name);
		return nm_arena_format(w->arena, "calls not answered go to %s", name);
	case NM_CODES_BUSY:
		return nm_arena_format(w->arena, "calls while it is busy go to %s", name);
	case NM_CODES_NO_ANSWER_BUSY:
		return nm_arena_format(w->arena, "calls not answered, and while it is busy, go to %s", name);
	case NM_CODES_UNREACHABLE:
		return nm_arena_format(w->arena, "calls while it cannot be reached go to %s", name);
	case NM_CODES_EVERYTHING:
	case NM_CODES_KINDS:
		break;
	}
	return NULL;
}

static const char *back_words(enum nm_codes_for what)
{
	static const char *const words[NM_CODES_KINDS] = {
		[NM_CODES_ALL] = "no longer forwards every call",
		[NM_CODES_NO_ANSWER] = "no longer forwards calls not answered",
		[NM_CODES_BUSY] = "no longer forwards calls while it is busy",
		[NM_CODES_NO_ANSWER_BUSY] = "no longer forwards calls not answered, and while it is busy",
		[NM_CODES_UNREACHABLE] = "no longer forwards calls while it cannot be reached",
		[NM_CODES_EVERYTHING] = "takes back every forward: this phone alone rings",
	};

	return words[what];
}

/* --- notes: who says so, and what goes wrong --- */

/* A line once, whatever says it. */
__attribute__((format(printf, 2, 3))) static void note(struct work *w, const char *format, ...)
{
	struct nm_buf line;
	va_list args;

	nm_buf_init(&line, TEXT_MAX);
	va_start(args, format);
	nm_buf_vaddf(&line, format, args);
	va_end(args);
	if (line.failed)
		w->notes.failed = true;
	else if (strstr(w->notes.data, line.data) == NULL)
		nm_buf_addf(&w->notes, "%s\n", line.data);
	nm_buf_clear(&line);
}

static void note_source(struct work *w, const struct nm_codes_row *row, bool set)
{
	const char *code = row->set != NULL ? row->set : row->cancel;
	const int bare = (int)strcspn(code, "{"); /* the same for every target */

	if (row->verified)
		note(w, "source of the codes of %s: %s", row->carrier, row->source);
	else
		note(w, "%.*s is not verified (%s): call the line from another phone after dialling it", bare,
		     code, row->source);
	if (set && row->note != NULL)
		note(w, "%.*s: %s", bare, code, row->note);
}

/* The seconds can be dialled: what is left to do against a voicemail on the phone itself. */
static void note_shorter(struct work *w)
{
	const int own_s = w->hand.handset->own_voicemail_s;
	const int shorter_s = (own_s - 1) / STEP_S * STEP_S;
	const char *code;

	if (own_s > w->hand.ring_s)
		return;
	if (shorter_s < LEAST_S) {
		note(w,
		     "if a voicemail on the phone itself still picks up first, switch it off there, or let the path "
		     "ring the phone for a shorter time; the cost: less time to answer");
		return;
	}
	code = filled(w, w->codes.rows[NM_CODES_NO_ANSWER]->set, shorter_s);
	if (code == NULL)
		w->notes.failed = true;
	else
		note(w,
		     "if a voicemail on the phone itself still picks up first, let the path ring it for %d s, "
		     "which is %s; the cost: less time to answer",
		     shorter_s, code);
}

/* The phone's own voicemail is before the forward, or may be: what mends it, and what that costs. */
static void note_trap(struct work *w)
{
	const int own_s = w->hand.handset->own_voicemail_s;
	const char *name = w->hand.handset->name, *then = w->hand.target->name;

	if (own_s == NM_OWN_VOICEMAIL_NONE)
		return;
	if (own_s == NM_OWN_VOICEMAIL_UNKNOWN)
		note(w,
		     "when the voicemail of %s's own phone picks up is not known: where it does so before the "
		     "call goes on, it has the call and %s never rings",
		     name, then);
	else if (!timed(&w->codes) || own_s <= w->hand.ring_s)
		note(w,
		     "the voicemail of %s's own phone picks up after %d s: where it does so before the call "
		     "goes on, it has the call and %s never rings",
		     name, own_s, then);
	if (!timed(&w->codes)) {
		note(w,
		     "how long the phone rings cannot be dialled here: ask the carrier for fewer rings, or to take "
		     "its voicemail off; the cost of the latter: it is not reached any more");
		return;
	}
	note(w,
	     "a voicemail of the carrier's is in general itself where calls go that are not answered (not verified "
	     "for your carrier): the code for these takes its place; the cost: it is not reached any more");
	note_shorter(w);
}

static void note_missing(struct work *w, enum nm_codes_for what, const char *when)
{
	if (w->codes.rows[what] == NULL)
		note(w, "no code of %s is known for calls %s: what becomes of them is not known",
		     w->codes.carrier, when);
}

/* --- the three things that can be dialled --- */

/* Is a line of the list about this code already? */
static bool listed(const char *list, const char *code)
{
	const size_t len = strlen(code);

	while (*list != '\0') {
		if (strncmp(list, code, len) == 0 && list[len] == ' ')
			return true;
		list += strcspn(list, "\n");
		list += *list == '\n';
	}
	return false;
}

/* Codes that cancel, each once. */
static enum nm_code add_cancel(struct work *w, struct nm_buf *out, enum nm_codes_for what)
{
	const struct nm_codes_row *row = w->codes.rows[what];

	if (row == NULL)
		return NM_OK;
	note_source(w, row, false);
	return listed(out->data, row->cancel) ? NM_OK : add_line(w, out, row, false, back_words(what));
}

static enum nm_code add_set(struct work *w, enum nm_codes_for what)
{
	const struct nm_codes_row *row = w->codes.rows[what];
	enum nm_code code;

	if (row == NULL)
		return NM_OK;
	note_source(w, row, true);
	code = add_line(w, &w->dial, row, true, words_of(w, what));
	return code == NM_OK ? add_cancel(w, &w->back, what) : code;
}

static enum nm_code forward_all(struct work *w)
{
	if (w->codes.rows[NM_CODES_ALL] == NULL)
		return nm_fail(w->err, NM_INPUT, "no code of %s is known that forwards every call to %s",
			       w->codes.carrier, w->hand.target_words);
	return add_set(w, NM_CODES_ALL);
}

/* First what would hide the others is taken back. */
static enum nm_code forward_rest(struct work *w)
{
	const bool both = w->codes.rows[NM_CODES_NO_ANSWER] == NULL;
	enum nm_code code;

	if (both && w->codes.rows[NM_CODES_NO_ANSWER_BUSY] == NULL)
		return nm_fail(
			w->err, NM_INPUT,
			"no code of %s is known that forwards calls not answered: write one into a codes_file, or "
			"let the path begin with %s",
			w->codes.carrier, w->hand.target->name);
	note_trap(w);
	if (w->codes.rows[NM_CODES_ALL] != NULL)
		note(w,
		     "%s comes first: while every call is forwarded the other forwards are in general hidden "
		     "(not verified for your carrier)",
		     w->codes.rows[NM_CODES_ALL]->cancel);
	code = add_cancel(w, &w->dial, NM_CODES_ALL);
	if (code == NM_OK)
		code = add_set(w, both ? NM_CODES_NO_ANSWER_BUSY : NM_CODES_NO_ANSWER);
	if (code == NM_OK && !both)
		code = add_set(w, NM_CODES_BUSY);
	if (code == NM_OK)
		code = add_set(w, NM_CODES_UNREACHABLE);
	if (!both)
		note_missing(w, NM_CODES_BUSY, "while it is busy");
	note_missing(w, NM_CODES_UNREACHABLE, "while it cannot be reached");
	return code;
}

static enum nm_code forward_nothing(struct work *w)
{
	enum nm_code code = NM_OK;

	if (w->codes.rows[NM_CODES_EVERYTHING] != NULL)
		code = add_cancel(w, &w->dial, NM_CODES_EVERYTHING);
	else
		for (int what = NM_CODES_ALL; what < NM_CODES_EVERYTHING && code == NM_OK; what++)
			code = add_cancel(w, &w->dial, (enum nm_codes_for)what);
	note(w,
	     "the carrier's voicemail may be one of the forwards that are taken back (not verified for your "
	     "carrier): the cost then: it is not reached any more");
	return code;
}

/* --- the driver --- */

static enum nm_code add_part(struct nm_artefact *artefact, const char *name, const struct nm_buf *text,
			     struct nm_error *err)
{
	if (text->failed)
		return nm_fail_memory(err);
	return text->len == 0 ? NM_OK
			      : nm_artefact_add(artefact, name, "text/plain", text->data, text->len, err);
}

static enum nm_code write_parts(struct work *w, struct nm_artefact *out)
{
	struct nm_artefact artefact = { 0 };
	enum nm_code code = nm_hand_write(&w->hand, LIST, &w->dial, &artefact, w->err);

	if (code == NM_OK)
		code = add_part(&artefact, "to take it back", &w->back, w->err);
	if (code == NM_OK)
		code = add_part(&artefact, "notes", &w->notes, w->err);
	if (code == NM_OK)
		*out = artefact;
	else
		nm_artefact_clear(&artefact);
	return code;
}

static enum nm_code render(const struct nm_route *route, const struct nm_account *account, nm_time at,
			   struct nm_artefact *out, struct nm_error *err)
{
	struct work w = { .arena = nm_arena_new(), .err = err };
	enum nm_code code;

	if (w.arena == NULL)
		return nm_fail_memory(err);
	nm_buf_init(&w.dial, TEXT_MAX);
	nm_buf_init(&w.back, TEXT_MAX);
	nm_buf_init(&w.notes, TEXT_MAX);
	code = nm_codes_find(account, w.arena, &w.codes, err);
	if (code == NM_OK)
		code = nm_hand_read(route, at, w.arena, &w.hand, err);
	if (w.hand.ring_s == 0)
		w.hand.ring_s = MOST_S;
	if (code == NM_OK && w.hand.target == NULL)
		code = forward_nothing(&w);
	else if (code == NM_OK)
		code = w.hand.handset == NULL ? forward_all(&w) : forward_rest(&w);
	if (code == NM_OK)
		code = write_parts(&w, out);
	nm_buf_clear(&w.dial);
	nm_buf_clear(&w.back);
	nm_buf_clear(&w.notes);
	nm_arena_free(w.arena);
	return code;
}

static enum nm_step_result step(struct nm_exchange *exchange, const struct nm_response *last,
				struct nm_request *next)
{
	return nm_hand_step(exchange, LIST, "DIAL", last, next);
}

static enum nm_code check_account(const struct nm_account *account, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	struct nm_codes codes;
	enum nm_code code = arena != NULL ? nm_codes_find(account, arena, &codes, err) : nm_fail_memory(err);

	nm_arena_free(arena);
	return code;
}

static const struct nm_account_key keys[] = {
	{ "carrier", "text",
	  "whose codes: gsm, att, tmobile, verizon, uscellular, landline, att-landline, or your own", true },
	{ "codes_file", "text", "file with codes of your own", false },
	{ NULL, NULL, NULL, false },
};

const struct nm_carrier nm_carrier_codes = {
	.name = "codes",
	.summary = "any mobile or landline carrier, by the star codes that its owner dials",
	.docs_url = "https://www.3gpp.org/DynaReport/22030.htm",
	.traits = {
		.by_hand = true,
		.steps_max = 1,
		.ring_min_s = LEAST_S,
		.ring_max_s = MOST_S,
		.ring_step_s = STEP_S,
		.confirm = NM_CONFIRM_NONE,
		.handset = NM_HANDSET_FIRST,
		.handset_at_rest = true,
		.records_late_s = -1,
	},
	.keys = keys,
	.account = check_account,
	.adapt = adapt,
	.render = render,
	.lift = NULL,
	.step = step,
};
