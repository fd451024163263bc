/* SPDX-License-Identifier: MIT */
/*
 * The edges of what a finding means: small plans on both sides of each definition of design.md section 5.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "called.h"
#include "nevermiss/check.h"
#include "random_plan.h"

/* Sun 22 Nov 2026 05:11 in Chicago */
#define NOW ((nm_time)1795345860)

#define HEAD                                                                                                 \
	"business = \"Smith Plumbing\"\ntimezone = \"America/Chicago\"\ncountry = \"US\"\n"                  \
	"account sandbox { driver = sandbox }\naccount phone { driver = codes  carrier = \"verizon\" }\n"
#define LINES                                                                                                \
	"line main { number = \"+15125550100\"  account = sandbox }\n"                                       \
	"line hotline { number = \"+15125550190\"  account = sandbox }\n"
#define FIXLY "destination fixly { kind = ai  number = \"+15125550177\" }\n"
#define MAILBOX                                                                                              \
	"destination mailbox { kind = voicemail  greeting = \"Smith Plumbing: we call back within the "      \
	"hour, or text us\" }\n"
#define SAM "destination sam { kind = personal  number = \"+15125550114\"  own_voicemail = none }\n"
#define OWNER(options) "destination owner { kind = personal  number = \"+15125550111\"  " options " }\n"
#define ANN_IS_OWNER "destination ann { kind = backup  number = \"+15125550111\" }\n"
#define ALL "rule all { path = all }\n"
#define THREE(seconds)                                                                                       \
	"path all { step { ring = owner  for = " seconds                                                     \
	" }  step { ring = fixly }  step { ring = mailbox } }\n"

struct row {
	const char *promise;
	const char *id;
	const char *says; /* part of its message; NULL: it is not found */
	const char *plan;
};

