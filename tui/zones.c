/* SPDX-License-Identifier: MIT */
/*
 * Names of time zones.  In: the system's table (tzdata's zone.tab: country, coordinates, name, parted by tabs) and
 * where /etc/localtime points.  Out: names, countries.  Knows no offset: clock.h does.
 */
#include "zones.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "nevermiss/edit.h"

#define TABLE "/usr/share/zoneinfo/zone.tab"
#define TABLE_BYTES (1u << 20)
#define OWN "/etc/localtime"
#define FOLDER "zoneinfo/"
#define MOST 2000

/* The column that begins at text; *len its bytes. */
static const char *column(const char *text, size_t n, size_t *len)
{
	for (; n > 0; n--) {
		text += strcspn(text, "\t\n");
		text += *text == '\t';
	}
	*len = strcspn(text, "\t\n");
	return text;
}

static void add_row(struct zones *zones, const char *line)
{
	struct zone_row *row = &zones->items[zones->n];
	size_t country_len, name_len;
	const char *country = column(line, 0, &country_len), *name = column(line, 2, &name_len);

	if (line[0] == '#' || country_len != 2 || name_len == 0)
		return;
	row->name = nm_arena_textn(zones->arena, name, name_len);
	memcpy(row->country, country, 2);
	row->country[2] = '\0';
	zones->n += row->name != NULL;
}

void zones_parse(const char *text, struct zones *zones)
{
	*zones = (struct zones){.arena = nm_arena_new()};
	if (zones->arena)
		zones->items = nm_arena_alloc(zones->arena, MOST, sizeof *zones->items);
	while (zones->items && *text && zones->n < MOST) {
		add_row(zones, text);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

void zones_read(struct zones *zones)
{
	struct nm_buf text;

	nm_buf_init(&text, TABLE_BYTES);
	*zones = (struct zones){0};
	if (nm_file_read(TABLE, TABLE_BYTES, &text, NULL) == NM_OK)
		zones_parse(text.data, zones);
	nm_buf_clear(&text);
}

void zones_clear(struct zones *zones)
{
	nm_arena_free(zones->arena);
	*zones = (struct zones){0};
}

const struct zone_row *zones_find(const struct zones *zones, const char *name)
{
	for (size_t i = 0; i < zones->n; i++) {
		if (!strcmp(zones->items[i].name, name))
			return &zones->items[i];
	}
	return NULL;
}

/* A machine that runs on UTC says nothing of where its owner lives: only zones of a country count. */
void zones_own(const struct zones *zones, const char *tz, struct nm_buf *out)
{
	char target[PATH_MAX];
	const ssize_t len = tz ? 0 : readlink(OWN, target, sizeof target - 1);
	const char *folder, *name = tz;

	if (!tz && len > 0) {
		target[len] = '\0';
		folder = strstr(target, FOLDER);
		name = folder ? folder + strlen(FOLDER) : NULL;
	}
	if (name && *name == ':') /* POSIX: how TZ says that it is a file's name */
		name++;
	if (name && zones_find(zones, name))
		nm_buf_add(out, name);
}
