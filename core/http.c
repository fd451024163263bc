/* SPDX-License-Identifier: MIT */
/*
 * Requests over the network, many at once, through libcurl: the only file that uses it.
 *
 * Comes in: requests as data, and a way to ask for secrets.  Goes out: answers, bounded in size and time.
 * The library says which sockets it waits for and for how long; the waiting is done here, so that an answer costs
 * the same however many others are under way.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/ascii.h"
#include "core/http_headers.h"
#include "core/http_library.h"
#include "core/redact.h"
#include "core/webhook.h"
#include "nevermiss/transport.h"

#define CONNECT_MS     10000L
#define SLOW_S         20L /* an answer that drips slower than SLOW_BYTES a second for so long is given up */
#define SLOW_BYTES     16L
#define CONNECTIONS    64L
#define URL_MAX (64u << 10)
#define SECRET_MAX     8192
#define HEADERS_MAX    (256u << 10) /* of an answer */
#define EVENTS         4 /* looked at together: whoever is served soon is asked again soon */
#define AGENT          "nevermiss"

/* What becomes of a secret in a request, and in an answer that quotes one. */
enum { SECRET_PLAIN, SECRET_BASIC, SECRET_ESCAPED, SECRET_LOWERED, SECRET_FORMS };

struct http;

/* One request under way. */
struct call {
	struct http *http;
	struct call *next;
	CURL *easy;
	int tag;
	bool loopback; /* it may go to no other address */
	struct curl_slist *headers;
	char *body; /* of the request, when it holds a secret: wiped */
	size_t body_len;
	char *secret[SECRET_FORMS]; /* wiped */
	size_t headers_len;         /* of the answer */
	struct nm_http_headers headers_kept;
	struct nm_buf answer;
	bool too_large;
	char error[CURL_ERROR_SIZE];
};

struct http {
	struct nm_http_options options;
	char *authorities;
	struct nm_curl api;
	CURLM *multi;
	int events;     /* an epoll of the library's sockets; -1 */
	int64_t due_ms; /* when the library wants to be called; -1: it does not */
	struct call *calls;
	struct call *last; /* whose answer was given last: it stays until the next call */
};

/* --- where a request may go --- */

static bool is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr) >> 24) == 127;
	if (address->sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
	return false;
}

/* Whatever a name resolves to: a call that must stay on this machine does. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
	const struct call *call = context;

	(void)purpose;
	if (call->loopback && !is_loopback(&address->addr))
		return CURL_SOCKET_BAD;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* A name beside localhost would have to be asked for first, which leaves the machine. */
