/* SPDX-License-Identifier: MIT */
/* Asking Twilio: see twilio_talk.h.  Comes in: what to ask, answers.  Goes out: requests, and what is kept. */
#include "core/carrier/twilio_talk.h"

#include <string.h>

#include "core/ascii.h"
#include "core/carrier/ask.h"
#include "core/carrier/twilio_whisper.h"

#define TIMEOUT_S 30
#define PAGES_MAX 200
#define LINK_MAX 2048
#define SID_LENGTH 34
#define WEBHOOKS "://webhooks.twilio.com/v1/Accounts/"

/* --- asking --- */

enum nm_step_result nm_twilio_ask(struct nm_exchange *x, struct nm_request *next, const char *url, int state)
{
	if (url == NULL)
		return nm_exchange_fail(x, "out of memory");
	*next = (struct nm_request){
		.method = "GET", .url = url, .auth = NM_AUTH_BASIC, .timeout_s = TIMEOUT_S, .repeatable = true
	};
	x->state = state;
	return NM_STEP_SEND;
}

enum nm_step_result nm_twilio_post(struct nm_exchange *x, struct nm_request *next, const char *url,
				   struct nm_buf *form, bool repeatable, int state)
{
	enum nm_step_result result = nm_twilio_ask(x, next, url, state);

	next->method = "POST";
	next->type = "application/x-www-form-urlencoded";
	next->body = form->failed ? NULL : nm_arena_text(x->arena, form->data);
	next->len = form->len;
	next->repeatable = repeatable;
	nm_buf_clear(form);
	return result == NM_STEP_SEND && next->body == NULL ? nm_exchange_fail(x, "out of memory") : result;
}

bool nm_twilio_is_sid(const char *text, const char *kind)
{
	if (text == NULL || strlen(text) != SID_LENGTH || strncmp(text, kind, 2) != 0)
		return false;
	for (const char *c = text + 2; *c != '\0'; c++)
		if (!nm_ascii_is_digit(*c) && !(nm_ascii_lower(*c) >= 'a' && nm_ascii_lower(*c) <= 'f'))
			return false;
	return true;
}

/* No blank, no control character, not too long. */
static bool is_plain(const char *text)
{
	size_t n = 0;

	while (text[n] > ' ' && text[n] < 0x7f && n < LINK_MAX)
		n++;
	return text[n] == '\0';
}

bool nm_twilio_is_link(const char *text)
{
	return is_plain(text) && (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0);
}

const struct nm_twilio_flow *nm_twilio_flow_at(int state)
{
	static const struct nm_twilio_flow flows[] = {
		{ NM_TWILIO_FLOW, "voice_url", "VoiceUrl", "VoiceMethod", "flow_sid", "webhook_url",
		  "previous_voice_url", "looked_again" },
		{ NM_TWILIO_FALLBACK, "voice_fallback_url", "VoiceFallbackUrl", "VoiceFallbackMethod",
		  "fallback_sid", "fallback_webhook_url", "previous_fallback_url", "looked_again_fallback" },
	};

	return &flows[state % NM_ASKED_PAGE >= NM_OF_FALLBACK];
}

const char *nm_twilio_flow_name(struct nm_exchange *x, const struct nm_twilio_flow *flow)
{
	return nm_arena_format(x->arena, "nevermiss%s:%s",
			       flow == nm_twilio_flow_at(NM_OF_FALLBACK) ? " fallback" : "", x->number);
}

const char *nm_twilio_flow_of(struct nm_exchange *x, const char *member)
{
	const char *url = nm_exchange_id(x, member), *at = url != NULL ? strstr(url, WEBHOOKS) : NULL;
	const size_t sid = strlen(x->account->sid);

	if (at == NULL || (at != url + 4 && at != url + 5) || strncmp(url, "http", 4) != 0)
		return NULL;
	at += strlen(WEBHOOKS);
	if (strncmp(at, x->account->sid, sid) != 0 || strncmp(at + sid, "/Flows/", 7) != 0)
		return NULL;
	return nm_twilio_is_sid(at + sid + 7, "FW") ? at + sid + 7 : NULL;
}

