/* SPDX-License-Identifier: MIT */
/*
 * A session: one plan file with all that is derived from it, for a screen or a subcommand.
 *
 * It owns every cached derivation: a reload builds new ones, swaps them in and frees the old.  What
 * a getter lends is valid until the next reload or edit (`generation` counts them), a timeline also
 * only until the next session_timeline.  Nothing but the plan is read before somebody asks for it.
 */
#ifndef TUI_SESSION_H
#define TUI_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "nevermiss/check.h"
#include "nevermiss/clock.h"
#include "nevermiss/decide.h"
#include "nevermiss/diag.h"
#include "nevermiss/edit.h"
#include "nevermiss/followup.h"
#include "nevermiss/plan.h"
#include "nevermiss/push.h"
#include "nevermiss/route.h"
#include "nevermiss/store.h"
#include "nevermiss/timeline.h"
#include "network.h"
#include "style.h"

#define SESSION_TIMELINES 3
#define SESSION_WHO 128 /* a name, as records have it, and its end */

struct session_options {
	const char *plan_file; /* as the user named it; borrowed, like all texts here */
	const char *data_dir;  /* where stores live; NULL: no store */
	const char *who;       /* for the records: "pat over ssh" */
	const char *terminal;  /* at which the user sits: "pts/3"; NULL: none, or not known */
	const char *editor;    /* command for `e`; NULL: "vi" */
	bool read_only, unwritable; /* unwritable: read_only, for the data directory is on a file system that is */
	const char *journal;   /* the stream that journald reads, as the environment names it; NULL */
	bool ascii;            /* no character beyond ASCII on the screen */
	enum theme theme;      /* mono: NO_COLOR, or such a terminal */
	const struct nm_diags *mistakes; /* in the user's keys and theme, to be told; NULL */
	bool escapes;          /* app_print writes colours as SGR escapes */
	nm_time (*now)(void *context); /* the clock; a fixed one with --at */
	void *now_context;
};

/* The session's own: timelines that were used lately. */
struct session_timelines {
	struct {
		struct nm_timeline *timeline;
		unsigned used; /* for putting out the one used longest ago */
	} items[SESSION_TIMELINES];
	unsigned clock;
};

struct session {
	struct session_options options;
	struct nm_document *document; /* NULL when the file could not be read */
	struct nm_due_times *due_times; /* of plan; NULL: without one, or memory was out */
	struct nm_plan *plan;         /* NULL when the text does not read: then diags and plan_error say why */
	bool keeps;                   /* a plan stays, to be looked at, when the text does not read any more */
	bool unread;                  /* it stayed so: it is of the texts before, session_texts */
	struct nm_diags diags;
	struct nm_error plan_error;
	unsigned generation;          /* grows with every new plan or document text */
	unsigned proofs;              /* grows when findings are forgotten: the plan or what the store knows is new */
	unsigned readings;            /* grows when live is read anew: what session_status lent before is gone */
	bool stale;                   /* the file changed on disk while there are unsaved edits, or cannot be read */
	bool gone;                    /* stale, and there is no such file any more */
	bool noticed_beside;          /* what was noticed last is a file that the plan is read with and that is not edited here */
	char saver[SESSION_WHO];      /* who wrote the file that was noticed last; "": not known */
	/* Handed to reading and pushing (nm_push_context); NULL: no progress is told. */
	bool (*progress)(void *context, const char *line, const char *what, size_t done, size_t all);
	bool (*idle)(void *context);
	void (*stage)(void *context, int line, enum nm_line_stage stage);
	void *stage_context;
	/* Asked by other long work now and then, first with 0 done; false: stop.  NULL: nobody is there to ask. */
	bool (*working)(void *context, const char *pieces, size_t done, size_t all);
	void *progress_context;
	/* The same of what is derived of the plan, whoever asks for that; false: not now, and who asked gets NM_REFUSED. */
	bool (*deriving)(void *context, const char *pieces, size_t done, size_t all);
	void *deriving_context;

