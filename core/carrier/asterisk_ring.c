/* SPDX-License-Identifier: MIT */
/* The contexts of a dialplan that ring: phones that are called for themselves, and what a caller gets. */
#include <stdio.h>
#include <string.h>

#include "core/ascii.h"
#include "core/carrier/asterisk_read.h"

/* Of a treatment: its steps, the greeting, the end. */
#define STATEMENTS_MAX (NM_STEPS_MAX * NM_ROUNDS_MAX + 16)

/* --- who is dialled --- */

/* The number that is dialled through the trunk; NULL when it is none, or another way. */
static const char *find_number(struct reader *r, const char *text)
{
	const size_t before = r->trunk.before_len, after = strlen(r->trunk.after), len = strlen(text);
	struct word number;

	if (len <= before + after || strncmp(text, r->trunk.before, before) != 0 ||
	    strcmp(text + len - after, r->trunk.after) != 0)
		return NULL;
	number = (struct word){ text + before, len - before - after };
	return nm_dialplan_is_number(number.at, number.len) ? nm_dialplan_text_of(r, number) : NULL;
}

/* "PJSIP/trunk/sip:sam@example.org" */
static const char *find_address(const struct reader *r, const char *text)
{
	const size_t len = r->endpoint != NULL ? strlen(r->endpoint) : 0;
	const char *address = text + 6 + len + 1;

	if (len == 0 || strncmp(text, "PJSIP/", 6) != 0 || strncmp(text + 6, r->endpoint, len) != 0 ||
	    text[6 + len] != '/' || !nm_dialplan_is_word(address, strlen(address)))
		return NULL;
	return (strncmp(address, "sip:", 4) == 0 || strncmp(address, "sips:", 5) == 0) &&
			       strchr(address, '/') == NULL
		       ? address
		       : NULL;
}

/* A phone that is dialled by itself; false when that is no way in which the account dials. */
static bool read_phone(struct reader *r, struct word word, struct nm_party *out)
{
	const char *text = nm_dialplan_text_of(r, word), *number = find_address(r, text);
	const struct nm_party *party;

	if (number == NULL)
		number = find_number(r, text);
	if (strcmp(text, r->handset) == 0)
		party = nm_facts_handset(&r->lifter.facts);
	else if (number != NULL)
		party = nm_facts_by_number(&r->lifter.facts, number);
	else
		return false;
	if (party == NULL)
		nm_dialplan_no_memory(r);
	else
		*out = *party;
	return party != NULL;
}

static const char *sound_text(const struct reader *r, struct word name)
{
	for (size_t i = 0; i < r->n_sounds; i++)
		if (strlen(r->sounds[i].name) == name.len &&
		    memcmp(r->sounds[i].name, name.at, name.len) == 0)
			return r->sounds[i].text;
	return NULL;
}

/* A voicemail by its mailbox; its greeting is what the comments say of its sound. */
static bool read_voicemail(struct reader *r, struct word mailbox, struct nm_party *out)
{
	const char *name, *sound;
	const struct nm_party *party;

	if (!nm_dialplan_name_read(mailbox.at, mailbox.len, r->arena, &name)) {
		if (name == NULL)
			nm_dialplan_no_memory(r);
		return false;
	}
	party = nm_facts_voicemail(&r->lifter.facts, name);
	sound = nm_arena_format(r->arena, NM_ASTERISK_SOUNDS "/voicemail/%.*s", (int)mailbox.len, mailbox.at);
	if (party == NULL || sound == NULL) {
		nm_dialplan_no_memory(r);
		return false;
	}
	*out = *party;
	out->greeting = sound_text(r, (struct word){ sound, strlen(sound) });
	return true;
}

