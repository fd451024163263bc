#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Several processes at one store, and an owner at one that does not take what is written.  Usage: together.py NEVERMISS

While an agent runs, and is killed and begun anew, leads are added, follow-ups are ended, calls are imported, overrides
are written and ended and lines pushed by several commands at a time, many of which are killed (SIGKILL) at a random
instant.  Then the store is held by somebody else, its disk is full at a random byte or takes nothing, or the session is
read-only.  What a command has acknowledged (status 0) is there, once; what it refused is told with what to do, and what
was cut off can be done again.  The last line says "N passed, M failed"; exit 1 on failure.
"""
import collections
import datetime
import json
import os
import pathlib
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account toy { driver = sandbox  hours = no }
line main { number = "+15125550100"  account = toy }
destination owner { kind = personal  number = "+15125550111"  own_voicemail = none }
destination fixly { kind = ai  number = "+15125550177" }
path day { step { ring = owner }  step { ring = fixly } }
path night { step { ring = fixly } }
rule all { path = day }
follow_up { within = 15m }
text_back { missed = "Smith here: what can we help with?"  account = toy }
"""
WORKERS, DEEDS = 3, int(os.environ.get("NM_DEEDS", "50"))  # deeds of each
LIVES, ROUNDS = 3, 10  # of the agent at least; of deeds at most
EDITS = 12  # of each, in the same instants as the others
CALLS = 5  # of an import
GOOD, INPUT, CARRIER, REFUSED = 0, 2, 3, 4
FULL = 40  # times that the disk is


class Owner:
    def __init__(self, program, folder):
        self.program, self.folder = program, pathlib.Path(folder)
        self.plan, self.data = self.folder / "plan.conf", self.folder / "data"
        self.plan.write_text(PLAN, encoding="utf-8")
        self.wrong, self.checks, self.statuses = [], 0, collections.Counter()

    def expect(self, good, *what):
        self.checks += 1
        if not good:
            self.wrong.append(" ".join(map(str, what)))

    def command(self, *words):
        return [self.program, "-p", str(self.plan), "--data", str(self.data), *words]

    def run(self, *words, killed_after=None, room=None):
        """Its status (-9: it was killed) and what it said; room: the bytes that a file of it may have."""
        def little_room():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        with subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, preexec_fn=little_room if room is not None else None) as child:
            try:
                out, err = child.communicate(timeout=killed_after)
            except subprocess.TimeoutExpired:
                child.kill()
                out, err = child.communicate()
            return child.returncode, out, err

    def ask(self, *words):
        status, out, err = self.run(*words, "--json")
        self.expect(status == GOOD, words, status, err)
        return json.loads(out)


