/* SPDX-License-Identifier: MIT */
/*
 * The program on a real pseudo-terminal, seen through libvterm: it starts, draws, follows a resize, is
 * suspended and comes back, and leaves the terminal as it was.  Waits until the whole screen is the
 * expected one or time is up; never sleeps.
 */
#include <errno.h>
#include <glob.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>

#include "random.h"
#include "stage.h"
#include "terminal.h"

/* The program, and a stage with the same plan, which says what its screens should be. */
struct staged {
	struct stage stage;
	struct terminal terminal;
};

/* The options outlive it. */
static void staged_open_on(struct staged *staged, const struct stage_options *options)
{
	const char *const arguments[] = {"nevermiss", "-p", "plan.conf", "--data", "data", "--now", "2026-11-22T05:11:00-06:00",
					 options->read_only ? "--read-only" : NULL, NULL}; /* STAGE_NOW */

	stage_open(&staged->stage, options);
	if (options->first_run)
		setenv("TZ", options->first_run, 1);
	terminal_start(&staged->terminal, options->width, options->height, arguments);
	unsetenv("TZ");
}

static void staged_open(struct staged *staged)
{
	static const struct stage_options now = {.screen = "now", .width = 80, .height = 24, .read_only = true};

	staged_open_on(staged, &now);
}

/* Waits until the terminal shows what the stage does.  Both clocks stand: two that go would prove the plan from
 * different minutes. */
static void terminal_shows_the_stage(struct staged *staged)
{
	int64_t end = now_ms() + PATIENCE_MS;

	for (;;) {
		struct nm_buf got;
		char *expected;
		bool same;

		app_settle(&staged->stage.app);
		app_draw(&staged->stage.app);
		expected = stage_text(&staged->stage);
		nm_buf_init(&got, 1u << 22);
		terminal_text(&staged->terminal, &got);
		same = !strcmp(got.data, expected);
		if (!same && now_ms() > end)
			fail_msg("expected\n%s\ngot\n%s", expected, got.data);
		nm_buf_clear(&got);
		free(expected);
		if (same)
			return;
		terminal_take(&staged->terminal, 50);
	}
}

/* The same keys for the program and for the stage. */
static void press(struct staged *staged, const char *bytes, const char *keys)
{
	terminal_type(&staged->terminal, bytes);
	stage_keys(&staged->stage, keys);
	terminal_shows_the_stage(staged);
}

static void set_size(struct staged *staged, int width, int height)
{
	assert_true(app_resize(&staged->stage.app, width, height));
	terminal_resize(&staged->terminal, width, height);
}

static void resize(struct staged *staged, int width, int height)
{
	set_size(staged, width, height);
	terminal_shows_the_stage(staged);
}

static void modes_are_as_before(const struct terminal *terminal)
{
	struct termios after;

	assert_int_equal(tcgetattr(terminal->other, &after), 0);
	assert_int_equal(after.c_lflag, terminal->before.c_lflag);
	assert_int_equal(after.c_iflag, terminal->before.c_iflag);
	assert_int_equal(after.c_oflag, terminal->before.c_oflag);
}

static void staged_close(struct staged *staged)
{
	terminal_close(&staged->terminal);
	stage_close(&staged->stage);
}

static void starts_draws_resizes_and_leaves_the_terminal_as_it_was(void **state)
{
	struct staged staged;
	int status;

	(void)state;
	staged_open(&staged);
	terminal_shows_the_stage(&staged);
	press(&staged, "3", "3");
	press(&staged, "\033OC", "Right");
	resize(&staged, 120, 40);
	resize(&staged, 40, 12);
	resize(&staged, 80, 24);
	app_click(&staged.stage.app, 38, 1); /* a tab, as the terminal tells it; then the wheel */
	press(&staged, "\033[<0;39;2M\033[<0;39;2m", "");
	stage_shows(&staged.stage, "proved to");
	app_wheel(&staged.stage.app, false);
	press(&staged, "\033[<65;10;6M", "");
	press(&staged, "?", "?");
	press(&staged, "q", "q");
	press(&staged, ":", ":");
	press(&staged, "che\t\r", "c h e Tab Enter");
	assert_int_equal(write(staged.terminal.fd, "q", 1), 1);
	status = terminal_wait(&staged.terminal);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	modes_are_as_before(&staged.terminal);
	staged_close(&staged);
}

/* Two types whose descriptions have not all that frames are made of here: ncurses draws them, and the screens are the
 * same. */
