/* SPDX-License-Identifier: MIT */
/*
 * A carrier for the push benchmark: push_server DELAY_MS LIFE_S.  Listens on loopback, prints its port, answers
 * every request with the same JSON exactly so long after it came, and ends by itself.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS 1024
#define QUEUE       4096 /* answers that wait; a power of two, and more than there are connections */
#define EVENTS      128

struct connection {
	size_t n;
	char in[8192];
};

struct answer {
	int64_t due_ns;
	int fd;
};

static const char answer_text[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 59\r\n\r\n"
				  "{\"sid\":\"PN0123456789abcdef0123456789abcdef\",\"state\":\"live\"}";

static struct connection *connections[CONNECTIONS];
static struct answer queue[QUEUE]; /* first in, first due: all wait equally long */
static unsigned head, tail;

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000000000 + now.tv_nsec;
}

static int listen_somewhere(void)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(own);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&own, sizeof(own)) < 0 || listen(fd, CONNECTIONS) < 0 ||
	    getsockname(fd, (struct sockaddr *)&own, &size) < 0)
		return -1;
	printf("%d\n", ntohs(own.sin_port));
	fflush(stdout);
	return fd;
}

static void take_connections(int listener, int events)
{
	const int one = 1;
	int fd;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

		if (fd >= CONNECTIONS || (connections[fd] = calloc(1, sizeof(struct connection))) == NULL) {
			close(fd);
			continue;
		}
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		epoll_ctl(events, EPOLL_CTL_ADD, fd, &event);
	}
}

/* The bytes of the first whole request; 0: it is not whole yet. */
static size_t request_len(const struct connection *connection)
{
	const char *end = strstr(connection->in, "\r\n\r\n");
	const char *length = strcasestr(connection->in, "content-length:");
	size_t len;

	if (end == NULL)
		return 0;
	len = (size_t)(end - connection->in) + 4;
	if (length != NULL && length < end)
		len += strtoul(length + 15, NULL, 10);
	return len <= connection->n ? len : 0;
}

static void take_requests(int fd, int64_t delay_ns)
{
	struct connection *connection = connections[fd];
	const ssize_t n = read(fd, connection->in + connection->n, sizeof(connection->in) - 1 - connection->n);
	size_t len;

	if (n <= 0) {
		free(connection);
		connections[fd] = NULL;
		close(fd);
		return;
	}
	connection->n += (size_t)n;
	connection->in[connection->n] = '\0';
	while ((len = request_len(connection)) > 0 && tail - head < QUEUE) {
		queue[tail++ % QUEUE] = (struct answer){ now_ns() + delay_ns, fd };
		connection->n -= len;
		memmove(connection->in, connection->in + len, connection->n + 1);
	}
}

static void send_answers(void)
{
	const int64_t now = now_ns();

	for (; head != tail && queue[head % QUEUE].due_ns <= now; head++) {
		const int fd = queue[head % QUEUE].fd;

		if (connections[fd] != NULL && write(fd, answer_text, sizeof(answer_text) - 1) < 0)
			perror("push_server");
	}
}

int main(int argc, char **argv)
{
	const int64_t delay_ns = argc == 3 ? strtol(argv[1], NULL, 10) * 1000000 : -1;
	const int64_t end_ns = now_ns() + (argc == 3 ? strtol(argv[2], NULL, 10) : 0) * 1000000000;
	const int listener = listen_somewhere(), events = epoll_create1(0);
	struct epoll_event ready[EVENTS], event = { .events = EPOLLIN, .data.fd = listener };

	if (delay_ns < 0 || listener < 0 || events < 0 || epoll_ctl(events, EPOLL_CTL_ADD, listener, &event) < 0) {
		fprintf(stderr, "usage: push_server DELAY_MS LIFE_S\n");
		return 2;
	}
	while (now_ns() < end_ns) {
		int64_t wait_ns = head != tail ? queue[head % QUEUE].due_ns - now_ns() : 100000000;
		const struct timespec wait = { 0, wait_ns > 0 ? wait_ns : 0 };
		const int n = epoll_pwait2(events, ready, EVENTS, &wait, NULL);

		for (int i = 0; i < n; i++) {
			if (ready[i].data.fd == listener)
				take_connections(listener, events);
			else
				take_requests(ready[i].data.fd, delay_ns);
		}
		send_answers();
	}
	return 0;
}
