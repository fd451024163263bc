/* SPDX-License-Identifier: MIT */
/*
 * Opt-outs: which texts are one, that a number that wants no texts is known again and by its hash alone, and that
 * nothing is sent to it, whatever says so and from whatever line.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "core/hmac.h"
#include "fake_texts.h"
#include "nevermiss/forget.h"
#include "nevermiss/optout.h"
#include "nevermiss/texting.h"
#include "push_rig.h"

#define CUSTOMER 15125550111u
#define OTHER 15125550112u

static const char plan[] =
	"business = \"Smith\" timezone = \"America/Chicago\" country = \"US\"\n"
	"account twilio { driver = twilio sid = \"" FAKE_TWILIO_SID "\" }\naccount sandbox { driver = sandbox }\n"
	"line main { number = \"" FAKE_TEXTS_FROM "\" account = twilio }\n"
	"line over { number = \"+15125550102\" account = sandbox }\n"
	"destination owner { kind = personal number = \"" FAKE_TEXTS_TO "\" own_voicemail = 25s }\n"
	"path day { step { ring = owner } }\nrule all { path = day }\n";

/* --- the words --- */

static void assert_read(const char *body, enum nm_optout_word as)
{
	if (nm_optout_read(body) != as)
		fail_msg("\"%s\" was read as %d", body, (int)nm_optout_read(body));
}

static void test_which_texts_are_one(void **state)
{
	static const char *const plain[] = {
		"STOP", "stop", " Stop. ", "QUIT", "end!", "Revoke", "OPT OUT", "opt-out", "OptOut", "cancel",
		"UNSUBSCRIBE", "\n\tstop\r\n", "s.t.o.p.", "\"STOP\"", "stop all",
		"\xe2\x80\x9cSTOP\xe2\x80\x9d", "STOP\xc2\xa0", "Stop \xf0\x9f\x9b\x91", "\xef\xbb\xbfSTOP",
		"STOP texting me", "unsubscribe me please", "Please STOP", "STOP STOP", "stop now", "STOP thanks", "Stop this",
		"opt me out", "do not text me", "Don't text me!", "don\xe2\x80\x99t text me", "DONT TEXT", "please s t o p",
		"cancel all texts", "End this now, thank you", "stop_texting", "STOP/ALL",
		"no more texts!!", "st\xc3\xb6p", "\xef\xbc\xb3\xef\xbc\xb4\xef\xbc\xaf\xef\xbc\xb0", "Unsubscribed",
		"revoke please", "never text me",
	};
	static const char *const doubt[] = {
		"please stop by tomorrow", "don't stop", "STOP 2", "2 stop", "I said stop it", "cancel my appointment",
		"CANCEL 3pm", "end of story", "Please do not text my wife", "opt out of what?", "stop \xd1\x81top",
		"I revoke my consent to get these messages", "I want to end this", "never text me again",
		"Quit texting me already ok", "please cancel these texts from you", "unsubscribed, and so on for more than any word has",
		"this is a text of many words, and only the very last of them is the one: unsubscribe",
	};
	static const char *const no[] = {
		"", " ", ".", "START", "UNSTOP", "yes", "weekend", "stopp", "\xd1\x81top", "STOP\xff", "ENDE",
		"STOPSTOP", "my heater quit working, text me", "by the end of this week", "can you cancel the 3pm?", "stop2",
		"cancel my appointment on Monday", "the end", "I quit my job", "cancelled", "opt in", "opt for out", "do not call",
		"text me", "not", "do text", "stopallthatyouaredoingnow", "please", "thank you",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		assert_read(plain[i], NM_OPTOUT_PLAIN);
	for (size_t i = 0; i < sizeof(doubt) / sizeof(doubt[0]); i++)
		assert_read(doubt[i], NM_OPTOUT_IN_DOUBT);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_read(no[i], NM_OPTOUT_UNSAID);
}

/* "May be meant for one, and is not taken for it": misspelt, in another language, in other words. */
static void test_which_texts_may_be_one(void **state)
{
	static const char *const perhaps[] = {
		"stopp", "STPO", "stp", "sstop pls", "Stip it!", "unsubscibe", "I want to unsuscribe from this list please",
		"ALTO", "parar por favor", "arret", "ENDE", "remove me from this list", "ARR\xc3\x8aT", "Leave me alone",
		"take me off your list", "wrong number, sorry", "cancel my appointment on Monday", "Quit sending me all of this",
		"please don't message me", "cancell",
	};
	static const char *const no[] = {
		"", "yes", "START", "the end", "I quit my job", "can you cancel the 3pm?", "thank you", "and", "send me a price",
		"what time can you come tomorrow?", "the shop is at the corner of Main St", "we meet at the step of the door",
		"opt in", "my number is 512 555 0199", "remove the old heater", "no more than 3pm", "ende gut alles gut heute",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(perhaps) / sizeof(perhaps[0]); i++) {
		assert_read(perhaps[i], NM_OPTOUT_UNSAID);
		if (!nm_optout_perhaps(perhaps[i]))
			fail_msg("\"%s\" is not in doubt", perhaps[i]);
	}
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (nm_optout_perhaps(no[i]))
			fail_msg("\"%s\" is in doubt", no[i]);
	/* What is one, or in doubt already, is not perhaps one. */
	assert_false(nm_optout_perhaps("STOP"));
	assert_false(nm_optout_perhaps("please stop by tomorrow"));
}

static uint32_t draw(uint32_t *seed, size_t n)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % (uint32_t)n;
}

