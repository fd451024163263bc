/* SPDX-License-Identifier: MIT */
/*
 * Writes random plans section by section.  Names are a letter for the kind and a number, so that any
 * section can refer to any other without a list of what is there.
 */
#include "random_plan.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nevermiss/plan.h"

struct writer {
	uint64_t random;
	struct nm_buf out;
	uint32_t lines, schedules, groups, destinations, rotations, paths, rules, overrides;
};

uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t random_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)((random_next(state) >> 32) * n >> 32);
}

int random_few(int n)
{
	return getenv("NM_FEW") != NULL ? (n + 9) / 10 : n;
}

static uint32_t below(struct writer *w, uint32_t n)
{
	return random_below(&w->random, n);
}

static bool chance(struct writer *w, uint32_t percent)
{
	return below(w, 100) < percent;
}

static const char *one_of(struct writer *w, const char *const *words, size_t n)
{
	return words[below(w, (uint32_t)n)];
}

#define ONE_OF(w, words) one_of(w, words, sizeof(words) / sizeof((words)[0]))

/* `name = { d1, d3 }` of 1 to most names, each at most once; now and then an empty list, where one may be. */
static void list_add(struct writer *w, const char *option, const char *letter, uint32_t n, uint32_t most)
{
	uint32_t first = below(w, n), count = 1 + below(w, most < n ? most : n);
	uint32_t step = n % 2 ? 2 : 1;

	if (strcmp(option, "members") && chance(w, 3))
		count = 0;
	nm_buf_addf(&w->out, "  %s = {", option);
	for (uint32_t i = 0; i < count; i++)
		nm_buf_addf(&w->out, "%s %s%u", i > 0 ? "," : "", letter, (first + i * step) % n);
	nm_buf_add(&w->out, " }\n");
}

/* --- hours --- */

static void minutes_add(struct writer *w, uint32_t minute)
{
	nm_buf_addf(&w->out, "%02u:%02u", minute / 60, minute % 60);
}

static void span_add(struct writer *w)
{
	/* The hours that clock changes touch come often. */
	static const char *const tricky[] = { "01:00-02:00", "01:15-01:45", "02:00-03:00", "02:15-02:45",
					      "02:15-03:30", "00:30-02:30", "22:00-06:00", "23:30-00:30",
					      "00:00-24:00", "22:00-26:00", "01:59-03:01", "18:00-08:00",
					      "20:00-20:00" };
	uint32_t from = below(w, 95) * 15, until = from + 15 + below(w, (1440 - from) / 15) * 15;

	if (chance(w, 40)) {
		nm_buf_add(&w->out, ONE_OF(w, tricky));
		return;
	}
	minutes_add(w, from);
	nm_buf_add(&w->out, "-");
	minutes_add(w, until > 1440 ? 1440 : until);
}

static void hours_rule_add(struct writer *w, bool first, bool holidays)
{
	static const char *const days[] = { "Mo-Fr", "Sa,Su", "Su", "Mo",   "Tu,Th",
					    "We-Sa", "Fr-Mo", "Sa", "Mo-Su" };
	static const char *const dates[] = {
		"Jan-Mar",   "Nov 01-20",  "Dec 24",	 "2026",	  "2026 Nov",	  "Nov Su[1]",
		"Mar Su[2]", "Oct Su[-1]", "Oct-Apr Su", "Dec 24-Jan 02", "Su[1] -1 day", "Nov Th[4] +1 day"
	};

	if (!first && chance(w, 15)) {
		nm_buf_addf(&w->out, "%s off", ONE_OF(w, dates));
		return;
	}
	if (!first && holidays && chance(w, 40)) {
		nm_buf_add(&w->out, chance(w, 60)   ? "PH off"
				    : chance(w, 50) ? "PH 10:00-12:00"
						    : "PH -1 day 08:00-12:00");
		return;
	}
	if (chance(w, 80)) {
		nm_buf_addf(&w->out, "%s ", chance(w, 70) ? ONE_OF(w, days) : ONE_OF(w, dates));
	}
	span_add(w);
	if (chance(w, 25)) {
		nm_buf_add(&w->out, ",");
		span_add(w);
	}
}