static bool names_loopback(const char *host)
{
	struct in_addr address;

	return (nm_ascii_begins(host, "localhost", 9) && host[9] == '\0') || strcmp(host, "[::1]") == 0 ||
	       (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
}

/* https anywhere; http on loopback only.  A URL with a user or a password in it is refused. */
static enum nm_code check_url(const struct http *http, const struct nm_request *request, bool *loopback,
			      struct nm_error *err)
{
	const struct nm_curl *api = &http->api;
	const char *text = request->url, *told = request->secret_url ? "the URL" : text;
	CURLU *url = api->url();
	char *scheme = NULL, *host = NULL, *user = NULL;
	enum nm_code code = NM_OK;

	if (url == NULL)
		return nm_fail_memory(err);
	if (api->url_set(url, CURLUPART_URL, text, 0) != CURLUE_OK ||
	    api->url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
	    api->url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
		/* A password in it must not be told. */
		code = nm_fail(err, NM_CARRIER, "%.100s is no URL that can be asked",
			       strchr(text, '@') == NULL ? told : "what it gives");
	else if (api->url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK)
		code = nm_fail(err, NM_CARRIER, "a URL with a user name in it is not asked: put the secret in "
						"token_cmd, token_env or token_file");
	else if (strcmp(scheme, "https") != 0 && !names_loopback(host))
		code = nm_fail(err, NM_CARRIER, "%.100s: only https may leave this machine", told);
	else
		*loopback = strcmp(scheme, "https") != 0;
	api->curl_free(user);
	api->curl_free(host);
	api->curl_free(scheme);
	api->url_cleanup(url);
	return code;
}

static bool one_line(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ')
			return false;
	return true;
}

/* What an earlier answer gave must not become a header of its own. */
static enum nm_code check_headers(const struct nm_request *request, struct nm_error *err)
{
	bool good = request->type == NULL || one_line(request->type);

	for (size_t i = 0; i < request->n_headers; i++)
		good = good && one_line(request->headers[i]);
	return good ? NM_OK : nm_fail(err, NM_CARRIER, "a header of more than one line is not sent");
}

/* --- one call --- */

static void wipe(char *text, size_t len)
{
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
}

static void call_free(struct call *call)
{
	if (call == NULL)
		return;
	call->http->api.slist_free_all(call->headers);
	if (call->easy != NULL)
		call->http->api.easy_cleanup(call->easy);
	wipe(call->body, call->body_len);
	for (size_t i = 0; i < SECRET_FORMS; i++)
		wipe(call->secret[i], call->secret[i] != NULL ? strlen(call->secret[i]) : 0);
	nm_buf_clear(&call->answer);
	free(call);
}

static size_t take_bytes(char *bytes, size_t size, size_t n, void *context)
{
	struct call *call = context;

	nm_buf_addn(&call->answer, bytes, size * n);
	call->too_large = call->answer.failed;
	return call->answer.failed ? 0 : size * n;
}

/* Most are not looked at, but the library keeps them. */
static size_t take_header(char *bytes, size_t size, size_t n, void *context)
{
	struct call *call = context;

	nm_http_headers_take(&call->headers_kept, bytes, size * n);
	call->headers_len += size * n;
	call->too_large = call->headers_len > HEADERS_MAX;
	return call->too_large ? 0 : size * n;
}

static bool add_header(struct call *call, const char *name, const char *value)
{
	struct curl_slist *longer;
	struct nm_buf line;

	nm_buf_init(&line, 65536);
	nm_buf_addf(&line, "%s%s", name, value);
	longer = line.failed ? NULL : call->http->api.slist_append(call->headers, line.data);
	nm_buf_clear(&line);
	if (longer != NULL)
		call->headers = longer;
	return longer != NULL;
}

static bool add_headers(struct call *call, const struct nm_request *request)
{
	bool ok = add_header(call, "Expect:", "") && add_header(call, "Accept: ", "application/json, */*");

	if (request->type != NULL)
		ok = ok && add_header(call, "Content-Type: ", request->type);
	for (size_t i = 0; i < request->n_headers; i++)
		ok = ok && add_header(call, "", request->headers[i]);
	return ok && call->http->api.easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers) == CURLE_OK;
}

/* The body followed by the form's field for the secret. */
static bool set_form(struct call *call, const struct nm_request *request)
{
	const struct nm_curl *api = &call->http->api;
	struct nm_buf body;
	bool ok;

	nm_buf_init(&body, NM_ARTEFACT_BYTES);
	nm_buf_addn(&body, request->body != NULL ? request->body : "", request->body != NULL ? request->len : 0);
	nm_buf_addf(&body, "%sapi_password=%s", body.len > 0 ? "&" : "", call->secret[SECRET_ESCAPED]);
	call->body_len = body.len;
	call->body = nm_buf_take(&body);
	ok = call->body != NULL &&
	     api->easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_len) == CURLE_OK &&
	     api->easy_setopt(call->easy, CURLOPT_POSTFIELDS, call->body) == CURLE_OK;
	nm_buf_clear(&body);
	return ok;
}

