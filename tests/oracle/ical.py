#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Random calendars, expanded by dateutil on naive local times and by ical_oracle: no disagreement.

dateutil gives the dates of one rule; what RFC 5545 says beyond that (DTSTART counts, UNTIL in three
forms, EXDATE, overrides, lengths) is spelled out here once more, independent of core/.  Local times
become instants by zoneinfo with fold=0, which is the rule of design.md 4.1: in a gap the offset before
it, of a repeated hour the first.  Usage: ical.py PROGRAM [CALENDARS] [SEED]
"""
import datetime as dt
import random
import subprocess
import sys
import tempfile
import types
import zoneinfo

from dateutil import rrule

UTC = dt.timezone.utc
ZONES = ["America/Chicago", "Europe/Berlin", "Australia/Sydney"]
WINDOWS = {"America/Chicago": "Central Standard Time", "Europe/Berlin": "W. Europe Standard Time",
           "Australia/Sydney": "AUS Eastern Standard Time"}
SHOWN = {"America/Chicago": '"(UTC-06:00) Central Time (US & Canada)"',
         "Europe/Berlin": '"(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"',
         "Australia/Sydney": '"(UTC+10:00) Canberra, Melbourne, Sydney"'}
OWN = {  # the rules since 2008, as a calendar may describe them under a name of its own
    "America/Chicago": ("-0600", "-0500", "20070311T020000", "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
                        "20071104T020000", "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
    "Europe/Berlin": ("+0100", "+0200", "19960331T020000", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
                      "19961027T030000", "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU"),
    "Australia/Sydney": ("+1000", "+1100", "20081005T020000", "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU",
                         "20080406T030000", "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU"),
}
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQS = {"YEARLY": rrule.YEARLY, "MONTHLY": rrule.MONTHLY, "WEEKLY": rrule.WEEKLY, "DAILY": rrule.DAILY,
         "HOURLY": rrule.HOURLY, "MINUTELY": rrule.MINUTELY, "SECONDLY": rrule.SECONDLY}
CHANGES = [(2020, 3, 8), (2020, 11, 1), (2021, 3, 14), (2021, 11, 7), (2020, 3, 29), (2020, 10, 25),
           (2021, 3, 28), (2021, 10, 31), (2020, 4, 5), (2020, 10, 4), (2021, 4, 4), (2021, 10, 3)]
CALENDARS = 100  # a fixed number: the same ones however fast the machine is
HORIZON = dt.datetime(2023, 6, 1)
# dateutil goes on to the year 9999 for a rule that never matches.
rrule.datetime = types.SimpleNamespace(**{**vars(dt), "MAXYEAR": 2023})


def week_of(day, wkst):
    """The number of the week in which a day lies, counted from the first and from the last (RFC 5545, BYWEEKNO):
    a week belongs to the year in which its fourth day lies."""
    def fourth(any_day):
        return any_day + dt.timedelta(3 - (any_day.weekday() - wkst) % 7)
    year = fourth(day).year
    number = (fourth(day).timetuple().tm_yday - 1) // 7 + 1
    return number, number - ((fourth(dt.date(year, 12, 28)).timetuple().tm_yday - 1) // 7 + 1) - 1


def weeks_marked(info, year, month, rebuild=rrule._iterinfo.rebuild):
    """dateutil (2.8.2) counts the weeks of the year before by the length of this one, so that the first days of
    2022 lie in week 53 of 2021 for it, which has 52.  Which days BYWEEKNO means is worked out here instead."""
    changed = year != info.lastyear
    rebuild(info, year, month)
    if changed and info.rrule._byweekno:
        first = dt.date(year, 1, 1)
        info.wnomask = [int(any(n in info.rrule._byweekno for n in week_of(first + dt.timedelta(i), info.rrule._wkst)))
                        for i in range(info.yearlen + 7)]


rrule._iterinfo.rebuild = weeks_marked


def vtimezone(tzid, zone, location):
    std, dst, dst_at, dst_rule, std_at, std_rule = OWN[zone]
    lines = ["BEGIN:VTIMEZONE", "TZID:" + tzid]
    if location:
        lines.append("X-LIC-LOCATION:" + zone)
        std_rule = dst_rule = "FREQ=YEARLY;BYMONTH=6;BYDAY=1MO"  # wrong: the location must win
    lines += ["BEGIN:DAYLIGHT", "DTSTART:" + dst_at, "RRULE:" + dst_rule, "TZOFFSETFROM:" + std,
              "TZOFFSETTO:" + dst, "END:DAYLIGHT",
              "BEGIN:STANDARD", "DTSTART:" + std_at, "RRULE:" + std_rule, "TZOFFSETFROM:" + dst,
              "TZOFFSETTO:" + std, "END:STANDARD", "END:VTIMEZONE"]
    return lines


class Clock:
    """How an event's times are written, and what they mean."""

    def __init__(self, rnd, plan):
        self.kind = rnd.choice(["date", "floating", "utc", "zoned", "zoned", "zoned", "zoned"])
        self.zone = rnd.choice(ZONES) if self.kind == "zoned" else plan
        self.tzid, self.block = None, []
        if self.kind != "zoned":
            return
        form = rnd.randrange(8)
        self.tzid = {0: "/freeassociation.sourceforge.net/" + self.zone, 1: "/mozilla.org/20050126_1/" + self.zone,
                     2: WINDOWS[self.zone], 3: SHOWN[self.zone], 4: "Somewhere " + self.zone[:4],
                     5: "Own " + self.zone[:4]}.get(form, self.zone)
        if form in (4, 5):
            self.block = vtimezone(self.tzid, self.zone, form == 4)

    def utc(self, naive):
        if self.kind == "utc":
            return int(naive.replace(tzinfo=UTC).timestamp())
        return int(naive.replace(tzinfo=zoneinfo.ZoneInfo(self.zone), fold=0).timestamp())

    def text(self, naive):
        if self.kind == "date":
            return naive.strftime("%Y%m%d")
        return naive.strftime("%Y%m%dT%H%M%S") + ("Z" if self.kind == "utc" else "")

    def prop(self, name, naives, extra=""):
        if self.kind == "date":
            extra += ";VALUE=DATE"
        if self.tzid:
            extra += ";TZID=" + self.tzid
        return name + extra + ":" + ",".join(self.text(n) for n in naives)


