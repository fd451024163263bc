/* SPDX-License-Identifier: MIT */
/* See ical_write.h. */
#include "core/ical_write.h"

#include "core/ical_library.h"
#include "core/utf8.h"

#define TEXT_MAX 1024 /* of what people wrote; what is longer is cut */

static icaltimetype time_of(const struct nm_libical *lib, nm_time t)
{
	return lib->icaltime_from_timet_with_zone((time_t)t, 0, lib->icaltimezone_get_utc_timezone());
}

static icalcomponent *reminder_of(const struct nm_libical *lib, const char *summary)
{
	icalcomponent *reminder = lib->icalcomponent_new(ICAL_VALARM_COMPONENT);

	lib->icalcomponent_add_property(reminder, lib->icalproperty_new_action(ICAL_ACTION_DISPLAY));
	lib->icalcomponent_add_property(reminder, lib->icalproperty_new_description(summary));
	lib->icalcomponent_add_property(reminder,
					lib->icalproperty_new_trigger(lib->icaltriggertype_from_int(0)));
	return reminder;
}

static icalcomponent *event_of(const struct nm_libical *lib, const struct nm_ical_note *note)
{
	icalcomponent *event = lib->icalcomponent_new(ICAL_VEVENT_COMPONENT);
	char summary[TEXT_MAX], description[TEXT_MAX];
	icalproperty *properties[7];

	nm_utf8_clean(note->summary, summary, sizeof(summary));
	nm_utf8_clean(note->description, description, sizeof(description));
	properties[0] = lib->icalproperty_new_uid(note->uid);
	properties[1] = lib->icalproperty_new_dtstamp(time_of(lib, note->stamp));
	properties[2] = lib->icalproperty_new_dtstart(time_of(lib, note->at));
	properties[3] = lib->icalproperty_new_duration(lib->icaldurationtype_from_int(note->length_s));
	properties[4] = lib->icalproperty_new_summary(summary);
	properties[5] = lib->icalproperty_new_description(description);
	properties[6] = lib->icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT);
	for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
		lib->icalcomponent_add_property(event, properties[i]);
	lib->icalcomponent_add_component(event, reminder_of(lib, summary));
	return event;
}

enum nm_code nm_ical_note_write(const struct nm_ical_note *note, struct nm_buf *out, struct nm_error *err)
{
	struct nm_libical lib;
	icalcomponent *calendar;
	char *text;
	enum nm_code code = nm_libical_load(&lib, err);

	if (code != NM_OK)
		return code;
	lib.icalerror_set_errors_are_fatal(0);
	calendar = lib.icalcomponent_new(ICAL_VCALENDAR_COMPONENT);
	lib.icalcomponent_add_property(calendar, lib.icalproperty_new_version("2.0"));
	lib.icalcomponent_add_property(calendar, lib.icalproperty_new_prodid("-//nevermiss//callbacks//EN"));
	lib.icalcomponent_add_component(calendar, event_of(&lib, note));
	text = lib.icalcomponent_as_ical_string_r(calendar);
	if (text != NULL)
		nm_buf_add(out, text);
	if (text == NULL || out->failed)
		code = nm_fail_memory(err);
	lib.icalmemory_free_buffer(text);
	lib.icalcomponent_free(calendar);
	return code;
}
