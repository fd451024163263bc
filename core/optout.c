/* SPDX-License-Identifier: MIT */
/* Who wants no texts (optout.h).  Comes in: a text, a number.  Goes out: whether that is so, in words. */
#include "nevermiss/optout.h"

#include <string.h>

#include "core/ascii.h"
#include "core/utf8.h"

#define WORD_MAX 16 /* longer than any of the words */

/* The code point of a sequence that nm_utf8_length has measured. */
static uint32_t code_point(const unsigned char *text, size_t len)
{
	static const unsigned char masks[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t point = text[0] & masks[len];

	for (size_t i = 1; i < len; i++)
		point = point << 6 | (text[i] & 0x3f);
	return point;
}

/* Beyond ASCII: punctuation, blanks, symbols, emoji and what joins them.  Whatever else there is may be a word. */
static bool is_mark(uint32_t point)
{
	static const struct {
		uint32_t from, until;
	} marks[] = { { 0x80, 0xc0 },     { 0x2000, 0x2c00 }, { 0x3000, 0x3040 },
		      { 0xfe00, 0xfe10 }, { 0xfeff, 0xff00 }, { 0x1f000, 0x20000 } };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (point >= marks[i].from && point < marks[i].until)
			return true;
	return false;
}

/* --- the words of a text --- */

#define PHRASE_MAX 3
#define SHORT_TEXT 3 /* words */

/* Each a word of its own, wherever it stands. */
static const char *const anywhere[][PHRASE_MAX] = {
	{ "STOP" },
	{ "STOPALL" },
	{ "UNSUBSCRIBE" },
	{ "UNSUBSCRIBED" },
	{ "REVOKE" },
	{ "OPTOUT" },
	{ "OPT", "OUT" },
	{ "OPT", "ME", "OUT" },
	{ "OPT", "US", "OUT" },
	{ "DONT", "TEXT" },
	{ "DON", "T", "TEXT" },
	{ "DO", "NOT", "TEXT" },
	{ "NEVER", "TEXT" },
	{ "NO", "MORE", "TEXTS" },
	{ "NO", "MORE", "MESSAGES" },
};
/* Said of appointments and boilers as well: only where they begin a short text, or with what they end close behind. */
static const char *const at_first[] = { "QUIT", "END", "REVOKE", "CANCEL", NULL };
static const char *const endings[] = { "QUIT", "END", "CANCEL", "CEASE", NULL };
static const char *const ended[] = { "TEXTS", "TEXTING", "MESSAGES", "MESSAGING", "SMS", NULL };
static const char *const polite[] = {
	"PLEASE", "PLS", "PLZ", "THANKS", "THANK", "THX", "YOU", "HI", "HELLO", "HEY", "OK", "OKAY", "SORRY", "KINDLY", NULL,
};
/* What is to end, in a text that says nothing else. */
static const char *const objects[] = {
	"TEXT", "TEXTS", "TEXTING", "MESSAGES", "MESSAGING", "SENDING", "ME", "US", "ALL", "IT", "THIS", "THESE", "THE", "NOW",
	NULL,
};

static bool is_among(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

/* The letter without its accent, of one with it (Latin-1) or of one as wide as a Chinese one; 0. */
static char base_letter(uint32_t point)
{
	static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOO?OUUUUY??AAAAAAACEEEEIIIIDNOOOOO?OUUUUY?Y";
	char letter = 0;

	if (point >= 0xc0 && point <= 0xff)
		letter = latin[point - 0xc0];
	else if (point >= 0xff21 && point <= 0xff3a)
		letter = (char)('A' + (point - 0xff21));
	else if (point >= 0xff41 && point <= 0xff5a)
		letter = (char)('A' + (point - 0xff41));
	return letter != '?' ? letter : 0;
}

/* What a character is to a word: its capital; ' ': between two; '?': part of one that is none of ours. */
static char letter_of(const unsigned char *at, size_t len)
{
	const uint32_t point = len > 1 ? code_point(at, len) : 0;

	if (len == 1 && nm_ascii_is_letter((char)*at))
		return (char)(*at & ~0x20);
	if (base_letter(point))
		return base_letter(point);
	return len == 0 || nm_ascii_is_digit((char)*at) || (len > 1 && !is_mark(point)) ? '?' : ' ';
}

/* The next word, as capitals, "" when it is none of ours; NULL: there is no more.  Otherwise where it ended. */
static const unsigned char *next_word(const unsigned char *at, char word[static WORD_MAX])
{
	size_t n = 0, len;
	bool ours = true;

	for (; *at != '\0'; at += len > 0 ? len : 1) {
		char letter;

		len = nm_utf8_length(at);
		letter = letter_of(at, len);
		if (letter == ' ' && n > 0)
			break;
		if (letter == ' ')
			continue;
		ours = ours && letter != '?' && n + 1 < WORD_MAX;
		if (ours)
			word[n] = letter;
		n++;
	}
	word[ours ? n : 0] = '\0';
	return n > 0 ? at : NULL;
}

/* --- what they say --- */

/* A text as far as it was read, without what is polite in it. */
struct said {
	size_t n;                        /* words */
	char last[PHRASE_MAX][WORD_MAX]; /* the newest of them last */
	char letters[WORD_MAX];          /* all of them in one word: "s.t.o.p." */
	bool spelt;                      /* as long as they are no more than that */
	bool ends, begins;               /* an opt-out anywhere; one that begins it */
	size_t others;                   /* words that say something else */
};

/* How many words of the phrase are the newest of the text; 0: not all are. */
static size_t match(const struct said *said, const char *const phrase[PHRASE_MAX])
{
	size_t n = 0;

	while (n < PHRASE_MAX && phrase[n] != NULL)
		n++;
	for (size_t i = 0; i < n; i++)
		if (n > said->n || strcmp(said->last[PHRASE_MAX - n + i], phrase[i]) != 0)
			return 0;
	return n;
}

/* "quit texting", "end all these texts", "end this": what ends, and within two words what is ended. */
static bool ends_texts(const struct said *said)
{
	const size_t newest = PHRASE_MAX - 1;

	if (strcmp(said->last[newest], "THIS") == 0 && strcmp(said->last[newest - 1], "END") == 0)
		return true;
	if (!is_among(said->last[newest], ended))
		return false;
	for (size_t i = 0; i < newest; i++)
		if (is_among(said->last[i], endings))
			return true;
	return false;
}

static void find_phrase(struct said *said)
{
	said->ends = said->ends || ends_texts(said);
	for (size_t i = 0; i < sizeof(anywhere) / sizeof(anywhere[0]); i++) {
		const size_t n = match(said, anywhere[i]);

		for (size_t j = 0; j < n; j++)
			said->others -= !is_among(anywhere[i][j], objects);
		said->ends = said->ends || n > 0;
	}
}

static void add_word(struct said *said, const char *word)
{
	const size_t have = strlen(said->letters), more = strlen(word);

	said->spelt = said->spelt && more > 0 && have + more < WORD_MAX;
	if (said->spelt)
		memcpy(said->letters + have, word, more + 1);
	memmove(said->last[0], said->last[1], (PHRASE_MAX - 1) * sizeof(said->last[0]));
	memcpy(said->last[PHRASE_MAX - 1], word, more + 1);
	said->begins = said->begins || (said->n == 0 && is_among(word, at_first));
	said->others += !is_among(word, objects) && !(said->n == 0 && said->begins);
	said->n++;
	find_phrase(said);
}

/* --- what they may say --- */

#define LONG_WORD 8 /* letters: so long a word is known with two letters wrong */

/* Said in other words, wherever they stand. */
static const char *const hints[][PHRASE_MAX] = {
	{ "REMOVE", "ME" },	 { "REMOVE", "MY", "NUMBER" }, { "TAKE", "ME", "OFF" }, { "LEAVE", "ME", "ALONE" },
	{ "WRONG", "NUMBER" },	 { "DON", "T", "MESSAGE" },    { "DONT", "MESSAGE" },	{ "NOT", "MESSAGE" },
};
/* Spanish, Portuguese, French, German, Italian, Dutch: as their own words, in short texts. */
static const char *const abroad[] = {
	"ALTO",	  "PARAR", "PARE",  "BASTA",	  "BAJA",     "CANCELAR",  "DETENER", "SAIR", "SALIR",
	"ARRET",  "ARRETER", "ARRETEZ", "STOPP", "ENDE", "ABMELDEN", "ABBESTELLEN", "FERMA", "AFMELDEN", NULL,
};

static bool says_hint(const struct said *said)
{
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (match(said, hints[i]) > 0)
			return true;
	return false;
}

/* At most so many letters wrong, missing, too many or in their neighbour's place: the Damerau-Levenshtein distance, of two
 * words that are shorter than WORD_MAX. */
static bool is_near(const char *a, const char *b, size_t most)
{
	size_t rows[WORD_MAX][WORD_MAX];
	const size_t n = strlen(a), m = strlen(b);

	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++) {
			size_t best = i + j;

			if (i > 0 && j > 0) {
				best = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
				best = rows[i - 1][j] + 1 < best ? rows[i - 1][j] + 1 : best;
				best = rows[i][j - 1] + 1 < best ? rows[i][j - 1] + 1 : best;
			}
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && rows[i - 2][j - 2] + 1 < best)
				best = rows[i - 2][j - 2] + 1;
			rows[i][j] = best;
		}
	return rows[n][m] <= most;
}

