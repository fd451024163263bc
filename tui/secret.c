/* SPDX-License-Identifier: MIT */
/* Secrets: see secret.h. */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"

#define SECRET_MAX 4096
#define TIMEOUT_S  60 /* a password manager may have to ask somebody */

/* Kept by where it comes from, not by account: a plan that is read again finds it, and two accounts may share. */
struct secret {
	char kind; /* of the source */
	char *source;
	char *text;
};

static void wipe(char *text)
{
	if (text)
		explicit_bzero(text, strlen(text));
	free(text);
}

void secrets_clear(struct secrets *secrets)
{
	for (size_t i = 0; i < secrets->n; i++) {
		wipe(secrets->items[i].text);
		free(secrets->items[i].source);
	}
	free(secrets->items);
	*secrets = (struct secrets){0};
}

/* --- where it comes from --- */

static enum nm_code check_file(int fd, const char *path, struct nm_error *err)
{
	struct stat found;

	if (fstat(fd, &found) < 0)
		return nm_fail(err, NM_INPUT, "%s: %s", path, strerror(errno));
	if (!S_ISREG(found.st_mode))
		return nm_fail(err, NM_INPUT, "%s is no file", path);
	if (found.st_uid != geteuid() && found.st_uid != 0)
		return nm_fail(err, NM_REFUSED, "%s belongs to somebody else: a secret must be your own", path);
	if (found.st_mode & 077)
		return nm_fail(err, NM_REFUSED, "%s can be read by others: chmod 600 it", path);
	return NM_OK;
}

static enum nm_code read_file(const char *name, const char *folder, struct nm_buf *out, struct nm_error *err)
{
	struct nm_buf path;
	char bytes[512];
	enum nm_code code;
	ssize_t n = 0;
	int fd;

	nm_buf_init(&path, 65536);
	nm_buf_addf(&path, "%s%s%s", name[0] != '/' && folder ? folder : "", name[0] != '/' && folder ? "/" : "", name);
	fd = path.failed ? -1 : open(path.data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	code = fd < 0 ? nm_fail(err, NM_INPUT, "%s: %s", path.data, strerror(errno)) : check_file(fd, path.data, err);
	while (!code && !out->failed && (n = read(fd, bytes, sizeof bytes)) > 0)
		nm_buf_addn(out, bytes, (size_t)n);
	if (!code && n < 0)
		code = nm_fail(err, NM_INPUT, "%s: %s", path.data, strerror(errno));
	explicit_bzero(bytes, sizeof bytes);
	if (fd >= 0)
		close(fd);
	nm_buf_clear(&path);
	return code;
}

static enum nm_code read_variable(const char *name, struct nm_buf *out, struct nm_error *err)
{
	const char *value = getenv(name);