static const struct row rows[] = {
	{ "a voicemail that picks up before the step is over swallows", "swallowed",
	  "owner's own voicemail takes the call after 12 s",
	  LINES OWNER("own_voicemail = 12s") FIXLY MAILBOX THREE("13s") ALL },
	{ "one that would pick up when the step is over does not", "swallowed", NULL,
	  LINES OWNER("own_voicemail = 12s") FIXLY MAILBOX THREE("12s") ALL },
	{ "but that is a race", "may-swallow", "a close race",
	  LINES OWNER("own_voicemail = 12s") FIXLY MAILBOX THREE("12s") ALL },
	{ "up to 4 s apart", "may-swallow", "a close race",
	  LINES OWNER("own_voicemail = 16s") FIXLY MAILBOX THREE("12s") ALL },
	{ "and not from 5 s on", "may-swallow", NULL,
	  LINES OWNER("own_voicemail = 17s") FIXLY MAILBOX THREE("12s") ALL },
	{ "a phone that asks to press 1 swallows nothing", "swallowed", NULL,
	  LINES OWNER("own_voicemail = 5s  confirm = yes") FIXLY MAILBOX THREE("20s") ALL },
	{ "and may not", "may-swallow", NULL, LINES OWNER("confirm = yes") FIXLY MAILBOX THREE("20s") ALL },
	{ "a step's confirm = no goes ahead of the destination's yes", "may-swallow", "nobody said when",
	  LINES OWNER("confirm = yes") FIXLY MAILBOX
	  "path all { step { ring = owner  confirm = no }  step { ring = mailbox } }\n" ALL },
	{ "the last step may end in somebody's own voicemail", "swallowed", NULL,
	  LINES OWNER("own_voicemail = 5s") "path all { step { ring = owner  for = 20s } }\n" ALL },
	{ "and an unknown one there is nothing to warn of", "may-swallow", NULL,
	  LINES OWNER("") "path all { step { ring = owner  for = 20s } }\n" ALL },
	{ "a repeated round is a later step", "swallowed", "step 1 of path all",
	  LINES OWNER(
		  "own_voicemail = 5s") "path all { rounds = 2  step { ring = owner  for = 20s } }\n" ALL },
	{ "a phone swallows in the step that rings it, whatever line was rung before", "swallowed",
	  "owner's own voicemail takes the call after 5 s, step 2 of path all",
	  LINES OWNER("own_voicemail = 5s") SAM FIXLY
	  "path all { step { ring = hotline  for = 10s } step { ring = owner } step { ring = fixly } }\n"
	  "path there { step { ring = sam } }\nrule there { lines = hotline  path = there }\n" ALL },
	{ "a phone rung on another line swallows too", "swallowed",
	  "on the line that step 1 of path all rings",
	  LINES OWNER("own_voicemail = 5s") FIXLY
	  "path all { step { ring = hotline  for = 10s } step { ring = fixly } }\n"
	  "path there { step { ring = owner } }\nrule there { lines = hotline  path = there }\n" ALL },
	{ "and may, when nobody said when", "may-swallow", "path there rings it for 10 s before others",
	  LINES OWNER("") FIXLY
	  "path all { step { ring = hotline  for = 10s } step { ring = fixly } }\n"
	  "path there { step { ring = owner } }\nrule there { lines = hotline  path = there }\n" ALL },
	{ "or when it is a race with the step that rings the line", "may-swallow",
	  "a close race with the 10 s",
	  LINES OWNER("own_voicemail = 12s") FIXLY
	  "path all { step { ring = hotline  for = 10s } step { ring = fixly } }\n"
	  "path there { step { ring = owner } }\nrule there { lines = hotline  path = there }\n" ALL },
	{ "but not a phone that the line would ring too late", "may-swallow", NULL,
	  LINES OWNER("") SAM FIXLY "path all { step { ring = hotline  for = 10s } step { ring = fixly } }\n"
				    "path there { step { ring = sam  for = 10s } step { ring = owner } }\n"
				    "rule there { lines = hotline  path = there }\n" ALL },
	{ "a phone that is off hands the call to its own voicemail", "failure-swallowed",
	  "if owner's phone is off or out of range, its own voicemail takes the call at once, and path all gets no "
	  "further",
	  LINES OWNER("own_voicemail = 25s") FIXLY MAILBOX THREE("15s") ALL },
	{ "not when it asks to press 1", "failure-swallowed", NULL,
	  LINES OWNER("own_voicemail = 25s  confirm = yes") FIXLY MAILBOX THREE("15s") ALL },
	{ "nor when the step does", "failure-swallowed", NULL,
	  LINES OWNER("own_voicemail = 25s") FIXLY MAILBOX
	  "path all { step { ring = owner  confirm = yes }  step { ring = mailbox } }\n" ALL },
	{ "nor when it has none", "failure-swallowed", NULL,
	  LINES OWNER("own_voicemail = none") FIXLY MAILBOX THREE("15s") ALL },
	{ "of one that is unknown it is said that it may", "failure-swallowed", "should it have one, takes the call",
	  LINES OWNER("") FIXLY MAILBOX THREE("15s") ALL },
	{ "where the same voicemail takes the call at any rate, that is said and no more", "failure-swallowed", NULL,
	  LINES OWNER("own_voicemail = 12s") FIXLY MAILBOX THREE("15s") ALL },
	{ "nor is there more to say of a path that loses the call at any rate", "failure-swallowed", NULL,
	  LINES OWNER("own_voicemail = 25s") "path all { step { ring = owner  for = 15s } }\n" ALL },
	{ "or that ends with this very phone", "failure-swallowed", NULL,
	  LINES OWNER("own_voicemail = 5s") "path all { step { ring = owner  for = 20s } }\n" ALL },
	{ "it takes the call from whoever rings beside it", "failure-swallowed", "if owner's phone",
	  LINES OWNER("own_voicemail = 25s") SAM MAILBOX
	  "path all { step { ring = { sam, owner } } step { ring = mailbox } }\n" ALL },
	{ "and from a phone whose own voicemail is the end of the path", "failure-swallowed", "if owner's phone",
	  LINES OWNER("own_voicemail = 25s") "destination ann { kind = personal  number = \"+15125550115\"  "
	  "own_voicemail = 10s }\npath all { step { ring = owner } step { ring = ann } }\n" ALL },
	{ "a phone that rings behind an AI that answers is not reached", "failure-swallowed", NULL,
	  LINES OWNER("own_voicemail = 25s") FIXLY MAILBOX
	  "path all { step { ring = fixly } step { ring = owner } step { ring = mailbox } }\n" ALL },
	{ "one on another line does it too", "failure-swallowed", "path all gets no further",
	  LINES OWNER("own_voicemail = 25s") FIXLY
	  "path all { step { ring = hotline  for = 10s } step { ring = fixly } }\n"
	  "path there { step { ring = owner } }\nrule there { lines = hotline  path = there }\n" ALL },
	{ "within is a claim of its own: that somebody takes the call by then", "guarantee-broken",
	  "nobody takes the call within 20 s",
	  LINES OWNER("own_voicemail = none") MAILBOX
	  "path all { step { ring = owner  for = 25s } step { ring = mailbox } }\n" ALL
	  "guarantee g { within = 20s }\n" },
	{ "and a mailbox in time keeps it", "guarantee-broken", NULL,
	  LINES OWNER("own_voicemail = none") MAILBOX
	  "path all { step { ring = owner  for = 25s } step { ring = mailbox } }\n" ALL
	  "guarantee g { within = 25s }\n" },
	{ "an AI alone is a single failure", "single-failure", "if fixly fails",
	  LINES FIXLY "path all { step { ring = fixly } }\n" ALL },
	{ "a voicemail alone is none: it is where the carrier ends the call", "single-failure", NULL,
	  LINES MAILBOX "path all { step { ring = mailbox } }\n" ALL },
	{ "somebody who is rung after three rings, in the 18th second, is rung in time", "rings-late", NULL,
	  LINES SAM MAILBOX
	  "path all { greeting = \"Hello\"  lasts = 18s  step { ring = sam } step { ring = mailbox } }\n" ALL },
	{ "and a second later is not", "rings-late", "rings nobody live in the first 3 rings (18 s)",
	  LINES SAM MAILBOX
	  "path all { greeting = \"Hello\"  lasts = 19s  step { ring = sam } step { ring = mailbox } }\n" ALL },
	{ "lines and callers of different times are told as such", "no-live-answer",
	  "neither a human nor an AI (all in all: any line, any caller)",
	  LINES SAM MAILBOX "callers x { numbers = { \"+15125550142\" } }\n"
			    "path sam { step { ring = sam } step { ring = mailbox } }\n"
			    "path all { step { ring = mailbox } }\n"
			    "rule x { lines = main  callers = x  path = sam }\n" ALL },
	{ "nor is one behind a human", "single-failure", NULL,
	  LINES SAM MAILBOX "path all { step { ring = sam  for = 10s } step { ring = mailbox } }\n" ALL },
	{ "nobody rung beside a voicemail can answer", "no-live-answer",
	  "path all rings fixly beside mailbox, which takes the call at once, and nobody before (any line",
	  LINES FIXLY MAILBOX "path all { step { ring = { mailbox, fixly } } }\n" ALL },
	{ "what stands behind a line that keeps the call never rings", "never-rings",
	  "step 3 of path all never rings: step 2 hands the call to line hotline for good (line main, any",
	  LINES SAM FIXLY MAILBOX
	  "path all { step { ring = sam } step { ring = hotline } step { ring = fixly } step { ring = mailbox } }\n"
	  "path there { step { ring = sam } }\nrule there { lines = hotline  path = there }\n" ALL },
	{ "nor behind one whose voicemail is always faster", "never-rings",
	  "step 2 of path all never rings: on the line that step 1 rings, mailbox takes every call after 10 s",
	  LINES SAM FIXLY MAILBOX
	  "path all { step { ring = hotline  for = 11s } step { ring = fixly } step { ring = mailbox } }\n"
	  "path there { step { ring = sam  for = 10s } step { ring = mailbox } }\n"
	  "rule there { lines = hotline  path = there }\n" ALL },
	{ "and in the second in which the step is over it comes back", "never-rings", NULL,
	  LINES SAM FIXLY MAILBOX
	  "path all { step { ring = hotline  for = 10s } step { ring = fixly } step { ring = mailbox } }\n"
	  "path there { step { ring = sam  for = 10s } step { ring = mailbox } }\n"
	  "rule there { lines = hotline  path = there }\n" ALL },
	{ "what rings at other times does ring", "never-rings", NULL,
	  LINES SAM FIXLY MAILBOX
	  "schedule day { hours = \"08:00-18:00\" }\n"
	  "path all { step { ring = hotline  for = 30s } step { ring = fixly } step { ring = mailbox } }\n"
	  "path there { step { ring = sam  for = 10s } step { ring = mailbox } }\npath sam { step { ring = sam } }\n"
	  "rule there { lines = hotline  during = day  path = there }\n"
	  "rule sam { lines = hotline  path = sam }\n" ALL },
	{ "nor can a human in an emergency", "emergency-no-human",
	  "path escalate rings sam beside mailbox, which takes the call at once",
	  LINES FIXLY SAM MAILBOX
	  "path all { step { ring = fixly } }\npath escalate { step { ring = { sam, mailbox } } }\n" ALL
	  "emergency { lines = hotline  path = escalate }\n" },
	{ "the AI that hands over to its own line is a loop", "loop",
	  "main -> fixly -> hotline -> fixly -> hotline",
	  LINES SAM FIXLY "path all { step { ring = fixly } }\npath escalate { step { ring = sam } step { "
			  "ring = fixly } }\n" ALL
			  "emergency { lines = hotline  flagged_by = fixly  path = escalate }\n" },
	{ "behind a voicemail it is never rung", "loop", NULL,
	  LINES SAM FIXLY MAILBOX
	  "path all { step { ring = fixly } }\n"
	  "path escalate { step { ring = sam } step { ring = mailbox } step { ring = fixly } }\n" ALL
	  "emergency { lines = hotline  flagged_by = fixly  path = escalate }\n" },
	{ "two lines that ring each other are a loop", "loop", "main -> hotline -> main",
	  LINES "path there { step { ring = hotline } }\npath back { step { ring = main } }\n"
		"rule there { lines = main  path = there }\nrule back { lines = hotline  path = back }\n" },
	{ "but not when never at the same time", "loop", NULL,
	  LINES MAILBOX
	  "schedule day { hours = \"08:00-18:00\" }\nschedule night { hours = \"18:00-08:00\" }\n"
	  "path there { step { ring = hotline } }\npath back { step { ring = main } }\npath end { step { "
	  "ring = mailbox } }\n"
	  "rule there { lines = main  during = day  path = there }\n"
	  "rule back { lines = hotline  during = night  path = back }\nrule end { path = end }\n" },
	{ "nor when never for the same caller", "loop", NULL,
	  LINES MAILBOX SAM
	  "callers x { numbers = { \"+15125550142\" } }\ncallers y { numbers = { \"+15125550143\" } }\n"
	  "path there { step { ring = hotline } }\npath back { step { ring = main } }\n"
	  "path end { step { ring = sam } step { ring = mailbox } }\n"
	  "rule there { lines = main  callers = x  path = there }\n"
	  "rule back { lines = hotline  callers = y  path = back }\nrule end { path = end }\n" },
	{ "but for callers of both it is", "loop", "main -> hotline -> main (callers x and y)",
	  LINES MAILBOX SAM
	  "callers x { numbers = { \"+15125550142\", \"+15125550144\" } }\n"
	  "callers y { numbers = { \"+15125550143\", \"+15125550144\" } }\n"
	  "path there { step { ring = hotline } }\npath back { step { ring = main } }\n"
	  "path end { step { ring = sam } step { ring = mailbox } }\n"
	  "rule there { lines = main  callers = x  path = there }\n"
	  "rule back { lines = hotline  callers = y  path = back }\nrule end { path = end }\n" },
	{ "a phone whose voicemail takes the call keeps it from going round", "loop", NULL,
	  LINES OWNER(
		  "own_voicemail = 10s") "path there { step { ring = hotline } }\npath back { step { ring = owner } step { ring = main } }\n"
					 "rule there { lines = main  path = there }\nrule back { lines = hotline  path = back }\n" },
	{ "a loop that only the key begins is found", "loop", "main -> main (any caller)",
	  LINES SAM MAILBOX
	  "path all { greeting = \"9?\"  step { ring = sam } step { ring = mailbox } }\n"
	  "path escalate { step { ring = sam } step { ring = main  for = 20s } step { ring = mailbox } }\n" ALL
	  "emergency { key = \"9\"  path = escalate }\n" },
	{ "one that a phone out of reach opens is found", "loop", "main -> hotline -> main (any caller)",
	  LINES SAM MAILBOX
	  "path there { step { ring = hotline  for = 10s } step { ring = mailbox } }\n"
	  "path back { step { ring = sam } step { ring = main } }\n"
	  "rule there { lines = main  path = there }\nrule back { lines = hotline  path = back }\n" },
	{ "a line that dials its own number comes back to itself", "loop", "main -> dial -> main",
	  LINES "path all { step { ring = dial } }\n" ALL
		"destination dial { kind = backup  number = \"+15125550100\" }\n" },
	{ "a number that is another line's is that line", "loop", "main -> owner -> hotline -> main",
	  LINES "destination owner { kind = personal  number = \"+15125550190\" }\n"
		"path there { step { ring = owner } }\npath back { step { ring = main } }\n"
		"rule there { lines = main  path = there }\nrule back { lines = hotline  path = back }\n" },
	{ "fallbacks that send to each other are a loop", "loop", "main -> hotline -> main",
	  "line main { number = \"+15125550100\"  account = sandbox  fallback = \"+15125550190\" }\n"
	  "line hotline { number = \"+15125550190\"  account = sandbox  fallback = \"+15125550100\" "
	  "}\n" MAILBOX "path all { step { ring = mailbox } }\n" ALL },
	{ "a premium number is forbidden", "forbidden-number", "premium",
	  LINES "destination owner { kind = personal  number = \"+19005550111\" }\npath all { step { ring = "
		"owner } }\n" ALL },
	{ "an area code of the Caribbean is another country", "forbidden-number", "is in JM",
	  LINES "destination owner { kind = personal  number = \"+18765550111\" }\npath all { step { ring = "
		"owner } }\n" ALL },
	{ "unless it is allowed", "forbidden-number", NULL,
	  "allow = { \"JM\" }\n" LINES "destination owner { kind = personal  number = \"+18765550111\" "
	  "}\npath all { step { ring = owner } }\n" ALL },
	{ "a toll-free number at home is not", "forbidden-number", NULL,
	  LINES "destination owner { kind = personal  number = \"+18005550111\" }\npath all { step { ring = "
		"owner } }\n" ALL },
	{ "a fallback is looked at as well", "forbidden-number", "the fallback of line main",
	  "line main { number = \"+15125550100\"  account = sandbox  fallback = \"+18765550111\" }\n" MAILBOX
	  "path all { step { ring = mailbox } }\n" ALL },
	{ "the emergency path may take longer than patience", "too-slow", NULL,
	  LINES SAM FIXLY "path all { step { ring = fixly } }\n"
			  "path escalate { step { ring = sam  for = 50s } step { ring = fixly } }\n" ALL
			  "emergency { lines = hotline  path = escalate }\n" },
	{ "a rule that another covers is told with that one", "shadowed", "rule all takes all its calls",
	  LINES MAILBOX "path all { step { ring = mailbox } }\nschedule day { hours = \"08:00-18:00\" }\n" ALL
			"rule late { during = day  path = all }\n" },
	{ "one that waits for an empty calendar is not", "shadowed", NULL,
	  "calendar jobs { url_cmd = \"true\" }\nschedule job { calendar = jobs }\n" LINES MAILBOX
	  "path all { step { ring = mailbox } }\nrule busy { during = job  path = all }\n" ALL },
	{ "one whose hours never come is", "shadowed", "its times never come",
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\nschedule past { hours = \"2001 08:00-18:00\" }\n"
	  "rule old { during = past  path = all }\n" ALL },
	{ "one whose hours come after the horizon is not", "shadowed", NULL,
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\nschedule later { hours = \"2030 Mo-Fr 10:00-12:00\" }\n"
	  "rule later { during = later  path = all }\n" ALL },
	{ "nor one whose days come every few years", "shadowed", NULL,
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\nschedule leap { hours = \"Feb 29 10:00-12:00\" }\n"
	  "rule leap { during = leap  path = all }\n" ALL },
	{ "rules that share all time between them leave none to a third", "shadowed",
	  "rule all never decides: those ahead of it take all its calls",
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\nschedule day { hours = \"08:00-18:00\" }\n"
	  "schedule night { hours = \"18:00-08:00\" }\n"
	  "rule day { during = day  path = all }\nrule night { during = night  path = all }\n" ALL },
	{ "unless one of them is closed on holidays", "shadowed", NULL,
	  "calendar us { url_cmd = \"true\" }\n" LINES MAILBOX "path all { step { ring = mailbox } }\n"
	  "schedule day { hours = \"08:00-18:00; PH off\"  holidays = us }\n"
	  "schedule night { hours = \"18:00-08:00\" }\n"
	  "rule day { during = day  path = all }\nrule night { during = night  path = all }\n" ALL },
	{ "a rule that needs two calendars at once may come", "shadowed", NULL,
	  "calendar jobs { url_cmd = \"true\" }\nschedule job { calendar = jobs }\n" LINES MAILBOX
	  "path all { step { ring = mailbox } }\nrule free { outside = job  path = all }\n" ALL },
	{ "a rule for nobody is told however many calendars there are", "shadowed",
	  "rule none never matches: it names no line or nobody's number",
	  "calendar jobs { url_cmd = \"true\" }\nschedule a { calendar = jobs }\nschedule b { calendar = jobs }\n"
	  "schedule c { calendar = jobs }\nschedule d { calendar = jobs }\nschedule e { calendar = jobs }\n"
	  "schedule f { calendar = jobs }\n" LINES MAILBOX
	  "path all { step { ring = mailbox } }\nrule none { lines = {}  path = all }\n"
	  "rule some { during = { a, b, c, d, e, f }  path = all }\n" ALL },
	{ "an override within another is shadowed", "shadowed",
	  "override short never decides: override long takes",
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\n" ALL
	  "override long { from = \"2027-06-01 08:00\"  until = \"2027-06-10 18:00\"  path = all }\n"
	  "override short { from = \"2027-06-02 08:00\"  until = \"2027-06-03 18:00\"  path = all }\n" },
	{ "one that lasts longer is not", "shadowed", NULL,
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\n" ALL
	  "override long { from = \"2027-06-01 08:00\"  until = \"2027-06-10 18:00\"  path = all }\n"
	  "override short { from = \"2027-06-02 08:00\"  until = \"2027-06-10 18:01\"  path = all }\n" },
	{ "nor one for other callers", "shadowed", NULL,
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\ncallers vip { numbers = { \"+15125550142\" } }\n" ALL
	  "override long { from = \"2027-06-01 08:00\"  until = \"2027-06-10 18:00\"  callers = vip  path = all }\n"
	  "override short { from = \"2027-06-02 08:00\"  until = \"2027-06-03 18:00\"  path = all }\n" },
	{ "a calendar that was never fetched is stale", "calendar-stale", "jobs was never fetched",
	  "calendar jobs { url_cmd = \"true\" }\nschedule job { calendar = jobs }\n" LINES MAILBOX
	  "path all { step { ring = mailbox } }\nrule busy { during = job  path = all }\n" ALL },
	{ "a rule that turns everybody away leaves them without an answer", "no-live-answer",
	  "every caller is turned away, rule closed: busy (any line, any caller)",
	  LINES FIXLY "path all { step { ring = fixly } }\nschedule day { hours = \"08:00-18:00\" }\n"
		      "rule open { during = day  path = all }\nrule closed { reject = busy }\n" },
	{ "so does an override", "no-live-answer", "every caller is turned away, override away: silent",
	  LINES FIXLY
	  "path all { step { ring = fixly } }\n" ALL
	  "override away { from = \"2026-12-01 08:00\"  until = \"2026-12-01 18:00\"  reject = silent }\n" },
	{ "one that names callers keeps these out", "no-live-answer", NULL,
	  LINES FIXLY "path all { step { ring = fixly } }\ncallers spam { numbers = { anonymous } }\n"
		      "override away { from = \"2026-12-01 08:00\"  until = \"2026-12-01 18:00\"\n"
		      "callers = spam  reject = silent }\n" ALL },
	{ "somebody turned away breaks the guarantee of an answer", "guarantee-broken", "nobody live does",
	  LINES FIXLY "path all { step { ring = fixly } }\nschedule day { hours = \"08:00-18:00\" }\n"
		      "rule open { during = day  path = all }\nrule closed { reject = busy }\n"
		      "guarantee g { live = yes }\n" },
	{ "and that of a time", "guarantee-broken", "nobody takes the call within 40 s",
	  LINES FIXLY
	  "path all { step { ring = fixly } }\n" ALL
	  "override away { from = \"2026-12-01 08:00\"  until = \"2026-12-01 18:00\"  reject = busy }\n"
	  "guarantee g { within = 40s }\n" },
	{ "and that of a human", "guarantee-broken", "no human answers",
	  LINES SAM
	  "path all { step { ring = sam } }\n" ALL
	  "override away { from = \"2026-12-01 08:00\"  until = \"2026-12-01 18:00\"  reject = busy }\n"
	  "guarantee g { answered_by = human }\n" },
	{ "a guarantee covers no call of somebody who is kept out", "guarantee-broken", NULL,
	  LINES FIXLY "path all { step { ring = fixly } }\ncallers spam { numbers = { anonymous } }\n"
		      "rule spam { callers = spam  reject = busy }\n" ALL "guarantee g { live = yes }\n" },
	{ "a guarantee without `emergency` covers emergencies", "guarantee-broken", "nobody live does",
	  LINES SAM FIXLY "path all { step { ring = fixly } }\npath escalate { step { ring = sam } }\n" ALL
			  "emergency { lines = hotline  path = escalate }\nguarantee g { live = yes }\n" },
	{ "and with emergency = no it does not", "guarantee-broken", NULL,
	  LINES SAM FIXLY
	  "path all { step { ring = fixly } }\npath escalate { step { ring = sam } }\n" ALL
	  "emergency { lines = hotline  path = escalate }\nguarantee g { live = yes  emergency = no }\n" },
	{ "never is about ringing, not about alerts", "guarantee-broken", NULL,
	  LINES SAM OWNER("") FIXLY
	  "path all { step { ring = fixly } }\npath escalate { step { ring = sam } }\n" ALL
	  "emergency { lines = hotline  path = escalate  alert = owner }\nguarantee g { never = owner }\n" },
	{ "a human who is rung late breaks a guarantee of time", "guarantee-broken",
	  "no human answers within 15 s",
	  LINES SAM FIXLY
	  "path all { step { ring = fixly  for = 3s }  step { ring = fixly  for = 3s }\n"
	  "step { ring = fixly  for = 3s }  step { ring = fixly  for = 3s }  step { ring = sam } }\n" ALL
	  "guarantee g { answered_by = human  within = 15s }\n" },
	{ "nor does it say who rings first then", "guarantee-broken", NULL,
	  LINES FIXLY "path all { step { ring = fixly } }\ncallers spam { numbers = { anonymous } }\n"
		      "rule spam { callers = spam  reject = busy }\n" ALL "guarantee g { first = fixly }\n" },
	{ "whoever rings together with the first is first", "guarantee-broken", NULL,
	  LINES OWNER("") SAM "path all { step { ring = { owner, sam } } }\n" ALL
			      "guarantee g { first = sam }\n" },
	{ "whoever rings after them is not", "guarantee-broken", "sam is not rung first",
	  LINES OWNER("") SAM "path all { step { ring = owner } step { ring = sam } }\n" ALL
			      "guarantee g { first = sam }\n" },
	{ "within means that second still counts", "guarantee-broken", NULL,
	  LINES FIXLY "path all { step { ring = fixly } }\n" ALL
		      "guarantee g { live = yes  within = 3s }\n" },
	{ "and the next one does not", "guarantee-broken", "nobody takes the call within 2 s",
	  LINES FIXLY "path all { step { ring = fixly } }\n" ALL
		      "guarantee g { live = yes  within = 2s }\n" },
	{ "a human who answers an emergency in the last second is in time", "emergency-too-slow", NULL,
	  LINES SAM FIXLY "path all { step { ring = fixly } }\npath escalate { step { ring = sam } }\n" ALL
			  "emergency { lines = hotline  path = escalate  reach_human = 6s }\n" },
	{ "and a second later is not", "emergency-too-slow", "no human would answer an emergency within 5 s",
	  LINES SAM FIXLY "path all { step { ring = fixly } }\npath escalate { step { ring = sam } }\n" ALL
			  "emergency { lines = hotline  path = escalate  reach_human = 5s }\n" },
	{ "focus is no matter of the emergency path, which ignores away", "focus-uncovered", NULL,
	  "schedule day { hours = \"08:00-18:00\" }\nschedule early { hours = \"06:00-07:00\" }\n" LINES
		  OWNER("hours = day  away = early") FIXLY MAILBOX
	  "path all { step { ring = fixly } }\npath escalate { step { ring = owner } step { ring = mailbox } "
	  "}\n" ALL "emergency { lines = hotline  path = escalate }\n" },
	{ "two destinations with one number are one phone", "same-phone",
	  "destinations owner and ann are one phone, +15125550111",
	  LINES OWNER("own_voicemail = none") SAM
	  "destination ann { kind = backup  number = \"512 555 0111\" }\n" MAILBOX
	  "path all { step { ring = owner } step { ring = ann } step { ring = mailbox } }\n" ALL },
	{ "which one step after the other does not ring at once", "same-phone", NULL,
	  LINES OWNER("own_voicemail = none") SAM MAILBOX
	  "path all { step { ring = { owner, sam } } step { ring = owner } step { ring = mailbox } }\n" ALL },
	{ "so are a line's handset and whoever has that line's number", "same-phone",
	  "destinations owner, ann and bob are one phone, +15125550111",
	  "line cell { number = \"+15125550111\"  account = phone  handset = owner }\n"
	  "destination owner { kind = personal  line = cell }\ndestination ann { kind = ai  number = \"+15125550111\" }\n"
	  "destination bob { kind = backup  line = cell }\npath all { step { ring = owner } }\n" ALL },
	{ "and two with one address", "same-phone", "destinations ann and bob are one phone, sip:ann@example.org",
	  LINES "destination ann { kind = backup  address = \"sip:ann@example.org\" }\n"
	  "destination bob { kind = ai  address = \"sip:ann@example.org\" }\npath all { step { ring = ann } }\n" ALL },
	{ "not two voicemails, which have none", "same-phone", NULL,
	  LINES MAILBOX "destination box { kind = voicemail }\npath all { step { ring = mailbox } }\n" ALL },
	{ "a phone that a step rings twice is told where the step stands", "same-phone",
	  "step 2 of path all rings one phone twice at once, as owner and as ann",
	  LINES OWNER("own_voicemail = none") SAM
	  "destination ann { kind = backup  number = \"+15125550111\" }\n" MAILBOX
	  "path all { step { ring = sam } step { ring = { owner, sam, ann } } step { ring = mailbox } }\n" ALL },
	{ "and where one of the two is rung when it is on turn", "same-phone",
	  "step 1 of path all rings one phone twice at once, as owner and as ann (on turn in oncall)",
	  LINES OWNER("own_voicemail = none") SAM ANN_IS_OWNER MAILBOX
	  "rotation oncall { members = { sam, ann }  from = \"2026-11-23 08:00\"  every = 1w }\n"
	  "path all { step { ring = { owner, oncall } } step { ring = mailbox } }\n" ALL },
	{ "or when both are, in rotations that change apart", "same-phone",
	  "as owner (on turn in days) and as ann (on turn in oncall)",
	  LINES OWNER("own_voicemail = none") SAM ANN_IS_OWNER MAILBOX
	  "rotation days { members = { sam, owner }  from = \"2026-11-23 08:00\"  every = 1d }\n"
	  "rotation oncall { members = { ann, sam }  from = \"2026-11-23 08:00\"  every = 1w }\n"
	  "path all { step { ring = { days, oncall } } step { ring = mailbox } }\n" ALL },
	{ "not one who is rung by name and on turn, who is one", "same-phone", NULL,
	  LINES OWNER("own_voicemail = none") SAM MAILBOX
	  "rotation oncall { members = { owner, sam }  from = \"2026-11-23 08:00\"  every = 1w }\n"
	  "path all { step { ring = oncall } step { ring = { oncall, owner } } step { ring = mailbox } }\n" ALL },
	{ "a rotation whose turns go round on one phone is told", "same-phone",
	  "owner and ann take turns on one phone in rotation oncall",
	  LINES OWNER("own_voicemail = none") SAM ANN_IS_OWNER MAILBOX
	  "rotation oncall { members = { owner, sam, ann }  from = \"2026-11-23 08:00\"  every = 1w }\n"
	  "path all { step { ring = oncall } step { ring = mailbox } }\n" ALL },
	{ "an emergency path that names one phone under two names names one human", "single-human",
	  "names one human, owner: the same phone is ann",
	  LINES OWNER("confirm = yes") "destination ann { kind = backup  number = \"+15125550111\"  confirm = yes }\n"
	  MAILBOX "path all { step { ring = owner } step { ring = ann } step { ring = mailbox } }\n" ALL
	  "emergency { lines = hotline  path = all }\n" },
	{ "two names of an AI's number fail together", "single-failure", "if the phone of fixly and luna fails",
	  LINES FIXLY "destination luna { kind = ai  number = \"+15125550177\" }\n"
	  "path all { step { ring = fixly } step { ring = luna } }\n" ALL },
	{ "two AIs do not", "single-failure", NULL,
	  LINES FIXLY "destination luna { kind = ai  number = \"+15125550178\" }\n"
	  "path all { step { ring = fixly } step { ring = luna } }\n" ALL },
	{ "two phones are two", "single-human", NULL,
	  LINES OWNER("confirm = yes") SAM MAILBOX
	  "path all { step { ring = owner } step { ring = sam } step { ring = mailbox } }\n" ALL
	  "emergency { lines = hotline  path = all }\n" },
	{ "a rule that is covered is told, calendar or not", "shadowed", "rule all takes all its calls",
	  "calendar jobs { url_cmd = \"true\" }\nschedule job { calendar = jobs }\n" LINES MAILBOX
	  "path all { step { ring = mailbox } }\nschedule day { hours = \"08:00-18:00\" }\n" ALL
	  "rule busy { during = { day, job }  path = all }\n" },
	{ "two rules that are outside of different hours are two", "over-engineered", NULL,
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\nschedule day { hours = \"08:00-18:00\" }\n"
	  "schedule night { hours = \"20:00-06:00\" }\n"
	  "rule day { outside = day  path = all }\nrule night { outside = night  path = all }\n" },
	{ "a line with one treatment at all times needs no agent", "agent-dependent", NULL,
	  "line main { number = \"+15125550100\"  account = phone }\n" MAILBOX
	  "path all { step { ring = mailbox } }\n" ALL },
	{ "nor does one on which a rotation only changes whom an emergency alerts", "agent-dependent", NULL,
	  "line main { number = \"+15125550100\"  account = phone }\n" SAM OWNER("hours = { day, night }")
	  "schedule day { hours = \"Mo-Su 08:00-18:00\" }\nschedule night { hours = \"Mo-Su 18:00-08:00\" }\n"
	  "rotation oncall { members = { sam, owner }  from = \"2026-11-23 08:00\"  every = 1d }\n"
	  "path all { step { ring = owner } }\nemergency { lines = main  path = all  alert = oncall }\n" ALL },
	{ "a business that is said by its first word is named", "greeting", NULL,
	  LINES "destination mailbox { kind = voicemail  greeting = \"SMITH here; soon more by text\" }\n"
		"path all { step { ring = mailbox } }\n" ALL },
	{ "a voicemail without a greeting lacks one", "greeting", "is missing",
	  LINES "destination mailbox { kind = voicemail }\npath all { step { ring = mailbox } }\n" ALL },
	{ "one rule for all times covers the nights", "no-after-hours", NULL,
	  LINES MAILBOX "path all { step { ring = mailbox } }\n" ALL },
	{ "a schedule that only a guarantee names is used", "unused", NULL,
	  LINES MAILBOX "path all { step { ring = mailbox } }\nschedule day { hours = \"08:00-18:00\" }\n" ALL
			"guarantee g { during = day  first = mailbox }\n" },
	{ "a calendar that no schedule names is not", "unused", "nobody names calendar us",
	  "calendar us { url_cmd = \"true\" }\n" LINES MAILBOX "path all { step { ring = mailbox } }\n" ALL },
	{ "one whose jobs a schedule has is", "unused", NULL,
	  "calendar us { url_cmd = \"true\" }\nschedule job { calendar = us }\n" LINES MAILBOX
	  "path all { step { ring = mailbox } }\nrule job { during = job  path = all }\n" ALL },
	{ "holidays of hours that do not name them change nothing", "unused",
	  "the holidays of schedule day change nothing: its hours do not name PH",
	  "calendar us { url_cmd = \"true\" }\nschedule day { hours = \"Mo-Fr 08:00-18:00\"  holidays = us }\n" LINES
	  MAILBOX "path all { step { ring = mailbox } }\nrule day { during = day  path = all }\n" ALL },
	{ "and of those that do they change something", "unused", NULL,
	  "calendar us { url_cmd = \"true\" }\nschedule day { hours = \"Mo-Fr,PH 08:00-18:00\"  holidays = us }\n" LINES
	  MAILBOX "path all { step { ring = mailbox } }\nrule day { during = day  path = all }\n" ALL },
	{ "an emergency section that nothing sets off is not", "unused", "nothing makes a call an emergency",
	  LINES SAM FIXLY "path all { step { ring = fixly } }\npath escalate { step { ring = sam } }\n" ALL
			  "emergency { path = escalate  flagged_by = fixly  lines = {} }\n" },
	{ "a line sets it off", "unused", NULL,
	  LINES SAM FIXLY "path all { step { ring = fixly } }\npath escalate { step { ring = sam } }\n" ALL
			  "emergency { path = escalate  flagged_by = fixly  lines = hotline }\n" },
	{ "rules next to each other for the same callers are one", "over-engineered", "do the same",
	  LINES MAILBOX
	  "path all { step { ring = mailbox } }\nschedule day { hours = \"08:00-18:00\" }\n"
	  "rule day { during = day  path = all }\nrule day2 { during = day  path = all }\n" ALL },
	{ "five layers are too many", "over-engineered", "has 5 layers",
	  LINES MAILBOX SAM FIXLY OWNER(
		  "") "path all { step { ring = owner } step { ring = sam } step { ring = owner }\n"
		      "step { ring = fixly } step { ring = mailbox } }\n" ALL },
};

static char *folder;

static int setup(void **state)
{
	(void)state;
	folder = random_folder_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	random_folder_free(folder);
	return 0;
}

static const struct nm_finding *find(const struct nm_findings *findings, const struct row *row)
{
	size_t i;

	for (i = 0; i < findings->n; i++)
		if (!strcmp(findings->items[i].id, row->id) &&
		    (!row->says || strstr(findings->items[i].message, row->says)))
			return &findings->items[i];
	return NULL;
}

static bool is_rung(const struct nm_simulation *simulation, const char *setting)
{
	const size_t n = strcspn(setting, "=");
	size_t i, j;

	for (i = 0; i < simulation->outcome.n; i++)
		for (j = 0; j < simulation->outcome.events[i].n; j++)
			if (strlen(simulation->outcome.events[i].to[j]) == n &&
			    !strncmp(simulation->outcome.events[i].to[j], setting, n))
				return true;
	return false;
}

/* The call shows the finding, and says of nobody what they do who is not even rung. */
static bool call_is_true(const struct nm_plan *plan, const struct nm_finding *finding)
{
	struct nm_simulation *simulation = called(plan, finding);
	bool truth = called_shows(plan, finding, simulation);
	size_t i;

	for (i = 0; i + 1 < finding->n_call; i++)
		if (!strcmp(finding->call[i], "--set"))
			truth = truth && is_rung(simulation, finding->call[i + 1]);
	nm_simulation_free(simulation);
	return truth;
}

static void each_definition_holds_on_both_sides_of_its_edge(void **state)
{
	size_t wrong = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct nm_check_options options = { .now = NOW,
							  .from = NOW,
							  .until = NOW + 60 * (nm_time)NM_DAY };
		const struct nm_finding *finding;
		struct nm_findings findings;
		struct nm_plan *plan;
		struct nm_buf text;
		struct nm_error err;

		nm_buf_init(&text, 1 << 16);
		nm_buf_addf(&text, "%s%s", HEAD, rows[i].plan);
		plan = plan_of_text(text.data, folder);
		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		finding = find(&findings, &rows[i]);
		if (!finding != !rows[i].says) {
			print_error("%s: %s\n", rows[i].promise, finding ? finding->message : "not found");
			wrong++;
		} else if (finding && finding->n_call && !call_is_true(plan, finding)) {
			print_error("%s: its call does not show it\n", rows[i].promise);
			wrong++;
		}
		nm_findings_clear(&findings);
		nm_plan_free(plan);
		nm_buf_clear(&text);
	}
	assert_int_equal(wrong, 0);
}

/* Rotations in step with each other have their first members on turn together, and never one's first with the other's
 * second. */
static void turns_that_never_come_together_ring_no_phone_twice(void **state)
{
	static const char *const first[] = { "ann, sam", "sam, ann" };
	const struct nm_check_options options = { .now = NOW, .from = NOW, .until = NOW + 7 * (nm_time)NM_DAY };
	char text[2048];

	(void)state;
	for (int together = 0; together < 2; together++) {
		const struct row twice = { .id = "same-phone", .says = "rings one phone twice at once" };
		struct nm_findings findings;
		struct nm_plan *plan;
		struct nm_error err;

		snprintf(text, sizeof text,
			 HEAD LINES OWNER("own_voicemail = none") SAM ANN_IS_OWNER MAILBOX
			 "rotation days { members = { sam, owner }  from = \"2026-11-23 08:00\"  every = 1w }\n"
			 "rotation oncall { members = { %s }  from = \"2026-11-23 08:00\"  every = 1w }\n"
			 "path all { step { ring = { days, oncall } } step { ring = mailbox } }\n" ALL,
			 first[together]);
		plan = plan_of_text(text, NULL);
		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		assert_int_equal(find(&findings, &twice) != NULL, together);
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
}

/* --- mends --- */

static void mend_is(const char *id, const char *says, const char *plan_text)
{
	const struct nm_check_options options = { .now = NOW, .from = NOW, .until = NOW + 7 * (nm_time)NM_DAY };
	const struct row row = { .id = id };
	const struct nm_finding *finding;
	struct nm_plan *plan = plan_of_text(plan_text, folder);
	struct nm_findings findings;
	struct nm_error err;

	assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
	finding = find(&findings, &row);
	assert_non_null(finding);
	assert_int_equal(finding->n_mends, 1);
	assert_string_equal(finding->mends[0].words, says);
	nm_findings_clear(&findings);
	nm_plan_free(plan);
}

static void only_steps_before_the_live_answer_are_to_ring_less(void **state)
{
	(void)state;
	mend_is("too-slow", "ring for less time in path all: step 1 for 37 s",
		HEAD LINES OWNER("own_voicemail = none") SAM FIXLY MAILBOX
		"path all { step { ring = owner  for = 45s } step { ring = fixly } step { ring = sam  for = 60s }\n"
		"step { ring = mailbox } }\n" ALL);
}

/* NOW is a Sunday: the first case that shows the finding rings sam alone. */
static void the_mend_holds_when_everybody_is_there(void **state)
{
	(void)state;
	mend_is("too-slow", "ring for less time in path all: step 1 for 18 s, step 2 for 19 s",
		HEAD LINES "schedule day { hours = \"Mo-Fr 08:00-18:00\" }\n"
		OWNER("own_voicemail = none  hours = day") SAM FIXLY MAILBOX
		"path all { step { ring = sam  for = 45s } step { ring = owner  for = 45s } step { ring = fixly }\n"
		"step { ring = mailbox } }\n" ALL);
}

/* A second phone with a line's own number would ring the line again. */
static void nobody_is_rung_on_a_lines_own_number(void **state)
{
	static const char *const numbers[][2] = { { "+15125550114", "let step 1 of path all ring backup as well" },
						  { "+15125550100", "let a second person be rung" } };
	struct nm_buf plan;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		nm_buf_init(&plan, NM_PLAN_BYTES);
		nm_buf_addf(&plan, "%sdestination backup { kind = personal  number = \"%s\" }\n%s",
			    HEAD LINES OWNER("confirm = yes") FIXLY MAILBOX, numbers[i][0],
			    THREE("15s") ALL "emergency { lines = hotline  path = all }\n");
		mend_is("single-human", numbers[i][1], plan.data);
		nm_buf_clear(&plan);
	}
}

static void a_phone_is_no_second_person(void **state)
{
	(void)state;
	mend_is("single-human", "let a second person be rung",
		HEAD LINES OWNER("confirm = yes") "destination ann { kind = backup  number = \"+15125550111\" }\n"
		FIXLY MAILBOX THREE("15s") ALL "emergency { lines = hotline  path = all }\n");
}

/* --- calendars --- */

/* A calendar file of one event; NULL: of none.  What is said of it, and NULL when nothing is. */
static void stale_is(const char *says, const char *event)
{
	const struct nm_check_options options = { .now = NOW,
						  .from = NOW,
						  .until = NOW + 7 * (nm_time)NM_DAY };
	const struct row row = { .id = "calendar-stale" };
	const struct nm_finding *finding;
	struct nm_findings findings;
	struct nm_plan *plan;
	struct nm_error err;
	struct nm_buf name;
	FILE *file;

	nm_buf_init(&name, 4096);
	nm_buf_addf(&name, "%s/jobs.ics", folder);
	file = fopen(name.data, "w");
	assert_non_null(file);
	fputs("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n", file);
	if (event)
		fprintf(file, "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20250101T000000Z\r\n%s\r\nEND:VEVENT\r\n",
			event);
	fputs("END:VCALENDAR\r\n", file);
	assert_int_equal(fclose(file), 0);
	plan = plan_of_text(HEAD "calendar jobs { file = \"jobs.ics\" }\n" LINES MAILBOX
				 "schedule job { calendar = jobs }\npath all { step { ring = mailbox } }\n"
				 "rule busy { during = job  path = all }\n" ALL,
			    folder);
	assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
	finding = find(&findings, &row);
	if (says)
		assert_string_equal(finding ? finding->message : "not found", says);
	else
		assert_null(finding);
	nm_findings_clear(&findings);
	nm_plan_free(plan);
	nm_buf_clear(&name);
}

static void a_calendar_is_stale_when_its_events_end_within_60_days(void **state)
{
	(void)state;
	stale_is("calendar jobs has no event", NULL);
	stale_is("the last event of calendar jobs is Fri 1 Jan 2027 18:00", "DTSTART:20270102T000000Z");
	stale_is(NULL, "DTSTART:20290101T000000Z");
	stale_is(NULL, "DTSTART:20250101T000000Z\r\nRRULE:FREQ=YEARLY;INTERVAL=4");
	stale_is(NULL, "DTSTART:20250101T000000Z\r\nRRULE:FREQ=DAILY");
}

/* --- what the store knows --- */

static size_t found_with(const struct nm_line_fact *fact, const char *id)
{
	const struct nm_check_options options = {
		.now = NOW,
		.from = NOW,
		.until = NOW + 60 * (nm_time)NM_DAY,
		.n_facts = 1,
		.facts = fact,
	};
	struct nm_plan *plan =
		plan_of_text(HEAD LINES MAILBOX "path all { step { ring = mailbox } }\n" ALL, folder);
	struct nm_findings findings;
	struct nm_error err;
	size_t n = 0;
	size_t i;

	assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
	for (i = 0; i < findings.n; i++)
		n += !strcmp(findings.items[i].id, id);
	nm_findings_clear(&findings);
	nm_plan_free(plan);
	return n;
}

static void only_a_line_that_was_pushed_and_read_can_drift(void **state)
{
	struct nm_line_fact fact = {
		.line = "main",
		.pushed = true,
		.known = true,
		.in_sync = false,
		.horizon = NOW + NM_CHECK_HORIZON,
	};

	(void)state;
	assert_int_equal(found_with(&fact, "drift"), 1);
	fact.known = false;
	assert_int_equal(found_with(&fact, "drift"), 0);
	fact.known = true;
	fact.pushed = false;
	assert_int_equal(found_with(&fact, "drift"), 0);
	fact.pushed = true;
	fact.in_sync = true;
	assert_int_equal(found_with(&fact, "drift"), 0);
}

static void a_push_that_ends_within_60_days_is_stale(void **state)
{
	struct nm_line_fact fact = {
		.line = "main",
		.pushed = true,
		.known = true,
		.in_sync = true,
		.horizon = NOW + 60 * (nm_time)NM_DAY,
	};

	(void)state;
	assert_int_equal(found_with(&fact, "calendar-stale"), 0);
	fact.horizon--;
	assert_int_equal(found_with(&fact, "calendar-stale"), 1);
}

static size_t untested_with(nm_time last, nm_time after_hours, bool pushed)
{
	const struct nm_line_fact fact = { .line = "main",
					   .pushed = pushed,
					   .horizon = NOW + NM_CHECK_HORIZON };
	const struct nm_check_options options = {
		.now = NOW,
		.from = NOW,
		.until = NOW + 7 * (nm_time)NM_DAY,
		.tests = { true, last, after_hours },
		.n_facts = 1,
		.facts = &fact,
	};
	struct nm_plan *plan =
		plan_of_text(HEAD LINES MAILBOX "path all { step { ring = mailbox } }\n" ALL, folder);
	const struct row row = { .id = "untested" };
	struct nm_findings findings;
	struct nm_error err;
	size_t n;

	assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
	n = find(&findings, &row) != NULL;
	nm_findings_clear(&findings);
	nm_plan_free(plan);
	return n;
}

static void a_pushed_plan_is_to_be_tested_every_30_days_also_after_hours(void **state)
{
	const nm_time since = NOW - 30 * (nm_time)NM_DAY;

	(void)state;
	assert_int_equal(untested_with(NM_TIME_MIN, NM_TIME_MIN, true), 1);
	assert_int_equal(untested_with(NM_TIME_MIN, NM_TIME_MIN, false), 0);
	assert_int_equal(untested_with(since, since, true), 0);
	assert_int_equal(untested_with(since - 1, since - 1, true), 1);
	assert_int_equal(untested_with(NOW, since - 1, true), 1);
}

/* The carrier's codes send on what is not answered and what cannot be delivered, and nothing that is refused. */
static void what_a_carrier_does_not_send_on_is_swallowed(void **state)
{
	static const char *const says[] = { "if owner is busy or declines, its own voicemail",
					    "if owner's phone is off or out of range, its own voicemail" };
	static const char *const codes[] = { "unreachable | **62*{number}# | ##62#", "busy | **67*{number}# | ##67#" };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		const struct row row = { .id = "failure-swallowed" };
		const struct nm_check_options options = { .now = NOW, .from = NOW, .until = NOW + 7 * (nm_time)NM_DAY };
		struct nm_plan *plan = plan_of_text(
			HEAD "line cell { number = \"+15125550111\"  account = phone  handset = owner }\n"
			     "destination owner { kind = personal  line = cell  own_voicemail = 25s }\n" FIXLY
			     "path all { step { ring = owner  for = 15s } step { ring = fixly } }\n" ALL,
			folder);
		struct nm_account *phone = &plan->accounts[plan->lines[0].account];
		const struct nm_finding *finding;
		struct nm_findings findings;
		struct nm_error err;
		char text[256];

		phone->carrier = "mine";
		snprintf(text, sizeof text,
			 "mine | all | **21*{number}# | ##21# | my bill | yes\n"
			 "mine | no-answer | **61*{number}*11*{seconds}# | ##61# | my bill | yes\n"
			 "mine | %s | my bill | yes\n",
			 codes[i]);
		phone->codes = text;
		assert_int_equal(nm_check(plan, &options, &findings, &err), NM_OK);
		finding = find(&findings, &row);
		assert_non_null(finding);
		assert_non_null(strstr(finding->message, says[i]));
		nm_findings_clear(&findings);
		nm_plan_free(plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_definition_holds_on_both_sides_of_its_edge),
		cmocka_unit_test(turns_that_never_come_together_ring_no_phone_twice),
		cmocka_unit_test(only_steps_before_the_live_answer_are_to_ring_less),
		cmocka_unit_test(the_mend_holds_when_everybody_is_there),
		cmocka_unit_test(nobody_is_rung_on_a_lines_own_number),
		cmocka_unit_test(a_phone_is_no_second_person),
		cmocka_unit_test(a_calendar_is_stale_when_its_events_end_within_60_days),
		cmocka_unit_test(only_a_line_that_was_pushed_and_read_can_drift),
		cmocka_unit_test(a_pushed_plan_is_to_be_tested_every_30_days_also_after_hours),
		cmocka_unit_test(what_a_carrier_does_not_send_on_is_swallowed),
		cmocka_unit_test(a_push_that_ends_within_60_days_is_stale),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
