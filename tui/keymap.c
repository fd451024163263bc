/* SPDX-License-Identifier: MIT */
/*
 * The table of keys.  Lowercase looks; what changes the plan, the store or a carrier is uppercase, but for e (editor),
 * u (undo) and c (copy, beside C, rename).  Some that only look are uppercase too: L (line), which the sketches gave away
 * first, N and G, which search and go to the end as in every pager, what goes back where the small letter goes on (B, D,
 * M, and H by the hour), E (emergency), and X where it drops what was painted.
 * Knows no screen and no terminal.
 */
#include "keymap.h"

#include <stdio.h>
#include <string.h>

#include "canvas.h"
#include "nevermiss/json.h"

#define G CONTEXT_GENERAL
/* clang-format off */
#define SEARCH_ROWS(context) SEARCH_ROWS_OF(context, "search the list")
#define SEARCH_ROWS_OF(context, help)                                                                       \
	{context, ACTION_SEARCH, "search", "/", NULL, help},                                               \
	{context, ACTION_SEARCH_NEXT, "search-next", "n", NULL, "next place that was searched for"},       \
	{context, ACTION_SEARCH_BACK, "search-back", "N", NULL, "the one before"}

const struct key_row key_rows[] = {
	{CONTEXT_NOW, ACTION_ENTER, "play", "Enter", "play this call", "play this call on the Simulate screen"},
	{CONTEXT_NOW, ACTION_OVERRIDE, "override", "O", "override", "write an override: how long, which path, what changes; or end the one in force"},
	{CONTEXT_NOW, ACTION_LINE, "line", "L", "line", "the next line"},
	{CONTEXT_NOW, ACTION_CHECKLIST, "checklist", "c", "quick start", "the quick start, item by item"},
	{CONTEXT_NOW, ACTION_EDITOR, "editor", "e", NULL, "the plan in your editor, at the rule that decides"},
	SEARCH_ROWS_OF(CONTEXT_NOW, "search the rows of this screen"),

	{CONTEXT_PLAN, ACTION_UP, "up", "Up k", NULL, "the section or option before"},
	{CONTEXT_PLAN, ACTION_DOWN, "down", "Down j", NULL, "the next one"},
	{CONTEXT_PLAN, ACTION_ENTER, "edit", "Enter", "edit", "edit the section, the option under the cursor; fold a kind of section"},
	{CONTEXT_PLAN, ACTION_NEXT_PANE, "form", "Tab", NULL, "from the outline to its form or text, and back: there Down goes on to what is below"},
	{CONTEXT_PLAN, ACTION_ADD, "add", "A", "add", "a new section: its kind, and the fewest questions"},
	{CONTEXT_PLAN, ACTION_DELETE, "delete", "D", "delete", "take the section or step out; on an option: leave it out"},
	{CONTEXT_PLAN, ACTION_MOVE_DOWN, "move-down", "J", "move", "change places with the next of its kind"},
	{CONTEXT_PLAN, ACTION_MOVE_UP, "move-up", "K", NULL, "change places with the one before"},
	{CONTEXT_PLAN, ACTION_RENAME, "rename", "C", "rename", "give the section another name; whatever names it follows"},
	{CONTEXT_PLAN, ACTION_COPY, "copy", "c", NULL, "a copy of the section or step, behind it"},
	{CONTEXT_PLAN, ACTION_SAVE, "save", "W", "save", "save the edits: shows what changes for callers, and asks"},
	{CONTEXT_PLAN, ACTION_MEND, "mend", "M", "mend", "show the mend of what check found here, and apply it when you say so"},
	{CONTEXT_PLAN, ACTION_CHANGES, "changes", "w", NULL, "what each edit of this session changed, and what they change for callers"},
	{CONTEXT_PLAN, ACTION_DISCARD, "discard", "X", NULL, "put the saved text back; asks first"},
	{CONTEXT_PLAN, ACTION_FOLD, "fold", "Space", NULL, "fold or unfold this kind of section"},
	{CONTEXT_PLAN, ACTION_BACK, "back", "Escape Backspace C-c", NULL, "from the form to the outline, then to the screen before"},
	{CONTEXT_PLAN, ACTION_EDITOR, "editor", "e", "editor", "this section in your editor"},
	{CONTEXT_PLAN, ACTION_VIEW, "view", "v", "text", "the form, or the section as it stands in the file"},
	SEARCH_ROWS(CONTEXT_PLAN),

	{CONTEXT_WEEK, ACTION_LEFT, "earlier", "Left h", "move", "half an hour earlier"},
	{CONTEXT_WEEK, ACTION_RIGHT, "later", "Right l", NULL, "half an hour later"},
	{CONTEXT_WEEK, ACTION_UP, "day-before", "Up k", NULL, "the day before"},
	{CONTEXT_WEEK, ACTION_DOWN, "next-day", "Down j", NULL, "the next day"},
	{CONTEXT_WEEK, ACTION_HOUR_BACK, "hour-earlier", "S-Left H", NULL, "an hour earlier"},
	{CONTEXT_WEEK, ACTION_HOUR_ON, "hour-later", "S-Right", NULL, "an hour later"},
	{CONTEXT_WEEK, ACTION_WEEK_BACK, "week-before", "[ PgUp", "week", "the week before"},
	{CONTEXT_WEEK, ACTION_WEEK_ON, "next-week", "] PgDn", NULL, "the next week"},
	{CONTEXT_WEEK, ACTION_MONTH_ON, "next-month", "m", NULL, "the same day of the next month"},
	{CONTEXT_WEEK, ACTION_MONTH_BACK, "month-before", "M", NULL, "the same day of the month before"},
	{CONTEXT_WEEK, ACTION_FIRST, "first", "Home", NULL, "the beginning of the day"},
	{CONTEXT_WEEK, ACTION_LAST, "last", "End", NULL, "the end of the day"},
	{CONTEXT_WEEK, ACTION_GAP, "next-gap", "}", "next gap", "the next time at which nobody answers"},
	{CONTEXT_WEEK, ACTION_BOUNDARY, "boundary", "b", "boundary", "the next change of who answers"},
	{CONTEXT_WEEK, ACTION_BOUNDARY_BACK, "boundary-back", "B", NULL, "the change before"},
	{CONTEXT_WEEK, ACTION_DATE, "go", "g", "date", "go to a date"},
	{CONTEXT_WEEK, ACTION_PAINT, "paint", "P", "paint", "paint the hours of a schedule; shows what changes and asks"},
	{CONTEXT_WEEK, ACTION_VIEW, "view", "v", "view", "first answer, no human, one failing, emergency, one's hours"},
	{CONTEXT_WEEK, ACTION_WHOSE, "whose-hours", "d", "whose", "the hours of one destination: choose which"},
	{CONTEXT_WEEK, ACTION_LINE, "line", "L", "line", "the next line"},
	{CONTEXT_WEEK, ACTION_ENTER, "play", "Enter", "play", "play a call at this minute"},
	{CONTEXT_WEEK, ACTION_EDITOR, "editor", "e", NULL, "the rule that decides here in your editor"},
	SEARCH_ROWS_OF(CONTEXT_WEEK, "to the next time with these words: why, who is rung, a holiday, an event, an override"),

	{CONTEXT_SIMULATE, ACTION_LEFT, "earlier", "Left h", "15 min", "a quarter of an hour earlier"},
	{CONTEXT_SIMULATE, ACTION_RIGHT, "later", "Right l", NULL, "a quarter of an hour later"},
	{CONTEXT_SIMULATE, ACTION_MINUTE_BACK, "minute-earlier", ",", NULL, "a minute earlier"},
	{CONTEXT_SIMULATE, ACTION_MINUTE_ON, "minute-later", ".", NULL, "a minute later"},
	{CONTEXT_SIMULATE, ACTION_HOUR_BACK, "hour-earlier", "S-Left [", NULL, "an hour earlier"},
	{CONTEXT_SIMULATE, ACTION_HOUR_ON, "hour-later", "S-Right ]", "hour", "an hour later"},
	{CONTEXT_SIMULATE, ACTION_ENTER, "step", "Enter", "step", "play the call step by step: the next step, with the line of the plan behind it; Up goes back"},
	{CONTEXT_SIMULATE, ACTION_BACK, "at-once", "Escape Backspace C-c", NULL, "the whole call at once again; else the screen that you came from"},
	{CONTEXT_SIMULATE, ACTION_DAY_ON, "day-later", "d", "day", "a day later"},
	{CONTEXT_SIMULATE, ACTION_DAY_BACK, "day-earlier", "D", NULL, "a day earlier"},
	{CONTEXT_SIMULATE, ACTION_BOUNDARY, "boundary", "b", "boundary", "the next time at which the answer changes"},
	{CONTEXT_SIMULATE, ACTION_BOUNDARY_BACK, "boundary-back", "B", NULL, "the one before"},
	{CONTEXT_SIMULATE, ACTION_DATE, "go", "g", NULL, "go to a date and time"},
	{CONTEXT_SIMULATE, ACTION_CALLER, "caller", "c", "caller", "who calls: a class of the plan, or a number"},
	{CONTEXT_SIMULATE, ACTION_LINE, "line", "L", NULL, "the next line"},
	{CONTEXT_SIMULATE, ACTION_NEXT_PANE, "phones", "Tab", "phones", "choose a phone, then the next one: Space changes what it does"},
	{CONTEXT_SIMULATE, ACTION_CYCLE, "behaviour", "Space", "does", "the phone chosen: answers, no answer, busy, declined, no signal"},
	{CONTEXT_SIMULATE, ACTION_AFTER, "answers-after", "a", "answers after", "the phone chosen: after how many seconds it answers"},
	{CONTEXT_SIMULATE, ACTION_HANG_UP, "hangs-up", "H", NULL, "after how many seconds the caller hangs up"},
	{CONTEXT_SIMULATE, ACTION_EMERGENCY, "emergency", "E", "emergency", "an emergency, or not"},
	{CONTEXT_SIMULATE, ACTION_NOBODY, "nobody", "x", "nobody", "no human answers, or everybody as they would"},
	{CONTEXT_SIMULATE, ACTION_LIVE, "live", "v", "live", "the plan, what the carriers can hold of it, or what is live"},
	{CONTEXT_SIMULATE, ACTION_READ_AGAIN, "reread", "r", NULL, "read what is at the carriers"},
	{CONTEXT_SIMULATE, ACTION_SAVE_TEST, "save-test", "T", "save test", "save this call as a test of the plan"},
	{CONTEXT_SIMULATE, ACTION_RUN_TESTS, "tests", "t", "tests", "run all tests of the plan"},
	{CONTEXT_SIMULATE, ACTION_EDITOR, "editor", "e", NULL, "the step, or the rule that decides, in your editor"},
	SEARCH_ROWS_OF(CONTEXT_SIMULATE, "search the steps of the call and the reasons"),

	{CONTEXT_CHECK, ACTION_ENTER, "play", "Enter", "play the call", "play the call that shows the finding; where none does, to its place on the Plan screen"},
	{CONTEXT_CHECK, ACTION_DETAILS, "details", "d", "details", "all that is told of the finding, as a page that scrolls"},
	{CONTEXT_CHECK, ACTION_MEND, "mend", "M", "mend", "show the mend, and apply it when you say so"},
	{CONTEXT_CHECK, ACTION_OTHER_MEND, "other-mend", "m", "other mend", "another way to mend it"},
	{CONTEXT_CHECK, ACTION_WINDOWS, "windows", "w", "windows", "all the times at which it holds"},
	{CONTEXT_CHECK, ACTION_EDITOR, "editor", "e", "editor", "the place in your editor"},
	SEARCH_ROWS(CONTEXT_CHECK),

	{CONTEXT_PUSH, ACTION_PUSH_LINE, "push-line", "P", "push line", "make live what the plan says for this line; asks first"},
	{CONTEXT_PUSH, ACTION_PUSH_ALL, "push-all", "A", "push all", "the same for all lines; asks first"},
	{CONTEXT_PUSH, ACTION_ROLL_BACK, "roll-back", "Z", "roll back", "put back what was live before the newest push; asks first"},
	{CONTEXT_PUSH, ACTION_READ_AGAIN, "reread", "r", "reread", "read what is at the carriers"},
	{CONTEXT_PUSH, ACTION_ARTEFACT, "artefact", "a", "artefact", "what the carrier should hold, as it would be sent"},
	{CONTEXT_PUSH, ACTION_HOURS, "hours", "t", "hours", "what callers get of the carrier now, and after a push, hour by hour"},
	{CONTEXT_PUSH, ACTION_HISTORY, "history", "y", "history", "all pushes of the line; going back to before one of them"},
	{CONTEXT_PUSH, ACTION_CODES, "codes", "c", "codes", "what somebody must dial or set by hand for this line, with QR codes"},
	{CONTEXT_PUSH, ACTION_EDITOR, "editor", "e", NULL, "the line's section in your editor"},
	SEARCH_ROWS(CONTEXT_PUSH),

	{CONTEXT_CALLS, ACTION_BOOKED, "booked", "B", "booked", "called back, and it is a job"},
	{CONTEXT_CALLS, ACTION_NOT_REACHED, "no-answer", "A", "no answer", "called back, and nobody answered: due again later"},
	{CONTEXT_CALLS, ACTION_NEXT_PANE, "pane", "Tab", "pane", "from the people to call back to the log, and back"},
	{CONTEXT_CALLS, ACTION_CUSTOMER_LOST, "lost", "X", "lost", "lost: nobody calls back any more"},
	{CONTEXT_CALLS, ACTION_CALL_CUSTOMER, "call-back", "C", "call", "have the line's carrier ring you and put you through; shows it and asks"},
	{CONTEXT_CALLS, ACTION_ENTER, "explain", "Enter", "explain", "the call beside the plan; of somebody to call back, what was done"},
	{CONTEXT_CALLS, ACTION_SEARCH, "filter", "/", "filter", "only calls with these words: number, name, line, who answered, outcome, date"},
	{CONTEXT_CALLS, ACTION_SEARCH_NEXT, "search-next", "n", NULL, "the next call with the words of the filter"},
	{CONTEXT_CALLS, ACTION_SEARCH_BACK, "search-back", "N", NULL, "the one before"},
	{CONTEXT_CALLS, ACTION_TEXT_CUSTOMER, "text", "T", "text", "send the plan's text; shows it and asks"},
	{CONTEXT_CALLS, ACTION_RESOLVED, "resolved", "R", "resolved", "called back, and it is settled"},
	{CONTEXT_CALLS, ACTION_TAKE_BACK, "take-back", "u", "take back", "take the last outcome or try back"},
	{CONTEXT_CALLS, ACTION_LEAD, "lead", "I", "add", "somebody to call back who did not ring: by text, from the web"},
	{CONTEXT_CALLS, ACTION_DATE, "go", "g", "date", "the log from a date on, back in time"},
	{CONTEXT_CALLS, ACTION_PLAY, "play", "p", NULL, "play the call on the Simulate screen"},
	{CONTEXT_CALLS, ACTION_BACK, "back", "Escape Backspace C-c", NULL, "no filter and no date any more, then the screen before"},

	{CONTEXT_REPORT, ACTION_LEFT, "month-before", "Left h", "month", "the month before; on the map, the hour before"},
	{CONTEXT_REPORT, ACTION_RIGHT, "next-month", "Right l", NULL, "the month after, behind this one the last 30 days; on the map, the next hour"},
	{CONTEXT_REPORT, ACTION_UP, "up", "Up k", NULL, "a row up; on the map, the day before"},
	{CONTEXT_REPORT, ACTION_DOWN, "down", "Down j", NULL, "a row down; on the map, the next day"},
	{CONTEXT_REPORT, ACTION_LATEST, "latest", "t Home", NULL, "this month, or the last 30 days"},
	{CONTEXT_REPORT, ACTION_LINE, "line", "L", "line", "all lines, or each"},
	{CONTEXT_REPORT, ACTION_WHOSE, "layer", "y", "layer", "the map and figures of all calls, of those missed, of those that each took"},
	{CONTEXT_REPORT, ACTION_VIEW, "missed", "m", "missed", "the map of calls that were missed, or of all"},
	{CONTEXT_REPORT, ACTION_NEXT_PANE, "map", "Tab", "map", "to the map of the week's hours, and back"},
	{CONTEXT_REPORT, ACTION_ENTER, "week", "Enter", "week", "to the map; there, the hour under the cursor on the Week screen"},
	{CONTEXT_REPORT, ACTION_RECKON, "calculation", "$", "worth", "what missed calls cost and what was recovered, with your own numbers"},
	{CONTEXT_REPORT, ACTION_EXPORT, "save-csv", "S", "CSV", "save all figures in a file; asks for its name"},
	{CONTEXT_REPORT, ACTION_DEFINITIONS, "definitions", "d", NULL, "what each figure means"},
	SEARCH_ROWS_OF(CONTEXT_REPORT, "search the rows of the report: figures, layers, weeks, callers"),
	{CONTEXT_REPORT, ACTION_BACK, "back", "Escape Backspace C-c", NULL, "from the map to the figures, then to the screen before"},

	{CONTEXT_CALL, ACTION_PLAY, "play", "Enter p", "play it", "play the call on the Simulate screen, everybody doing what they did"},
	{CONTEXT_CALL, ACTION_UP, "up", "Up k", "scroll", "a line up"},
	{CONTEXT_CALL, ACTION_DOWN, "down", "Down j", NULL, "a line down"},
	{CONTEXT_CALL, ACTION_BACK, "close", "Escape q Backspace", "close", "back to the log"},

	{CONTEXT_CODES, ACTION_UP, "up", "Up k", "move", "the one before"},
	{CONTEXT_CODES, ACTION_DOWN, "down", "Down j", NULL, "the next one"},
	{CONTEXT_CODES, ACTION_DONE, "done", "D", "done", "this one was dialled, or set: kept with the time as soon as all are"},
	{CONTEXT_CODES, ACTION_VIEW, "view", "v", "large", "the QR code, or large letters"},
	{CONTEXT_CODES, ACTION_PAGE_DOWN, "page-down", "PgDn C-f Space", "more", "scroll the words below"},
	{CONTEXT_CODES, ACTION_PAGE_UP, "page-up", "PgUp C-b", NULL, "and back"},
	SEARCH_ROWS_OF(CONTEXT_CODES, "search the codes and what they do"),
	{CONTEXT_CODES, ACTION_BACK, "close", "Escape q Backspace", "close", "back to the screen; asks when only some are done"},

	{CONTEXT_PAINT, ACTION_LEFT, "earlier", "Left h", "move", "half an hour earlier"},
	{CONTEXT_PAINT, ACTION_RIGHT, "later", "Right l", NULL, "half an hour later"},
	{CONTEXT_PAINT, ACTION_UP, "day-before", "Up k", NULL, "the day before"},
	{CONTEXT_PAINT, ACTION_DOWN, "next-day", "Down j", NULL, "the next day"},
	{CONTEXT_PAINT, ACTION_TOGGLE, "toggle", "Space Enter", "on/off", "what is selected on, or, where it begins on already, off"},
	{CONTEXT_PAINT, ACTION_SELECT, "select", "v", "select", "begin to select here: moving selects more; again: no more"},
	{CONTEXT_PAINT, ACTION_HOUR_BACK, "select-earlier", "S-Left", NULL, "select half an hour earlier"},
	{CONTEXT_PAINT, ACTION_HOUR_ON, "select-later", "S-Right", NULL, "select half an hour later"},
	{CONTEXT_PAINT, ACTION_DAY_UP, "select-day-before", "S-Up", NULL, "select the day before"},
	{CONTEXT_PAINT, ACTION_DAY_DOWN, "select-next-day", "S-Down", NULL, "select the next day"},
	{CONTEXT_PAINT, ACTION_FIRST, "first", "Home", NULL, "the beginning of the day"},
	{CONTEXT_PAINT, ACTION_LAST, "last", "End", NULL, "the end of the day"},
	{CONTEXT_PAINT, ACTION_WHICH_WEEKS, "which-weeks", "o", "one week", "paint this week only, or every week again"},
	{CONTEXT_PAINT, ACTION_UNDO, "undo", "u", "undo", "take the last stroke back"},
	{CONTEXT_PAINT, ACTION_SAVE, "save", "W", "save", "show what changes for callers, and save when you say so"},
	{CONTEXT_PAINT, ACTION_BACK, "leave", "Escape q Backspace", "leave", "select no more; else leave, and when hours changed ask to save them"},
	{CONTEXT_PAINT, ACTION_DROP, "drop", "X", NULL, "leave, and nothing is changed"},
	{CONTEXT_PAINT, ACTION_HELP, "help", "? F1", "help", "these keys"},

	{CONTEXT_WORTH, ACTION_UP, "up", "Up k", "move", "the number before"},
	{CONTEXT_WORTH, ACTION_DOWN, "down", "Down j", NULL, "the next number"},
	{CONTEXT_WORTH, ACTION_ENTER, "edit", "Enter", "edit", "another number here: all is reckoned anew at once"},
	{CONTEXT_WORTH, ACTION_AS_LOGGED, "as-logged", "r", "as it was", "put this number back: as the log, the plan or the guide has it"},
	{CONTEXT_WORTH, ACTION_SAVE, "save", "W", "into the plan", "the share that books and the average job into the plan; again: save the plan"},
	SEARCH_ROWS_OF(CONTEXT_WORTH, "search the names of the numbers"),
	{CONTEXT_WORTH, ACTION_BACK, "close", "Escape q Backspace", "close", "back to the report; your numbers stay there"},
	{CONTEXT_WORTH, ACTION_HELP, "help", "? F1", "help", "these keys"},

	{CONTEXT_TEXT, ACTION_BACK, "close", "Escape q Enter Backspace", "close", "back to the screen"},
	{CONTEXT_TEXT, ACTION_UP, "up", "Up k", "scroll", "a line up"},
	{CONTEXT_TEXT, ACTION_DOWN, "down", "Down j", NULL, "a line down"},
	{CONTEXT_TEXT, ACTION_LEFT, "week-before", "Left h", NULL, "where a week is shown: the one before"},
	{CONTEXT_TEXT, ACTION_RIGHT, "next-week", "Right l", NULL, "the next one"},
	{CONTEXT_TEXT, ACTION_LINE, "line", "L", NULL, "where a week is shown: of the next line"},
	{CONTEXT_TEXT, ACTION_SEARCH, "search", "/", "search", "search the page"},
	{CONTEXT_TEXT, ACTION_SEARCH_NEXT, "search-next", "n", NULL, "next line that was searched for"},
	{CONTEXT_TEXT, ACTION_SEARCH_BACK, "search-back", "N", NULL, "the one before"},

	{CONTEXT_PROMPT, ACTION_ACCEPT, "accept", "Enter", "accept", "take what was typed"},
	{CONTEXT_PROMPT, ACTION_DISMISS, "dismiss", "Escape C-c C-g", "dismiss", "leave it"},
	{CONTEXT_PROMPT, ACTION_ERASE, "erase", "Backspace C-h", NULL, "erase the character before the cursor"},
	{CONTEXT_PROMPT, ACTION_ERASE_ON, "erase-on", "Delete C-d", NULL, "erase the character at the cursor"},
	{CONTEXT_PROMPT, ACTION_ERASE_LINE, "erase-line", "C-u", NULL, "erase all"},
	{CONTEXT_PROMPT, ACTION_LEFT, "left", "Left C-b", NULL, "a character left"},
	{CONTEXT_PROMPT, ACTION_RIGHT, "right", "Right C-f", NULL, "a character right"},
	{CONTEXT_PROMPT, ACTION_FIRST, "first", "Home C-a", NULL, "to the beginning"},
	{CONTEXT_PROMPT, ACTION_LAST, "last", "End C-e", NULL, "to the end"},
	{CONTEXT_PROMPT, ACTION_COMPLETE, "complete", "Tab", "complete", "complete the word; again: the next one"},

	{CONTEXT_CONFIRM, ACTION_YES, "yes", "y", "yes", "do it"},
	{CONTEXT_CONFIRM, ACTION_NO, "no", "n", "no", "do not"},
	{CONTEXT_CONFIRM, ACTION_DISMISS, "dismiss", "q Escape C-c", "later", "leave it: as no, but what is offered stays for later"},
	{CONTEXT_CONFIRM, ACTION_LEFT, "week-before", "Left h", NULL, "where a week is shown: the one before"},
	{CONTEXT_CONFIRM, ACTION_RIGHT, "next-week", "Right l", NULL, "the next one"},
	{CONTEXT_CONFIRM, ACTION_LINE, "line", "L", NULL, "where a week is shown: of the next line"},
	{CONTEXT_CONFIRM, ACTION_UP, "up", "Up k", "scroll", "a line up"},
	{CONTEXT_CONFIRM, ACTION_DOWN, "down", "Down j", NULL, "a line down"},
	{CONTEXT_CONFIRM, ACTION_PAGE_UP, "page-up", "PgUp C-b", NULL, "a page up"},
	{CONTEXT_CONFIRM, ACTION_PAGE_DOWN, "page-down", "PgDn C-f Space", NULL, "a page down"},
	{CONTEXT_CONFIRM, ACTION_FIRST, "first", "Home", NULL, "to the beginning"},
	{CONTEXT_CONFIRM, ACTION_LAST, "last", "End G", NULL, "to the end"},

	{CONTEXT_CHOOSE, ACTION_UP, "up", "Up k", "move", "the one before"},
	{CONTEXT_CHOOSE, ACTION_DOWN, "down", "Down j", NULL, "the next one"},
	{CONTEXT_CHOOSE, ACTION_FIRST, "first", "Home", NULL, "the first one"},
	{CONTEXT_CHOOSE, ACTION_LAST, "last", "End G", NULL, "the last one"},
	{CONTEXT_CHOOSE, ACTION_ACCEPT, "accept", "Enter", "choose", "take it"},
	{CONTEXT_CHOOSE, ACTION_DISMISS, "dismiss", "Escape q C-c", "dismiss", "leave it"},
	SEARCH_ROWS(CONTEXT_CHOOSE),

	{CONTEXT_SEVERAL, ACTION_UP, "up", "Up k", "move", "the one before"},
	{CONTEXT_SEVERAL, ACTION_DOWN, "down", "Down j", NULL, "the next one"},
	{CONTEXT_SEVERAL, ACTION_FIRST, "first", "Home", NULL, "the first one"},
	{CONTEXT_SEVERAL, ACTION_LAST, "last", "End G", NULL, "the last one"},
	{CONTEXT_SEVERAL, ACTION_CYCLE, "toggle", "Space", "take or leave", "take it, or leave it: the numbers are the order"},
	{CONTEXT_SEVERAL, ACTION_ACCEPT, "accept", "Enter", "accept", "these"},
	{CONTEXT_SEVERAL, ACTION_DISMISS, "dismiss", "Escape q C-c", "dismiss", "leave it as it was"},
	{CONTEXT_SEVERAL, ACTION_ADD, "add", "A", "add", "one more value, where any may be given"},
	{CONTEXT_SEVERAL, ACTION_DELETE, "delete", "D", NULL, "leave it out"},
	{CONTEXT_SEVERAL, ACTION_MOVE_DOWN, "move-down", "J", "order", "change places with the next of those taken"},
	{CONTEXT_SEVERAL, ACTION_MOVE_UP, "move-up", "K", NULL, "change places with the one before"},
	{CONTEXT_SEVERAL, ACTION_TYPE, "type", "t", "type", "the whole list as text, to be typed"},
	SEARCH_ROWS(CONTEXT_SEVERAL),

	{CONTEXT_WIZARD, ACTION_ENTER, "next", "Enter", "next", "the next question; after the last one, the plan"},
	{CONTEXT_WIZARD, ACTION_COMPLETE, "complete", "Tab", NULL, "complete what is typed to an answer that is offered, else the next question"},
	{CONTEXT_WIZARD, ACTION_UP, "before", "Up S-Tab", "move", "the question before"},
	{CONTEXT_WIZARD, ACTION_DOWN, "down", "Down", NULL, "the next question"},
	{CONTEXT_WIZARD, ACTION_OFFER, "offer", "PgDn C-n", "choose", "the next answer that is offered"},
	{CONTEXT_WIZARD, ACTION_OFFER_BACK, "offer-back", "PgUp C-p", NULL, "the one before"},
	{CONTEXT_WIZARD, ACTION_REVIEW, "review", "F2 C-o", "the plan", "what the answers make: the plan, and what check says of it"},
	{CONTEXT_WIZARD, ACTION_DISMISS, "leave", "Escape C-c", "leave", "leave without a plan; asks when something was typed"},
	{CONTEXT_WIZARD, ACTION_HELP, "help", "F1", NULL, "these keys"},
	{CONTEXT_WIZARD, ACTION_ERASE, "erase", "Backspace C-h", NULL, "erase the character before the cursor"},
	{CONTEXT_WIZARD, ACTION_ERASE_ON, "erase-on", "Delete C-d", NULL, "erase the character at the cursor"},
	{CONTEXT_WIZARD, ACTION_ERASE_LINE, "erase-line", "C-u", NULL, "erase the answer"},
	{CONTEXT_WIZARD, ACTION_LEFT, "left", "Left C-b", NULL, "a character left"},
	{CONTEXT_WIZARD, ACTION_RIGHT, "right", "Right C-f", NULL, "a character right"},
	{CONTEXT_WIZARD, ACTION_FIRST, "first", "Home C-a", NULL, "to the beginning of the answer"},
	{CONTEXT_WIZARD, ACTION_LAST, "last", "End C-e", NULL, "to its end"},

	{CONTEXT_REVIEW, ACTION_SAVE, "write", "W", "write it", "write the plan, and open nevermiss on it"},
	{CONTEXT_REVIEW, ACTION_DISMISS, "back", "Escape q Backspace C-c", "back", "back to the questions: nothing typed is lost"},
	{CONTEXT_REVIEW, ACTION_UP, "up", "Up k", "scroll", "a line up"},
	{CONTEXT_REVIEW, ACTION_DOWN, "down", "Down j", NULL, "a line down"},
	{CONTEXT_REVIEW, ACTION_PAGE_DOWN, "page-down", "PgDn C-f Space", NULL, "a page down"},
	{CONTEXT_REVIEW, ACTION_PAGE_UP, "page-up", "PgUp C-b", NULL, "a page up"},
	{CONTEXT_REVIEW, ACTION_FIRST, "first", "Home", NULL, "to the beginning"},
	{CONTEXT_REVIEW, ACTION_LAST, "last", "End G", NULL, "to the end"},

	{CONTEXT_LINES, ACTION_YES, "yes", "y", "yes", "do it"},
	{CONTEXT_LINES, ACTION_NO, "no", "n q Escape C-c", "no", "do not"},
	{CONTEXT_LINES, ACTION_ENTER, "show", "Enter", "all of it", "all that is said of the line at the cursor, or of all lines"},
	{CONTEXT_LINES, ACTION_UP, "up", "Up k", NULL, "the line before"},
	{CONTEXT_LINES, ACTION_DOWN, "down", "Down j", NULL, "the next line"},
	{CONTEXT_LINES, ACTION_PAGE_UP, "page-up", "PgUp C-b", NULL, "a page up"},
	{CONTEXT_LINES, ACTION_PAGE_DOWN, "page-down", "PgDn C-f Space", NULL, "a page down"},
	{CONTEXT_LINES, ACTION_FIRST, "first", "Home", NULL, "the first one"},
	{CONTEXT_LINES, ACTION_LAST, "last", "End G", NULL, "the last one"},
	{CONTEXT_LINES, ACTION_SEARCH, "search", "/", "search", "the next line that has a text"},

	{G, ACTION_UP, "up", "Up k", NULL, "up"},
	{G, ACTION_DOWN, "down", "Down j", NULL, "down"},
	{G, ACTION_LEFT, "left", "Left h", NULL, "left"},
	{G, ACTION_RIGHT, "right", "Right l", NULL, "right"},
	{G, ACTION_PAGE_UP, "page-up", "PgUp C-b", NULL, "a page up"},
	{G, ACTION_PAGE_DOWN, "page-down", "PgDn C-f", NULL, "a page down"},
	{G, ACTION_FIRST, "first", "Home", NULL, "the first"},
	{G, ACTION_LAST, "last", "End G", NULL, "the last"},
	{G, ACTION_SCREEN_NOW, "now", "1", NULL, "what happens if a customer calls this minute"},
	{G, ACTION_SCREEN_PLAN, "plan", "2", NULL, "the plan, section by section"},
	{G, ACTION_SCREEN_WEEK, "week", "3", NULL, "who answers first, each half hour"},
	{G, ACTION_SCREEN_SIMULATE, "simulate", "4", NULL, "play a call"},
	{G, ACTION_SCREEN_CHECK, "check", "5", NULL, "what is wrong, when, and the mend"},
	{G, ACTION_SCREEN_PUSH, "push", "6", NULL, "what the carriers do now, and would do"},
	{G, ACTION_SCREEN_CALLS, "calls", "7", NULL, "the log of calls, and whom to call back"},
	{G, ACTION_SCREEN_REPORT, "report", "8", NULL, "how many were answered, how fast, when they call, what it is worth"},
	{G, ACTION_BACK, "back", "Escape Backspace C-c", NULL, "the screen that you came from"},
	{G, ACTION_HELP, "help", "? F1", "help", "the keys of this screen"},
	{G, ACTION_COMMAND, "command", ":", "command", "type an action, a screen or any command; Tab completes"},
	{G, ACTION_EDITOR, "editor", "e", "editor", "the plan in your editor; one that does not read, at its first mistake"},
	{G, ACTION_UNDO, "undo", "u", NULL, "take the last change of the plan back"},
	{G, ACTION_REDO, "redo", "C-r", NULL, "make it again"},
	{G, ACTION_SAVE, "save", "W", NULL, "save the edits of the plan: shows what changes for callers, and asks"},
	{G, ACTION_REDRAW, "redraw", "C-l", NULL, "draw the whole screen again"},
	{G, ACTION_THEME, "theme", "C-t", NULL, "the next theme, for this session; :theme NAME takes one"},
	{G, ACTION_QUIT, "quit", "q", "quit", "leave nevermiss"},
};
/* clang-format on */

