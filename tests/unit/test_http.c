/* SPDX-License-Identifier: MIT */
/*
 * The network: what leaves, what may not leave, and what is made of servers that misbehave.  All on loopback,
 * against a server in a child process (http_server.h).
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "http_server.h"
#include "nevermiss/transport.h"
#include "redact.h"

#define SECRET      "s3cr3t/+&\"%\\$x"
#define PATIENCE_MS 20000

static struct http_server server;
static struct nm_transport http;
static int secrets_asked;
static int64_t clock_jump_ms; /* 0: the real clock; else each look at it is so much later */
static int64_t clock_looks;

static const struct nm_account account = { .name = "office", .user = "pat", .sid = "AC00" };

static void ok(enum nm_code code, const struct nm_error *err)
{
	if (code != NM_OK)
		fail_msg("%s", err->text);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

static int64_t clock_ms(void *context)
{
	(void)context;
	clock_looks++;
	return clock_jump_ms > 0 ? clock_looks * clock_jump_ms : now_ms();
}

static enum nm_code secret(void *context, const struct nm_account *whose, struct nm_buf *out, struct nm_error *err)
{
	(void)context;
	secrets_asked++;
	if (strcmp(whose->name, "locked") == 0)
		return nm_fail(err, NM_CARRIER, "account locked: its secret cannot be had");
	nm_buf_add(out, strcmp(whose->name, "short") == 0	    ? "true"
			: strcmp(whose->name, "cut") == 0 ? "whsec_opensesame!"
							  : SECRET);
	return NM_OK;
}

static int set_up(void **state)
{
	const struct nm_http_options options = { .secret = secret, .clock_ms = clock_ms };
	struct nm_error err;

	(void)state;
	http_server_start(&server);
	ok(nm_http_transport(&options, &http, &err), &err);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	nm_http_transport_clear(&http);
	http_server_stop(&server);
	return 0;
}

/* --- asking --- */

struct url {
	char text[128];
};

static struct url url_of(const char *path)
{
	struct url url;

	snprintf(url.text, sizeof(url.text), "http://127.0.0.1:%d%s", server.port, path);
	return url;
}

static void submit(int tag, const struct nm_request *request)
{
	struct nm_error err;

	ok(http.submit(http.context, tag, request, &err), &err);
}

/* The answer; valid until the next call of the transport. */
static struct nm_response answer_to(int tag)
{
	struct nm_response response;
	struct nm_error err;
	int got;

	ok(http.collect(http.context, PATIENCE_MS, &got, &response, &err), &err);
	assert_int_equal(got, tag);
	assert_non_null(response.body);
	assert_int_equal(response.body[response.len], '\0');
	assert_null(strstr(response.body, SECRET));
	if (response.error != NULL)
		assert_null(strstr(response.error, SECRET));
	return response;
}

static struct nm_response get(const char *path)
{
	const struct url url = url_of(path);
	const struct nm_request request = { .method = "GET", .url = url.text, .timeout_s = 1 };

	submit(5, &request);
	return answer_to(5);
}

/* There was no answer that can be used, and why. */
static void assert_no_answer(const struct nm_response *response, const char *why)
{
	assert_int_equal(response->status, 0);
	assert_int_equal(response->len, 0);
	assert_non_null(response->error);
	if (strstr(response->error, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", response->error, why);
}

static unsigned figure(const char *name)
{
	const struct nm_response response = get("/figures");
	const char *at = strstr(response.body, name);

	assert_non_null(at);
	return (unsigned)strtoul(at + strlen(name) + 2, NULL, 10);
}

/* What the server saw of a request, malloc'd. */
static char *seen(struct nm_request request)
{
	const struct url url = url_of("/seen");
	struct nm_response response;
	char *text;

	request.url = url.text;
	submit(1, &request);
	response = answer_to(1);
	assert_int_equal(response.status, 200);
	text = calloc(1, response.len / 2 + 1);
	assert_non_null(text);
	for (size_t i = 0; i + 1 < response.len; i += 2) {
		const char digits[3] = { response.body[i], response.body[i + 1] };

		text[i / 2] = (char)strtol(digits, NULL, 16);
	}
	return text;
}

static size_t count(const char *text, const char *part)
{
	size_t n = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

/* --- what leaves --- */

static void test_a_request_arrives_as_it_is(void **state)
{
	const struct nm_request request = { .method = "PATCH",
					    .type = "application/json",
					    .body = "{\"a\":1}",
					    .len = 7,
					    .n_headers = 1,
					    .headers = { "If-Match: \"7\"" } };
	char *text = seen(request);

	(void)state;
	assert_int_equal(strncmp(text, "PATCH /seen HTTP/1.1\r\n", 22), 0);
	assert_int_equal(count(text, "\r\nContent-Type: application/json\r\n"), 1);
	assert_int_equal(count(text, "\r\nIf-Match: \"7\"\r\n"), 1);
	assert_int_equal(count(text, "\r\nContent-Length: 7\r\n"), 1);
	assert_int_equal(count(text, "\r\nUser-Agent: nevermiss\r\n"), 1);
	assert_string_equal(strstr(text, "\r\n\r\n") + 4, "{\"a\":1}");
	assert_int_equal(count(text, "Expect:"), 0);
	assert_int_equal(count(text, "Authorization"), 0);
	assert_int_equal(count(text, "Cookie"), 0);
	free(text);
}

/* A POST of nothing says so: some servers refuse it otherwise; a GET says nothing of a body. */
static void test_requests_without_a_body(void **state)
{
	char *text = seen((struct nm_request){ .method = "POST" });

	(void)state;
	assert_int_equal(count(text, "POST /seen "), 1);
	assert_int_equal(count(text, "\r\nContent-Length: 0\r\n"), 1);
	free(text);
	text = seen((struct nm_request){ .method = "GET" });
	assert_int_equal(count(text, "GET /seen "), 1);
	assert_int_equal(count(text, "Content-"), 0);
	free(text);
	text = seen((struct nm_request){ .method = "DELETE" });
	assert_int_equal(count(text, "DELETE /seen "), 1);
	assert_int_equal(count(text, "Content-"), 0);
	free(text);
}

static void test_the_secret_goes_where_it_belongs_and_nowhere_else(void **state)
{
	/* `printf 'pat:s3cr3t/+&"%\$x' | base64`, and as a form's field */
	static const char basic[] = "\r\nAuthorization: Basic cGF0OnMzY3IzdC8rJiIlXCR4\r\n";
	static const char form[] = "api_password=s3cr3t%2F%2B%26%22%25%5C%24x";
	char *text;

	(void)state;
	text = seen((struct nm_request){ .method = "GET", .auth = NM_AUTH_BASIC, .account = &account });
	assert_int_equal(count(text, basic), 1);
	assert_int_equal(count(text, "s3cr3t"), 0);
	free(text);
	text = seen((struct nm_request){ .method = "GET", .auth = NM_AUTH_BEARER, .account = &account });
	assert_int_equal(count(text, "\r\nAuthorization: Bearer " SECRET "\r\n"), 1);
	assert_int_equal(count(text, "s3cr3t"), 1);
	free(text);
	text = seen((struct nm_request){
		.method = "POST", .body = "api_username=pat", .len = 16, .auth = NM_AUTH_FORM, .account = &account });
	assert_int_equal(count(text, "\r\n\r\napi_username=pat&"), 1);
	assert_string_equal(strstr(text, "api_password"), form);
	assert_int_equal(count(text, "s3cr3t"), 1);
	assert_int_equal(count(text, "Authorization"), 0);
	assert_int_equal(count(text, "application/x-www-form-urlencoded"), 1);
	free(text);
	text = seen((struct nm_request){ .method = "POST", .auth = NM_AUTH_FORM, .account = &account });
	assert_string_equal(strstr(text, "\r\n\r\n") + 4, form);
	free(text);
	/* The same connection, another request: nothing is left of it. */
	text = seen((struct nm_request){ .method = "GET", .account = &account });
	assert_int_equal(count(text, "s3cr3t") + count(text, "Authorization"), 0);
	free(text);
}

/* The account's user, or else its sid. */
static void test_the_name_beside_the_secret(void **state)
{
	const struct nm_account by_sid = { .name = "sid", .sid = "AC00" }, nobody = { .name = "nobody" };
	char *text = seen((struct nm_request){ .method = "GET", .auth = NM_AUTH_BASIC, .account = &by_sid });

	(void)state;
	assert_int_equal(count(text, "Authorization: Basic QUMwMDpzM2NyM3QvKyYiJVwkeA=="), 1);
	free(text);
	text = seen((struct nm_request){ .method = "GET", .auth = NM_AUTH_BASIC, .account = &nobody });
	assert_int_equal(count(text, "Authorization: Basic OnMzY3IzdC8rJiIlXCR4"), 1);
	free(text);
}

static void assert_not_sent(const struct nm_request *request, const char *why)
{
	struct nm_response response;
	struct nm_error err;
	int tag;

	assert_int_equal(http.submit(http.context, 1, request, &err), NM_CARRIER);
	if (strstr(err.text, why) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", err.text, why);
	assert_null(strstr(err.text, "opensesame"));
	ok(http.collect(http.context, 0, &tag, &response, &err), &err);
	assert_int_equal(tag, -1); /* nothing is under way */
}

static void test_a_secret_that_cannot_be_had(void **state)
{
	const struct nm_account locked = { .name = "locked" }, cut = { .name = "cut" };
	const unsigned before = figure("requests");
	const struct url url = url_of("/ok");

	(void)state;
	assert_not_sent(&(struct nm_request){ .method = "GET", .url = url.text, .auth = NM_AUTH_BASIC, .account = &locked },
			"account locked: its secret cannot be had");
	assert_not_sent(&(struct nm_request){ .method = "GET", .url = url.text, .auth = NM_AUTH_BASIC },
			"there is no secret for this request");
	assert_not_sent(&(struct nm_request){ .method = "POST", .url = url.text, .auth = NM_AUTH_SIGNED, .account = &cut,
					      .sign_before = "a.1." },
			"the token begins with whsec_, and what follows is no base64");
	assert_int_equal(figure("requests"), before + 1);
}

static void test_secrets_are_asked_for_only_when_needed(void **state)
{
	(void)state;
	secrets_asked = 0;
	get("/ok");
	assert_int_equal(secrets_asked, 0);
}

/* --- what may not leave --- */

static void test_only_https_leaves_the_machine(void **state)
{
	static const char *const urls[] = {
		"http://192.0.2.1/x",          "http://carrier.example/x",  "http://127.0.0.1.example/x",
		"http://127.example/x",        "http://localhost.example/", "http://[2001:db8::1]/x",
		"http://0.0.0.0/x",            "http://2130706433.example", "http://carrier.example:80/?a=127.0.0.1",
		"http://carrier.example#@127.0.0.1/",
	};

	(void)state;
	secrets_asked = 0;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		assert_not_sent(&(struct nm_request){ .method = "GET", .url = urls[i], .auth = NM_AUTH_BASIC,
						      .account = &account },
				"only https may leave this machine");
	assert_int_equal(secrets_asked, 0);
}

/* All that stand for this machine, however they are written. */
static void test_loopback_by_other_names(void **state)
{
	static const char *const hosts[] = { "localhost", "LocalHost", "127.1", "2130706433", "0x7f.0.0.1" };

	(void)state;
	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct url url;
		struct nm_request request = { .method = "GET", .url = url.text };

		snprintf(url.text, sizeof(url.text), "http://%s:%d/ok", hosts[i], server.port);
		submit(1, &request);
		assert_int_equal(answer_to(1).status, 200);
	}
}

static void test_other_schemes_are_refused(void **state)
{
	static const char *const urls[] = { "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "telnet://127.0.0.1/",
					    "smtp://localhost/" };

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct nm_request request = { .method = "GET", .url = urls[i], .timeout_s = 1 };
		struct nm_error err;
		struct nm_response response;

		if (http.submit(http.context, 1, &request, &err) != NM_OK)
			continue;
		response = answer_to(1);
		assert_no_answer(&response, "not supported");
	}
	assert_not_sent(&(struct nm_request){ .method = "GET", .url = "file:///etc/passwd" }, "file:///etc/passwd");
}

static void test_urls_that_are_none(void **state)
{
	static const char *const urls[] = { "", "http://", "http://[::1", "http://127.0.0.1:99999/", "http://a b/",
					    "http://127.0.0.1/\r\nX: y" };

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		assert_not_sent(&(struct nm_request){ .method = "GET", .url = urls[i] }, "no URL that can be asked");
	assert_not_sent(&(struct nm_request){ .method = "GET", .url = "http://pat:opensesame@a b/" },
			"no URL that can be asked");
}

static void test_urls_with_a_password_are_refused(void **state)
{
	static const char *const urls[] = { "http://pat:opensesame@127.0.0.1/x", "https://pat@carrier.example/x",
					    "http://:opensesame@127.0.0.1/", "https://opensesame@127.0.0.1/",
					    "http://pat:opensesame@192.0.2.1/" };

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++)
		assert_not_sent(&(struct nm_request){ .method = "GET", .url = urls[i] },
				"a URL with a user name in it is not asked");
}

/* What a carrier gave as a revision comes back in a header: it must stay one. */
static void test_headers_of_several_lines_are_refused(void **state)
{
	const struct url url = url_of("/ok");

	(void)state;
	assert_not_sent(&(struct nm_request){ .method = "GET", .url = url.text, .n_headers = 1,
					      .headers = { "If-Match: 1\r\nHost: elsewhere" } },
			"more than one line");
	assert_not_sent(&(struct nm_request){ .method = "POST", .url = url.text, .body = "", .type = "a/b\nX: y" },
			"more than one line");
}

static void test_redirects_are_not_followed(void **state)
{
	const struct url url = url_of("/away");
	const struct nm_request request = { .method = "GET", .url = url.text, .auth = NM_AUTH_BEARER,
					    .account = &account };

	(void)state;
	submit(1, &request);
	assert_int_equal(answer_to(1).status, 302);
	assert_int_equal(figure("touched"), 0);
}

/* --- what is made of answers --- */

static void test_answers(void **state)
{
	struct nm_response response = get("/ok");

	(void)state;
	assert_int_equal(response.status, 200);
	assert_string_equal(response.body, "{\"ok\":true}");
	assert_int_equal(response.len, 11);
	assert_null(response.error);
	assert_int_equal(response.retry_after_s, -1);
	response = get("/status/500");
	assert_int_equal(response.status, 500);
	assert_string_equal(response.body, "{\"message\":\"as told\"}");
	assert_int_equal(response.retry_after_s, -1);
	response = get("/status/429");
	assert_int_equal(response.status, 429);
	assert_int_equal(response.retry_after_s, 7);
	response = get("/status/404");
	assert_int_equal(response.status, 404);
	response = get("/truncated"); /* well sent: its driver finds out */
	assert_int_equal(response.status, 200);
	assert_string_equal(response.body, "{\"message\":\"as");
	response = get("/zeros");
	assert_int_equal(response.len, 3);
	assert_memory_equal(response.body, "a\0b", 4);
}

static void test_answers_that_end_too_soon(void **state)
{
	struct nm_response response = get("/cut");

	(void)state;
	assert_no_answer(&response, "92 bytes remaining");
	response = get("/hang-up");
	assert_no_answer(&response, "Empty reply");
	response = get("/garbage");
	assert_no_answer(&response, "HTTP/0.9");
}

/* Libcurl sends again what a connection that it had kept ends on without an answer: it may not. */
static void test_what_must_not_be_sent_twice(void **state)
{
	const unsigned before = figure("requests");
	struct nm_response response = get("/ok");

	(void)state;
	assert_int_equal(response.status, 200);
	response = get("/hang-up");
	assert_no_answer(&response, "Empty reply");
	assert_int_equal(figure("requests") - before, 3);
}

static void test_answers_that_never_come_or_drip(void **state)
{
	int64_t from = now_ms();
	struct nm_response response = get("/never");

	(void)state;
	assert_no_answer(&response, "none came in time");
	assert_in_range(now_ms() - from, 990, 10000);
	from = now_ms();
	response = get("/drip");
	assert_no_answer(&response, "none came in time");
	assert_in_range(now_ms() - from, 990, 10000);
}

static void test_answers_are_bounded(void **state)
{
	static const char *const paths[] = { "/huge", "/endless", "/headers" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const struct url url = url_of(paths[i]);
		const struct nm_request request = { .method = "GET", .url = url.text, .timeout_s = 15 };
		struct nm_response response;

		submit(1, &request);
		response = answer_to(1);
		assert_no_answer(&response, "larger than any that is meant for us");
	}
}

static void test_nobody_there(void **state)
{
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(own);
	const int fd = socket(AF_INET, SOCK_STREAM, 0); /* bound, but it does not listen */
	struct url url;
	const struct nm_request request = { .method = "GET", .url = url.text };
	struct nm_response response;

	(void)state;
	assert_int_equal(bind(fd, (const struct sockaddr *)&own, sizeof(own)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&own, &size), 0);
	snprintf(url.text, sizeof(url.text), "http://127.0.0.1:%d/", ntohs(own.sin_port));
	submit(1, &request);
	response = answer_to(1);
	assert_no_answer(&response, "127.0.0.1");
	close(fd);
}

static void test_https_to_a_server_without_it(void **state)
{
	struct url url;
	const struct nm_request request = { .method = "GET", .url = url.text, .timeout_s = 5, .auth = NM_AUTH_BASIC,
					    .account = &account };
	struct nm_response response;

	(void)state;
	snprintf(url.text, sizeof(url.text), "https://127.0.0.1:%d/ok", server.port);
	submit(1, &request);
	response = answer_to(1);
	assert_no_answer(&response, "");
	assert_int_equal(get("/ok").status, 200); /* the server lives, and so do we */
}

/* --- secrets in answers --- */

static struct nm_response echoed(const char *path, enum nm_auth auth, const struct nm_account *whose)
{
	const struct url url = url_of(path);
	const struct nm_request request = { .method = "POST", .url = url.text, .body = "a=b", .len = 3, .auth = auth,
					    .account = whose };

	submit(1, &request);
	return answer_to(1);
}

static void test_a_secret_that_comes_back_is_blanked(void **state)
{
	static const char *const paths[] = { "/echo", "/echo-well" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct nm_response response = echoed(paths[i], NM_AUTH_BEARER, &account);

		assert_non_null(strstr(response.body, "\r\nAuthorization: Bearer **************\r\n"));
		assert_non_null(strstr(response.body, "\r\n\r\na=b"));
		response = echoed(paths[i], NM_AUTH_BASIC, &account);
		assert_non_null(strstr(response.body, "\r\nAuthorization: Basic ************************\r\n"));
		response = echoed(i == 0 ? "/echo?x=1" : "/echo-well?x=1", NM_AUTH_QUERY, &account);
		assert_non_null(strstr(response.body, "?x=1&password=*****"));
		assert_null(strstr(response.body, "s3cr3t"));
		response = echoed(paths[i], NM_AUTH_FORM, &account);
		assert_non_null(strstr(response.body, "api_password=*****"));
		assert_null(strstr(response.body, "s3cr3t"));
	}
}

/* A short one could be any word of an answer: "true" must stay what it is. */
static void test_short_secrets_are_not_looked_for(void **state)
{
	const struct nm_account whose = { .name = "short" };
	const struct url url = url_of("/ok");
	const struct nm_request request = { .method = "GET", .url = url.text, .auth = NM_AUTH_BEARER,
					    .account = &whose };

	(void)state;
	submit(1, &request);
	assert_string_equal(answer_to(1).body, "{\"ok\":true}");
}

static void assert_redacted(const char *secret_text, const char *before, const char *after)
{
	char text[256];
	const size_t len = strlen(before);

	assert_true(len < sizeof(text));
	memcpy(text, before, len + 1);
	nm_redact(text, len, secret_text);
	assert_string_equal(text, after);
}

static void test_redacting(void **state)
{
	(void)state;
	assert_redacted("longsecret", "longsecret", "**********");
	assert_redacted("longsecret", "xlongsecretlongsecrety", "x********************y");
	assert_redacted("longsecret", "longsecre", "longsecre");
	assert_redacted("longsecret", "", "");
	assert_redacted("aabaabaab", "aabaabaabaab aab", "*********aab aab");
	assert_redacted("long/s\"cret", "{\"a\":\"long\\/s\\\"cret\"}", "{\"a\":\"*************\"}");
	assert_redacted("long\\secret", "long\\\\secret long\\secret", "************ ***********");
	assert_redacted("long+secret", "long\\u002bsecret long\\u002Bsecret", "**************** ****************");
	assert_redacted("long\\secret", "long\\u005csecret", "****************");
	assert_redacted("longsecret", "longsecr\\u006", "longsecr\\u006");
	assert_redacted("x1", "GET /?to=x1&password=x1&api_password=x1 x1", "GET /?to=x1&password=**&api_password=** x1");
	assert_redacted("x1", "password=x2 assword=x1 password=x", "password=x2 assword=x1 password=x");
	assert_redacted("", "password=", "password=");
	assert_redacted("longsecret", "longsecre\\", "longsecre\\");
	assert_redacted("short", "short", "short");
	assert_redacted("", "anything", "anything");
}

static void assert_written(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

static void test_what_is_looked_for(void **state)
{
	(void)state;
	assert_written(nm_url_escaped("a/B9-._~ \303\251%", "0123456789ABCDEF"), "a%2FB9-._~%20%C3%A9%25");
	assert_written(nm_url_escaped("a/b", "0123456789abcdef"), "a%2fb");
	assert_written(nm_url_escaped("", "0123456789abcdef"), "");
	/* RFC 4648's, with a colon in them */
	assert_written(nm_basic_credentials("", ""), "Og==");
	assert_written(nm_basic_credentials("f", "o"), "Zjpv");
	assert_written(nm_basic_credentials("fo", "ob"), "Zm86b2I=");
	assert_written(nm_basic_credentials("\303\277", "\377"), "w786/w==");
}

/* --- many at once, and waiting --- */

static void test_many_at_once(void **state)
{
	enum { REQUESTS = 200 };
	const struct url url = url_of("/slow");
	const struct nm_request request = { .method = "GET", .url = url.text, .auth = NM_AUTH_BASIC,
					    .account = &account };
	bool answered[REQUESTS] = { false };
	struct nm_response response;
	struct nm_error err;

	(void)state;
	for (int i = 0; i < REQUESTS; i++)
		submit(i, &request);
	for (int i = 0; i < REQUESTS; i++) {
		int tag;

		ok(http.collect(http.context, PATIENCE_MS, &tag, &response, &err), &err);
		assert_in_range(tag, 0, REQUESTS - 1);
		assert_false(answered[tag]);
		assert_int_equal(response.status, 200);
		assert_string_equal(response.body, "{\"ok\":true}");
		answered[tag] = true;
	}
	assert_in_range(figure("most"), 32, 64);
}

static void test_waiting_in_vain_takes_as_long_as_told(void **state)
{
	struct nm_response response;
	struct nm_error err;
	int64_t from = now_ms();
	int tag;

	(void)state;
	ok(http.collect(http.context, 120, &tag, &response, &err), &err);
	assert_int_equal(tag, -1);
	assert_in_range(now_ms() - from, 120, 10000);
	from = now_ms();
	ok(http.collect(http.context, 0, &tag, &response, &err), &err);
	assert_int_equal(tag, -1);
	assert_in_range(now_ms() - from, 0, 5000);
	/* By the given clock: this one says 0, 40, 80, 120 ms. */
	clock_jump_ms = 40;
	clock_looks = 0;
	from = now_ms();
	ok(http.collect(http.context, 100, &tag, &response, &err), &err);
	clock_jump_ms = 0;
	assert_int_equal(tag, -1);
	assert_int_equal(clock_looks, 4);
	assert_in_range(now_ms() - from, 80, 10000);
}

/* What was given up is answered no more, whoever asks next under the same tag. */
static void test_what_is_dropped_is_never_answered(void **state)
{
	const struct url never = url_of("/never");
	const struct nm_request request = { .method = "GET", .url = never.text, .auth = NM_AUTH_BASIC,
					    .account = &account };
	struct nm_response response;
	struct nm_error err;
	int tag;

	(void)state;
	submit(1, &request);
	ok(http.collect(http.context, 150, &tag, &response, &err), &err);
	assert_int_equal(tag, -1);
	http.drop(http.context);
	test_many_at_once(state);
	ok(http.collect(http.context, 50, &tag, &response, &err), &err);
	assert_int_equal(tag, -1);
}

/* A transport that ends takes what is under way with it. */
static void test_ending_in_the_middle(void **state)
{
	const struct nm_http_options options = { .secret = secret, .clock_ms = clock_ms };
	const struct url never = url_of("/never"), drip = url_of("/drip");
	struct nm_transport another;
	struct nm_response response;
	struct nm_error err;
	int tag;

	(void)state;
	ok(nm_http_transport(&options, &another, &err), &err);
	for (int i = 0; i < 6; i++) {
		const struct nm_request request = { .method = "GET", .url = i % 2 ? never.text : drip.text,
						    .auth = NM_AUTH_BASIC, .account = &account };

		ok(another.submit(another.context, i, &request, &err), &err);
	}
	ok(another.collect(another.context, 150, &tag, &response, &err), &err);
	assert_int_equal(tag, -1);
	nm_http_transport_clear(&another);
	assert_null(another.context);
	nm_http_transport_clear(&another); /* nothing to end */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_request_arrives_as_it_is),
		cmocka_unit_test(test_requests_without_a_body),
		cmocka_unit_test(test_the_secret_goes_where_it_belongs_and_nowhere_else),
		cmocka_unit_test(test_the_name_beside_the_secret),
		cmocka_unit_test(test_a_secret_that_cannot_be_had),
		cmocka_unit_test(test_secrets_are_asked_for_only_when_needed),
		cmocka_unit_test(test_only_https_leaves_the_machine),
		cmocka_unit_test(test_loopback_by_other_names),
		cmocka_unit_test(test_other_schemes_are_refused),
		cmocka_unit_test(test_urls_that_are_none),
		cmocka_unit_test(test_urls_with_a_password_are_refused),
		cmocka_unit_test(test_headers_of_several_lines_are_refused),
		cmocka_unit_test(test_redirects_are_not_followed),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_answers_that_end_too_soon),
		cmocka_unit_test(test_what_must_not_be_sent_twice),
		cmocka_unit_test(test_answers_that_never_come_or_drip),
		cmocka_unit_test(test_answers_are_bounded),
		cmocka_unit_test(test_nobody_there),
		cmocka_unit_test(test_https_to_a_server_without_it),
		cmocka_unit_test(test_a_secret_that_comes_back_is_blanked),
		cmocka_unit_test(test_short_secrets_are_not_looked_for),
		cmocka_unit_test(test_redacting),
		cmocka_unit_test(test_what_is_looked_for),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_waiting_in_vain_takes_as_long_as_told),
		cmocka_unit_test(test_what_is_dropped_is_never_answered),
		cmocka_unit_test(test_ending_in_the_middle),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