enum nm_code nm_twilio_account(const struct nm_account *account, struct nm_error *err)
{
	if (!nm_twilio_is_sid(account->sid, "AC"))
		return nm_fail(err, NM_INPUT, "sid must be AC and 32 hexadecimal digits");
	if (account->whisper != NULL && nm_twilio_document_of(account) == NULL)
		return nm_fail(err, NM_INPUT,
			       "whisper \"%.100s\" is no https URL of a document, without ? and #",
			       account->whisper);
	return NM_OK;
}

bool nm_twilio_has_sid(struct nm_exchange *x)
{
	struct nm_error why;

	if (nm_twilio_account(x->account, &why) == NM_OK)
		return true;
	nm_exchange_fail(x, "account %s: %s", x->account->name, why.text);
	return false;
}

enum nm_step_result nm_twilio_ask_numbers(struct nm_exchange *x, struct nm_request *next, const char *number)
{
	const char *path;

	if (!nm_twilio_has_sid(x))
		return NM_STEP_FAILED;
	path = nm_arena_format(x->arena,
			       "/2010-04-01/Accounts/%s/IncomingPhoneNumbers.json?PhoneNumber=%%2B%s",
			       x->account->sid, number + 1);
	return nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_API, path) : NULL,
			     NM_ASKED_NUMBERS);
}

const char *nm_twilio_number_url(struct nm_exchange *x)
{
	const char *path = nm_arena_format(x->arena, "/2010-04-01/Accounts/%s/IncomingPhoneNumbers/%s.json",
					   x->account->sid, nm_exchange_id(x, "number_sid"));

	return path != NULL ? nm_ask_url(x, NM_TWILIO_API, path) : NULL;
}

enum nm_step_result nm_twilio_ask_revision(struct nm_exchange *x, struct nm_request *next,
					   const char *revision, int state)
{
	const char *path = nm_arena_format(x->arena, "/v2/Flows/%s/Revisions/%s",
					   nm_exchange_id(x, nm_twilio_flow_at(state)->sid), revision);

	return nm_twilio_ask(x, next, path != NULL ? nm_ask_url(x, NM_TWILIO_STUDIO, path) : NULL, state);
}

/* --- answers --- */

const char *nm_twilio_shown(struct nm_exchange *x, const char *text)
{
	const char *words = nm_ask_words(x->arena, text);

	return words != NULL ? words : "";
}

const char *nm_twilio_complaint(struct nm_exchange *x, const struct nm_node *root)
{
	const struct nm_node *errors = nm_node_get(nm_node_get(root, "details"), "errors");
	const struct nm_node *first =
		nm_node_at(nm_node_is_array(errors) ? errors : nm_node_get(root, "errors"), 0);
	const char *message = nm_node_member_text(root, "message"),
		   *detail = nm_node_member_text(first, "message"),
		   *where = nm_node_member_text(first, "property_path");

	if (message == NULL)
		message = nm_node_member_text(root, "detail");
	if (message == NULL)
		message = nm_node_member_text(root, "title");
	if (detail == NULL)
		return message != NULL ? nm_twilio_shown(x, message) : NULL;
	return nm_arena_format(x->arena, "%s: %s%s%s",
			       message != NULL ? nm_twilio_shown(x, message) : "not valid",
			       nm_twilio_shown(x, detail), where != NULL ? " at " : "",
			       where != NULL ? nm_twilio_shown(x, where) : "");
}

static enum nm_step_result refused(struct nm_exchange *x, const struct nm_response *last)
{
	struct nm_node *root = NULL;
	const char *words = NULL;
	int64_t code;

	if (last->status != 0 && nm_node_read(last->body, last->len, &root, NULL) == NM_OK) {
		words = nm_twilio_complaint(x, root);
		if (words != NULL && nm_node_int(nm_node_get(root, "code"), 1, INT32_MAX, &code))
			words = nm_arena_format(x->arena, "%s, Twilio's error %d", words, (int)code);
	}
	nm_node_free(root);
	return nm_ask_refused(x, last, words);
}

