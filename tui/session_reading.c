/* SPDX-License-Identifier: MIT */
/*
 * Reading what is live in pieces (session.h), so that keys are served while carriers are waited for.
 * In: a session, time to wait.  Out: its status.
 */
#include "session.h"

enum nm_code session_reading_begin(struct session *session, struct nm_error *err)
{
	struct nm_push_context context;
	enum nm_code code = session_push_context(session, &context, err);

	/* Who moves it shows how far it is, and stops it. */
	context.progress = NULL;
	context.idle = NULL;
	context.stage = NULL;
	session->reading_at = context.now;
	return code ? code : nm_status_begin(&context, -1, &session->reading, err);
}

enum nm_code session_reading_stop(struct session *session, struct nm_error *err)
{
	struct nm_status_reading *reading = session->reading;
	struct nm_status status;
	enum nm_code code;

	if (!reading)
		return NM_OK;
	session->reading = NULL;
	code = nm_status_end(reading, &status, err);
	if (!code)
		session_take_status(session, &status, session->reading_at);
	return code;
}

enum nm_code session_reading_move(struct session *session, int wait_ms, bool *more, struct nm_error *err)
{
	enum nm_code code = nm_status_move(session->reading, wait_ms, more, err);

	if (code)
		session_reading_abandon(session);
	return code || *more ? code : session_reading_stop(session, err);
}

void session_reading_abandon(struct session *session)
{
	nm_status_abandon(session->reading);
	session->reading = NULL;
}

enum nm_code session_hand_status(struct session *session, int line, struct nm_status *out, struct nm_error *err)
{
	struct nm_push_context context;
	enum nm_code code = session_quiet_context(session, &context, err);

	return code ? code : nm_status_read(&context, line, out, err);
}
