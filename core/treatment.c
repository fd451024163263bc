/* SPDX-License-Identifier: MIT */
/*
 * Treatments compared and put into words.  In: treatments, from a plan or from a carrier; out: whether
 * a caller could notice a difference, and one line that says who is rung.  Knows no plan.
 */
#include "nevermiss/decide.h"

#include <string.h>

static bool text_equal(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool party_equal(const struct nm_party *a, const struct nm_party *b)
{
	if ((a->kind == NM_VOICEMAIL) != (b->kind == NM_VOICEMAIL))
		return false;
	if (a->kind == NM_VOICEMAIL)
		return text_equal(a->name, b->name) && text_equal(a->greeting, b->greeting);
	if (!text_equal(a->line, b->line) || a->native != b->native)
		return false;
	if (a->confirm != b->confirm || a->line_id != b->line_id)
		return false;
	return a->number && b->number ? !strcmp(a->number, b->number) : text_equal(a->name, b->name);
}

static bool takes_voicemail(const struct nm_treatment_step *step)
{
	for (size_t i = 0; i < step->n; i++)
		if (step->parties[i].kind == NM_VOICEMAIL)
			return true;
	return false;
}

/* A voicemail takes the call at once: for how long the step would ring does not show. */
static bool step_equal(const struct nm_treatment_step *a, const struct nm_treatment_step *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!party_equal(&a->parties[i], &b->parties[i]))
			return false;
	if (takes_voicemail(a))
		return true;
	return a->ring_time == b->ring_time && (a->ring_time != NM_RING_TIMED || a->for_s == b->for_s);
}

static size_t next_rung(const struct nm_treatment *treatment, size_t i)
{
	while (i < treatment->n && treatment->steps[i].n == 0)
		i++;
	return i;
}

/* No rule, or a path on which nobody is there: a caller cannot tell one from the other. */
static bool reaches_nobody(const struct nm_treatment *treatment)
{
	return treatment->verdict == NM_VERDICT_LOST ||
	       (treatment->verdict == NM_VERDICT_PATH && treatment->greeting_s == 0 &&
		next_rung(treatment, 0) == treatment->n);
}

bool nm_treatment_greets(const struct nm_treatment *treatment)
{
	if (treatment->greeting != NULL)
		return true;
	for (size_t i = 0; i < treatment->n; i++)
		for (size_t j = 0; j < treatment->steps[i].n; j++)
			if (treatment->steps[i].parties[j].kind == NM_VOICEMAIL &&
			    treatment->steps[i].parties[j].greeting != NULL)
				return true;
	return false;
}

static bool texts_equal(const struct nm_treatment *a, const struct nm_treatment *b)
{
	return text_equal(a->text_back, b->text_back) &&
	       (a->text_back == NULL || a->text_always == b->text_always);
}

static bool alerted_equal(const struct nm_alerts *a, const struct nm_alerts *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (a->items[i].after_s != b->items[i].after_s ||
		    strcmp(a->items[i].number, b->items[i].number) != 0)
			return false;
	return true;
}

bool nm_treatment_equal_but_alert_text(const struct nm_treatment *a, const struct nm_treatment *b)
{
	size_t i = 0, k = 0;

	if (!texts_equal(a, b) || !alerted_equal(&a->alerts, &b->alerts))
		return false;
	if (reaches_nobody(a) || reaches_nobody(b))
		return reaches_nobody(a) && reaches_nobody(b);
	if (a->verdict != b->verdict || a->reject != b->reject)
		return false;
	if (a->greeting_s != b->greeting_s || !text_equal(a->greeting, b->greeting))
		return false;
	for (;;) {
		i = next_rung(a, i);
		k = next_rung(b, k);
		if (i == a->n || k == b->n)
			return i == a->n && k == b->n;
		if (!step_equal(&a->steps[i], &b->steps[k]))
			return false;
		/* Nobody gets past a voicemail, or past a line that takes the call over for good: what stands
		 * behind it is never noticed. */
		if (takes_voicemail(&a->steps[i]) || a->steps[i].ring_time == NM_RING_HANDOVER)
			return true;
		i++;
		k++;
	}
}

bool nm_treatment_equal(const struct nm_treatment *a, const struct nm_treatment *b)
{
	return nm_treatment_equal_but_alert_text(a, b) &&
	       (a->alerts.n == 0 || text_equal(a->alerts.text, b->alerts.text));
}

static const char *known(const char *text)
{
	return text != NULL ? text : "none";
}

/* What differs between two of one name. */
static void party_details(const struct nm_party *party, const struct nm_party *other, struct nm_buf *out)
{
	const char *comma = "";

	if (party->kind == NM_VOICEMAIL) {
		nm_buf_addf(out, "greeting: %s", known(party->greeting));
		return;
	}
	if (!text_equal(party->number, other->number) || !text_equal(party->line, other->line)) {
		nm_buf_add(out, party->line != NULL ? "line " : "");
		nm_buf_add(out, known(party->line != NULL ? party->line : party->number));
		comma = ", ";
	}
	if (party->native != other->native) {
		nm_buf_addf(out, "%s%s", comma, party->native ? "the line's own handset" : "called");
		comma = ", ";
	}
	if (party->confirm != other->confirm) {
		nm_buf_addf(out, "%s%s", comma, party->confirm ? "presses 1" : "no key to accept");
		comma = ", ";
	}
	if (party->line_id != other->line_id)
		nm_buf_addf(out, "%sshown the %s's number", comma, party->line_id ? "line" : "caller");
}

