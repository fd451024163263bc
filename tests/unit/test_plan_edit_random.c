/* SPDX-License-Identifier: MIT */
/*
 * Random edits of the plan's text, judged by a second, slow reading of it that shares nothing with the
 * code under test: an edit changes the one thing, is one cut in the text, and can be taken back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nevermiss/edit.h"

static char *apply(const struct nm_edit *edit, const char *text)
{
	struct nm_error err = { NM_OK, "" };
	char *out = NULL;
	size_t len = 0;

	if (nm_edit_apply(edit, text, strlen(text), &out, &len, &err))
		fail_msg("edit %d at %s '%s' step %d %s: %s\nof\n%s", (int)edit->op, edit->place.section,
			 edit->place.title ? edit->place.title : "", edit->place.step, edit->option, err.text,
			 text);
	assert_int_equal(strlen(out), len);
	return out;
}

/* Taking back must give the old bytes. */
static void assert_back(const struct nm_edit *edit, const char *text, const char *after, const char *again)
{
	size_t at = 0;

	if (!strcmp(text, again))
		return;
	while (text[at] == again[at])
		at++;
	fail_msg(
		"edit %d at %s '%s' step %d %s does not take back: at byte %zu\nwanted <<%.60s>>\ngot <<%.60s>>\n"
		"between <<%.200s>>",
		(int)edit->op, edit->place.section, edit->place.title ? edit->place.title : "",
		edit->place.step, edit->option, at, text + at, again + at, after + (at > 60 ? at - 60 : 0));
}

/* The text as one word or mark a time: comments and blanks gone, quotes gone (marked by a leading "). */
struct words {
	char **items;
	size_t n;
};

static void word_add(struct words *words, const char *mark, const char *from, size_t len)
{
	char *word = malloc(len + 2);

	assert_non_null(word);
	words->items = realloc(words->items, (words->n + 1) * sizeof *words->items);
	assert_non_null(words->items);
	snprintf(word, len + 2, "%s%.*s", mark, (int)len, from);
	words->items[words->n++] = word;
}

static void words_free(struct words *words)
{
	while (words->n)
		free(words->items[--words->n]);
	free(words->items);
	words->items = NULL;
}

/* Escapes stay as they are, and no comment stands inside a value: so this reading can be this simple. */
static void words_read(const char *text, struct words *words, struct words *comments)
{
	memset(words, 0, sizeof *words);
	memset(comments, 0, sizeof *comments);
	while (*text) {
		size_t len = 1;

		if (*text == '#' || !strncmp(text, "//", 2)) {
			len = strcspn(text, "\r\n");
			word_add(comments, "", text, len);
		} else if (!strncmp(text, "/*", 2)) {
			len = (size_t)(strstr(text, "*/") + 2 - text);
			word_add(comments, "", text, len);
		} else if (*text == '"' || *text == '\'') {
			while (text[len] != *text)
				len += text[len] == '\\' ? 2 : 1;
			len++;
			word_add(words, "\"", text + 1, len - 2);
		} else if (strchr("{}=,", *text)) {
			word_add(words, "", text, 1);
		} else if (!strchr(" \t\r\n", *text)) {
			len = strcspn(text, " \t\r\n{}=,#");
			word_add(words, "", text, len);
		}
		text += len;
	}
}

