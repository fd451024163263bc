#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Real calls: what a SIP server does with a pushed plan is what `nevermiss simulate` says.

    run.py NEVERMISS [PLANS [CALLS [SEED]]]

Random plans are pushed by `nevermiss push` itself to a Kamailio with the configuration of examples/kamailio.
Then sipp calls the lines at random simulated times, a phone's stand-in (phones.py) does what the call says, and
who was rung, in which order, for how long, and who took the call must be what `simulate` and `simulate --live`
say.  Ends with `N passed, M failed`."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True

import plans
from phones import Phones
from server import DOMAIN, HERE, SILENCE_MS, Server

MS_PER_S = 100
TICK_S = 0.0625       # of the server's timers
JITTER_S = 0.15       # of a busy machine
FOREVER_S = 3600      # how long a line that takes a call over for good may ring
AT_ONCE = 120
FAILURES = [300, 302, 400, 403, 404, 408, 477, 480, 481, 482, 483, 486, 487, 500, 503, 513, 600, 603]
LATE_S = 0.06         # who sleeps this much longer than asked measures nothing in that time
ROUNDS = 4            # how often a call is placed until nothing but the plan had a part in it
BEGUN = re.compile(r"call (\d+\.\d+): \S+ calls \S+ at ([0-9.]+)")
LEG = re.compile(r"call (\d+\.\d+): (\S+) rings for (\d+) s from ([0-9.]+)")


class Watch(threading.Thread):
    """When the machine was late: a thread that sleeps for a moment, again and again."""

    def __init__(self):
        super().__init__(daemon=True)
        self.late = []  # (from, until)
        self.running = True

    def run(self):
        while self.running:
            before = time.time()
            time.sleep(0.01)
            after = time.time()
            if after - before > 0.01 + LATE_S:
                self.late.append((before, after))

    def stop(self):
        self.running = False
        self.join()

    def was_late(self, begun, ended):
        return any(a <= ended and begun <= b for a, b in self.late)


class Call:
    def __init__(self, number, plan, line, caller, at):
        self.plan, self.line, self.caller, self.at = plan, line, caller, at
        self.doing = plan.behaviours()
        self.said = self.live = None
        self.reset(number)

    def reset(self, number):
        self.number = number
        self.begun = None  # as the server saw it
        self.status, self.taken_by = 0, ""
        self.legs = []    # (seconds, user, ring time) as the server began them
        self.phones = []  # phones.Leg

    def arguments(self):
        out = ["--line", self.line, "--from", self.caller, "--at", self.at.strftime("%Y-%m-%dT%H:%M:%SZ")]
        for name, (said, _, _, _) in self.doing.items():
            if name != "box":
                out += ["--set", "%s=%s" % (name, said)]
        return out