const size_t key_rows_count = sizeof key_rows / sizeof *key_rows;

#define MOVE(action) (1u << ((action) - ACTION_UP))
#define UP_DOWN	     (MOVE(ACTION_UP) | MOVE(ACTION_DOWN))
#define LEFT_RIGHT   (MOVE(ACTION_LEFT) | MOVE(ACTION_RIGHT))
#define PAGES	     (MOVE(ACTION_PAGE_UP) | MOVE(ACTION_PAGE_DOWN))
#define ENDS	     (MOVE(ACTION_FIRST) | MOVE(ACTION_LAST))
#define LIST	     (UP_DOWN | PAGES | ENDS)

/* The general moves on which the screen of a context acts; none on the others, and where the plan does not read. */
static const unsigned moves_taken[CONTEXT_COUNT] = {
	[CONTEXT_PLAN] = LIST | LEFT_RIGHT,
	[CONTEXT_WEEK] = UP_DOWN | LEFT_RIGHT | ENDS,
	[CONTEXT_SIMULATE] = UP_DOWN | LEFT_RIGHT,
	[CONTEXT_CHECK] = LIST,
	[CONTEXT_PUSH] = LIST,
	[CONTEXT_CALLS] = LIST,
	[CONTEXT_REPORT] = UP_DOWN | LEFT_RIGHT | PAGES | MOVE(ACTION_LAST),
	[CONTEXT_CALL] = LIST,
	[CONTEXT_CODES] = LIST,
	[CONTEXT_PAINT] = UP_DOWN | LEFT_RIGHT | ENDS,
	[CONTEXT_WORTH] = LIST,
	[CONTEXT_TEXT] = LIST | LEFT_RIGHT,
};