/* What the words say: "path day / step #1 / ring = a b" one a line, sections too. */
static void facts_read(const char *text, struct words *facts)
{
	struct words words, comments;
	char top[200] = "", inner[500] = "", fact[2000];
	const char *where[3] = { "", top, inner };
	int depth = 0, step = 0;
	size_t i;

	words_read(text, &words, &comments);
	memset(facts, 0, sizeof *facts);
	for (i = 0; i < words.n; i++) {
		const char *word = words.items[i], *next = i + 1 < words.n ? words.items[i + 1] : "";
		size_t used;

		if (!strcmp(word, "}")) {
			depth--;
			continue;
		}
		if (!strcmp(next, "=")) {
			used = (size_t)snprintf(fact, sizeof fact, "%s%s =", where[depth], word);
			i += 2;
			if (strcmp(words.items[i], "{") != 0) {
				snprintf(fact + used, sizeof fact - used, " %s", words.items[i]);
			} else {
				for (i++; strcmp(words.items[i], "}") != 0; i++)
					if (strcmp(words.items[i], ",") != 0)
						used += (size_t)snprintf(fact + used, sizeof fact - used,
									 " %s", words.items[i]);
			}
		} else {
			const bool titled = strcmp(next, "{") != 0;

			assert_true(depth == !strcmp(word, "step"));
			if (depth) {
				snprintf(inner, sizeof inner, "%sstep #%d / ", top, step++);
			} else {
				snprintf(top, sizeof top, "%s %s / ", word,
					 titled ? next + (*next == '"') : "");
				step = 0;
			}
			i += titled ? 2 : 1;
			depth++;
			snprintf(fact, sizeof fact, "%s", where[depth]);
		}
		word_add(facts, "", fact, strlen(fact));
	}
	assert_int_equal(depth, 0);
	words_free(&words);
	words_free(&comments);
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* qsort takes no null array, which is what a list of nothing is. */
static void words_sort(struct words *words)
{
	if (words->n > 0)
		qsort(words->items, words->n, sizeof *words->items, compare_words);
}

static void assert_same(const struct words *a, const struct words *b)
{
	size_t i;

	for (i = 0; i < a->n && i < b->n; i++)
		assert_string_equal(a->items[i], b->items[i]);
	assert_int_equal(a->n, b->n);
}

static void assert_comments(const char *before, const char *after, bool sorted)
{
	struct words words, a, b;

	words_read(before, &words, &a);
	words_free(&words);
	words_read(after, &words, &b);
	words_free(&words);
	if (sorted) {
		words_sort(&a);
		words_sort(&b);
	}
	assert_same(&a, &b);
	words_free(&a);
	words_free(&b);
}

/* `longer` is `shorter` with something put in at one place. */
static void assert_one_cut(const char *shorter, const char *longer)
{
	const size_t n = strlen(shorter), m = strlen(longer);
	size_t head = 0, tail = 0;

	assert_true(n <= m);
	while (head < n && shorter[head] == longer[head])
		head++;
	while (tail < n - head && shorter[n - 1 - tail] == longer[m - 1 - tail])
		tail++;
	assert_int_equal(head + tail, n);
}

static uint64_t random_state;

static size_t random_below(size_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(random_state >> 33) % n;
}

/* A place taken from a fact, in buffers of its own. */
struct spot {
	char section[64], title[128], option[64];
	bool has_title, has_option;
	int step;
};

static struct spot spot_of(const char *fact)
{
	struct spot spot = { .step = -1 };
	const char *rest = fact, *slash = strstr(fact, " / "), *space = strchr(fact, ' ');

	if (slash) {
		snprintf(spot.section, sizeof spot.section, "%.*s", (int)(space - fact), fact);
		snprintf(spot.title, sizeof spot.title, "%.*s", (int)(slash - space - (slash > space)),
			 space + (slash > space));
		spot.has_title = *spot.title;
		rest = slash + 3;
		if (!strncmp(rest, "step #", 6)) {
			spot.step = (int)strtol(rest + 6, NULL, 10);
			rest = strstr(rest, " / ") + 3;
		}
	}
	spot.has_option = *rest;
	snprintf(spot.option, sizeof spot.option, "%.*s", (int)strcspn(rest, " "), rest);
	return spot;
}

static struct nm_edit edit_at(enum nm_edit_op op, const struct spot *spot)
{
	return (struct nm_edit){
		.op = op,
		.place = { spot->section, spot->has_title ? spot->title : NULL, spot->step },
		.option = spot->option,
	};
}

static void fact_drop(struct words *facts, size_t at)
{
	free(facts->items[at]);
	memmove(facts->items + at, facts->items + at + 1, (--facts->n - at) * sizeof *facts->items);
}

/* The same set of facts, in whatever order. */
static void assert_facts(struct words *wanted, const char *text)
{
	struct words got;

	facts_read(text, &got);
	words_sort(&got);
	words_sort(wanted);
	assert_same(wanted, &got);
	words_free(&got);
}

static void try_set(const char *text, struct words *facts, size_t at)
{
	const struct spot spot = spot_of(facts->items[at]);
	struct nm_edit edit = edit_at(NM_EDIT_SET, &spot), back = edit;
	char *after, *again, *old = NULL, fact[2200];

	edit.value = "{ new, \"ones\" }";
	after = apply(&edit, text);
	assert_comments(text, after, false);
	snprintf(fact, sizeof fact, "%.*s = new \"ones",
		 (int)(strstr(facts->items[at], " =") - facts->items[at]), facts->items[at]);
	fact_drop(facts, at);
	word_add(facts, "", fact, strlen(fact));
	assert_facts(facts, after);
	/* The old value as it stood, put back, gives the old bytes. */
	assert_true(strlen(text) < strlen(after) + 2000);
	{
		const char *where = strstr(after, edit.value);
		const size_t head = (size_t)(where - after), tail = strlen(where) - strlen(edit.value);

		assert_non_null(where);
		assert_memory_equal(text, after, head);
		assert_string_equal(text + strlen(text) - tail, where + strlen(edit.value));
		old = strndup(text + head, strlen(text) - tail - head);
	}
	back.value = old;
	again = apply(&back, after);
	assert_back(&back, text, after, again);
	free(again);
	free(old);
	free(after);
}

static void try_set_new(const char *text, struct words *facts, size_t at)
{
	struct spot spot = spot_of(facts->items[at]);
	struct nm_edit edit = edit_at(NM_EDIT_SET, &spot), back = edit_at(NM_EDIT_UNSET, &spot);
	char *after, *again, fact[400];
	const char *end;

	snprintf(spot.option, sizeof spot.option, "added");
	edit.value = "{ new }";
	after = apply(&edit, text);
	assert_comments(text, after, false);
	assert_one_cut(text, after);
	for (end = facts->items[at]; strstr(end, " / "); end = strstr(end, " / ") + 3)
		;
	snprintf(fact, sizeof fact, "%.*sadded = new", (int)(end - facts->items[at]), facts->items[at]);
	word_add(facts, "", fact, strlen(fact));
	assert_facts(facts, after);
	again = apply(&back, after);
	/* "{}" comes back as "{ }" */
	if (!strstr(text, "{}"))
		assert_back(&back, text, after, again);
	free(again);
	free(after);
}

static void try_unset(const char *text, struct words *facts, size_t at)
{
	const struct spot spot = spot_of(facts->items[at]);
	const struct nm_edit edit = edit_at(NM_EDIT_UNSET, &spot);
	char *after = apply(&edit, text);

	assert_one_cut(after, text);
	fact_drop(facts, at);
	assert_facts(facts, after);
	free(after);
}

/* Steps behind one that comes or goes are counted anew: so these compare whole sections. */
static void try_add_remove(const char *text, struct words *facts, size_t at)
{
	const struct spot spot = spot_of(facts->items[at]);
	struct nm_edit edit = edit_at(NM_EDIT_ADD, &spot), back = edit_at(NM_EDIT_REMOVE, &spot);
	char *after, *again;

	edit.value = spot.step >= 0 ? "step { ring = added  for = 1s }" : "rule added { path = p }";
	after = apply(&edit, text);
	assert_one_cut(text, after);
	assert_comments(text, after, false);
	if (spot.step < 0) {
		word_add(facts, "", "rule added / ", 13);
		word_add(facts, "", "rule added / path = p", 21);
		assert_facts(facts, after);
		back.place = (struct nm_place){ "rule", "added", -1 };
	} else {
		back.place.step++;
	}
	again = apply(&back, after);
	assert_back(&back, text, after, again);
	free(again);
	free(after);
}

/* The newest override stands in front; its end leaves the text as it was. */
static void try_add_first(const char *text, struct words *facts)
{
	struct nm_edit edit = { .op = NM_EDIT_ADD_FIRST,
				.place = { "override", NULL, -1 },
				.value = "override added {\n\tpath = p\n}\n" };
	const struct nm_edit back = { .op = NM_EDIT_REMOVE, .place = { "override", "added", -1 } };
	char *after, *again;
	size_t i;

	/* Where includes hold overrides, it stands in front of these. */
	if (strstr(text, "include(") && random_below(2))
		edit.place.section = "include";
	after = apply(&edit, text);
	assert_one_cut(text, after);
	assert_comments(text, after, false);
	word_add(facts, "", "override added / ", 17);
	word_add(facts, "", "override added / path = p", 25);
	for (i = 0; i < facts->n; i++)
		if (!strncmp(facts->items[i], "override ", 9)) {
			const struct spot other = spot_of(facts->items[i]);

			assert_true(strstr(after, "override added") <= strstr(after, other.title));
		}
	assert_facts(facts, after);
	again = apply(&back, after);
	assert_back(&back, text, after, again);
	free(again);
	free(after);
}

static void try_remove(const char *text, struct words *facts, size_t at)
{
	const struct spot spot = spot_of(facts->items[at]);
	struct nm_edit edit = edit_at(NM_EDIT_REMOVE, &spot);
	const size_t len = (size_t)(strstr(facts->items[at], " / ") + 3 - facts->items[at]);
	char head[400], *after;
	size_t i;

	edit.place.step = -1;
	after = apply(&edit, text);
	assert_one_cut(after, text);
	snprintf(head, sizeof head, "%.*s", (int)len, facts->items[at]);
	for (i = facts->n; i > 0; i--)
		if (!strncmp(facts->items[i - 1], head, len))
			fact_drop(facts, i - 1);
	assert_facts(facts, after);
	free(after);
}

static void try_move(const char *text, struct words *facts, size_t at)
{
	const struct spot spot = spot_of(facts->items[at]);
	struct nm_edit edit = edit_at(NM_EDIT_MOVE, &spot);
	struct nm_error err;
	char *after = NULL, *again;
	size_t len;

	edit.by = (int)random_below(5) - 2;
	if (nm_edit_apply(&edit, text, strlen(text), &after, &len, &err))
		return;
	assert_int_equal(strlen(after), strlen(text));
	assert_comments(text, after, true);
	if (spot.step < 0)
		assert_facts(facts, after);
	else
		edit.place.step += edit.by;
	edit.by = -edit.by;
	again = apply(&edit, after);
	assert_back(&edit, text, after, again);
	free(again);
	free(after);
}

static void try_rename(const char *text, struct words *facts, size_t at)
{
	const struct spot spot = spot_of(facts->items[at]);
	struct nm_edit edit = edit_at(NM_EDIT_RENAME, &spot);
	char *after, *again;

	edit.place.step = -1;
	edit.value = "renamed-x";
	after = apply(&edit, text);
	assert_comments(text, after, false);
	assert_null(strstr(text, "renamed-x"));
	assert_non_null(strstr(after, "renamed-x"));
	edit.place.title = "renamed-x";
	edit.value = spot.title;
	again = apply(&edit, after);
	assert_back(&edit, text, after, again);
	free(again);
	free(after);
}

static void random_edit(const char *text)
{
	struct words facts;
	struct spot spot;
	size_t at;

	facts_read(text, &facts);
	at = random_below(facts.n);
	spot = spot_of(facts.items[at]);
	switch (random_below(8)) {
	case 0:
		if (spot.has_option)
			try_set(text, &facts, at);
		break;
	case 1:
		try_set_new(text, &facts, at);
		break;
	case 2:
		if (spot.has_option)
			try_unset(text, &facts, at);
		break;
	case 3:
		if (*spot.section)
			try_add_remove(text, &facts, at);
		break;
	case 4:
		if (*spot.section)
			try_remove(text, &facts, at);
		break;
	case 5:
		if (*spot.section)
			try_move(text, &facts, at);
		break;
	case 6:
		try_add_first(text, &facts);
		break;
	default:
		if (spot.has_title)
			try_rename(text, &facts, at);
	}
	words_free(&facts);
}

static const char sample_wide[] =
	"# Smith Plumbing\n"
	"business = \"Smith Plumbing\"   # as customers know it\n"
	"timezone=\"America/Chicago\"\n"
	"country  = US\n"
	"\n"
	"/* lines\n   of ours */\n"
	"line main { number = \"+15125550100\" account = sandbox } // the van\n"
	"line hotline { number = \"+15125550190\"  account=sandbox }\n"
	"account sandbox { driver = sandbox }\n"
	"\n"
	"schedule 'business' {\n"
	"\t# from the door\n"
	"\thours = \"Mo-Fr 08:00-18:00; # not a comment\n\t\tSa 09:00-13:00\"   # in the book\n"
	"\tholidays = us\n"
	"}\n"
	"schedule focus { hours = 'Tu 06:30-08:00' }\n"
	"\n"
	"# me\n"
	"// myself\n"
	"destination owner {\n"
	"  kind = personal  number = \"+15125550111\"\n"
	"  away = {\n"
	"    focus,\n"
	"    \"business\"\n"
	"  }   # not rung then\n"
	"  notes = \"a } brace { and // slashes\" /* kept */ }\n"
	"destination sam { kind = personal }\n"
	"destination empty { }\n"
	"destination hollow {\n"
	"\t# nothing yet\n"
	"}\n"
	"\n"
	"path daytime { rounds = 2  step { ring = owner for = 15s }  step { ring = {owner, sam} for = 15s }\n"
	"               step { ring = empty for = 10s }  step { ring = hollow } } # all\n"
	"path night {\n"
	"    # first\n"
	"    step { ring = owner }\n"
	"    /* then */ step { ring = sam }\n"
	"    step {\n"
	"        ring = {\n"
	"          owner,\n"
	"          sam }\n"
	"        for = 9s\n"
	"    }\n"
	"}\n"
	"\n"
	"# opening\n"
	"rule open { during = business  path = daytime }\n"
	"\n"
	"# closing\n"
	"rule closed { path = night }\n"
	"\n"
	"emergency { lines = hotline  key = \"9\"\n"
	"  path = daytime\n"
	"  alert = { owner } }\n"
	"test \"a morning\" { at = \"2026-12-25 10:00\" set = { \"owner=busy\", \"sam=answer@6s\" } expect = owner }";

static const char sample_narrow[] = "line a{number=\"+1\" account=b}account b{driver=c}\n"
				    "rule one{path=p}rule two{path=p during={s,t}}\n"
				    "rule three { lines = a\n  path = p # end\n}\n"
				    "\n\n"
				    "schedule s{}schedule t { hours = \"24/7\" /* always */ }\n"
				    "\t\t# far in\n"
				    "\t\tdestination d { kind = ai }\n"
				    "path p{step{ring=d}step{ring=d for=1s}\n}\n"
				    "rotation r { members = { d }  from = \"2026-11-23 08:00\" }\n"
				    "guarantee \"of all\" { never = d  outside = { t, s } }\n";

static char *with_carriage_returns(const char *text)
{
	char *out = malloc(2 * strlen(text) + 1), *at = out;

	assert_non_null(out);
	for (; *text; text++) {
		if (*text == '\n')
			*at++ = '\r';
		*at++ = *text;
	}
	*at = '\0';
	return out;
}

static void random_edits_change_what_they_must_and_can_be_taken_back(void **state)
{
	static const char *const samples[] = { sample_wide, sample_narrow };
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		char *returns = with_carriage_returns(samples[i]);

		random_state = 20261123 + i;
		for (n = 0; n < 600; n++) {
			random_edit(samples[i]);
			random_edit(returns);
		}
		free(returns);
	}
}