class Deeds:
    """What was done, by one worker or by several: acknowledged, or perhaps."""

    def __init__(self, owner, name, seed):
        self.owner, self.name, self.random = owner, name, random.Random(seed)
        self.leads, self.ended, self.calls, self.n = {}, {}, {}, 0
        self.overrides = {}  # whether each must be there; None: it may be

    def lead(self, how):
        number = f"+1737555{self.name}{self.n:03}"
        status, out, err = self.owner.run("followup", "add", "--channel", "web", "--number", number, "--json", **how)
        self.leads[number] = json.loads(out)["id"] if status == GOOD else None
        return status, err

    def end(self, how):
        open_ones = [(number, id_) for number, id_ in self.leads.items() if id_ and number not in self.ended]
        if not open_ones:
            return self.lead(how)
        number, id_ = self.random.choice(open_ones)
        status, _, err = self.owner.run("followup", "done", str(id_), "--outcome", "booked", **how)
        self.ended[number] = status == GOOD
        return status, err

    def calls_in(self, how):
        """What was cut off is imported again, until it is in the log."""
        waiting = [name for name, there in self.calls.items() if not there]
        name = waiting[0] if waiting else f"{self.name}-{self.n}"
        file = self.owner.folder / f"{name}.csv"
        at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=2)
        if not file.exists():
            file.write_text("id,at,line,from,duration,outcome\n" + "".join(
                f"{name}-{i},{at.isoformat(timespec='seconds')},+15125550100,+1512555{self.name}{i:03},20,voicemail\n"
                for i in range(CALLS)))
        status, _, err = self.owner.run("calls", "import", str(file), **how)
        self.calls[name] = status == GOOD
        return status, err

    def override(self, how, *more):
        there = [name for name, is_ in self.overrides.items() if is_]
        if there and self.random.random() < 0.5:
            name = self.random.choice(there)
            status, _, err = self.owner.run("override", "--end", name, *more, **how)
            self.overrides[name] = False if status == GOOD else None
        else:
            name = f"o{self.name}-{self.n}"
            status, _, err = self.owner.run("override", name, "--for", "5h", "--path", "night", *more, **how)
            self.overrides[name] = True if status == GOOD else None
        return status, err

    def push(self, how):
        status, _, err = self.owner.run("push", "--yes", **how)
        return status, err

    def do(self, **how):
        self.n += 1
        kind = self.random.choice([self.lead, self.lead, self.end, self.end, self.calls_in, self.override, self.push])
        status, err = kind(how)
        self.owner.statuses[status] += 1
        return kind.__name__, status, err

    def judge(self):
        """All that was acknowledged is there, and nothing twice."""
        owner = self.owner
        listed = collections.defaultdict(list)
        for item in owner.ask("followup", "list", "--all", "--count", "100000")["followups"]:
            listed[item["number"]].append(item)
        for number, id_ in self.leads.items():
            found = listed[number]
            owner.expect(len(found) <= 1, number, "is there twice")
            if id_:
                owner.expect(len(found) == 1 and found[0]["id"] == id_, "lost: lead", number)
            if self.ended.get(number):
                owner.expect(found and found[0]["outcome"] == "booked" and found[0]["tries"] == 1, "lost: the end of", number)
        ids = collections.Counter(call["carrier_id"] for call in owner.ask("calls", "list", "--count", "100000")["calls"])
        for name, there in self.calls.items():
            counts = [ids[f"{name}-{i}"] for i in range(CALLS)]
            owner.expect(max(counts) <= 1 and (not there or min(counts) == 1), "calls", name, counts)
        names = [item["name"] for item in owner.ask("override", "--list")["overrides"]]
        for name, there in self.overrides.items():
            owner.expect(names.count(name) <= 1 and (there is None or there == (name in names)), "override", name, there, names)