static void other_types_of_terminals_show_the_same(void **state)
{
	static const char *const types[] = {"rxvt", "vt220"};

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct staged staged;

		setenv("NM_TERM", types[i], 1);
		staged_open(&staged);
		unsetenv("NM_TERM");
		terminal_shows_the_stage(&staged);
		press(&staged, "2jjj", "2 j j j");
		resize(&staged, 120, 40);
		press(&staged, "?", "?");
		resize(&staged, 40, 12);
		press(&staged, "q", "q");
		assert_int_equal(write(staged.terminal.fd, "q", 1), 1);
		assert_true(WIFEXITED(terminal_wait(&staged.terminal)));
		modes_are_as_before(&staged.terminal);
		staged_close(&staged);
	}
}

/* A description as terminals with direct colours have it (user_caps(5)), whatever this machine knows of them. */
static const char direct_type[] =
	"nm-direct|counts colours in red and green and blue,\n"
	"\tRGB, colors#0x1000000, pairs#0x7FFF, initc@, ccc@, op=\\E[39;49m,\n"
	"\tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,\n"
	"\tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,\n"
	"\tuse=xterm-256color,\n";

/* Where a colour's number is red, green and blue, that of a palette would be nearly black. */
static void direct_colours_are_those_of_the_palette(void **state)
{
	static const struct {
		const char *theme, *ai, *voicemail; /* as style.c has them, in the red, green and blue of 256 */
	} themes[] = {{"contrast", "38;2;135;215;255m", "38;2;255;255;95m"}, {"light", "38;2;1;0;135m", "38;2;135;95;0m"}};
	char folder[] = "/tmp/nm-direct-XXXXXX", command[256], file[64];
	FILE *out;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(file, sizeof file, "%s/direct.src", folder);
	out = fopen(file, "w");
	assert_non_null(out);
	fputs(direct_type, out);
	assert_int_equal(fclose(out), 0);
	snprintf(command, sizeof command, "tic -x -o %s %s", folder, file);
	assert_int_equal(system(command), 0);
	for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
		struct staged staged;

		setenv("TERMINFO", folder, 1);
		setenv("NM_TERM", "nm-direct", 1);
		setenv("NEVERMISS_THEME", themes[i].theme, 1);
		staged_open(&staged);
		unsetenv("TERMINFO");
		unsetenv("NM_TERM");
		unsetenv("NEVERMISS_THEME");
		terminal_shows_the_stage(&staged);
		assert_non_null(strstr(staged.terminal.wrote.data, themes[i].ai));
		assert_non_null(strstr(staged.terminal.wrote.data, themes[i].voicemail));
		assert_null(strstr(staged.terminal.wrote.data, "38;2;0;0;"));
		assert_int_equal(write(staged.terminal.fd, "q", 1), 1);
		assert_true(WIFEXITED(terminal_wait(&staged.terminal)));
		staged_close(&staged);
	}
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

/* Past one escape sequence of those that a terminal library sends: nothing that sets titles, talks to printers
 * or clipboards, or has the terminal answer. */
static const char *past_escape(const char *at)
{
	if (at[1] == '[') {
		at += 2 + strspn(at + 2, "0123456789;?>");
		assert_non_null(strchr("@ABCDGHJKLMPSTXZbcdhlmrt", *at));
		return at + 1;
	}
	if (at[1] == '(' || at[1] == ')')
		return at + 3;
	assert_non_null(strchr("=>78M", at[1]));
	return at + 2;
}

static void nothing_acts(const struct nm_buf *wrote)
{
	const char *at = wrote->data;

	assert_false(wrote->failed);
	assert_int_equal(strlen(at), wrote->len);
	while (*at) {
		const char *from = at;

		if (*at == '\033') {
			at = past_escape(at);
		} else if (strchr("\r\n\b\t\017", *at)) {
			at++;
		} else if (text_next(&at) == CHAR_REPLACED) {
			assert_int_equal(at - from, 3);
			assert_memory_equal(from, "\xef\xbf\xbd", 3);
		}
	}
}

static void nothing_from_outside_acts_on_the_terminal(void **state)
{
	static const struct stage_options hostile = {
		.screen = "now", .width = 80, .height = 24, .read_only = true, .fixture = "hostile"};
	static const char *const screens[] = {"2", "3", "4", "5", "3"};
	struct staged staged;

	(void)state;
	staged_open_on(&staged, &hostile);
	terminal_shows_the_stage(&staged);
	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
		press(&staged, screens[i], screens[i]);
	for (int i = 0; i < 4; i++) /* to Thanksgiving and its title */
		press(&staged, "j", "j");
	stage_shows(&staged.stage, "]0;owned");
	resize(&staged, 53, 17);
	assert_int_equal(write(staged.terminal.fd, "q", 1), 1);
	assert_true(WIFEXITED(terminal_wait(&staged.terminal)));
	nothing_acts(&staged.terminal.wrote);
	staged_close(&staged);
}