static const struct {
	uint32_t key;
	const char *name, *label;
} named_keys[] = {
	{K_UP, "Up", "↑"}, {K_DOWN, "Down", "↓"}, {K_LEFT, "Left", "←"}, {K_RIGHT, "Right", "→"},
	{K_SHIFT_LEFT, "S-Left", "⇧←"}, {K_SHIFT_RIGHT, "S-Right", "⇧→"}, {K_SHIFT_UP, "S-Up", "⇧↑"},
	{K_SHIFT_DOWN, "S-Down", "⇧↓"}, {K_PAGE_UP, "PgUp", "PgUp"}, {K_PAGE_DOWN, "PgDn", "PgDn"},
	{K_HOME, "Home", "Home"}, {K_END, "End", "End"}, {K_ENTER, "Enter", "⏎"}, {K_ESCAPE, "Escape", "Esc"},
	{K_TAB, "Tab", "Tab"}, {K_SHIFT_TAB, "S-Tab", "⇧Tab"}, {K_BACKSPACE, "Backspace", "Backspace"},
	{K_DELETE, "Delete", "Del"}, {' ', "Space", "Space"},
};

#define NAMED (sizeof named_keys / sizeof *named_keys)

static const char *const context_names[CONTEXT_COUNT] = {"general", "now",  "plan", "week",   "simulate", "check",
							 "push",    "calls", "report", "call", "codes", "paint", "calculation", "text", "prompt",
							 "confirm", "choose", "several", "wizard", "review", "lines"};