/* A word that a hasty thumb makes of one; short ones are too near to others ("END": "AND"). */
static bool is_misspelt(const char *word)
{
	static const char *const words[] = { "STOP", "STOPALL", "REVOKE", "CANCEL", "OPTOUT", NULL };

	for (size_t i = 0; words[i] != NULL; i++)
		if (is_near(word, words[i], 1))
			return true;
	return false;
}

bool nm_optout_perhaps(const char *body)
{
	const unsigned char *at = (const unsigned char *)body;
	struct said said = { .spelt = true };
	bool hint = false, odd = false;
	char word[WORD_MAX];

	if (nm_optout_read(body) != NM_OPTOUT_UNSAID)
		return false;
	while ((at = next_word(at, word)) != NULL) {
		if (is_among(word, polite))
			continue;
		add_word(&said, word);
		hint = hint || says_hint(&said) || (strlen(word) >= LONG_WORD && is_near(word, "UNSUBSCRIBE", 2));
		odd = odd || is_among(word, abroad) || is_misspelt(word);
	}
	return hint || said.begins || (odd && said.n <= SHORT_TEXT);
}

/* --- what is made of it --- */

enum nm_optout_word nm_optout_read(const char *body)
{
	static const char *const spellings[] = {
		"STOP", "STOPALL", "QUIT", "END", "REVOKE", "OPTOUT", "CANCEL", "UNSUBSCRIBE", NULL,
	};
	const unsigned char *at = (const unsigned char *)body;
	struct said said = { .spelt = true };
	char word[WORD_MAX];