def whole(owner):
    """The store, and what is live: after one push it is what the plan says."""
    with sqlite3.connect(next(owner.data.glob("*.db"))) as store:
        owner.expect(store.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the store is damaged")
    status, _, err = owner.run("push", "--yes")
    owner.expect(status == GOOD, "the last push", status, err)
    owner.expect(owner.ask("diff")["in_sync"], "live is not what the plan says")


class Agent:
    """One that is killed now and then, and begun anew."""

    def __init__(self, owner, seed):
        self.owner, self.random, self.over, self.lives = owner, random.Random(seed), threading.Event(), 0
        self.thread = threading.Thread(target=self.live)
        self.thread.start()

    def live(self):
        while not self.over.is_set():
            with subprocess.Popen(self.owner.command("agent"), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True) as child:
                self.over.wait(self.random.uniform(0.05, 2))
                ended = child.poll()
                child.kill()
                said = child.communicate()[1]
            self.lives += 1
            self.owner.expect(ended is None or ended == REFUSED, "the agent ended with", ended, said)

    def end(self):
        self.over.set()
        self.thread.join()


def work(deeds):
    for _ in range(DEEDS):
        after = deeds.random.uniform(0, 0.06) if deeds.random.random() < 0.3 else None
        name, status, err = deeds.do(killed_after=after)
        deeds.owner.expect(status in (GOOD, REFUSED, -signal.SIGKILL) or (name == "push" and status == CARRIER)
                           or (name == "override" and status == CARRIER), name, "ended with", status, err)


def crowd(deeds, barrier):
    """Several edit the plan in the same instant: nobody's edit is lost."""
    for _ in range(EDITS):
        barrier.wait()
        deeds.n += 1
        status, err = deeds.override({}, "--no-push")
        deeds.owner.statuses[status] += 1
        deeds.owner.expect(status in (GOOD, REFUSED), "an override in a crowd ended with", status, err)


def all_at_once(target, workers, *more):
    threads = [threading.Thread(target=target, args=(deeds, *more)) for deeds in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def together(owner):
    agent = Agent(owner, 1)
    workers = [Deeds(owner, str(1 + i), i) for i in range(WORKERS)]
    for _ in range(ROUNDS):  # on a machine with much else to do the agent dies less often among as many deeds
        all_at_once(work, workers)
        if agent.lives > LIVES:
            break
    all_at_once(crowd, workers, threading.Barrier(WORKERS))
    agent.end()
    for deeds in workers:
        deeds.judge()
    whole(owner)
    owner.expect(agent.lives > LIVES and owner.statuses[GOOD] > WORKERS * DEEDS // 4 and owner.statuses[-signal.SIGKILL] > 3,
                 "too little happened:", agent.lives, owner.statuses)


def held(owner):
    """Somebody does not let the store go: each deed says so, and what to do, and can be done when it is free."""
    deeds = Deeds(owner, "7", 7)
    deeds.lead({})
    holder = sqlite3.connect(next(owner.data.glob("*.db")), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    for kind in (deeds.end, deeds.lead, deeds.calls_in, deeds.override, deeds.push):
        deeds.n += 1
        status, err = kind({})
        owner.expect(status == REFUSED and "another nevermiss is writing to it: try again" in err, kind.__name__, status, err)
        if kind == deeds.override:
            owner.expect("the plan is saved, but not as a version, nor pushed" in err, "a plan that was saved:", err)
    holder.execute("ROLLBACK")
    holder.close()
    deeds.ended.clear()
    for kind in (deeds.end, deeds.lead, deeds.calls_in, deeds.push):
        deeds.n += 1
        status, err = kind({})
        owner.expect(status == GOOD, kind.__name__, "of a store that is free", status, err)
    deeds.judge()
    whole(owner)


def full(owner):
    """The disk is full at a random byte: what is acknowledged is there, what is not says why, and the plan reads."""
    deeds = Deeds(owner, "8", 8)
    failed = 0
    for _ in range(FULL):
        room = deeds.random.choice([0, *map(deeds.random.randrange, (70000, 400000, 900000))])
        name, status, err = deeds.do(room=room)
        owner.expect(status >= 0 and (status == GOOD or err.strip()), name, "with room for", room, "ended with", status)
        if status != GOOD:
            failed += 1
            owner.expect("try again" in err or "plan.conf" in err or "no room" in err, name, "does not say what to do:", err)
        owner.expect(owner.run("check", "--json")[0] in (0, 1), "the plan does not read any more after", name, room)
    owner.expect(failed > 3, "the disk was hardly ever full")
    deeds.judge()
    whole(owner)


def read_only(owner):
    before = {path: path.read_bytes() for path in owner.folder.rglob("*") if path.is_file()}
    deeds = Deeds(owner, "9", 9)
    owner.program, program = owner.folder / "read-only", owner.program
    owner.program.write_text(f'#!/bin/sh\nexec "{program}" --read-only "$@"\n')
    owner.program.chmod(0o700)
    for kind in (deeds.lead, deeds.override, deeds.push):
        deeds.n += 1
        status, err = kind({})
        owner.expect(status == REFUSED and "read-only: nothing is written" in err, kind.__name__, status, err)
    owner.program = program
    after = {path: path.read_bytes() for path in before if path.exists()}
    owner.expect(after == before, "read-only wrote", [str(path) for path in before if after.get(path) != before[path]])
    deeds.judge()


def main():
    with tempfile.TemporaryDirectory() as folder:
        owner = Owner(os.path.realpath(sys.argv[1]), folder)
        status, _, err = owner.run("push", "--yes")
        owner.expect(status == GOOD, "the first push", status, err)
        for suite in (together, held, full, read_only):
            began = time.monotonic()
            suite(owner)
            print(f"{suite.__name__}: {time.monotonic() - began:.0f} s, {dict(owner.statuses)}")
    for words in owner.wrong[:10]:
        print(words)
    print(f"{owner.checks - len(owner.wrong)} passed, {len(owner.wrong)} failed")
    return 1 if owner.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