static bool read_leg(struct reader *r, struct word word, struct nm_party *out)
{
	const char *text = nm_dialplan_text_of(r, word);
	char *end = NULL;
	size_t leg = 0;

	if (strncmp(text, "Local/", 6) != 0)
		return false;
	for (text += 6; nm_ascii_is_digit(*text) && leg <= r->n_legs; text++)
		leg = leg * 10 + (size_t)(*text - '0');
	end = strchr(text, '-');
	if (leg == 0 || leg > r->n_legs || *text != '@' || end == NULL)
		return false;
	text++;
	if (strncmp(text, r->base, strlen(r->base)) != 0 || strcmp(text + strlen(r->base), "-legs") != 0)
		return false;
	*out = r->legs[leg - 1];
	return true;
}

/* One of those that are joined by &. */
static bool read_token(struct reader *r, struct word word, bool beside, struct nm_party *out)
{
	static const char voicemail[] = "voicemail/";
	const size_t len = sizeof(voicemail) - 1;

	if (beside && word.len > len && memcmp(word.at, voicemail, len) == 0)
		return read_voicemail(r, (struct word){ word.at + len, word.len - len }, out);
	return read_leg(r, word, out) || read_phone(r, word, out);
}

static bool read_tokens(struct reader *r, struct word all, bool beside, struct nm_treatment_step *step)
{
	const char *end = all.at + all.len;
	size_t n = 1;

	for (const char *c = all.at; c < end; c++)
		n += *c == '&';
	if (n > NM_RING_MAX)
		return false;
	step->parties = nm_arena_alloc(r->arena, n, sizeof(*step->parties));
	if (step->parties == NULL) {
		nm_dialplan_no_memory(r);
		return false;
	}
	for (const char *c = all.at; step->n < n; step->n++) {
		const char *stop = memchr(c, '&', (size_t)(end - c));
		const struct word word = { c, (size_t)((stop != NULL ? stop : end) - c) };

		if (!read_token(r, word, beside, &step->parties[step->n]))
			return false;
		c += word.len + 1;
	}
	return true;
}

/* --- phones that are called for themselves --- */

static bool take_leg(struct reader *r, const char *name)
{
	struct nm_party *leg = &r->legs[r->n_legs];
	const char *number = r->lifter.facts.route->number;
	bool line_id = false, confirm = false;
	struct word shown, token;

	if (nm_dialplan_take(r, name, NM_DP_LEG_ID, &shown)) {
		if (strlen(number) != shown.len || memcmp(number, shown.at, shown.len) != 0) {
			r->at--;
			nm_dialplan_foreign(r, "another number than the line's is shown");
		}
		if (!nm_dialplan_take(r, "", NM_DP_LEG_SHOWN))
			nm_dialplan_foreign(r, NULL);
		line_id = true;
		name = "";
	}
	confirm = nm_dialplan_take(r, name, NM_DP_LEG_ACCEPT, &token);
	if (!confirm && !nm_dialplan_take(r, name, NM_DP_LEG, &token))
		return false;
	if (!read_phone(r, token, leg)) {
		r->at--;
		nm_dialplan_foreign(r, "it dials in another way than the account does");
	}
	if (!nm_dialplan_take(r, "", NM_DP_END)) {
		nm_dialplan_foreign(r, NULL);
		return false;
	}
	leg->confirm = confirm;
	leg->line_id = line_id;
	r->n_legs++;
	return true;
}

void nm_dialplan_read_legs(struct reader *r)
{
	bool more = nm_dialplan_take_context(r, "-legs");

	while (more) {
		char name[32];

		snprintf(name, sizeof(name), "%zu", r->n_legs + 1);
		more = take_leg(r, name);
	}
}

/* --- what a caller gets --- */

/* A treatment in the reading: its extension's name until its first statement is taken, then "". */
struct path {
	struct reader *r;
	const char *name;
	struct nm_treatment *treatment;
};

#define TAKE(path, ...) (nm_dialplan_take((path)->r, (path)->name, __VA_ARGS__) && ((path)->name = "", true))