static void schedule_add(struct writer *w, uint32_t i)
{
	bool holidays = chance(w, 50);
	uint32_t n = 1 + below(w, 3);

	nm_buf_addf(&w->out, "schedule s%u {\n", i);
	if (chance(w, 20)) {
		nm_buf_add(&w->out, chance(w, 80) ? "  calendar = jobs\n}\n" : "  calendar = days\n}\n");
		return;
	}
	nm_buf_add(&w->out, "  hours = \"");
	if (chance(w, 4)) {
		nm_buf_add(&w->out, "24/7");
		n = 0;
	}
	for (uint32_t k = 0; k < n; k++) {
		nm_buf_add(&w->out, k == 0 ? "" : chance(w, 80) ? "; " : ", ");
		hours_rule_add(w, k == 0, holidays);
	}
	nm_buf_addf(&w->out, "\"\n%s}\n", holidays ? "  holidays = days\n" : "");
}

/* --- calendars --- */

static void event_add(struct writer *w, uint32_t i, bool all_day)
{
	static const char *const zones[] = { "", "Z" };
	uint32_t month = 1 + below(w, 12), day = 1 + below(w, 28), hour = below(w, 22);

	nm_buf_addf(&w->out, "BEGIN:VEVENT\r\nUID:e%u\r\nDTSTAMP:20250101T000000Z\r\nSUMMARY:Event %u\r\n", i,
		    i);
	if (all_day) {
		nm_buf_addf(&w->out, "DTSTART;VALUE=DATE:2026%02u%02u\r\n", month, day);
	} else {
		const char *zone = ONE_OF(w, zones);

		nm_buf_addf(&w->out, "DTSTART:2026%02u%02uT%02u%02u00%s\r\n", month, day, hour, below(w, 60),
			    zone);
		nm_buf_addf(&w->out, "DURATION:PT%uM\r\n", 15 + below(w, 600));
	}
	if (chance(w, 30))
		nm_buf_addf(&w->out, "RRULE:FREQ=%s;COUNT=%u\r\n", chance(w, 50) ? "WEEKLY" : "DAILY",
			    2 + below(w, 30));
	if (chance(w, 15))
		nm_buf_add(&w->out, "TRANSP:TRANSPARENT\r\n");
	if (chance(w, 10))
		nm_buf_add(&w->out, "STATUS:CANCELLED\r\n");
	nm_buf_add(&w->out, "END:VEVENT\r\n");
}

static void die(const char *what)
{
	fprintf(stderr, "random plan: %s\n", what);
	abort();
}

static void file_write(const char *folder, const char *name, const struct nm_buf *text)
{
	struct nm_buf path;
	FILE *file;

	nm_buf_init(&path, 4096);
	nm_buf_addf(&path, "%s/%s", folder, name);
	file = path.failed || text->failed ? NULL : fopen(path.data, "wb");
	if (!file || fwrite(text->data, 1, text->len, file) != text->len || fclose(file))
		die("cannot write a calendar");
	nm_buf_clear(&path);
}