const char *context_name(enum context context)
{
	return context_names[context];
}

bool context_modal(enum context context)
{
	return context == CONTEXT_PROMPT || context == CONTEXT_CONFIRM || context == CONTEXT_CHOOSE ||
	       context == CONTEXT_SEVERAL || context == CONTEXT_WIZARD || context == CONTEXT_REVIEW || context == CONTEXT_LINES;
}

bool context_reads(enum context context)
{
	return context == CONTEXT_TEXT || context == CONTEXT_CALL;
}

bool context_types(enum context context)
{
	return context == CONTEXT_PROMPT || context == CONTEXT_WIZARD;
}

uint32_t key_read(const char *name, size_t len)
{
	char text[KEY_TEXT];
	const char *at = text;
	uint32_t ch;

	if (len == 0 || len >= sizeof text)
		return K_NONE;
	memcpy(text, name, len);
	text[len] = '\0';
	for (size_t i = 0; i < NAMED; i++) {
		if (!strcmp(text, named_keys[i].name))
			return named_keys[i].key;
	}
	if (len == 3 && text[0] == 'C' && text[1] == '-' && text[2] >= 'a' && text[2] <= 'z')
		return K_CONTROL + (uint32_t)text[2];
	if (text[0] == 'F' && len > 1) {
		uint32_t n = (uint32_t)(text[1] - '0');

		if (len == 3)
			n = n * 10 + (uint32_t)(text[2] - '0');
		return n >= 1 && n <= 12 ? K_F1 + n - 1 : K_NONE;
	}
	ch = text_next(&at);
	return *at ? K_NONE : ch;
}