def nevermiss(program, plan, *arguments):
    home = {"HOME": plan.folder, "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    return subprocess.run([program, "-p", plan.path, "--data", plan.data, *arguments], env=home,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)


def simulate(program, plan, arguments):
    done = nevermiss(program, plan, "simulate", "--json", *arguments)
    if done.returncode not in (0, 1) or not done.stdout.startswith("{"):
        raise RuntimeError("simulate %s: %s%s" % (" ".join(arguments), done.stdout, done.stderr))
    return json.loads(done.stdout)


# --- what must happen ---

class Expected:
    """A simulated call as legs: who is rung when, for how long, and when that ends."""

    def __init__(self, call, said):
        self.outcome, self.taken_by = said["outcome"], said["answered_by"]
        # [seconds, user, ring time or None, seconds that it rings or None, whether that ends by itself]
        self.legs = []
        plan, events = call.plan, said["events"]
        ended = max((e["t"] for e in events), default=0)
        for event in events:
            for name in event["to"]:
                if event["event"] == "ring":
                    self.legs.append([event["t"], plan.users[name], event["for"], ended - event["t"], False])
                elif event["event"] == "line":
                    self.legs.append([event["t"], plan.numbers[name], None, None, False])
                elif event["event"] == "voicemail":
                    self.legs.append([event["t"], plan.users[name], None, 0, True])
                elif event["event"] in ("answer", "no-answer", "busy", "declined", "unreachable", "swallow"):
                    self.close(plan.users.get(name), event)
        # A ring may end a tick early or two late, and silence takes a while to be an end; these add up.
        ends = len({e["t"] for e in events if e["event"] == "no-answer"})
        gone = sum(e["event"] == "unreachable" for e in events)
        self.early = 0.02 + ends * TICK_S
        self.nested = any(e["event"] == "line" for e in events)
        self.late = JITTER_S + 2 * ends * TICK_S + gone * (SILENCE_MS / 1000 + 2 * TICK_S)

    def close(self, user, event):
        for leg in reversed(self.legs):
            if leg[1] == user and leg[0] <= event["t"]:
                leg[3:] = [event["t"] - leg[0], True]
                return


def status_of(call, outcome):
    if outcome in ("answered", "voicemail", "swallowed"):
        return 200
    if outcome == "rejected":
        return 486 if call.plan.rejects[call.said["rule"]] == "busy" else 603
    return 480


def too_close(program, call, said):
    """A line that is rung beside another phone or for a time: would the server's ticks change who is first?"""
    for event in said["events"]:
        if event["event"] != "line" or event.get("for") == 0:
            continue
        limits = [20] + [seconds for name, (_, kind, seconds, _) in call.doing.items()
                         if name == "desk" and kind == "answer"]
        arguments = call.arguments()
        arguments[1] = "inner"
        inner = simulate(program, call.plan, arguments)
        for limit in limits:
            if any(-1 <= limit - e["t"] <= 6 for e in inner["events"]):
                return True
    return False


# --- what happened ---

def compare(call, said):
    """What is wrong; empty when all is as it was said."""
    want = Expected(call, said)
    wrong = []
    if call.status != status_of(call, want.outcome):
        wrong.append("status %d, said %s" % (call.status, want.outcome))
    how = {"answered": "phone", "voicemail": "mailbox", "swallowed": "voicemail"}.get(want.outcome)
    taken = "%s %s" % (want.taken_by, how) if how else ""
    if call.taken_by != taken:
        wrong.append("taken by '%s', said '%s'" % (call.taken_by, taken))
    left = list(call.legs)
    for leg in sorted(want.legs, key=lambda one: one[0]):
        wrong += compare_leg(leg, left, want)
    wrong += ["%s rang at %.2f, which nobody said" % (user, at) for at, user, _ in left]
    wrong += compare_order(want, call)
    wrong += compare_rings(call, want)
    return wrong


def compare_leg(leg, left, want):
    at, user, ring_s = leg[:3]
    for i, (began, who, seconds) in enumerate(left):
        if who != user:
            continue
        del left[i]
        wrong = []
        if ring_s is not None and seconds != ring_s:
            wrong.append("%s rings for %d s, said %d" % (user, seconds, ring_s))
        if not -want.early <= began - at * MS_PER_S / 1000 <= want.late:
            wrong.append("%s rang at %.2f, said %.2f" % (user, began, at * MS_PER_S / 1000))
        return wrong
    return ["%s did not ring at %d" % (user, at)]


def compare_order(want, call):
    """Who is rung later in the simulation is rung later by the server."""
    began = {}
    for at, user, _ in sorted(call.legs):
        began.setdefault(user, []).append(at)
    last = -1.0
    for t in sorted({leg[0] for leg in want.legs}):
        times = [began[leg[1]].pop(0) for leg in want.legs if leg[0] == t and began.get(leg[1])]
        if times and min(times) < last:
            return ["rung in another order"]
        last = max(times, default=last)
    return []


def compare_rings(call, want):
    """Each phone rang for as long as was said, from its own start."""
    wrong = []
    rings = {}
    for leg in sorted(want.legs, key=lambda one: one[0]):
        rings.setdefault(leg[1], []).append(leg[3:])
    for leg in sorted(call.phones, key=lambda one: one.began):
        said, by_itself = rings[leg.user].pop(0) if rings.get(leg.user) else (None, False)
        if said is None or leg.how == "silent":
            continue
        real = (leg.ended or 0) - leg.began
        # Beside or on a line that is rung for a time, a ring ends when another one does, which may be late.
        slack = want.late if want.nested and not by_itself else 0
        if not -TICK_S - JITTER_S / 2 - slack <= real - said * MS_PER_S / 1000 <= 2 * TICK_S + JITTER_S + slack:
            wrong.append("%s rang for %.2f s, said %.2f" % (leg.user, real, said * MS_PER_S / 1000))
    return wrong


# --- the run ---

def push(program, plan):
    done = nevermiss(program, plan, "push", "--yes")
    return "" if done.returncode == 0 else done.stdout + done.stderr


def make_plans(program, server, folder, n, seed):
    made = []
    for i in range(n):
        for attempt in range(20):
            here = os.path.join(folder, "plan%d-%d" % (i, attempt))
            plan = plans.Plan(i, seed * 1000 + i * 20 + attempt, here, server)
            trouble = push(program, plan)
            if not trouble:
                made.append(plan)
                break
            if "max_branches" not in trouble:
                raise RuntimeError("plan %s is not pushed:\n%s" % (plan.path, trouble))
    for plan in made:
        server.call("ul.add", "location", plan.numbers["front"],
                    "sip:%s@127.0.0.1:%d" % (plan.users["bell"], server.phones.port), 0, 1.0, "0", 0, 0, 0)
        server.call("ul.add", "location", plan.users["fax"], "sip:fax@127.0.0.1:1;transport=tcp", 0, 1.0, "0",
                    0, 0, 0)
    return made


def make_calls(program, made, n):
    calls = []

    def make(number):
        plan = made[number % len(made)]
        while True:
            line = plan.random.choice(["front", "front", "front", "inner"])
            call = Call(number + 1, plan, line, plan.random.choice(plan.known), plan.an_instant())
            call.said = simulate(program, plan, call.arguments())
            if not too_close(program, call, call.said):
                call.live = simulate(program, plan, call.arguments() + ["--live"])
                return call

    def make_for(index):
        return [make(number) for number in range(n) if number % len(made) == index]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for some in pool.map(make_for, range(len(made))):
            calls += some
    return sorted(calls, key=lambda one: one.number)


def place(server, folder, calls):
    """Places the calls with sipp, so many at once, and fills in what happened."""
    with open(os.path.join(HERE, "caller.xml"), encoding="utf-8") as source:
        failures = "\n".join(
            '  <recv response="%d" optional="true" next="failed"><action>\n'
            '    <log message="[field0] %d"/></action></recv>' % (code, code) for code in FAILURES)
        scenario = source.read().replace("\nFAILURES\n", "\n%s\n" % failures)
    paths = {name: os.path.join(folder, name) for name in ("caller.xml", "calls.csv", "calls.log", "errors.log")}
    with open(paths["caller.xml"], "w", encoding="utf-8") as out:
        out.write(scenario)
    with open(paths["calls.csv"], "w", encoding="utf-8") as out:
        out.write("SEQUENTIAL\n")
        for call in calls:
            host = "anonymous.invalid" if call.caller == "anonymous" else "peer.invalid"
            out.write("%d;%s;%s;%s;%s;%d\n" % (call.number, call.caller, host, call.plan.numbers[call.line], DOMAIN,
                                              call.at.timestamp()))
            for name, (_, kind, seconds, taken) in call.doing.items():
                server.phones.scripts[(call.number, call.plan.users[name])] = (kind, seconds, taken)
    command = ["sipp", "127.0.0.1:%d" % server.sip, "-sf", paths["caller.xml"], "-inf", paths["calls.csv"],
               "-i", "127.0.0.1", "-mi", "127.0.0.1", "-t", "u1", "-nostdin", "-cid_str", "%u.%p", "-m", str(len(calls)), "-r", "60",
               "-l", str(AT_ONCE), "-trace_logs", "-log_file", paths["calls.log"], "-trace_err", "-error_file",
               paths["errors.log"], "-timeout", "240s"]
    sipp = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    try:
        while sipp.poll() is None:
            if server.process.poll() is not None:
                raise RuntimeError("the server ended:\n" + "".join(server.lines[-20:]))
            time.sleep(0.1)
    finally:
        if sipp.poll() is None:
            sipp.kill()
            sipp.wait()
    time.sleep(1)
    collect(server, paths["calls.log"], calls, sipp.pid)


def collect(server, log, placed, pid):
    calls = {call.number: call for call in placed}
    by_id = {"%d.%d" % (i, pid): call for i, call in enumerate(placed, 1)}
    started = {}
    with open(log, encoding="utf-8") as lines:
        for line in lines:
            number, _, rest = line.strip().partition(" ")
            call = calls[int(number)]
            call.status = int(rest[:3])
            call.taken_by = rest[3:].strip() if call.status == 200 else ""
    for line in server.lines:
        begun = BEGUN.search(line)
        if begun:
            started[begun[1]] = float(begun[2])
            if begun[1] in by_id:
                by_id[begun[1]].begun = float(begun[2])
        leg = LEG.search(line)
        if leg and leg[1] in by_id:
            by_id[leg[1]].legs.append((float(leg[4]) - started[leg[1]], leg[2], int(leg[3])))
    for leg in server.phones.legs:
        if leg.call in calls:
            calls[leg.call].phones.append(leg)


def in_time(watch, call):
    """Was the machine in time while this call lasted?  If not, what was measured of it says nothing."""
    ended = max([leg.ended or leg.began for leg in call.phones], default=call.begun or 0)
    return call.begun is not None and not watch.was_late(call.begun - LATE_S, ended + LATE_S)


def left_ringing(call):
    """Did a phone ring on to no end?  The server sends a CANCEL again until it is answered, so one that never came
    was never sent: seen once in some ten thousand legs, beside a phone that answers at once.  A plan has no part in
    that; where it has one, the call goes otherwise each time."""
    return any(leg.how is None for leg in call.phones)


def judge_all(server, folder, watch, calls):
    """Which calls went otherwise, and why.  One for which the machine was late, or in which the server left a phone
    ringing, is placed again."""
    wrong, pending, number = {}, calls, len(calls)
    for _ in range(ROUNDS):
        otherwise = judge(pending)
        late = [call for call in otherwise if not in_time(watch, call) or left_ringing(call)]
        wrong.update({call: trouble for call, trouble in otherwise.items() if call not in late})
        if not late:
            return wrong
        print("%d calls went otherwise, of which %d left a phone ringing and during the others the machine was late: "
              "they are placed again" % (len(late), sum(left_ringing(call) for call in late)), flush=True)
        for call in late:
            number += 1
            call.reset(number)
        place(server, folder, late)
        pending = late
    wrong.update({call: ["placed again, %d times" % ROUNDS] + trouble for call, trouble in judge(pending).items()})
    return wrong


def report(call, wrong):
    print("otherwise: call %d, %s, line %s: nevermiss -p %s simulate %s" %
          (call.number, call.plan.zone_name, call.line, call.plan.path, " ".join(call.arguments())))
    for one in wrong:
        print("  " + one)
    print("  said: %s" % json.dumps([[e["t"], e["event"], e["to"], e.get("for")] for e in call.said["events"]]))
    print("  real: %d %s %s" % (call.status, call.taken_by, [(round(t, 2), u, s) for t, u, s in call.legs]))
    print("  phones: %s" % [(p.user, p.how, round((p.ended or p.began) - p.began, 2)) for p in call.phones])


def judge(calls):
    """The calls that went otherwise than was said, each with what was wrong."""
    wrong = {}
    for call in calls:
        trouble = compare(call, call.said) + compare(call, call.live)
        if trouble:
            wrong[call] = trouble
    return wrong


def run(program, n_plans, n_calls, seed, folder):
    phones = Phones(MS_PER_S)
    server = Server(folder, MS_PER_S, phones, "America/Chicago")
    watch = Watch()
    try:
        watch.start()
        phones.start()
        server.start()
        began = time.time()
        made = make_plans(program, server, folder, n_plans, seed)
        print("%d plans pushed in %.0f s" % (len(made), time.time() - began), flush=True)
        began = time.time()
        calls = make_calls(program, made, n_calls)
        print("%d calls simulated in %.0f s" % (len(calls), time.time() - began), flush=True)
        began = time.time()
        place(server, folder, calls)
        print("%d calls placed in %.0f s" % (len(calls), time.time() - began), flush=True)
        wrong = judge_all(server, folder, watch, calls)
        for call in list(wrong)[:10]:
            report(call, wrong[call])
        kinds = {}
        for call in calls:
            kinds[call.said["outcome"]] = kinds.get(call.said["outcome"], 0) + 1
        print("legs: %d; outcomes: %s" % (sum(len(call.legs) for call in calls), kinds))
        bad = [line for line in server.lines if "CRITICAL" in line or "ALERT" in line]
        for line in bad[:5]:
            print("the server says: " + line.rstrip())
        return len(calls) - len(wrong), len(wrong) + len(bad)
    finally:
        server.stop()
        phones.stop()
        watch.stop()


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    program = os.path.abspath(sys.argv[1])
    n_plans, n_calls, seed = [int(a) for a in sys.argv[2:]] + [50, 1000, 1][len(sys.argv) - 2:]
    folder = tempfile.mkdtemp(prefix="nevermiss-sip-")
    passed, failed = 0, 1
    try:
        passed, failed = run(program, n_plans, n_calls, seed, folder)
    except (RuntimeError, OSError, subprocess.SubprocessError) as error:
        print(error)
    if failed == 0 or "KEEP" not in os.environ:
        shutil.rmtree(folder)
    else:
        print("kept: " + folder)
    print("%d passed, %d failed" % (passed, failed))
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
