/* SPDX-License-Identifier: MIT */
/*
 * ncursesw behind a small door.  In: a canvas to show, signals, bytes from the keyboard.  Out: only
 * the cells that changed; keys as enum key.  Knows no screen and no plan.
 *
 * A terminal of ECMA-48 is sent each canvas in one piece by delta.c; ncurses then keeps its modes and its keyboard, and
 * has a blank window.  Any other is written to by ncurses, by the terminal's own description.
 *
 * Signals arrive through a pipe, so that the loop has one thing to wait for and nothing is done in a
 * handler but one write.
 */
#include "term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "delta.h"
#include "keymap.h"
#include "program.h"
#include "style.h"
#include "term_keys.h"

#define FRAME_BYTES (16u << 20) /* a canvas has a million cells at most */

struct term {
	SCREEN *screen;
	enum theme theme;
	short pairs[STYLE_COUNT]; /* colour pair of each style */
	bool direct;              /* written to by delta.c */
	int colours;              /* if it is */
	int columns, rows;
	struct canvas shown, next;
	bool shown_valid;         /* else the screen must be cleared first */
};

/* What the handlers may touch: the pipe, and what puts a terminal back after a crash. */
static struct {
	int pipe[2];
	struct termios modes;
	char restore[128];
	size_t restore_len;
} signals = {.pipe = {-1, -1}};

static void note_signal(int number)
{
	int saved = errno;
	char byte = (char)number;

	if (write(signals.pipe[1], &byte, 1) < 0)
		byte = 0; /* the pipe is full: the loop has enough to do already */
	errno = saved;
}

static void put_back_and_die(int number)
{
	ssize_t written = write(STDOUT_FILENO, signals.restore, signals.restore_len);

	(void)written;
	tcsetattr(STDIN_FILENO, TCSANOW, &signals.modes);
	raise(number); /* SA_RESETHAND: this time it is the system's own */
}

static const int noted[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGINT};
static const int ending[] = {SIGTERM, SIGHUP};
static const int deadly[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};

static void handle(const int *numbers, size_t n, void (*handler)(int), int flags)
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < n; i++)
		sigaction(numbers[i], &action, NULL);
}

static void set_handlers(bool on)
{
	handle(noted, sizeof noted / sizeof *noted, on ? note_signal : SIG_DFL, SA_RESTART);
	handle(deadly, sizeof deadly / sizeof *deadly, on ? put_back_and_die : SIG_DFL,
	       on ? (int)SA_RESETHAND : 0);
}

/* A terminal that is closed sends its signal more than once, by way of the system and of the shell: whoever
 * is leaving must not be killed over the tidying up. */
static void set_ending(void (*handler)(int))
{
	handle(ending, sizeof ending / sizeof *ending, handler, SA_RESTART);
}

static enum nm_code open_signals(struct nm_error *err)
{
	if (pipe2(signals.pipe, O_NONBLOCK | O_CLOEXEC) < 0)
		return nm_fail(err, NM_SYSTEM, "cannot make a pipe: %s", strerror(errno));
	tcgetattr(STDIN_FILENO, &signals.modes);
	set_handlers(true);
	set_ending(note_signal);
	return NM_OK;
}

static void close_signals(void)
{
	set_ending(SIG_IGN);
	set_handlers(false);
	close(signals.pipe[0]);
	close(signals.pipe[1]);
	signals.pipe[0] = signals.pipe[1] = -1;
}

static void add_restore(const char *capability)
{
	size_t len = capability ? strlen(capability) : 0;

	if (len == 0 || capability == (const char *)-1 || signals.restore_len + len > sizeof signals.restore)
		return;
	memcpy(signals.restore + signals.restore_len, capability, len);
	signals.restore_len += len;
}

static bool capability_is(const char *name, const char *text)
{
	const char *capability = tigetstr(name);

	return capability && capability != (const char *)-1 && !strcmp(capability, text);
}

/* It is sent as it is: no padding in it. */
static bool sgr0_is_bare(void)
{
	const char *sgr0 = tigetstr("sgr0");

	return sgr0 && sgr0 != (const char *)-1 && !strchr(sgr0, '$');
}

