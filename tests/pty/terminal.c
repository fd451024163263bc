/* SPDX-License-Identifier: MIT */
/*
 * A terminal without a window.  In: arguments of the program, bytes that are typed.  Out: its screen as libvterm makes
 * it of what the program writes.  Never sleeps: whoever waits takes output meanwhile.
 */
#include "terminal.h"

#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "canvas.h"

int64_t now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * (int64_t)1000 + time.tv_nsec / 1000000;
}

static void run_program(const struct terminal *terminal, const char *const *arguments)
{
	const char *type = getenv("NM_TERM");

	dup2(terminal->other, 0);
	dup2(terminal->other, 1);
	dup2(terminal->other, 2);
	close(terminal->fd);
	close(terminal->other);
	setenv("TERM", type ? type : "xterm-256color", 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	execv(getenv("NM_PROGRAM"), (char *const *)arguments);
	_exit(127);
}

static void tell(int fd, int number)
{
	if (write(fd, &number, sizeof number) != (ssize_t)sizeof number)
		_exit(1);
}

/* Does what a shell does for a job: a group of its own in the foreground, and waiting for it.  Without such
 * a parent in the session the system ignores a request to stop. */
static void run_leader(const struct terminal *terminal, const char *const *arguments, int fd)
{
	pid_t child;
	int status = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind, for the terminal goes with it */
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
		run_program(terminal, arguments);
	}
	tell(fd, child);
	do {
		if (waitpid(child, &status, WUNTRACED) == child)
			tell(fd, status);
	} while (!WIFEXITED(status) && !WIFSIGNALED(status));
	_exit(0);
}

void terminal_start(struct terminal *terminal, int width, int height, const char *const *arguments)
{
	struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
	int ends[2];

	*terminal = (struct terminal){.width = width, .height = height};
	nm_buf_init(&terminal->wrote, 1u << 24);
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
		run_leader(terminal, arguments, ends[1]);
	close(ends[1]);
	assert_int_equal(read(terminal->told, &terminal->child, sizeof terminal->child), sizeof terminal->child);
}

void terminal_text(const struct terminal *terminal, struct nm_buf *out)
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

bool terminal_take(struct terminal *terminal, int timeout_ms)
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

void terminal_resize(struct terminal *terminal, int width, int height)
{
	struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};

	terminal->width = width;
	terminal->height = height;
	vterm_set_size(terminal->vterm, height, width);
	assert_int_equal(ioctl(terminal->fd, TIOCSWINSZ, &size), 0);
}

void terminal_type(struct terminal *terminal, const char *bytes)
{
	assert_int_equal(write(terminal->fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

int terminal_wait(struct terminal *terminal)
{
	int64_t end = now_ms() + PATIENCE_MS;
	int status;

	while (poll(&(struct pollfd){terminal->told, POLLIN, 0}, 1, 0) == 0) {
		if (now_ms() > end)
			fail_msg("the program neither ends nor stops");
		terminal_take(terminal, 20);
	}
	assert_int_equal(read(terminal->told, &status, sizeof status), sizeof status);
	while (poll(&(struct pollfd){terminal->fd, POLLIN, 0}, 1, 0) > 0 && terminal_take(terminal, 0))
		continue;
	return status;
}

void terminal_close(struct terminal *terminal)
{
	assert_int_equal(waitpid(terminal->leader, NULL, 0), terminal->leader);
	nm_buf_clear(&terminal->wrote);
	vterm_free(terminal->vterm);
	close(terminal->told);
	close(terminal->fd);
	close(terminal->other);
}
