/* SPDX-License-Identifier: MIT */
/*
 * The plan language as a table: every section and every option with its type, choices, default and
 * one sentence of help.  The reader declares libconfuse's options from it and checks values by it, so
 * the manual, completion and forms say what is really read.  Knows nothing of any plan's text.
 *
 * A reference's `values` is the kind of section it names; words that it takes as well stand before it.  Of what is
 * open (a text, a country) they are those that are usual.
 */
#include "plan_private.h"

/* clang-format off */
const struct nm_section_info nm_sections[] = {
	{ "targets",     false, true,  "What you want to reach: answer rate, rings, callback time." },
	{ "account",     true,  false, "An account at a carrier, and the driver that speaks to it." },
	{ "line",        true,  false, "A business number that customers call." },
	{ "calendar",    true,  false, "A calendar (iCalendar), from a file or a URL." },
	{ "schedule",    true,  false, "A named set of times: opening hours, or the events of a calendar." },
	{ "callers",     true,  false, "A named group of caller numbers." },
	{ "destination", true,  false, "Somebody or something that can answer a call." },
	{ "rotation",    true,  false, "Whose turn it is; stands wherever a destination can stand." },
	{ "path",        true,  false, "A coverage path: steps that ring, one after the other." },
	{ "step",        false, false, "One step of a path: who rings at once, and for how long." },
	{ "rule",        true,  false,
	  "When, who and which line lead to which path; the first that matches decides." },
	{ "override",    true,  false, "A rule with a beginning and an end, ahead of the other rules." },
	{ "emergency",   false, true,  "What makes a call an emergency, and the path and alerts it gets." },
	{ "text_back",   false, true,  "The text that a missed caller gets at once." },
	{ "follow_up",   false, true,  "How missed callers are called back." },
	{ "crm",         false, true,  "Where calls are reported to." },
	{ "value",       false, true,  "What a job is worth, for missed revenue and return." },
	{ "guarantee",   true,  false,
	  "Something that must hold at every minute; a push that breaks it is refused." },
	{ "test",        true,  false, "A test call and what must come of it." },
};
/* clang-format on */

const size_t nm_sections_count = sizeof nm_sections / sizeof nm_sections[0];

#define COUNTRIES "US|CA|MX|GB|IE|AU|NZ|ZA|IN|DE|AT|CH|FR|BE|NL|ES|PT|IT|DK|SE|NO|FI|PL|BR|JP"
#define CURRENCIES "USD|CAD|MXN|GBP|EUR|AUD|NZD|ZAR|INR|CHF|DKK|SEK|NOK|PLN|BRL|JPY"
#define CODES "gsm|att|tmobile|verizon|uscellular|landline|att-landline"
#define CARRIERS "sandbox|cpl|twilio|telnyx|voipms|codes|manual|asterisk|gateway"