	/* The session's own: use the functions below. */
	char *read_text; /* those that read last; NULL: none did, or memory was out */
	size_t read_len;
	struct nm_buf beside_paths; /* of files that the plan is read with, and that are not edited here */
	uint64_t beside_stamp;
	bool versions_known;
	int64_t version_known; /* the newest in the store when the file was last read or saved here; 0: there was none */
	uint64_t saved_mark; /* of the saved text, with the files that it was read with; 0: not known */
	const struct nm_plan_file *kept; /* of a draft: what stands beside it; NULL */
	struct nm_zone *utc;
	struct nm_ical_memory *calendars; /* NULL when memory was out: then they are read each time */
	struct nm_store *store;
	struct {
		struct nm_arena *arena;     /* NULL: not read */
		struct nm_plan_file *files; /* copies of the calendars of the network */
		uint64_t mark, changes;     /* of the copies; of the store when they were looked at */
	} copies;
	struct network network;
	struct nm_findings findings;
	bool findings_known;
	struct nm_findings then_findings; /* session_findings_then of a text with edits */
	bool then_known;
	struct nm_status status;
	bool status_known;
	struct nm_log_fact log;
	struct {
		bool known;
		nm_time day;      /* on which the log was read, in days */
		uint64_t changes; /* of the store then */
	} log_of;
	nm_time status_at;
	struct {
		bool known;
		uint64_t mark;           /* of the plan with which what was read last is compared here */
		uint64_t changes;        /* of the store then */
		struct nm_status status; /* may outlive that plan: lines of it are told by their routes then */
	} recalled;
	struct nm_status_reading *reading; /* under way, session_reading_move moves it; NULL */
	nm_time reading_at;                /* when it was begun */
	struct nm_classes classes;
	bool classes_known;
	struct nm_written written;
	bool written_known;
	struct nm_differences changes;
	struct nm_findings saved_findings; /* of the saved text */
	bool changes_known;
	struct session_timelines timelines;
	struct {
		struct nm_store *store; /* NULL: not open */
		struct session_timelines timelines;
	} beside; /* session_beside_begin */
};

/* Reads the plan.  A plan that does not read is no failure (plan stays NULL); a file that cannot be
 * read is one, and the session is then not open. */
enum nm_code session_open(struct session *session, const struct session_options *options,
			  struct nm_error *err) NM_WARN_UNUSED;
/* A session on a plan that is no file yet: its text is what session_draft_text puts in place, at first "", and
 * files beside it are those that are kept (borrowed; NULL: none).  Without a data_dir nothing of it is on disk. */
