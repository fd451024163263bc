/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into the SIP server: time() says what the header X-Clock of the request says that this process last
 * read.  Nothing else changes, so the server's timers keep real time while its scripts see another.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define HEADER "\nX-Clock: "

static __thread time_t told; /* 0: nobody did */

static void take_clock(const char *bytes, size_t len)
{
	const char *found = memmem(bytes, len, HEADER, strlen(HEADER));
	long long value = 0;

	told = 0;
	if (found == NULL)
		return;
	for (found += strlen(HEADER); found < bytes + len && *found >= '0' && *found <= '9'; found++)
		value = value * 10 + (*found - '0');
	told = (time_t)value;
}

ssize_t recvfrom(int fd, void *buffer, size_t size, int flags, struct sockaddr *from, socklen_t *from_len)
{
	ssize_t (*real)(int, void *, size_t, int, struct sockaddr *, socklen_t *);
	ssize_t n;

	*(void **)&real = dlsym(RTLD_NEXT, "recvfrom");
	n = real(fd, buffer, size, flags, from, from_len);
	if (n > 0)
		take_clock(buffer, (size_t)n);
	return n;
}

time_t time(time_t *out)
{
	struct timespec now;
	time_t t = told;

	if (t == 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		t = now.tv_sec;
	}
	if (out != NULL)
		*out = t;
	return t;
}