/* Behind the last sequence that it leaves with, the terminal itself echoes what was typed too late for it. */
static void cut_echo(struct nm_buf *wrote)
{
	static const char last[] = "\033[?1l\033>";
	char *end = NULL;

	for (char *at = wrote->data; (at = strstr(at, last)) != NULL; at++)
		end = at + strlen(last);
	assert_non_null(end);
	*end = '\0';
	wrote->len = (size_t)(end - wrote->data);
}

/* Whatever is typed, and however the window is pulled about meanwhile: it goes on, and leaves the terminal as it was. */
static void any_bytes_and_sizes_leave_the_terminal_as_it_was(void **state)
{
	uint64_t random = 0x2545f4914f6cdd1du;
	struct staged staged;

	(void)state;
	staged_open(&staged);
	terminal_shows_the_stage(&staged);
	for (int i = 0; i < 1500; i++) {
		struct winsize size = {.ws_row = (unsigned short)(1 + random_below(&random, 60)),
				       .ws_col = (unsigned short)(1 + random_below(&random, 150))};
		char byte = (char)random_below(&random, 256);

		/* Not what the terminal itself takes, nor what leaves: it would echo the rest. */
		if (!strchr("\x03\x1a\x1c\x11\x13q", byte))
			assert_int_equal(write(staged.terminal.fd, &byte, 1), 1);
		if (i % 10 == 0) {
			vterm_set_size(staged.terminal.vterm, size.ws_row, size.ws_col);
			assert_int_equal(ioctl(staged.terminal.fd, TIOCSWINSZ, &size), 0);
		}
		assert_true(terminal_take(&staged.terminal, 0));
	}
	kill(staged.terminal.child, SIGTERM);
	assert_true(WIFEXITED(terminal_wait(&staged.terminal)));
	cut_echo(&staged.terminal.wrote);
	nothing_acts(&staged.terminal.wrote);
	modes_are_as_before(&staged.terminal);
	staged_close(&staged);
}

/* Its 6 and its 4 are no screens. */
static void a_key_that_the_terminal_does_not_know_does_nothing(void **state)
{
	struct staged staged;
	int status;

	(void)state;
	staged_open(&staged);
	terminal_shows_the_stage(&staged);
	press(&staged, "\033[96~", "");
	press(&staged, "\033[4;6R\033[96~3", "3");
	press(&staged, "\033", "Escape");
	press(&staged, "[", "[");
	assert_int_equal(kill(staged.terminal.child, SIGTERM), 0);
	status = terminal_wait(&staged.terminal);
	assert_true(WIFEXITED(status));
	staged_close(&staged);
}

/* TERM says one terminal, and another sends the key: each moves the cursor to the other end of the day, which is seen. */
static void home_and_end_are_known_in_every_form(void **state)
{
	static const char *const ends[][2] = {
		{"\033OF", "\033OH"}, {"\033[4~", "\033[1~"}, {"\033[F", "\033[H"}, {"\033[8~", "\033[7~"},
	};
	struct staged staged;

	(void)state;
	staged_open(&staged);
	terminal_shows_the_stage(&staged);
	press(&staged, "3", "3");
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		press(&staged, ends[i][0], "End");
		press(&staged, ends[i][1], "Home");
	}
	assert_int_equal(kill(staged.terminal.child, SIGTERM), 0);
	assert_true(WIFEXITED(terminal_wait(&staged.terminal)));
	staged_close(&staged);
}

static void help_is_asked_for_by_every_f1(void **state)
{
	static const char *const forms[] = {"\033OP", "\033[11~", "\033[[A"};
	struct staged staged;

	(void)state;
	staged_open(&staged);
	terminal_shows_the_stage(&staged);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		press(&staged, forms[i], "F1");
		press(&staged, "q", "q");
	}
	assert_int_equal(kill(staged.terminal.child, SIGTERM), 0);
	assert_true(WIFEXITED(terminal_wait(&staged.terminal)));
	staged_close(&staged);
}

static void is_suspended_and_comes_back(void **state)
{
	struct staged staged;
	int status;

	(void)state;
	staged_open(&staged);
	terminal_shows_the_stage(&staged);
	assert_int_equal(write(staged.terminal.fd, "\x1a", 1), 1);
	status = terminal_wait(&staged.terminal);
	assert_true(WIFSTOPPED(status));
	modes_are_as_before(&staged.terminal);
	set_size(&staged, 97, 31); /* the window is pulled while it stands still */
	assert_int_equal(kill(staged.terminal.child, SIGCONT), 0);
	vterm_screen_reset(staged.terminal.screen, 1);
	terminal_shows_the_stage(&staged);
	press(&staged, "4", "4");
	assert_int_equal(kill(staged.terminal.child, SIGTERM), 0);
	status = terminal_wait(&staged.terminal);
	assert_true(WIFEXITED(status));
	modes_are_as_before(&staged.terminal);
	staged_close(&staged);
}

