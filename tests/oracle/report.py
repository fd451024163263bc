#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares the figures of `report` with plain SQL over the rows of the log.

usage: report.py NEVERMISS [COUNT [STORE PLAN]]

Writes a plan and a random log of COUNT calls (200,000) over 50 weeks with both clock changes in them, imports it as a
table, imports a part of it again with other results, ends some follow-ups and lets customers answer surveys; or takes
the STORE and PLAN of a log that is there.  Then it asks for reports of several spans and lines and counts each figure anew: what a call counts as in SQL
over the table of calls, local times by Python's zoneinfo, matters by window functions.  It knows nothing of the sums
beside them.  Ends with how many figures agreed; exits with 1 when one differs.

On the ten million calls that `make bench` has left in the build folder (some minutes, and 4 GB of temporary files):
report.py ./nevermiss 0 bench-data/log/store/*.db bench-data/log/plan.conf
"""
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Chicago")
LINES = {"main": 15125550100, "over": 15125550101}
FROM = datetime(2025, 12, 1, tzinfo=ZONE)
WEEKS = 50
PLAN = """business = "Smith" timezone = "America/Chicago" country = "US"
account box { driver = sandbox }
line main { number = "+15125550100" account = box }
line over { number = "+15125550101" account = box }
destination owner { kind = personal number = "+15125550111" own_voicemail = none }
destination office { kind = backup number = "+15125550112" own_voicemail = none }
destination fixly { kind = ai number = "+15125550177" }
destination box { kind = voicemail greeting = "Smith" }
path day { step { ring = owner } step { ring = office } step { ring = fixly } step { ring = box } }
rule all { path = day }
"""

# What a call counts as, in the words of the manual.
ROWS = """CREATE TEMP TABLE rows AS SELECT id, number, caller, began, ended, answered_by AS by, seconds,
 CASE WHEN outcome = 6 AND reason = 9 THEN 'answered_untold' WHEN outcome = 6 THEN 'unknown' WHEN outcome = 2 THEN 'rejected'
      WHEN cut OR (outcome = 0 AND probably) THEN 'perhaps_answered' WHEN outcome = 0 THEN 'answered'
      WHEN outcome = 1 THEN 'voicemail' WHEN outcome = 3 AND probably THEN 'perhaps_swallowed'
      WHEN outcome = 3 THEN 'swallowed' WHEN outcome = 5 THEN 'lost'
      WHEN seconds >= 0 AND seconds < 15 THEN 'abandoned_at_once' ELSE 'abandoned' END AS fate,
 outcome = 6 AND reason = 2 AS went_on FROM call"""
# Calls of one caller in the order in which they came: does it begin a matter, and is nothing of it behind it?
MATTERS = """CREATE TEMP TABLE {name}_calls AS SELECT id, caller, began, number, fate,
 coalesce(lead(began) OVER w - began > 7 * 86400, 1) AS last, coalesce(began - lag(began) OVER w > 7 * 86400, 1) AS first
 FROM rows WHERE caller > 0 AND fate NOT IN ('rejected', 'unknown', 'answered_untold')
 WINDOW w AS (PARTITION BY {whose} ORDER BY began, id)"""
# And what its customer said of it: the newest follow-up of a matter (known by its first call) that was answered counts.
SAID = """CREATE TEMP TABLE {name} AS
 WITH numbered AS (SELECT *, sum(first) OVER (PARTITION BY {whose} ORDER BY began, id) AS k FROM {name}_calls
  WHERE caller IN (SELECT caller FROM rows JOIN answers ON call = id)),
 headed AS (SELECT *, first_value(id) OVER (PARTITION BY {whose}, k ORDER BY began, id) AS head FROM numbered),
 said AS (SELECT head, yes, row_number() OVER (PARTITION BY head ORDER BY began DESC, headed.id DESC) AS nth
  FROM headed JOIN answers ON call = headed.id)
 SELECT m.*, yes FROM {name}_calls AS m LEFT JOIN said ON nth = 1 AND head = m.id WHERE m.first"""
MISSED = "fate IN ('voicemail', 'swallowed', 'perhaps_swallowed', 'lost', 'abandoned')"
COUNTS = "fate NOT IN ('rejected', 'unknown')"
FATES = ["answered", "perhaps_answered", "voicemail", "swallowed", "perhaps_swallowed", "abandoned", "abandoned_at_once", "lost",
         "rejected", "unknown", "answered_untold"]

agreed = 0


def local(began):
    return datetime.fromtimestamp(began, ZONE)


def same(what, got, want):
    """Figures are told to hundredths."""
    global agreed
    if got == want or (isinstance(got, (int, float)) and isinstance(want, (int, float)) and abs(got - want) < 0.00501):
        agreed += 1
        return
    print(f"DIFFERS: {what}: report has {got}, SQL {want}")
    sys.exit(1)


def percent(part, whole):
    return 100 * part / whole if whole else None


class Part:
    """A span and a line, and what SQL says of them."""

    def __init__(self, db, begin, until, number):
        self.db, self.begin, self.until, self.number = db, begin, until, number
        self.where = f"began >= {begin} AND began < {until}" + (f" AND number = {number}" if number else "")

    def one(self, sql):
        return self.db.execute(sql).fetchone()

    def ranked(self, ranks):
        """The seconds of those answered calls, counted from 1 in the order of their seconds."""
        cumulated = self.db.execute(
            "SELECT seconds, sum(count(*)) OVER (ORDER BY seconds) FROM rows"
            f" WHERE {self.where} AND fate = 'answered' AND seconds >= 0 GROUP BY seconds").fetchall()
        return [next(seconds for seconds, until in cumulated if until >= rank) for rank in ranks]

    def figures(self):
        counts = dict(self.db.execute(f"SELECT fate, count(*) FROM rows WHERE {self.where} GROUP BY fate"))
        out = {fate: counts.get(fate, 0) for fate in FATES}
        out["calls"] = sum(counts.values())
        fair = out["calls"] - out["abandoned_at_once"] - out["rejected"] - out["unknown"]
        told = 2 * out["answered_untold"] < max(fair, 1)
        out["answer_rate"] = percent(out["answered"], fair) if told else None
        out["possible_answer_rate"] = percent(out["answered"] + out["perhaps_answered"]
                                              + out["perhaps_swallowed"] + out["answered_untold"], fair)
        n, out["average_seconds"], out["average_rings"] = self.one(
            "SELECT count(*), avg(seconds), avg((seconds + 5) / 6) FROM rows"
            f" WHERE {self.where} AND fate = 'answered' AND seconds >= 0")
        low, high, most = self.ranked([(n + 1) // 2, n // 2 + 1, (n * 95 + 99) // 100]) if n else (None,) * 3
        out["median_seconds"] = (low + high) / 2 if n else None
        out["seconds_95th"] = most
        out["matters"], single, perhaps = self.one(
            "SELECT count(*), coalesce(sum(coalesce(yes, last AND fate = 'answered')), 0),"
            " coalesce(sum(coalesce(yes, last AND fate IN ('answered', 'perhaps_answered', 'perhaps_swallowed'))), 0)"
            f" FROM {'matters_of_lines' if self.number else 'matters'} WHERE {self.where}")
        out["first_call_resolution"] = percent(single, out["matters"]) if told else None
        out["possible_first_call_resolution"] = percent(perhaps, out["matters"]) if told else None
        out.update(self.followups())
        return out

    def followups(self):
        rows = self.db.execute(
            "SELECT opened, first_try, outcome FROM followup"
            f" WHERE opened >= {self.begin} AND opened < {self.until}"
            + (f" AND (SELECT number FROM call WHERE id = followup.call) = {self.number}" if self.number else "")
        ).fetchall()
        asked = [row for row in rows if not (row[1] == 0 and row[2] == 5)]
        waits = sorted((row[1] - row[0]) / 60 for row in asked if row[1])
        n = len(waits)
        return {"followups": len(asked), "followups_tried": n, "rang_again": len(rows) - len(asked),
                "callback_minutes": sum(waits) / n if n else None,
                "median_callback_minutes": (waits[(n - 1) // 2] + waits[n // 2]) / 2 if n else None,
                "called_back_within_10": percent(sum(w <= 10 for w in waits), len(asked)),
                "called_back_within_15": percent(sum(w <= 15 for w in waits), len(asked))}

    def layers(self):
        return dict((name, (n, seconds)) for name, n, seconds in self.db.execute(
            "SELECT CASE WHEN fate IN ('voicemail', 'swallowed', 'perhaps_swallowed') THEN 'voicemail'"
            " WHEN fate IN ('lost', 'abandoned', 'abandoned_at_once') THEN 'nobody'"
            " WHEN fate = 'answered_untold' THEN 'not told' ELSE coalesce(by, 'others') END AS layer, count(*), avg(iif(seconds >= 0, seconds, NULL))"
            f" FROM rows WHERE {self.where} AND {COUNTS} GROUP BY layer"))

    def heat(self, which):
        """No clock is changed within a quarter of an hour: of ten million calls no more than that many are looked up."""
        heat = [[0] * 24 for _ in range(7)]
        for quarter, n in self.db.execute(f"SELECT began / 900 AS quarter, count(*) FROM rows WHERE {self.where}"
                                          f" AND fate <> 'rejected' AND NOT went_on AND {which} GROUP BY quarter"):
            at = local(quarter * 900)
            heat[at.weekday()][at.hour] += n
        return heat

    def missed_callers(self):
        return self.db.execute(f"""
            WITH part AS (SELECT *, row_number() OVER (PARTITION BY caller ORDER BY began, id) AS k FROM rows
              WHERE {self.where} AND caller > 0 AND {COUNTS} AND fate <> 'answered_untold')
            SELECT caller, sum({MISSED}) AS missed, count(*) - min(iif({MISSED}, k, NULL)) AS again FROM part
            GROUP BY caller HAVING missed > 0 ORDER BY missed DESC, again DESC, caller LIMIT 100""").fetchall()


def check(db, report, begin, until, number):
    what = f"{local(begin)} to {local(until)}, {number or 'all lines'}"
    part = Part(db, begin, until, number)
    for key, value in part.figures().items():
        same(f"{what}: {key}", report[key], value)
    layers = part.layers()
    same(f"{what}: layers", sorted(report["by_layer"]), sorted(layers))
    for name, (n, seconds) in layers.items():
        same(f"{what}: calls of {name}", report["by_layer"][name]["calls"], n)
        if name != "nobody":
            same(f"{what}: seconds of {name}", report["by_layer"][name]["average_seconds"], seconds)
    same(f"{what}: heat", report["heat"], part.heat("1"))
    same(f"{what}: missed", report["missed"], part.heat(MISSED))
    same(f"{what}: missed callers", [(int(one["number"][1:]), one["missed"], one["again"])
                                     for one in report["missed_callers"]], part.missed_callers())
    for week in report["by_week"]:
        span = [int(datetime.fromisoformat(week[key]).timestamp()) for key in ("from", "until")]
        assert span[0] == begin or (local(span[0]).weekday(), local(span[0]).hour) == (0, 0)
        for key, value in Part(db, span[0], span[1], number).figures().items():
            same(f"{what}: week of {week['from']}: {key}", week[key], value)


def run(nevermiss, plan, data, *words):
    done = subprocess.run([nevermiss, "-p", plan, "--data", data, "--now", "2027-01-04T12:00:00-06:00", *words],
                          capture_output=True, text=True, check=False)
    if done.returncode > 0:
        print(f"{' '.join(words)}: status {done.returncode}\n{done.stderr}{done.stdout[:2000]}")
        sys.exit(1)
    return done.stdout


def write_log(dice, count, name, again):
    """again: other results of every fifth call."""
    with open(name, "w", encoding="ascii") as log:
        log.write("id,at,from,to,status,by,duration,rang\n")
        for i in range(count):
            at = FROM + timedelta(seconds=dice.randrange(WEEKS * 7 * 86400))
            caller = dice.choice(["anonymous", "", *[f"+1737{2000000 + dice.randrange(count // 12 + 9)}"] * 18])
            status = dice.choices(["answered", "missed", "voicemail", "busy", "abandoned"], [70, 12, 8, 2, 8])[0]
            by = dice.choice(["+15125550111", "+15125550112", "+15125550177", "+442079460000"])
            # Of the first weeks most records do not say who answered.
            if dice.random() < (0.8 if at < FROM + timedelta(weeks=8) else 0.05):
                by = ""
            rang = dice.choice(["", str(dice.randrange(40)), str(dice.randrange(400))])
            row = (f"c{i},{at.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ},{caller},{dice.choice(list(LINES))},{status},"
                   f"{by if status == 'answered' else ''},{dice.randrange(600)},{rang}\n")
            if not again or i % 5 == 0:
                log.write(row)


def make_log(nevermiss, folder, count):
    plan, data, dice = f"{folder}/plan.conf", f"{folder}/data", random.Random(1)
    with open(plan, "w", encoding="ascii") as text:
        text.write(PLAN)
    for again in (False, True):
        write_log(dice, count, f"{folder}/calls.csv", again)
        print(run(nevermiss, plan, data, "calls", "import", f"{folder}/calls.csv").strip().splitlines()[-1])
    for followup in json.loads(run(nevermiss, plan, data, "--json", "followup", "list", "--count", "20"))["followups"]:
        run(nevermiss, plan, data, "followup", "done", str(followup["id"]), "--outcome", dice.choice(["booked", "lost"]))
    store = [f"{data}/{name}" for name in os.listdir(data) if name.endswith(".db")][0]
    answer_surveys(dice, store)
    return plan, store


def answer_surveys(dice, store):
    """Every third follow-up, as if its customer had answered: 6 is a yes among deeds, 7 a no."""
    with sqlite3.connect(store) as db:
        ids = [row[0] for row in db.execute("SELECT id FROM followup WHERE call IS NOT NULL ORDER BY id")]
        db.executemany("INSERT INTO deed(followup, at, who, kind, outcome) VALUES(?, 1, 'the customer', ?, 0)",
                       [(one, dice.choice((6, 7))) for one in ids if dice.randrange(3) == 0])
    db.close()


def make_matters(db, name, whose):
    if not db.execute("SELECT 1 FROM temp.sqlite_schema WHERE name = ?", (name,)).fetchone():
        db.execute(MATTERS.format(name=name, whose=whose))
        db.execute(SAID.format(name=name, whose=whose))
        db.execute(f"CREATE INDEX temp.{name}_began ON {name}(began)")


def main():
    nevermiss, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200000
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 4:
            store, plan = sys.argv[3], sys.argv[4]
        else:
            plan, store = make_log(nevermiss, folder, count)
        db = sqlite3.connect(store)
        db.execute("PRAGMA cache_size = -262144")
        db.execute("PRAGMA temp.cache_size = -262144")
        db.execute(ROWS)
        db.execute("CREATE INDEX temp.rows_began ON rows(began, number, fate, seconds)")
        db.execute("CREATE TEMP TABLE answers AS SELECT call, kind = 6 AS yes FROM followup JOIN deed"
                   " ON deed.followup = followup.id WHERE kind IN (6, 7) AND call IS NOT NULL")
        make_matters(db, "matters", "caller")
        first, last = db.execute("SELECT min(began), max(began) + 1 FROM call").fetchone()
        middle = (first + last) // 2
        for begin, until, line in ((first, last, None), (middle, middle + 3599, None), (middle, middle + 30 * 86400, "over"),
                                   (middle + 1, middle + 86400, "main"), (first + 5000, last - 777, "main")):
            number = db.execute("SELECT number FROM call WHERE line = ? LIMIT 1", (line,)).fetchone() if line else None
            words = ["--json", "report", "--from", local(begin).isoformat(), "--until", local(until).isoformat()]
            if line:
                make_matters(db, "matters_of_lines", "number, caller")
            if number or not line:
                check(db, json.loads(run(nevermiss, plan, os.path.dirname(store), *words,
                                         *(["--line", line] if line else []))), begin, until, number and number[0])
                print(f"{local(begin)} to {local(until)}, {line or 'all lines'}: {agreed} figures agree so far", flush=True)
        print(f"of {db.execute('SELECT count(*) FROM call').fetchone()[0]} calls")
        print(f"{agreed} passed, 0 failed")


main()
