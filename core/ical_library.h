/* SPDX-License-Identifier: MIT */
/* libical, for ical.c and ical_write.c alone: loaded when the first calendar is read or written. */
#ifndef CORE_ICAL_LIBRARY_H
#define CORE_ICAL_LIBRARY_H

#include <libical/ical.h>

#include "nevermiss/error.h"

/* What is called of it, by its own names. */
#define NM_LIBICAL(FUNCTION)                                                                                 \
	FUNCTION(icalcomponent_add_component)                                                                \
	FUNCTION(icalcomponent_add_property)                                                                 \
	FUNCTION(icalcomponent_as_ical_string_r)                                                             \
	FUNCTION(icalcomponent_count_properties)                                                             \
	FUNCTION(icalcomponent_free)                                                                         \
	FUNCTION(icalcomponent_get_first_component)                                                          \
	FUNCTION(icalcomponent_get_first_property)                                                           \
	FUNCTION(icalcomponent_get_next_component)                                                           \
	FUNCTION(icalcomponent_get_next_property)                                                            \
	FUNCTION(icalcomponent_new)                                                                          \
	FUNCTION(icaldurationtype_from_int)                                                                  \
	FUNCTION(icaldurationtype_is_bad_duration)                                                           \
	FUNCTION(icalerror_set_errors_are_fatal)                                                             \
	FUNCTION(icalmemory_free_buffer)                                                                     \
	FUNCTION(icalmemory_free_ring)                                                                       \
	FUNCTION(icalparameter_get_tzid)                                                                     \
	FUNCTION(icalparser_parse_string)                                                                    \
	FUNCTION(icalproperty_get_dtend)                                                                     \
	FUNCTION(icalproperty_get_dtstamp)                                                                   \
	FUNCTION(icalproperty_get_dtstart)                                                                   \
	FUNCTION(icalproperty_get_duration)                                                                  \
	FUNCTION(icalproperty_get_exdate)                                                                    \
	FUNCTION(icalproperty_get_exrule)                                                                    \
	FUNCTION(icalproperty_get_first_parameter)                                                           \
	FUNCTION(icalproperty_get_rdate)                                                                     \
	FUNCTION(icalproperty_get_recurrenceid)                                                              \
	FUNCTION(icalproperty_get_rrule)                                                                     \
	FUNCTION(icalproperty_get_sequence)                                                                  \
	FUNCTION(icalproperty_get_status)                                                                    \
	FUNCTION(icalproperty_get_summary)                                                                   \
	FUNCTION(icalproperty_get_transp)                                                                    \
	FUNCTION(icalproperty_get_tzid)                                                                      \
	FUNCTION(icalproperty_get_tzoffsetfrom)                                                              \
	FUNCTION(icalproperty_get_tzoffsetto)                                                                \
	FUNCTION(icalproperty_get_uid)                                                                       \
	FUNCTION(icalproperty_get_x)                                                                         \
	FUNCTION(icalproperty_get_xlicerror)                                                                 \
	FUNCTION(icalproperty_new_action)                                                                    \
	FUNCTION(icalproperty_new_description)                                                               \
	FUNCTION(icalproperty_new_dtstamp)                                                                   \
	FUNCTION(icalproperty_new_dtstart)                                                                   \
	FUNCTION(icalproperty_new_duration)                                                                  \
	FUNCTION(icalproperty_new_prodid)                                                                    \
	FUNCTION(icalproperty_new_summary)                                                                   \
	FUNCTION(icalproperty_new_transp)                                                                    \
	FUNCTION(icalproperty_new_trigger)                                                                   \
	FUNCTION(icalproperty_new_uid)                                                                       \
	FUNCTION(icalproperty_new_version)                                                                   \
	FUNCTION(icalrecurrencetype_day_day_of_week)                                                         \
	FUNCTION(icalrecurrencetype_day_position)                                                            \
	FUNCTION(icaltime_from_timet_with_zone)                                                              \
	FUNCTION(icaltime_is_null_time)                                                                      \
	FUNCTION(icaltime_is_utc)                                                                            \
	FUNCTION(icaltimezone_get_utc_timezone)                                                              \
	FUNCTION(icaltimezone_set_builtin_tzdata)                                                            \
	FUNCTION(icaltriggertype_from_int)

#define NM_LIBICAL_POINTER(name) __typeof__(name) *name;
struct nm_libical {
	NM_LIBICAL(NM_LIBICAL_POINTER)
};

enum nm_code nm_libical_load(struct nm_libical *lib, struct nm_error *err) NM_WARN_UNUSED;

#endif
