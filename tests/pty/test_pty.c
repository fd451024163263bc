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
#include <vterm.h>

#include "random.h"
#include "stage.h"

#define PATIENCE_MS 20000

struct terminal {
	struct stage stage; /* the same plan, and what the screens should be */
	int fd, other;      /* both ends: the other stays open so that modes can be read at any time */
	pid_t child;        /* the program */
	pid_t leader;       /* of its session, as a shell would be: it waits and tells */
	int told;           /* where it tells: the program's id, then each status */
	VTerm *vterm;
	VTermScreen *screen;
	struct termios before;
	int width, height;
	struct nm_buf wrote; /* all that the program sent to the terminal */
};

static int64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * (int64_t)1000 + time.tv_nsec / 1000000;
}

static void run_program(const struct terminal *terminal)
{
	const char *program = getenv("NM_PROGRAM");

	dup2(terminal->other, 0);
	dup2(terminal->other, 1);
	dup2(terminal->other, 2);
	close(terminal->fd);
	close(terminal->other);
	setenv("TERM", "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	if (terminal->stage.options->first_run)
		setenv("TZ", terminal->stage.options->first_run, 1);
	execl(program, program, "-p", "plan.conf", "--data", "data", "--now", "2026-11-22T05:11:00-06:00", /* STAGE_NOW */
	      terminal->stage.options->read_only ? "--read-only" : NULL, (char *)NULL);
	_exit(127);
}

static void tell(int fd, int number)
{
	if (write(fd, &number, sizeof number) != (ssize_t)sizeof number)
		_exit(1);
}

/* Does what a shell does for a job: a group of its own in the foreground, and waiting for it.  Without such
 * a parent in the session the system ignores a request to stop. */
static void run_leader(const struct terminal *terminal, int fd)
{
	pid_t child;
	int status = 0;

	setsid();
	ioctl(terminal->other, TIOCSCTTY, 0);
	signal(SIGHUP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	child = fork();
	if (child == 0) {
		setpgid(0, 0);
		tcsetpgrp(terminal->other, getpid());
		signal(SIGHUP, SIG_DFL);
		signal(SIGTTOU, SIG_DFL);
		run_program(terminal);
	}
	tell(fd, child);
	do {
		if (waitpid(child, &status, WUNTRACED) == child)
			tell(fd, status);
	} while (!WIFEXITED(status) && !WIFSIGNALED(status));
	_exit(0);
}

/* The options outlive the terminal. */
static void terminal_open_on(struct terminal *terminal, const struct stage_options *options)
{
	const int width = options->width, height = options->height;
	struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
	int ends[2];

	memset(terminal, 0, sizeof *terminal);
	terminal->width = width;
	terminal->height = height;
	nm_buf_init(&terminal->wrote, 1u << 24);
	stage_open(&terminal->stage, options);
	assert_int_equal(openpty(&terminal->fd, &terminal->other, NULL, NULL, &size), 0);
	assert_int_equal(tcgetattr(terminal->other, &terminal->before), 0);
	terminal->vterm = vterm_new(height, width);
	vterm_set_utf8(terminal->vterm, 1);
	terminal->screen = vterm_obtain_screen(terminal->vterm);
	vterm_screen_enable_altscreen(terminal->screen, 1);
	vterm_screen_reset(terminal->screen, 1);
	assert_int_equal(pipe(ends), 0);
	terminal->told = ends[0];
	terminal->leader = fork();
	if (terminal->leader == 0)
		run_leader(terminal, ends[1]);
	close(ends[1]);
	assert_int_equal(read(terminal->told, &terminal->child, sizeof terminal->child), sizeof terminal->child);
}

static void terminal_open(struct terminal *terminal)
{
	static const struct stage_options now = {.screen = "now", .width = 80, .height = 24, .read_only = true};

	terminal_open_on(terminal, &now);
}

static void screen_text(const struct terminal *terminal, struct nm_buf *out)
{
	for (int y = 0; y < terminal->height; y++) {
		size_t end = out->len;

		for (int x = 0; x < terminal->width; x++) {
			VTermScreenCell cell;
			char bytes[CHAR_BYTES];

			vterm_screen_get_cell(terminal->screen, (VTermPos){.row = y, .col = x}, &cell);
			if (cell.chars[0] == (uint32_t)-1)
				continue;
			char_write(cell.chars[0] ? cell.chars[0] : ' ', bytes);
			nm_buf_add(out, bytes);
			char_write(cell.chars[0] ? cell.chars[1] : 0, bytes);
			nm_buf_add(out, bytes);
			if (cell.chars[0] && cell.chars[0] != ' ')
				end = out->len;
		}
		out->len = end;
		out->data[end] = '\0';
		nm_buf_add(out, "\n");
	}
}

/* Takes what the program writes and answers what it asks the terminal; false when it is gone. */
static bool take_output(struct terminal *terminal, int timeout_ms)
{
	struct pollfd fd = {terminal->fd, POLLIN, 0};
	char bytes[65536];
	ssize_t n;
	size_t answer;

	if (poll(&fd, 1, timeout_ms) <= 0)
		return true;
	n = read(terminal->fd, bytes, sizeof bytes);
	if (n <= 0)
		return false;
	nm_buf_addn(&terminal->wrote, bytes, (size_t)n);
	vterm_input_write(terminal->vterm, bytes, (size_t)n);
	answer = vterm_output_read(terminal->vterm, bytes, sizeof bytes);
	if (answer)
		assert_int_equal(write(terminal->fd, bytes, answer), (ssize_t)answer);
	return true;
}

/* Waits until the terminal shows what the stage does.  Both clocks stand: two that go would prove the plan from
 * different minutes. */
static void terminal_shows_the_stage(struct terminal *terminal)
{
	int64_t end = now_ms() + PATIENCE_MS;

	for (;;) {
		struct nm_buf got;
		char *expected;
		bool same;

		app_settle(&terminal->stage.app);
		app_draw(&terminal->stage.app);
		expected = stage_text(&terminal->stage);
		nm_buf_init(&got, 1u << 22);
		screen_text(terminal, &got);
		same = !strcmp(got.data, expected);
		if (!same && now_ms() > end)
			fail_msg("expected\n%s\ngot\n%s", expected, got.data);
		nm_buf_clear(&got);
		free(expected);
		if (same)
			return;
		take_output(terminal, 50);
	}
}

/* The same keys for the program and for the stage. */
static void press(struct terminal *terminal, const char *bytes, const char *keys)
{
	assert_int_equal(write(terminal->fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	stage_keys(&terminal->stage, keys);
	terminal_shows_the_stage(terminal);
}

static void set_size(struct terminal *terminal, int width, int height)
{
	struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};

	terminal->width = width;
	terminal->height = height;
	vterm_set_size(terminal->vterm, height, width);
	assert_true(app_resize(&terminal->stage.app, width, height));
	assert_int_equal(ioctl(terminal->fd, TIOCSWINSZ, &size), 0);
}

static void resize(struct terminal *terminal, int width, int height)
{
	set_size(terminal, width, height);
	terminal_shows_the_stage(terminal);
}

/* Waits for the program to end or stop, while taking what it writes. */
static int wait_for(struct terminal *terminal)
{
	int64_t end = now_ms() + PATIENCE_MS;
	int status;

	while (poll(&(struct pollfd){terminal->told, POLLIN, 0}, 1, 0) == 0) {
		if (now_ms() > end)
			fail_msg("the program neither ends nor stops");
		take_output(terminal, 20);
	}
	assert_int_equal(read(terminal->told, &status, sizeof status), sizeof status);
	while (poll(&(struct pollfd){terminal->fd, POLLIN, 0}, 1, 0) > 0 && take_output(terminal, 0))
		continue;
	return status;
}

static void modes_are_as_before(const struct terminal *terminal)
{
	struct termios after;

	assert_int_equal(tcgetattr(terminal->other, &after), 0);
	assert_int_equal(after.c_lflag, terminal->before.c_lflag);
	assert_int_equal(after.c_iflag, terminal->before.c_iflag);
	assert_int_equal(after.c_oflag, terminal->before.c_oflag);
}

static void terminal_close(struct terminal *terminal)
{
	assert_int_equal(waitpid(terminal->leader, NULL, 0), terminal->leader);
	nm_buf_clear(&terminal->wrote);
	vterm_free(terminal->vterm);
	close(terminal->told);
	close(terminal->fd);
	close(terminal->other);
	stage_close(&terminal->stage);
}

static void starts_draws_resizes_and_leaves_the_terminal_as_it_was(void **state)
{
	struct terminal terminal;
	int status;

	(void)state;
	terminal_open(&terminal);
	terminal_shows_the_stage(&terminal);
	press(&terminal, "3", "3");
	press(&terminal, "\033OC", "Right");
	resize(&terminal, 120, 40);
	resize(&terminal, 40, 12);
	resize(&terminal, 80, 24);
	app_click(&terminal.stage.app, 38, 1); /* a tab, as the terminal tells it; then the wheel */
	press(&terminal, "\033[<0;39;2M\033[<0;39;2m", "");
	stage_shows(&terminal.stage, "proved to");
	app_wheel(&terminal.stage.app, false);
	press(&terminal, "\033[<65;10;6M", "");
	press(&terminal, "?", "?");
	press(&terminal, "q", "q");
	press(&terminal, ":", ":");
	press(&terminal, "che\t\r", "c h e Tab Enter");
	assert_int_equal(write(terminal.fd, "q", 1), 1);
	status = wait_for(&terminal);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	modes_are_as_before(&terminal);
	terminal_close(&terminal);
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
	struct terminal terminal;

	(void)state;
	terminal_open_on(&terminal, &hostile);
	terminal_shows_the_stage(&terminal);
	for (size_t i = 0; i < sizeof screens / sizeof *screens; i++)
		press(&terminal, screens[i], screens[i]);
	for (int i = 0; i < 4; i++) /* to Thanksgiving and its title */
		press(&terminal, "j", "j");
	stage_shows(&terminal.stage, "]0;owned");
	resize(&terminal, 53, 17);
	assert_int_equal(write(terminal.fd, "q", 1), 1);
	assert_true(WIFEXITED(wait_for(&terminal)));
	nothing_acts(&terminal.wrote);
	terminal_close(&terminal);
}

/* Whatever is typed, and however the window is pulled about meanwhile: it goes on, and leaves the terminal as it was. */
static void any_bytes_and_sizes_leave_the_terminal_as_it_was(void **state)
{
	uint64_t random = 0x2545f4914f6cdd1du;
	struct terminal terminal;

	(void)state;
	terminal_open(&terminal);
	terminal_shows_the_stage(&terminal);
	for (int i = 0; i < 1500; i++) {
		struct winsize size = {.ws_row = (unsigned short)(1 + random_below(&random, 60)),
				       .ws_col = (unsigned short)(1 + random_below(&random, 150))};
		char byte = (char)random_below(&random, 256);

		/* Not what the terminal itself takes, nor what leaves: it would echo the rest. */
		if (!strchr("\x03\x1a\x1c\x11\x13q", byte))
			assert_int_equal(write(terminal.fd, &byte, 1), 1);
		if (i % 10 == 0) {
			vterm_set_size(terminal.vterm, size.ws_row, size.ws_col);
			assert_int_equal(ioctl(terminal.fd, TIOCSWINSZ, &size), 0);
		}
		assert_true(take_output(&terminal, 0));
	}
	kill(terminal.child, SIGTERM);
	assert_true(WIFEXITED(wait_for(&terminal)));
	nothing_acts(&terminal.wrote);
	modes_are_as_before(&terminal);
	terminal_close(&terminal);
}

/* Its 6 and its 4 are no screens. */
static void a_key_that_the_terminal_does_not_know_does_nothing(void **state)
{
	struct terminal terminal;
	int status;

	(void)state;
	terminal_open(&terminal);
	terminal_shows_the_stage(&terminal);
	press(&terminal, "\033[96~", "");
	press(&terminal, "\033[4;6R\033[96~3", "3");
	press(&terminal, "\033", "Escape");
	press(&terminal, "[", "[");
	assert_int_equal(kill(terminal.child, SIGTERM), 0);
	status = wait_for(&terminal);
	assert_true(WIFEXITED(status));
	terminal_close(&terminal);
}

static void is_suspended_and_comes_back(void **state)
{
	struct terminal terminal;
	int status;

	(void)state;
	terminal_open(&terminal);
	terminal_shows_the_stage(&terminal);
	assert_int_equal(write(terminal.fd, "\x1a", 1), 1);
	status = wait_for(&terminal);
	assert_true(WIFSTOPPED(status));
	modes_are_as_before(&terminal);
	set_size(&terminal, 97, 31); /* the window is pulled while it stands still */
	assert_int_equal(kill(terminal.child, SIGCONT), 0);
	vterm_screen_reset(terminal.screen, 1);
	terminal_shows_the_stage(&terminal);
	press(&terminal, "4", "4");
	assert_int_equal(kill(terminal.child, SIGTERM), 0);
	status = wait_for(&terminal);
	assert_true(WIFEXITED(status));
	modes_are_as_before(&terminal);
	terminal_close(&terminal);
}

static void a_crash_leaves_the_terminal_sane(void **state)
{
	struct terminal terminal;
	int status;

	(void)state;
	terminal_open(&terminal);
	terminal_shows_the_stage(&terminal);
	assert_int_equal(kill(terminal.child, SIGSEGV), 0);
	status = wait_for(&terminal);
	assert_true(!WIFEXITED(status) || WEXITSTATUS(status) != 0);
	modes_are_as_before(&terminal);
	terminal_close(&terminal);
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
	static const char *const told[] = {"must be answered", "two letters are expected", "country = \"America/Chicago\"", "no time zone \"Mars/Base\"",
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
	struct terminal terminal;
	int status;

	(void)state;
	terminal_open(&terminal);
	terminal_shows_the_stage(&terminal);
	assert_int_equal(kill(terminal.child, SIGHUP), 0);
	status = wait_for(&terminal);
	assert_true(WIFEXITED(status));
	terminal_close(&terminal);
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
	assert_int_equal(write(fd, "O\r\ryu", 5), 5); /* an override is saved at once, taking it back is not */
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
	screen_text(terminal, &got);
	has = strstr(got.data, text) != NULL;
	nm_buf_clear(&got);
	return has;
}

/* Keys for the program alone, which then does something that the stage sees on disk. */
static void do_until(struct terminal *terminal, const char *bytes, const char *text)
{
	const int64_t end = now_ms() + PATIENCE_MS;

	assert_int_equal(write(terminal->fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
	while (!terminal_has(terminal, text)) {
		struct nm_buf got;

		if (now_ms() > end) {
			nm_buf_init(&got, 1u << 22);
			screen_text(terminal, &got);
			fail_msg("\"%s\" does not come:\n%s", text, got.data);
		}
		take_output(terminal, 50);
	}
}

/* From an empty folder to a plan that is live and clean, without a word of the file's language. */
static void an_owners_first_session_ends_with_a_pushed_plan(void **state)
{
	static const struct stage_options empty = {.width = 80, .height = 24, .first_run = "America/Chicago"};
	static const struct stage_options pushed = {.screen = "push", .width = 80, .height = 24};
	const struct nm_findings *findings;
	struct terminal terminal;
	struct nm_error err;
	int status;

	(void)state;
	terminal_open_on(&terminal, &empty);
	terminal_shows_the_stage(&terminal);
	press(&terminal, "Ann\t\t\t", "A n n Tab Tab Tab");
	press(&terminal, "512 555 0100\r", "5 1 2 Space 5 5 5 Space 0 1 0 0 Enter");
	press(&terminal, "5125550111\r\r", "5 1 2 5 5 5 0 1 1 1 Enter Enter");
	press(&terminal, "5125550112\r", "5 1 2 5 5 5 0 1 1 2 Enter");
	press(&terminal, "5125550177\r\033[6~", "5 1 2 5 5 5 0 1 7 7 Enter PgDn");
	press(&terminal, "\r\ry", "Enter Enter y");
	press(&terminal, "es\r", "e s Enter");
	stage_shows(&terminal.stage, "check: no errors");
	do_until(&terminal, "W", "A call to main now");
	do_until(&terminal, "6", "nothing there"); /* it was read */
	do_until(&terminal, "P", "y yes");
	do_until(&terminal, "y", "in sync");
	assert_int_equal(write(terminal.fd, "q", 1), 1);
	status = wait_for(&terminal);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	modes_are_as_before(&terminal);
	stage_stop(&terminal.stage);
	terminal.stage.options = &pushed;
	stage_start(&terminal.stage);
	stage_shows(&terminal.stage, "in sync");
	assert_int_equal(session_findings(&terminal.stage.session, &findings, &err), NM_OK);
	assert_true(findings->ok);
	terminal_close(&terminal);
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
		cmocka_unit_test(nothing_from_outside_acts_on_the_terminal),
		cmocka_unit_test(any_bytes_and_sizes_leave_the_terminal_as_it_was),
		cmocka_unit_test(a_key_that_the_terminal_does_not_know_does_nothing),
		cmocka_unit_test(is_suspended_and_comes_back),
		cmocka_unit_test(a_crash_leaves_the_terminal_sane),
		cmocka_unit_test(a_code_that_gives_every_call_away_is_asked_for),
		cmocka_unit_test(a_terminal_that_is_gone_ends_it),
		cmocka_unit_test(the_demo_is_removed_however_often_it_is_told_to_end),
		cmocka_unit_test(a_lost_connection_loses_no_edit),
		cmocka_unit_test(the_editor_opens_at_the_first_mistake),
		cmocka_unit_test(a_dumb_terminal_is_refused_in_words),
		cmocka_unit_test(init_asks_again_until_an_answer_is_good),
		cmocka_unit_test(an_owners_first_session_ends_with_a_pushed_plan),
		cmocka_unit_test(a_read_only_session_makes_no_first_plan),
	};

	return cmocka_run_group_tests(tests, have_program, NULL);
}
