/* SPDX-License-Identifier: MIT */
/*
 * What a terminal program costs a user: keys ROUNDS FIRST UNTIL KEYS COMMAND ARGUMENT...
 * Starts the command ROUNDS times on a pseudo-terminal of 120x40, each time until it has written UNTIL, presses
 * the keys of FIRST, each when what the one before began has come to rest, then one key of KEYS after another, the next
 * when the answer to the one before has ended.
 * Prints medians: ms from start to the first full screen, ms from a key to the end of what it drew (median, 99th
 * percentile), bytes a key, KiB resident at most.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COLUMNS 120
#define ROWS 40
#define QUIET_MS 4     /* an answer has ended when nothing came for so long */
#define REST_MS 200    /* and what is done in quiet moments after it, too */
#define PATIENCE_MS 5000
#define SCREEN_BYTES (1u << 20)
#define ROUNDS_MOST 100
#define KEYS_MOST 10000

struct figures {
	double start[ROUNDS_MOST], rss[ROUNDS_MOST];
	double key[KEYS_MOST];
	size_t rounds, keys, bytes;
};

static double now_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void fail(const char *what)
{
	fprintf(stderr, "keys: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Takes what comes until nothing does for so long; the time of the last byte, 0 when there was none. */
static double take_answer(int fd, int patience_ms, int quiet_ms, size_t *bytes)
{
	char buffer[65536];
	struct pollfd ready = { fd, POLLIN, 0 };
	double last = 0;

	while (poll(&ready, 1, last > 0 ? quiet_ms : patience_ms) > 0) {
		const ssize_t n = read(fd, buffer, sizeof buffer);

		if (n <= 0)
			break;
		last = now_ms();
		*bytes += (size_t)n;
	}
	return last;
}

/* The time at which the text has been written. */
static double wait_for(int fd, const char *until)
{
	static char screen[SCREEN_BYTES];
	struct pollfd ready = { fd, POLLIN, 0 };
	size_t len = 0;

	while (poll(&ready, 1, PATIENCE_MS) > 0 && len + 1 < sizeof screen) {
		const ssize_t n = read(fd, screen + len, sizeof screen - 1 - len);

		if (n <= 0)
			break;
		len += (size_t)n;
		if (memmem(screen, len, until, strlen(until)))
			return now_ms();
	}
	fail(until);
	return 0;
}

static void press(int fd, char key, struct figures *figures)
{
	size_t bytes = 0;
	const double from = now_ms();
	double last;

	if (write(fd, &key, 1) != 1)
		fail("write");
	last = take_answer(fd, 50, QUIET_MS, &bytes);
	figures->bytes += bytes;
	if (last > 0 && figures->keys < KEYS_MOST)
		figures->key[figures->keys++] = last - from;
}

static void play(char **argv, struct figures *figures)
{
	struct winsize size = { .ws_row = ROWS, .ws_col = COLUMNS };
	const double from = now_ms();
	struct rusage usage;
	size_t ignored = 0;
	int fd;
	const pid_t child = forkpty(&fd, NULL, NULL, &size);

	if (child < 0)
		fail("forkpty");
	if (child == 0) {
		execv(argv[5], argv + 5);
		_exit(127);
	}
	figures->start[figures->rounds] = wait_for(fd, argv[3]) - from;
	take_answer(fd, 200, QUIET_MS, &ignored);
	for (const char *first = argv[2]; *first; first++) {
		if (write(fd, first, 1) != 1)
			fail("write");
		take_answer(fd, REST_MS, REST_MS, &ignored);
	}
	for (const char *key = argv[4]; *key; key++)
		press(fd, *key, figures);
	if (write(fd, "q", 1) != 1)
		fail("write");
	take_answer(fd, 200, QUIET_MS, &ignored);
	if (wait4(child, NULL, 0, &usage) != child)
		fail("wait4");
	close(fd);
	figures->rss[figures->rounds++] = (double)usage.ru_maxrss;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double of_hundred(double *values, size_t n, size_t percent)
{
	qsort(values, n, sizeof *values, by_size);
	return n ? values[(n - 1) * percent / 100] : 0;
}

int main(int argc, char **argv)
{
	static struct figures figures;
	const size_t rounds = argc > 5 ? strtoul(argv[1], NULL, 10) : 0;

	if (rounds < 1 || rounds > ROUNDS_MOST) {
		fprintf(stderr, "usage: keys ROUNDS FIRST UNTIL KEYS COMMAND ARGUMENT...\n");
		return 2;
	}
	while (figures.rounds < rounds)
		play(argv, &figures);
	printf("%.3f %.3f %.3f %.0f %.0f\n", of_hundred(figures.start, figures.rounds, 50),
	       of_hundred(figures.key, figures.keys, 50), of_hundred(figures.key, figures.keys, 99),
	       (double)figures.bytes / (double)(strlen(argv[4]) * figures.rounds), of_hundred(figures.rss, figures.rounds, 50));
	return 0;
}