static void add_cased(struct nm_buf *out, const char *word, uint32_t *seed)
{
	for (; *word != '\0'; word++)
		nm_buf_addf(out, "%c", draw(seed, 2) == 0 && *word >= 'A' && *word <= 'Z' ? *word | 0x20 : *word);
}

/* Whatever the case, the punctuation and the politeness around it. */
static void test_every_word_ends_texts(void **state)
{
	static const char *const words[] = { "STOP",   "STOPALL", "STOP ALL", "QUIT",	"END",	      "REVOKE", "OPT OUT",
					     "OPT-OUT", "OPTOUT", "CANCEL",   "UNSUBSCRIBE", "OPT ME OUT" };
	static const char *const manners[] = { "", "PLEASE", "THANK YOU", "THANKS", "HI", "PLS" };
	static const char *const marks[] = { " ", ", ", ". ", "! ", "\n", " - ", "\xe2\x80\xa6 ", "\"", " \xf0\x9f\x99\x8f " };
	uint32_t seed = 16;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		const char *word = words[draw(&seed, sizeof(words) / sizeof(words[0]))];
		struct nm_buf text;

		nm_buf_init(&text, 200);
		for (int part = 0; part < 3; part++) {
			add_cased(&text, part == 1 ? word : manners[draw(&seed, sizeof(manners) / sizeof(manners[0]))], &seed);
			nm_buf_add(&text, marks[draw(&seed, sizeof(marks) / sizeof(marks[0]))]);
		}
		assert_read(text.data, NM_OPTOUT_PLAIN);
		nm_buf_clear(&text);
	}
}

/* Within other words it does so for customers, and not for the plan's own people, who may stop by. */
static void test_whose_words_are_in_doubt(void **state)
{
	static const char *const bodies[] = { "I can stop by", "stop", "on my way" };
	static const bool by_customer[] = { true, true, false }, by_owner[] = { false, true, false };
	struct push_rig rig;

	(void)state;
	push_rig_open(&rig, plan);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		assert_int_equal(nm_optout_by(rig.context.plan, OTHER, bodies[i]), by_customer[i]);
		assert_int_equal(nm_optout_by(rig.context.plan, CUSTOMER, bodies[i]), by_owner[i]);
	}
	push_rig_close(&rig);
}

/* --- the store --- */

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static bool found(struct nm_store *store, nm_number number, enum nm_optout_how *how)
{
	struct nm_error err;
	bool result;

	ok(nm_store_optout_find(store, number, &result, how, &err), &err);
	return result;
}

static void add(struct push_rig *rig, nm_number number, enum nm_optout_how how)
{
	struct nm_error err;

	ok(nm_store_optout_add(rig->store, number, rig->context.now, how, &err), &err);
}

static void test_it_is_known_again(void **state)
{
	enum nm_optout_how how = NM_OPTOUT_TOLD;
	struct push_rig rig;

	(void)state;
	push_rig_open(&rig, plan);
	assert_false(found(rig.store, CUSTOMER, &how));
	add(&rig, CUSTOMER, NM_OPTOUT_REPLY);
	add(&rig, OTHER, NM_OPTOUT_TOLD);
	add(&rig, CUSTOMER, NM_OPTOUT_CARRIER);
	push_rig_restart(&rig);
	assert_true(found(rig.store, CUSTOMER, &how));
	assert_int_equal(how, NM_OPTOUT_REPLY);
	assert_true(found(rig.store, OTHER, &how));
	assert_int_equal(how, NM_OPTOUT_TOLD);
	assert_false(found(rig.store, 5125550111u, &how));
	assert_false(found(rig.store, CUSTOMER + 2, &how));
	push_rig_close(&rig);
}