void key_write(uint32_t key, char out[static KEY_TEXT])
{
	out[0] = '\0';
	for (size_t i = 0; i < NAMED; i++) {
		if (named_keys[i].key == key)
			snprintf(out, KEY_TEXT, "%s", named_keys[i].name);
	}
	if (out[0])
		return;
	if (key >= K_CONTROL)
		snprintf(out, KEY_TEXT, "C-%c", (char)(key - K_CONTROL));
	else if (key >= K_F1)
		snprintf(out, KEY_TEXT, "F%u", key - K_F1 + 1);
	else
		char_write(key, out);
}

/* The label of one key. */
static void one_label(const char *name, size_t len, bool ascii, char out[static KEY_TEXT])
{
	uint32_t key = key_read(name, len);

	for (size_t i = 0; i < NAMED && !ascii; i++) {
		if (named_keys[i].key == key) {
			snprintf(out, KEY_TEXT, "%s", named_keys[i].label);
			return;
		}
	}
	snprintf(out, KEY_TEXT, "%.*s", (int)len, name);
}

/* Rows that move come in pairs, of which the bar names one: it shows the keys of both. */
static const struct key_row *pair_of(const struct key_row *row)
{
	const struct key_row *next = row + 1;
	bool pairs = row->action == ACTION_LEFT || row->action == ACTION_UP || row->action == ACTION_WEEK_BACK ||
		     row->action == ACTION_MOVE_DOWN;

	return pairs && next < key_rows + key_rows_count && next->context == row->context ? next : NULL;
}