	if (!value)
		return nm_fail(err, NM_INPUT, "the environment has no %s", name);
	nm_buf_add(out, value);
	return NM_OK;
}

static enum nm_code fetch(const struct nm_account *account, const char *folder, struct nm_buf *out,
			  struct nm_error *err)
{
	if (account->token_cmd)
		return program_read(account->token_cmd, TIMEOUT_S, out, err);
	if (account->token_env)
		return read_variable(account->token_env, out, err);
	if (account->token_file)
		return read_file(account->token_file, folder, out, err);
	return nm_fail(err, NM_INPUT, "it has no secret: give token_cmd, token_env or token_file");
}

/* Room for all that is allowed, at once: a buffer that grows leaves copies behind. */
static void make_room(struct nm_buf *text)
{
	nm_buf_init(text, SECRET_MAX);
	nm_buf_addf(text, "%*s", SECRET_MAX, "");
	if (text->failed)
		return;
	text->len = 0;
	text->data[0] = '\0';
}

/* One line, without what a terminal or a header would take for something else. */
static enum nm_code clean(struct nm_buf *text, struct nm_error *err)
{
	while (text->len > 0 && (text->data[text->len - 1] == '\n' || text->data[text->len - 1] == '\r'))
		text->data[--text->len] = '\0';
	if (text->failed)
		return nm_fail(err, NM_INPUT, "its secret is longer than %d bytes", SECRET_MAX);
	if (text->len == 0)
		return nm_fail(err, NM_INPUT, "its secret is empty");
	for (size_t i = 0; i < text->len; i++)
		if ((unsigned char)text->data[i] < ' ' || text->data[i] == 127)
			return nm_fail(err, NM_INPUT, "its secret is more than one line of text");
	return NM_OK;
}

/* --- kept --- */

/* A command and a variable may have the same name. */
static const char *source_of(const struct nm_account *account, char *kind)
{
	*kind = account->token_cmd ? 'c' : account->token_env ? 'e' : 'f';
	return account->token_cmd ? account->token_cmd : account->token_env ? account->token_env : account->token_file;
}

static const char *find(const struct secrets *secrets, const struct nm_account *account)
{
	char kind;
	const char *source = source_of(account, &kind);

	for (size_t i = 0; source && i < secrets->n; i++)
		if (secrets->items[i].kind == kind && !strcmp(secrets->items[i].source, source))
			return secrets->items[i].text;
	return NULL;
}

static enum nm_code keep(struct secrets *secrets, const struct nm_account *account, const char *text,
			 struct nm_error *err)
{
	struct secret item = {.text = strdup(text)};

	item.source = strdup(source_of(account, &item.kind));
	if (!item.source || !item.text ||
	    !nm_grow((void **)&secrets->items, &secrets->capacity, secrets->n + 1, sizeof item)) {
		free(item.source);
		wipe(item.text);
		return nm_fail_memory(err);
	}
	secrets->items[secrets->n++] = item;
	return NM_OK;
}

static enum nm_code get(struct secrets *secrets, const struct nm_account *account, const char *folder,
			struct nm_buf *out, struct nm_error *err)
{
	const char *known = find(secrets, account);
	struct nm_buf text;
	enum nm_code code = NM_OK;

	if (!known) {
		make_room(&text);
		code = text.failed ? nm_fail_memory(err) : fetch(account, folder, &text, err);
		if (!code)
			code = clean(&text, err);
		if (!code)
			code = keep(secrets, account, text.data, err);
		explicit_bzero(text.data, text.len);
		nm_buf_clear(&text);
		known = find(secrets, account);
	}
	if (!code)
		nm_buf_add(out, known);
	return code;
}

/* Whatever is wrong with it, this one cannot be reached, and others may be. */
static enum nm_code tell(enum nm_code code, const char *kind, const char *name, const struct nm_error *why,
			 struct nm_error *err)
{
	if (code == NM_INPUT || code == NM_REFUSED)
		code = NM_CARRIER;
	return code ? nm_fail(err, code, "%s%s: %s", kind, name, why->text) : NM_OK;
}

enum nm_code secrets_get(struct secrets *secrets, const struct nm_account *account, const char *folder,
			 struct nm_buf *out, struct nm_error *err)
{
	struct nm_error why;

	return tell(get(secrets, account, folder, out, &why), "account ", account->name, &why, err);
}

enum nm_code secrets_command(struct secrets *secrets, const char *whose, const char *command, struct nm_buf *out,
			     struct nm_error *err)
{
	const struct nm_account source = {.token_cmd = command};
	struct nm_error why;

	return tell(get(secrets, &source, NULL, out, &why), "", whose, &why, err);
}

void secrets_forget(struct secrets *secrets, const char *command)
{
	for (size_t i = 0; i < secrets->n; i++) {
		struct secret *item = &secrets->items[i];

		if (item->kind != 'c' || strcmp(item->source, command))
			continue;
		wipe(item->text);
		free(item->source);
		*item = secrets->items[--secrets->n];
		return;
	}
}
