/* SPDX-License-Identifier: MIT */
/*
 * A first plan: the questions that must be answered for one, and the commented text that the answers make.
 * `init` asks them one after another, the wizard on a form.
 */
#ifndef TUI_FIRST_PLAN_H
#define TUI_FIRST_PLAN_H

#include "nevermiss/mem.h"
#include "nevermiss/plan.h"

/* In the order in which an answer is judged: what it depends on comes before it. */
enum question {
	QUESTION_BUSINESS,
	QUESTION_COUNTRY,
	QUESTION_TIMEZONE,
	QUESTION_NUMBER,
	QUESTION_MOBILE,
	QUESTION_VOICEMAIL,
	QUESTION_BACKUP,
	QUESTION_AI,
	QUESTION_HOLIDAYS,
	QUESTION_HOURS,
	QUESTION_EMERGENCY,
	QUESTIONS
};

struct question_row {
	const char *option;   /* of init */
	const char *words;    /* what is asked */
	const char *fallback; /* what no answer means; NULL: it must be answered */
	const char *sample;   /* stands for it while others are judged */
};
extern const struct question_row questions[QUESTIONS];

/* The answers' texts; borrowed.  NULL: not given yet, a sample stands for it. */
struct first_answers {
	const char *texts[QUESTIONS];
};

/* Are the first n answers good, as far as they are given?  err says in a sentence what is wrong. */
enum nm_code first_plan_judge(const struct first_answers *answers, size_t n, struct nm_error *err) NM_WARN_UNUSED;
/* Does the owner's phone ring outside the hours too?  It does while nobody else answers then. */
bool first_plan_rings_always(const struct first_answers *answers);
/* Adds the plan's text to out (up to NM_PLAN_BYTES). */
enum nm_code first_plan_text(const struct first_answers *answers, struct nm_buf *out, struct nm_error *err) NM_WARN_UNUSED;
/* The files that such a text may name beside it, for nm_plan_read_kept. */
const struct nm_plan_file *first_plan_files(void);
/* first_plan_file.c: writes the text as the plan file, whose folder is made, below what comments and options stand in it (first_plan_below), and beside it
 * the files that it was read with.  NM_REFUSED when a plan is there, or another file where one of those belongs. */
enum nm_code first_plan_write(const char *file, const char *text, size_t len, const struct nm_plan_file *files,
			      struct nm_error *err) NM_WARN_UNUSED;
/* Writes the files beside the plan's file alone.  NM_REFUSED when another one is where one of them belongs; the same one
 * stays. */
enum nm_code first_plan_write_files(const char *plan, const struct nm_plan_file *files, struct nm_error *err) NM_WARN_UNUSED;
/* Adds both texts: what stands in a file that is no plan yet, with the answers in place of what its own options say, and
 * below it the first plan without these. */
enum nm_code first_plan_below(const char *there, size_t there_len, const char *plan, size_t plan_len, struct nm_buf *out,
			      struct nm_error *err) NM_WARN_UNUSED;
/* NM_OK when there is no such file, or one without anything but comments and options.  NM_REFUSED when there is a plan, which is never
 * overwritten; the code of reading it when it cannot be read. */
enum nm_code first_plan_absent(const char *file, struct nm_error *err) NM_WARN_UNUSED;
/* What a first plan finds in its place. */
enum first_place { FIRST_NO_FILE, FIRST_EMPTY_FILE, FIRST_BELOW }; /* BELOW: comments, blank lines or options, which stay above it */
enum first_place first_plan_place(const char *file);

#endif