/* What carriers said before opt-outs had a table stands in texts that they refused, which are not kept for ever. */
static void test_what_an_older_store_knew_of_it(void **state)
{
	static const enum nm_outbox_state states[] = { NM_OUTBOX_REFUSED, NM_OUTBOX_FAILED };
	static const char *const to[] = { "+15125550111", "+15125550112" };
	enum nm_optout_how how = NM_OPTOUT_TOLD;
	struct push_rig rig;
	struct nm_error err;
	int64_t id;
	bool whole;

	(void)state;
	push_rig_open(&rig, plan);
	for (int i = 0; i < 4; i++) {
		const struct nm_outbox_text text = { .at = i, .line = "main", .account = "twilio", .driver = "twilio",
						     .from = FAKE_TEXTS_FROM, .to = to[i % 2], .body = "x", .why = "test",
						     .state = states[i % 2] };

		ok(nm_store_outbox_add(rig.store, &text, &id, &err), &err);
	}
	push_rig_older(&rig, 11);
	ok(nm_store_forget(rig.store, CUSTOMER, rig.context.now, &whole, &err), &err);
	assert_true(found(rig.store, CUSTOMER, &how));
	assert_int_equal(how, NM_OPTOUT_CARRIER);
	assert_false(found(rig.store, OTHER, &how));
	assert_int_equal(nm_optout_check(rig.store, CUSTOMER, &err), NM_REFUSED);
	ok(nm_optout_check(rig.store, OTHER, &err), &err);
	push_rig_close(&rig);
}

/* The store's own bytes, all of them, in one buffer; the caller frees it. */
static char *read_all(const char *folder, size_t *len)
{
	char command[600], *all = malloc(1 << 22);
	FILE *pipe;

	assert_non_null(all);
	snprintf(command, sizeof(command), "cat '%s'/*.db*", folder);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	*len = fread(all, 1, 1 << 22, pipe);
	assert_int_equal(pclose(pipe), 0);
	return all;
}

static void test_no_number_stands_in_it(void **state)
{
	struct push_rig rig;
	size_t len;
	char *all;

	(void)state;
	push_rig_open(&rig, plan);
	add(&rig, 15125557788u, NM_OPTOUT_REPLY);
	all = read_all(rig.folder, &len);
	assert_true(len > 4096);
	assert_null(memmem(all, len, "5125557788", 10));
	/* As SQLite writes an integer of six bytes. */
	assert_null(memmem(all, len, "\x03\x85\x8d\xb2\x1c", 5));
	free(all);
	push_rig_close(&rig);
}

