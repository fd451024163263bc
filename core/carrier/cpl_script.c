/* SPDX-License-Identifier: MIT */
/*
 * Writing a CPL script (cpl_script.h).  A subaction stands before its use, and each use is a reference, so
 * nothing is nested deeper than one subaction is by itself.
 *
 * The compiled form (cplc 5.6.3): a node takes 4 bytes and 2 for each node in it; an attribute takes 4, and
 * its text with a NUL, made even.  Numbers and references are shorter than their text is counted here.
 */
#include "core/carrier/cpl_script.h"

#include <stdlib.h>
#include <string.h>

#include "nevermiss/carrier.h"

#define NODE_BYTES      6 /* with its place in the node around it */
#define ATTRIBUTE_BYTES 4

void nm_cpl_piece_init(struct nm_cpl_piece *piece)
{
	piece->compiled = 0;
	nm_buf_init(&piece->xml, NM_ARTEFACT_BYTES);
}

void nm_cpl_piece_clear(struct nm_cpl_piece *piece)
{
	nm_buf_clear(&piece->xml);
	piece->compiled = 0;
}

void nm_cpl_open(struct nm_cpl_piece *piece, const char *element)
{
	nm_buf_addf(&piece->xml, "<%s", element);
	piece->compiled += NODE_BYTES;
}

void nm_cpl_set(struct nm_cpl_piece *piece, const char *attribute, const char *value)
{
	nm_buf_addf(&piece->xml, " %s=\"", attribute);
	for (const char *c = value; *c != '\0'; c++) {
		if (strchr("<>&\"'", *c) != NULL)
			nm_buf_addf(&piece->xml, "&#%d;", *c);
		else
			nm_buf_addn(&piece->xml, c, 1);
	}
	nm_buf_add(&piece->xml, "\"");
	piece->compiled += ATTRIBUTE_BYTES + (strlen(value) + 2) / 2 * 2;
}

void nm_cpl_set_number(struct nm_cpl_piece *piece, const char *attribute, int value)
{
	nm_buf_addf(&piece->xml, " %s=\"%d\"", attribute, value);
	piece->compiled += ATTRIBUTE_BYTES;
}

void nm_cpl_inside(struct nm_cpl_piece *piece)
{
	nm_buf_add(&piece->xml, ">");
}

void nm_cpl_empty(struct nm_cpl_piece *piece)
{
	nm_buf_add(&piece->xml, "/>");
}

void nm_cpl_close(struct nm_cpl_piece *piece, const char *element)
{
	nm_buf_addf(&piece->xml, "</%s>", element);
}

void nm_cpl_sub(struct nm_cpl_piece *piece, const char *id)
{
	nm_buf_addf(&piece->xml, "<sub ref=\"%s\"/>", id);
	piece->compiled += NODE_BYTES + ATTRIBUTE_BYTES;
}

/* --- the script --- */

void nm_cpl_script_init(struct nm_cpl_script *script, struct nm_arena *arena)
{
	*script = (struct nm_cpl_script){ .arena = arena };
	nm_cpl_piece_init(&script->piece);
	nm_buf_add(&script->piece.xml, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<cpl>\n");
	script->piece.compiled += NODE_BYTES;
}

void nm_cpl_script_clear(struct nm_cpl_script *script)
{
	nm_cpl_piece_clear(&script->piece);
	free(script->subactions);
	*script = (struct nm_cpl_script){ 0 };
}

static const char *known(const struct nm_cpl_script *script, const char *xml)
{
	for (size_t i = 0; i < script->n; i++)
		if (strcmp(script->subactions[i].xml, xml) == 0)
			return script->subactions[i].id;
	return NULL;
}

static const char *add(struct nm_cpl_script *script, enum nm_cpl_subject subject,
		       const struct nm_cpl_piece *body)
{
	static const char *const names[NM_CPL_SUBJECTS] = { "ring", "callers", "times" };
	const char *id = nm_arena_format(script->arena, "%s-%zu", names[subject], script->count[subject] + 1);
	const char *xml = nm_arena_text(script->arena, body->xml.data);

	if (id == NULL || xml == NULL || body->xml.failed ||
	    !nm_grow((void **)&script->subactions, &script->capacity, script->n + 1,
		     sizeof(*script->subactions)))
		return NULL;
	script->subactions[script->n++] = (struct nm_cpl_subaction){ id, xml };
	script->count[subject]++;
	script->compiled[subject] += NODE_BYTES + body->compiled;
	script->piece.compiled += NODE_BYTES + body->compiled;
	nm_buf_addf(&script->piece.xml, "<subaction id=\"%s\">", id);
	nm_buf_add(&script->piece.xml, xml);
	nm_buf_add(&script->piece.xml, "</subaction>\n");
	return id;
}

const char *nm_cpl_share(struct nm_cpl_script *script, enum nm_cpl_subject subject, struct nm_cpl_piece *body)
{
	const char *id = known(script, body->xml.data);

	if (id == NULL)
		id = add(script, subject, body);
	nm_cpl_piece_clear(body);
	return id;
}

void nm_cpl_incoming(struct nm_cpl_script *script, const char *id)
{
	script->piece.compiled += NODE_BYTES;
	nm_buf_add(&script->piece.xml, "<incoming>");
	nm_cpl_sub(&script->piece, id);
	nm_buf_add(&script->piece.xml, "</incoming>\n</cpl>\n");
}
