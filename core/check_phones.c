/* SPDX-License-Identifier: MIT */
/*
 * Destinations that are one phone: whoever counts on them as on two has one.
 * Comes in: the plan.  Goes out: drafts that hold at no particular time.
 */
#include "check_private.h"

static bool same_phone(const struct nm_plan *plan, int a, int b)
{
	return nm_destination_same_phone(plan, &plan->destinations[a], &plan->destinations[b]);
}

int nm_check_phone(const struct nm_plan *plan, int destination)
{
	int first = 0;

	while (first < destination && !same_phone(plan, first, destination))
		first++;
	return first;
}

void nm_check_phone_names(const struct nm_plan *plan, int first, struct nm_buf *out)
{
	int last = first;
	int i;

	for (i = first + 1; i < (int)plan->n_destinations; i++)
		last = same_phone(plan, first, i) ? i : last;
	nm_buf_add(out, plan->destinations[first].name);
	for (i = first + 1; i <= last; i++)
		if (same_phone(plan, first, i))
			nm_buf_addf(out, "%s %s", i < last ? "," : " and", plan->destinations[i].name);
}

/* How the plan says what is rung, after a comma. */
static void reached_words(const struct nm_plan *plan, const struct nm_destination *who, struct nm_buf *out)
{
	const nm_number number = nm_destination_number(plan, who);
	char text[NM_NUMBER_TEXT];

	if (!number) {
		nm_buf_addf(out, ", %s", who->address);
		return;
	}
	nm_number_write(number, text);
	nm_buf_addf(out, ", %s", text);
}

/* "destinations owner and backup are one phone, +15125550111" */
static const char *phone_words(struct nm_checker *checker, int first)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_buf words;

	nm_buf_init(&words, NM_WORDS_MOST);
	nm_buf_add(&words, "destinations ");
	nm_check_phone_names(plan, first, &words);
	nm_buf_add(&words, " are one phone");
	reached_words(plan, &plan->destinations[first], &words);
	return nm_check_text_of(checker, &words);
}

/* Told where the second one stands: the first was right when it was written. */
static void find_shared(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	struct nm_draft *draft;

	for (int i = 1; i < (int)plan->n_destinations; i++) {
		const int first = nm_check_phone(plan, i);

		if (first == i || nm_draft_find(checker, "same-phone", first, 0))
			continue;
		draft = nm_draft_add(checker, "same-phone", first, 0, plan->destinations[i].pos,
				     phone_words(checker, first));
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena,
					      "give %s a number of its own, or let %s stand for both",
					      plan->destinations[i].name, plan->destinations[first].name),
			      0, NULL);
	}
}

/* --- rung twice at once --- */

/* Somebody whom a step rings: by name, or when it is their turn. */
struct rung {
	int destination;
	const struct nm_rotation *rotation; /* NULL */
	size_t turn;
};

/* How many a target may ring, one at a time; of a line nobody knows. */
static size_t rung_by(const struct nm_plan *plan, struct nm_target target)
{
	switch (target.kind) {
	case NM_TARGET_DESTINATION:
		return 1;
	case NM_TARGET_ROTATION:
		return plan->rotations[target.id].n;
	default:
		return 0;
	}
}

static struct rung rung_at(const struct nm_plan *plan, struct nm_target target, size_t turn)
{
	const struct nm_rotation *rotation = target.kind == NM_TARGET_ROTATION ? &plan->rotations[target.id] : NULL;

	return (struct rung){ rotation ? rotation->members[turn] : target.id, rotation, turn };
}

/* Rotations that change at the same instants, in step with each other, have their turns together or never. */
static bool never_together(const struct rung *a, const struct rung *b)
{
	return a->rotation && b->rotation && a->turn != b->turn && a->rotation->from_at == b->rotation->from_at &&
	       a->rotation->every_s == b->rotation->every_s && a->rotation->n == b->rotation->n;
}

static bool rings_twice(const struct nm_plan *plan, const struct rung *a, const struct rung *b)
{
	return a->destination != b->destination && same_phone(plan, a->destination, b->destination) &&
	       !never_together(a, b);
}

/* The first two of two targets that are one phone; false: there are none. */
static bool twins_of(const struct nm_plan *plan, struct nm_target one, struct nm_target other, struct rung twins[static 2])
{
	for (size_t i = 0; i < rung_by(plan, one); i++) {
		twins[0] = rung_at(plan, one, i);
		for (size_t j = 0; j < rung_by(plan, other); j++) {
			twins[1] = rung_at(plan, other, j);
			if (rings_twice(plan, &twins[0], &twins[1]))
				return true;
		}
	}
	return false;
}