static void a_crash_leaves_the_terminal_sane(void **state)
{
	struct staged staged;
	int status;

	(void)state;
	staged_open(&staged);
	terminal_shows_the_stage(&staged);
	assert_int_equal(kill(staged.terminal.child, SIGSEGV), 0);
	status = terminal_wait(&staged.terminal);
	assert_true(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
	modes_are_as_before(&staged.terminal);
	staged_close(&staged);
}

/* A program with a terminal of its own, of which only what it prints counts. */
struct printing {
	int fd, other; /* other: kept open, so that nothing printed is lost when the program ends */
	pid_t child;
	struct nm_buf got;
};

/* In the child returns true: there the terminal is its own. */
static bool printing_open(struct printing *printing)
{
	*printing = (struct printing){.fd = -1};
	nm_buf_init(&printing->got, 1u << 16);
	assert_int_equal(openpty(&printing->fd, &printing->other, NULL, NULL, NULL), 0);
	printing->child = fork();
	if (printing->child != 0)
		return false;
	close(printing->fd);
	return login_tty(printing->other) == 0;
}

/* Reads until the program has ended and a mark that was written after its last word comes back. */
static int printing_end(struct printing *printing)
{
	const int64_t end = now_ms() + PATIENCE_MS;
	bool ended = false;
	int status = 0;

	while (!ended || printing->got.len == 0 || printing->got.data[printing->got.len - 1] != '\a') {
		struct pollfd ready = {printing->fd, POLLIN, 0};
		char bytes[4096];
		ssize_t n = poll(&ready, 1, 10) > 0 ? read(printing->fd, bytes, sizeof bytes) : 0;

		if (n > 0)
			nm_buf_addn(&printing->got, bytes, (size_t)n);
		if (!ended && waitpid(printing->child, &status, WNOHANG) == printing->child) {
			ended = true;
			assert_int_equal(write(printing->other, "\a", 1), 1);
		}
		if (now_ms() > end)
			fail_msg("it does not end; it printed\n%s", printing->got.data);
	}
	return status;
}

static void printing_close(struct printing *printing)
{
	nm_buf_clear(&printing->got);
	close(printing->fd);
	close(printing->other);
}

/* Where the cursor cannot be moved a screen would be a heap of letters. */
static void a_dumb_terminal_is_refused_in_words(void **state)
{
	const char *program = getenv("NM_PROGRAM");
	struct printing printing;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	if (printing_open(&printing)) {
		setenv("TERM", "dumb", 1);
		execl(program, program, "-p", "plan.conf", "--data", "data", (char *)NULL);
		_exit(127);
	}
	assert_int_equal(WEXITSTATUS(printing_end(&printing)), 2);
	assert_non_null(strstr(printing.got.data, "cannot move its cursor"));
	printing_close(&printing);
	stage_close(&stage);
}

/* A slip in one answer costs that answer only: it is told, and asked again. */
static void init_asks_again_until_an_answer_is_good(void **state)
{
	static const char *const typed = "\nAnn Roofing\nUSA\nAmerica/Chicago\nus\nMars/Base\nAmerica/Denver\n911\n(303) 555-0100\n"
					 "303 555 0111\n5s\n18s\n12\n\n\nuk\nUS\n8-18\n\nyes\n\004\004\004";
	static const char *const told[] = {"must be answered", "two letters are expected", "no time zone \"Mars/Base\"",
					   "911 is an emergency number", "too early to ring", "it is us or none", "hours"};
	const char *program = getenv("NM_PROGRAM");
	struct printing printing;
	struct nm_buf plan;
	char file[] = "/tmp/nevermiss-init-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(file));
	assert_int_equal(chdir(file), 0);
	if (printing_open(&printing)) {
		execl(program, program, "-p", "plan.conf", "--data", "data", "init", (char *)NULL);
		_exit(127);
	}
	assert_int_equal(write(printing.fd, typed, strlen(typed)), (ssize_t)strlen(typed));
	assert_int_equal(WEXITSTATUS(printing_end(&printing)), 0);
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		if (!strstr(printing.got.data, told[i]))
			fail_msg("\"%s\" is not in\n%s", told[i], printing.got.data);
	}
	nm_buf_init(&plan, 1u << 16);
	assert_int_equal(nm_file_read("plan.conf", 1u << 16, &plan, NULL), NM_OK);
	assert_non_null(strstr(plan.data, "timezone = \"America/Denver\""));
	assert_non_null(strstr(plan.data, "PH off"));
	assert_non_null(strstr(plan.data, "emergency {"));
	assert_int_equal(remove("us-federal-holidays.ics"), 0);
	assert_int_equal(remove("plan.conf"), 0);
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(file), 0);
	nm_buf_clear(&plan);
	printing_close(&printing);
}