const struct nm_option_info nm_options[] = {
	{ "", "business", NM_TYPE_TEXT, NULL, NULL, false, "Name of the business, as callers know it." },
	{ "", "timezone", NM_TYPE_ZONE, NULL, NULL, true, "IANA time zone on whose clock the plan runs." },
	{ "", "country", NM_TYPE_COUNTRY, COUNTRIES, NULL, false,
	  "Country (ISO 3166) by which national numbers are read; the first line's when not given." },
	{ "", "currency", NM_TYPE_TEXT, CURRENCIES, NULL, false,
	  "Currency of all amounts (ISO 4217 code); the country's when not given." },
	{ "", "allow", NM_TYPE_COUNTRIES, NULL, NULL, false,
	  "Countries beside its own that calls may be sent to." },
	{ "", "retention", NM_TYPE_DURATION, NULL, "0s", false,
	  "How long calls, follow-ups, texts and events are kept in the store; 0s keeps them." },

	{ "targets", "answer_rate", NM_TYPE_PERCENT, NULL, "95", false, "Percent of calls to be answered." },
	{ "targets", "rings", NM_TYPE_NUMBER, NULL, "3", false, "Average rings before an answer, at most." },
	{ "targets", "first_call", NM_TYPE_PERCENT, NULL, "80", false,
	  "Percent of calls resolved on the first call." },
	{ "targets", "callback", NM_TYPE_DURATION, NULL, "15m", false,
	  "Time within which missed callers are called back." },
	{ "targets", "patience", NM_TYPE_DURATION, NULL, "40s", false,
	  "How long callers wait for somebody live." },

	{ "account", "driver", NM_TYPE_CHOICE, CARRIERS, NULL, true, "Kind of carrier." },
	{ "account", "sid", NM_TYPE_TEXT, NULL, NULL, false,
	  "Account's identifier at the carrier (not a secret)." },
	{ "account", "endpoint", NM_TYPE_TEXT, NULL, NULL, false,
	  "URL of the carrier's interface; how an Asterisk dials, \"PJSIP/{number}@trunk\"." },
	{ "account", "domain", NM_TYPE_TEXT, NULL, NULL, false, "SIP domain." },
	{ "account", "user", NM_TYPE_TEXT, NULL, NULL, false, "User name at the carrier." },
	{ "account", "token_cmd", NM_TYPE_TEXT, NULL, NULL, false, "Command that prints the secret." },
	{ "account", "token_env", NM_TYPE_TEXT, NULL, NULL, false,
	  "Environment variable that holds the secret." },
	{ "account", "token_file", NM_TYPE_TEXT, NULL, NULL, false,
	  "File that holds the secret, readable by its owner only." },
	{ "account", "carrier", NM_TYPE_TEXT, CODES, NULL, false,
	  "Mobile or landline carrier, for star codes." },
	{ "account", "codes_file", NM_TYPE_TEXT, NULL, NULL, false,
	  "File of your own star codes, relative to the plan's folder." },
	{ "account", "whisper", NM_TYPE_TEXT, NULL, NULL, false,
	  "https URL of the document that rings and asks to press 1, for Twilio." },
	{ "account", "script_dir", NM_TYPE_TEXT, NULL, NULL, false, "Folder of the server's script files." },
	{ "account", "hours", NM_TYPE_CHOICE, "yes|no", NULL, false,
	  "no: the sandbox keeps no hours, as some carriers do not." },

	{ "line", "number", NM_TYPE_PHONE, NULL, NULL, true, "Number that customers call." },
	{ "line", "account", NM_TYPE_REFERENCE, "account", NULL, true, "Account that the number is on." },
	{ "line", "handset", NM_TYPE_REFERENCE, "destination", NULL, false,
	  "Destination whose phone this line is: it rings first, the rest is what the carrier forwards to." },
	{ "line", "fallback", NM_TYPE_PHONE, NULL, NULL, false,
	  "Number that the carrier sends calls to when all else fails." },
	{ "line", "text_in_flow", NM_TYPE_YES_NO, NULL, "no", false,
	  "What is pushed to the carrier sends the text back itself, as far as it can." },

	{ "calendar", "file", NM_TYPE_TEXT, NULL, NULL, false,
	  "iCalendar file, relative to the plan's folder." },
	{ "calendar", "url", NM_TYPE_TEXT, NULL, NULL, false,
	  "https URL of the calendar; with a slash at its end, of a CalDAV collection." },
	{ "calendar", "url_cmd", NM_TYPE_TEXT, NULL, NULL, false,
	  "Command that prints the URL, for one that is a secret." },
	{ "calendar", "user", NM_TYPE_TEXT, NULL, NULL, false, "User name for the URL." },
	{ "calendar", "password_cmd", NM_TYPE_TEXT, NULL, NULL, false,
	  "Command that prints the password for the URL." },
	{ "calendar", "refresh", NM_TYPE_DURATION, NULL, "15m", false, "How often the URL is to be fetched." },

	{ "schedule", "hours", NM_TYPE_HOURS, NULL, NULL, false,
	  "Opening hours, as OpenStreetMap has them: Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off." },
	{ "schedule", "calendar", NM_TYPE_REFERENCE, "calendar", NULL, false,
	  "Calendar; on while one of its events is busy." },
	{ "schedule", "holidays", NM_TYPE_REFERENCE, "calendar", NULL, false,
	  "Calendar that PH in hours means; without PH it changes nothing: \"; PH off\" at their end shuts its days." },

	{ "callers", "numbers", NM_TYPE_PATTERNS, NULL, NULL, true,
	  "Numbers, beginnings of numbers (\"+1900*\"), or anonymous." },

	{ "destination", "kind", NM_TYPE_CHOICE, "personal|backup|ai|voicemail", NULL, true,
	  "Who or what it is." },
	{ "destination", "role", NM_TYPE_CHOICE, "staff|receptionist|answering-service", NULL, false,
	  "What kind of backup it is." },
	{ "destination", "number", NM_TYPE_PHONE, NULL, NULL, false, "Number that is rung." },
	{ "destination", "line", NM_TYPE_REFERENCE, "line", NULL, false,
	  "Line whose handset or number it is." },
	{ "destination", "address", NM_TYPE_TEXT, NULL, NULL, false,
	  "SIP address that is rung (\"sip:sam@example.org\")." },
	{ "destination", "hours", NM_TYPE_REFERENCES, "schedule", NULL, false,
	  "Only rung while one of these is on." },
	{ "destination", "away", NM_TYPE_REFERENCES, "schedule", NULL, false,
	  "Not rung while one of these is on (but in an emergency)." },
	{ "destination", "own_voicemail", NM_TYPE_OWN_VOICEMAIL, "none|unknown", "unknown", false,
	  "When this phone's own voicemail picks up; none for an AI when not given." },
	{ "destination", "confirm", NM_TYPE_YES_NO, NULL, "no", false,
	  "\"Press 1 to accept\": a voicemail cannot." },
	{ "destination", "caller_id", NM_TYPE_CHOICE, "caller|line", NULL, false,
	  "What the rung phone shows; the caller when not given, the line in the emergency path." },
	{ "destination", "greeting", NM_TYPE_TEXT, NULL, NULL, false, "What the caller hears." },
	{ "destination", "notes", NM_TYPE_TEXT, NULL, NULL, false, "For people who read the plan." },
	{ "destination", "per_month", NM_TYPE_AMOUNT, NULL, "0", false, "What it costs a month." },
	{ "destination", "per_call", NM_TYPE_AMOUNT, NULL, "0", false, "What it costs a call." },
	{ "destination", "per_minute", NM_TYPE_AMOUNT, NULL, "0", false, "What it costs a minute." },
	{ "destination", "per_booking", NM_TYPE_AMOUNT, NULL, "0", false, "What it costs a booking." },

	{ "rotation", "members", NM_TYPE_REFERENCES, "destination", NULL, true,
	  "Destinations, in the order of their turns." },
	{ "rotation", "from", NM_TYPE_LOCAL_TIME, NULL, NULL, true,
	  "When a turn of the first member begins." },
	{ "rotation", "until", NM_TYPE_LOCAL_TIME, NULL, NULL, false, "When the rotation is over." },
	{ "rotation", "every", NM_TYPE_DURATION, NULL, NULL, true,
	  "How long a turn is; days and weeks on the wall clock." },

	{ "path", "rounds", NM_TYPE_COUNT, NULL, "1", false,
	  "How often the leading steps that ring only people are gone through." },
	{ "path", "greeting", NM_TYPE_TEXT, NULL, NULL, false,
	  "Answers the call and plays before the first ring." },
	{ "path", "lasts", NM_TYPE_DURATION, NULL, NULL, false,
	  "How long the greeting plays; 10s when not given." },
	{ "path", "step", NM_TYPE_SECTION, "step", NULL, true, "Steps, in their order." },

	{ "step", "ring", NM_TYPE_TARGETS, "destination|rotation|line", NULL, true,
	  "Who rings, all at once." },
	{ "step", "for", NM_TYPE_DURATION, NULL, "20s", false, "How long they ring." },
	{ "step", "confirm", NM_TYPE_YES_NO, NULL, NULL, false,
	  "Must be accepted; as the destination says when not given." },

	{ "rule", "lines", NM_TYPE_REFERENCES, "line", NULL, false, "Calls to these lines." },
	{ "rule", "callers", NM_TYPE_REFERENCES, "callers", NULL, false, "Calls from these callers." },
	{ "rule", "during", NM_TYPE_REFERENCES, "schedule", NULL, false, "While one of these is on." },
	{ "rule", "outside", NM_TYPE_REFERENCES, "schedule", NULL, false, "While none of these is on." },
	{ "rule", "path", NM_TYPE_REFERENCE, "path", NULL, false, "Path that the call gets." },
	{ "rule", "reject", NM_TYPE_CHOICE, "busy|silent", NULL, false, "Turns the call away." },

	{ "override", "lines", NM_TYPE_REFERENCES, "line", NULL, false, "Calls to these lines." },
	{ "override", "callers", NM_TYPE_REFERENCES, "callers", NULL, false, "Calls from these callers." },
	{ "override", "during", NM_TYPE_REFERENCES, "schedule", NULL, false, "While one of these is on." },
	{ "override", "outside", NM_TYPE_REFERENCES, "schedule", NULL, false, "While none of these is on." },
	{ "override", "path", NM_TYPE_REFERENCE, "path", NULL, false, "Path that the call gets." },
	{ "override", "reject", NM_TYPE_CHOICE, "busy|silent", NULL, false, "Turns the call away." },
	{ "override", "from", NM_TYPE_LOCAL_TIME, NULL, NULL, true, "When it begins." },
	{ "override", "until", NM_TYPE_LOCAL_TIME, NULL, NULL, true, "When it ends." },

	{ "emergency", "lines", NM_TYPE_REFERENCES, "line", NULL, false,
	  "Every call to these lines is one." },
	{ "emergency", "callers", NM_TYPE_REFERENCES, "callers", NULL, false,
	  "Every call from these callers is one." },
	{ "emergency", "key", NM_TYPE_KEY, "0|1|2|3|4|5|6|7|8|9|*|#", NULL, false,
	  "Key that the caller presses while a greeting plays." },
	{ "emergency", "flagged_by", NM_TYPE_REFERENCES, "destination", NULL, false,
	  "Who hands emergencies over, by calling one of the lines." },
	{ "emergency", "path", NM_TYPE_REFERENCE, "path", NULL, true, "Path that an emergency gets." },
	{ "emergency", "alert", NM_TYPE_TARGETS, "destination|rotation", NULL, false,
	  "Who is texted at once." },
	{ "emergency", "acknowledge", NM_TYPE_DURATION, NULL, NULL, false,
	  "Time in which somebody must reply." },
	{ "emergency", "then_alert", NM_TYPE_TARGETS, "destination|rotation", NULL, false,
	  "Who is texted when nobody replied." },
	{ "emergency", "reach_human", NM_TYPE_DURATION, NULL, "60s", false,
	  "A human must have answered by then." },

	{ "text_back", "missed", NM_TYPE_TEXT, NULL, NULL, false, "Text to a caller who was missed." },
	{ "text_back", "away", NM_TYPE_TEXT, NULL, NULL, false,
	  "Text to one who was missed while the owner was away." },
	{ "text_back", "once_per", NM_TYPE_DURATION, NULL, "4h", false,
	  "At most one text to a number in this time." },
	{ "text_back", "account", NM_TYPE_REFERENCE, "account", NULL, false,
	  "Account that sends the texts." },
	{ "text_back", "from", NM_TYPE_REFERENCE, "line", NULL, false,
	  "Line whose number sends; the line called when not given." },
	{ "text_back", "during", NM_TYPE_REFERENCES, "schedule", NULL, false,
	  "Only while one of these is on." },

	{ "follow_up", "within", NM_TYPE_DURATION, NULL, "15m", false,
	  "Time within which a missed caller is called back." },
	{ "follow_up", "attempts", NM_TYPE_COUNT, NULL, "3", false, "How often it is tried." },
	{ "follow_up", "retry", NM_TYPE_DURATION, NULL, "30m", false, "Time between two attempts." },
	{ "follow_up", "then_text", NM_TYPE_TEXT, NULL, NULL, false, "Text after the last attempt." },
	{ "follow_up", "survey", NM_TYPE_TEXT, NULL, NULL, false,
	  "Text that asks, once a follow-up is booked or resolved, whether the first call did it." },
	{ "follow_up", "during", NM_TYPE_REFERENCES, "schedule", NULL, false,
	  "Only while one of these is on." },
	{ "follow_up", "from", NM_TYPE_REFERENCE, "line", NULL, false,
	  "Line whose number sends, and calls back; the line called when not given." },

	{ "crm", "url", NM_TYPE_TEXT, NULL, NULL, true, "https URL that gets a report of each call." },
	{ "crm", "token_cmd", NM_TYPE_TEXT, NULL, NULL, false, "Command that prints the secret." },
	{ "crm", "token_env", NM_TYPE_TEXT, NULL, NULL, false,
	  "Environment variable that holds the secret." },
	{ "crm", "token_file", NM_TYPE_TEXT, NULL, NULL, false,
	  "File that holds the secret, readable by its owner only." },

	{ "value", "job", NM_TYPE_AMOUNT, NULL, "400", false, "What an average job brings." },
	{ "value", "booked", NM_TYPE_PERCENT, NULL, "60", false, "Percent of answered calls that book." },

	{ "guarantee", "lines", NM_TYPE_REFERENCES, "line", NULL, false, "For calls to these lines." },
	{ "guarantee", "callers", NM_TYPE_REFERENCES, "callers", NULL, false,
	  "For calls from these callers." },
	{ "guarantee", "during", NM_TYPE_REFERENCES, "schedule", NULL, false, "While one of these is on." },
	{ "guarantee", "outside", NM_TYPE_REFERENCES, "schedule", NULL, false, "While none of these is on." },
	{ "guarantee", "emergency", NM_TYPE_YES_NO, NULL, NULL, false,
	  "Only for emergencies (yes) or only for other calls (no)." },
	{ "guarantee", "live", NM_TYPE_YES_NO, NULL, "no", false, "A human or an AI answers." },
	{ "guarantee", "within", NM_TYPE_DURATION, NULL, NULL, false, "By then, at the latest." },
	{ "guarantee", "answered_by", NM_TYPE_REFERENCE, "human|destination", NULL, false, "Who answers." },
	{ "guarantee", "first", NM_TYPE_REFERENCE, "destination", NULL, false, "Who rings first." },
	{ "guarantee", "never", NM_TYPE_REFERENCE, "destination", NULL, false, "Who is never rung." },

	{ "test", "at", NM_TYPE_LOCAL_TIME, NULL, NULL, true, "When the call comes." },
	{ "test", "line", NM_TYPE_REFERENCE, "line", NULL, false,
	  "Line that is called; the plan's first when not given." },
	{ "test", "from", NM_TYPE_PHONE, "anonymous|unknown", "unknown", false,
	  "Who calls; unknown is somebody in no group." },
	{ "test", "emergency", NM_TYPE_YES_NO, NULL, "no", false, "The call is an emergency." },
	{ "test", "nobody", NM_TYPE_YES_NO, NULL, "no", false, "No human answers." },
	{ "test", "set", NM_TYPE_SETTINGS, NULL, NULL, false,
	  "What destinations do: \"owner=answer@6s\", noanswer, busy, declined or unreachable." },
	{ "test", "hangup", NM_TYPE_DURATION, NULL, NULL, false, "When the caller gives up." },
	{ "test", "expect", NM_TYPE_REFERENCE, "voicemail|rejected|lost|abandoned|destination", NULL, true,
	  "Who must take the call, or how it must end." },
	{ "test", "within", NM_TYPE_DURATION, NULL, NULL, false, "By then, at the latest." },
};

