/* SPDX-License-Identifier: MIT */
/*
 * CalDAV: see caldav.h.  Of a multistatus (RFC 4918, 13) only properties that were found are looked at; names are
 * taken without their namespaces, for none of two is asked for here.
 */
#include "core/caldav.h"

#include <string.h>

#include "core/carrier/xml.h"

#define XML_TYPE "application/xml; charset=utf-8"
#define MARK_MAX 1024 /* a longer one is as if there were none */

void nm_caldav_look(struct nm_request *request)
{
	static const char body[] =
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
		"<d:propfind xmlns:d=\"DAV:\" xmlns:s=\"http://calendarserver.org/ns/\"><d:prop>"
		"<d:resourcetype/><d:sync-token/><s:getctag/></d:prop></d:propfind>\n";

	request->method = "PROPFIND";
	request->type = XML_TYPE;
	request->body = body;
	request->len = sizeof(body) - 1;
	request->headers[request->n_headers++] = "Depth: 0";
}

void nm_caldav_query(struct nm_request *request, nm_time since, struct nm_buf *body)
{
	const struct nm_date date = nm_date_from_days(since / NM_DAY);

	nm_buf_add(body, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
			 "<c:calendar-query xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\">"
			 "<d:prop><c:calendar-data/></d:prop><c:filter><c:comp-filter name=\"VCALENDAR\">"
			 "<c:comp-filter name=\"VEVENT\"><c:time-range start=\"");
	nm_buf_addf(body, "%04d%02d%02dT000000Z", date.year, date.month, date.day);
	nm_buf_add(body, "\"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>\n");
	request->method = "REPORT";
	request->type = XML_TYPE;
	request->body = body->data;
	request->len = body->len;
	request->headers[request->n_headers++] = "Depth: 1";
}

static const struct nm_element *find(const struct nm_element *from, const char *name)
{
	while (from != NULL && strcmp(from->name, name) != 0)
		from = from->next;
	return from;
}

static const struct nm_element *child(const struct nm_element *element, const char *name)
{
	return element != NULL ? find(element->child, name) : NULL;
}

/* The property, where it was found: one that was not stands in a propstat of its own, with a 404. */
static const struct nm_element *property(const struct nm_element *response, const char *name)
{
	const struct nm_element *propstat = child(response, "propstat");

	for (; propstat != NULL; propstat = find(propstat->next, "propstat")) {
		const struct nm_element *status = child(propstat, "status");
		const struct nm_element *found = child(child(propstat, "prop"), name);

		if (found != NULL && status != NULL && status->text != NULL &&
		    strstr(status->text, " 200") != NULL)
			return found;
	}
	return NULL;
}

static enum nm_code read_answer(const char *answer, size_t len, struct nm_arena *arena,
				const struct nm_element **response, struct nm_error *err)
{
	const struct nm_element *root;
	struct nm_error why;
	enum nm_code code = nm_element_read_text(answer, len, arena, &root, &why);

	if (code != NM_OK)
		return nm_fail(err, code, "its server's answer is no CalDAV: %s", why.text);
	if (strcmp(root->name, "multistatus") != 0)
		return nm_fail(err, NM_INPUT, "its server's answer is no CalDAV: <multistatus> is expected");
	*response = child(root, "response");
	return NM_OK;
}

enum nm_code nm_caldav_mark(const char *answer, size_t len, struct nm_arena *arena, const char **mark,
			    struct nm_error *err)
{
	const struct nm_element *response, *found;
	enum nm_code code = read_answer(answer, len, arena, &response, err);

	if (code != NM_OK)
		return code;
	if (child(property(response, "resourcetype"), "calendar") == NULL)
		return nm_fail(
			err, NM_INPUT,
			"there is no calendar at its URL, but something else of the server's: give the "
			"URL of one calendar");
	found = property(response, "sync-token");
	if (found == NULL || found->text == NULL)
		found = property(response, "getctag");
	*mark = found != NULL && found->text != NULL && strlen(found->text) <= MARK_MAX ? found->text : NULL;
	return NM_OK;
}

enum nm_code nm_caldav_events(const char *answer, size_t len, struct nm_buf *out, struct nm_error *err)
{
	struct nm_arena *arena = nm_arena_new();
	const struct nm_element *response = NULL;
	enum nm_code code =
		arena != NULL ? read_answer(answer, len, arena, &response, err) : nm_fail_memory(err);

	for (; code == NM_OK && response != NULL; response = find(response->next, "response")) {
		const struct nm_element *data = property(response, "calendar-data");

		if (data == NULL || data->text == NULL)
			continue;
		nm_buf_add(out, data->text);
		nm_buf_add(out, "\r\n");
	}
	/* No event at all is a calendar too. */
	if (out->len == 0)
		nm_buf_add(out, "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
	nm_arena_free(arena);
	if (code == NM_OK && out->failed)
		code = out->len + len + 64 > out->max
			       ? nm_fail(err, NM_INPUT, "it is larger than %zu bytes", out->max)
			       : nm_fail_memory(err);
	return code;
}

void nm_caldav_list(struct nm_request *request)
{
	static const char body[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
				   "<d:propfind xmlns:d=\"DAV:\"><d:prop><d:getetag/></d:prop></d:propfind>\n";

	request->method = "PROPFIND";
	request->type = XML_TYPE;
	request->body = body;
	request->len = sizeof(body) - 1;
	request->headers[request->n_headers++] = "Depth: 1";
}

/* What stands behind the last slash; NULL: nothing, as for the collection itself. */
static const char *name_of(const struct nm_element *response)
{
	const struct nm_element *href = child(response, "href");
	const char *slash = href != NULL && href->text != NULL ? strrchr(href->text, '/') : NULL;

	return slash != NULL && slash[1] != '\0' ? slash + 1 : NULL;
}

enum nm_code nm_caldav_names(const char *answer, size_t len, struct nm_arena *arena, const char ***out,
			     struct nm_error *err)
{
	const struct nm_element *response = NULL, *at;
	const char **names;
	size_t n = 0;
	enum nm_code code = read_answer(answer, len, arena, &response, err);

	if (code != NM_OK)
		return code;
	for (at = response; at != NULL; at = find(at->next, "response"))
		n++;
	names = nm_arena_alloc(arena, n + 1, sizeof(*names));
	if (names == NULL)
		return nm_fail_memory(err);
	n = 0;
	for (at = response; at != NULL; at = find(at->next, "response")) {
		names[n] = name_of(at);
		n += names[n] != NULL;
	}
	names[n] = NULL;
	*out = names;
	return NM_OK;
}
