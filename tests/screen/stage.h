/* SPDX-License-Identifier: MIT */
/*
 * A stage for screen tests: a copy of the fixture plan in a folder of its own, a fixed clock, an app
 * without a terminal.  Keys go in by name, a canvas comes out and is compared with a golden file.
 */
#ifndef TESTS_STAGE_H
#define TESTS_STAGE_H

#include "app.h"

/* Sunday 22 November 2026, 05:11 in Chicago: after hours, the day before the rotation begins. */
#define STAGE_NOW 1795345860

struct stage_options;

struct stage {
	struct session session;
	struct app app;
	nm_time now;
	char *home;     /* working directory to go back to */
	char *golden;   /* folder of the golden files */
	char folder[64];
	const struct stage_options *options; /* as given to stage_open */
};

struct stage_options {
	const char *screen;
	int width, height;
	nm_time now;      /* 0: STAGE_NOW */
	bool ascii, mono, escapes, read_only;
	enum theme theme;
	const char *plan;    /* text instead of the fixture's; NULL */
	const char *fixture; /* folder of the plan and its calendar below the golden files; NULL: theirs */
	const char *first_run; /* the folder is empty, but for `plan`: the wizard, on a machine in this time zone; NULL */
	const char *keys;      /* of stage_golden_looks: pressed before the picture is taken; NULL */
};

void stage_open(struct stage *stage, const struct stage_options *options);
void stage_close(struct stage *stage);
/* The program ends, and is started again in the same folder.  Between the two nothing of it is there. */
void stage_stop(struct stage *stage);
void stage_start(struct stage *stage);
/* Key names separated by blanks, then all quiet work. */
void stage_keys(struct stage *stage, const char *keys);
/* Characters, one key each. */
void stage_type(struct stage *stage, const char *text);
/* The canvas as text; the caller frees it. */
char *stage_text(struct stage *stage);
/* Fails the test when the canvas is not golden/screen/NAME.txt; writes it when NM_GOLDEN_UPDATE is set. */
void stage_golden(struct stage *stage, const char *name);
/* The same in each size and look that is promised (stage.c has the list), as NAME-LOOK; on a stage of its own, which
 * `prepare`, then `keys` of the options, take from its opening to what is to be seen.  Both NULL: that is it. */
void stage_golden_looks(const char *name, const struct stage_options *options, void (*prepare)(struct stage *stage));
/* Fails when the canvas has not, or has, this text on one of its rows. */
void stage_shows(struct stage *stage, const char *text);
void stage_hides(struct stage *stage, const char *text);
/* The plan file as it is on disk; the caller frees it. */
char *stage_plan(struct stage *stage);
/* Name, mode and bytes of every file of the folder, between stop and start; the caller frees it.  *len: it holds any
 * bytes. */
char *stage_files(size_t *len);

#endif