/* Does the terminal understand what delta.c writes?  terminfo(5) tells. */
static bool is_direct(void)
{
	static const char *const needed[][2] = {
		{"cup", "\033[%i%p1%d;%p2%dH"}, {"hpa", "\033[%i%p1%dG"}, {"cuf", "\033[%p1%dC"}, {"cub1", "\b"},
		{"cud1", "\n"}, {"cr", "\r"}, {"el", "\033[K"}, {"bold", "\033[1m"}, {"dim", "\033[2m"},
		{"rev", "\033[7m"}, {"csr", "\033[%i%p1%d;%p2%dr"}, {"ri", "\033M"},
	};

	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
		if (!capability_is(needed[i][0], needed[i][1]))
			return false;
	}
	return sgr0_is_bare() && tigetflag("am") > 0 && tigetflag("xenl") > 0 && tigetflag("msgr") > 0 && tigetnum("xmc") < 0;
}

/* Its colours by the numbers that style.c has, and none that takes the place of an attribute. */
static bool has_direct_colours(void)
{
	return (capability_is("setaf", "\033[3%p1%dm") ||
		capability_is("setaf", "\033[%?%p1%{8}%<%t3%p1%d%e%p1%{16}%<%t9%p1%{8}%-%d%e38;5;%p1%d%;m")) &&
	       tigetnum("ncv") <= 0;
}

/* Does a number mean red, green and blue to it, but for the first 8 (user_caps(5))?  A string has another number of bits for
 * each, which no terminal that is told of has. */
static bool counts_in_rgb(void)
{
	return tigetflag("RGB") > 0 || tigetnum("RGB") > 0;
}

#define RGB_LEAST 0x10000 /* where some have a palette below, which blue alone would fall into */

/* How ncurses has a style's colour; -1: the terminal's own. */
static int colour_of(const struct term *term, unsigned style)
{
	const int colour = style_look(style, term->theme).colour, rgb = colour_rgb(colour);

	if (!counts_in_rgb())
		return colour_among(colour, COLORS);
	if (rgb < 0)
		return colour_among(colour, 8);
	return rgb < RGB_LEAST ? rgb + RGB_LEAST : rgb;
}

static void init_pairs(struct term *term)
{
	start_color();
	use_default_colors();
	for (short i = 0; i < STYLE_COUNT; i++) {
		const int colour = colour_of(term, (unsigned)i);

		term->pairs[i] = 0;
		if (colour >= 0) {
			term->pairs[i] = (short)(i + 1);
			init_extended_pair(term->pairs[i], colour, -1);
		}
	}
}

/* Of its three windows ncurses keeps every cell, blank as they stay where it writes none: there one will do.  LINES
 * and COLS are theirs then. */
static void drop_windows(const struct term *term)
{
	if (!term->direct)
		return;
	resize_term(1, 1);
	untouchwin(stdscr); /* or ncurses would write it when it reads the next key */
}

/* Ends what ncurses writes; its last word goes to the last row, which it has to know. */
static void leave_screen(const struct term *term)
{
	if (term->direct)
		resize_term(term->rows, term->columns);
	endwin();
}

static void init_colours(struct term *term)
{
	if (!has_colors())
		term->theme = THEME_MONO;
	term->colours = tigetnum("colors");
	term->direct = is_direct() && (term->theme == THEME_MONO || has_direct_colours());
	if (!term->direct && term->theme != THEME_MONO)
		init_pairs(term);
}