	while ((at = next_word(at, word)) != NULL)
		if (!is_among(word, polite))
			add_word(&said, word);
	if (said.spelt && is_among(said.letters, spellings))
		return NM_OPTOUT_PLAIN;
	if (!said.ends && !(said.begins && said.n <= SHORT_TEXT))
		return NM_OPTOUT_UNSAID;
	return said.others == 0 ? NM_OPTOUT_PLAIN : NM_OPTOUT_IN_DOUBT;
}

bool nm_optout_by(const struct nm_plan *plan, nm_number from, const char *body)
{
	const enum nm_optout_word word = nm_optout_read(body);

	return word == NM_OPTOUT_PLAIN || (word == NM_OPTOUT_IN_DOUBT && !nm_plan_owns(plan, from));
}

enum nm_code nm_optout_check(struct nm_store *store, nm_number number, struct nm_error *err)
{
	static const char *const hows[] = {
		[NM_OPTOUT_REPLY] = "as it answered",
		[NM_OPTOUT_CARRIER] = "its carrier said",
		[NM_OPTOUT_TOLD] = "as was written down here",
	};
	enum nm_optout_how how = NM_OPTOUT_CARRIER;
	char text[NM_NUMBER_TEXT];
	bool found;
	enum nm_code code = nm_store_optout_find(store, number, &found, &how, err);

	if (code != NM_OK || !found)
		return code;
	nm_number_words(number, text);
	return nm_fail(err, NM_REFUSED, "%s wants no texts, %s: none is sent any more, from no line", text,
		       hows[how]);
}
