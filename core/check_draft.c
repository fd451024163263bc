/* SPDX-License-Identifier: MIT */
/*
 * Drafts of findings, the edits of their mends, and the calls that are tried.  Comes in: what the parts
 * of check found.  Goes out: a list of drafts, and the arguments with which simulate plays a hit.
 */
#include "check_private.h"

#include <string.h>

static const struct nm_check_info *info_find(const char *id)
{
	size_t i;

	for (i = 0; i < nm_checks_count; i++)
		if (!strcmp(nm_checks[i].id, id))
			return &nm_checks[i];
	return NULL;
}

struct nm_draft *nm_draft_find(const struct nm_checker *checker, const char *id, int subject, int part)
{
	struct nm_draft *draft;

	for (draft = checker->first; draft; draft = draft->next)
		if (draft->subject == subject && draft->part == part && !strcmp(draft->info->id, id))
			return draft;
	return NULL;
}

struct nm_draft *nm_draft_add(struct nm_checker *checker, const char *id, int subject, int part,
			      struct nm_pos pos, const char *sentence)
{
	struct nm_draft *draft = nm_arena_alloc(checker->arena, 1, sizeof *draft);

	if (!draft || !sentence) {
		checker->failed = true;
		return NULL;
	}
	draft->info = info_find(id);
	draft->subject = subject;
	draft->part = part;
	draft->pos = pos;
	draft->sentence = sentence;
	*checker->last = draft;
	checker->last = &draft->next;
	checker->n++;
	return draft;
}

void nm_draft_drop(struct nm_checker *checker, struct nm_draft *draft)
{
	struct nm_draft **at = &checker->first;

	while (*at != draft)
		at = &(*at)->next;
	*at = draft->next;
	if (checker->last == &draft->next)
		checker->last = at;
	checker->n--;
}

static bool hits_make(struct nm_checker *checker, struct nm_draft *draft)
{
	draft->hits = nm_arena_alloc(checker->arena, checker->timeline->n_states, sizeof *draft->hits);
	draft->lines = nm_arena_alloc(checker->arena, checker->plan->n_lines, sizeof *draft->lines);
	draft->callers = nm_arena_alloc(checker->arena, checker->classes.n, sizeof *draft->callers);
	return draft->hits && draft->lines && draft->callers;
}

/* Hits come state by state, line by line, caller by caller. */
static void hit_count(struct nm_draft *draft, size_t state, const struct nm_hit *hit)
{
	const struct nm_hit *last = &draft->last;

	if (last->set && draft->last_state == state && last->line == hit->line && last->caller == hit->caller)
		return;
	draft->n_calls++;
	draft->last = *hit;
	draft->last_state = state;
}

void nm_draft_hit(struct nm_checker *checker, struct nm_draft *draft, size_t state, struct nm_hit hit)
{
	if (!draft)
		return;
	if (!draft->hits && !hits_make(checker, draft)) {
		draft->hits = NULL;
		checker->failed = true;
		return;
	}
	draft->lines[hit.line] = true;
	draft->callers[hit.caller] = true;
	hit.set = true;
	hit_count(draft, state, &hit);
	draft->by_plan = draft->by_plan || !hit.held;
	if (draft->hits[state].set)
		return;
	draft->n_states++;
	draft->hits[state] = hit;
}

/* --- mends --- */

static const char *kept(struct nm_checker *checker, const char *text)
{
	const char *copy = text ? nm_arena_text(checker->arena, text) : NULL;

	if (text && !copy)
		checker->failed = true;
	return copy;
}

void nm_draft_mend(struct nm_checker *checker, struct nm_draft *draft, const char *words, size_t n,
		   const struct nm_edit *edits)
{
	struct nm_edit *copies;
	size_t i;

	if (!draft || draft->n_mends == NM_DRAFT_MENDS)
		return;
	copies = nm_arena_alloc(checker->arena, n, sizeof *copies);
	if (!words || !copies) {
		checker->failed = true;
		return;
	}
	for (i = 0; i < n; i++) {
		copies[i] = edits[i];
		copies[i].place.title = kept(checker, edits[i].place.title);
		copies[i].value = kept(checker, edits[i].value);
	}
	draft->mends[draft->n_mends++] =
		(struct nm_mend){ .words = kept(checker, words), .n = n, .edits = copies };
}

