/* SPDX-License-Identifier: MIT */
/*
 * ncursesw behind a small door.  In: a canvas to show, signals, bytes from the keyboard.  Out: only
 * the cells that changed; keys as enum key.  Knows no screen and no plan.
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
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "keymap.h"
#include "program.h"
#include "style.h"

struct term {
	SCREEN *screen;
	enum theme theme;
	short pairs[STYLE_COUNT]; /* colour pair of each style */
	struct canvas shown;
	bool shown_valid;
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

static void init_colours(struct term *term)
{
	if (term->theme == THEME_MONO || !has_colors()) {
		term->theme = THEME_MONO;
		return;
	}
	start_color();
	use_default_colors();
	for (short i = 0; i < STYLE_COUNT; i++) {
		int colour = colour_among(style_look((unsigned)i, term->theme).colour, COLORS);

		term->pairs[i] = 0;
		if (colour >= 0) {
			term->pairs[i] = (short)(i + 1);
			init_pair(term->pairs[i], (short)colour, -1);
		}
	}
}

static void init_modes(void)
{
	cbreak();
	noecho();
	nonl();
	curs_set(0);
	keypad(stdscr, TRUE);
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
	init_colours(term);
	init_modes();
	*out = term;
	return NM_OK;
}

void term_close(struct term *term)
{
	if (!term)
		return;
	/* Without an alternate screen the shell goes on in the last row: it must not mix with the keys. */
	move(LINES - 1, 0);
	clrtoeol();
	refresh();
	endwin();
	delscreen(term->screen);
	close_signals();
	canvas_clear(&term->shown);
	free(term);
}

int term_width(const struct term *term)
{
	(void)term;
	return COLS;
}

int term_height(const struct term *term)
{
	(void)term;
	return LINES;
}

void term_forget(struct term *term)
{
	term->shown_valid = false;
	clearok(curscr, TRUE);
}

static void write_cell(const struct term *term, int x, int y, const struct cell *cell)
{
	struct look look = style_look(cell->style, term->theme);
	attr_t attributes = A_NORMAL;
	wchar_t text[3] = {(wchar_t)cell->ch, (wchar_t)cell->mark, 0};
	cchar_t out;

	/* Where the C library's idea of a width is not ours the line would slide: show that it is unknown. */
	if (cell->ch > 0x7e && wcwidth((wchar_t)cell->ch) != char_width(cell->ch)) {
		if (char_width(cell->ch) == 2) /* its right half is no cell that is written */
			write_cell(term, x + 1, y, &(struct cell){' ', 0, cell->style});
		text[0] = L'?';
		text[1] = 0;
	}
	if (cell->mark && wcwidth((wchar_t)cell->mark) != 0)
		text[1] = 0;
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

static bool prepare_shown(struct term *term, const struct canvas *canvas)
{
	if (term->shown.cells && term->shown.width == canvas->width && term->shown.height == canvas->height)
		return true;
	canvas_clear(&term->shown);
	erase(); /* blank like the new canvas: most of a first screen need not be written */
	term->shown_valid = canvas_init(&term->shown, canvas->width, canvas->height, canvas->ascii);
	return term->shown_valid;
}

/* What changed of a row; all of it when nothing is known of what is shown.  Every key comes through here with every
 * cell, few of which changed. */
static void write_row(const struct term *term, const struct canvas *canvas, int y, bool known)
{
	const size_t from = (size_t)y * (size_t)canvas->width;
	const struct cell *row = canvas->cells + from, *shown = known ? term->shown.cells + from : NULL;

	for (int x = 0; x < canvas->width; x++) {
		if (shown && same_cell(&row[x], &shown[x]))
			continue;
		if (row[x].ch != 0)
			write_cell(term, x, y, &row[x]);
	}
}

void term_show(struct term *term, const struct canvas *canvas)
{
	bool remember = prepare_shown(term, canvas);

	for (int y = 0; y < canvas->height; y++)
		write_row(term, canvas, y, remember && term->shown_valid);
	if (remember)
		memcpy(term->shown.cells, canvas->cells,
		       (size_t)canvas->width * (size_t)canvas->height * sizeof *canvas->cells);
	term->shown_valid = remember;
	curs_set(canvas->cursor_x >= 0 ? 1 : 0);
	if (canvas->cursor_x >= 0)
		move(canvas->cursor_y, canvas->cursor_x);
	refresh();
}

static void take_size(struct term *term)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
		resizeterm(size.ws_row, size.ws_col);
	term_forget(term);
}

