/* SPDX-License-Identifier: MIT */
/* Other programs: see program.h.  Words are parted by blanks; nothing in them is expanded. */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX 32
#define ENDING_MS 10 /* between two looks whether a program has ended */

void program_become(char *command, const char *first, const char *second)
{
	char *words[WORDS_MAX + 3] = {0};
	size_t n = 0;

	for (char *at = command + strspn(command, " \t"); *at && n < WORDS_MAX; n++) {
		words[n] = at;
		at += strcspn(at, " \t");
		if (*at)
			*at++ = '\0';
		at += strspn(at, " \t");
	}
	words[n++] = (char *)first;
	words[n] = (char *)second;
	if (words[0])
		execvp(words[0], words);
	_exit(127);
}

static long long clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Its errors would land in the middle of a screen, and what is typed is not for it. */
static void become_quiet(char *command, int output)
{
	int nowhere = open("/dev/null", O_RDWR);

	if (nowhere >= 0) {
		dup2(nowhere, STDIN_FILENO);
		dup2(nowhere, STDERR_FILENO);
	}
	dup2(output, STDOUT_FILENO);
	program_become(command, NULL, NULL);
}

static size_t count_words(const char *command)
{
	size_t n = 0;

	for (const char *at = command + strspn(command, " \t"); *at; n++) {
		at += strcspn(at, " \t");
		at += strspn(at, " \t");
	}
	return n;
}

/* Until the end of the output; false when it took too long or was too much. */
static bool take_output(int fd, long long end, struct nm_buf *out)
{
	struct pollfd ready = {fd, POLLIN, 0};
	char bytes[1024];
	bool ended = false;

	while (!ended && !out->failed) {
		const long long left = end - clock_ms();
		ssize_t n;

		if (left <= 0)
			break;
		if (poll(&ready, 1, (int)left) <= 0)
			continue;
		n = read(fd, bytes, sizeof bytes);
		if (n > 0)
			nm_buf_addn(out, bytes, (size_t)n);
		ended = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
	}
	explicit_bzero(bytes, sizeof bytes);
	return ended && !out->failed;
}

/* Until it has ended, which it may put off after its output has; false when it had to be killed. */
static bool await(pid_t child, bool patient, long long end, int *status)
{
	const struct timespec pause = {0, ENDING_MS * 1000000L};

	while (patient) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		if (clock_ms() >= end)
			break;
		nanosleep(&pause, NULL);
	}
	kill(child, SIGKILL);
	while (waitpid(child, status, 0) < 0 && errno == EINTR)
		continue;
	return false;
}

static enum nm_code judge(const char *command, bool whole, int status, struct nm_error *err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return nm_fail(err, NM_INPUT, "there is no program `%s`", command);
	if (!whole)
		return nm_fail(err, NM_INPUT, "`%s` prints too much or does not end", command);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return nm_fail(err, NM_INPUT, "`%s` ended with an error: run it by hand to see why", command);
	return NM_OK;
}

enum nm_code program_read(const char *command, int timeout_s, struct nm_buf *out, struct nm_error *err)
{
	const long long end = clock_ms() + timeout_s * 1000LL;
	int ends[2], status = 0;
	char *words;
	bool whole;
	pid_t child;

	if (count_words(command) > WORDS_MAX)
		return nm_fail(err, NM_INPUT, "`%.40s...` has more than %d words: put them into a script", command,
			       WORDS_MAX);
	words = strdup(command);
	if (!words)
		return nm_fail_memory(err);
	if (pipe2(ends, O_CLOEXEC) < 0) {
		free(words);
		return nm_fail(err, NM_SYSTEM, "cannot start a program: %s", strerror(errno));
	}
	child = fork();
	if (child == 0)
		become_quiet(words, ends[1]);
	free(words);
	close(ends[1]);
	whole = child > 0 && take_output(ends[0], end, out);
	close(ends[0]);
	if (child < 0)
		return nm_fail(err, NM_SYSTEM, "cannot start a program: %s", strerror(errno));
	whole = await(child, whole, end, &status) && whole;
	return judge(command, whole, status, err);
}