/* Behind the headers that are set already: the list's beginning stays where it is. */
static enum nm_code set_signature(struct call *call, const struct nm_request *request, struct nm_error *err)
{
	char *signature = NULL;
	enum nm_code code = nm_webhook_signature(call->secret[SECRET_PLAIN], request->sign_before, request->body,
						 request->body != NULL ? request->len : 0, &signature, err);

	if (code == NM_OK && !add_header(call, "webhook-signature: ", signature))
		code = nm_fail_memory(err);
	free(signature);
	return code;
}

/* The URL, which has a query, followed by its field for the secret. */
static bool set_query(struct call *call, const struct nm_request *request)
{
	struct nm_buf url;
	bool ok;

	nm_buf_init(&url, URL_MAX);
	nm_buf_addf(&url, "%s&password=%s", request->url, call->secret[SECRET_ESCAPED]);
	ok = !url.failed && call->http->api.easy_setopt(call->easy, CURLOPT_URL, url.data) == CURLE_OK;
	explicit_bzero(url.data, url.len);
	nm_buf_clear(&url);
	return ok;
}

static const char *user_of(const struct nm_account *account)
{
	return account->user != NULL ? account->user : account->sid != NULL ? account->sid : "";
}

static bool keep_secret(struct call *call, const struct nm_request *request, const char *secret)
{
	char **forms = call->secret;

	forms[SECRET_PLAIN] = strdup(secret);
	forms[SECRET_BASIC] = nm_basic_credentials(user_of(request->account), secret);
	forms[SECRET_ESCAPED] = nm_url_escaped(secret, "0123456789ABCDEF");
	forms[SECRET_LOWERED] = nm_url_escaped(secret, "0123456789abcdef");
	for (size_t i = 0; i < SECRET_FORMS; i++)
		if (forms[i] == NULL)
			return false;
	return true;
}

static bool set_secret(struct call *call, const struct nm_request *request)
{
	const struct nm_curl *api = &call->http->api;

	switch (request->auth) {
	case NM_AUTH_NONE:
		return true;
	case NM_AUTH_BASIC:
		return api->easy_setopt(call->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK &&
		       api->easy_setopt(call->easy, CURLOPT_USERNAME, user_of(request->account)) == CURLE_OK &&
		       api->easy_setopt(call->easy, CURLOPT_PASSWORD, call->secret[SECRET_PLAIN]) == CURLE_OK;
	case NM_AUTH_BEARER:
		return api->easy_setopt(call->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) == CURLE_OK &&
		       api->easy_setopt(call->easy, CURLOPT_XOAUTH2_BEARER, call->secret[SECRET_PLAIN]) == CURLE_OK;
	case NM_AUTH_FORM:
		return set_form(call, request);
	case NM_AUTH_SIGNED:
		return true; /* set_signature's */
	case NM_AUTH_QUERY:
		return set_query(call, request);
	}
	return false;
}

/* libcurl keeps its own copy, which it frees with the handle. */
static enum nm_code add_secret(struct call *call, const struct nm_request *request, struct nm_error *err)
{
	const struct nm_http_options *options = &call->http->options;
	struct nm_buf secret;
	enum nm_code code;

	if (request->auth == NM_AUTH_NONE)
		return NM_OK;
	if (options->secret == NULL || request->account == NULL)
		return nm_fail(err, NM_CARRIER, "there is no secret for this request");
	nm_buf_init(&secret, SECRET_MAX);
	code = options->secret(options->context, request->account, &secret, err);
	if (code == NM_OK && (secret.failed || !keep_secret(call, request, secret.data) ||
			      !set_secret(call, request)))
		code = nm_fail_memory(err);
	if (code == NM_OK && request->auth == NM_AUTH_SIGNED)
		code = set_signature(call, request, err);
	explicit_bzero(secret.data, secret.len);
	nm_buf_clear(&secret);
	return code;
}

static bool set_body(struct call *call, const struct nm_request *request)
{
	const struct nm_curl *api = &call->http->api;

	if (request->body == NULL && (strcmp(request->method, "GET") == 0 || strcmp(request->method, "DELETE") == 0))
		return true;
	/* Servers want to be told that nothing follows. */
	if (request->body == NULL)
		return api->easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0) == CURLE_OK &&
		       api->easy_setopt(call->easy, CURLOPT_COPYPOSTFIELDS, "") == CURLE_OK;
	return api->easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->len) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_COPYPOSTFIELDS, request->body) == CURLE_OK;
}