#define BY_HAND                                                                                             \
	"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount phone { driver = codes carrier = gsm }\n" \
	"line cell { number = \"+15125550111\" account = phone handset = owner }\n"                          \
	"destination owner { kind = personal line = cell }\n"                                               \
	"destination fixly { kind = ai number = \"+15125550177\" }\npath p { step { ring = fixly } }\n"       \
	"rule r { path = p }\n"

/* Pushes what somebody must dial, with an option (NULL: none), answering what is asked; what was printed is the
 * caller's to free. */
static char *push_by_hand(const char *option, const char *typed, int status)
{
	const char *program = getenv("NM_PROGRAM");
	struct printing printing;
	struct stage stage;
	char *got;

	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24, .plan = BY_HAND});
	if (printing_open(&printing)) {
		execl(program, program, "-p", "plan.conf", "--data", "data", "push", option, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(write(printing.fd, typed, strlen(typed)), (ssize_t)strlen(typed));
	assert_int_equal(WEXITSTATUS(printing_end(&printing)), status);
	got = strdup(printing.got.data);
	assert_non_null(got);
	printing_close(&printing);
	stage_close(&stage);
	return got;
}

/* Whom every call would go to is named and must be typed; then it is asked whether the code was dialled. */
static void a_code_that_gives_every_call_away_is_asked_for(void **state)
{
	char *right, *wrong, *yes;

	(void)state;
	right = push_by_hand(NULL, "y\n512 555 0177\ny\n", 0);
	assert_non_null(strstr(right, "EVERY call will go to fixly, +1 512 555 0177"));
	assert_non_null(strstr(right, "Type that number to go on"));
	assert_non_null(strstr(right, "Dialled, and confirmed by the phone?"));
	assert_non_null(strstr(right, "so it is assumed"));
	wrong = push_by_hand(NULL, "y\n512 555 0178\ny\n", 3);
	assert_null(strstr(wrong, "Dialled, and confirmed"));
	assert_non_null(strstr(wrong, "nothing was changed"));
	yes = push_by_hand("--yes", "512 555 0177\nn\n",
			   3); /* to the push: that it was dialled is another thing */
	assert_null(strstr(yes, "Push 1 line?"));
	assert_non_null(strstr(yes, "Dialled, and confirmed by the phone?"));
	assert_non_null(strstr(yes, "you said that it was not; nothing was changed"));
	free(right);
	free(wrong);
	free(yes);
}

static void a_terminal_that_is_gone_ends_it(void **state)
{
	struct staged staged;
	int status;

	(void)state;
	staged_open(&staged);
	terminal_shows_the_stage(&staged);
	assert_int_equal(kill(staged.terminal.child, SIGHUP), 0);
	status = terminal_wait(&staged.terminal);
	assert_true(WIFEXITED(status));
	staged_close(&staged);
}

/* A program on a terminal of its own, in the folder, which is its temporary one too; it has begun to draw. */
static pid_t start_in(const char *folder, int *fd, const char *const *arguments)
{
	const char *program = getenv("NM_PROGRAM");
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	char bytes[4096];
	pid_t child = forkpty(fd, NULL, NULL, &size);

	if (child == 0) {
		if (chdir(folder))
			_exit(126);
		setenv("TERM", "xterm-256color", 1);
		setenv("TMPDIR", folder, 1);
		execv(program, (char *const *)arguments);
		_exit(127);
	}
	assert_true(read(*fd, bytes, sizeof bytes) > 0); /* it has its signals and modes by now */
	return child;
}

/* Takes what the program writes until it has ended, doing something to it each time. */
static int drain(pid_t child, int fd, int number)
{
	int64_t end = now_ms() + PATIENCE_MS;
	char bytes[4096];
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		if (now_ms() > end)
			fail_msg("the program does not end");
		if (number)
			kill(child, number);
		if (poll(&(struct pollfd){fd, POLLIN, 0}, 1, 1) > 0 && read(fd, bytes, sizeof bytes) < 0)
			continue;
	}
	return status;
}

/* A closed terminal sends its signal twice and more: the second must not kill the tidying up. */
static void the_demo_is_removed_however_often_it_is_told_to_end(void **state)
{
	char folder[] = "/tmp/nevermiss-hup-XXXXXX";
	int fd, status;
	pid_t child;

	(void)state;
	assert_non_null(mkdtemp(folder));
	child = start_in(folder, &fd, (const char *const[]){"nevermiss", "demo", NULL});
	status = drain(child, fd, SIGHUP);
	assert_true(WIFEXITED(status));
	assert_int_equal(rmdir(folder), 0); /* nothing is left in it */
	close(fd);
}