static void party_words(const struct nm_party *party, const struct nm_party *other, struct nm_buf *out)
{
	nm_buf_add(out, party->name);
	if (other == NULL || party_equal(party, other) || !text_equal(party->name, other->name) ||
	    (party->kind == NM_VOICEMAIL) != (other->kind == NM_VOICEMAIL))
		return;
	nm_buf_add(out, " (");
	party_details(party, other, out);
	nm_buf_add(out, ")");
}

static void ring_time_words(const struct nm_treatment_step *step, struct nm_buf *out)
{
	switch (step->ring_time) {
	case NM_RING_TIMED:
		nm_buf_addf(out, " %d s", step->for_s);
		break;
	case NM_RING_OPEN:
		nm_buf_add(out, " until its carrier lets the call go on");
		break;
	case NM_RING_ON:
		nm_buf_add(out, " until the caller gives up");
		break;
	case NM_RING_HANDOVER:
		break;
	}
}

/* What leads from this step to the one after it. */
static const char *then_after(const struct nm_treatment_step *step)
{
	return step->ring_time == NM_RING_ON ? ", on failure " : ", then ";
}

static void step_words(const struct nm_treatment_step *step, const struct nm_treatment_step *other,
		       struct nm_buf *out)
{
	for (size_t i = 0; i < step->n; i++) {
		nm_buf_add(out, i > 0 ? " + " : "");
		party_words(&step->parties[i], other != NULL && i < other->n ? &other->parties[i] : NULL, out);
	}
	if (!takes_voicemail(step))
		ring_time_words(step, out);
}

/* False when there is nothing to say. */
static bool greeting_words(const struct nm_treatment *treatment, const struct nm_treatment *other,
			   struct nm_buf *out)
{
	bool told = other != NULL && other->greeting_s == treatment->greeting_s &&
		    !text_equal(treatment->greeting, other->greeting);

	if (treatment->greeting_s == 0 && !told)
		return false;
	nm_buf_addf(out, "greeting %d s", treatment->greeting_s);
	if (told)
		nm_buf_addf(out, " (%s)", known(treatment->greeting));
	return true;
}

static void text_words(const struct nm_treatment *treatment, const struct nm_treatment *other,
		       struct nm_buf *out)
{
	if (treatment->text_back == NULL)
		return;
	nm_buf_addf(out, ", a text if missed%s", treatment->text_always ? " each time" : "");
	if (other != NULL && other->text_back != NULL && !text_equal(treatment->text_back, other->text_back))
		nm_buf_addf(out, " (%s)", treatment->text_back);
}

/* With the number where the other one, in the same place, has another for this name. */
static void alert_words(const struct nm_alert *alert, const struct nm_alert *other, struct nm_buf *out)
{
	nm_buf_add(out, alert->name);
	if (other != NULL && strcmp(alert->name, other->name) == 0 &&
	    strcmp(alert->number, other->number) != 0)
		nm_buf_addf(out, " (%s)", alert->number);
}

static void alerts_words(const struct nm_alerts *alerts, const struct nm_alerts *other, struct nm_buf *out)
{
	for (size_t i = 0; i < alerts->n; i++) {
		const int after_s = alerts->items[i].after_s;
		const bool same = i > 0 && alerts->items[i - 1].after_s == after_s;
		char after[NM_TIME_TEXT];

		nm_buf_add(out, i == 0 ? ", alerting " : same ? " + " : ", and ");
		alert_words(&alerts->items[i], other != NULL && i < other->n ? &other->items[i] : NULL, out);
		nm_duration_words(after_s, after);
		if (after_s > 0 && (i + 1 == alerts->n || alerts->items[i + 1].after_s != after_s))
			nm_buf_addf(out, " if nobody acknowledges within %s", after);
	}
	if (alerts->n > 0 && other != NULL && other->n > 0 && !text_equal(alerts->text, other->text))
		nm_buf_addf(out, " (%s)", known(alerts->text));
}

void nm_treatment_words_beside(const struct nm_treatment *treatment, const struct nm_treatment *other,
			       struct nm_buf *out)
{
	const char *then = "";
	size_t k = 0;

	if (treatment->verdict == NM_VERDICT_REJECT) {
		nm_buf_addf(out, "rejected (%s)", nm_reject_name(treatment->reject));
		return;
	}
	if (other != NULL && other->verdict == NM_VERDICT_REJECT)
		other = NULL;
	if (greeting_words(treatment, other, out))
		then = ", then ";
	for (size_t i = next_rung(treatment, 0); i < treatment->n; i = next_rung(treatment, i + 1)) {
		k = other != NULL ? next_rung(other, k) : 0;
		nm_buf_add(out, then);
		step_words(&treatment->steps[i], other != NULL && k < other->n ? &other->steps[k] : NULL, out);
		then = then_after(&treatment->steps[i]);
		k++;
	}
	if (next_rung(treatment, 0) == treatment->n)
		nm_buf_addf(out, "%snobody", then);
	alerts_words(&treatment->alerts, other != NULL ? &other->alerts : NULL, out);
	text_words(treatment, other, out);
}

void nm_treatment_words(const struct nm_treatment *treatment, struct nm_buf *out)
{
	nm_treatment_words_beside(treatment, NULL, out);
}