void key_label(const struct key_row *row, bool ascii, char out[static 2 * KEY_TEXT])
{
	const struct key_row *pair = pair_of(row);
	const char *keys = key_row_keys(row), *others = pair ? key_row_keys(pair) : "";
	char first[KEY_TEXT], second[KEY_TEXT] = "";

	one_label(keys, strcspn(keys, " "), ascii, first);
	if (*others)
		one_label(others, strcspn(others, " "), ascii, second);
	/* Two names are parted; between single signs a stroke would look like a third key. */
	snprintf(out, 2 * KEY_TEXT, "%s%s%s", first, second[0] && strlen(first) > 1 && ascii ? "/" : "", second);
}

bool key_row_has(const struct key_row *row, uint32_t key)
{
	const char *at = key_row_keys(row);

	while (*at) {
		size_t len = strcspn(at, " ");

		if (key_read(at, len) == key)
			return true;
		at += len;
		at += strspn(at, " ");
	}
	return false;
}

static const struct key_row *find_in(enum context context, uint32_t key)
{
	for (size_t i = 0; i < key_rows_count; i++) {
		if (key_rows[i].context == context && key_row_has(&key_rows[i], key))
			return &key_rows[i];
	}
	return NULL;
}

bool keymap_takes(enum context context, const struct key_row *row)
{
	if (row->context != CONTEXT_GENERAL)
		return row->context == context;
	if (row->action >= ACTION_UP && row->action <= ACTION_LAST)
		return moves_taken[context] & MOVE(row->action);
	return !context_modal(context);
}