/* An edit is kept within a moment, survives the loss of the terminal, and is offered at the next start. */
static void a_lost_connection_loses_no_edit(void **state)
{
	static const char *const arguments[] = {"nevermiss", "-p",    "plan.conf", "--data",
						"data",	     "--now", "2026-11-22T05:11:00-06:00", NULL};
	const int64_t end = now_ms() + PATIENCE_MS;
	struct stage stage;
	char bytes[65536];
	glob_t found;
	int fd;
	pid_t child;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	child = start_in(stage.folder, &fd, arguments);
	assert_int_equal(write(fd, "O\r\rynu", 6), 6); /* an override is saved at once, taking it back is not */
	while (glob("data/*.unsaved-*", 0, NULL, &found) != 0) {
		globfree(&found);
		assert_true(now_ms() < end);
		if (poll(&(struct pollfd){fd, POLLIN, 0}, 1, 20) > 0)
			assert_true(read(fd, bytes, sizeof bytes) > 0);
	}
	globfree(&found);
	assert_true(WIFEXITED(drain(child, fd, SIGHUP)));
	close(fd);
	assert_int_equal(glob("data/*.unsaved-*", 0, NULL, &found), 0);
	globfree(&found);
	stage_stop(&stage);
	stage_start(&stage);
	recovery_begin(&stage.app);
	app_draw(&stage.app);
	stage_shows(&stage, "were cut off before they were saved");
	stage_keys(&stage, "y W y");
	recovery_end(&stage.app, false);
	stage_shows(&stage, "saved");
	stage_close(&stage);
}

/* A plan that does not read is opened where the first mistake is. */
static void the_editor_opens_at_the_first_mistake(void **state)
{
	static const char plan[] =
		"timezone = \"America/Chicago\"\ncountry = \"US\"\naccount box { driver = sandbox }\nfrobnicate = 1\n"
		"line main { number = \"+15125550100\" account = box }\n"
		"destination m { kind = voicemail greeting = \"x\" }\npath p { step { ring = m } }\n"
		"rule r { path = p }\n";
	static const char editor[] = "#!/bin/sh\necho \"$@\" >log\nkill -TERM $PPID\n";
	char folder[] = "/tmp/nevermiss-editor-XXXXXX", *before = getcwd(NULL, 0);
	struct nm_buf log;
	int fd, status;
	pid_t child;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(nm_file_write("plan.conf", plan, strlen(plan), true, NULL), NM_OK);
	assert_int_equal(nm_file_write("editor", editor, strlen(editor), true, NULL), NM_OK);
	assert_int_equal(chmod("editor", 0700), 0);
	setenv("VISUAL", "./editor", 1);
	child = start_in(folder, &fd, (const char *const[]){"nevermiss", "-p", "plan.conf", "--data", "data", NULL});
	assert_int_equal(write(fd, "e", 1), 1);
	status = drain(child, fd, 0);
	unsetenv("VISUAL");
	assert_true(WIFEXITED(status));
	nm_buf_init(&log, 4096);
	assert_int_equal(nm_file_read("log", 4096, &log, NULL), NM_OK);
	assert_string_equal(log.data, "+4 plan.conf\n");
	nm_buf_clear(&log);
	remove("log");
	remove("editor");
	remove("plan.conf");
	assert_int_equal(rmdir("data"), 0); /* it is there no more, and says so to nobody */
	assert_int_equal(chdir(before), 0);
	assert_int_equal(rmdir(folder), 0);
	free(before);
	close(fd);
}

static bool terminal_has(const struct terminal *terminal, const char *text)
{
	struct nm_buf got;
	bool has;

	nm_buf_init(&got, 1u << 22);
	terminal_text(terminal, &got);
	has = strstr(got.data, text) != NULL;
	nm_buf_clear(&got);
	return has;
}

/* Keys for the program alone, which then does something that the stage sees on disk. */
static void do_until(struct terminal *terminal, const char *bytes, const char *text)
{
	const int64_t end = now_ms() + PATIENCE_MS;

	terminal_type(terminal, bytes);
	while (!terminal_has(terminal, text)) {
		struct nm_buf got;

		if (now_ms() > end) {
			nm_buf_init(&got, 1u << 22);
			terminal_text(terminal, &got);
			fail_msg("\"%s\" does not come:\n%s", text, got.data);
		}
		terminal_take(terminal, 50);
	}
}

/* Until the terminal shows the text no more. */
static void gone_from(struct terminal *terminal, const char *text)
{
	const int64_t end = now_ms() + PATIENCE_MS;

	while (terminal_has(terminal, text)) {
		if (now_ms() > end)
			fail_msg("\"%s\" stays", text);
		terminal_take(terminal, 50);
	}
}

