/* SPDX-License-Identifier: MIT */
/* From where a text goes, and whether it may (texting.h).  Comes in: the plan, whom it is for, its words.  Goes out: a
 * sender, or why not.  Knows neither store nor clock. */
#include <string.h>

#include "core/texting_private.h"
#include "core/utf8.h"

bool nm_texting_able(const struct nm_plan *plan, int account)
{
	const struct nm_carrier *carrier = nm_carrier_of(plan, account);

	return carrier != NULL && carrier->traits.texts;
}

/* The first line of that account (-1: of one that can send texts); -1. */
static int first_line(const struct nm_plan *plan, int account)
{
	for (size_t i = 0; i < plan->n_lines; i++)
		if (account >= 0 ? plan->lines[i].account == account : nm_texting_able(plan, plan->lines[i].account))
			return (int)i;
	return -1;
}

enum nm_code nm_texting_sender(const struct nm_plan *plan, int line, struct nm_sender *out,
			       struct nm_error *err)
{
	const struct nm_text_back *text_back = &plan->text_back;
	int account = line >= 0 ? -1 : text_back->account;

	if (line < 0)
		line = text_back->from;
	if (line < 0)
		line = first_line(plan, account);
	if (line < 0 && account >= 0)
		return nm_fail(
			err, NM_INPUT,
			"account %s, which text_back names, has no line: say `from` there, or name a line "
			"with --line",
			plan->accounts[account].name);
	if (line < 0)
		return nm_fail(err, NM_INPUT, "no line of the plan is on an account that can send texts");
	*out = (struct nm_sender){ line, account >= 0 ? account : plan->lines[line].account };
	return NM_OK;
}

enum nm_code nm_texting_sender_called(const struct nm_plan *plan, int from, const char *called, struct nm_sender *out,
				      struct nm_error *err)
{
	if (from < 0 && called != NULL) {
		from = nm_plan_find_line(plan, called);
		from = from >= 0 && nm_texting_able(plan, plan->lines[from].account) ? from : -1;
	}
	return nm_texting_sender(plan, from, out, err);
}

enum nm_code nm_texting_recipient(const struct nm_plan *plan, int destination, nm_number *out,
				  struct nm_error *err)
{
	const struct nm_destination *to = &plan->destinations[destination];
	const nm_number number = nm_destination_number(plan, to);

	if (number == 0)
		return nm_fail(err, NM_INPUT, "destination %s has no number that could get a text", to->name);
	*out = number;
	return NM_OK;
}

static bool texts(const struct nm_traits *traits)
{
	return traits->texts;
}

static enum nm_code check_carrier(const struct nm_account *account, struct nm_error *err)
{
	const struct nm_carrier *carrier = nm_carrier_find(account->driver);
	struct nm_buf able;

	if (carrier != NULL && carrier->traits.texts)
		return NM_OK;
	nm_buf_init(&able, NM_ERROR_TEXT);
	nm_carriers_that(texts, &able);
	nm_fail(err, NM_REFUSED, "the driver %s of account %s cannot send texts; these can: %s",
		account->driver, account->name, able.data);
	nm_buf_clear(&able);
	return NM_REFUSED;
}

enum nm_code nm_texting_check_number(const struct nm_plan *plan, const struct nm_carrier *carrier, nm_number to,
				     struct nm_error *err)
{
	const enum nm_textable textable = nm_plan_textable(plan, to);
	const char *country = nm_number_country(to);
	char number[NM_NUMBER_TEXT], e164[NM_NUMBER_TEXT];

	nm_number_words(to, number);
	nm_number_write(to, e164);
	if (textable == NM_TEXTABLE_PREMIUM)
		return nm_fail(err, NM_REFUSED, "%s is a premium number: it gets no texts", number);
	if (textable == NM_TEXTABLE_TOLL_FREE)
		return nm_fail(err, NM_REFUSED, "%s is a toll-free number: no phone there gets texts", number);
	if (textable == NM_TEXTABLE_ABROAD)
		return nm_fail(err, NM_REFUSED,
			       "%s is in %s: only the plan's own country and those of `allow` get texts",
			       number, *country != '\0' ? country : "no country that is known");
	if (carrier->traits.ten_digits && (e164[1] != '1' || strlen(e164) != 12))
		return nm_fail(err, NM_REFUSED,
			       "%s is no number of North America: %s sends no texts to others", number,
			       carrier->name);
	return NM_OK;
}

/* Below blank, DEL, and U+0080 to U+009F. */
static bool is_control(const unsigned char *text)
{
	return text[0] < 0x20 || text[0] == 0x7f || (text[0] == 0xc2 && text[1] < 0xa0);
}

static enum nm_code check_words(const struct nm_carrier *carrier, const char *body, struct nm_error *err)
{
	const int most = carrier->traits.text_max > 0 ? carrier->traits.text_max : NM_TEXT_MAX;
	const unsigned char *at = (const unsigned char *)body;
	size_t n = 0;

	for (; *at != '\0'; n++) {
		const size_t len = nm_utf8_length(at);

		if (len == 0)
			return nm_fail(err, NM_INPUT, "the text is not UTF-8 at its character %zu", n + 1);
		if (nm_utf8_bidi(at) > 0)
			return nm_fail(
				err, NM_INPUT,
				"the text has a mark that turns the direction of writing (its character "
				"%zu): leave it out",
				n + 1);
		if (is_control(at))
			return nm_fail(
				err, NM_INPUT,
				"the text has a control character (its character %zu): one line of words "
				"is sent",
				n + 1);
		at += len;
	}
	if (strspn(body, " ") == strlen(body))
		return nm_fail(err, NM_INPUT, "the text has no words");
	if (n > (size_t)most)
		return nm_fail(err, NM_INPUT, "the text has %zu characters: %s sends at most %d", n,
			       carrier->name, most);
	return NM_OK;
}

enum nm_code nm_texting_check(const struct nm_plan *plan, struct nm_sender sender, nm_number to,
			      const char *body, struct nm_error *err)
{
	const struct nm_carrier *carrier = nm_carrier_of(plan, sender.account);
	enum nm_code code = check_carrier(&plan->accounts[sender.account], err);

	if (code != NM_OK)
		return code;
	code = nm_texting_check_number(plan, carrier, to, err);
	if (code == NM_OK && plan->lines[sender.line].number == to)
		code = nm_fail(err, NM_INPUT, "line %s cannot send a text to its own number",
			       plan->lines[sender.line].name);
	return code == NM_OK ? check_words(carrier, body, err) : code;
}