struct nm_edit nm_edit_option(const char *section, const char *title, const char *option, const char *value)
{
	return (struct nm_edit){
		.op = value ? NM_EDIT_SET : NM_EDIT_UNSET,
		.place = { .section = section, .title = title, .step = -1 },
		.option = option,
		.value = value,
	};
}

struct nm_edit nm_edit_step(const char *path, int step, const char *option, const char *value)
{
	return (struct nm_edit){
		.op = NM_EDIT_SET,
		.place = { .section = "path", .title = path, .step = step },
		.option = option,
		.value = value,
	};
}

struct nm_edit nm_edit_section(enum nm_edit_op op, const char *section, const char *title, const char *value)
{
	return (struct nm_edit){
		.op = op,
		.place = { .section = section, .title = title, .step = -1 },
		.value = value,
	};
}

const char *nm_check_text_of(struct nm_checker *checker, struct nm_buf *buf)
{
	const char *text = buf->failed ? NULL : nm_arena_text(checker->arena, buf->data);

	if (!text)
		checker->failed = true;
	nm_buf_clear(buf);
	return text;
}

const char *nm_check_quoted(struct nm_checker *checker, const char *text)
{
	struct nm_buf buf;

	nm_buf_init(&buf, NM_WORDS_MOST);
	nm_edit_quote(text, &buf);
	return nm_check_text_of(checker, &buf);
}

/* All options that refer to something write it alike. */
const char *nm_check_named(struct nm_checker *checker, const char *const *names, size_t n)
{
	struct nm_buf buf;

	nm_buf_init(&buf, NM_WORDS_MOST);
	nm_edit_value(nm_option_find("rule", "path"), names, n, &buf);
	return nm_check_text_of(checker, &buf);
}

/* --- probes --- */

/* What somebody does that they would not do by themselves; false when there is nothing to say. */
static bool probe_setting(enum nm_probe probe, const struct nm_destination *destination,
			  struct nm_script_setting *out)
{
	const bool human = nm_kind_human(destination->kind);
	const bool swallows = destination->own_voicemail_s >= 0 && !destination->confirm;

	*out = (struct nm_script_setting){ destination->name, NM_NO_ANSWER, -1 };
	if (destination->kind == NM_VOICEMAIL)
		return false;
	if (probe == NM_PROBE_SILENT)
		return !human;
	if (probe == NM_PROBE_GONE) {
		out->behaviour = swallows ? NM_NO_ANSWER : NM_UNREACHABLE;
		return !human || !swallows;
	}
	out->behaviour = NM_ANSWERS;
	out->after_s = NM_HUMAN_S;
	return probe == NM_PROBE_HUMANS && human &&
	       nm_default_answer_s(destination->kind, destination->role) != NM_HUMAN_S;
}

/* How many destinations are the phone of each. */
static enum nm_code names_count(struct nm_checker *checker, struct nm_error *err)
{
	const struct nm_plan *plan = checker->plan;
	size_t i, j;

	checker->n_names = nm_arena_alloc(checker->arena, plan->n_destinations, sizeof *checker->n_names);
	if (!checker->n_names)
		return nm_fail_memory(err);
	for (i = 0; i < plan->n_destinations; i++)
		checker->n_names[i] = 1;
	for (i = 0; i < plan->n_destinations; i++)
		for (j = 0; j < plan->n_destinations; j++)
			checker->n_names[i] += j != i && nm_destination_same_phone(plan, &plan->destinations[i],
										   &plan->destinations[j]);
	return NM_OK;
}

enum nm_code nm_probes_init(struct nm_checker *checker, struct nm_error *err)
{
	const struct nm_plan *plan = checker->plan;
	enum nm_probe probe;
	size_t i;

