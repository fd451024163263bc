# SPDX-License-Identifier: MIT
"""Random plans with everything that the driver `cpl` can hold, and random calls for them."""

import os
import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from server import DOMAIN

ZONES = ["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe"]
HOURS = ["Mo-Fr 08:00-18:00; Sa 09:00-13:00; PH off", "Mo-Th 07:30-16:00; Fr 07:30-12:00; PH off",
         "Mo-Su 10:00-22:00; Dec 24-26 off", "Mo-Fr 09:00-12:30,13:30-17:00; PH 10:00-12:00", "24/7; PH off"]
OTHER = ["22:00-06:00", "Fr-Su 18:00-02:30", "Tu 06:30-08:00; We 11:45-12:15", "Su[1] 10:00-16:00; Sa[-1] off",
         "Mo-Su 01:30-02:30"]
# So far apart that the server's tick of 62.5 ms cannot change their order: what answers does not do so at the
# end of a ring, and no own voicemail picks up at either.
RINGS = [10, 15, 20, 25]
ANSWERS = [1, 5, 12, 17, 22]
OWN_VOICEMAILS = [3, 7, 13, 18, 23]


def quoted(items):
    return "{ %s }" % ", ".join(items)


class Plan:
    """One plan in a folder of its own: its text, who is in it, and what a call to it can be like."""

    def __init__(self, index, seed, folder, server):
        self.random = random.Random(seed)
        self.index, self.folder = index, folder
        self.zone_name = ZONES[index % len(ZONES)]
        self.zone = ZoneInfo(self.zone_name)
        self.today = datetime.now(timezone.utc)
        self.edges = []        # local times around which calls are placed
        self.users = {}        # name of a destination -> the user that is rung
        self.own_voicemail = {}
        self.always_gone = "fax"
        self.rejects = {}      # rule -> busy, silent
        self.path = os.path.join(folder, "plan.conf")
        self.data = os.path.join(folder, "data")
        os.makedirs(os.path.join(folder, "scripts"))
        self.numbers = {line: self.number(90 + i) for i, line in enumerate(("front", "inner"))}
        with open(self.path, "w", encoding="utf-8") as out:
            out.write(self.text(server))

    def number(self, k):
        return "+1512%03d%04d" % (200 + self.index, 100 + k)

    # --- the text ---

    def text(self, server):
        parts = ['business = "Test"\ntimezone = "%s"\ncountry = "US"\n' % self.zone_name]
        parts.append('account sip { driver = cpl endpoint = "%s" domain = "%s" script_dir = "%s" }\n'
                     % (server.rpc, DOMAIN, os.path.join(self.folder, "scripts")))
        for line, number in self.numbers.items():
            handset = " handset = bell" if line == "front" else ""
            parts.append('line %s { number = "%s" account = sip%s }\n' % (line, number, handset))
        parts += [self.calendar(), self.schedules(), self.callers(), self.destinations(server), self.rotation()]
        parts += [self.a_path("inside", ["owner", "office", "robot"], False)]
        parts += [self.a_path(name, self.everybody(), True) for name in ("day", "night", "special")]
        parts += [self.rules(), self.overrides()]
        return "".join(parts)

    def calendar(self):
        days = [date(self.today.year + y, m, d) for y in (0, 1) for m, d in ((1, 1), (5, 1), (11, 26), (12, 25))]
        lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//nevermiss//test//EN"]
        for i, day in enumerate(days):
            lines += ["BEGIN:VEVENT", "UID:%d@test" % i, "DTSTAMP:20260101T000000Z",
                      "DTSTART;VALUE=DATE:%s" % day.strftime("%Y%m%d"), "SUMMARY:Holiday", "END:VEVENT"]
            self.edges += [datetime.combine(day, datetime.min.time()) + timedelta(hours=h) for h in (0, 8, 10, 24)]
        with open(os.path.join(self.folder, "holidays.ics"), "w", encoding="utf-8", newline="\r\n") as out:
            out.write("\n".join(lines + ["END:VCALENDAR", ""]))
        return 'calendar off { file = "holidays.ics" }\n'

    def schedules(self):
        return ('schedule open { hours = "%s" holidays = off }\nschedule other { hours = "%s" }\n'
                % (self.random.choice(HOURS), self.random.choice(OTHER)))

    def callers(self):
        self.vip = self.number(1)
        self.known = [self.vip, self.number(2), "+17375550142", "+17375550100", "+17375990111", "+19005550100",
                      "anonymous", "+13035550188", "+4930123456"]
        groups = ['callers vip { numbers = { "%s", "+1737555*" } }\n' % self.vip,
                  'callers family { numbers = { "%s", "+17375550142", "+1737*" } }\n' % self.number(2),
                  'callers spam { numbers = { anonymous, "+1900*" } }\n']
        return "".join(groups)

    def destinations(self, server):
        text = ""
        voicemails = self.random.sample([None, None, None] + OWN_VOICEMAILS[:4], 3)
        for k, (name, kind) in enumerate([("owner", "personal"), ("sam", "personal"), ("ana", "personal"),
                                          ("office", "backup role = staff"), ("robot", "ai"),
                                          ("fax", "backup role = staff")]):
            self.users[name] = self.number(k + 10)
            extra = ""
            if kind == "personal":
                voicemail = self.own_voicemail[name] = voicemails.pop()
                extra = " own_voicemail = %s caller_id = caller" % ("none" if voicemail is None else "%ds" % voicemail)
            elif name == "office" and self.random.random() < 0.5:
                extra = " hours = open own_voicemail = none"
            elif kind != "ai":
                extra = " own_voicemail = none"
            if name == "sam" and self.random.random() < 0.5:
                extra += " away = other"
            text += 'destination %s { kind = %s number = "%s"%s }\n' % (name, kind, self.users[name], extra)
        self.users["desk"] = "desk%d" % self.index
        text += ('destination desk { kind = personal address = "sip:%s@127.0.0.1:%d" own_voicemail = none }\n'
                 % (self.users["desk"], server.phones.port))
        self.users["bell"] = "bell%d" % self.index
        text += "destination bell { kind = personal line = front own_voicemail = none }\n"
        self.users["box"] = "voicemail-box"
        return text + 'destination box { kind = voicemail greeting = "Leave a message." }\n'

    def rotation(self):
        self.turns = self.random.choice(["1w", "1d", "2w", "12h"])
        start = (self.today - timedelta(days=7)).strftime("%Y-%m-%d") + self.random.choice([" 08:00", " 00:00", " 17:30"])
        return ('rotation turns { members = { owner, sam, ana } from = "%s" every = %s }\n' % (start, self.turns))

    def everybody(self):
        return ["owner", "sam", "ana", "office", "robot", "desk", "bell", "turns", "fax"]

    def a_path(self, name, who, lines):
        rounds = self.random.choice([1, 1, 1, 2])
        steps, count = [], 0
        for _ in range(self.random.choice([1, 2, 2, 3])):
            n = self.random.choice([1, 1, 1, 2, 3])
            ring = self.random.sample(who, n)
            if count + n > (4 if rounds == 2 else 8):
                break
            count += n
            steps.append("step { ring = %s for = %ds }" % (quoted(ring), self.random.choice(RINGS)))
        end = self.random.random()
        if lines and end < 0.3:
            steps.append("step { ring = inner }")
        elif lines and end < 0.45:
            steps.append("step { ring = { inner, desk } for = 20s } step { ring = box }")
        elif end < 0.8:
            steps.append("step { ring = box }")
        return "path %s { %s%s }\n" % (name, "rounds = 2 " if rounds == 2 else "", " ".join(steps))

    def rules(self):
        text = ""
        for name, line in (("blocked", "front"), ("turned-away", "inner")):
            if self.random.random() < 0.6:
                self.rejects[name] = self.random.choice(["busy", "silent"])
                text += ("rule %s { lines = %s callers = spam reject = %s }\n" % (name, line, self.rejects[name]))
        if self.random.random() < 0.7:
            text += "rule vip { lines = front callers = vip outside = open path = special }\n"
        if self.random.random() < 0.5:
            text += "rule family { lines = front callers = family during = other path = night }\n"
        text += "rule open { lines = front during = open path = day }\n"
        if self.random.random() < 0.9:
            text += "rule closed { lines = front path = night }\n"
        if self.random.random() < 0.3:
            self.rejects["shut"] = "busy"
            text += "rule shut { lines = inner during = other reject = busy }\n"
        return text + "rule inner { lines = inner path = inside }\n"

    def overrides(self):
        text = ""
        for i in range(self.random.choice([0, 1, 2, 3])):
            if i == 0 and self.changes():
                begin = self.random.choice(self.changes()) - timedelta(minutes=self.random.randrange(60, 900))
            else:
                begin = self.today.astimezone(self.zone).replace(tzinfo=None, second=0, microsecond=0)
                begin += timedelta(days=self.random.randrange(2, 300), minutes=self.random.randrange(1440))
            until = begin + timedelta(minutes=self.random.choice([1, 45, 600, 1440, 5000]))
            self.edges += [begin, until]
            text += ('override o%d { lines = front from = "%s" until = "%s" path = special }\n'
                     % (i, self.unambiguous(begin), self.unambiguous(until)))
        return text

    def unambiguous(self, local):
        """A wall-clock time that exists, once."""
        while self.both(local) != 1:
            local += timedelta(minutes=31)
        return local.strftime("%Y-%m-%d %H:%M")

    def both(self, local):
        """How often the clock shows it."""
        times = {local.replace(tzinfo=self.zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1)}
        return sum(t.astimezone(self.zone).replace(tzinfo=None) == local for t in times)

    # --- calls ---

    def changes(self):
        """Local times of the clock changes of the next year."""
        found, at = [], self.today
        for _ in range(380 * 24):
            after = at + timedelta(hours=1)
            if at.astimezone(self.zone).utcoffset() != after.astimezone(self.zone).utcoffset():
                found.append(after.replace(minute=0, second=0, microsecond=0).astimezone(self.zone).replace(tzinfo=None))
            at = after
        return found

    def an_instant(self):
        """Half of them near an edge."""
        kind = self.random.random()
        if kind < 0.5:
            at = self.today + timedelta(seconds=self.random.randrange(86400, 395 * 86400))
        else:
            if kind < 0.6:
                local = self.random.choice(self.changes()) + timedelta(minutes=self.random.randrange(-150, 150))
            elif kind < 0.75:
                local = self.random.choice(self.edges)
            else:
                day = (self.today + timedelta(days=self.random.randrange(2, 390))).astimezone(self.zone).date()
                local = datetime.combine(day, datetime.min.time())
                local += timedelta(minutes=self.random.choice([0, 120, 360, 450, 480, 540, 720, 780, 1050, 1080, 1320]))
            local += timedelta(seconds=self.random.choice([-1, 0, 1, 0, 1800]))
            at = local.replace(tzinfo=self.zone, fold=self.random.choice([0, 1])).astimezone(timezone.utc)
        return max(at, self.today + timedelta(days=1)).replace(microsecond=0)

    def behaviours(self):
        """What everybody does: what simulate is told, what the phone does, after how many seconds, who says that
        it took the call.  No two take it in the same second: which of them was first nobody knows."""
        while True:
            out = {name: self.behaviour(name) for name in self.users if name != "box"}
            times = [seconds for _, kind, seconds, _ in out.values() if kind == "answer"]
            if len(times) == len(set(times)):
                out["box"] = ("answer", "answer", 0, "box mailbox")
                return out

    def behaviour(self, name):
        kind = self.random.choices(["answer", "noanswer", "busy", "declined", "moved", "broken", "silent"],
                                   [5, 5, 2, 2, 1, 1, 2])[0]
        if name == self.always_gone:
            kind = "silent"
        said = {"moved": "declined", "broken": "unreachable", "silent": "unreachable"}.get(kind, kind)
        seconds = self.random.choice(ANSWERS)
        if said == "answer":
            said = "answer@%ds" % seconds
        voicemail = self.own_voicemail.get(name)
        if voicemail is None or (kind == "answer" and seconds < voicemail):
            return (said, kind, seconds, name + " phone")
        # Its own voicemail: it takes the call at once when the phone itself does not ring.
        return (said, "answer", voicemail if kind in ("answer", "noanswer") else 0, name + " voicemail")