static bool set_bounds(struct call *call, const struct nm_request *request)
{
	const struct nm_curl *api = &call->http->api;
	const long timeout_ms = (request->timeout_s > 0 ? request->timeout_s : 30) * 1000L;

	return api->easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, timeout_ms) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_LOW_SPEED_TIME, SLOW_S) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       (!call->loopback || api->easy_setopt(call->easy, CURLOPT_PROXY, "") == CURLE_OK);
}

/* On a connection that was kept, the library sends again, unasked, what had no answer before that ended. */
static bool set_once(struct call *call, const struct nm_request *request)
{
	return request->repeatable ||
	       call->http->api.easy_setopt(call->easy, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK;
}

static bool set_up(struct call *call, const struct nm_request *request)
{
	const struct nm_curl *api = &call->http->api;
	const char *authorities = call->http->authorities;

	return api->easy_setopt(call->easy, CURLOPT_URL, request->url) == CURLE_OK &&
	       set_bounds(call, request) && set_body(call, request) && set_once(call, request) &&
	       api->easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, request->method) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_USERAGENT, AGENT) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_ERRORBUFFER, call->error) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, take_bytes) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_WRITEDATA, call) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_HEADERDATA, call) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_OPENSOCKETDATA, call) == CURLE_OK &&
	       api->easy_setopt(call->easy, CURLOPT_PRIVATE, call) == CURLE_OK &&
	       (authorities == NULL ||
		api->easy_setopt(call->easy, CURLOPT_CAINFO, authorities) == CURLE_OK) &&
	       add_headers(call, request);
}

/* Has the library go on: with a socket that is ready, or with what is due. */
static enum nm_code drive(struct http *http, curl_socket_t socket, int ready, struct nm_error *err)
{
	int running;

	if (socket == CURL_SOCKET_TIMEOUT)
		http->due_ms = -1;
	if (http->api.multi_socket_action(http->multi, socket, ready, &running) != CURLM_OK)
		return nm_fail(err, NM_SYSTEM, "the network cannot be used");
	return NM_OK;
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct http *http = context;
	struct call *call;
	bool loopback = true;
	enum nm_code code = check_url(http, request, &loopback, err);

	if (code == NM_OK)
		code = check_headers(request, err);
	if (code != NM_OK)
		return code;
	call = calloc(1, sizeof(*call));
	if (call == NULL)
		return nm_fail_memory(err);
	call->http = http;
	call->tag = tag;
	call->loopback = loopback;
	nm_buf_init(&call->answer, request->answer_max > 0 ? request->answer_max : NM_ARTEFACT_BYTES);
	call->easy = http->api.easy_init();
	if (call->easy == NULL || !set_up(call, request))
		code = nm_fail_memory(err);
	if (code == NM_OK)
		code = add_secret(call, request, err);
	if (code == NM_OK && http->api.multi_add_handle(http->multi, call->easy) != CURLM_OK)
		code = nm_fail_memory(err);
	if (code != NM_OK) {
		call_free(call);
		return code;
	}
	call->next = http->calls;
	http->calls = call;
	return drive(http, CURL_SOCKET_TIMEOUT, 0, err); /* it leaves now */
}

/* --- answers --- */

/* Takes a call out of those under way. */
static void unlink_call(struct http *http, const struct call *call)
{
	struct call **at = &http->calls;

	while (*at != call)
		at = &(*at)->next;
	*at = call->next;
	http->api.multi_remove_handle(http->multi, call->easy);
}