/* Two programs on one plan: what one does stands on the other's screen, until it is killed. */
static void two_people_on_one_plan_see_each_other(void **state)
{
	static const char *const arguments[] = {"nevermiss", "-p",    "plan.conf", "--data",
						"data",	     "--now", "2026-11-22T05:11:00-06:00", NULL};
	struct terminal ana, pat;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 120, .height = 24});
	terminal_start(&ana, 120, 24, arguments);
	do_until(&ana, "", "q quit");
	terminal_start(&pat, 120, 24, arguments);
	do_until(&pat, "", "also open: ");
	do_until(&ana, "", "has this plan open since");
	do_until(&ana, "", "also open: ");
	do_until(&pat, "O\r\ry", "override by-hand-1");
	do_until(&ana, "", "saved the plan: it was read again");
	do_until(&pat, "nu", "1 edit, not saved");
	do_until(&ana, "", ", 1 not saved");
	do_until(&pat, "Wy", "plan saved");
	gone_from(&ana, ", 1 not saved");
	do_until(&ana, "", "also open: ");
	assert_int_equal(kill(pat.child, SIGKILL), 0);
	assert_true(WIFSIGNALED(terminal_wait(&pat)));
	do_until(&ana, "", "has closed this plan");
	gone_from(&ana, "also open: ");
	assert_int_equal(kill(ana.child, SIGTERM), 0);
	assert_true(WIFEXITED(terminal_wait(&ana)));
	terminal_close(&ana);
	terminal_close(&pat);
	stage_close(&stage);
}

/* Back from the editor, it is told what became of the plan: nothing, something, or a mistake. */
static void what_the_editor_did_is_told(void **state)
{
	static const char *const arguments[] = {"nevermiss", "-p",    "plan.conf", "--data",
						"data",	     "--now", "2026-11-22T05:11:00-06:00", NULL};
	static const char editor[] = "#!/bin/sh\n[ ! -e add ] || { cat add >>\"$2\"; rm add; }\n";
	static const char comment[] = "# well\n", mistake[] = "garbage {\n";
	struct terminal terminal;
	struct stage stage;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 100, .height = 30});
	assert_int_equal(nm_file_write("editor", editor, strlen(editor), true, NULL), NM_OK);
	assert_int_equal(chmod("editor", 0700), 0);
	setenv("VISUAL", "./editor", 1);
	terminal_start(&terminal, 100, 30, arguments);
	unsetenv("VISUAL");
	do_until(&terminal, "", "q quit");
	do_until(&terminal, "e", "your editor changed nothing");
	assert_int_equal(nm_file_write("add", comment, strlen(comment), true, NULL), NM_OK);
	do_until(&terminal, "e", "the plan was read as your editor left it");
	assert_int_equal(nm_file_write("add", mistake, strlen(mistake), true, NULL), NM_OK);
	do_until(&terminal, "e", "after your editor the plan does not read: plan.conf:");
	do_until(&terminal, "", "the plan's text has 2 mistakes and does not read");
	assert_int_equal(kill(terminal.child, SIGTERM), 0);
	assert_true(WIFEXITED(terminal_wait(&terminal)));
	terminal_close(&terminal);
	remove("editor");
	stage_close(&stage);
}

/* Nothing that is pressed in the middle of it waits for its end: what looks is done at once, what would write says why not. */
static void keys_during_long_work_are_answered_at_once(void **state)
{
	static const char *const arguments[] = {"nevermiss", "-p",    "plan.conf", "--data",
						"data",	     "--now", "2026-11-22T05:11:00-06:00", NULL};
	struct terminal terminal;
	struct stage stage;
	struct nm_buf table;

	(void)state;
	stage_open(&stage, &(struct stage_options){.screen = "now", .width = 80, .height = 24});
	nm_buf_init(&table, 1u << 24);
	nm_buf_add(&table, "at,from,to,status\n");
	for (int i = 0; i < 100000; i++)
		nm_buf_addf(&table, "%d,+1512555%04d,main,missed\n", 1767621600 + i * 60, i % 10000);
	assert_int_equal(nm_file_write("calls.csv", table.data, table.len, true, NULL), NM_OK);
	nm_buf_clear(&table);
	terminal_start(&terminal, 80, 24, arguments);
	do_until(&terminal, "", "q quit");
	do_until(&terminal, ":calls import calls.csv\r", "KiB imported");
	do_until(&terminal, "3", "first live answer");
	do_until(&terminal, "W", "until calls import ends keys only look");
	do_until(&terminal, "33", "100000 calls: ");
	do_until(&terminal, "q", "first live answer");
	do_until(&terminal, ":calls import calls.csv\r", "KiB imported");
	do_until(&terminal, "1\033", "calls import was stopped");
	do_until(&terminal, "q", "A call to main now");
	assert_int_equal(kill(terminal.child, SIGTERM), 0);
	assert_true(WIFEXITED(terminal_wait(&terminal)));
	terminal_close(&terminal);
	stage_close(&stage);
}

