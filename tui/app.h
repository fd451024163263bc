/* SPDX-License-Identifier: MIT */
/*
 * The loop and the stack of screens: one frame around every screen, one place where keys become
 * actions.
 */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "meanwhile.h"
#include "nevermiss/mem.h"
#include "others.h"
#include "progress.h"
#include "stages.h"
#include "recovery.h"
#include "screen.h"
#include "session.h"
#include "style.h"
#include "term.h"

#define APP_TABS 8
#define APP_STACK 8
#define APP_KEPT 2 /* of it, for what long work will show and ask */
#define APP_TRAIL 32
#define APP_MESSAGE 512

struct layer {
	const struct screen_ops *ops;
	void *state;
};

struct app {
	struct session *session;
	struct term *term;              /* NULL when a screen is only printed, and in tests */
	struct layer tabs[APP_TABS];    /* state NULL: never shown yet */
	size_t tab;
	size_t trail[APP_TRAIL];        /* tabs that led here, the newest last */
	size_t n_trail;
	struct layer stack[APP_STACK];  /* dialogs over the tab */
	size_t depth;
	struct canvas canvas;
	char message[APP_MESSAGE];
	unsigned message_style;
	unsigned generation;            /* of the session, when all was last derived */
	nm_time minute;
	bool ended, cut_off;            /* cut off: told to end by no key */
	struct progress progress;       /* of long work */
	struct stages stages;           /* of lines that are pushed */
	bool quiet;                     /* quiet work is done */
	struct input held;              /* that came meanwhile, and ended it */
	const char *running;            /* the command of the `:` line under way, a literal; NULL */
	struct meanwhile meanwhile;     /* of that command */
	struct recovery recovery;
	struct others others;           /* who have the plan open too */
	/* facts of the lines, for the title bar; read when the keyboard is quiet */
	struct nm_arena *facts_arena;
	struct nm_line_fact *facts;
	size_t n_facts;
	bool facts_known;
	struct {
		bool given;
		int tag;
		size_t index;
		char *text;             /* owned; NULL: dismissed */
	} answer;                       /* of the dialog that has just ended */
	struct {
		char *line, *question, *text; /* owned; NULL: none */
		bool asked;             /* by the run that is under way */
	} command;                      /* of the `:` line, that waits for a yes */
	int after, editor_line;         /* what comes once the edits are saved: saving.h */
	size_t editor_text;             /* which of the plan's texts (plan_texts.h) the editor opens then */
};

/* Runs the interface until the user quits: an exit status. */
int app_run(struct session *session, const char *first_screen);
/* Runs one screen that has the window to itself until it ends the app (app->ended). */
int app_run_alone(struct session *session, const struct screen_ops *screen, const void *argument);

/* A screen as text, everything that would come in a quiet moment included.  Options of the session say
 * whether as ASCII and with colour. */
enum nm_code app_print(struct session *session, const char *screen, int width, int height, struct nm_buf *out,
		       struct nm_error *err) NM_WARN_UNUSED;

/* What cannot be of the user's keys and theme, as the interface begins: one mistake as a message, several as a page. */
void app_tell_mistakes(struct app *app);

/* For app_run, app_print and tests: an app without a terminal. */
enum nm_code app_init(struct app *app, struct session *session, int width, int height, const char *screen,
		      struct nm_error *err) NM_WARN_UNUSED;
/* The same with one screen that has the window to itself. */
enum nm_code app_init_alone(struct app *app, struct session *session, int width, int height,
			    const struct screen_ops *screen, const void *argument, struct nm_error *err) NM_WARN_UNUSED;
void app_clear(struct app *app);
/* Has the tab in sight derive what it shows from the session and the clock. */
void app_derive(struct app *app);
/* One piece of quiet work; true when there may be more. */
bool app_idle(struct app *app);
/* A key, dispatched; and all quiet work done; and the canvas drawn. */
void app_key(struct app *app, uint32_t key);
void app_settle(struct app *app);
void app_draw(struct app *app);
bool app_resize(struct app *app, int width, int height);

/* What an event brings about, and what follows from it. */
void app_act(struct app *app, const struct event *event);
/* An action, as if its key had been pressed; nothing when it has none here. */
void app_do(struct app *app, enum action action);
/* mouse.c: a click, and the wheel, up or down. */
void app_click(struct app *app, int x, int y);
void app_wheel(struct app *app, bool up);

