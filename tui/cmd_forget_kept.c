/* SPDX-License-Identifier: MIT */
/*
 * calls forget --at-carriers, in words and in JSON: what accounts keep of a number, and what became of it there.
 */
#include "forget_kept.h"

#define LISTED 20 /* things that stay and are told in words, of each account; JSON has all */

static const enum nm_kept_kind kinds[] = { NM_KEPT_CALL, NM_KEPT_RECORDING, NM_KEPT_TEXT };
#define KINDS (sizeof kinds / sizeof kinds[0])

/* "3 calls, 1 recording, 2 texts" */
static void count_words(const struct nm_kept *kept, bool gone, struct nm_buf *out)
{
	for (size_t i = 0; i < KINDS; i++) {
		const size_t n = nm_kept_count(kept, kinds[i], gone);

		nm_buf_addf(out, "%s%zu %s%s", i ? ", " : "", n, nm_kept_kind_name(kinds[i]), n == 1 ? "" : "s");
	}
}

static const char *account_name(const struct invocation *run, const struct nm_kept_account *item)
{
	return run->session->plan->accounts[item->account].name;
}

static void add_trouble(const struct nm_kept_account *item, struct nm_buf *out)
{
	nm_buf_add(out, ": ");
	add_safe(out, item->words);
	nm_buf_add(out, "\n");
}

static void add_none(const struct nm_kept_accounts *accounts, struct nm_buf *out)
{
	if (!accounts->n)
		nm_buf_add(out, "No account of the plan is with a carrier that could delete anything.\n");
}

void kept_found_words(const struct invocation *run, const struct nm_kept_accounts *accounts, struct nm_buf *out)
{
	for (size_t i = 0; i < accounts->n; i++) {
		const struct nm_kept_account *item = &accounts->items[i];

		nm_buf_addf(out, "Account %s ", account_name(run, item));
		if (item->words) {
			nm_buf_add(out, "could not tell what it keeps");
			add_trouble(item, out);
			continue;
		}
		nm_buf_add(out, "keeps, with all its numbers, ");
		count_words(&item->kept, false, out);
		nm_buf_addf(out, "%s.\n", item->kept.cut ? " and more, which another time takes" : "");
	}
	add_none(accounts, out);
}

static void stays_words(const struct nm_kept *kept, struct nm_buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < kept->n; i++) {
		const struct nm_kept_item *thing = &kept->items[i];

		if (thing->gone || !thing->words || n++ >= LISTED)
			continue;
		nm_buf_addf(out, "  stays: %s %s: ", nm_kept_kind_name(thing->kind), thing->id);
		add_safe(out, thing->words);
		nm_buf_add(out, "\n");
	}
	if (n > LISTED)
		nm_buf_addf(out, "  and %zu more: --json has them all\n", n - LISTED);
}

void kept_deleted_words(const struct invocation *run, const struct nm_kept_accounts *accounts, struct nm_buf *out)
{
	for (size_t i = 0; i < accounts->n; i++) {
		const struct nm_kept_account *item = &accounts->items[i];

		nm_buf_addf(out, "deleted at account %s: ", account_name(run, item));
		count_words(&item->kept, true, out);
		nm_buf_add(out, "\n");
		stays_words(&item->kept, out);
		if (item->words) {
			nm_buf_add(out, "  not all could be deleted");
			add_trouble(item, out);
		}
		if (item->kept.cut)
			nm_buf_add(out, "  there is more than is deleted at once\n");
	}
	add_none(accounts, out);
	if (!kept_all_gone(accounts))
		nm_buf_add(out, "Say `calls forget` with --at-carriers again later: it deletes the rest.  Without it the number "
				"is forgotten here alone.\n");
}

bool kept_all_gone(const struct nm_kept_accounts *accounts)
{
	bool gone = true;

	for (size_t i = 0; i < accounts->n; i++) {
		const struct nm_kept_account *item = &accounts->items[i];

		gone = gone && !item->words && !item->kept.cut;
		for (size_t k = 0; k < item->kept.n; k++)
			gone = gone && item->kept.items[k].gone;
	}
	return gone;
}

static void json_things(struct nm_json *json, const struct nm_kept *kept)
{
	nm_json_key(json, "items");
	nm_json_array(json);
	for (size_t i = 0; i < kept->n; i++) {
		const struct nm_kept_item *thing = &kept->items[i];

		nm_json_object(json);
		nm_json_key(json, "what");
		nm_json_text(json, nm_kept_kind_name(thing->kind));
		nm_json_key(json, "carrier_id");
		nm_json_text(json, thing->id);
		nm_json_key(json, "deleted");
		nm_json_bool(json, thing->gone);
		nm_json_key(json, "why");
		nm_json_text(json, thing->gone ? NULL : thing->words);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}

void kept_json(const struct invocation *run, const struct nm_kept_accounts *accounts, struct nm_json *json)
{
	nm_json_key(json, "accounts");
	nm_json_array(json);
	for (size_t i = 0; i < accounts->n; i++) {
		const struct nm_kept_account *item = &accounts->items[i];

		nm_json_object(json);
		nm_json_key(json, "account");
		nm_json_text(json, account_name(run, item));
		nm_json_key(json, "error");
		nm_json_text(json, item->words);
		nm_json_key(json, "more");
		nm_json_bool(json, item->kept.cut);
		json_things(json, &item->kept);
		nm_json_end(json, '}');
	}
	nm_json_end(json, ']');
}
