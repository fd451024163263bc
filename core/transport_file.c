/* SPDX-License-Identifier: MIT */
/*
 * Files that a server on this machine reads, as a transport: so that writing one is journalled, retried and
 * verified like any other request.  transport.h has the requests and their answers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nevermiss/edit.h"
#include "nevermiss/json.h"
#include "nevermiss/transport.h"

#define SCHEME    "file:"
#define ERROR_MAX 4096
#define FRESH_MODE 0640 /* the server is another user: the folder's group may read, nobody else */

struct answer {
	int tag, status;
	char *body;
	size_t len;
};

struct files {
	struct answer *queue; /* first in, first out */
	size_t n, capacity;
	char *last; /* body of the answer given last: valid until the next call */
};

/* {"error":"..."}; NULL when memory is out. */
static char *error_body(const char *words)
{
	struct nm_json json;
	struct nm_buf body;
	char *text;

	nm_buf_init(&body, ERROR_MAX);
	nm_json_init(&json, &body);
	nm_json_object(&json);
	nm_json_key(&json, "error");
	nm_json_text(&json, words);
	nm_json_end(&json, '}');
	text = nm_buf_take(&body);
	nm_buf_clear(&body);
	return text;
}

static void refuse(struct answer *answer, int status, const char *words)
{
	answer->status = status;
	answer->body = error_body(words);
	answer->len = answer->body != NULL ? strlen(answer->body) : 0;
}

static void confirm(struct answer *answer)
{
	answer->status = 200;
	answer->body = strdup("{}");
	answer->len = strlen("{}");
}

static bool is_there(const char *path)
{
	struct stat found;

	return lstat(path, &found) == 0 || errno != ENOENT;
}

static void get(const char *path, struct answer *answer)
{
	struct nm_buf text;
	struct nm_error why;

	if (!is_there(path)) {
		refuse(answer, 404, "there is no such file");
		return;
	}
	nm_buf_init(&text, NM_ARTEFACT_BYTES);
	if (nm_file_read(path, NM_ARTEFACT_BYTES, &text, &why) != NM_OK) {
		refuse(answer, 403, why.text);
	} else {
		answer->status = 200;
		answer->len = text.len;
		answer->body = nm_buf_take(&text);
	}
	nm_buf_clear(&text);
}

/* Is there a folder for this file?  Else the answer says which one is to be made. */
static bool has_folder(const char *path, struct answer *answer)
{
	const char *slash = strrchr(path, '/');
	char *folder = strndup(path, slash > path ? (size_t)(slash - path) : 1);
	const bool there = folder != NULL && is_there(folder);
	struct nm_buf words;

	if (!there && folder != NULL) {
		nm_buf_init(&words, ERROR_MAX);
		nm_buf_addf(&words, "there is no folder %s: make it first", folder);
		refuse(answer, 403, words.failed ? "there is no folder for the file" : words.data);
		nm_buf_clear(&words);
	}
	free(folder);
	return there;
}

static void put(const char *path, const struct nm_request *request, struct answer *answer)
{
	const bool fresh = !is_there(path);
	struct nm_error why;

	if (fresh && !has_folder(path, answer))
		return;
	if (nm_file_write(path, request->body, request->len, fresh, &why) != NM_OK)
		refuse(answer, 403, why.text);
	else if (fresh && chmod(path, FRESH_MODE) < 0)
		refuse(answer, 403, strerror(errno));
	else
		confirm(answer);
}

static void delete(const char *path, struct answer *answer)
{
	if (!is_there(path))
		refuse(answer, 404, "there is no such file");
	else if (unlink(path) < 0)
		refuse(answer, 403, strerror(errno));
	else
		confirm(answer);
}

static enum nm_code submit(void *context, int tag, const struct nm_request *request, struct nm_error *err)
{
	struct files *files = context;
	const char *path = request->url + strlen(SCHEME);
	struct answer answer = { .tag = tag };

	if (strncmp(request->url, SCHEME, strlen(SCHEME)) != 0 || path[0] != '/')
		return nm_fail(err, NM_CARRIER, "%.100s: not an absolute path of a file", request->url);
	if (!nm_grow((void **)&files->queue, &files->capacity, files->n + 1, sizeof(answer)))
		return nm_fail_memory(err);
	if (strcmp(request->method, "GET") == 0)
		get(path, &answer);
	else if (strcmp(request->method, "PUT-FILE") == 0)
		put(path, request, &answer);
	else if (strcmp(request->method, "DELETE") == 0)
		delete(path, &answer);
	else
		refuse(&answer, 405, "no such request for a file");
	if (answer.body == NULL)
		return nm_fail_memory(err);
	files->queue[files->n++] = answer;
	return NM_OK;
}

static enum nm_code collect(void *context, int timeout_ms, int *tag, struct nm_response *response,
			    struct nm_error *err)
{
	struct files *files = context;
	struct answer answer;

	(void)timeout_ms;
	(void)err;
	*tag = -1;
	free(files->last);
	files->last = NULL;
	if (files->n == 0)
		return NM_OK;
	answer = files->queue[0];
	memmove(files->queue, files->queue + 1, --files->n * sizeof(*files->queue));
	files->last = answer.body;
	*tag = answer.tag;
	*response = (struct nm_response){ .status = answer.status,
					  .body = answer.body,
					  .len = answer.len,
					  .retry_after_s = -1 };
	return NM_OK;
}

static void drop(void *context)
{
	struct files *files = context;

	while (files->n > 0)
		free(files->queue[--files->n].body);
}

enum nm_code nm_file_transport(struct nm_transport *out, struct nm_error *err)
{
	struct files *files = calloc(1, sizeof(*files));

	if (files == NULL)
		return nm_fail_memory(err);
	*out = (struct nm_transport){ files, submit, collect, drop };
	return NM_OK;
}

void nm_file_transport_clear(struct nm_transport *transport)
{
	struct files *files = transport->context;

	if (files == NULL)
		return;
	drop(files);
	free(files->queue);
	free(files->last);
	free(files);
	*transport = (struct nm_transport){ 0 };
}
