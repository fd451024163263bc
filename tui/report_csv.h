/* SPDX-License-Identifier: MIT */
/* A report as a table for other programs. */
#ifndef TUI_REPORT_CSV_H
#define TUI_REPORT_CSV_H

#include "nevermiss/report.h"

/* RFC 4180 with a head, one value a line: "figure,from,until,line,value".  A figure is words ("answer rate",
 * "week calls", "layer owner calls", "heat Mon 08"), from and until are RFC 3339 on the zone's clock, line is "" for
 * all, a value that is not known is "".  out->failed when memory is out. */
void report_csv(const struct nm_report *report, const struct nm_zone *zone, struct nm_buf *out);

#endif