const struct key_row *keymap_find(enum context context, uint32_t key)
{
	const struct key_row *row = find_in(context, key);

	if (!row)
		row = find_in(CONTEXT_GENERAL, key);
	return row && keymap_takes(context, row) ? row : NULL;
}

bool keymap_writes(const struct key_row *row)
{
	switch (row->action) {
	case ACTION_EDITOR:
	case ACTION_UNDO:
	case ACTION_REDO:
	case ACTION_SAVE:
	case ACTION_OVERRIDE:
	case ACTION_ADD:
	case ACTION_COPY:
	case ACTION_DELETE:
	case ACTION_RENAME:
	case ACTION_MOVE_UP:
	case ACTION_MOVE_DOWN:
	case ACTION_DISCARD:
	case ACTION_PAINT:
	case ACTION_SAVE_TEST:
	case ACTION_MEND:
	case ACTION_PUSH_LINE:
	case ACTION_PUSH_ALL:
	case ACTION_ROLL_BACK:
	case ACTION_DONE:
	case ACTION_BOOKED:
	case ACTION_RESOLVED:
	case ACTION_NOT_REACHED:
	case ACTION_CUSTOMER_LOST:
	case ACTION_CALL_CUSTOMER:
	case ACTION_TEXT_CUSTOMER:
	case ACTION_LEAD:
	case ACTION_TAKE_BACK:
	case ACTION_EXPORT:
		return true;
	default:
		return false;
	}
}

