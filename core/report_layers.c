/* SPDX-License-Identifier: MIT */
/*
 * Who took the calls (report.h).  In: a plan's destinations with their prices, calls one by one.  Out: the layers.
 */
#include <stdlib.h>
#include <string.h>

#include "core/report_private.h"

#define ENTRIES_MAX (NM_REPORT_LAYERS + 4)

struct entry {
	struct nm_layer layer;
	int destination;       /* of the plan; -1 */
	int64_t timed, waited; /* calls whose seconds are known, and these added up */
	int64_t talked_s;      /* the calls' lengths, as far as they are known */
};

/* Somebody as calls name them, by an older name perhaps, and their entry. */
struct taker {
	const char *by;
	size_t entry;
};

struct nm_layers {
	const struct nm_plan *plan;
	const struct nm_names *names;
	struct nm_arena *arena;
	size_t n, capacity;
	struct entry *entries; /* others, voicemail, nobody, not told, and then the parties */
	size_t n_takers;
	struct taker takers[ENTRIES_MAX]; /* the first that were told of, so that no name is looked up twice */
	size_t last;                      /* of these the one that was told of before */
};

static bool has_price(const struct nm_destination *destination)
{
	return destination->per_month > 0 || destination->per_call > 0 || destination->per_minute > 0 ||
	       destination->per_booking > 0;
}

/* Moves the entries.  NULL: out of memory. */
static struct entry *entry_add(struct nm_layers *layers, enum nm_layer_kind what, const char *name)
{
	const int destination = what == NM_LAYER_PARTY ? nm_plan_find_destination(layers->plan, name) : -1;
	struct entry *entry;

	if (!nm_grow((void **)&layers->entries, &layers->capacity, layers->n + 1, sizeof(*layers->entries)))
		return NULL;
	entry = &layers->entries[layers->n];
	*entry = (struct entry){ .layer = { .what = what, .kind = -1 }, .destination = destination };
	entry->layer.name = nm_arena_text(layers->arena, name);
	if (entry->layer.name == NULL)
		return NULL;
	if (destination >= 0)
		entry->layer.kind = (int)layers->plan->destinations[destination].kind;
	if (what == NM_LAYER_VOICEMAIL)
		entry->layer.kind = NM_VOICEMAIL;
	layers->n++;
	return entry;
}

struct nm_layers *nm_layers_new(const struct nm_plan *plan, const struct nm_names *names, struct nm_arena *arena)
{
	struct nm_layers *layers = calloc(1, sizeof(*layers));
	bool ok;

	if (layers == NULL)
		return NULL;
	layers->plan = plan;
	layers->names = names;
	layers->arena = arena;
	ok = entry_add(layers, NM_LAYER_OTHERS, "others") &&
	     entry_add(layers, NM_LAYER_VOICEMAIL, "voicemail") &&
	     entry_add(layers, NM_LAYER_NOBODY, "nobody") &&
	     entry_add(layers, NM_LAYER_UNTOLD, "not told");
	for (size_t i = 0; i < plan->n_destinations && ok && layers->n < ENTRIES_MAX; i++)
		if (has_price(&plan->destinations[i]))
			ok = entry_add(layers, NM_LAYER_PARTY, plan->destinations[i].name) != NULL;
	if (ok)
		return layers;
	nm_layers_free(layers);
	return NULL;
}

void nm_layers_free(struct nm_layers *layers)
{
	if (layers == NULL)
		return;
	free(layers->entries);
	free(layers);
}

static bool is_called(const struct entry *entry, const char *name)
{
	return entry->layer.what == NM_LAYER_PARTY && strcmp(entry->layer.name, name) == 0;
}

static struct entry *special(struct nm_layers *layers, enum nm_layer_kind what)
{
	return &layers->entries[what - NM_LAYER_OTHERS];
}

/* NULL: out of memory. */
static struct entry *party(struct nm_layers *layers, const char *name)
{
	for (size_t i = 0; i < layers->n; i++)
		if (is_called(&layers->entries[i], name))
			return &layers->entries[i];
	if (layers->n == ENTRIES_MAX)
		return special(layers, NM_LAYER_OTHERS);
	return entry_add(layers, NM_LAYER_PARTY, name);
}

static struct entry *look_up(struct nm_layers *layers, const char *by)
{
	struct entry *entry = party(layers, nm_names_of(layers->names, by));
	struct taker *taker = &layers->takers[layers->n_takers];

	if (entry == NULL || layers->n_takers == ENTRIES_MAX)
		return entry;
	*taker = (struct taker){ nm_arena_text(layers->arena, by), (size_t)(entry - layers->entries) };
	if (taker->by == NULL)
		return NULL;
	layers->last = layers->n_takers++;
	return entry;
}

