/* SPDX-License-Identifier: MIT */
/*
 * Everything that check can find, in the order of the manual: id, severity, when it holds, and why it
 * matters.  The figures are those of the guide.
 */
#include "nevermiss/check.h"

#define ERROR NM_SEVERITY_ERROR
#define WARNING NM_SEVERITY_WARNING
#define ADVICE NM_SEVERITY_ADVICE

const struct nm_check_info nm_checks[] = {
	{ "no-rule", ERROR, "a call that no rule matches",
	  "such a call is lost: nothing rings, and the caller hears nothing that helps" },
	{ "dead-end", ERROR,
	  "a path that, no human answering, ends with nobody and no voicemail having taken the call",
	  "the caller is cut off; 85 % of those who were missed never call back, they call a competitor" },
	{ "no-live-answer", ERROR,
	  "windows in which neither human nor AI is rung, or callers whom no rule names are turned away",
	  "80 % of callers who reach voicemail hang up without a message" },
	{ "swallowed", ERROR,
	  "with everybody available and nobody answering, a known own voicemail takes the call before a "
	  "later step",
	  "whoever stands behind that phone never rings, and the message lies in somebody's private "
	  "mailbox" },
	{ "loop", ERROR, "a call can come back to a line it passed, through steps, forwards or hand-overs",
	  "a call that goes round rings nobody new, costs money for every leg and ends when a carrier cuts "
	  "it off" },
	{ "too-many-lines", ERROR,
	  "a call goes on over more than 16 lines, each rung by the one before, or through more than 200000 "
	  "steps of such lines",
	  "nevermiss follows no call further, and carriers cut it off sooner: nothing is known of how it ends" },
	{ "guarantee-broken", ERROR, "a guarantee of the plan does not hold for every call it covers",
	  "the owner wanted this to hold at every minute; a push that would break it is refused" },
	{ "test-failed", ERROR, "a test of the plan does not end as it expects",
	  "the plan no longer does what its owner wrote down as right" },
	{ "emergency-no-human", ERROR, "windows in which the emergency path rings no human, nothing failing",
	  "somebody with a burst pipe or a gas leak needs a person who decides and comes" },
	{ "emergency-too-slow", ERROR,
	  "no human, answering 6 s after being rung, would answer an emergency within reach_human",
	  "in an emergency each further ring makes it likelier that the caller hangs up and calls somebody "
	  "else" },
	{ "forbidden-number", ERROR, "a premium number, or one in a country outside the plan's own and allow",
	  "forwarding to such numbers is how toll fraud makes its money: one night can cost thousands" },
	{ "account-unusable", ERROR,
	  "an account whose driver is not in this build, that lacks an option that its driver needs, or that has one "
	  "that it does not take",
	  "nothing can be pushed to its lines, and whatever is live there stays" },

	{ "too-slow", WARNING, "nobody answers, and the first live answer comes later than patience",
	  "callers hang up before: speed to answer should be under 3 rings" },
	{ "may-swallow", WARNING,
	  "as swallowed, where own_voicemail is unknown, or within 5 s of the race between it and the ring "
	  "time",
	  "if that phone's voicemail is faster, whoever stands behind it never rings" },
	{ "single-human", WARNING, "the emergency path, as written, names one human",
	  "one flat battery, one shower or one dead spot, and an emergency reaches nobody" },
	{ "same-phone", WARNING,
	  "two destinations that have one number or address, a step that rings such a phone twice at once, or a rotation "
	  "in which they take turns",
	  "when that phone is off, busy or out of range neither answers: whoever steps in there steps in for nobody" },
	{ "single-failure", WARNING,
	  "one person, AI or service whose phone being unreachable makes a call end lost, no human answering",
	  "services fail: the safety net is what gives every call some response" },
	{ "failure-swallowed", WARNING,
	  "one destination whose being unreachable or busy lets its own voicemail, known or unknown, take a call that "
	  "somebody else would have had, no human answering",
	  "a phone that is off or out of range hands calls to its voicemail without ringing: whoever stands behind "
	  "it never rings, however the ring times are set" },
	{ "never-rings", WARNING,
	  "a step behind one that always ends the call, or beyond a carrier's limit for unanswered calls",
	  "it looks as if somebody would be rung who never is" },
	{ "key-unreachable", WARNING,
	  "the emergency key is set and no greeting plays in which it could be pressed",
	  "nobody can press it: an emergency is treated like any other call" },
	{ "text-unsent", WARNING, "a line with text_in_flow whose carrier sends no text by itself",
	  "the agent leaves that text to the line, so whoever is missed there gets none" },
	{ "agent-dependent", WARNING, "a line's hours hold only while the agent runs",
	  "this carrier keeps no hours: when the machine is off, what is in force stays in force" },
	{ "agent-silent", WARNING, "the agent does not run, and a pushed line's hours hold only while it does, or it alone texts an emergency's "
	  "people, missed callers or the owner, tells the CRM or fetches a calendar, or nobody ended it",
	  "nothing is pushed, fetched, or told to anybody until somebody starts it again" },
	{ "crm-refused", WARNING, "events that the CRM refused in the last 30 days and that are set aside",
	  "the CRM does not know of these calls and follow-ups, and nothing sends them again by itself" },
	{ "texts-missing", WARNING, "so many texts came to a line in the last 30 days that not all could be read",
	  "who answered STOP among them is not known to want no more texts" },
	{ "alert-opted-out", WARNING, "somebody whom emergencies alert has answered STOP, or their carrier says so",
	  "no text reaches them any more: of an emergency they learn nothing" },
	{ "owner-opted-out", WARNING,
	  "whom the agent tells by text of what goes wrong has answered STOP, or their carrier says so",
	  "of a callback that is late, an emergency that nobody has taken and a line that could not be pushed nobody learns "
	  "by text" },
	{ "unused", WARNING,
	  "a destination, schedule, path, callers or calendar that nobody names, holidays of a schedule whose hours do "
	  "not name PH, or an emergency section that nothing sets off",
	  "it does nothing, and whoever reads the plan believes that it does" },
	{ "shadowed", WARNING, "a rule or override that can never decide, whatever the time",
	  "it does nothing: usually a rule above it was meant to be narrower" },
	{ "expired", WARNING, "an override or a rotation that is over", "it does nothing any more" },
	{ "calendar-stale", WARNING,
	  "a calendar that was not refreshed, or that or a push ends within 60 days",
	  "behind its end holidays are ordinary days, and jobs are free time" },
	{ "hours-typo", WARNING,
	  "hours with a span of equal ends, or a rule that a later one wholly overrides or undoes",
	  "that is allowed and rarely meant" },
	{ "drift", WARNING, "a line pushed before whose last read-back decided differently",
	  "what was proved here is not what the carrier does" },
	{ "unread", WARNING, "a line pushed before that could not be read when that was last tried",
	  "nobody knows whether the carrier does what was proved here" },
	{ "left-behind", WARNING, "a number that was pushed and that no line of the plan has any more",
	  "nothing changes there by itself: it goes on doing what an older plan said" },

	{ "no-after-hours", ADVICE, "no rule for the time outside all hours that rules name",
	  "a common mistake: emergencies come in evenings and at weekends, and so do the best jobs" },
	{ "no-emergency", ADVICE, "no emergency section",
	  "a common mistake: nothing says what qualifies as an emergency and how it escalates" },
	{ "no-text-back", ADVICE, "no text_back section",
	  "most callers who reach voicemail leave no message: an instant text keeps them" },
	{ "greeting", ADVICE,
	  "a voicemail greeting that does not name the business, promise when, or offer text",
	  "a caller who does not know whom they reached, and when they will hear, calls somebody else" },
	{ "text-anonymous", ADVICE, "a text that does not name the business",
	  "a text from a strange number that does not say who wrote it looks like fraud" },
	{ "focus-long", ADVICE, "a schedule of hours in a person's away that is on for more than 2 h",
	  "focus time works in short blocks: 1-2 h at most" },
	{ "focus-peak", ADVICE, "a schedule of hours in a person's away that lies in a peak of the call log",
	  "focus time belongs in the lulls: most businesses are called at 9-11 and 13-15 o'clock" },
	{ "focus-uncovered", ADVICE,
	  "a schedule of hours in a person's away during which nobody else is live",
	  "focus time needs somebody who answers meanwhile" },
	{ "callback-slow", ADVICE, "follow_up within, or the log's median, over 15 min",
	  "60 % of callbacks within 10 minutes book, 15 % after an hour" },
	{ "rings-late", ADVICE, "with everybody available, the first live destination is rung after 3 rings",
	  "speed to answer should be under 3 rings" },
	{ "over-engineered", ADVICE, "a path with more than 4 layers, or rules that do the same",
	  "a common mistake: callers want somebody who answers and helps, not a maze" },
	{ "untested", ADVICE,
	  "pushed, and the plan's tests not played in 30 days, or none of them after hours",
	  "a common mistake: only a call from another phone shows what customers get" },
};

const size_t nm_checks_count = sizeof nm_checks / sizeof nm_checks[0];