struct nm_node *nm_twilio_document(struct nm_exchange *x, const struct nm_response *last,
				   enum nm_step_result *result)
{
	struct nm_node *root = NULL;
	struct nm_error err;

	if (last->status != 200 && last->status != 201)
		*result = refused(x, last);
	else if (nm_node_read(last->body, last->len, &root, &err) != NM_OK)
		*result = nm_exchange_fail(x, "its answer makes no sense: %s", nm_twilio_shown(x, err.text));
	return root;
}

bool nm_twilio_keep(struct nm_exchange *x, const char *name, const char *value)
{
	return nm_exchange_set_id(x, name, value != NULL ? value : "", NULL) == NM_OK;
}

const char *nm_twilio_next_page(struct nm_exchange *x, const char *host, const char *link)
{
	const char *path = link != NULL ? strstr(link, "://") : NULL;

	path = path != NULL ? strchr(path + 3, '/') : link;
	if (path == NULL || path[0] != '/' || !is_plain(path))
		return NULL;
	return nm_ask_url(x, host, path);
}

enum nm_step_result nm_twilio_turn_page(struct nm_exchange *x, struct nm_request *next, const char *url)
{
	if (x->state / NM_ASKED_PAGE >= PAGES_MAX)
		return nm_exchange_fail(x, "its list has no end: %d pages were read", PAGES_MAX);
	return nm_twilio_ask(x, next, url, x->state + NM_ASKED_PAGE);
}

/* --- the number --- */

const struct nm_node *nm_twilio_find_number(const struct nm_node *list, const char *number)
{
	for (size_t i = 0; i < nm_node_count(list); i++) {
		const char *one = nm_node_member_text(nm_node_at(list, i), "phone_number");

		if (one != NULL && strcmp(one, number) == 0)
			return nm_node_at(list, i);
	}
	return NULL;
}

/* Remembers what the number's member says; "" when it says nothing. */
static bool keep_member(struct nm_exchange *x, const struct nm_node *number, const char *name)
{
	const char *text = nm_node_member_text(number, name);

	return nm_twilio_keep(x, name, text != NULL ? nm_twilio_shown(x, text) : "");
}

/* False too when it is no URL. */
static bool keep_url(struct nm_exchange *x, const struct nm_node *number, const char *name)
{
	const char *url = nm_node_member_text(number, name);

	return (url == NULL || *url == '\0' || nm_twilio_is_link(url)) && nm_twilio_keep(x, name, url);
}

bool nm_twilio_take_number(struct nm_exchange *x, const struct nm_node *number)
{
	const char *sid = nm_node_member_text(number, "sid");

	return nm_twilio_is_sid(sid, "PN") && nm_twilio_keep(x, "number_sid", sid) &&
	       keep_url(x, number, "voice_url") && keep_url(x, number, "voice_fallback_url") &&
	       keep_member(x, number, "trunk_sid") && keep_member(x, number, "voice_application_sid");
}

bool nm_twilio_same_url(const char *a, const char *b)
{
	const char *x = strstr(a, "://"), *y = strstr(b, "://");

	return strcmp(x != NULL ? x : a, y != NULL ? y : b) == 0;
}

bool nm_twilio_knows(const struct nm_exchange *x, const char *id)
{
	const char *value = nm_exchange_id(x, id);

	return value != NULL && *value != '\0';
}

bool nm_twilio_elsewhere(struct nm_exchange *x)
{
	const char *id = nm_twilio_knows(x, "trunk_sid") ? "trunk_sid" : "voice_application_sid";

	if (!nm_twilio_knows(x, id))
		return false;
	nm_exchange_fail(
		x,
		"the number has a %s (%s), so Twilio asks no flow: take the number off it in Twilio's "
		"console, and push again",
		id, nm_twilio_shown(x, nm_exchange_id(x, id)));
	return true;
}