/* Of somebody as calls name them; NULL: out of memory. */
static struct entry *entry_of(struct nm_layers *layers, const char *by)
{
	if (layers->n_takers > 0 && strcmp(layers->takers[layers->last].by, by) == 0)
		return &layers->entries[layers->takers[layers->last].entry];
	for (size_t i = 0; i < layers->n_takers; i++)
		if (strcmp(layers->takers[i].by, by) == 0) {
			layers->last = i;
			return &layers->entries[layers->takers[i].entry];
		}
	return look_up(layers, by);
}

static struct entry *taker(struct nm_layers *layers, enum nm_fate fate, const char *by)
{
	if (fate == NM_FATE_UNTOLD)
		return special(layers, NM_LAYER_UNTOLD);
	if (fate == NM_FATE_VOICEMAIL || fate == NM_FATE_SWALLOWED || fate == NM_FATE_PERHAPS_SWALLOWED)
		return special(layers, NM_LAYER_VOICEMAIL);
	if (nm_fate_missed(fate) || fate == NM_FATE_SHORT)
		return special(layers, NM_LAYER_NOBODY);
	return by != NULL ? entry_of(layers, by) : special(layers, NM_LAYER_OTHERS);
}

bool nm_layers_calls(struct nm_layers *layers, struct nm_week_hour at, const struct nm_call_sum *sum)
{
	struct entry *entry;

	if (nm_fate_apart(sum->fate) && sum->fate != NM_FATE_UNTOLD)
		return true;
	entry = taker(layers, sum->fate, sum->by);
	if (entry == NULL)
		return false;
	entry->layer.calls += sum->calls;
	entry->layer.heat[at.day][at.hour] += sum->calls;
	entry->talked_s += sum->talked_s;
	entry->timed += sum->timed;
	entry->waited += sum->waited;
	return true;
}

/* --- what they come to --- */

static struct nm_figure cost_of(const struct nm_plan *plan, const struct entry *entry, double days)
{
	const struct nm_destination *one =
		entry->destination >= 0 ? &plan->destinations[entry->destination] : NULL;
	const double calls = (double)entry->layer.calls;

	if (one == NULL || !has_price(one))
		return (struct nm_figure){ 0 };
	return (struct nm_figure){ true, one->per_month * days / NM_MONTH_DAYS + one->per_call * calls +
						 one->per_minute * (double)entry->talked_s / 60 +
						 one->per_booking * calls * plan->value.booked / 100 };
}

static void finish(const struct nm_plan *plan, struct entry *entry, const struct nm_report *report)
{
	const struct nm_figures *figures = &report->figures;
	const int64_t all = figures->calls - figures->rejected - figures->unknown;
	struct nm_layer *layer = &entry->layer;

	if (all > 0)
		layer->share = (struct nm_figure){ true, 100 * (double)layer->calls / (double)all };
	if (entry->timed > 0 && layer->what != NM_LAYER_NOBODY)
		layer->seconds = (struct nm_figure){ true, (double)entry->waited / (double)entry->timed };
	layer->cost = cost_of(plan, entry, nm_span_days(plan->zone, report->span));
}

static int layer_compare(const void *a, const void *b)
{
	const struct nm_layer *x = a, *y = b;

	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	if (x->calls != y->calls)
		return x->calls > y->calls ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* A party that is called as one of the others is in the report gets a mark, and so does whoever has that mark already:
 * no two layers have one name. */
static bool mark_name(struct nm_layers *layers, struct entry *entry)
{
	static const char *const taken[] = { "others", "voicemail", "nobody", "not told" };
	const char *name = entry->layer.name;

	for (size_t i = 0; i < sizeof taken / sizeof *taken && entry->layer.what == NM_LAYER_PARTY; i++) {
		const size_t len = strlen(taken[i]);

		if (strncmp(name, taken[i], len) == 0 && (name[len] == '\0' || name[len] == ' '))
			entry->layer.name = nm_arena_format(layers->arena, "%s (party)", name);
	}
	return entry->layer.name != NULL;
}

bool nm_layers_close(struct nm_layers *layers, struct nm_report *report)
{
	report->layers = nm_arena_alloc(report->arena, layers->n, sizeof(*report->layers));
	if (report->layers == NULL)
		return false;
	for (size_t i = 0; i < layers->n; i++) {
		struct entry *entry = &layers->entries[i];

		if (!mark_name(layers, entry))
			return false;
		finish(layers->plan, entry, report);
		if (entry->layer.calls > 0 || entry->layer.cost.value > 0)
			report->layers[report->n_layers++] = entry->layer;
	}
	qsort(report->layers, report->n_layers, sizeof(*report->layers), layer_compare);
	return true;
}
