/* SPDX-License-Identifier: MIT */
/* See http_server.h.  One process, one poll loop, all connections in one array. */
#include "http_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "nevermiss/carrier.h"
#include "nevermiss/ical.h"

#define CONNECTIONS 256
#define REQUEST_MAX 65536
#define LIFE_S      120
#define DRIP_MS     100
#define SLOW_MS     50
#define CHUNK       65536
#define TLS_HELLO   0x16

struct connection {
	int fd; /* -1: free */
	char in[REQUEST_MAX];
	size_t n;
	struct nm_buf out; /* still to be sent */
	size_t sent;
	int64_t due_ms; /* nothing is sent before */
	int drip_ms;    /* between single bytes; 0: all at once */
	bool endless, close_after, silent;
};

struct served {
	int listener;
	unsigned requests, touched, most;
	struct connection items[CONNECTIONS];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

static void drop(struct connection *at)
{
	close(at->fd);
	nm_buf_clear(&at->out);
	at->fd = -1;
}

/* --- answers --- */

static void answer(struct connection *at, int status, const char *more, const char *body, size_t len)
{
	nm_buf_addf(&at->out, "HTTP/1.1 %d Told\r\nContent-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n", status,
		    more, len);
	nm_buf_addn(&at->out, body, len);
}

static void answer_text(struct connection *at, int status, const char *text)
{
	answer(at, status, "", text, strlen(text));
}

static void answer_in_hexadecimal(struct connection *at, size_t len)
{
	struct nm_buf hex;

	nm_buf_init(&hex, 2 * REQUEST_MAX);
	for (size_t i = 0; i < len; i++)
		nm_buf_addf(&hex, "%02x", (unsigned char)at->in[i]);
	answer(at, 200, "", hex.data, hex.len);
	nm_buf_clear(&hex);
}

static void answer_huge(struct connection *at)
{
	static const char bytes[CHUNK] = { 0 };

	nm_buf_addf(&at->out, "HTTP/1.1 200 OK\r\nContent-Length: %u\r\n\r\n", NM_ARTEFACT_BYTES + 1);
	for (size_t left = NM_ARTEFACT_BYTES + 1; left > 0 && !at->out.failed;) {
		size_t n = left < sizeof(bytes) ? left : sizeof(bytes);

		nm_buf_addn(&at->out, bytes, n);
		left -= n;
	}
}

static void answer_away(const struct served *served, struct connection *at)
{
	struct sockaddr_in own;
	socklen_t size = sizeof(own);
	char location[128];

	getsockname(served->listener, (struct sockaddr *)&own, &size);
	snprintf(location, sizeof(location), "Location: http://localhost:%d/touched\r\n", ntohs(own.sin_port));
	answer(at, 302, location, "", 0);
}

#define CALENDAR_BEGIN "BEGIN:VCALENDAR\r\n"
#define CALENDAR_END                                                                                              \
	"BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261125T150000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"

static void answer_large_calendar(struct connection *at)
{
	struct nm_buf text;

	nm_buf_init(&text, 2 * (size_t)NM_ARTEFACT_BYTES);
	nm_buf_add(&text, CALENDAR_BEGIN);
	while (text.len <= NM_ARTEFACT_BYTES && !text.failed)
		nm_buf_add(&text, "X-COMMENT:more than any carrier may answer\r\n");
	nm_buf_add(&text, CALENDAR_END);
	answer_text(at, 200, text.data);
	nm_buf_clear(&text);
}

static bool answer_calendar(struct connection *at, const char *path)
{
	const char *text = CALENDAR_BEGIN CALENDAR_END;

	if (strcmp(path, "/calendar-moved") == 0)
		answer(at, 301, "Location: calendar\r\n", "", 0);
	else if (strcmp(path, "/calendar-large") == 0)
		answer_large_calendar(at);
	else if (strcmp(path, "/calendar") != 0)
		return false;
	else if (strcasestr(at->in, "\r\nif-none-match: \"v1\"\r\n") != NULL)
		nm_buf_add(&at->out, "HTTP/1.1 304 Told\r\nETag: \"v1\"\r\n\r\n");
	else
		answer(at, 200, "ETag: \"v1\"\r\n", text, strlen(text));
	return true;
}

/* Those that end the connection, in their own ways. */
static bool answer_badly(struct connection *at, const char *path)
{
	at->close_after = true;
	if (strcmp(path, "/cut") == 0)
		nm_buf_add(&at->out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":");
	else if (strcmp(path, "/garbage") == 0)
		nm_buf_add(&at->out, "220 mail.example.org ESMTP\r\n");
	else if (strcmp(path, "/endless") == 0)
		nm_buf_add(&at->out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	else if (strcmp(path, "/headers") == 0)
		nm_buf_add(&at->out, "HTTP/1.1 200 OK\r\n");
	else if (strcmp(path, "/hang-up") != 0)
		return false;
	at->endless = strcmp(path, "/endless") == 0 || strcmp(path, "/headers") == 0;
	return true;
}

static void answer_path(struct served *served, struct connection *at, const char *path, size_t len)
{
	char text[128];

	if (answer_badly(at, path))
		return;
	at->close_after = false;
	at->drip_ms = 0;
	at->due_ms = 0;
	if (answer_calendar(at, path))
		return;
	if (strcmp(path, "/seen") == 0) {
		answer_in_hexadecimal(at, len);
	} else if (strncmp(path, "/echo", 5) == 0) {
		answer(at, strcmp(path, "/echo") == 0 ? 403 : 200, "", at->in, len);
	} else if (strncmp(path, "/status/", 8) == 0) {
		const int status = (int)strtol(path + 8, NULL, 10);

		answer(at, status, status == 429 ? "Retry-After: 7\r\n" : "", "{\"message\":\"as told\"}", 21);
	} else if (strcmp(path, "/never") == 0) {
		at->silent = true;
	} else if (strcmp(path, "/huge") == 0) {
		answer_huge(at);
	} else if (strcmp(path, "/truncated") == 0) {
		answer_text(at, 200, "{\"message\":\"as");
	} else if (strcmp(path, "/zeros") == 0) {
		answer(at, 200, "", "a\0b", 3);
	} else if (strcmp(path, "/away") == 0) {
		answer_away(served, at);
	} else if (strcmp(path, "/figures") == 0) {
		snprintf(text, sizeof(text), "{\"requests\":%u,\"touched\":%u,\"most\":%u}", served->requests,
			 served->touched, served->most);
		answer_text(at, 200, text);
	} else {
		answer_text(at, 200, "{\"ok\":true}");
	}
	at->drip_ms = strcmp(path, "/drip") == 0 ? DRIP_MS : 0;
	at->due_ms = strcmp(path, "/slow") == 0 ? now_ms() + SLOW_MS : 0;
	served->touched += strcmp(path, "/touched") == 0;
}

/* --- requests --- */

/* The bytes of the first whole request; 0: it is not whole yet. */
static size_t request_len(const struct connection *at)
{
	const char *end = strstr(at->in, "\r\n\r\n");
	const char *length = strcasestr(at->in, "\r\ncontent-length:");
	size_t len = end != NULL ? (size_t)(end - at->in) + 4 : 0;

	if (end != NULL && length != NULL && length < end)
		len += strtoul(length + strlen("\r\ncontent-length:"), NULL, 10);
	return len <= at->n ? len : 0;
}

static void take_bytes(struct served *served, struct connection *at)
{
	ssize_t n = read(at->fd, at->in + at->n, sizeof(at->in) - 1 - at->n);
	char path[64] = "";
	size_t len;

	if (n <= 0) {
		drop(at);
		return;
	}
	at->n += (size_t)n;
	at->in[at->n] = '\0';
	if (at->in[0] == TLS_HELLO) {
		at->close_after = true;
		answer_text(at, 400, "this is plain HTTP");
		at->n = 0;
		return;
	}
	len = request_len(at);
	if (len == 0)
		return;
	served->requests++;
	sscanf(at->in, "%*s %63s", path);
	answer_path(served, at, path, len);
	memmove(at->in, at->in + len, at->n - len + 1);
	at->n -= len;
	if (at->out.len == 0 && at->close_after)
		drop(at);
}

static void add_endless(struct connection *at)
{
	char chunk[1025];

	memset(chunk, 'x', sizeof(chunk) - 1);
	chunk[sizeof(chunk) - 1] = '\0';
	nm_buf_addf(&at->out, strncmp(at->out.data, "HTTP/1.1 200 OK\r\nT", 18) == 0 ? "400\r\n%s\r\n" : "X-More: %s\r\n",
		    chunk);
}

static void send_bytes(struct connection *at)
{
	ssize_t n;

	if (at->endless && at->sent == at->out.len)
		add_endless(at);
	n = send(at->fd, at->out.data + at->sent, at->drip_ms > 0 ? 1 : at->out.len - at->sent,
		 MSG_NOSIGNAL | MSG_DONTWAIT);
	if (n < 0 && errno == EAGAIN)
		return;
	if (n < 0 || at->out.failed) {
		drop(at);
		return;
	}
	at->sent += (size_t)n;
	at->due_ms = at->drip_ms > 0 ? now_ms() + at->drip_ms : 0;
	if (at->sent < at->out.len || at->endless)
		return;
	nm_buf_clear(&at->out);
	at->sent = 0;
	if (at->close_after)
		drop(at);
}

/* --- the loop --- */

static void take_connection(struct served *served)
{
	const int fd = accept(served->listener, NULL, NULL);
	unsigned open = 0;
	bool placed = false;

	for (size_t i = 0; fd >= 0 && i < CONNECTIONS; i++) {
		struct connection *at = &served->items[i];

		if (at->fd < 0 && !placed) {
			at->fd = fd;
			at->n = at->sent = 0;
			at->endless = at->close_after = at->silent = false;
			nm_buf_init(&at->out, 2 * (size_t)NM_ICAL_BYTES);
			placed = true;
		}
		open += at->fd >= 0;
	}
	if (fd >= 0 && !placed)
		close(fd);
	if (open > served->most)
		served->most = open;
}

static void serve(int listener)
{
	struct served *served = calloc(1, sizeof(*served));
	struct pollfd waits[CONNECTIONS + 1];
	const int64_t end_ms = now_ms() + LIFE_S * 1000;

	if (served == NULL)
		return;
	served->listener = listener;
	for (size_t i = 0; i < CONNECTIONS; i++)
		served->items[i].fd = -1;
	while (now_ms() < end_ms) {
		const int64_t now = now_ms();
		int wait_ms = 1000;

		waits[CONNECTIONS] = (struct pollfd){ listener, POLLIN, 0 };
		for (size_t i = 0; i < CONNECTIONS; i++) {
			const struct connection *at = &served->items[i];
			const bool more = at->fd >= 0 && (at->out.len > at->sent || at->endless);

			waits[i] = (struct pollfd){ at->fd, POLLIN, 0 };
			if (more && at->due_ms <= now)
				waits[i].events |= POLLOUT;
			else if (more && at->due_ms - now < wait_ms)
				wait_ms = (int)(at->due_ms - now);
		}
		poll(waits, CONNECTIONS + 1, wait_ms);
		for (size_t i = 0; i < CONNECTIONS; i++) {
			if (waits[i].revents & (POLLIN | POLLHUP | POLLERR))
				take_bytes(served, &served->items[i]);
			if (served->items[i].fd >= 0 && waits[i].revents & POLLOUT)
				send_bytes(&served->items[i]);
		}
		if (waits[CONNECTIONS].revents & POLLIN)
			take_connection(served);
	}
}

void http_server_start(struct http_server *server)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(own);
	const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	const pid_t parent = getpid();

	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (const struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(listen(listener, CONNECTIONS), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&own, &size), 0);
	server->port = ntohs(own.sin_port);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (server->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() == parent)
			serve(listener);
		_exit(0);
	}
	close(listener);
}

void http_server_stop(struct http_server *server)
{
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
}