const size_t nm_options_count = sizeof nm_options / sizeof nm_options[0];

const struct nm_alternatives nm_alternatives[] = {
	{ "account", "token_cmd|token_env|token_file" },
	{ "calendar", "file|url|url_cmd" },
	{ "schedule", "hours|calendar" },
	{ "destination", "number|line|address" },
	{ "rule", "path|reject" },
	{ "override", "path|reject" },
	{ "crm", "token_cmd|token_env|token_file" },
};

const size_t nm_alternatives_count = sizeof nm_alternatives / sizeof nm_alternatives[0];

const char *const nm_ringing_options[] = { "role", "number",	    "line",    "address",   "hours",
					   "away", "own_voicemail", "confirm", "caller_id", NULL };

bool nm_word_listed(const char *words, const char *word)
{
	size_t n;

	for (; words; words = words[n] ? words + n + 1 : NULL) {
		n = strcspn(words, "|");
		if (!strncmp(words, word, n) && word[n] == '\0')
			return true;
	}
	return false;
}

bool nm_option_is_list(enum nm_option_type type)
{
	switch (type) {
	case NM_TYPE_COUNTRIES:
	case NM_TYPE_REFERENCES:
	case NM_TYPE_TARGETS:
	case NM_TYPE_PATTERNS:
	case NM_TYPE_SETTINGS:
		return true;
	default:
		return false;
	}
}

const struct nm_option_info *nm_option_find(const char *section, const char *name)
{
	size_t i;

	for (i = 0; i < nm_options_count; i++) {
		const struct nm_option_info *info = &nm_options[i];

		/* Asked for every option of every section of a plan: the first letter spares most of the work. */
		if (info->name[0] == name[0] && !strcmp(info->name, name) && !strcmp(info->section, section))
			return info;
	}
	return NULL;
}

const struct nm_section_info *nm_section_find(const char *name)
{
	size_t i;

	for (i = 0; i < nm_sections_count; i++)
		if (!strcmp(nm_sections[i].name, name))
			return &nm_sections[i];
	return NULL;
}
