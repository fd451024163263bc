/* SPDX-License-Identifier: MIT */
/*
 * The push benchmark's reference: push_bare PORT LINES CONNECTIONS.  The same requests by curl's multi interface
 * and nothing else.  Prints milliseconds.
 */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *port;
static struct curl_slist *headers;

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static size_t ignore(char *bytes, size_t size, size_t n, void *context)
{
	(void)bytes;
	(void)context;
	return size * n;
}

static void send_line(CURLM *multi, CURL *easy, long line)
{
	char url[128], body[256];

	snprintf(url, sizeof(url), "http://127.0.0.1:%s/numbers/l%ld", port, line);
	snprintf(body, sizeof(body),
		 "{\"number\":\"+1312555%04ld\",\"voice_url\":\"https://example.org/route/l%ld\","
		 "\"fallback\":\"+13125550100\"}",
		 line % 10000, line);
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body);
	curl_multi_add_handle(multi, easy);
}

static CURL *new_handle(void)
{
	CURL *easy = curl_easy_init();

	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PATCH");
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(easy, CURLOPT_USERPWD, "AC0123456789:a-secret-of-usual-length-32bytes");
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, ignore);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	return easy;
}

/* How many were answered well. */
static long push(CURLM *multi, long lines, long connections)
{
	long next = 0, under_way = 0, good = 0;

	for (; under_way < connections && next < lines; under_way++)
		send_line(multi, new_handle(), next++);
	while (under_way > 0) {
		int running, left;
		CURLMsg *message;

		curl_multi_perform(multi, &running);
		while ((message = curl_multi_info_read(multi, &left)) != NULL) {
			CURL *easy = message->easy_handle;
			long status = 0;

			curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
			good += status == 200;
			curl_multi_remove_handle(multi, easy);
			if (next < lines) {
				send_line(multi, easy, next++);
			} else {
				curl_easy_cleanup(easy);
				under_way--;
			}
		}
		if (under_way > 0)
			curl_multi_poll(multi, NULL, 0, 1000, NULL);
	}
	return good;
}

int main(int argc, char **argv)
{
	const long lines = argc == 4 ? strtol(argv[2], NULL, 10) : 0;
	CURLM *multi;
	double from;
	long good;

	if (lines <= 0) {
		fprintf(stderr, "usage: push_bare PORT LINES CONNECTIONS\n");
		return 2;
	}
	port = argv[1];
	curl_global_init(CURL_GLOBAL_DEFAULT);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	multi = curl_multi_init();
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, strtol(argv[3], NULL, 10));
	from = now_ms();
	good = push(multi, lines, strtol(argv[3], NULL, 10));
	printf("%.2f\n", now_ms() - from);
	curl_multi_cleanup(multi);
	curl_slist_free_all(headers);
	curl_global_cleanup();
	return good == lines ? 0 : 1;
}