/* What was said must not bring back what was sent in confidence. */
static void blank_secrets(struct call *call)
{
	for (size_t i = 0; i < SECRET_FORMS && call->secret[i] != NULL; i++) {
		nm_redact(call->answer.data, call->answer.len, call->secret[i]);
		nm_redact(call->error, strlen(call->error), call->secret[i]);
		nm_redact(call->headers_kept.etag, strlen(call->headers_kept.etag), call->secret[i]);
		nm_redact(call->headers_kept.modified, strlen(call->headers_kept.modified), call->secret[i]);
	}
}

static const char *reason(struct call *call, CURLcode result)
{
	if (call->too_large)
		return "the answer is larger than any that is meant for us";
	if (result == CURLE_OPERATION_TIMEDOUT)
		return "none came in time";
	return call->error[0] != '\0' ? call->error : call->http->api.easy_strerror(result);
}

static void give(struct http *http, struct call *call, CURLcode result, int *tag, struct nm_response *response)
{
	curl_off_t retry_after = 0;
	long status = 0;
	char *location = NULL;

	unlink_call(http, call);
	blank_secrets(call);
	http->last = call;
	*tag = call->tag;
	*response = (struct nm_response){ .body = "", .retry_after_s = -1 };
	if (result != CURLE_OK) {
		response->error = reason(call, result);
		return;
	}
	http->api.easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	http->api.easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &retry_after);
	response->status = (int)status;
	response->body = call->answer.data;
	response->len = call->answer.len;
	response->etag = call->headers_kept.etag[0] != '\0' ? call->headers_kept.etag : NULL;
	response->modified = call->headers_kept.modified[0] != '\0' ? call->headers_kept.modified : NULL;
	/* The library makes it absolute; the text is the handle's own, which lives as long as the answer. */
	if (http->api.easy_getinfo(call->easy, CURLINFO_REDIRECT_URL, &location) == CURLE_OK)
		response->location = location;
	if (retry_after > 0)
		response->retry_after_s = retry_after < INT32_MAX ? (int)retry_after : INT32_MAX;
}

/* An answer that is there already. */
static bool take_done(struct http *http, int *tag, struct nm_response *response)
{
	int left;
	CURLMsg *message;

	while ((message = http->api.multi_info_read(http->multi, &left)) != NULL) {
		char *call = NULL;

		if (message->msg != CURLMSG_DONE ||
		    http->api.easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call) != CURLE_OK)
			continue;
		give(http, (struct call *)(void *)call, message->data.result, tag, response);
		return true;
	}
	return false;
}

/* --- waiting --- */

static int watch_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *known)
{
	struct http *http = context;
	struct epoll_event event = { .data.fd = socket };

	(void)easy;
	if (what == CURL_POLL_REMOVE)
		return epoll_ctl(http->events, EPOLL_CTL_DEL, socket, NULL) < 0 && errno != ENOENT && errno != EBADF ? -1 : 0;
	event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
	if (epoll_ctl(http->events, known == NULL ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket, &event) < 0)
		return -1;
	return http->api.multi_assign(http->multi, socket, http) == CURLM_OK ? 0 : -1;
}

static int watch_time(CURLM *multi, long timeout_ms, void *context)
{
	struct http *http = context;

	(void)multi;
	http->due_ms = timeout_ms < 0 ? -1 : http->options.clock_ms(http->options.context) + timeout_ms;
	return 0;
}

/* Waits for sockets, at most until `end_ms`, and has the library go on with those that are ready. */
static enum nm_code wait_until(struct http *http, int64_t now_ms, int64_t end_ms, struct nm_error *err)
{
	const int64_t due_ms = http->due_ms >= 0 && http->due_ms < end_ms ? http->due_ms : end_ms;
	struct epoll_event ready[EVENTS];
	const int n = epoll_wait(http->events, ready, EVENTS, due_ms > now_ms ? (int)(due_ms - now_ms) : 0);
	enum nm_code code = NM_OK;

