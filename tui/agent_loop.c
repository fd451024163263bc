/* SPDX-License-Identifier: MIT */
/*
 * The agent's world: see agent_loop.h.  In: a session.  Out: rounds at the right time, one line of log for each event.
 *
 * It waits for three things at once: the time of the next round, a clock that is set, and signals.  A timer on the
 * wall clock that has passed while the machine slept is due when it wakes.
 */
#include "agent_loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "command.h"

#define LOOK_S 10 /* the plan's file is looked at so often */
#define ONCE_ROUNDS 8 /* what a round sets off is done in the next one */
#define MASKED_LEAST 7 /* so many digits in a row, blanks and dashes between them, are a number */
#define MASKED_LEFT 2

struct loop {
	struct session *session;
	struct agent_options options;
	struct nm_agent *agent;
	int signals, timer;
	bool ended, woken; /* by a signal */
	bool journal;
	bool bad; /* the plan on disk does not read; trouble says why */
	struct nm_error trouble;
	char host[SESSION_HOST];
};

/* --- the log --- */

/* Is standard error what journald gave us?  It may have been sent elsewhere since. */
static bool is_journal(const char *stream)
{
	struct stat found;
	char text[64];

	if (!stream || fstat(STDERR_FILENO, &found))
		return false;
	snprintf(text, sizeof text, "%ju:%ju", (uintmax_t)found.st_dev, (uintmax_t)found.st_ino);
	return !strcmp(stream, text);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How far a number reaches that begins here, and how many digits it has. */
static size_t number_length(const char *at, size_t *digits)
{
	size_t len = 0;

	*digits = 0;
	for (size_t i = 0; is_digit(at[i]) || ((at[i] == ' ' || at[i] == '-') && i > 0 && is_digit(at[i + 1])); i++) {
		*digits += is_digit(at[i]);
		len = i + 1;
	}
	return len;
}

/* Digits become x, but for the last two of each number. */
static void mask_numbers(char *text)
{
	while (*text) {
		size_t digits, len = number_length(text, &digits);
		const size_t masked = digits >= MASKED_LEAST ? len : 0;

		for (size_t i = 0; i < masked; i++)
			if (is_digit(text[i]) && digits-- > MASKED_LEFT)
				text[i] = 'x';
		text += len > 0 ? len : 1;
	}
}

static void log_line(const struct loop *loop, enum nm_agent_level level, const char *words)
{
	char when[NM_TIME_TEXT];
	struct nm_buf line;
	char *text;

	nm_buf_init(&line, 1u << 16);
	if (loop->journal) {
		nm_buf_add(&line, level == NM_AGENT_WARNING ? "<4>" : "<6>");
	} else {
		nm_time_argument(session_zone(loop->session), session_now(loop->session), when);
		nm_buf_addf(&line, "%s %s", when, level == NM_AGENT_WARNING ? "warning: " : "");
	}
	text = strdup(words);
	if (text && loop->options.mask)
		mask_numbers(text);
	for (char *at = text; at && *at; at++)
		if (*at == '\n')
			*at = ' ';
	add_safe(&line, text ? text : "out of memory");
	nm_buf_add(&line, "\n");
	free(text);
	fputs(line.data, stderr);
	nm_buf_clear(&line);
}

/* --- signals --- */

/* TERM, INT and HUP (look again) come as bytes to read. */
static enum nm_code open_signals(struct loop *loop, struct nm_error *err)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0 || (loop->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)) < 0)
		return nm_fail(err, NM_SYSTEM, "signals cannot be waited for: %s", strerror(errno));
	return NM_OK;
}

static void take_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP)
			loop->woken = true;
		else
			loop->ended = true;
	}
}

/* --- the world --- */

static nm_time world_now(void *context)
{
	return session_now(((struct loop *)context)->session);
}

static bool world_stopped(void *context)
{
	struct loop *loop = context;

	take_signals(loop);
	return loop->ended;
}

/* The session's: while carriers are waited for. */
static bool go_on(void *context)
{
	return !world_stopped(context);
}

static void world_tell(void *context, enum nm_agent_level level, const char *words)
{
	log_line(context, level, words);
}

static enum nm_code world_refresh(void *context, int calendar, struct nm_refreshes *out, struct nm_error *err)
{
	return session_refresh(((struct loop *)context)->session, calendar, out, err);
}

/* Does what is on disk now read? */
static enum nm_code try_file(const struct session *session, struct nm_error *err)
{
	struct nm_document *document;
	struct nm_plan *plan = NULL;
	struct nm_diags diags;
	struct nm_texts texts;
	enum nm_code code = nm_document_open(session->options.plan_file, &document, err);

	if (code)
		return code;
	nm_diags_init(&diags);
	texts = nm_document_texts(document);
	code = session_plan_read(session, session->options.plan_file, texts.bytes, texts.len, &plan, &diags, err);
	if (code && diags.n)
		nm_fail(err, code, "%s:%d: %s", diags.items[0].file, diags.items[0].line, diags.items[0].text);
	nm_plan_free(plan);
	nm_diags_clear(&diags);
	nm_document_free(document);
	return code;
}