/* That a sound is played, and which key is listened for; the same one in all of a file. */
static bool take_play(struct path *path, struct word *sound)
{
	struct reader *r = path->r;
	struct word pressed = { "#", 1 };

	if (r->lifter.key == 0 && TAKE(path, NM_DP_PLAY, sound))
		return true;
	if (!TAKE(path, NM_DP_LISTEN, sound))
		return false;
	if (!TAKE(path, NM_DP_HASH) && (!TAKE(path, NM_DP_PRESSED, &pressed) || pressed.len != 1 ||
					strchr("0123456789*", pressed.at[0]) == NULL)) {
		nm_dialplan_foreign(r, "no key of a telephone is listened for");
		return false;
	}
	if (r->lifter.key != 0 && r->lifter.key != pressed.at[0])
		nm_dialplan_foreign(r, "another key is listened for than before");
	r->lifter.key = pressed.at[0];
	return true;
}

static void read_greeting(struct path *path)
{
	struct nm_treatment *treatment = path->treatment;
	struct word sound;

	if (!TAKE(path, NM_DP_LASTS, &treatment->greeting_s) || treatment->greeting_s < 1 ||
	    treatment->greeting_s > NM_FOR_MAX || !take_play(path, &sound)) {
		nm_dialplan_foreign(path->r, NULL);
		return;
	}
	treatment->greeting = sound_text(path->r, sound);
	if (treatment->greeting == NULL || !TAKE(path, NM_DP_WAIT))
		nm_dialplan_foreign(path->r, "nothing tells what the sound before it says");
}

static void read_step(struct path *path, struct word tokens, enum nm_ring_time ring_time, int for_s)
{
	struct nm_treatment_step *step = &path->treatment->steps[path->treatment->n++];

	*step = (struct nm_treatment_step){
		.number = (int)path->treatment->n, .round = 1, .ring_time = ring_time, .for_s = for_s
	};
	if (!read_tokens(path->r, tokens, false, step) ||
	    (ring_time == NM_RING_TIMED && (for_s < 1 || for_s > NM_FOR_MAX))) {
		path->r->at--;
		nm_dialplan_foreign(path->r, "it dials in another way than the account does");
	}
}

static const struct nm_party *first_voicemail(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL)
			return &step->parties[i];
	return NULL;
}

static bool same_voicemail(const struct nm_party *a, const struct nm_party *b)
{
	return a != NULL && strcmp(a->name, b->name) == 0;
}

/* A voicemail, and who else would ring with it; the end of a treatment. */
static void read_end(struct path *path)
{
	struct reader *r = path->r;
	struct nm_treatment_step *step = &path->treatment->steps[path->treatment->n];
	struct nm_party *one = nm_arena_alloc(r->arena, 1, sizeof(*one));
	struct word beside = { NULL, 0 }, sound = { NULL, 0 }, mailbox, option;
	bool greets, known;

	if (one == NULL) {
		nm_dialplan_no_memory(r);
		return;
	}
	*step = (struct nm_treatment_step){ .number = (int)path->treatment->n + 1, .round = 1 };
	if (TAKE(path, NM_DP_BESIDE, &beside) && !read_tokens(r, beside, true, step)) {
		r->at--;
		nm_dialplan_foreign(r, "it dials in another way than the account does");
	}
	greets = take_play(path, &sound);
	if (!TAKE(path, NM_DP_VOICEMAIL, &mailbox, &option)) {
		nm_dialplan_foreign(r, NULL);
		return;
	}
	known = read_voicemail(r, mailbox, one) && option.len == 1 && option.at[0] == (greets ? 's' : 'u') &&
		(one->greeting != NULL) == greets && (!greets || sound_text(r, sound) == one->greeting) &&
		(beside.at == NULL || same_voicemail(first_voicemail(step), one));
	if (!known || !TAKE(path, NM_DP_END))
		nm_dialplan_foreign(r, "the voicemail before it is another one than its greeting");
	if (beside.at == NULL) {
		step->parties = one;
		step->n = 1;
	}
	path->treatment->n++;
}

