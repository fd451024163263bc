/* SPDX-License-Identifier: MIT */
/*
 * What zone a calendar means by a TZID: an IANA name, one with a maker's prefix, a Windows name as
 * Exchange writes it, or the VTIMEZONE's own rules.  Anything else is an error that names it.
 */
#include <string.h>

#include "core/utf8.h"
#include "ical_model.h"

/* Windows zone -> IANA zone: CLDR 42 windowsZones.xml, territory 001, today's IANA spellings. */
static const struct {
	const char *windows, *iana;
} windows_zones[] = {
	{ "AUS Central Standard Time", "Australia/Darwin" },
	{ "AUS Eastern Standard Time", "Australia/Sydney" },
	{ "Afghanistan Standard Time", "Asia/Kabul" },
	{ "Alaskan Standard Time", "America/Anchorage" },
	{ "Aleutian Standard Time", "America/Adak" },
	{ "Altai Standard Time", "Asia/Barnaul" },
	{ "Arab Standard Time", "Asia/Riyadh" },
	{ "Arabian Standard Time", "Asia/Dubai" },
	{ "Arabic Standard Time", "Asia/Baghdad" },
	{ "Argentina Standard Time", "America/Argentina/Buenos_Aires" },
	{ "Astrakhan Standard Time", "Europe/Astrakhan" },
	{ "Atlantic Standard Time", "America/Halifax" },
	{ "Aus Central W. Standard Time", "Australia/Eucla" },
	{ "Azerbaijan Standard Time", "Asia/Baku" },
	{ "Azores Standard Time", "Atlantic/Azores" },
	{ "Bahia Standard Time", "America/Bahia" },
	{ "Bangladesh Standard Time", "Asia/Dhaka" },
	{ "Belarus Standard Time", "Europe/Minsk" },
	{ "Bougainville Standard Time", "Pacific/Bougainville" },
	{ "Canada Central Standard Time", "America/Regina" },
	{ "Cape Verde Standard Time", "Atlantic/Cape_Verde" },
	{ "Caucasus Standard Time", "Asia/Yerevan" },
	{ "Cen. Australia Standard Time", "Australia/Adelaide" },
	{ "Central America Standard Time", "America/Guatemala" },
	{ "Central Asia Standard Time", "Asia/Almaty" },
	{ "Central Brazilian Standard Time", "America/Cuiaba" },
	{ "Central Europe Standard Time", "Europe/Budapest" },
	{ "Central European Standard Time", "Europe/Warsaw" },
	{ "Central Pacific Standard Time", "Pacific/Guadalcanal" },
	{ "Central Standard Time (Mexico)", "America/Mexico_City" },
	{ "Central Standard Time", "America/Chicago" },
	{ "Chatham Islands Standard Time", "Pacific/Chatham" },
	{ "China Standard Time", "Asia/Shanghai" },
	{ "Cuba Standard Time", "America/Havana" },
	{ "Dateline Standard Time", "Etc/GMT+12" },
	{ "E. Africa Standard Time", "Africa/Nairobi" },
	{ "E. Australia Standard Time", "Australia/Brisbane" },
	{ "E. Europe Standard Time", "Europe/Chisinau" },
	{ "E. South America Standard Time", "America/Sao_Paulo" },
	{ "Easter Island Standard Time", "Pacific/Easter" },
	{ "Eastern Standard Time (Mexico)", "America/Cancun" },
	{ "Eastern Standard Time", "America/New_York" },
	{ "Egypt Standard Time", "Africa/Cairo" },
	{ "Ekaterinburg Standard Time", "Asia/Yekaterinburg" },
	{ "FLE Standard Time", "Europe/Kyiv" },
	{ "Fiji Standard Time", "Pacific/Fiji" },
	{ "GMT Standard Time", "Europe/London" },
	{ "GTB Standard Time", "Europe/Bucharest" },
	{ "Georgian Standard Time", "Asia/Tbilisi" },
	{ "Greenland Standard Time", "America/Nuuk" },
	{ "Greenwich Standard Time", "Atlantic/Reykjavik" },
	{ "Haiti Standard Time", "America/Port-au-Prince" },
	{ "Hawaiian Standard Time", "Pacific/Honolulu" },
	{ "India Standard Time", "Asia/Kolkata" },
	{ "Iran Standard Time", "Asia/Tehran" },
	{ "Israel Standard Time", "Asia/Jerusalem" },
	{ "Jordan Standard Time", "Asia/Amman" },
	{ "Kaliningrad Standard Time", "Europe/Kaliningrad" },
	{ "Korea Standard Time", "Asia/Seoul" },
	{ "Libya Standard Time", "Africa/Tripoli" },
	{ "Line Islands Standard Time", "Pacific/Kiritimati" },
	{ "Lord Howe Standard Time", "Australia/Lord_Howe" },
	{ "Magadan Standard Time", "Asia/Magadan" },
	{ "Magallanes Standard Time", "America/Punta_Arenas" },
	{ "Marquesas Standard Time", "Pacific/Marquesas" },
	{ "Mauritius Standard Time", "Indian/Mauritius" },
	{ "Middle East Standard Time", "Asia/Beirut" },
	{ "Montevideo Standard Time", "America/Montevideo" },
	{ "Morocco Standard Time", "Africa/Casablanca" },
	{ "Mountain Standard Time (Mexico)", "America/Chihuahua" },
	{ "Mountain Standard Time", "America/Denver" },
	{ "Myanmar Standard Time", "Asia/Yangon" },
	{ "N. Central Asia Standard Time", "Asia/Novosibirsk" },
	{ "Namibia Standard Time", "Africa/Windhoek" },
	{ "Nepal Standard Time", "Asia/Kathmandu" },
	{ "New Zealand Standard Time", "Pacific/Auckland" },
	{ "Newfoundland Standard Time", "America/St_Johns" },
	{ "Norfolk Standard Time", "Pacific/Norfolk" },
	{ "North Asia East Standard Time", "Asia/Irkutsk" },
	{ "North Asia Standard Time", "Asia/Krasnoyarsk" },
	{ "North Korea Standard Time", "Asia/Pyongyang" },
	{ "Omsk Standard Time", "Asia/Omsk" },
	{ "Pacific SA Standard Time", "America/Santiago" },
	{ "Pacific Standard Time (Mexico)", "America/Tijuana" },
	{ "Pacific Standard Time", "America/Los_Angeles" },
	{ "Pakistan Standard Time", "Asia/Karachi" },
	{ "Paraguay Standard Time", "America/Asuncion" },
	{ "Qyzylorda Standard Time", "Asia/Qyzylorda" },
	{ "Romance Standard Time", "Europe/Paris" },
	{ "Russia Time Zone 10", "Asia/Srednekolymsk" },
	{ "Russia Time Zone 11", "Asia/Kamchatka" },
	{ "Russia Time Zone 3", "Europe/Samara" },
	{ "Russian Standard Time", "Europe/Moscow" },
	{ "SA Eastern Standard Time", "America/Cayenne" },
	{ "SA Pacific Standard Time", "America/Bogota" },
	{ "SA Western Standard Time", "America/La_Paz" },
	{ "SE Asia Standard Time", "Asia/Bangkok" },
	{ "Saint Pierre Standard Time", "America/Miquelon" },
	{ "Sakhalin Standard Time", "Asia/Sakhalin" },
	{ "Samoa Standard Time", "Pacific/Apia" },
	{ "Sao Tome Standard Time", "Africa/Sao_Tome" },
	{ "Saratov Standard Time", "Europe/Saratov" },
	{ "Singapore Standard Time", "Asia/Singapore" },
	{ "South Africa Standard Time", "Africa/Johannesburg" },
	{ "South Sudan Standard Time", "Africa/Juba" },
	{ "Sri Lanka Standard Time", "Asia/Colombo" },
	{ "Sudan Standard Time", "Africa/Khartoum" },
	{ "Syria Standard Time", "Asia/Damascus" },
	{ "Taipei Standard Time", "Asia/Taipei" },
	{ "Tasmania Standard Time", "Australia/Hobart" },
	{ "Tocantins Standard Time", "America/Araguaina" },
	{ "Tokyo Standard Time", "Asia/Tokyo" },
	{ "Tomsk Standard Time", "Asia/Tomsk" },
	{ "Tonga Standard Time", "Pacific/Tongatapu" },
	{ "Transbaikal Standard Time", "Asia/Chita" },
	{ "Turkey Standard Time", "Europe/Istanbul" },
	{ "Turks And Caicos Standard Time", "America/Grand_Turk" },
	{ "US Eastern Standard Time", "America/Indiana/Indianapolis" },
	{ "US Mountain Standard Time", "America/Phoenix" },
	{ "UTC", "Etc/UTC" },
	{ "UTC+12", "Etc/GMT-12" },
	{ "UTC+13", "Etc/GMT-13" },
	{ "UTC-02", "Etc/GMT+2" },
	{ "UTC-08", "Etc/GMT+8" },
	{ "UTC-09", "Etc/GMT+9" },
	{ "UTC-11", "Etc/GMT+11" },
	{ "Ulaanbaatar Standard Time", "Asia/Ulaanbaatar" },
	{ "Venezuela Standard Time", "America/Caracas" },
	{ "Vladivostok Standard Time", "Asia/Vladivostok" },
	{ "Volgograd Standard Time", "Europe/Volgograd" },
	{ "W. Australia Standard Time", "Australia/Perth" },
	{ "W. Central Africa Standard Time", "Africa/Lagos" },
	{ "W. Europe Standard Time", "Europe/Berlin" },
	{ "W. Mongolia Standard Time", "Asia/Hovd" },
	{ "West Asia Standard Time", "Asia/Tashkent" },
	{ "West Bank Standard Time", "Asia/Hebron" },
	{ "West Pacific Standard Time", "Pacific/Port_Moresby" },
	{ "Yakutsk Standard Time", "Asia/Yakutsk" },
	{ "Yukon Standard Time", "America/Whitehorse" },
};

