/* SPDX-License-Identifier: MIT */
/*
 * What was live on a line at a time (live_then.h): what the newest push until then left there, or what was read back since.
 *
 * Comes in: the store.  Goes out: an artefact's text, or why none is known.  Nothing is asked of a carrier.
 */
#include "nevermiss/live_then.h"

#include "nevermiss/carrier.h"

#define EMPTY "[]" /* as nm_artefact_write has it */

static enum nm_live_known known_of(const struct nm_push_record *push, nm_time t)
{
	if (push->ended == 0 || push->ended > t)
		return NM_LIVE_UNDER_WAY;
	if (push->state == NM_PUSH_FAILED)
		return NM_LIVE_FAILED;
	return push->state == NM_PUSH_UNDONE && push->before == NULL ? NM_LIVE_TAKEN_BACK : NM_LIVE_KNOWN;
}

/* Of one that cannot be read back, a reading tells what is assumed. */
static bool reads_back(const char *driver)
{
	const struct nm_carrier *carrier = nm_carrier_find(driver);

	return carrier != NULL && carrier->traits.reads_back;
}

static struct nm_live_then pushed(const struct nm_push_record *push, nm_time t)
{
	return (struct nm_live_then){ .known = known_of(push, t),
				      .text = push->state == NM_PUSH_UNDONE ? push->before : push->wanted,
				      .driver = push->driver,
				      .at = push->at,
				      .push = push->id };
}

enum nm_code nm_live_then(struct nm_store *store, nm_number line, nm_time t, const char *driver, struct nm_arena *arena,
			  struct nm_live_then *out, struct nm_error *err)
{
	struct nm_push_record push;
	struct nm_reading reading;
	bool was_pushed = false, was_read = false;
	enum nm_code code = nm_store_push_before(store, line, t, arena, &push, &was_pushed, err);

	if (code == NM_OK)
		code = nm_store_reading_get(store, line, arena, &reading, &was_read, err);
	if (code != NM_OK)
		return code;
	*out = was_pushed ? pushed(&push, t) : (struct nm_live_then){ .known = NM_LIVE_NOTHING };
	/* While a push is under way, nobody can tell what a reading saw of it. */
	if (was_read && reading.known && reads_back(driver) && reading.at <= t && out->known != NM_LIVE_UNDER_WAY &&
	    (!was_pushed || reading.at > push.ended))
		*out = (struct nm_live_then){ .known = NM_LIVE_KNOWN,
					      .text = reading.live != NULL ? reading.live : EMPTY,
					      .driver = driver,
					      .at = reading.at };
	return NM_OK;
}