bool keymap_looks(enum action action)
{
	if ((action >= ACTION_UP && action <= ACTION_HELP) || (action >= ACTION_HOUR_BACK && action <= ACTION_VIEW) ||
	    (action >= ACTION_MINUTE_BACK && action <= ACTION_DAY_BACK))
		return true;
	switch (action) {
	case ACTION_REDRAW:
	case ACTION_LINE:
	case ACTION_BOUNDARY:
	case ACTION_BOUNDARY_BACK:
	case ACTION_FOLD:
	case ACTION_WINDOWS:
	case ACTION_DETAILS:
	case ACTION_LATEST:
	case ACTION_DEFINITIONS:
		return true;
	default:
		return false;
	}
}

bool keymap_has(enum context context, enum action action)
{
	for (size_t i = 0; i < key_rows_count; i++) {
		const struct key_row *row = &key_rows[i];

		if (row->action == action && *key_row_keys(row) && keymap_takes(context, row))
			return true;
	}
	return false;
}

const struct key_row *keymap_named(enum context context, const char *name)
{
	const struct key_row *general = NULL;

	for (size_t i = 0; i < key_rows_count; i++) {
		if (strcmp(key_rows[i].name, name))
			continue;
		if (key_rows[i].context == context && context != CONTEXT_GENERAL)
			return &key_rows[i];
		if (key_rows[i].context == CONTEXT_GENERAL)
			general = &key_rows[i];
	}
	return general && keymap_takes(context, general) ? general : NULL;
}

void keys_print(struct nm_buf *out)
{
	for (size_t i = 0; i < key_rows_count; i++) {
		const struct key_row *row = &key_rows[i];

		if (i == 0 || row->context != row[-1].context)
			nm_buf_addf(out, "%s%s\n", i ? "\n" : "", context_name(row->context));
		nm_buf_addf(out, "  %-24s %-16s %s\n", key_row_keys(row), row->name, row->help);
	}
}

void keys_print_json(struct nm_buf *out)
{
	struct nm_json json;

	nm_json_init(&json, out);
	nm_json_array(&json);
	for (size_t i = 0; i < key_rows_count; i++) {
		nm_json_object(&json);
		nm_json_key(&json, "screen");
		nm_json_text(&json, context_name(key_rows[i].context));
		nm_json_key(&json, "keys");
		nm_json_text(&json, key_row_keys(&key_rows[i]));
		nm_json_key(&json, "action");
		nm_json_text(&json, key_rows[i].name);
		nm_json_key(&json, "help");
		nm_json_text(&json, key_rows[i].help);
		nm_json_end(&json, '}');
	}
	nm_json_end(&json, ']');
	nm_buf_add(out, "\n");
}
