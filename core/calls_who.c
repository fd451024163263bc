/* SPDX-License-Identifier: MIT */
/* Whom the fields of exported calls mean: callers and who answered, as telephone systems write them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ascii.h"
#include "core/calls_file_private.h"
#include "core/carrier/twilio_private.h"

#define DIALLED_DIGITS 15 /* E.164: of a number in full, at the most */

/* Behind a name: "(5125550142)" of "Bob (5125550142)"; else the text.  *closed: it ends with the bracket. */
static const char *behind_name(const char *text, bool *closed)
{
	const char *open = strchr(text, '(');
	size_t letters = 0;

	*closed = false;
	if (open == NULL)
		return text;
	for (const char *at = text; at < open; at++) {
		if (nm_ascii_is_digit(*at) || *at == '+' || *at == ':')
			return text;
		letters += nm_ascii_is_letter(*at);
	}
	if (letters == 0 || strpbrk(open, "0123456789") == NULL)
		return text;
	*closed = strchr(open, ')') != NULL && strchr(open, ')')[1] == '\0';
	return *closed ? open + 1 : open;
}

/* The number of "Dana R." <+15125550142>, "Dana (512-555-0142)", "tel:+15125550142", "sip:+15125550142@example.org",
 * "+15125550142 ext. 4"; false: it is too long to be one.  stop: what follows it. */
static bool take_address(const char *text, char number[static NM_ROW_TEXT], char *stop)
{
	const char *open = strrchr(text, '<'), *colon;
	size_t n = 0;
	bool digits = false, closed = false;

	if (open == NULL)
		text = behind_name(text, &closed);
	/* ="5125550142" and '5125550142 are a spreadsheet's way to keep a number a text. */
	text = open != NULL ? open + 1 : text + strspn(text, "='\"");
	colon = strchr(text, ':');
	if (colon > text && nm_ascii_is_letter(colon[-1]))
		text = colon + 1;
	while (text[n] != '\0' && strchr(closed ? ">@;\")" : ">@;\"", text[n]) == NULL && !(digits && nm_ascii_is_letter(text[n])))
		digits = nm_ascii_is_digit(text[n++]) || digits;
	/* 5125550142.0: a number that was a fraction for a while. */
	if (n > 2 && n < NM_ROW_TEXT && strspn(text, "+0123456789") == n - 2 && strncmp(text + n - 2, ".0", 2) == 0)
		n -= 2;
	if (n >= NM_ROW_TEXT)
		return false;
	memcpy(number, text, n);
	number[n] = '\0';
	*stop = text[n];
	return true;
}

bool nm_words_cut_short(const char *text)
{
	const size_t whole = strspn(text, "0123456789"), part = text[whole] == '.' ? strspn(text + whole + 1, "0123456789") : 0;
	const char *at = text + whole + (part > 0 ? part + 1 : 0);

	if (whole != 1 || nm_ascii_lower(*at) != 'e' || at[1] != '+')
		return false;
	return strspn(at + 2, "0123456789") == strlen(at + 2) && strtoul(at + 2, NULL, 10) != part;
}

bool nm_words_dialled(const char *text)
{
	char number[NM_ROW_TEXT], stop;
	size_t digits = 0;

	if (!take_address(text, number, &stop) || nm_ascii_is_letter(stop))
		return false;
	for (const char *at = number; *at != '\0'; at++) {
		if (!nm_ascii_is_digit(*at) && strchr(" +-./()*#", *at) == NULL)
			return false;
		digits += nm_ascii_is_digit(*at);
	}
	return digits > 0 && digits <= DIALLED_DIGITS;
}

static bool is_among(const char *plain, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(plain, words[i]) == 0)
			return true;
	return false;
}

static const char *const withheld[] = { "anonymous", "private", "withheld", "restricted", "blocked" };
#define WITHHELD (sizeof(withheld) / sizeof(withheld[0]))
static const char *const untold[] = { "", "unknown", "unavailable", "none" };
#define UNTOLD (sizeof(untold) / sizeof(untold[0]))

