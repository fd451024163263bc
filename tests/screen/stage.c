/* SPDX-License-Identifier: MIT */
/*
 * The stage.  In: the fixture below tests/golden/screen/, keys.  Out: canvases, as text.
 * Writes nothing outside its own folder but golden files, and those only when told to.
 */
#include "stage.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "wizard.h"

#define FILE_BYTES (1u << 22)

static nm_time stage_clock(void *context)
{
	return *(const nm_time *)context;
}

static char *read_text(const char *file)
{
	struct nm_buf buf;
	struct nm_error err;

	nm_buf_init(&buf, FILE_BYTES);
	if (nm_file_read(file, FILE_BYTES, &buf, &err)) {
		nm_buf_clear(&buf);
		return NULL;
	}
	return nm_buf_take(&buf);
}

static void write_text(const char *file, const char *text)
{
	struct nm_error err;

	if (nm_file_write(file, text, strlen(text), false, &err))
		fail_msg("%s", err.text);
}

static char *join(const char *folder, const char *name)
{
	struct nm_buf buf;

	nm_buf_init(&buf, FILE_BYTES);
	nm_buf_addf(&buf, "%s/%s", folder, name);
	return nm_buf_take(&buf);
}

static void copy_fixture(const struct stage *stage, const char *fixture, const char *name, const char *text)
{
	char *folder = join(stage->golden, fixture ? fixture : "."), *from = join(folder, name), *to = join(stage->folder, name);
	char *bytes = text ? strdup(text) : read_text(from);

	if (!bytes)
		fail_msg("cannot read %s", from);
	write_text(to, bytes);
	free(bytes);
	free(folder);
	free(from);
	free(to);
}

/* As the program does where there is no plan. */
static void start_wizard(struct stage *stage, struct session_options *options)
{
	const struct stage_options *own = stage->options;
	struct nm_error err;

	options->data_dir = NULL;
	if (session_draft(&stage->session, options, first_plan_files(), &err) ||
	    app_init_alone(&stage->app, &stage->session, own->width, own->height, &screen_wizard, own->first_run, &err))
		fail_msg("%s", err.text);
	app_settle(&stage->app);
	app_draw(&stage->app);
}

void stage_start(struct stage *stage)
{
	const struct stage_options *options = stage->options;
	struct session_options session_options = {
		.plan_file = "plan.conf",
		.data_dir = "data",
		.who = "pat",
		.read_only = options->read_only,
		.ascii = options->ascii,
		.theme = options->mono ? THEME_MONO : options->theme,
		.escapes = options->escapes,
		.now = stage_clock,
		.now_context = &stage->now,
	};
	struct nm_error err;

	if (options->first_run) {
		start_wizard(stage, &session_options);
		return;
	}
	if (session_open(&stage->session, &session_options, &err) ||
	    app_init(&stage->app, &stage->session, options->width, options->height, options->screen, &err))
		fail_msg("%s", err.text);
	app_settle(&stage->app);
	app_draw(&stage->app);
}

void stage_stop(struct stage *stage)
{
	app_clear(&stage->app);
	session_close(&stage->session);
}

void stage_open(struct stage *stage, const struct stage_options *options)
{
	static char *start; /* a test that failed has not gone back */
	const char *source = getenv("NM_SRCDIR");

	memset(stage, 0, sizeof *stage);
	stage->options = options;
	stage->now = options->now ? options->now : STAGE_NOW;
	if (!start)
		start = getcwd(NULL, 0);
	stage->home = start;
	stage->golden = join(source && source[0] == '/' ? source : stage->home, "tests/golden/screen");
	snprintf(stage->folder, sizeof stage->folder, "/tmp/nm-stage-XXXXXX");
	assert_non_null(mkdtemp(stage->folder));
	if (!options->first_run || options->plan)
		copy_fixture(stage, options->fixture, "plan.conf", options->plan);
	if (!options->first_run)
		copy_fixture(stage, options->fixture, "holidays.ics", NULL);
	assert_int_equal(chdir(stage->folder), 0);
	stage_start(stage);
}

void stage_close(struct stage *stage)
{
	struct nm_buf command;

	stage_stop(stage);
	assert_int_equal(chdir(stage->home), 0);
	nm_buf_init(&command, 256);
	nm_buf_addf(&command, "rm -r %s", stage->folder);
	assert_int_equal(system(command.data), 0);
	nm_buf_clear(&command);
	free(stage->golden);
}

void stage_keys(struct stage *stage, const char *keys)
{
	while (*keys) {
		size_t len = strcspn(keys, " ");
		uint32_t key = key_read(keys, len);

		assert_int_not_equal(key, K_NONE);
		app_key(&stage->app, key);
		keys += len;
		keys += strspn(keys, " ");
	}
	app_settle(&stage->app);
	app_draw(&stage->app);
}

