#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The agent over HTTP: `nevermiss agent --once` at a Telnyx on loopback (telnyx.py).  Usage: agent.py NEVERMISS

Telnyx keeps no hours, so each change of the plan's is a push.  The agent is run at every boundary of two weeks with a
change of clocks in them, a second before and when it must be ahead of one, and at random times; now and then the
carrier answers 429 or 500, done or not, has the agent killed (SIGKILL) before or after it has done what was asked, or
somebody else changes what is live.  What it holds is worked out here anew, from the hours alone, and nothing is told
to it that it holds already.
The last line says "N passed, M failed"; exit 1 on failure.
"""
import datetime
import json
import os
import pathlib
import random
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zoneinfo

ZONE = zoneinfo.ZoneInfo("America/Chicago")
LINE, OWNER, AI, KEY = "+15125550100", "+15125550111", "+15125550177", "KEY0123456789"
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account telnyx { driver = telnyx  endpoint = "http://127.0.0.1:%d/"  token_env = "TELNYX_KEY" }
line main { number = "%s"  account = telnyx  handset = desk }
schedule open { hours = "Mo-Fr 08:00-18:00; Sa 09:00-13:00; Su 01:30-02:30" }
schedule desk { hours = "Mo-Fr 08:00-12:00" }
destination desk { kind = backup  line = main  own_voicemail = none }
destination owner { kind = personal  number = "%s"  own_voicemail = none }
destination fixly { kind = ai  number = "%s" }
path desk { step { ring = desk }  step { ring = owner } }
path day { step { ring = owner } }
path night { step { ring = fixly } }
rule desk { during = desk  path = desk }
rule open { during = open  path = day }
rule closed { path = night }
"""
BEGIN, DAYS = datetime.datetime(2026, 10, 24, tzinfo=ZONE), 14
AHEAD_S = 10  # a change to the AI is told so much earlier
RANDOM_TIMES = 30
STRUCK_LEAST = 10
FAULTS = [{"status": 429, "times": 2, "done": False}, {"status": 500, "times": 1, "done": False},
          {"status": 500, "times": 1, "done": True}, {"kill": True, "times": 1, "done": False},
          {"kill": True, "times": 1, "done": True}, {"changed": "+15125550199"}]


def hours_of(day):
    """(who, hour from, hour until) of a day; the first that fits counts."""
    if day.weekday() < 5:
        return [("desk", 8, 12), ("owner", 8, 18)]
    return [("owner", 9, 13)] if day.weekday() == 5 else [("owner", 1.5, 2.5)]


def wanted(at):
    """Who gets calls at an instant, by the wall clock alone."""
    local = at.astimezone(ZONE)
    hour = local.hour + local.minute / 60 + local.second / 3600
    return next((who for who, begin, end in hours_of(local) if begin <= hour < end), "fixly")


def ahead(at):
    """The same, with the changes that come before they are there."""
    for seconds in range(1, AHEAD_S + 1):
        then = at + datetime.timedelta(seconds=seconds)
        if wanted(then) == "fixly":
            return "fixly"
    return wanted(at)


def held(state):
    """The same, of what the carrier holds."""
    if not state["call_forwarding_enabled"]:
        return "nobody"
    names = {("on-failure", OWNER): "desk", ("always", OWNER): "owner", ("always", AI): "fixly"}
    return names.get((state["forwarding_type"], state["forwards_to"]), str(state))


def changes():
    """All instants at which somebody else gets calls, in UTC: a clock that is set is no reason by itself."""
    at, last, found = BEGIN.astimezone(datetime.timezone.utc), wanted(BEGIN), []
    for _ in range(DAYS * 24 * 60):
        at += datetime.timedelta(minutes=1)
        if wanted(at) != last:
            found.append(at)
            last = wanted(at)
    return found