/* What follows "(UTC-06:00) " where Outlook writes a zone's display name instead. */
static const struct {
	const char *display, *iana;
} display_names[] = {
	{ "Adelaide", "Australia/Adelaide" },
	{ "Alaska", "America/Anchorage" },
	{ "Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Berlin" },
	{ "Arizona", "America/Phoenix" },
	{ "Athens, Bucharest", "Europe/Bucharest" },
	{ "Atlantic Time (Canada)", "America/Halifax" },
	{ "Auckland, Wellington", "Pacific/Auckland" },
	{ "Beijing, Chongqing, Hong Kong, Urumqi", "Asia/Shanghai" },
	{ "Belgrade, Bratislava, Budapest, Ljubljana, Prague", "Europe/Budapest" },
	{ "Brasilia", "America/Sao_Paulo" },
	{ "Brisbane", "Australia/Brisbane" },
	{ "Brussels, Copenhagen, Madrid, Paris", "Europe/Paris" },
	{ "Canberra, Melbourne, Sydney", "Australia/Sydney" },
	{ "Central Time (US & Canada)", "America/Chicago" },
	{ "Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata" },
	{ "Coordinated Universal Time", "Etc/UTC" },
	{ "Darwin", "Australia/Darwin" },
	{ "Dublin, Edinburgh, Lisbon, London", "Europe/London" },
	{ "Eastern Time (US & Canada)", "America/New_York" },
	{ "Guadalajara, Mexico City, Monterrey", "America/Mexico_City" },
	{ "Hawaii", "Pacific/Honolulu" },
	{ "Helsinki, Kyiv, Riga, Sofia, Tallinn, Vilnius", "Europe/Helsinki" },
	{ "Hobart", "Australia/Hobart" },
	{ "Indiana (East)", "America/Indiana/Indianapolis" },
	{ "Istanbul", "Europe/Istanbul" },
	{ "Kuala Lumpur, Singapore", "Asia/Singapore" },
	{ "Mountain Time (US & Canada)", "America/Denver" },
	{ "Newfoundland", "America/St_Johns" },
	{ "Osaka, Sapporo, Tokyo", "Asia/Tokyo" },
	{ "Pacific Time (US & Canada)", "America/Los_Angeles" },
	{ "Perth", "Australia/Perth" },
	{ "Sarajevo, Skopje, Warsaw, Zagreb", "Europe/Warsaw" },
	{ "Saskatchewan", "America/Regina" },
};