	for (probe = NM_PROBE_PLAIN; probe < NM_PROBES_PLAIN; probe++) {
		struct nm_script *script = &checker->scripts[probe];
		struct nm_script_setting *settings;

		settings = nm_arena_alloc(checker->arena, plan->n_destinations + 1, sizeof *settings);
		if (!settings)
			return nm_fail_memory(err);
		script->hangup_s = -1;
		script->nobody = probe != NM_PROBE_PLAIN && probe != NM_PROBE_HUMANS;
		script->settings = settings;
		for (i = 0; i < plan->n_destinations; i++)
			script->n += probe_setting(probe, &plan->destinations[i], &settings[script->n]);
	}
	return names_count(checker, err);
}

/* Nobody answers but one: said ahead of what the others do. */
static struct nm_script alone_script(struct nm_checker *checker, struct nm_script_setting who)
{
	const struct nm_script *silent = &checker->scripts[NM_PROBE_SILENT];
	struct nm_script script = { .nobody = true, .hangup_s = -1 };
	struct nm_script_setting *settings = nm_arena_alloc(checker->arena, silent->n + 1, sizeof *settings);
	size_t i;

	if (!settings) {
		checker->failed = true;
		return script;
	}
	settings[script.n++] = who;
	for (i = 0; i < silent->n; i++)
		if (strcmp(silent->settings[i].name, who.name))
			settings[script.n++] = silent->settings[i];
	script.settings = settings;
	return script;
}

static enum nm_behaviour who_does(enum nm_probe probe)
{
	if (probe == NM_PROBE_BUSY)
		return NM_BUSY;
	return probe == NM_PROBE_UNREACHABLE || probe == NM_PROBE_GUESSED ? NM_UNREACHABLE : NM_ANSWERS;
}

/* A phone does not fail for one of its names alone: said of `who` ahead of the others. */
static size_t failing_settings(struct nm_checker *checker, int who, const struct nm_script_setting *does,
			       const struct nm_script_setting **out)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_script_setting *settings;
	size_t n = 1;
	size_t i;

	*out = does;
	if (checker->n_names[who] == 1)
		return 1;
	settings = nm_arena_alloc(checker->arena, checker->n_names[who], sizeof *settings);
	if (!settings) {
		checker->failed = true;
		return 1;
	}
	settings[0] = *does;
	for (i = 0; i < plan->n_destinations; i++) {
		if ((int)i == who ||
		    !nm_destination_same_phone(plan, &plan->destinations[who], &plan->destinations[i]))
			continue;
		settings[n] = *does;
		settings[n++].name = plan->destinations[i].name;
	}
	*out = settings;
	return n;
}

struct nm_script nm_probe_script(struct nm_checker *checker, enum nm_probe probe, int who,
				 struct nm_script_setting *setting)
{
	struct nm_script script = { .nobody = true, .n = 1, .settings = setting, .hangup_s = -1 };

	if (probe < NM_PROBES_PLAIN)
		return checker->scripts[probe];
	*setting = (struct nm_script_setting){
		.name = checker->plan->destinations[who].name,
		.behaviour = who_does(probe),
		.after_s = -1,
	};
	if (probe == NM_PROBE_ALONE)
		return alone_script(checker, *setting);
	script.unknown_takes = probe == NM_PROBE_GUESSED;
	if (probe != NM_PROBE_ONLY)
		script.n = failing_settings(checker, who, setting, &script.settings);
	return script;
}

enum nm_code nm_hit_play(struct nm_checker *checker, nm_time at, struct nm_hit hit,
			 struct nm_simulation **out)
{
	struct nm_script_setting setting;
	const struct nm_call call = {
		.at = at,
		.line = hit.line,
		.caller = checker->classes.items[hit.caller].witness,
		.emergency = hit.emergency,
		.held = hit.held,
		.script = nm_probe_script(checker, hit.probe, hit.who, &setting),
	};
	const enum nm_code code = nm_simulate_on(checker->timeline, &call, true, out, NULL);

