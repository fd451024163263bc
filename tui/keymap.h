/* SPDX-License-Identifier: MIT */
/*
 * Keys, and the one table of what they mean.  Dispatch, the bar at the bottom, the help screen, the
 * command line's completion and `nevermiss keys` all come from its rows.
 */
#ifndef TUI_KEYMAP_H
#define TUI_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nevermiss/mem.h"

/* A key is a character, or one of these. */
enum key {
	K_NONE = 0,
	K_SPECIAL = 0x110000,
	K_UP,
	K_DOWN,
	K_LEFT,
	K_RIGHT,
	K_SHIFT_LEFT,
	K_SHIFT_RIGHT,
	K_SHIFT_UP,
	K_SHIFT_DOWN,
	K_PAGE_UP,
	K_PAGE_DOWN,
	K_HOME,
	K_END,
	K_ENTER,
	K_ESCAPE,
	K_TAB,
	K_SHIFT_TAB,
	K_BACKSPACE,
	K_DELETE,
	K_F1 = K_SPECIAL + 64, /* K_F1 + 1 is F2, and so on to F12 */
	K_CONTROL = K_SPECIAL + 128 /* K_CONTROL + 'r' is Ctrl-R */
};

enum context {
	CONTEXT_GENERAL, /* everywhere where the screen does not say otherwise */
	CONTEXT_NOW,
	CONTEXT_PLAN,
	CONTEXT_WEEK,
	CONTEXT_SIMULATE,
	CONTEXT_CHECK,
	CONTEXT_PUSH,
	CONTEXT_CALLS,
	CONTEXT_REPORT,
	CONTEXT_CALL,    /* one call beside the plan */
	CONTEXT_CODES,   /* what somebody dials for a line */
	CONTEXT_PAINT,   /* the hours of a schedule */
	CONTEXT_WORTH,   /* the calculation of what calls are worth */
	CONTEXT_TEXT,    /* a page of text: help, results */
	CONTEXT_PROMPT,  /* a line being typed */
	CONTEXT_CONFIRM, /* yes or no */
	CONTEXT_CHOOSE,  /* one of a list */
	CONTEXT_SEVERAL, /* several of a list */
	CONTEXT_WIZARD,  /* the form of the first run: its lines are typed */
	CONTEXT_REVIEW,  /* what its answers make */
	CONTEXT_LINES,   /* yes or no, about many lines */
	CONTEXT_COUNT
};