/* Written with the plan's own generator, so that the seed decides about them too. */
static void calendar_write(struct writer *w, const char *folder, const char *name, bool all_day)
{
	struct nm_buf plan = w->out;
	uint32_t n = below(w, 40);

	nm_buf_init(&w->out, 1 << 20);
	nm_buf_add(&w->out, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//nevermiss//tests//EN\r\n");
	for (uint32_t i = 0; i < n; i++)
		event_add(w, i, all_day || chance(w, 10));
	nm_buf_add(&w->out, "END:VCALENDAR\r\n");
	file_write(folder, name, &w->out);
	nm_buf_clear(&w->out);
	w->out = plan;
}

/* --- who calls, who answers --- */

static void line_add(struct writer *w, uint32_t i)
{
	static const char *const more[] = { "  fallback = \"+15125550198\"", "  handset = d0",
					    "  text_in_flow = yes", "" };

	/* Line 1 is somebody's own mobile. */
	nm_buf_addf(&w->out, "line l%u { number = \"+151255501%02u\"  account = sandbox%s }\n", i, i, more[i]);
}

static void callers_add(struct writer *w, uint32_t i)
{
	static const char *const patterns[] = { "anonymous",	    "\"+1737*\"",	"\"+1737555*\"",
						"\"+17375550142\"", "\"+17375550143\"", "\"+12125550199\"",
						"\"+1212*\"",	    "\"+13125550001\"" };
	uint32_t first = below(w, 8), n = 1 + below(w, 3);

	nm_buf_addf(&w->out, "callers c%u { numbers = {", i);
	for (uint32_t k = 0; k < n; k++)
		nm_buf_addf(&w->out, "%s %s", k > 0 ? "," : "", patterns[(first + k * 3) % 8]);
	nm_buf_add(&w->out, " } }\n");
}

/* The kinds of the first destinations are fixed, so that paths and rotations can rely on them. */
enum { PEOPLE = 4, AI = 4, MAILBOX = 5 };

static void destination_add(struct writer *w, uint32_t i)
{
	static const char *const kinds[] = { "personal", "personal", "backup  role = staff",
					     "backup  role = answering-service", "ai", "voicemail" };
	static const char *const voicemails[] = { "none", "unknown", "1s", "5s", "6s", "10s", "15s", "25s" };

	nm_buf_addf(&w->out, "destination d%u {\n  kind = %s\n", i, kinds[i < MAILBOX ? i : MAILBOX]);
	if (i < MAILBOX) {
		if (i == 0 && w->lines > 1)
			nm_buf_add(&w->out, "  line = l1\n");
		else if (i == 1 && chance(w, 25)) /* a line's number, dialled */
			nm_buf_addf(&w->out, "  number = \"+151255501%02u\"\n", below(w, w->lines));
		else
			nm_buf_addf(&w->out, "  number = \"+151255502%02u\"\n", i);
		if (chance(w, 60) && i < PEOPLE)
			nm_buf_addf(&w->out, "  own_voicemail = %s\n", ONE_OF(w, voicemails));
		if (chance(w, 30))
			nm_buf_add(&w->out, "  confirm = yes\n");
		if (chance(w, 35))
			list_add(w, "away", "s", w->schedules, 2);
		if (chance(w, 25))
			list_add(w, "hours", "s", w->schedules, 2);
	} else {
		nm_buf_add(&w->out, "  greeting = \"Please leave a message\"\n");
	}
	nm_buf_add(&w->out, "}\n");
}

static void rotation_add(struct writer *w, uint32_t i)
{
	static const char *const every[] = { "1w", "1d", "2d", "12h", "8h", "36h", "90m" };
	static const char *const from[] = { "2026-11-23 08:00", "2026-03-01 02:30", "2025-06-01 01:30",
					    "2027-01-04 17:30" };

	nm_buf_addf(&w->out, "rotation r%u {\n  from = \"%s\"  every = %s\n", i, ONE_OF(w, from),
		    ONE_OF(w, every));
	list_add(w, "members", "d", PEOPLE, 3);
	if (chance(w, 20))
		nm_buf_add(&w->out, "  until = \"2027-01-05 00:00\"\n");
	nm_buf_add(&w->out, "}\n");
}

/* --- paths and rules --- */

/* A destination, a rotation, or a line of a higher number (a lower one now and then: a loop). */
static void target_name(struct writer *w, char out[static 16])
{
	if (w->rotations > 0 && chance(w, 15))
		snprintf(out, 16, "r%u", below(w, w->rotations));
	else if (chance(w, 12))
		snprintf(out, 16, "l%u", below(w, w->lines));
	else
		snprintf(out, 16, "d%u", below(w, chance(w, 75) ? MAILBOX : w->destinations));
}

static void step_add(struct writer *w)
{
	char names[3][16];
	uint32_t n = chance(w, 65) ? 1 : 2 + below(w, 2), kept = 0;

	nm_buf_add(&w->out, "  step { ring = {");
	for (uint32_t i = 0; i < n; i++) {
		bool again = false;

		target_name(w, names[kept]);
		for (uint32_t k = 0; k < kept; k++)
			again = again || !strcmp(names[k], names[kept]);
		if (again)
			continue;
		nm_buf_addf(&w->out, "%s %s", kept > 0 ? "," : "", names[kept]);
		kept++;
	}
	nm_buf_add(&w->out, " }");
	if (chance(w, 80))
		nm_buf_addf(&w->out, "  for = %us", 1 + below(w, 30));
	if (chance(w, 25))
		nm_buf_addf(&w->out, "  confirm = %s", chance(w, 70) ? "yes" : "no");
	nm_buf_add(&w->out, " }\n");
}

static void path_add(struct writer *w, uint32_t i)
{
	uint32_t n = 1 + below(w, 4);

	nm_buf_addf(&w->out, "path p%u {\n", i);
	if (chance(w, 25))
		nm_buf_addf(&w->out, "  rounds = %u\n", 2 + below(w, 2));
	if (chance(w, 15))
		nm_buf_addf(&w->out, "  greeting = \"Hello\"  lasts = %us\n", 1 + below(w, 20));
	for (uint32_t k = 0; k < n; k++)
		step_add(w);
	nm_buf_add(&w->out, "}\n");
}

static void conditions_add(struct writer *w)
{
	if (chance(w, 25))
		list_add(w, "lines", "l", w->lines, 2);
	if (w->groups > 0 && chance(w, 35))
		list_add(w, "callers", "c", w->groups, 2);
	if (chance(w, 45))
		list_add(w, "during", "s", w->schedules, 2);
	if (chance(w, 25))
		list_add(w, "outside", "s", w->schedules, 2);
	if (chance(w, 20))
		nm_buf_addf(&w->out, "  reject = %s\n", chance(w, 50) ? "busy" : "silent");
	else
		nm_buf_addf(&w->out, "  path = p%u\n", below(w, w->paths));
}

static void override_add(struct writer *w, uint32_t i)
{
	uint32_t month = 1 + below(w, 12), day = 1 + below(w, 27);

	nm_buf_addf(
		&w->out,
		"override o%u {\n  from = \"2026-%02u-%02u %02u:00\"  until = \"2026-%02u-%02u %02u:30\"\n",
		i, month, day, 4 + below(w, 20), month, day + 1, 4 + below(w, 20));
	conditions_add(w);
	nm_buf_add(&w->out, "}\n");
}

static void alerts_add(struct writer *w)
{
	if (w->rotations > 0 && chance(w, 40))
		nm_buf_addf(&w->out, "  alert = { r%u, d1 }\n", below(w, w->rotations));
	else
		list_add(w, "alert", "d", PEOPLE, 3);
	if (!chance(w, 40))
		return;
	nm_buf_addf(&w->out, "  acknowledge = %um\n", 1 + below(w, 9));
	list_add(w, "then_alert", "d", PEOPLE, 2);
}

static void emergency_add(struct writer *w)
{
	nm_buf_add(&w->out, "emergency {\n");
	if (chance(w, 70))
		nm_buf_addf(&w->out, "  lines = l%u\n", below(w, w->lines));
	if (w->groups > 0 && chance(w, 40))
		list_add(w, "callers", "c", w->groups, 2);
	if (chance(w, 60))
		nm_buf_add(&w->out, "  key = \"9\"\n");
	nm_buf_addf(&w->out, "  path = p%u\n", below(w, w->paths));
	alerts_add(w);
	nm_buf_add(&w->out, "}\n");
}

static void text_back_add(struct writer *w)
{
	nm_buf_add(&w->out, "text_back {\n  missed = \"Missed you\"  account = sandbox\n");
	if (chance(w, 60))
		nm_buf_add(&w->out, "  away = \"On a job\"\n");
	if (chance(w, 30))
		list_add(w, "during", "s", w->schedules, 2);
	nm_buf_add(&w->out, "}\n");
}

char *random_plan_text(uint64_t seed, const char *folder)
{
	static const char *const zones[] = { "America/Chicago",	 "Europe/Berlin",    "Australia/Lord_Howe",
					     "America/St_Johns", "Asia/Kolkata",     "Europe/London",
					     "Pacific/Apia",	 "Africa/Casablanca" };
	struct writer writer = { .random = seed * 0x9e3779b97f4a7c15u + 1 }, *w = &writer;
	char *text;

	nm_buf_init(&w->out, 1 << 20);
	w->lines = 2 + below(w, 3);
	w->schedules = 1 + below(w, chance(w, 5) ? 90 : 5);
	w->groups = below(w, 4);
	w->destinations = MAILBOX + 1 + below(w, 2);
	w->rotations = below(w, 3);
	w->paths = 1 + below(w, 4);
	w->rules = 1 + below(w, 8);
	w->overrides = below(w, 4);
	calendar_write(w, folder, "jobs.ics", false);
	calendar_write(w, folder, "days.ics", true);
	nm_buf_addf(&w->out, "business = \"Random %llu\"\ntimezone = \"%s\"\ncountry = \"US\"\n"
		    "account sandbox { driver = sandbox }\ncalendar jobs { file = \"jobs.ics\" }\n"
		    "calendar days { file = \"days.ics\" }\n", (unsigned long long)seed, ONE_OF(w, zones));
	for (uint32_t i = 0; i < w->lines; i++)
		line_add(w, i);
	for (uint32_t i = 0; i < w->schedules; i++)
		schedule_add(w, i);
	for (uint32_t i = 0; i < w->groups; i++)
		callers_add(w, i);
	for (uint32_t i = 0; i < w->destinations; i++)
		destination_add(w, i);
	for (uint32_t i = 0; i < w->rotations; i++)
		rotation_add(w, i);
	for (uint32_t i = 0; i < w->paths; i++)
		path_add(w, i);
	for (uint32_t i = 0; i < w->rules; i++) {
		nm_buf_addf(&w->out, "rule u%u {\n", i);
		conditions_add(w);
		nm_buf_add(&w->out, "}\n");
	}
	for (uint32_t i = 0; i < w->overrides; i++)
		override_add(w, i);
	if (chance(w, 60))
		emergency_add(w);
	if (chance(w, 60) || w->lines > 2)
		text_back_add(w);
	text = nm_buf_take(&w->out);
	if (!text)
		die("out of memory");
	return text;
}

struct nm_plan *plan_of_text(const char *text, const char *folder)
{
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_error err;
	struct nm_buf file;

	nm_buf_init(&file, 4096);
	nm_buf_addf(&file, "%s/plan.conf", folder);
	nm_diags_init(&diags);
	if (nm_plan_read(file.data, text, strlen(text), &plan, &diags, &err)) {
		for (size_t i = 0; i < diags.n; i++)
			fprintf(stderr, "%s:%d: %s\n", diags.items[i].file, diags.items[i].line,
				diags.items[i].text);
		fprintf(stderr, "%s\n%s\n", err.text, text);
		die("the reader does not take it");
	}
	nm_diags_clear(&diags);
	nm_buf_clear(&file);
	return plan;
}

struct nm_plan *random_plan_read(uint64_t seed, const char *folder)
{
	char *text = random_plan_text(seed, folder);
	struct nm_plan *plan = plan_of_text(text, folder);

	free(text);
	return plan;
}

/* --- the folder --- */

char *random_folder_new(void)
{
	const char *base = getenv("TMPDIR");
	struct nm_buf path;
	char *folder;

	nm_buf_init(&path, 4096);
	nm_buf_addf(&path, "%s/nevermiss-XXXXXX", base && *base ? base : "/tmp");
	folder = nm_buf_take(&path);
	if (!folder || !mkdtemp(folder))
		die("cannot make a folder");
	return folder;
}

static int entry_remove(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

void random_folder_free(char *folder)
{
	nftw(folder, entry_remove, 8, FTW_DEPTH | FTW_PHYS);
	free(folder);
}