class Telnyx:
    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        here = pathlib.Path(__file__).resolve().parent
        self.log = open(pathlib.Path(folder, "carrier.log"), "w", encoding="utf-8")
        self.child = subprocess.Popen([sys.executable, str(here / "telnyx.py"), str(self.port), LINE],
                                      stdout=self.log, stderr=subprocess.STDOUT)
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                if self.child.poll() is not None:
                    raise
                time.sleep(0.02)

    def ask(self, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", data) as answer:
            return json.loads(answer.read())

    def pushes(self):
        return sum(method == "PATCH" for method, _, _ in self.ask("_log"))

    def end(self):
        self.child.kill()
        self.child.wait()
        self.log.close()


class Owner:
    """A plan and a store, and the program that works with them."""

    def __init__(self, program, folder, carrier):
        self.program, self.folder, self.carrier, self.said, self.struck = program, folder, carrier, "", 0
        pathlib.Path(folder, "plan.conf").write_text(PLAN % (carrier.port, LINE, OWNER, AI), encoding="utf-8")

    def run(self, at, *arguments, fault=None):
        """The shell waits until the carrier knows which process it is to kill."""
        command = [self.program, "-p", f"{self.folder}/plan.conf", "--data", f"{self.folder}/data", *arguments,
                   "--now", at.isoformat()]
        with subprocess.Popen(["sh", "-c", 'read -r go; exec "$@"', "sh", *command],
                              env={**os.environ, "TELNYX_KEY": KEY}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True) as child:
            if fault:
                self.struck += 1
                self.carrier.ask("_fail", {"pid": child.pid if fault.get("kill") else 0, "status": 0, **fault})
            self.said, _ = child.communicate("go\n")
            return child.returncode


def check(owner, carrier, at, fault):
    """One run, a second one when the first could not end well; what is wrong."""
    if fault and "changed" in fault:
        carrier.ask("_set", {"forwards_to": fault["changed"]})
        fault = None
    before, must = carrier.pushes(), held(carrier.ask("_held")) != ahead(at)
    status = owner.run(at, "agent", "--once", fault=fault if must else None)
    if must and fault:
        carrier.ask("_fail", {"times": 0, "pid": 0})
    if status != 0:
        if not (must and fault):
            return f"{at}: status {status}: {owner.said}"
        status = owner.run(at, "agent", "--once")
    now = held(carrier.ask("_held"))
    if status != 0 or now != ahead(at):
        return f"{at}: it holds {now}, not {ahead(at)}; status {status}: {owner.said}"
    if not must and carrier.pushes() != before:
        return f"{at}: it was told what it held already: {owner.said}"
    return None


def live(program, folder, seed):
    chance = random.Random(seed)
    carrier = Telnyx(folder)
    owner = Owner(program, folder, carrier)
    second = datetime.timedelta(seconds=1)
    times = [at + step * second for at in changes() for step in (-AHEAD_S - 1, -AHEAD_S, -1, 0)]
    times += [BEGIN + chance.randrange(DAYS * 86400) * second for _ in range(RANDOM_TIMES)]
    wrong, runs = [], 0
    try:
        if owner.run(BEGIN, "push", "--yes") != 0 or held(carrier.ask("_held")) != wanted(BEGIN):
            return [f"the first push: {owner.said}"], 1
        for at in sorted(times):
            fault = chance.choice(FAULTS) if chance.random() < 0.6 else None
            words = check(owner, carrier, at, fault)
            runs += 1
            wrong += [f"{fault}: {words}"] if words else []
        if owner.struck < STRUCK_LEAST:
            wrong.append(f"only {owner.struck} pushes met a fault")
        if any(KEY.encode() in path.read_bytes() for path in pathlib.Path(folder, "data").rglob("*") if path.is_file()):
            wrong.append("the key was written down")
    finally:
        carrier.end()
    return wrong, runs


def main():
    with tempfile.TemporaryDirectory() as folder:
        wrong, runs = live(os.path.realpath(sys.argv[1]), folder, 1)
    for words in wrong[:10]:
        print(words)
    print(f"{runs - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