static void init_modes(void)
{
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
	term_know_keys();
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	mousemask(BUTTON1_CLICKED | BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	mouseinterval(0);
}

/* "dumb" has no such capability, and a screen drawn there is a heap of letters. */
static bool cursor_moves(void)
{
	const char *cup = tigetstr("cup");

	return cup && cup != (const char *)-1;
}

enum nm_code term_open(enum theme theme, struct term **out, struct nm_error *err)
{
	struct term *term;
	enum nm_code code;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return nm_fail(err, NM_INPUT, "the interface needs a terminal; try a subcommand, see --help");
	term = calloc(1, sizeof *term);
	if (!term)
		return nm_fail_memory(err);
	term->theme = theme;
	code = open_signals(err);
	if (code) {
		free(term);
		return code;
	}
	term->screen = newterm(NULL, stdout, stdin);
	if (!term->screen) {
		close_signals();
		free(term);
		return nm_fail(err, NM_INPUT, "the terminal type in TERM is not known here");
	}
	if (!cursor_moves()) {
		endwin();
		delscreen(term->screen);
		close_signals();
		free(term);
		return nm_fail(err, NM_INPUT, "a terminal of the type in TERM cannot move its cursor: use a "
					      "subcommand, see --help, or `nevermiss screen now`");
	}
	signals.restore_len = 0;
	if (has_mouse())
		add_restore("\033[?1000l\033[?1006l"); /* as xterm and its like have it */
	add_restore(tigetstr("sgr0"));
	add_restore(tigetstr("rmkx"));
	add_restore(tigetstr("rmcup"));
	add_restore(tigetstr("cnorm"));
	term->columns = COLS;
	term->rows = LINES;
	init_colours(term);
	drop_windows(term);
	init_modes();
	*out = term;
	return NM_OK;
}

static void send(const char *bytes, size_t len)
{
	while (len > 0) {
		const ssize_t n = write(STDOUT_FILENO, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN && poll(&(struct pollfd){STDOUT_FILENO, POLLOUT, 0}, 1, -1) >= 0)
			continue;
		if (n <= 0) /* the terminal is gone: whoever waits for a key learns it */
			return;
		bytes += n;
		len -= (size_t)n;
	}
}

/* Without an alternate screen the shell goes on in the last row: it must not mix with the keys. */
static void clear_last_row(const struct term *term)
{
	char row[32];

	if (term->direct) {
		send(row, (size_t)snprintf(row, sizeof row, "\033[%dH\033[K", term->rows));
		return;
	}
	move(term->rows - 1, 0);
	clrtoeol();
	refresh();
}

void term_close(struct term *term)
{
	if (!term)
		return;
	clear_last_row(term);
	leave_screen(term);
	delscreen(term->screen);
	close_signals();
	canvas_clear(&term->shown);
	canvas_clear(&term->next);
	free(term);
}

int term_width(const struct term *term)
{
	return term->columns;
}

int term_height(const struct term *term)
{
	return term->rows;
}

void term_forget(struct term *term)
{
	term->shown_valid = false;
}

bool term_theme(struct term *term, enum theme theme)
{
	term->theme = theme;
	init_colours(term);
	term_forget(term);
	return term->theme == theme;
}

static void write_cell(const struct term *term, int x, int y, const struct cell *cell)
{
	struct look look = style_look(cell->style, term->theme);
	attr_t attributes = A_NORMAL;
	wchar_t text[3] = {(wchar_t)cell->ch, (wchar_t)cell->mark, 0};
	cchar_t out;

	if (look.bold)
		attributes |= A_BOLD;
	if (look.dim)
		attributes |= A_DIM;
	if (look.reverse)
		attributes |= A_REVERSE;
	if (setcchar(&out, text, attributes, term->theme == THEME_MONO ? 0 : term->pairs[cell->style & 0xff], NULL) == OK)
		mvadd_wch(y, x, &out);
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
	return a->ch == b->ch && a->mark == b->mark && a->style == b->style;
}

/* Both canvases as large as the one to be shown; false when memory is out. */
static bool fit(struct term *term, const struct canvas *canvas)
{
	if (term->shown.cells && term->shown.width == canvas->width && term->shown.height == canvas->height)
		return true;
	canvas_clear(&term->shown);
	canvas_clear(&term->next);
	term->shown_valid = false;
	if (canvas_init(&term->shown, canvas->width, canvas->height, canvas->ascii) &&
	    canvas_init(&term->next, canvas->width, canvas->height, canvas->ascii))
		return true;
	canvas_clear(&term->shown);
	return false;
}

/* Where the C library's idea of a width is not ours the terminal's may not be either, and the line would slide: show
 * that it is unknown. */
static void settle(struct cell *cell, bool has_right)
{
	if (cell->ch > 0x7e && wcwidth((wchar_t)cell->ch) != char_width(cell->ch)) {
		if (has_right && cell[1].ch == 0)
			cell[1].ch = ' ';
		cell->ch = '?';
		cell->mark = 0;
	}
	if (cell->mark && wcwidth((wchar_t)cell->mark) != 0)
		cell->mark = 0;
}

static void take_canvas(struct term *term, const struct canvas *canvas)
{
	const size_t n = (size_t)canvas->width * (size_t)canvas->height;
	struct cell *cells = term->next.cells;

	memcpy(cells, canvas->cells, n * sizeof *cells);
	for (size_t i = 0; i < n; i++)
		settle(&cells[i], i + 1 < n);
	term->next.cursor_x = canvas->cursor_x;
	term->next.cursor_y = canvas->cursor_y;
}

/* A key changes a few cells, and one piece is drawn at once. */
static bool show_direct(struct term *term)
{
	const struct delta_terminal terminal = {.theme = term->theme, .colours = term->colours};
	struct nm_buf out;
	bool whole;

	nm_buf_init(&out, FRAME_BYTES);
	if (!term->shown_valid) {
		nm_buf_add(&out, tigetstr("sgr0"));
		nm_buf_add(&out, "\033[H\033[2J");
	}
	delta_write(&terminal, &term->shown, &term->next, &out);
	whole = !out.failed;
	if (whole)
		send(out.data, out.len);
	nm_buf_clear(&out);
	return whole;
}

static bool show_by_ncurses(const struct term *term)
{
	const struct canvas *next = &term->next;

	if (!term->shown_valid) {
		erase();
		clearok(curscr, TRUE);
	}
	for (int y = 0; y < next->height; y++) {
		for (int x = 0; x < next->width; x++) {
			const size_t i = (size_t)y * (size_t)next->width + (size_t)x;

			if (next->cells[i].ch != 0 && !same_cell(&next->cells[i], &term->shown.cells[i]))
				write_cell(term, x, y, &next->cells[i]);
		}
	}
	if (next->cursor_x >= 0)
		move(next->cursor_y, next->cursor_x);
	refresh();
	return true;
}

void term_show(struct term *term, const struct canvas *canvas)
{
	struct canvas shown;

	if (!fit(term, canvas)) /* the next key tries again */
		return;
	if (!term->shown_valid)
		canvas_wipe(&term->shown);
	take_canvas(term, canvas);
	if (canvas->cursor_x < 0)
		curs_set(0);
	term->shown_valid = term->direct ? show_direct(term) : show_by_ncurses(term);
	if (canvas->cursor_x >= 0)
		curs_set(1);
	shown = term->shown;
	term->shown = term->next;
	term->next = shown;
}

static void take_size(struct term *term)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
	else if (term->direct)
		resize_term(term->rows, term->columns);
	term->columns = COLS;
	term->rows = LINES;
	if (term->direct)
		refresh(); /* its blank window, so that it turns its modes on again, and does not later */
	drop_windows(term);
	term_forget(term);
}