enum nm_code session_draft(struct session *session, const struct session_options *options,
			   const struct nm_plan_file *kept, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code session_draft_text(struct session *session, const char *text, size_t len, struct nm_error *err) NM_WARN_UNUSED;
void session_close(struct session *session);

/* When the follow-up is due by the session's plan, of which there has to be one. */
struct nm_followup_due session_due(const struct session *session, const struct nm_followup *followup);
nm_time session_now(const struct session *session);
/* The plan's zone; UTC when there is no plan. */
const struct nm_zone *session_zone(const struct session *session);
/* NM_OK when the text reads; otherwise plan_error in err. */
enum nm_code session_need_plan(const struct session *session, struct nm_error *err) NM_WARN_UNUSED;
/* The same for who only looks: a plan that stayed does too. */
enum nm_code session_need_look(const struct session *session, struct nm_error *err) NM_WARN_UNUSED;
/* The texts that the plan is of; where there is none, the document's. */
struct nm_texts session_texts(const struct session *session);

/* Reads a plan's texts (of that file) with the copies that are kept of calendars of the network, as the session's own. */
enum nm_code session_plan_read(const struct session *session, const char *file, const char *text, size_t len,
			       struct nm_plan **out, struct nm_diags *diags, struct nm_error *err) NM_WARN_UNUSED;
/* For the session's own sources.  Reads the copies from the store if the plan has such calendars and they are not read
 * yet; true when there are some. */
bool session_copies(struct session *session, const struct nm_plan *plan);
void session_copies_forget(struct session *session);
/* Notices copies that somebody else wrote, and reads the plan with them (true: something is new to show). */
bool session_copies_notice(struct session *session);
/* What the store knows of the plan's calendars, for nm_check; memory from the arena. */
enum nm_code session_calendars(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			       struct nm_calendar_fact **out, size_t *n, struct nm_error *err) NM_WARN_UNUSED;
/* Fetches the plan's calendars, or (index not -1) one, and reads the plan with what came.  NM_REFUSED when read-only. */
struct nm_refreshes;
enum nm_code session_refresh(struct session *session, int index, struct nm_refreshes *out,
			     struct nm_error *err) NM_WARN_UNUSED;
/* Brings the callbacks in a calendar in step with the open follow-ups (callbacks.h). */
struct nm_callbacks;
enum nm_code session_callbacks(struct session *session, int index, struct nm_callbacks *out,
			       struct nm_error *err) NM_WARN_UNUSED;

/* Reads the file again.  When it changed, that is one step of undo, `what` its words: what was unsaved is behind it. */
enum nm_code session_reload(struct session *session, const char *what, struct nm_error *err) NM_WARN_UNUSED;
/* Our edits on top of a file that changed on disk: NM_OK when they can be, and the text would read. */
enum nm_code session_may_merge(const struct session *session, struct nm_error *err) NM_WARN_UNUSED;
/* That, as two steps of undo: what is on disk, then our edits on it, which are not saved. */
enum nm_code session_merge(struct session *session, const char *their_words, const char *our_words,
			   struct nm_error *err) NM_WARN_UNUSED;
/* What was changed from a base that is known, on top of the session's text: malloc'd and NUL-terminated.  It looks only.
 * As nm_edit_merge when that cannot be; NM_INPUT too when the text would not read. */
struct unsaved;
enum nm_code session_on_top(const struct session *session, const struct unsaved *ours, char **out, size_t *len,
			    struct nm_error *err) NM_WARN_UNUSED;
/* Has a file of the plan changed on disk: its own, an included one, a calendar's, an account's codes? */
bool session_outdated(const struct session *session);
/* Notices that.  Of a file that is edited here: reloads when nothing is unsaved (true: something is new to show), else sets
 * `stale`, and `gone` as that is; `saver` is who changed it.  Of others, which sets `noticed_beside`: reads the plan with them. */
bool session_notice(struct session *session);
/* Who saved the file as it is on disk, and not before it was last read or saved here; false, and "": that is not known, as
 * when it was no session of this program. */
bool session_saver(const struct session *session, char out[static SESSION_WHO]);
/* For the session's own sources: what the store holds now is no news. */
void session_know_versions(struct session *session);

/* Where the store is, or will be; its folder is made unless the session is read-only. */
enum nm_code session_store_path(struct session *session, struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;
/* Opens the store on first use.  NM_INPUT when there is no data_dir. */
enum nm_code session_store(struct session *session, struct nm_store **out, struct nm_error *err) NM_WARN_UNUSED;
/* For the session's own sources: after a plan was read, or was found not to, which files are to be looked at; before: the
 * stamp of those that were until then, taken before. */
void session_beside_keep(struct session *session, uint64_t before);
/* Writes a text of the plan as a new file, and beside each included file whose text is another one than in `base` a new one
 * that ends in ".mine".  Refuses where there are such. */
enum nm_code session_write_beside(const struct session *session, struct nm_texts texts, struct nm_texts base,
				  const char *file, struct nm_error *err) NM_WARN_UNUSED;
/* What the file is to this session, for a sentence ("the plan"), under whatever name: nobody means to write something else
 * over it.  NULL: none of its own. */
const char *session_own_file(const struct session *session, const char *file);
/* Everything that pushing and reading live need.  A reading under way is given up, for both would use the network. */
enum nm_code session_push_context(struct session *session, struct nm_push_context *out,
				  struct nm_error *err) NM_WARN_UNUSED;

/* Long work goes on that has the store and timelines in its hands, and somebody looks at a screen meanwhile: until _end, what
 * is read is read by a connection of its own, which writes nothing and sees what was kept last, and what the work was lent
 * stays.  NM_INPUT without a store. */
enum nm_code session_beside_begin(struct session *session, struct nm_error *err) NM_WARN_UNUSED;
void session_beside_end(struct session *session);
/* For the session's own sources: all of it goes, and what timelines it has. */
void session_beside_close(struct session *session);
void session_timelines_clear(struct session_timelines *timelines);

/* A timeline that holds [from, until), cached. */
enum nm_code session_timeline(struct session *session, nm_time from, nm_time until,
			      const struct nm_timeline **out, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code session_classes(struct session *session, const struct nm_classes **out, struct nm_error *err) NM_WARN_UNUSED;
/* Nothing is read from it for now: gives back what it keeps in memory.  Nothing when it is not open. */
void session_rest_store(struct session *session);
/* Findings over the default horizon from now, facts of the store included; cached. */
enum nm_code session_findings(struct session *session, const struct nm_findings **out, struct nm_error *err) NM_WARN_UNUSED;
/* What they are once the text that stands here is saved: until then, lines may still do what the saved one says; cached. */
enum nm_code session_findings_then(struct session *session, const struct nm_findings **out, struct nm_error *err) NM_WARN_UNUSED;
/* Live against plan for all lines; read anew when `again` or never read; cached. */
enum nm_code session_status(struct session *session, bool again, const struct nm_status **out,
			    struct nm_error *err) NM_WARN_UNUSED;
/* The same in pieces, for whoever has other things to do: begun (again, when it is under way), and moved by waiting for
 * wait_ms at most until there is no more, when session_status has it.  What fails gives it up. */
enum nm_code session_reading_begin(struct session *session, struct nm_error *err) NM_WARN_UNUSED;
enum nm_code session_reading_move(struct session *session, int wait_ms, bool *more, struct nm_error *err) NM_WARN_UNUSED;
/* Ends it at once: lines that were not read are unknown then. */
enum nm_code session_reading_stop(struct session *session, struct nm_error *err) NM_WARN_UNUSED;
/* As if it never was. */
void session_reading_abandon(struct session *session);
/* The lines are to be read anew: something else is live. */
void session_forget_status(struct session *session);
/* Compares what was read of the lines last with the plan here, for session_line_status; no carrier is asked. */
enum nm_code session_recall(struct session *session, struct nm_error *err) NM_WARN_UNUSED;
/* How a line of the plan stands: by session_status when that is known, else by what was read last; NULL: not known. */
const struct nm_line_status *session_line_status(const struct session *session, int line);
/* Of one line that is worked by hand, which asks no carrier and so disturbs no reading.  The caller clears it. */
enum nm_code session_hand_status(struct session *session, int line, struct nm_status *out,
				 struct nm_error *err) NM_WARN_UNUSED;
/* For the session's own sources: for who leaves a reading under way alone; without a network as well; takes over what was
 * read. */
enum nm_code session_quiet_context(struct session *session, struct nm_push_context *out,
				   struct nm_error *err) NM_WARN_UNUSED;
enum nm_code session_store_context(struct session *session, struct nm_push_context *out,
				   struct nm_error *err) NM_WARN_UNUSED;
/* Likewise: of a plan that nobody pushes, and so without a mark. */
enum nm_code session_plan_context(struct session *session, const struct nm_plan *plan, struct nm_push_context *out,
				  struct nm_error *err) NM_WARN_UNUSED;
void session_take_status(struct session *session, const struct nm_status *status, nm_time at);
/* What the store knows of test calls played; not known when it cannot be read. */
struct nm_test_fact session_tests(struct session *session);
/* What this machine is to whoever reads the agent's heartbeat. */
#define SESSION_HOST 256
void session_host(char out[static SESSION_HOST]);
/* Whether the agent is alive, and who waits for it by that plan; not known when the store cannot be read. */
struct nm_agent_fact session_agent(struct session *session, const struct nm_plan *plan);
/* Does one run now, and not by a timer alone? */
bool session_agent_runs(struct session *session);
/* How many events the CRM refused lately and are set aside; 0 where that is not known. */
int64_t session_crm_refused(struct session *session);
/* Lines of a plan to which too many texts came lately; memory from the arena, names are the plan's. */
enum nm_code session_floods(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			    struct nm_flood_fact **out, size_t *n, struct nm_error *err) NM_WARN_UNUSED;
/* Destinations of a plan whose phones want no texts; memory from the arena, names are the plan's. */
enum nm_code session_optouts(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			     struct nm_optout_fact **out, size_t *n, struct nm_error *err) NM_WARN_UNUSED;
/* What the log says of the last 30 days; cached until something is written to the store. */
struct nm_log_fact session_log(struct session *session);
/* Writes down that they were played now; nothing in a read-only session, nor of a plan that stayed. */
enum nm_code session_tests_played(struct session *session, bool after_hours,
				  struct nm_error *err) NM_WARN_UNUSED;
/* What the store knows of the lines, for nm_check: n_lines of them, memory from the arena.  What was read is compared with the
 * plan that is saved or the one that stands here, whenever it was read. */
enum nm_code session_facts(struct session *session, struct nm_arena *arena, struct nm_line_fact **out,
			   size_t *n, struct nm_error *err) NM_WARN_UNUSED;

/* Numbers that were pushed and that no line of a plan has; memory from the arena. */
enum nm_code session_left(struct session *session, const struct nm_plan *plan, struct nm_arena *arena,
			  struct nm_left_fact **out, size_t *n, struct nm_error *err) NM_WARN_UNUSED;

/* The text that edits would make: malloc'd, NUL-terminated. */
enum nm_code session_edited(const struct session *session, const struct nm_edit *edits, size_t n, char **out,
			    size_t *out_len, struct nm_error *err) NM_WARN_UNUSED;
/* Does such a text read?  Its mistakes are added to diags, the first one is in err. */
enum nm_code session_try(const struct session *session, const char *text, size_t len, struct nm_diags *diags,
			 struct nm_error *err) NM_WARN_UNUSED;
/* What stands in the text; cached. */
enum nm_code session_written(struct session *session, const struct nm_written **out, struct nm_error *err) NM_WARN_UNUSED;
/* The path of the file of such a name; lasts as long as what session_written lent.  NULL: memory is out. */
const char *session_path(struct session *session, const char *name);
/* What the text changes for callers against the saved one, over the default horizon from now, and what check found
 * in that one; cached. */
enum nm_code session_changes(struct session *session, const struct nm_differences **out,
			     const struct nm_findings **saved, struct nm_error *err) NM_WARN_UNUSED;

/* Applies edits to the text, as one step of undo, and reads it; when it does not read any more nothing is changed and err
 * has the first mistake.  NM_REFUSED when read-only. */
enum nm_code session_edit(struct session *session, const struct nm_edit *edits, size_t n, const char *what,
			  struct nm_error *err) NM_WARN_UNUSED;
/* The edit that puts an override's section ahead of all others: the first that matches decides, and the
 * newest word counts. */
struct nm_edit session_override(const struct session *session, const char *section);
/* Takes the last edit back, or makes it again; words in *what (NULL: there is none). */
enum nm_code session_undo(struct session *session, bool redo, const char **what, struct nm_error *err) NM_WARN_UNUSED;
/* Takes the last edit back for good, as one that could not be saved. */
void session_drop(struct session *session);
/* Puts a whole text in place, one that does not read too, as one step of undo. */
enum nm_code session_replace(struct session *session, const char *text, size_t len, const char *what,
			     struct nm_error *err) NM_WARN_UNUSED;
/* Puts what was last saved in place, as one step of undo. */
enum nm_code session_discard(struct session *session, const char *what, struct nm_error *err) NM_WARN_UNUSED;
/* Writes the file and keeps the text as a version in the store. */
enum nm_code session_save(struct session *session, struct nm_error *err) NM_WARN_UNUSED;

/* For the session's own sources: what check finds in a plan, read of this text for the session's store and clock, when it is
 * what is saved (nm_findings_clear). */
enum nm_code session_check(struct session *session, const struct nm_plan *plan, const char *text, size_t len,
			   struct nm_findings *out, struct nm_error *err) NM_WARN_UNUSED;
/* Likewise: session_facts of the lines of such a plan, as they are when it is saved; mark: session_text_mark. */
enum nm_code session_facts_saved(struct session *session, const struct nm_plan *plan, uint64_t mark, struct nm_arena *arena,
				 struct nm_line_fact **out, struct nm_error *err) NM_WARN_UNUSED;
/* Likewise: what tells a plan of this text from others, be they others by a file that they are read with. */
uint64_t session_text_mark(const struct nm_plan *plan, const char *text, size_t len);
void session_forget_changes(struct session *session);
/* Likewise: makes the plan of the document's text the session's plan, and forgets what was made
 * of a text before. */
void session_read_plan(struct session *session);
/* Likewise: tells whether the plan is another one, be it by a file that it is read with; not who changed it. */
uint64_t session_plan_mark(const struct session *session);
void session_recall_forget(struct session *session);
/* Likewise: what was last saved or read is the plan that stands here. */
void session_mark_saved(struct session *session);
void session_calendars_open(struct session *session);
void session_calendars_close(struct session *session);
void session_forget_written(struct session *session);

#endif
