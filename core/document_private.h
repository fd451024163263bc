/* SPDX-License-Identifier: MIT */
/* What the sources of a document share. */
#ifndef CORE_DOCUMENT_PRIVATE_H
#define CORE_DOCUMENT_PRIVATE_H

#include "nevermiss/edit.h"

/* The texts, and the words for the change that led to them. */
struct state {
	char *text, *what;
	size_t len;
};

struct nm_document {
	char *file;
	struct state *states; /* states[at] is now; undo goes down, redo up */
	size_t n, capacity, at;
	size_t bytes; /* of all texts */
	size_t base;  /* undo down to here takes back what came after the last save */
	size_t lost;  /* steps between the text last saved and `base` to which no undo or redo leads any more */
	struct nm_texts_disk disk; /* last read or saved; a stamp of 0: the bytes are to be compared */
	bool unwritten;            /* there is no file yet */
};

struct nm_texts document_disk(const struct nm_document *document);
/* The texts of now are the files'; takes them over. */
void document_saved(struct nm_document *document, struct nm_texts_disk *disk);

#endif