static void suspend(struct term *term)
{
	struct sigaction stop = {.sa_handler = SIG_DFL};
	struct sigaction mine;

	leave_screen(term);
	sigemptyset(&stop.sa_mask);
	sigaction(SIGTSTP, &stop, &mine);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &mine, NULL);
	take_size(term);
}

/* Deals with the signals that have come; the kind is INPUT_NONE when there is nothing to tell. */
static struct input take_signals(struct term *term)
{
	struct input input = {.kind = INPUT_NONE};
	char byte;

	while (input.kind != INPUT_END && read(signals.pipe[0], &byte, 1) == 1) {
		switch (byte) {
		case SIGTSTP:
			suspend(term);
			input.kind = INPUT_RESIZE;
			break;
		case SIGCONT:
		case SIGWINCH:
			take_size(term);
			input.kind = INPUT_RESIZE;
			break;
		case SIGINT:
			return (struct input){.kind = INPUT_KEY, .key = K_CONTROL + 'c'};
		default:
			input.kind = INPUT_END;
			break;
		}
	}
	return input;
}

struct input term_wait(struct term *term, int timeout_ms)
{
	struct input input = term_take_key(); /* ncurses may hold some that poll cannot see */
	struct pollfd fds[2] = {{STDIN_FILENO, POLLIN, 0}, {signals.pipe[0], POLLIN, 0}};

	if (input.kind != INPUT_NONE)
		return input;
	if (poll(fds, 2, timeout_ms) == 0)
		return input;
	input = take_signals(term);
	if (input.kind == INPUT_NONE)
		input = term_take_key();
	if (input.kind == INPUT_NONE && fds[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		input.kind = INPUT_END;
	return input;
}

enum nm_code term_run(struct term *term, const char *command, const char *first, const char *second,
		      struct nm_error *err)
{
	char *words = strdup(command);
	int status = 0;
	pid_t child;

	if (!words)
		return nm_fail_memory(err);
	leave_screen(term);
	set_handlers(false); /* but for those that end us: they are noted, and looked at afterwards */
	signal(SIGINT, SIG_IGN); /* Ctrl-C there is the program's, not ours */
	child = fork();
	if (child == 0) {
		signal(SIGINT, SIG_DFL);
		program_become(words, first, second);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	free(words);
	set_handlers(true);
	take_size(term);
	if (child < 0)
		return nm_fail(err, NM_SYSTEM, "cannot start a program: %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return nm_fail(err, NM_INPUT, "there is no program `%s`: set $VISUAL or $EDITOR", command);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return nm_fail(err, NM_INPUT, "the editor ended with an error: %s", command);
	return NM_OK;
}
