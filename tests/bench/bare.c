/* SPDX-License-Identifier: MIT */
/* The least that a program with a list on the screen can be, with ncurses: the reference for keys.c. */
#include <curses.h>
#include <locale.h>

static void draw(int at)
{
	for (int y = 0; y + 1 < LINES; y++) {
		attrset(y == at ? A_REVERSE | A_BOLD : A_NORMAL);
		mvprintw(y, 0, " %c row %-4d %-*s", y == at ? '>' : ' ', y, COLS - 14, "what there is to say of it");
	}
	attrset(A_NORMAL);
	mvprintw(LINES - 1, 1, "j k move  ? help");
	refresh();
}

int main(void)
{
	int at = 0, key = 0;

	setlocale(LC_ALL, "");
	initscr();
	start_color();
	use_default_colors();
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	while (key != 'q') {
		draw(at);
		key = getch();
		at += key == 'j' && at + 2 < LINES;
		at -= key == 'k' && at > 0;
	}
	endwin();
	return 0;
}