/* From a file with nothing but a comment to a plan that is live and clean, without a word of the file's language. */
static void an_owners_first_session_ends_with_a_pushed_plan(void **state)
{
	static const struct stage_options empty = {.width = 80, .height = 24, .first_run = "America/Chicago",
						   .plan = "# Ann's phones\n"};
	static const struct stage_options pushed = {.screen = "push", .width = 80, .height = 24};
	const struct nm_findings *findings;
	struct staged staged;
	struct nm_error err;
	int status;

	(void)state;
	staged_open_on(&staged, &empty);
	terminal_shows_the_stage(&staged);
	press(&staged, "Ann\t\t\t", "A n n Tab Tab Tab");
	press(&staged, "512 555 0100\r", "5 1 2 Space 5 5 5 Space 0 1 0 0 Enter");
	press(&staged, "5125550111\r\r", "5 1 2 5 5 5 0 1 1 1 Enter Enter");
	press(&staged, "5125550112\r", "5 1 2 5 5 5 0 1 1 2 Enter");
	press(&staged, "5125550177\r\033[6~", "5 1 2 5 5 5 0 1 7 7 Enter PgDn");
	press(&staged, "\r\ry", "Enter Enter y");
	press(&staged, "es\r", "e s Enter");
	stage_shows(&staged.stage, "check: no errors");
	do_until(&staged.terminal, "W", "A call to main now");
	do_until(&staged.terminal, "6", "nothing there"); /* it was read */
	do_until(&staged.terminal, "P", "y yes");
	do_until(&staged.terminal, "y", "in sync");
	assert_int_equal(write(staged.terminal.fd, "q", 1), 1);
	status = terminal_wait(&staged.terminal);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	modes_are_as_before(&staged.terminal);
	stage_stop(&staged.stage);
	staged.stage.options = &pushed;
	stage_start(&staged.stage);
	stage_shows(&staged.stage, "in sync");
	assert_int_equal(session_findings(&staged.stage.session, &findings, &err), NM_OK);
	assert_true(findings->ok);
	staged_close(&staged);
}

/* Whoever may change nothing is told that there is nothing to look at. */
static void a_read_only_session_makes_no_first_plan(void **state)
{
	const char *program = getenv("NM_PROGRAM");
	struct printing printing;

	(void)state;
	if (printing_open(&printing)) {
		execl(program, program, "-p", "/nonexistent/plan.conf", "--read-only", (char *)NULL);
		_exit(127);
	}
	assert_int_equal(WEXITSTATUS(printing_end(&printing)), 2);
	assert_non_null(strstr(printing.got.data, "there is no plan at /nonexistent/plan.conf"));
	printing_close(&printing);
}

static int have_program(void **state)
{
	(void)state;
	if (getenv("NM_PROGRAM"))
		return 0;
	fprintf(stderr, "NM_PROGRAM is not set: it names the program to be run\n");
	return 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_draws_resizes_and_leaves_the_terminal_as_it_was),
		cmocka_unit_test(other_types_of_terminals_show_the_same),
		cmocka_unit_test(direct_colours_are_those_of_the_palette),
		cmocka_unit_test(nothing_from_outside_acts_on_the_terminal),
		cmocka_unit_test(any_bytes_and_sizes_leave_the_terminal_as_it_was),
		cmocka_unit_test(a_key_that_the_terminal_does_not_know_does_nothing),
		cmocka_unit_test(home_and_end_are_known_in_every_form),
		cmocka_unit_test(help_is_asked_for_by_every_f1),
		cmocka_unit_test(is_suspended_and_comes_back),
		cmocka_unit_test(a_crash_leaves_the_terminal_sane),
		cmocka_unit_test(a_code_that_gives_every_call_away_is_asked_for),
		cmocka_unit_test(a_terminal_that_is_gone_ends_it),
		cmocka_unit_test(the_demo_is_removed_however_often_it_is_told_to_end),
		cmocka_unit_test(a_lost_connection_loses_no_edit),
		cmocka_unit_test(two_people_on_one_plan_see_each_other),
		cmocka_unit_test(what_the_editor_did_is_told),
		cmocka_unit_test(the_editor_opens_at_the_first_mistake),
		cmocka_unit_test(a_dumb_terminal_is_refused_in_words),
		cmocka_unit_test(init_asks_again_until_an_answer_is_good),
		cmocka_unit_test(keys_during_long_work_are_answered_at_once),
		cmocka_unit_test(an_owners_first_session_ends_with_a_pushed_plan),
		cmocka_unit_test(a_read_only_session_makes_no_first_plan),
	};

	return cmocka_run_group_tests(tests, have_program, NULL);
}