/* Two stores have two keys: a hash of one says nothing in the other. */
static void test_every_store_has_a_key_of_its_own(void **state)
{
	unsigned char hashes[2][NM_HMAC_BYTES];
	struct push_rig rig;
	sqlite3_stmt *statement;
	char file[600];
	sqlite3 *db;

	(void)state;
	for (int i = 0; i < 2; i++) {
		push_rig_open(&rig, plan);
		add(&rig, CUSTOMER, NM_OPTOUT_REPLY);
		snprintf(file, sizeof(file), "%s/store.db", rig.folder);
		assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
		assert_int_equal(sqlite3_prepare_v2(db, "SELECT hash FROM optout", -1, &statement, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
		assert_int_equal(sqlite3_column_bytes(statement, 0), NM_HMAC_BYTES);
		memcpy(hashes[i], sqlite3_column_blob(statement, 0), NM_HMAC_BYTES);
		sqlite3_finalize(statement);
		sqlite3_close(db);
		push_rig_close(&rig);
	}
	assert_memory_not_equal(hashes[0], hashes[1], NM_HMAC_BYTES);
}

/* --- sending --- */

static enum nm_code send_text(struct push_rig *rig, int line, nm_number to, struct nm_error *err)
{
	const struct nm_outgoing outgoing = { .sender = { .line = line, .account = line },
					      .to = to,
					      .body = FAKE_TEXTS_BODY,
					      .why = "test" };
	struct nm_outbox outbox = { 0 };
	enum nm_code code = nm_texting_send(&rig->context, &outgoing, &outbox, err);

	nm_outbox_clear(&outbox);
	return code;
}

static size_t outbox_count(struct push_rig *rig)
{
	struct nm_outbox outbox;
	struct nm_error err;
	size_t n;

	ok(nm_store_outbox(rig->store, false, 99, &outbox, &err), &err);
	n = outbox.n;
	nm_outbox_clear(&outbox);
	return n;
}

/* Nothing is asked for and nothing written, and other numbers get theirs. */
static void test_nothing_is_sent_to_it(void **state)
{
	static const struct {
		enum nm_optout_how how;
		const char *words;
	} cases[] = {
		{ NM_OPTOUT_REPLY,
		  "+1 512 555 0111 wants no texts, as it answered: none is sent any more, from no line" },
		{ NM_OPTOUT_CARRIER,
		  "+1 512 555 0111 wants no texts, its carrier said: none is sent any more, from no line" },
		{ NM_OPTOUT_TOLD,
		  "+1 512 555 0111 wants no texts, as was written down here: none is sent any more, from no line" },
	};
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		push_rig_open(&rig, plan);
		add(&rig, CUSTOMER, cases[i].how);
		for (int line = 0; line < 2; line++) {
			assert_int_equal(send_text(&rig, line, CUSTOMER, &err), NM_REFUSED);
			assert_string_equal(err.text, cases[i].words);
		}
		assert_int_equal(outbox_count(&rig), 0);
		assert_int_equal(rig.sent, 0);
		ok(send_text(&rig, 1, OTHER, &err), &err);
		assert_int_equal(outbox_count(&rig), 1);
		push_rig_close(&rig);
	}
}

/* What one carrier said of one line's number holds for the other line, at another carrier. */
static void test_a_carriers_word_counts_for_all_lines(void **state)
{
	struct fake_texts carrier = { .opted_out = true };
	enum nm_optout_how how = NM_OPTOUT_REPLY;
	struct push_rig rig;
	struct nm_error err;

	(void)state;
	push_rig_open(&rig, plan);
	rig.context.transport = fake_texts_transport(&carrier);
	ok(send_text(&rig, 0, CUSTOMER, &err), &err);
	assert_true(found(rig.store, CUSTOMER, &how));
	assert_int_equal(how, NM_OPTOUT_CARRIER);
	push_rig_restart(&rig);
	assert_int_equal(send_text(&rig, 1, CUSTOMER, &err), NM_REFUSED);
	assert_int_equal(rig.sent, 0);
	fake_texts_clear(&carrier);
	push_rig_close(&rig);
}

/* A text that an earlier run left is held against it too: one that waited ends, one that may have been sent is looked
 * for and not sent again. */
static void test_what_was_left_is_not_sent(void **state)
{
	static const enum nm_outbox_state left[] = { NM_OUTBOX_WAITING, NM_OUTBOX_SENDING };
	static const enum nm_outbox_state ends[] = { NM_OUTBOX_REFUSED, NM_OUTBOX_UNSURE };
	static const char *const words[] = {
		"+1 512 555 0111 wants no texts, as it answered: none is sent any more, from no line",
		"it shows no text to +15125550111, and as that number wants none it is not sent any more",
	};
	struct fake_texts carrier = { 0 };
	struct nm_outbox outbox;
	struct push_rig rig;
	struct nm_error err;
	int64_t id;

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct nm_outbox_text text = { .line = "main", .account = "twilio", .driver = "twilio",
					       .from = FAKE_TEXTS_FROM, .to = FAKE_TEXTS_TO,
					       .body = FAKE_TEXTS_BODY, .why = "test", .state = left[i] };
		const struct nm_finishing finishing = { .ids = &id, .n = 1 };

		push_rig_open(&rig, plan);
		rig.context.transport = fake_texts_transport(&carrier);
		text.at = rig.context.now;
		ok(nm_store_outbox_add(rig.store, &text, &id, &err), &err);
		add(&rig, CUSTOMER, NM_OPTOUT_REPLY);
		ok(nm_texting_finish(&rig.context, &finishing, &outbox, &err), &err);
		assert_int_equal(outbox.items[0].state, ends[i]);
		assert_string_equal(outbox.items[0].words, words[i]);
		nm_outbox_clear(&outbox);
		assert_int_equal(carrier.made, 0);
		fake_texts_clear(&carrier);
		push_rig_close(&rig);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_texts_are_one),
		cmocka_unit_test(test_every_word_ends_texts),
		cmocka_unit_test(test_which_texts_may_be_one),
		cmocka_unit_test(test_whose_words_are_in_doubt),
		cmocka_unit_test(test_it_is_known_again),
		cmocka_unit_test(test_what_an_older_store_knew_of_it),
		cmocka_unit_test(test_no_number_stands_in_it),
		cmocka_unit_test(test_every_store_has_a_key_of_its_own),
		cmocka_unit_test(test_nothing_is_sent_to_it),
		cmocka_unit_test(test_a_carriers_word_counts_for_all_lines),
		cmocka_unit_test(test_what_was_left_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