class Rule:
    """One random rule; dateutil is started at the beginning of DTSTART's period with everything explicit."""

    def __init__(self, rnd, start, date, coarse):
        self.start, self.rnd = start, rnd
        freq = rnd.choice(["YEARLY", "MONTHLY", "WEEKLY", "WEEKLY", "DAILY", "DAILY"] + ([] if coarse or date else
                          ["HOURLY", "MINUTELY", "SECONDLY"]))
        self.freq, self.parts, self.args = freq, ["FREQ=" + freq], {}
        self.interval = 1 if rnd.random() < 0.5 else rnd.choice([2, 3, 5, 13])
        if freq == "MINUTELY":
            self.interval = rnd.choice([45, 90, 1000])
        if freq == "SECONDLY":
            self.interval = rnd.choice([3600, 7777, 9999])
        wkst = 0
        if rnd.random() < 0.3:
            wkst = rnd.randrange(7)
            self.parts.append("WKST=" + DAYS[wkst])
        self.dates(wkst)
        if not date:
            self.times()
        if (len(self.parts) > 2 or "byweekday" in self.args) and rnd.random() < 0.2:
            positions = sorted(rnd.sample([1, 2, 3, -1, -2], rnd.randint(1, 2)))
            self.put("BYSETPOS", "bysetpos", positions)
        if self.interval != 1:
            self.parts.append("INTERVAL=%d" % self.interval)
        self.args.update(interval=self.interval, wkst=wkst)
        self.count = self.until = None
        self.aligned(wkst)

    def put(self, name, arg, values, texts=None):
        self.parts.append(name + "=" + ",".join(texts or map(str, values)))
        self.args[arg] = values

    def some(self, values, most):
        return sorted(self.rnd.sample(list(values), self.rnd.randint(1, most)))

    def dates(self, wkst):
        rnd, freq, given = self.rnd, self.freq, False
        if freq == "YEARLY" and rnd.random() < 0.2:
            self.interval = 1  # where a week of two years belongs with an interval is nowhere said
            self.put("BYWEEKNO", "byweekno", self.some([1, 5, 20, 44, 52, 53, -1], 3))
            if rnd.random() < 0.5:
                self.weekdays(False)
            else:
                self.args["byweekday"] = [self.start.weekday()]
            return
        if rnd.random() < 0.25:
            self.put("BYMONTH", "bymonth", self.some([1, 2, 3, 4, 6, 10, 11, 12], 4))
        if freq == "YEARLY" and "bymonth" not in self.args and rnd.random() < 0.2:
            self.put("BYYEARDAY", "byyearday", self.some([1, 59, 60, 61, 100, 305, 365, 366, -1, -60, -306], 4))
            given = True
        if freq != "WEEKLY" and rnd.random() < 0.25:
            self.put("BYMONTHDAY", "bymonthday", self.some([1, 2, 8, 13, 28, 29, 30, 31, -1, -2, -31], 4))
            given = True
        if rnd.random() < 0.4:
            self.weekdays(freq in ("MONTHLY", "YEARLY") and rnd.random() < 0.5)
            given = True
        if given or freq not in ("YEARLY", "MONTHLY", "WEEKLY"):
            return
        if freq == "WEEKLY":
            self.args["byweekday"] = [self.start.weekday()]
            return
        self.args["bymonthday"] = [self.start.day]
        if freq == "YEARLY" and "bymonth" not in self.args:
            self.args["bymonth"] = [self.start.month]

    def weekdays(self, numbered):
        days = self.some(range(7), 4)
        if not numbered:
            self.put("BYDAY", "byweekday", days, [DAYS[d] for d in days])
            return
        wide = self.freq == "YEARLY" and "bymonth" not in self.args
        pairs = [(d, self.rnd.choice([1, 2, 4, 5, -1, -2] + ([10, 44, 53, -20] if wide else []))) for d in days]
        self.put("BYDAY", "byweekday", [rrule.weekday(d, n) for d, n in pairs], ["%d%s" % (n, DAYS[d]) for d, n in pairs])

    def times(self):
        rnd = self.rnd
        rank = list(FREQS).index(self.freq)
        for place, (name, arg, values, own) in enumerate([("BYHOUR", "byhour", [0, 1, 2, 3, 9, 23], self.start.hour),
                                                           ("BYMINUTE", "byminute", [0, 15, 30, 59], self.start.minute),
                                                           ("BYSECOND", "bysecond", [0, 30], self.start.second)]):
            expands = rank <= 3 + place
            if rnd.random() < 0.12 and (expands or name == "BYHOUR") and self.freq != "SECONDLY":
                self.put(name, arg, self.some(values, 2))
            elif expands:
                self.args[arg] = [own]

    def aligned(self, wkst):
        s, date = self.start, dt.datetime.combine(self.start.date(), dt.time())
        self.begin = {"YEARLY": date.replace(month=1, day=1), "MONTHLY": date.replace(day=1), "DAILY": date,
                      "WEEKLY": date - dt.timedelta((s.weekday() - wkst) % 7),
                      "HOURLY": s.replace(minute=0, second=0), "MINUTELY": s.replace(second=0)}.get(self.freq, s)
        for arg, own in (("byhour", 0), ("byminute", 0), ("bysecond", 0)):
            if FREQS[self.freq] <= rrule.DAILY:
                self.args.setdefault(arg, [own])

    def bound(self, clock):
        rnd = self.rnd
        which = rnd.randrange(5)
        if which == 0:
            self.count = rnd.choice([1, 2, 3, 10, 50, 300, 2000])
            self.parts.append("COUNT=%d" % self.count)
        elif which == 1:
            at = (self.start + dt.timedelta(rnd.randint(0, 700))).replace(hour=rnd.randrange(24))
            form = "date" if clock.kind == "date" else rnd.choice(["utc", "utc", "local", "date"])
            if form == "local" and clock.kind == "utc":
                form = "utc"
            self.until = (form, at)
            text = at.strftime("%Y%m%d" if form == "date" else "%Y%m%dT%H%M%S")
            self.parts.append("UNTIL=" + text + ("Z" if form == "utc" else ""))

    def keeps(self, clock, naive):
        if not self.until:
            return True
        form, at = self.until
        if form == "date":
            return naive.date() <= at.date()
        if form == "local":
            return naive <= at
        return clock.utc(naive) <= int(at.replace(tzinfo=UTC).timestamp())

    def instances(self, clock, first):
        out = [self.start] if first else []
        for naive in rrule.rrule(FREQS[self.freq], dtstart=self.begin, until=HORIZON, cache=False, **self.args):
            if naive < self.start or (first and naive == self.start):
                continue
            out.append(naive)
            if len(out) > 60000:
                raise OverflowError
        if self.count:
            out = out[:self.count]
        return [n for n in out if self.keeps(clock, n)]