/* What screens use. */
nm_time app_now(const struct app *app);
const struct nm_plan *app_plan(const struct app *app); /* NULL when the plan does not read, and none did before */
/* The plan is that of the text; not one that read before, and is there to be looked at. */
bool app_reads(const struct app *app);
bool app_ascii(const struct app *app);
/* The part of the canvas that belongs to the screen. */
struct box app_body(const struct app *app);
/* Rows that the message takes, from the one above the keys upwards; 0: there is none. */
int app_message_rows(const struct app *app);
void app_message(struct app *app, unsigned style, const char *format, ...) __attribute__((format(printf, 3, 4)));
void app_error(struct app *app, const struct nm_error *err);
/* False, with a message, when nothing may be written: the session only looks. */
bool app_may_write(struct app *app);
/* Likewise when nothing may be changed, as while the plan does not read; or pushed: a plan that is not saved is not. */
bool app_may_change(struct app *app);
bool app_may_push(struct app *app);
void app_push(struct app *app, const struct screen_ops *ops, const void *argument);
void app_go(struct app *app, const struct screen_ops *ops, const void *argument);
/* Closes the topmost dialog or page, unanswered; nothing when there is none. */
void app_pop(struct app *app);
/* Long work: shows how far it is (progress.h) and looks at the keyboard, or only that; false when the user wants it to
 * stop.  doing: "pushing", or "" where the pieces ("calls") are many and quick; a literal. */
bool app_progress(struct app *app, const char *doing, const char *pieces, size_t done, size_t all);
bool app_listen(struct app *app);
/* The same for quiet work: where it lasts it is shown, unless something else is being said; false when a key, or anything else,
 * came: that is for the loop, and the work begins anew in the next quiet moment. */
bool app_progress_quietly(struct app *app, const char *pieces, size_t done, size_t all);
bool app_interrupted(const struct app *app);
/* The same for work of which nobody knows how far it is: who waits, a literal, and for how long. */
bool app_wait(struct app *app, const char *who);
/* Notices a file that changed on disk, and says so; true when there is something new to show. */
bool app_notice(struct app *app);
/* The plan in the user's editor, at a place (file NULL: at its beginning), or while it does not read at its first mistake;
 * asks first when it has edits that are not saved. */
void app_editor(struct app *app, struct nm_pos pos);
/* For what was shown and asked already: applies edits, saves, says what was done.  Beside other edits that are not
 * saved it is one more of them: nothing is saved that was not asked about.  True when it was saved. */
bool app_change(struct app *app, const struct nm_edit *edits, size_t n, const char *what);
/* In the words of an edit that only moves something, and which say it all. */
#define MOVED " moved "
/* Applies edits to the text alone: W saves them. */
bool app_edit(struct app *app, const struct nm_edit *edits, size_t n, const char *what);
/* Reads the facts of the lines again at the next quiet moment. */
void app_forget_facts(struct app *app);
/* Reads them now, where a page shows them that is not drawn again. */
void app_need_facts(struct app *app);
const struct nm_line_fact *app_fact(const struct app *app, const char *line);
/* For dialogs: the answer (text NULL: dismissed), with VERDICT_POP as what to return. */
enum verdict app_answer(struct app *app, int tag, const char *text, size_t index);
const struct screen_ops *app_top(const struct app *app);
/* Whose keys mean something now: the dialog's, the tab's, or, while the plan does not read, those that work
 * everywhere; and the same without the dialogs. */
enum context app_context(const struct app *app);
enum context app_tab_context(const struct app *app);
/* The screen in sight has the window to itself. */
bool app_alone(const struct app *app);
/* The keys of the screen below the page that it opens. */
void app_help(struct app *app);

/* The screens, in the order of their keys. */
extern const struct screen_ops *const app_screens[APP_TABS];
const struct screen_ops *app_screen_named(const char *name); /* NULL: there is none */

/* frame.c: title, tabs, message and bar around the screen; which tab stands at a column, APP_TABS: none. */
void frame_draw(const struct app *app, struct canvas *canvas);
size_t frame_tab_at(const struct app *app, int x);

#endif