enum action {
	ACTION_NONE,
	/* made by the program itself, on no key */
	ACTION_TEXT,   /* a character was typed */
	ACTION_ANSWER, /* a dialog was answered or dismissed */
	/* everywhere */
	ACTION_UP,
	ACTION_DOWN,
	ACTION_LEFT,
	ACTION_RIGHT,
	ACTION_PAGE_UP,
	ACTION_PAGE_DOWN,
	ACTION_FIRST,
	ACTION_LAST,
	ACTION_ENTER,
	ACTION_BACK,
	ACTION_NEXT_PANE,
	ACTION_SCREEN_NOW,
	ACTION_SCREEN_PLAN,
	ACTION_SCREEN_WEEK,
	ACTION_SCREEN_SIMULATE,
	ACTION_SCREEN_CHECK,
	ACTION_SCREEN_PUSH,
	ACTION_SCREEN_CALLS,
	ACTION_SCREEN_REPORT,
	ACTION_HELP,
	ACTION_COMMAND,
	ACTION_UNDO,
	ACTION_REDO,
	ACTION_SAVE,
	ACTION_REDRAW,
	ACTION_THEME,
	ACTION_QUIT,
	/* on several screens */
	ACTION_LINE,
	ACTION_DATE,
	ACTION_BOUNDARY,
	ACTION_BOUNDARY_BACK,
	ACTION_EDITOR,
	ACTION_SEARCH,
	ACTION_SEARCH_NEXT,
	ACTION_SEARCH_BACK,
	/* Now */
	ACTION_OVERRIDE,
	ACTION_CHECKLIST,
	/* Plan */
	ACTION_FOLD,
	ACTION_TYPE, /* of a list: all of it, as text */
	ACTION_ADD,
	ACTION_COPY,
	ACTION_DELETE,
	ACTION_RENAME,
	ACTION_MOVE_UP,
	ACTION_MOVE_DOWN,
	ACTION_CHANGES,
	ACTION_DISCARD,
	/* Week */
	ACTION_HOUR_BACK,
	ACTION_HOUR_ON,
	ACTION_WEEK_BACK,
	ACTION_WEEK_ON,
	ACTION_MONTH_BACK,
	ACTION_MONTH_ON,
	ACTION_GAP,
	ACTION_VIEW,
	ACTION_WHOSE,
	ACTION_PAINT,
	/* painting */
	ACTION_DAY_UP,
	ACTION_DAY_DOWN,
	ACTION_SELECT,
	ACTION_TOGGLE,
	ACTION_WHICH_WEEKS,
	ACTION_DROP,
	/* Simulate */
	ACTION_MINUTE_BACK,
	ACTION_MINUTE_ON,
	ACTION_DAY_ON,
	ACTION_DAY_BACK,
	ACTION_CALLER,
	ACTION_EMERGENCY,
	ACTION_CYCLE,
	ACTION_NOBODY,
	ACTION_AFTER,
	ACTION_HANG_UP,
	ACTION_SAVE_TEST,
	ACTION_RUN_TESTS,
	ACTION_LIVE,
	/* Check */
	ACTION_MEND,
	ACTION_OTHER_MEND,
	ACTION_WINDOWS,
	ACTION_DETAILS,
	/* Push */
	ACTION_PUSH_LINE,
	ACTION_PUSH_ALL,
	ACTION_ROLL_BACK,
	ACTION_READ_AGAIN,
	ACTION_ARTEFACT,
	ACTION_HOURS,
	ACTION_HISTORY,
	ACTION_CODES,
	ACTION_DONE,
	/* Calls */
	ACTION_BOOKED,
	ACTION_RESOLVED,
	ACTION_NOT_REACHED,
	ACTION_CUSTOMER_LOST,
	ACTION_CALL_CUSTOMER,
	ACTION_TEXT_CUSTOMER,
	ACTION_LEAD,
	ACTION_TAKE_BACK,
	ACTION_PLAY,
	/* Report */
	ACTION_LATEST,
	ACTION_RECKON,
	ACTION_DEFINITIONS,
	ACTION_EXPORT,
	ACTION_AS_LOGGED,
	/* dialogs */
	ACTION_ACCEPT,
	ACTION_DISMISS,
	ACTION_ERASE,
	ACTION_ERASE_ON,
	ACTION_ERASE_LINE,
	ACTION_COMPLETE,
	ACTION_OFFER,      /* what a line may become: the next of it */
	ACTION_OFFER_BACK,
	ACTION_REVIEW,
	ACTION_YES,
	ACTION_NO,
	ACTION_COUNT
};

struct key_row {
	enum context context;
	enum action action;
	const char *name; /* what `:` takes: "next-gap" */
	const char *keys; /* names separated by blanks: "Down j"; ask key_row_keys */
	const char *bar;  /* label in the bar at the bottom; NULL: not there */
	const char *help; /* one line */
};

extern const struct key_row key_rows[];
extern const size_t key_rows_count;

/* Does the context act on the row: one of its own, or a general one that means something there? */
bool keymap_takes(enum context context, const struct key_row *row);
/* The row that a key means in a context: its own, else the general one that it takes; NULL. */
const struct key_row *keymap_find(enum context context, uint32_t key);
/* Would it change the plan, the store or a carrier, or open or write a file?  Then a read-only session refuses it. */
bool keymap_writes(const struct key_row *row);
/* Does it show another screen, place or page, and no more?  Then it can be done while long work goes on. */
bool keymap_looks(enum action action);
/* Is this action on a key there? */
bool keymap_has(enum context context, enum action action);
/* The same by the row's name. */
const struct key_row *keymap_named(enum context context, const char *name);
/* Dialogs hear nothing but their own keys. */
bool context_modal(enum context context);
/* A page to read: it holds no work, and closes unasked when another screen is shown. */
bool context_reads(enum context context);
/* Keys that are none of its own are characters typed. */
bool context_types(enum context context);
const char *context_name(enum context context); /* "week" */

/* A key's name ("Left", "C-r", "j") to the key, and back; K_NONE when it is no key. */
uint32_t key_read(const char *name, size_t len);
#define KEY_TEXT 16
void key_write(uint32_t key, char out[static KEY_TEXT]);
/* The keys of a row, as the user has them: its own, or "" (preferences.c). */
const char *key_row_keys(const struct key_row *row);
bool key_row_has(const struct key_row *row, uint32_t key);
/* A row's first key as the bar shows it: an arrow, or its name when ascii. */
void key_label(const struct key_row *row, bool ascii, char out[static 2 * KEY_TEXT]);

/* The table as text, for `nevermiss keys`: context, keys, name, help. */
void keys_print(struct nm_buf *out);
void keys_print_json(struct nm_buf *out);

#endif
