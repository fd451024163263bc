/* SPDX-License-Identifier: MIT */
/* libxml2, for xml.c alone: loaded when the first CPL script or CalDAV answer is read. */
#ifndef CORE_CARRIER_XML_LIBRARY_H
#define CORE_CARRIER_XML_LIBRARY_H

#include <libxml/xmlreader.h>

#include "nevermiss/error.h"

/* What is called of it, by its own names. */
#define NM_LIBXML(FUNCTION)                                                                                  \
	FUNCTION(xmlFreeTextReader)                                                                          \
	FUNCTION(xmlReaderForMemory)                                                                         \
	FUNCTION(xmlTextReaderAttributeCount)                                                                \
	FUNCTION(xmlTextReaderConstLocalName)                                                                \
	FUNCTION(xmlTextReaderConstName)                                                                     \
	FUNCTION(xmlTextReaderConstValue)                                                                    \
	FUNCTION(xmlTextReaderDepth)                                                                         \
	FUNCTION(xmlTextReaderGetParserLineNumber)                                                           \
	FUNCTION(xmlTextReaderMoveToElement)                                                                 \
	FUNCTION(xmlTextReaderMoveToNextAttribute)                                                           \
	FUNCTION(xmlTextReaderNodeType)                                                                      \
	FUNCTION(xmlTextReaderRead)                                                                          \
	FUNCTION(xmlTextReaderSetStructuredErrorHandler)

#define NM_LIBXML_POINTER(name) __typeof__(name) *name;
struct nm_libxml {
	NM_LIBXML(NM_LIBXML_POINTER)
};

enum nm_code nm_libxml_load(struct nm_libxml *lib, struct nm_error *err) NM_WARN_UNUSED;

#endif