	if (n < 0 && errno != EINTR)
		return nm_fail(err, NM_SYSTEM, "the network cannot be waited for: %s", strerror(errno));
	for (int i = 0; i < n && code == NM_OK; i++) {
		const uint32_t events = ready[i].events;

		code = drive(http, ready[i].data.fd,
			     (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
				     (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0),
			     err);
	}
	return code;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct http *http = context;
	int64_t now_ms = http->options.clock_ms(http->options.context);
	const int64_t end_ms = now_ms + timeout_ms;

	*tag = -1;
	call_free(http->last);
	http->last = NULL;
	for (;;) {
		enum nm_code code;

		if (take_done(http, tag, response))
			return NM_OK;
		code = wait_until(http, now_ms, end_ms, err);
		now_ms = http->options.clock_ms(http->options.context);
		if (code == NM_OK && http->due_ms >= 0 && http->due_ms <= now_ms)
			code = drive(http, CURL_SOCKET_TIMEOUT, 0, err);
		if (code != NM_OK || take_done(http, tag, response) || now_ms >= end_ms)
			return code;
	}
}

/* --- the transport --- */

static bool set_up_multi(const struct nm_curl *api, CURLM *multi, struct http *http)
{
	return api->multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, CONNECTIONS) == CURLM_OK &&
	       api->multi_setopt(multi, CURLMOPT_MAXCONNECTS, CONNECTIONS) == CURLM_OK &&
	       api->multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK &&
	       api->multi_setopt(multi, CURLMOPT_SOCKETDATA, http) == CURLM_OK &&
	       api->multi_setopt(multi, CURLMOPT_TIMERFUNCTION, watch_time) == CURLM_OK &&
	       api->multi_setopt(multi, CURLMOPT_TIMERDATA, http) == CURLM_OK;
}

static enum nm_code open_http(struct http *http, const struct nm_http_options *options, struct nm_error *err)
{
	enum nm_code code;

	http->options = *options;
	http->events = -1;
	http->due_ms = -1;
	if (options->authorities != NULL && (http->authorities = strdup(options->authorities)) == NULL)
		return nm_fail_memory(err);
	code = nm_curl_load(&http->api, err);
	if (code != NM_OK)
		return code;
	http->events = epoll_create1(EPOLL_CLOEXEC);
	if (http->events < 0)
		return nm_fail(err, NM_SYSTEM, "the network cannot be used: %s", strerror(errno));
	if (http->api.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (http->multi = http->api.multi_init()) == NULL)
		return nm_fail_memory(err);
	return set_up_multi(&http->api, http->multi, http) ? NM_OK : nm_fail_memory(err);
}

static void drop(void *context)
{
	struct http *http = context;

	while (http->calls != NULL) {
		struct call *call = http->calls;

		unlink_call(http, call);
		call_free(call);
	}
}

static void close_http(struct http *http)
{
	drop(http);
	call_free(http->last);
	if (http->multi != NULL)
		http->api.multi_cleanup(http->multi);
	if (http->events >= 0)
		close(http->events);
	free(http->authorities);
	free(http);
}

enum nm_code nm_http_transport(const struct nm_http_options *options, struct nm_transport *out,
			       struct nm_error *err)
{
	struct http *http = calloc(1, sizeof(*http));
	enum nm_code code = http == NULL ? nm_fail_memory(err) : open_http(http, options, err);

	if (code == NM_OK)
		*out = (struct nm_transport){ http, submit, collect, drop };
	else if (http != NULL)
		close_http(http);
	return code;
}

void nm_http_transport_clear(struct nm_transport *transport)
{
	if (transport->context != NULL)
		close_http(transport->context);
	*transport = (struct nm_transport){ 0 };
}
