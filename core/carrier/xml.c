/* SPDX-License-Identifier: MIT */
/*
 * A thin reader around libxml2's, which nothing else sees (xml.h).  It goes through the document node by
 * node, so that a document type is met, and refused, before anything that it declares is used.
 */
#include "core/carrier/xml.h"

#include <stdbool.h>
#include <string.h>

#include "core/carrier/xml_library.h"

/* How much is read, and whether there may be text. */
struct bounds {
	size_t bytes, elements;
	bool text;
};

struct building {
	struct bounds bounds;
	const struct nm_libxml *lib;
	xmlTextReaderPtr reader;
	struct nm_arena *arena;
	struct nm_element *root, *open[NM_XML_DEPTH + 1];
	struct nm_element *last[NM_XML_DEPTH + 1]; /* the last child of each open one */
	size_t n;
	struct nm_error *err;
};

const char *nm_element_attribute(const struct nm_element *element, const char *name)
{
	for (size_t i = 0; i < element->n; i++)
		if (strcmp(element->attributes[i].name, name) == 0)
			return element->attributes[i].value;
	return NULL;
}

static int line_of(const struct building *b)
{
	return b->lib->xmlTextReaderGetParserLineNumber(b->reader);
}

/* A copy in the arena; NULL when memory is out, there too. */
static const char *copied(struct building *b, const xmlChar *text)
{
	return text != NULL ? nm_arena_text(b->arena, (const char *)text) : NULL;
}

static enum nm_code read_attributes(struct building *b, struct nm_element *element)
{
	const int n = b->lib->xmlTextReaderAttributeCount(b->reader);
	struct nm_attribute *attributes;

	if (n <= 0)
		return NM_OK;
	if (n > NM_XML_ATTRIBUTES)
		return nm_fail(b->err, NM_INPUT, "line %d: more than %d attributes", line_of(b),
			       NM_XML_ATTRIBUTES);
	attributes = nm_arena_alloc(b->arena, (size_t)n, sizeof(*attributes));
	if (attributes == NULL)
		return nm_fail_memory(b->err);
	while (element->n < (size_t)n && b->lib->xmlTextReaderMoveToNextAttribute(b->reader) == 1) {
		struct nm_attribute *attribute = &attributes[element->n++];

		attribute->name = copied(b, b->lib->xmlTextReaderConstName(b->reader));
		attribute->value = copied(b, b->lib->xmlTextReaderConstValue(b->reader));
		if (attribute->name == NULL || attribute->value == NULL)
			return nm_fail_memory(b->err);
	}
	element->attributes = attributes;
	b->lib->xmlTextReaderMoveToElement(b->reader);
	return NM_OK;
}

static enum nm_code read_element(struct building *b)
{
	const int depth = b->lib->xmlTextReaderDepth(b->reader);
	struct nm_element *element;

	if (depth < 0 || depth >= NM_XML_DEPTH)
		return nm_fail(b->err, NM_INPUT, "line %d: more than %d elements within each other", line_of(b),
			       NM_XML_DEPTH);
	if (b->n++ == b->bounds.elements)
		return nm_fail(b->err, NM_INPUT, "it has more than %zu elements", b->bounds.elements);
	element = nm_arena_alloc(b->arena, 1, sizeof(*element));
	if (element == NULL)
		return nm_fail_memory(b->err);
	element->line = line_of(b);
	element->name = copied(b, b->lib->xmlTextReaderConstLocalName(b->reader));
	if (element->name == NULL)
		return nm_fail_memory(b->err);
	if (depth == 0)
		b->root = element;
	else if (b->last[depth] == NULL)
		b->open[depth - 1]->child = element;
	else
		b->last[depth]->next = element;
	b->last[depth] = element;
	b->open[depth] = element;
	b->last[depth + 1] = NULL;
	return read_attributes(b, element);
}

/* Pieces are not joined: a text of very many would take very long. */
static enum nm_code read_text(struct building *b)
{
	const int depth = b->lib->xmlTextReaderDepth(b->reader);
	struct nm_element *element = depth > 0 && depth <= NM_XML_DEPTH ? b->open[depth - 1] : NULL;

	if (!b->bounds.text || element == NULL)
		return nm_fail(b->err, NM_INPUT, "line %d: text between elements", line_of(b));
	if (element->text != NULL)
		return nm_fail(b->err, NM_INPUT, "line %d: a text in more than one piece", line_of(b));
	element->text = copied(b, b->lib->xmlTextReaderConstValue(b->reader));
	return element->text != NULL ? NM_OK : nm_fail_memory(b->err);
}

static enum nm_code read_node(struct building *b)
{
	switch (b->lib->xmlTextReaderNodeType(b->reader)) {
	case XML_READER_TYPE_ELEMENT:
		return read_element(b);
	case XML_READER_TYPE_END_ELEMENT:
	case XML_READER_TYPE_COMMENT:
	case XML_READER_TYPE_PROCESSING_INSTRUCTION:
	case XML_READER_TYPE_XML_DECLARATION:
	case XML_READER_TYPE_WHITESPACE:
	case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
		return NM_OK;
	case XML_READER_TYPE_DOCUMENT_TYPE:
		return nm_fail(b->err, NM_INPUT, "it brings a document type of its own");
	case XML_READER_TYPE_TEXT:
	case XML_READER_TYPE_CDATA:
		return read_text(b);
	default:
		return nm_fail(b->err, NM_INPUT, "line %d: it has what it must not have", line_of(b));
	}
}

static enum nm_code read_all(struct building *b)
{
	enum nm_code code = NM_OK;
	int more = 0;

	while (code == NM_OK && (more = b->lib->xmlTextReaderRead(b->reader)) == 1)
		code = read_node(b);
	if (code == NM_OK && (more < 0 || b->root == NULL))
		return nm_fail(b->err, NM_INPUT, "line %d: it is not well-formed XML", line_of(b));
	return code;
}

static void say_nothing(void *context, xmlErrorPtr error)
{
	(void)context;
	(void)error;
}

static enum nm_code read_bounded(struct bounds bounds, const char *text, size_t len, struct nm_arena *arena,
				 const struct nm_element **root, struct nm_error *err)
{
	struct nm_libxml lib;
	struct building b = { .bounds = bounds, .lib = &lib, .arena = arena, .err = err };
	enum nm_code code;

	if (len > bounds.bytes)
		return nm_fail(err, NM_INPUT, "it is longer than %zu bytes", bounds.bytes);
	code = nm_libxml_load(&lib, err);
	if (code != NM_OK)
		return code;
	b.reader = lib.xmlReaderForMemory(text, (int)len, NULL, NULL,
					  XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (b.reader == NULL)
		return nm_fail_memory(err);
	lib.xmlTextReaderSetStructuredErrorHandler(b.reader, say_nothing, NULL);
	code = read_all(&b);
	lib.xmlFreeTextReader(b.reader);
	if (code == NM_OK)
		*root = b.root;
	return code;
}

enum nm_code nm_element_read(const char *text, size_t len, struct nm_arena *arena,
			     const struct nm_element **root, struct nm_error *err)
{
	const struct bounds bounds = { NM_XML_BYTES, NM_XML_ELEMENTS, false };

	return read_bounded(bounds, text, len, arena, root, err);
}

enum nm_code nm_element_read_text(const char *text, size_t len, struct nm_arena *arena,
				  const struct nm_element **root, struct nm_error *err)
{
	const struct bounds bounds = { NM_XML_TEXT_BYTES, NM_XML_TEXT_ELEMENTS, true };

	return read_bounded(bounds, text, len, arena, root, err);
}
