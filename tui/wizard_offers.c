/* SPDX-License-Identifier: MIT */
/*
 * What the wizard offers for an answer.  In: what stands in the form.  Out: whole answers.
 */
#include "wizard.h"

#include <string.h>
#include <strings.h>

static const char *const hours[] = {"Mo-Fr 08:00-18:00",
				    "Mo-Fr 09:00-17:00",
				    "Mo-Fr 08:00-18:00; Sa 09:00-13:00",
				    "Mo-Sa 07:00-19:00",
				    "Mo-Su 08:00-20:00",
				    "24/7"};
static const char *const voicemails[] = {"25s", "20s", "30s", "none", "unknown"};

static const char *const holidays[] = {"us", "none"};
static const char *const emergencies[] = {"yes", "no"};

static void add_all(struct notes *notes, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		notes_add(notes, STYLE_PLAIN, texts[i]);
}

/* The machine's own first, if it is there. */
static void add_zones_of(struct notes *notes, const struct wizard *wizard, const char *country)
{
	const struct zone_row *own = wizard->own_zone;

	if (own && !strcasecmp(own->country, country))
		notes_add(notes, STYLE_PLAIN, own->name);
	for (size_t i = 0; i < wizard->zones.n; i++) {
		const struct zone_row *zone = &wizard->zones.items[i];

		if (zone != own && !strcasecmp(zone->country, country))
			notes_add(notes, STYLE_PLAIN, zone->name);
	}
}

/* Those of the country before the others. */
static void add_zones_named(struct notes *notes, const struct zones *zones, const char *typed, const char *country)
{
	char part[64];
	size_t i;

	for (i = 0; typed[i] && i + 1 < sizeof part; i++)
		part[i] = typed[i] == ' ' ? '_' : typed[i];
	part[i] = '\0';
	for (int others = 0; others < 2; others++) {
		for (i = 0; i < zones->n; i++) {
			const struct zone_row *zone = &zones->items[i];

			if (!strcasecmp(zone->country, country) == !others && text_contains(zone->name, part))
				notes_add(notes, STYLE_PLAIN, zone->name);
		}
	}
}

/* Zones that have what was typed in their names; of one that is typed out, its country's, and of none the country that
 * is answered. */
static void add_zones(struct notes *notes, const struct wizard *wizard)
{
	const char *typed = wizard->fields[QUESTION_TIMEZONE].typing.text;
	const char *answered = wizard->fields[QUESTION_COUNTRY].typing.text;
	const char *country = *answered ? answered : questions[QUESTION_COUNTRY].fallback;
	const struct zone_row *here = zones_find(&wizard->zones, typed);

	if (here)
		add_zones_of(notes, wizard, here->country);
	else if (!*typed)
		add_zones_of(notes, wizard, country);
	else
		add_zones_named(notes, &wizard->zones, typed, country);
}

/* What stands there already is the one taken. */
static size_t offer_taken(const struct notes *offers, const char *typed)
{
	for (size_t i = 0; i < offers->n; i++) {
		if (!strcmp(offers->items[i].text, typed))
			return i;
	}
	return SIZE_MAX;
}

void wizard_offer(struct wizard *wizard, enum question question)
{
	struct notes *offers = &wizard->offers;

	notes_clear(offers);
	switch (question) {
	case QUESTION_TIMEZONE:
		add_zones(offers, wizard);
		break;
	case QUESTION_MOBILE:
		if (!wizard->fields[QUESTION_NUMBER].error[0])
			notes_add(offers, STYLE_PLAIN, wizard->fields[QUESTION_NUMBER].typing.text);
		break;
	case QUESTION_VOICEMAIL:
		add_all(offers, voicemails, sizeof voicemails / sizeof *voicemails);
		break;
	case QUESTION_HOURS:
		add_all(offers, hours, sizeof hours / sizeof *hours);
		break;
	case QUESTION_HOLIDAYS:
		add_all(offers, holidays, sizeof holidays / sizeof *holidays);
		break;
	case QUESTION_EMERGENCY:
		add_all(offers, emergencies, sizeof emergencies / sizeof *emergencies);
		break;
	default:
		break;
	}
	wizard->offer = offer_taken(offers, wizard->fields[question].typing.text);
}

size_t wizard_completed_by(const struct wizard *wizard)
{
	const struct wizard_field *field = wizard_field(wizard, wizard->list.at);
	const enum question question = wizard_rows[wizard->list.at].question;

	/* what begins like the number that customers call is another one */
	if (!field->error[0] || field->typing.len == 0 || question == QUESTION_MOBILE)
		return SIZE_MAX;
	for (size_t i = 0; i < wizard->offers.n; i++) {
		if (question == QUESTION_TIMEZONE ||
		    !strncasecmp(wizard->offers.items[i].text, field->typing.text, field->typing.len))
			return i;
	}
	return SIZE_MAX;
}

const char *wizard_taken_for(const struct wizard *wizard)
{
	const struct wizard_field *field = wizard_field(wizard, wizard->list.at);

	if (wizard_rows[wizard->list.at].question != QUESTION_TIMEZONE || !field->error[0] || wizard->offers.n != 1)
		return NULL;
	return wizard->offers.items[0].text;
}
