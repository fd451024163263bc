/* SPDX-License-Identifier: MIT */
/* The contexts of a dialplan that ring.  In: treatments.  Out: who is dialled, and what is played. */
#include <string.h>

#include "core/carrier/asterisk_write.h"

/* --- the head: what sounds say --- */

/* Of a path's greeting; a path that nobody named is the line's. */
static const char *path_sound(struct writer *w, const struct nm_treatment *treatment)
{
	return nm_writer_name(w, NM_ASTERISK_SOUNDS "/path/",
			      treatment->path != NULL ? treatment->path : w->route->line);
}

static const char *voicemail_sound(struct writer *w, const struct nm_party *party)
{
	return nm_writer_name(w, NM_ASTERISK_SOUNDS "/voicemail/", party->name);
}

/* Each sound once, and never of two texts. */
static void write_sound(struct writer *w, const char *name, const char *text)
{
	for (size_t i = 0; i < w->n_sounds; i++)
		if (strcmp(w->sounds[i].name, name) == 0) {
			if (strcmp(w->sounds[i].text, text) != 0)
				nm_writer_refuse(w, "two greetings would be the sound %s", name);
			return;
		}
	if (!nm_grow((void **)&w->sounds, &w->sounds_capacity, w->n_sounds + 1, sizeof(*w->sounds))) {
		nm_writer_kept(w, NULL);
		return;
	}
	w->sounds[w->n_sounds++] = (struct said){ name, text };
	nm_dialplan_sound(name, text, w->out);
}

void nm_writer_sounds(struct writer *w, const struct nm_treatment *treatment)
{
	if (treatment->greeting != NULL)
		write_sound(w, path_sound(w, treatment), treatment->greeting);
	for (size_t s = 0; s < treatment->n; s++)
		for (size_t p = 0; p < treatment->steps[s].n; p++) {
			const struct nm_party *party = &treatment->steps[s].parties[p];

			if (party->kind == NM_VOICEMAIL && party->greeting != NULL)
				write_sound(w, voicemail_sound(w, party), party->greeting);
		}
}

/* --- who is dialled --- */

static const char *address_token(struct writer *w, const struct nm_party *party)
{
	const char *endpoint = nm_dialplan_trunk_endpoint(w->trunk);

	if (endpoint == NULL || !nm_dialplan_is_word(party->number, strlen(party->number)) ||
	    strchr(party->number, '/') != NULL) {
		nm_writer_refuse(
			w,
			"%.80s of %.60s cannot be dialled by Asterisk: an address of letters, digits "
			"and + - _ . : @ only would",
			party->number, party->name);
		return "";
	}
	return nm_writer_kept(w, nm_arena_format(w->arena, "PJSIP/%s/%s", endpoint, party->number));
}

static const char *token_of(struct writer *w, const struct nm_party *party)
{
	if (party->kind == NM_VOICEMAIL)
		return nm_writer_name(w, "voicemail/", party->name);
	if (party->native)
		return w->handset;
	if (strncmp(party->number, "sip", 3) == 0)
		return address_token(w, party);
	if (!nm_dialplan_is_number(party->number, strlen(party->number))) {
		nm_writer_refuse(w, "%.80s of %.60s is no number of 7 to 15 digits with its country code",
				 party->number, party->name);
		return "";
	}
	return nm_writer_kept(w, nm_arena_format(w->arena, "%.*s%s%s", (int)w->trunk->before_len,
						 w->trunk->before, party->number, w->trunk->after));
}

static const struct nm_party *voicemail_of(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL)
			return &step->parties[i];
	return NULL;
}

/* Its number, counted from 1, new or as before; 0 for one that is dialled without a call of its own. */
static size_t leg_of(struct writer *w, const struct nm_party *party)
{
	const struct leg leg = { token_of(w, party), party->confirm, party->line_id };

	if (party->kind == NM_VOICEMAIL || (!leg.confirm && !leg.line_id))
		return 0;
	for (size_t i = 0; i < w->n_legs; i++)
		if (w->legs[i].confirm == leg.confirm && w->legs[i].line_id == leg.line_id &&
		    strcmp(w->legs[i].token, leg.token) == 0)
			return i + 1;
	if (!nm_grow((void **)&w->legs, &w->legs_capacity, w->n_legs + 1, sizeof(leg))) {
		nm_writer_kept(w, NULL);
		return 0;
	}
	w->legs[w->n_legs++] = leg;
	return w->n_legs;
}

static const char *tokens_of(struct writer *w, const struct nm_treatment_step *step)
{
	struct nm_buf text;
	const char *copy;

	nm_buf_init(&text, 65536);
	for (size_t i = 0; i < step->n; i++) {
		const size_t leg = leg_of(w, &step->parties[i]);

		nm_buf_add(&text, i > 0 ? "&" : "");
		if (leg > 0)
			nm_buf_addf(&text, "Local/%zu@%s-legs", leg, w->base);
		else
			nm_buf_add(&text, token_of(w, &step->parties[i]));
	}
	copy = text.failed ? NULL : nm_arena_text(w->arena, text.data);
	nm_buf_clear(&text);
	return nm_writer_kept(w, copy);
}

