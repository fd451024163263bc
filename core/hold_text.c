/* SPDX-License-Identifier: MIT */
/*
 * The texts of one treatment cut down to what a carrier can send: to missed callers, and to the people whom an
 * emergency alerts.  Comes in: a treatment and traits.  Goes out: what is left of it, and a loss for the rest.
 */
#include <string.h>

#include "core/hold_private.h"
#include "nevermiss/agent.h"

/* One sender a line: where the carrier's own artefact texts, nobody else looks whether it may. */
static void cut_text(struct nm_cut *cut)
{
	const enum nm_texting texting = cut->traits->texting;
	struct nm_treatment *treatment = cut->treatment;

	if (treatment->text_back == NULL || texting == NM_TEXTING_ALL)
		return;
	if (texting == NM_TEXTING_NONE) {
		nm_cut_lose(cut, NULL, "this carrier sends no text by itself", NULL,
			    "no text goes back from it");
		treatment->text_back = NULL;
		return;
	}
	nm_cut_lose(cut, NULL,
		    "the text that this carrier sends keeps neither once_per nor opt-outs, no caps and no countries",
		    NULL, "whoever is missed gets it each time, also one who wants no more or calls from abroad");
	treatment->text_always = true;
}

/* Where the carrier has records of calls, the agent texts whom the carrier does not (alerts.h). */
static bool agent_alerts(const struct nm_cut *cut)
{
	return cut->traits->records_late_s >= 0;
}

static const char *none_instead(const struct nm_cut *cut)
{
	char late[NM_TIME_TEXT];

	if (!agent_alerts(cut))
		return "nobody is texted when an emergency call arrives; the people learn of it only when their "
		       "phone rings";
	nm_duration_words(nm_agent_log_late_s(&(struct nm_carrier){ .traits = *cut->traits }), late);
	return nm_arena_format(cut->words, "the agent texts them, once it has the record of the call: up to %s late", late);
}

static const char *then_instead(const struct nm_cut *cut, const char *name)
{
	if (!agent_alerts(cut))
		return nm_arena_format(cut->words, "%s (then_alert) is not texted when nobody acknowledges", name);
	return nm_arena_format(cut->words,
			       "the agent texts %s (then_alert) when nobody acknowledges, but not where only the key made it "
			       "an emergency",
			       name);
}

/* Whom this carrier cannot text, as a loss; false: it can. */
static bool lose_alert(struct nm_cut *cut, const struct nm_alert *alert)
{
	const char *own = cut->handset->number;

	if (alert->after_s > 0) {
		nm_cut_lose(cut, NULL, "an alert cannot be acknowledged at this carrier", NULL,
			    then_instead(cut, alert->name));
		return true;
	}
	if (own == NULL || strcmp(alert->number, own) != 0)
		return false;
	nm_cut_lose(
		cut, NULL, "an alert cannot go to the line's own number", NULL,
		nm_arena_format(cut->words, "%s is not texted when an emergency call arrives", alert->name));
	return true;
}

static void cut_alerts(struct nm_cut *cut)
{
	const enum nm_alerting alerting = cut->traits->alerts;
	const struct nm_alerts *from = &cut->treatment->alerts;
	struct nm_alerts left = { .text = from->text, .pos = from->pos };

	if (from->n == 0 || alerting == NM_ALERTING_ALL)
		return;
	left.items = nm_arena_alloc(cut->arena, from->n, sizeof(*left.items));
	if (left.items == NULL) {
		cut->failed = true;
		return;
	}
	if (alerting == NM_ALERTING_NONE)
		nm_cut_lose(cut, NULL, "this carrier alerts nobody", NULL, none_instead(cut));
	for (size_t i = 0; i < from->n && alerting == NM_ALERTING_AT_ONCE; i++)
		if (!lose_alert(cut, &from->items[i]))
			left.items[left.n++] = from->items[i];
	cut->treatment->alerts = left.n > 0 ? left : (struct nm_alerts){ 0 };
}

void nm_cut_texts(struct nm_cut *cut)
{
	cut_text(cut);
	cut_alerts(cut);
}