/* A name from outside becomes a file name below: nothing that could leave the zones' folder. */
static bool is_iana_form(const char *name)
{
	size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/");

	return len > 0 && len <= 64 && !name[len] && name[0] != '/';
}

/* *out stays NULL when there is no such zone; only memory running out is an error. */
static enum nm_code try_name(const char *name, struct nm_zone **out, struct nm_error *err)
{
	enum nm_code code;

	if (!name || *out || !is_iana_form(name))
		return NM_OK;
	code = nm_zone_load(name, out, err);
	if (code == NM_NO_MEMORY)
		return code;
	if (code)
		*out = NULL;
	return NM_OK;
}

/* "/freeassociation.sourceforge.net/Tzfile/America/Chicago", "/mozilla.org/20050126_1/Europe/Berlin" */
static enum nm_code try_prefixed(const char *tzid, struct nm_zone **out, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (tzid[0] != '/')
		return NM_OK;
	for (const char *at = tzid; at && !*out && !code; at = strchr(at + 1, '/')) {
		if (strchr(at + 1, '/'))
			code = try_name(at + 1, out, err);
	}
	return code;
}

static const char *windows_name(const char *tzid)
{
	const char *display = strstr(tzid, ") ");

	for (size_t i = 0; i < sizeof windows_zones / sizeof windows_zones[0]; i++) {
		if (!strcmp(tzid, windows_zones[i].windows))
			return windows_zones[i].iana;
	}
	for (size_t i = 0; tzid[0] == '(' && display && i < sizeof display_names / sizeof display_names[0];
	     i++) {
		if (!strcmp(display + 2, display_names[i].display))
			return display_names[i].iana;
	}
	return NULL;
}