/* Of everybody who is ever rung: nobody gets past a voicemail. */
void nm_writer_number_legs(struct writer *w, const struct nm_treatment *treatment)
{
	bool ended = false;

	for (size_t s = 0; s < treatment->n && !ended; s++) {
		for (size_t p = 0; p < treatment->steps[s].n; p++)
			leg_of(w, &treatment->steps[s].parties[p]);
		ended = voicemail_of(&treatment->steps[s]) != NULL;
	}
}

/* --- what a caller gets --- */

void nm_writer_legs(struct writer *w)
{
	if (w->n_legs > 0)
		nm_writer_context(w, "-legs");
	for (size_t i = 0; i < w->n_legs; i++) {
		const struct leg *leg = &w->legs[i];

		nm_writer_begin(w, "%zu", i + 1);
		if (leg->line_id) {
			nm_writer_say(w, NM_DP_LEG_ID, (int)strlen(w->route->number), w->route->number);
			nm_writer_say(w, NM_DP_LEG_SHOWN);
		}
		if (leg->confirm)
			nm_writer_say(w, NM_DP_LEG_ACCEPT, (int)strlen(leg->token), leg->token, w->base);
		else
			nm_writer_say(w, NM_DP_LEG, (int)strlen(leg->token), leg->token);
		nm_writer_say(w, NM_DP_END);
	}
}

/* A sound is not on every server: neither application ends the call when it is missing. */
static void write_play(struct writer *w, const char *sound)
{
	const char key = w->route->key;

	if (key == 0) {
		nm_writer_say(w, NM_DP_PLAY, (int)strlen(sound), sound);
		return;
	}
	nm_writer_say(w, NM_DP_LISTEN, (int)strlen(sound), sound);
	if (key == '#')
		nm_writer_say(w, NM_DP_HASH);
	else
		nm_writer_say(w, NM_DP_PRESSED, 1, &key);
}

static void write_greeting(struct writer *w, const struct nm_treatment *treatment)
{
	if (treatment->greeting == NULL)
		return;
	nm_writer_say(w, NM_DP_ANSWER);
	nm_writer_say(w, NM_DP_LASTS, treatment->greeting_s);
	write_play(w, path_sound(w, treatment));
	nm_writer_say(w, NM_DP_WAIT);
}

static void write_voicemail(struct writer *w, const struct nm_treatment_step *step,
			    const struct nm_party *voicemail)
{
	const char *name = nm_writer_name(w, "", voicemail->name), *tokens = tokens_of(w, step);

	if (strlen(name) > NM_DP_NAME_MAX)
		nm_writer_refuse(
			w, "voicemail %.60s makes a mailbox of over %d characters: a shorter name would do",
			voicemail->name, NM_DP_NAME_MAX);
	if (step->n > 1)
		nm_writer_say(w, NM_DP_BESIDE, (int)strlen(tokens), tokens);
	if (voicemail->greeting != NULL)
		write_play(w, voicemail_sound(w, voicemail));
	nm_writer_say(w, NM_DP_VOICEMAIL, (int)strlen(name), name, 1,
		      voicemail->greeting != NULL ? "s" : "u");
	nm_writer_say(w, NM_DP_END);
}

static void write_path(struct writer *w, const struct nm_treatment *treatment)
{
	write_greeting(w, treatment);
	for (size_t s = 0; s < treatment->n; s++) {
		const struct nm_treatment_step *step = &treatment->steps[s];
		const struct nm_party *voicemail = voicemail_of(step);
		const char *tokens = tokens_of(w, step);

		if (voicemail != NULL) {
			write_voicemail(w, step, voicemail);
			return;
		}
		if (step->n > 0 && step->ring_time == NM_RING_HANDOVER)
			nm_writer_say(w, NM_DP_DIAL_ON, (int)strlen(tokens), tokens);
		else if (step->n > 0)
			nm_writer_say(w, NM_DP_DIAL, (int)strlen(tokens), tokens, step->for_s);
	}
	nm_writer_say(w, NM_DP_LOST);
}

void nm_writer_accept(struct writer *w)
{
	bool any = false;

	for (size_t i = 0; i < w->n_legs; i++)
		any = any || w->legs[i].confirm;
	if (!any)
		return;
	nm_writer_context(w, "-accept");
	nm_writer_begin(w, "s");
	nm_writer_say(w, NM_DP_ASK);
	nm_writer_say(w, NM_DP_ACCEPTS);
	nm_writer_say(w, NM_DP_REFUSES);
	nm_buf_add(w->out, " same => n(yes)," NM_DP_RETURN "\n");
}

void nm_writer_ring(struct writer *w)
{
	const struct nm_route *route = w->route;

	nm_writer_context(w, "-ring");
	for (size_t t = 0; t < route->n_treatments; t++) {
		const struct nm_treatment *treatment = route->treatments[t];

		nm_writer_begin(w, "t%zu", t);
		if (treatment->verdict == NM_VERDICT_PATH)
			write_path(w, treatment);
		else if (treatment->verdict == NM_VERDICT_LOST)
			nm_writer_say(w, NM_DP_LOST);
		else
			nm_writer_say(w, "%s",
				      treatment->reject == NM_REJECT_BUSY ? NM_DP_BUSY : NM_DP_REJECT);
	}
	if (route->key == 0)
		return;
	nm_writer_begin(w, "urgent");
	nm_writer_say(w, NM_DP_URGENT_1);
	nm_writer_say(w, NM_DP_NO_KEY);
	nm_writer_say(w, NM_DP_URGENT_2);
}