/* How many statements the extension that begins here has. */
static size_t statements_of(const struct reader *r)
{
	size_t n = 1;

	while (r->at + n < r->n && r->statements[r->at + n].name[0] == '\0')
		n++;
	return n;
}

static void read_path(struct path *path)
{
	struct reader *r = path->r;
	const size_t most = statements_of(r);
	struct word tokens;
	int for_s = 0;

	if (most > STATEMENTS_MAX) {
		nm_dialplan_foreign(r, "no plan rings in so many steps");
		return;
	}
	path->treatment->verdict = NM_VERDICT_PATH;
	path->treatment->steps = nm_arena_alloc(r->arena, most, sizeof(*path->treatment->steps));
	if (path->treatment->steps == NULL) {
		nm_dialplan_no_memory(r);
		return;
	}
	if (TAKE(path, NM_DP_ANSWER))
		read_greeting(path);
	while (!nm_dialplan_failed(r)) {
		if (TAKE(path, NM_DP_DIAL, &tokens, &for_s)) {
			read_step(path, tokens, NM_RING_TIMED, for_s);
		} else if (TAKE(path, NM_DP_DIAL_ON, &tokens)) {
			read_step(path, tokens, NM_RING_HANDOVER, 0);
		} else if (TAKE(path, NM_DP_LOST)) {
			return;
		} else {
			read_end(path);
			return;
		}
	}
}

static bool is_rejection(struct path *path)
{
	if (TAKE(path, NM_DP_BUSY))
		path->treatment->reject = NM_REJECT_BUSY;
	else if (TAKE(path, NM_DP_REJECT))
		path->treatment->reject = NM_REJECT_SILENT;
	else
		return false;
	path->treatment->verdict = NM_VERDICT_REJECT;
	return true;
}

/* Treatment t<n>; false when there is none any more. */
static bool take_treatment(struct reader *r, const char *name)
{
	struct path path = { r, name, NULL };

	if (nm_dialplan_failed(r) || r->at == r->n || strcmp(r->statements[r->at].name, name) != 0 ||
	    r->statements[r->at].text == NULL)
		return false;
	path.treatment = nm_arena_alloc(r->arena, 1, sizeof(*path.treatment));
	if (path.treatment == NULL) {
		nm_dialplan_no_memory(r);
		return false;
	}
	if (!is_rejection(&path))
		read_path(&path);
	r->treatments[r->n_treatments++] = path.treatment;
	return !nm_dialplan_failed(r);
}

static void read_accept(struct reader *r)
{
	bool any = false;

	for (size_t i = 0; i < r->n_legs; i++)
		any = any || r->legs[i].confirm;
	if (any && (!nm_dialplan_take_context(r, "-accept") || !nm_dialplan_take(r, "s", NM_DP_ASK) ||
		    !nm_dialplan_take(r, "", NM_DP_ACCEPTS) || !nm_dialplan_take(r, "", NM_DP_REFUSES) ||
		    !nm_dialplan_take(r, "", "same => n(yes)," NM_DP_RETURN)))
		nm_dialplan_foreign(r, NULL);
}

void nm_dialplan_read_ring(struct reader *r)
{
	bool more = nm_dialplan_take_context(r, "-ring");

	if (!more)
		nm_dialplan_foreign(r, NULL);
	while (more) {
		char name[32];

		snprintf(name, sizeof(name), "t%zu", r->n_treatments);
		more = take_treatment(r, name);
	}
	if (nm_dialplan_take(r, "urgent", NM_DP_URGENT_1)) {
		if (!nm_dialplan_take(r, "", NM_DP_NO_KEY) || !nm_dialplan_take(r, "", NM_DP_URGENT_2))
			nm_dialplan_foreign(r, NULL);
	} else if (r->lifter.key != 0) {
		nm_dialplan_foreign(r, "a key is listened for that leads nowhere");
	}
	read_accept(r);
	if (r->at < r->n)
		nm_dialplan_foreign(r, NULL);
}
