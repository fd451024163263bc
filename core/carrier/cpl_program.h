/* SPDX-License-Identifier: MIT */
/*
 * A CPL script made ready to be run: the part of the language that the driver writes, and nothing else of it.
 */
#ifndef CORE_CARRIER_CPL_PROGRAM_H
#define CORE_CARRIER_CPL_PROGRAM_H

#include "core/carrier/cpl_callers.h"
#include "core/carrier/lifter.h"

enum nm_cpl_kind { NM_CPL_TIME, NM_CPL_CALLER, NM_CPL_LOCATION, NM_CPL_LOOKUP, NM_CPL_PROXY, NM_CPL_REJECT };

/* An address of an address-switch. */
struct nm_cpl_case {
	struct nm_cpl_caller who;
	const struct nm_cpl_op *then;
};

/* What is done next; a script has finitely many, each leads only to earlier ones. */
struct nm_cpl_op {
	enum nm_cpl_kind kind;
	int line;                     /* of the script */
	size_t index;                 /* in the program */
	const struct nm_cpl_op *then; /* within the time; found; what comes next */
	const struct nm_cpl_op *otherwise;
	/* NM_CPL_TIME */
	bool weekly;
	unsigned days;           /* bit 0 is Monday */
	int from_s, until_s;     /* of a day */
	struct nm_span span;     /* when not weekly */
	/* NM_CPL_CALLER */
	size_t n;
	const struct nm_cpl_case *cases;
	/* NM_CPL_LOCATION, NM_CPL_LOOKUP */
	bool clear;
	struct nm_party *party;
	/* NM_CPL_PROXY, NM_CPL_REJECT */
	int timeout_s, status;
};

struct nm_cpl_program {
	const struct nm_facts *facts;
	struct nm_arena *arena; /* the route's */
	const char *domain;
	const struct nm_cpl_op *incoming;
	size_t n, capacity, n_times;
	struct nm_cpl_op **ops; /* malloc'd: all of them */
};

/* NM_INPUT: what of it nevermiss cannot have written, and where it sends calls. */
enum nm_code nm_cpl_program_read(const char *xml, size_t len, struct nm_cpl_program *program,
				 struct nm_error *err) NM_WARN_UNUSED;
void nm_cpl_program_clear(struct nm_cpl_program *program);

#endif