void stage_type(struct stage *stage, const char *text)
{
	uint32_t ch;

	while ((ch = text_next(&text)) != 0)
		app_key(&stage->app, ch);
	app_settle(&stage->app);
	app_draw(&stage->app);
}

char *stage_text(struct stage *stage)
{
	const struct session_options *options = &stage->session.options;
	struct nm_buf buf;

	nm_buf_init(&buf, FILE_BYTES);
	canvas_print(&stage->app.canvas, options->escapes, options->theme, &buf);
	return nm_buf_take(&buf);
}

void stage_golden(struct stage *stage, const char *name)
{
	char *text = stage_text(stage), *file, *expected;
	struct nm_buf path;

	nm_buf_init(&path, 4096);
	nm_buf_addf(&path, "%s/%s.txt", stage->golden, name);
	file = nm_buf_take(&path);
	if (getenv("NM_GOLDEN_UPDATE"))
		write_text(file, text);
	expected = read_text(file);
	if (!expected)
		fail_msg("there is no %s: make golden-update writes it", file);
	if (strcmp(text, expected))
		fail_msg("%s: expected\n%s\ngot\n%s", name, expected, text);
	free(expected);
	free(file);
	free(text);
}

/* The one list of the sizes and looks in which every screen is promised. */
static const struct stage_look {
	const char *name;
	int width, height;
	bool ascii, escapes, mono;
} looks[] = {
	{"40x12", 40, 12, .ascii = false},
	{"80x24", 80, 24, .ascii = false},
	{"200x50", 200, 50, .ascii = false},
	{"ascii-40x12", 40, 12, .ascii = true},
	{"ascii", 80, 24, .ascii = true},
	{"ascii-200x50", 200, 50, .ascii = true},
	{"colour-40x12", 40, 12, .escapes = true},
	{"colour", 80, 24, .escapes = true},
	{"colour-200x50", 200, 50, .escapes = true},
	{"mono-40x12", 40, 12, .escapes = true, .mono = true},
	{"mono", 80, 24, .escapes = true, .mono = true},
	{"mono-200x50", 200, 50, .escapes = true, .mono = true},
};

/* What a locale that is not UTF-8 cannot show is not there. */
static void is_ascii(const char *text)
{
	for (; *text; text++)
		assert_true(*text == '\n' || (*text >= ' ' && *text < 0x7f));
}

static void golden_look(const char *name, const struct stage_look *look, struct stage_options options,
			void (*prepare)(struct stage *stage))
{
	struct stage stage;
	char file[64];

	options.width = look->width;
	options.height = look->height;
	options.ascii = look->ascii;
	options.escapes = look->escapes;
	options.mono = look->mono;
	stage_open(&stage, &options);
	if (prepare)
		prepare(&stage);
	if (options.keys)
		stage_keys(&stage, options.keys);
	snprintf(file, sizeof file, "%s-%s", name, look->name);
	stage_golden(&stage, file);
	if (look->ascii) {
		char *text = stage_text(&stage);

		is_ascii(text);
		free(text);
	}
	stage_close(&stage);
}

void stage_golden_looks(const char *name, const struct stage_options *options, void (*prepare)(struct stage *stage))
{
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		golden_look(name, &looks[i], *options, prepare);
}

static bool shown(struct stage *stage, const char *text)
{
	char *all = stage_text(stage);
	bool found = strstr(all, text) != NULL;

	free(all);
	return found;
}

void stage_shows(struct stage *stage, const char *text)
{
	char *all = stage_text(stage);

	if (!shown(stage, text))
		fail_msg("\"%s\" is not on the screen\n%s", text, all);
	free(all);
}

void stage_hides(struct stage *stage, const char *text)
{
	char *all = stage_text(stage);

	if (shown(stage, text))
		fail_msg("\"%s\" is on the screen\n%s", text, all);
	free(all);
}

char *stage_plan(struct stage *stage)
{
	char *text = read_text("plan.conf");

	(void)stage;
	assert_non_null(text);
	return text;
}

static struct nm_buf seen; /* nftw has no context */

static int see_file(const char *path, const struct stat *about, int type, struct FTW *walk)
{
	(void)walk;
	nm_buf_addf(&seen, "\n%s %o ", path, (unsigned)about->st_mode);
	return type == FTW_F && nm_file_read(path, 1u << 24, &seen, NULL) != NM_OK;
}

char *stage_files(size_t *len)
{
	nm_buf_init(&seen, 1u << 26);
	assert_int_equal(nftw(".", see_file, 16, FTW_PHYS), 0);
	*len = seen.len;
	return nm_buf_take(&seen);
}
