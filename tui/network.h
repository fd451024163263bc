/* SPDX-License-Identifier: MIT */
/*
 * All ways out of a session: the sandbox in the store, files that a server reads, a person, and the network.  The
 * last is only opened for a plan with an account that needs it, and to fetch calendars.
 */
#ifndef TUI_NETWORK_H
#define TUI_NETWORK_H

#include "dial.h"
#include "nevermiss/plan.h"
#include "nevermiss/transport.h"
#include "secret.h"

struct network {
	bool open;
	struct nm_transport ways; /* what requests go to */
	struct nm_transport sandbox, files, http;
	struct dial dial; /* what a person does; who that is, is told by whoever pushes */
	struct secrets secrets;
	char *folder; /* of the plan file */
	bool wants_web; /* somebody asked for the network itself */
};

/* Opens what is not open yet and the plan needs; afterwards network->ways takes requests.  The network must stay
 * where it is in memory until network_close. */
enum nm_code network_open(struct network *network, const struct nm_plan *plan, struct nm_store *store,
			  struct nm_error *err) NM_WARN_UNUSED;
/* Likewise, and the network itself, whether an account needs it or not. */
enum nm_code network_open_web(struct network *network, const struct nm_plan *plan, struct nm_store *store,
			      struct nm_error *err) NM_WARN_UNUSED;
void network_close(struct network *network);

#endif