static void add_some(struct nm_buf *out, const char *text, size_t least, size_t most)
{
	size_t n = least + random_below(most - least + 1);

	while (n--)
		nm_buf_add(out, text);
}

/* Something of the top level, in one of the ways in which people write it; `number` makes its name one of its own. */
static void add_thing(struct nm_buf *out, size_t number, bool *first)
{
	switch (random_below(*first ? 1 : 7)) {
	case 0:
		nm_buf_addf(out, "override old-%zu. { path = p }", number);
		break;
	case 1:
		nm_buf_addf(out, "override old-%zu. {\n\tpath = p # why\n}", number);
		break;
	case 2:
		nm_buf_addf(out, "path way-%zu { step { ring = a }  step { ring = b } }", number);
		break;
	case 3:
		nm_buf_addf(out, "rule open-%zu { /* here */ path = p\n  during = s }", number);
		break;
	case 4:
		nm_buf_addf(out, "word-%zu = \"a {\nb # c\"", number);
		break;
	case 5:
		nm_buf_addf(out, "rule closed-%zu {path = q}", number);
		break;
	default:
		nm_buf_addf(out, "list-%zu = { a,\n  b }", number);
	}
	*first = false;
}

/* Things that share lines with others and with comments, comments of their own, blank lines all over. */
static char *random_text(void)
{
	const size_t lines = 1 + random_below(5);
	bool first = random_below(2);
	struct nm_buf out;
	size_t i, j, n;

	nm_buf_init(&out, 1u << 16);
	add_some(&out, "\n", 0, random_below(3));
	for (i = 0; i < lines; i++) {
		if (!random_below(3))
			nm_buf_addf(&out, random_below(2) ? "# note %zu\n" : "/* note\n   %zu */\n", i);
		add_some(&out, "\n", 0, random_below(3));
		add_some(&out, "  ", 0, random_below(2));
		for (j = 0, n = 1 + random_below(3); j < n; j++) {
			add_some(&out, " ", j ? 1 : 0, j ? 2 : 0);
			add_thing(&out, 10 * i + j, &first);
		}
		if (!random_below(3))
			nm_buf_add(&out, random_below(3) ? "  # of the line" : " /* of\n two */");
		if (i + 1 < lines)
			nm_buf_add(&out, random_below(4) ? "\n" : " \n\n");
	}
	add_some(&out, "\n", 0, 3);
	add_some(&out, "  ", 0, random_below(4) / 3);
	assert_false(out.failed);
	return nm_buf_take(&out);
}

static void texts_of_any_layout_too(void **state)
{
	size_t i;

	(void)state;
	random_state = 7;
	for (i = 0; i < 4000; i++) {
		char *text = random_text(), *returns = with_carriage_returns(text);

		random_edit(text);
		random_edit(returns);
		free(returns);
		free(text);
	}
}

/* As many as fit into a test: a random edit of a long text costs more than one of a short one. */
#define EXAMPLE_EDITS 150

static void the_examples_too(void **state)
{
	static const char *const names[] = { "alone", "plumber", "team" };
	const char *folder = getenv("NM_SRCDIR");
	char file[4096];
	struct nm_buf text;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(file, sizeof file, "%s/examples/%s.conf", folder ? folder : ".", names[i]);
		nm_buf_init(&text, 1u << 20);
		assert_int_equal(nm_file_read(file, 1u << 20, &text, NULL), NM_OK);
		random_state = 42 + i;
		for (n = 0; n < EXAMPLE_EDITS; n++)
			random_edit(text.data);
		nm_buf_clear(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_edits_change_what_they_must_and_can_be_taken_back),
		cmocka_unit_test(texts_of_any_layout_too),
		cmocka_unit_test(the_examples_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