static void suspend(struct term *term)
{
	struct sigaction stop = {.sa_handler = SIG_DFL};
	struct sigaction mine;

	endwin();
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

static const struct {
	wint_t curses;
	uint32_t key;
} special[] = {
	{KEY_UP, K_UP}, {KEY_DOWN, K_DOWN}, {KEY_LEFT, K_LEFT}, {KEY_RIGHT, K_RIGHT}, {KEY_SLEFT, K_SHIFT_LEFT},
	{KEY_SRIGHT, K_SHIFT_RIGHT}, {KEY_SR, K_SHIFT_UP}, {KEY_SF, K_SHIFT_DOWN}, {KEY_PPAGE, K_PAGE_UP},
	{KEY_NPAGE, K_PAGE_DOWN}, {KEY_HOME, K_HOME}, {KEY_END, K_END}, {KEY_ENTER, K_ENTER}, {KEY_BTAB, K_SHIFT_TAB},
	{KEY_BACKSPACE, K_BACKSPACE}, {KEY_DC, K_DELETE},
};

static struct input mouse_input(void)
{
	struct input input = {.kind = INPUT_CLICK};
	MEVENT event;

	if (getmouse(&event) != OK)
		return (struct input){.kind = INPUT_NONE};
	if (event.bstate & BUTTON4_PRESSED)
		input.kind = INPUT_WHEEL_UP;
	else if (event.bstate & BUTTON5_PRESSED)
		input.kind = INPUT_WHEEL_DOWN;
	input.x = event.x;
	input.y = event.y;
	return input;
}

static struct input special_key(wint_t code)
{
	struct input input = {.kind = INPUT_KEY};

	if (code == KEY_MOUSE)
		return mouse_input();
	if (code == KEY_RESIZE)
		return (struct input){.kind = INPUT_RESIZE};
	if (code >= (wint_t)KEY_F(1) && code <= (wint_t)KEY_F(12)) {
		input.key = K_F1 + (uint32_t)(code - (wint_t)KEY_F(1));
		return input;
	}
	for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
		if (special[i].curses == code)
			input.key = special[i].key;
	}
	return input.key ? input : (struct input){.kind = INPUT_NONE};
}

static uint32_t plain_key(wint_t ch)
{
	switch (ch) {
	case '\r':
	case '\n':
		return K_ENTER;
	case '\t':
		return K_TAB;
	case 27:
		return K_ESCAPE;
	case 127:
	case 8:
		return K_BACKSPACE;
	default:
		break;
	}
	return ch < ' ' ? K_CONTROL + 'a' - 1 + (uint32_t)ch : (uint32_t)ch;
}

#define SEQUENCE_MOST 32 /* characters of a key's sequence */

/* After an escape: is a key's sequence behind it (ECMA-48 5.4) which the terminal's description does not know?  Takes
 * all of it, so that it is not read as keys of its own. */
static bool take_sequence(void)
{
	wint_t ch;

	if (get_wch(&ch) != OK)
		return false;
	if (ch != '[') {
		unget_wch((wchar_t)ch);
		return false;
	}
	for (int n = 0; n < SEQUENCE_MOST; n++) {
		if (get_wch(&ch) != OK) {
			if (n == 0) /* somebody typed that sign */
				unget_wch(L'[');
			return n > 0;
		}
		if (ch < ' ' || ch > '?')
			return true;
	}
	return true;
}

/* A key that has already been typed; INPUT_NONE when there is none. */
static struct input take_key(void)
{
	wint_t ch;
	int got = get_wch(&ch);

	while (got == OK && ch == 27 && take_sequence())
		got = get_wch(&ch);
	if (got == KEY_CODE_YES)
		return special_key(ch);
	if (got == OK && ch != 0)
		return (struct input){.kind = INPUT_KEY, .key = plain_key(ch)};
	return (struct input){.kind = INPUT_NONE};
}

struct input term_wait(struct term *term, int timeout_ms)
{
	struct input input = take_key(); /* ncurses may hold some that poll cannot see */
	struct pollfd fds[2] = {{STDIN_FILENO, POLLIN, 0}, {signals.pipe[0], POLLIN, 0}};

	if (input.kind != INPUT_NONE)
		return input;
	if (poll(fds, 2, timeout_ms) == 0)
		return input;
	input = take_signals(term);
	if (input.kind == INPUT_NONE)
		input = take_key();
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
	endwin();
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