bool nm_words_caller(const struct nm_plan *plan, const char *text, struct nm_caller *out)
{
	char number[NM_ROW_TEXT], plain[NM_ROW_TEXT], stop;

	if (!take_address(text, number, &stop))
		return false;
	nm_words_plain(number, plain, sizeof(plain));
	*out = (struct nm_caller){ 0 };
	if (is_among(plain, untold, UNTOLD))
		return true;
	out->anonymous = is_among(plain, withheld, WITHHELD) || strcmp(number, NM_TWILIO_WITHHELD_DIGITS) == 0;
	/* A name without a number, "WIRELESS CALLER": the call came all the same. */
	return out->anonymous || strpbrk(plain, "0123456789") == NULL || nm_number_read(number, plan->country, &out->number, NULL) == NM_OK;
}

bool nm_words_named(const char *text)
{
	/* Of these no more is known than of an empty field. */
	static const char *const nobody[] = { "unknowncaller",    "unknownnumber",   "notavailable",    "na",
					      "null",             "outofarea",       "nocallerid",      "nonumber",
					      "anonymouscaller",  "privatecaller",   "privatenumber",   "blockedcaller",
					      "blockednumber",    "restrictednumber", "withheldnumber", "wirelesscaller" };
	char number[NM_ROW_TEXT], plain[NM_ROW_TEXT], stop;
	bool letters = false;

	if (!take_address(text, number, &stop) || strpbrk(number, "0123456789") != NULL)
		return false;
	for (const char *at = number; *at != '\0'; at++) /* those of other alphabets, too */
		letters = letters || nm_ascii_is_letter(*at) || (unsigned char)*at >= 0x80;
	nm_words_plain(number, plain, sizeof(plain));
	return letters && !is_among(plain, withheld, WITHHELD) && !(plain[0] != '\0' && is_among(plain, untold, UNTOLD)) &&
	       !is_among(plain, nobody, sizeof(nobody) / sizeof(nobody[0]));
}

/* Letters' case and blanks apart. */
static bool same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " \t");
		b += strspn(b, " \t");
		if (*a == '\0' || nm_ascii_lower(*a) != nm_ascii_lower(*b))
			return *a == *b;
	}
}

static bool is_called(const struct nm_destination *destination, const char *text)
{
	return same_name(destination->name, text) ||
	       (destination->address != NULL && same_name(destination->address, text));
}

const struct nm_destination *nm_words_destination(const struct nm_plan *plan, const char *text)
{
	const struct nm_destination *found = NULL;
	const int exact = nm_plan_find_destination(plan, text);

	if (exact >= 0)
		return &plan->destinations[exact];
	for (size_t i = 0; i < plan->n_destinations; i++) {
		if (!is_called(&plan->destinations[i], text))
			continue;
		if (found != NULL)
			return NULL;
		found = &plan->destinations[i];
	}
	return found;
}

/* Behind "sip:" or "sips:", which a dialled text may be without. */
static const char *without_scheme(const char *text)
{
	return strncmp(text, "sip:", 4) == 0 ? text + 4 : strncmp(text, "sips:", 5) == 0 ? text + 5 : text;
}

/* The destination whose SIP address has that user; NULL: none, or several. */
static const struct nm_destination *find_user(const struct nm_plan *plan, const char *text)
{
	const char *user = without_scheme(text);
	const size_t n = strlen(user);
	const struct nm_destination *found = NULL;

	for (size_t i = 0; n > 0 && i < plan->n_destinations; i++) {
		const char *address = plan->destinations[i].address;

		if (address == NULL || strncmp(without_scheme(address), user, n) != 0 ||
		    without_scheme(address)[n] != '@')
			continue;
		if (found != NULL)
			return NULL;
		found = &plan->destinations[i];
	}
	return found;
}

static void put_number(nm_number number, char *out, size_t size)
{
	snprintf(out, size, "+%llu", (unsigned long long)number);
}

void nm_words_who(const struct nm_plan *plan, const char *text, char *out, size_t size)
{
	const struct nm_destination *destination = nm_words_destination(plan, text);
	struct nm_caller caller = { 0 };
	const bool is_number = nm_words_caller(plan, text, &caller) && caller.number != 0;

	if (destination == NULL && !(is_number && nm_plan_owns(plan, caller.number)))
		destination = find_user(plan, text);
	if (destination != NULL && nm_destination_number(plan, destination) != 0)
		put_number(nm_destination_number(plan, destination), out, size);
	else if (destination != NULL)
		nm_words_put(destination->address != NULL ? destination->address : destination->name, out, size);
	else if (is_number)
		put_number(caller.number, out, size);
	else
		nm_words_put(text, out, size);
}