class Length:
    def __init__(self, rnd, date, start):
        self.kind = rnd.choice(["end", "end", "duration", "none"])
        self.days = rnd.choice([0, 0, 0, 1, 2, 9])
        self.seconds = 0 if date else rnd.choice([0, 60, 1800, 3600, 7200, 36000, 86399])
        if self.kind == "none" or not (self.days or self.seconds):
            self.kind, self.days, self.seconds = "none", int(date), 0
        self.start = start

    def lines(self, clock):
        if self.kind == "none":
            return []
        if self.kind == "end":
            return [clock.prop("DTEND", [self.start + dt.timedelta(self.days, self.seconds)])]
        time_part = "T%dS" % self.seconds if self.seconds else ""
        return ["DURATION:P" + ("%dD" % self.days if self.days else "") + time_part]

    def end(self, clock, naive):
        if self.kind == "duration":
            return clock.utc(naive + dt.timedelta(self.days)) + self.seconds
        return clock.utc(naive + dt.timedelta(self.days, self.seconds))


def random_start(rnd, date):
    if rnd.random() < 0.6:
        start = dt.datetime(*rnd.choice(CHANGES)) + dt.timedelta(rnd.randint(-40, 3) if rnd.random() < 0.5 else rnd.choice([0, -1, -7]))
        start += dt.timedelta(hours=rnd.choice([0, 1, 2, 2, 2, 3, 23]), minutes=rnd.choice([0, 15, 30, 59]))
    else:
        start = dt.datetime(rnd.choice([2012, 2016, 2019, 2020, 2021]), rnd.randint(1, 12), rnd.randint(1, 28),
                            rnd.randrange(24), rnd.choice([0, 30]), rnd.choice([0, 0, 30]))
        if rnd.random() < 0.1:
            start = start.replace(year=rnd.choice([2012, 2016, 2020]), month=2, day=29)
    return start.replace(hour=0, minute=0, second=0) if date else start