/* A plan that changed on disk is taken when it reads; until then the last one that did stays in force. */
static void notice_plan(struct loop *loop)
{
	struct session *session = loop->session;
	struct nm_error why;

	loop->bad = false;
	if (session_outdated(session)) {
		if (try_file(session, &why) == NM_OK) {
			session_notice(session);
		} else {
			loop->bad = true;
			nm_fail(&loop->trouble, why.code, "what is on disk does not read, so the plan before it stays in force: %s",
				why.text);
		}
	}
	session_copies_notice(session);
}

static enum nm_code world_look(void *context, struct nm_agent_view *out, struct nm_error *err)
{
	struct loop *loop = context;
	enum nm_code code;

	notice_plan(loop);
	code = session_push_context(loop->session, &out->push, err);
	if (code)
		return code;
	out->text = nm_document_text(loop->session->document, &out->len);
	out->trouble = loop->bad ? loop->trouble.text : NULL;
	return NM_OK;
}

/* --- waiting --- */

static enum nm_code open_timer(struct loop *loop, struct nm_error *err)
{
	loop->timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	return loop->timer >= 0 ? NM_OK : nm_fail(err, NM_SYSTEM, "the clock cannot be waited for: %s", strerror(errno));
}

/* Until that time by the wall clock, a clock that is set, or a signal. */
static void await(struct loop *loop, nm_time until)
{
	struct itimerspec at = { .it_value = { .tv_sec = until, .tv_nsec = 1 } };
	struct pollfd ready[] = { { loop->timer, POLLIN, 0 }, { loop->signals, POLLIN, 0 } };
	uint64_t times;

	if (timerfd_settime(loop->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL) < 0 && errno != ECANCELED)
		loop->ended = true;
	while (poll(ready, 2, -1) < 0 && errno == EINTR)
		continue;
	if (read(loop->timer, &times, sizeof times) < 0 && errno == ECANCELED)
		loop->woken = true;
	take_signals(loop);
}

static void close_loop(struct loop *loop)
{
	nm_agent_free(loop->agent);
	if (loop->timer >= 0)
		close(loop->timer);
	if (loop->signals >= 0)
		close(loop->signals);
	loop->session->idle = NULL;
	loop->session->progress_context = NULL;
}

static enum nm_code open_loop(struct loop *loop, struct session *session, const struct agent_options *options,
			      struct nm_error *err)
{
	struct nm_agent_world world = { .context = loop, .host = loop->host, .pid = getpid(), .now = world_now,
					.look = world_look, .refresh = world_refresh, .stopped = world_stopped,
					.tell = world_tell };
	struct nm_store *store;
	enum nm_code code;

	*loop = (struct loop){ .session = session, .options = *options, .signals = -1, .timer = -1,
			       .journal = is_journal(options->journal) };
	session_host(loop->host);
	session->idle = go_on;
	session->progress_context = loop;
	code = session_store(session, &store, err);
	if (!code)
		code = open_signals(loop, err);
	if (!code)
		code = open_timer(loop, err);
	if (!code)
		code = nm_agent_new(&world, store, &loop->agent, err);
	if (code)
		close_loop(loop);
	return code;
}

enum nm_code agent_loop(struct session *session, const struct agent_options *options, struct nm_error *err)
{
	struct nm_agent_round round;
	struct loop loop;
	enum nm_code code = open_loop(&loop, session, options, err);

	if (code)
		return code;
	log_line(&loop, NM_AGENT_NOTICE, "the agent runs");
	while (!loop.ended) {
		nm_time now;

		if (loop.woken)
			nm_agent_wake(loop.agent);
		loop.woken = false;
		nm_agent_step(loop.agent, &round);
		now = session_now(session);
		if (!loop.ended && round.next > now)
			await(&loop, round.next < now + LOOK_S ? round.next : now + LOOK_S);
	}
	log_line(&loop, NM_AGENT_NOTICE, "the agent ends");
	close_loop(&loop);
	return NM_OK;
}

enum nm_code agent_once(struct session *session, const struct agent_options *options, struct nm_agent_round *out,
			struct nm_error *err)
{
	struct nm_agent_round round;
	struct loop loop;
	enum nm_code code = open_loop(&loop, session, options, err);

	*out = (struct nm_agent_round){ 0 };
	if (code)
		return code;
	for (int i = 0; i < ONCE_ROUNDS && !loop.ended && out->next <= session_now(session); i++) {
		nm_agent_step(loop.agent, &round);
		out->works += round.works;
		out->failed += round.failed;
		out->pushed += round.pushed;
		out->calls += round.calls;
		out->texts += round.texts;
		out->next = round.next;
	}
	close_loop(&loop);
	return NM_OK;
}