/* Somebody before place `at` of the step who is the same phone as one there. */
static bool twins_before(const struct nm_plan *plan, const struct nm_targets *ring, size_t at, struct rung twins[static 2])
{
	for (size_t i = 0; i < at; i++)
		if (twins_of(plan, ring->items[i], ring->items[at], twins))
			return true;
	return false;
}

/* The step's list without one of them. */
static const char *ring_but(struct nm_checker *checker, const struct nm_targets *ring, size_t out)
{
	const char **names = nm_arena_alloc(checker->arena, ring->n, sizeof *names);
	size_t n = 0;
	size_t i;

	if (!names) {
		checker->failed = true;
		return NULL;
	}
	for (i = 0; i < ring->n; i++)
		if (i != out)
			names[n++] = nm_plan_target_name(checker->plan, ring->items[i]);
	return nm_check_named(checker, names, n);
}

/* "ann", or "ann (on turn in oncall)" */
static const char *rung_words(struct nm_checker *checker, const struct rung *rung)
{
	const char *name = checker->plan->destinations[rung->destination].name;

	if (!rung->rotation)
		return name;
	return nm_arena_format(checker->arena, "%s (on turn in %s)", name, rung->rotation->name);
}

/* Who stands there by name can be left out.  Out of a rotation somebody else would have the turn, and without one nobody. */
static void mend_twice(struct nm_checker *checker, struct nm_draft *draft, const struct nm_path *path, size_t step, size_t at,
		       const struct rung twins[static 2])
{
	const struct nm_destination *destinations = checker->plan->destinations;
	const char *who = destinations[twins[1].destination].name;
	struct nm_edit edit;

	if (twins[0].rotation || twins[1].rotation) {
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "give %s a number of its own, or let %s stand for both", who,
					      destinations[twins[0].destination].name),
			      0, NULL);
		return;
	}
	edit = nm_edit_step(path->name, (int)step, "ring", ring_but(checker, &path->steps[step].ring, at));
	if (edit.value)
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "take %s out of step %zu of path %s", who, step + 1, path->name), 1,
			      &edit);
}

static void twice_found(struct nm_checker *checker, const struct nm_path *path, size_t step, size_t at,
			const struct rung twins[static 2])
{
	const char *one = rung_words(checker, &twins[0]), *other = rung_words(checker, &twins[1]);
	const char *words = !one || !other
				    ? NULL
				    : nm_arena_format(checker->arena,
						      "step %zu of path %s rings one phone twice at once, as %s and as %s",
						      step + 1, path->name, one, other);
	struct nm_draft *draft = nm_draft_add(checker, "same-phone", (int)(path - checker->plan->paths), (int)(1 + step),
					      path->steps[step].pos, words);

	mend_twice(checker, draft, path, step, at, twins);
}

static void find_twice(struct nm_checker *checker, const struct nm_path *path)
{
	struct rung twins[2];
	size_t i, j;

	for (i = 0; i < path->n; i++)
		for (j = 1; j < path->steps[i].ring.n; j++) {
			if (!twins_before(checker->plan, &path->steps[i].ring, j, twins))
				continue;
			twice_found(checker, path, i, j, twins);
			break; /* a third one is told when this one is out */
		}
}

/* --- turns that go round on one phone --- */

#define TURNS (-1) /* part of the finding: about a rotation, not a step */

static void turns_found(struct nm_checker *checker, const struct nm_rotation *rotation, int one, int other)
{
	const struct nm_destination *destinations = checker->plan->destinations;
	const char *first = destinations[one].name, *second = destinations[other].name;
	struct nm_draft *draft = nm_draft_add(checker, "same-phone", (int)(rotation - checker->plan->rotations), TURNS,
					      rotation->pos,
					      nm_arena_format(checker->arena, "%s and %s take turns on one phone in rotation %s",
							      first, second, rotation->name));

	nm_draft_mend(checker, draft,
		      nm_arena_format(checker->arena, "give %s a number of its own, or take it out of rotation %s", second,
				      rotation->name),
		      0, NULL);
}

static void find_turns(struct nm_checker *checker, const struct nm_rotation *rotation)
{
	for (size_t i = 1; i < rotation->n; i++)
		for (size_t j = 0; j < i; j++) {
			const int one = rotation->members[j], other = rotation->members[i];

			if (!same_phone(checker->plan, one, other))
				continue;
			turns_found(checker, rotation, one, other);
			return;
		}
}

void nm_check_phones(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	size_t i;

	find_shared(checker);
	for (i = 0; i < plan->n_paths; i++)
		find_twice(checker, &plan->paths[i]);
	for (i = 0; i < plan->n_rotations; i++)
		find_turns(checker, &plan->rotations[i]);
}