class Event:
    def __init__(self, rnd, plan, number):
        self.rnd, self.number = rnd, number
        self.clock = clock = Clock(rnd, plan)
        date = clock.kind == "date"
        self.start = start = random_start(rnd, date)
        self.length = Length(rnd, date, start)
        self.transparent = rnd.random() < 0.2
        coarse = start.year < 2019
        self.rules = [Rule(rnd, start, date, coarse) for _ in range(rnd.choice([0, 1, 1, 1, 1, 1, 1, 2]))]
        self.exrules = [Rule(rnd, start, date, True) for _ in range(int(bool(self.rules) and rnd.random() < 0.05))]
        for rule in self.rules + self.exrules:
            rule.bound(clock)
        self.lines, self.before, self.after = [], [], []
        self.found = {}  # start -> (end, transparent)
        self.build(date)

    def add(self, at, end, transparent):
        old = self.found.get(at)
        self.found[at] = (max(end, old[0]) if old else end, transparent)

    def build(self, date):
        rnd, clock = self.rnd, self.clock
        naives = [self.start] if not self.rules else [n for r in self.rules for n in r.instances(clock, True)]
        out = {clock.utc(n) for r in self.exrules for n in r.instances(clock, False)}
        self.lines = [clock.prop("DTSTART", [self.start])] + self.length.lines(clock)
        self.lines += ["RRULE:" + ";".join(r.parts) for r in self.rules]
        self.lines += ["EXRULE:" + ";".join(r.parts) for r in self.exrules]
        if self.transparent:
            self.lines.append("TRANSP:TRANSPARENT")
        out_days = self.exdates(naives, out, date)
        overridden = self.overrides(naives, out)
        for n in naives:
            if clock.utc(n) not in out | overridden and n.date() not in out_days:
                self.add(clock.utc(n), self.length.end(clock, n), self.transparent)
        self.rdates(out | overridden, out_days, date)
        self.found.update(self.moved)
        if rnd.random() < 0.04:
            self.lines.append("STATUS:CANCELLED")
            self.found = {}
        elif rnd.random() < 0.05:
            self.versions()

    def exdates(self, naives, out, date):
        rnd, out_days = self.rnd, set()
        if not naives or rnd.random() > 0.3:
            return out_days
        some = rnd.sample(naives, min(len(naives), rnd.randint(1, 4))) + [naives[0] + dt.timedelta(days=3)]
        if not date and rnd.random() < 0.2:
            out_days |= {n.date() for n in some}
            self.lines.append("EXDATE;VALUE=DATE:" + ",".join(n.strftime("%Y%m%d") for n in some))
        else:
            out |= {self.clock.utc(n) for n in some}
            self.lines.append(self.clock.prop("EXDATE", some))
        return out_days

    def overrides(self, naives, out):
        rnd, clock = self.rnd, self.clock
        self.moved, taken = {}, set()
        if not self.rules or not naives or rnd.random() > 0.25:
            return taken
        for n in rnd.sample(naives, min(len(naives), rnd.randint(1, 3))):
            at = clock.utc(n)
            if at in taken:
                continue
            taken.add(at)
            to = n + dt.timedelta(rnd.choice([0, 0, 1, -1]), 0 if clock.kind == "date" else rnd.choice([0, 3600, 5400]))
            if clock.kind != "date" and rnd.random() < 0.3:  # the same instant, named in UTC
                named = "RECURRENCE-ID:" + dt.datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ")
            else:
                named = clock.prop("RECURRENCE-ID", [n])
            lines = [named, clock.prop("DTSTART", [to])]
            cancelled, transparent = rnd.random() < 0.3, rnd.random() < 0.3
            length = Length(rnd, clock.kind == "date", to)
            lines += length.lines(clock)
            lines += ["STATUS:CANCELLED"] if cancelled else []
            lines += ["TRANSP:TRANSPARENT"] if transparent else []
            (self.before if rnd.random() < 0.5 else self.after).append(lines)
            if not cancelled:
                self.moved[("moved", at)] = (clock.utc(to), length.end(clock, to), transparent)
        return taken

    def rdates(self, out, out_days, date):
        rnd, clock = self.rnd, self.clock
        if rnd.random() > 0.2:
            return
        some = [self.start + dt.timedelta(rnd.randint(1, 300), 0 if date else rnd.choice([0, 0, 1800])) for _ in range(3)]
        if not date and rnd.random() < 0.3:
            values = []
            for n in some:
                days, seconds = rnd.choice([0, 1]), rnd.choice([600, 3600])
                if rnd.random() < 0.5:
                    values.append(clock.text(n) + "/" + clock.text(n + dt.timedelta(days, seconds)))
                    end = clock.utc(n + dt.timedelta(days, seconds))
                else:
                    values.append(clock.text(n) + "/P%dDT%dS" % (days, seconds))
                    end = clock.utc(n + dt.timedelta(days)) + seconds
                if clock.utc(n) not in out and n.date() not in out_days:
                    self.add(clock.utc(n), end, self.transparent)
            tzid = ";TZID=" + clock.tzid if clock.tzid else ""
            self.lines.append("RDATE;VALUE=PERIOD" + tzid + ":" + ",".join(values))
            return
        self.lines.append(clock.prop("RDATE", some))
        for n in some:
            if clock.utc(n) not in out and n.date() not in out_days:
                self.add(clock.utc(n), self.length.end(clock, n), self.transparent)

    def versions(self):
        """An older version of the same event, which must not be seen."""
        old = [self.clock.prop("DTSTART", [self.start + dt.timedelta(hours=0, days=1)]), "SEQUENCE:2"]
        self.lines.append("SEQUENCE:10")
        (self.before if self.rnd.random() < 0.5 else self.after).append(old)

    def text(self):
        def event(lines):
            return ["BEGIN:VEVENT", "UID:u%d" % self.number, "SUMMARY:e%d" % self.number] + lines + ["END:VEVENT"]
        out = []
        for lines in self.before + [self.lines] + self.after:
            out += event(lines)
        return out

    def expected(self, since, until):
        flags = "a" if self.clock.kind == "date" else ""
        for at, rest in self.found.items():
            if isinstance(at, tuple):
                at, end, transparent = rest
            else:
                end, transparent = rest
            if end > at and at < until and end > since:
                yield "%d %d %s e%d" % (at, end, (flags + ("t" if transparent else "")) or "-", self.number)


