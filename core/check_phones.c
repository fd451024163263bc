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

static bool is_destination(struct nm_target target)
{
	return target.kind == NM_TARGET_DESTINATION;
}

/* The place in the step of one before `at` that is the same phone; `at`: there is none. */
static size_t twin_before(const struct nm_plan *plan, const struct nm_targets *ring, size_t at)
{
	size_t i;

	for (i = 0; i < at && is_destination(ring->items[at]); i++)
		if (is_destination(ring->items[i]) && ring->items[i].id != ring->items[at].id &&
		    same_phone(plan, ring->items[i].id, ring->items[at].id))
			return i;
	return at;
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

static void twice_found(struct nm_checker *checker, const struct nm_path *path, size_t step, size_t one, size_t other)
{
	const struct nm_plan *plan = checker->plan;
	const struct nm_targets *ring = &path->steps[step].ring;
	const char *who = nm_plan_target_name(plan, ring->items[other]);
	const char *without = ring_but(checker, ring, other);
	const struct nm_edit edit = nm_edit_step(path->name, (int)step, "ring", without);
	struct nm_draft *draft = nm_draft_add(
		checker, "same-phone", (int)(path - plan->paths), (int)(1 + step), path->steps[step].pos,
		nm_arena_format(checker->arena, "step %zu of path %s rings one phone twice at once, as %s and as %s",
				step + 1, path->name, nm_plan_target_name(plan, ring->items[one]), who));

	if (without)
		nm_draft_mend(checker, draft,
			      nm_arena_format(checker->arena, "take %s out of step %zu of path %s", who, step + 1,
					      path->name),
			      1, &edit);
}

static void find_twice(struct nm_checker *checker, const struct nm_path *path)
{
	size_t i, j;

	for (i = 0; i < path->n; i++)
		for (j = 1; j < path->steps[i].ring.n; j++) {
			const size_t twin = twin_before(checker->plan, &path->steps[i].ring, j);

			if (twin == j)
				continue;
			twice_found(checker, path, i, twin, j);
			break; /* a third one is told when this one is out */
		}
}

void nm_check_phones(struct nm_checker *checker)
{
	const struct nm_plan *plan = checker->plan;
	size_t i;

	find_shared(checker);
	for (i = 0; i < plan->n_paths; i++)
		find_twice(checker, &plan->paths[i]);
}