/* A name without a folder ("EST", "CET") may be anybody's: the calendar's own rules come before it. */
static enum nm_code find(struct ical_zone *zone, struct nm_error *err)
{
	enum nm_code code = NM_OK;

	if (strchr(zone->tzid, '/') || !strcmp(zone->tzid, "UTC") || !strcmp(zone->tzid, "GMT"))
		code = try_name(zone->tzid, &zone->zone, err);
	if (!code)
		code = try_name(zone->location, &zone->zone, err);
	if (!code && !zone->zone)
		code = try_prefixed(zone->tzid, &zone->zone, err);
	if (!code)
		code = try_name(windows_name(zone->tzid), &zone->zone, err);
	if (!code && !zone->n_shifts)
		code = try_name(zone->tzid, &zone->zone, err);
	return code;
}

enum nm_code nm_ical_zones_load(struct nm_ical *ical, struct nm_error *err)
{
	char text[ICAL_NAME];
	enum nm_code code;

	for (size_t i = 0; i < ical->n_zones; i++) {
		struct ical_zone *zone = &ical->zones[i];

		if (!zone->line)
			continue;
		code = find(zone, err);
		if (code)
			return code;
		if (zone->zone || zone->n_shifts)
			continue;
		nm_utf8_clean(zone->tzid, text, sizeof text);
		return nm_fail(err, NM_INPUT,
			       "%s:%d: no time zone is known as \"%s\"; an IANA name such as "
			       "\"America/Chicago\" would be right",
			       ical->name, zone->line, text);
	}
	return NM_OK;
}

nm_time nm_ical_zone_utc(const struct ical_zone *zone, nm_local local)
{
	size_t low = 0, high = zone->n_shifts;

	if (zone->zone)
		return nm_zone_utc(zone->zone, local, NULL);
	/* The last change that has wholly passed on the wall clock: in a gap and in a repeated hour
	 * the offset before still holds. */
	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct ical_shift *shift = &zone->shifts[middle];
		int32_t most = shift->before > shift->after ? shift->before : shift->after;

		if (shift->at + most <= local)
			low = middle + 1;
		else
			high = middle;
	}
	return local - (low ? zone->shifts[low - 1].after : zone->shifts[0].before);
}