def fold(lines, rnd):
    out = []
    for line in lines:
        while len(line) > 70:
            out.append(line[:70])
            line = rnd.choice(" \t") + line[70:]
        out.append(line)
    return "\r\n".join(out) + "\r\n"


def calendar(rnd, plan, n):
    events = []
    while len(events) < n:
        try:
            events.append(Event(rnd, plan, len(events)))
        except (OverflowError, ValueError):  # too many, or a rule that dateutil refuses
            pass
    lines, seen = ["BEGIN:VCALENDAR", "VERSION:2.0"], set()
    for event in events:
        if event.clock.tzid not in seen:
            seen.add(event.clock.tzid)
            lines += event.clock.block
    for event in events:
        lines += event.text()
    return events, fold(lines + ["END:VCALENDAR"], rnd)


def compare(program, rnd, plan, n, folder, number):
    events, text = calendar(rnd, plan, n)
    since = int(dt.datetime(2019 + rnd.randrange(3), rnd.randint(1, 12), 1, tzinfo=UTC).timestamp()) + rnd.randrange(86400)
    until = since + rnd.choice([1, 7, 100, 400]) * 86400
    until = min(until, int(HORIZON.replace(tzinfo=UTC).timestamp()) - 3 * 86400)
    name = "%s/c%d.ics" % (folder, number)
    with open(name, "w", newline="") as f:
        f.write(text)
    got = subprocess.run([program, name, plan, str(since), str(until)], capture_output=True, text=True)
    got = sorted(got.stdout.splitlines())
    want = sorted(line for event in events for line in event.expected(since, until))
    if got == want:
        return len(events), len(want), None
    wrong = sorted(set(got) ^ set(want))
    who = wrong[0].split()[-1] if wrong and not wrong[0].startswith("error") else None
    show = ["plan %s, window %d %d, %d differ" % (plan, since, until, len(wrong))]
    show += [("  got  " if w in got else "  want ") + w for w in wrong[:6]]
    for event in events:
        if "e%d" % event.number == who:
            show += event.clock.block + event.text()
    return len(events), len(want), "\n".join(show)


def main():
    program, calendars = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else CALENDARS
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 5545
    passed, failed, events, instances = 0, 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(calendars):
            rnd = random.Random(seed * 100003 + number)
            n, found, wrong = compare(program, rnd, ZONES[number % 3], 40, folder, number)
            events, instances = events + n, instances + found
            passed, failed = passed + (wrong is None), failed + (wrong is not None)
            if wrong and failed <= 5:
                print("calendar %d: %s" % (number, wrong))
    print("%d calendars, %d events, %d instances" % (calendars, events, instances))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not instances else 0


sys.exit(main())