	if (code == NM_NO_MEMORY)
		checker->failed = true;
	return code;
}

/* --- the call as arguments for simulate --- */

static const char *setting_words(struct nm_checker *checker, const struct nm_script_setting *setting)
{
	if (setting->behaviour == NM_ANSWERS && setting->after_s >= 0)
		return nm_arena_format(checker->arena, "%s=answer@%ds", setting->name, setting->after_s);
	if (setting->behaviour == NM_ANSWERS)
		return nm_arena_format(checker->arena, "%s=answer", setting->name);
	return nm_arena_format(checker->arena, "%s=%s", setting->name, nm_behaviour_name(setting->behaviour));
}

struct words {
	const char **items;
	size_t n;
};

static void word(struct words *words, const char *text)
{
	words->items[words->n++] = text;
}

static void caller_words(struct nm_checker *checker, struct words *words, struct nm_caller caller)
{
	char text[NM_NUMBER_TEXT];

	if (!caller.anonymous && !caller.number)
		return;
	nm_caller_write(caller, text);
	word(words, "--from");
	word(words, nm_arena_text(checker->arena, text));
}

static bool rung(const struct nm_outcome *outcome, const char *name)
{
	size_t i, j;

	for (i = 0; i < outcome->n; i++)
		for (j = 0; outcome->events[i].kind == NM_EVENT_RING && j < outcome->events[i].n; j++)
			if (!strcmp(outcome->events[i].to[j], name))
				return true;
	return false;
}

/* What somebody would do who is never rung makes no difference: it is not said. */
static void settings_words(struct nm_checker *checker, struct words *words, nm_time at, struct nm_hit hit,
			   const struct nm_script *script)
{
	struct nm_simulation *simulation = NULL;
	size_t i;

	if (nm_hit_play(checker, at, hit, &simulation))
		simulation = NULL;
	for (i = 0; i < script->n; i++) {
		const bool asked = hit.who >= 0 && !i;

		if (simulation && !asked && !rung(&simulation->outcome, script->settings[i].name))
			continue;
		word(words, "--set");
		word(words, setting_words(checker, &script->settings[i]));
	}
	nm_simulation_free(simulation);
}

void nm_draft_call(struct nm_checker *checker, struct nm_draft *draft, nm_time at, struct nm_hit hit)
{
	struct nm_script_setting setting;
	const struct nm_script script = nm_probe_script(checker, hit.probe, hit.who, &setting);
	struct words words = { .items = nm_arena_alloc(checker->arena, 9 + 2 * script.n,
						       sizeof *words.items) };
	char text[NM_TIME_TEXT];
	size_t i;

	if (!draft)
		return;
	if (!words.items) {
		checker->failed = true;
		return;
	}
	nm_time_argument(checker->plan->zone, at, text);
	word(&words, "--at");
	word(&words, nm_arena_text(checker->arena, text));
	word(&words, "--line");
	word(&words, nm_arena_text(checker->arena, checker->plan->lines[hit.line].name));
	caller_words(checker, &words, checker->classes.items[hit.caller].witness);
	if (hit.emergency)
		word(&words, "--emergency");
	if (hit.held)
		word(&words, "--held");
	if (script.nobody)
		word(&words, "--nobody");
	if (script.n)
		settings_words(checker, &words, at, hit, &script);
	for (i = 0; i < words.n; i++)
		if (!words.items[i])
			checker->failed = true;
	draft->n_call = words.n;
	draft->call = words.items;
}

void nm_check_argument(struct nm_buf *out, const char *text)
{
	if (text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+:=@./")] == '\0' && *text) {
		nm_buf_addf(out, " %s", text);
		return;
	}
	nm_buf_add(out, " '");
	for (; *text; text++) {
		if (*text == '\'')
			nm_buf_add(out, "'\\'");
		nm_buf_addn(out, text, 1);
	}
	nm_buf_add(out, "'");
}
