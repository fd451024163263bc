#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Events over HTTP: `nevermiss crm send` against a CRM on loopback, killed in the middle.  Usage: crm.py NEVERMISS

The CRM checks each signature by itself (Standard Webhooks), keeps an event once by its id, and answers at random with
what makes an event wait (no answer, 429, 500), or has the program killed (SIGKILL) before or after it has kept the event.
However that goes: every call and every follow-up that has ended is there once, and the events of a caller are in order.
The last line says "N passed, M failed"; exit 1 on failure.
"""
import base64
import datetime
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading

LINE, OWNER, SECRET = "+15125550100", "+15125550111", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account sandbox { driver = sandbox }
line main { number = "%s"  account = sandbox }
destination owner { kind = personal  number = "%s"  own_voicemail = none }
path day { step { ring = owner } }
rule all { path = day }
%s
"""
CRM = 'crm { url = "http://127.0.0.1:%d/hooks"  token_env = "NM_CRM_TOKEN" }'
RUNS_MAX = 400
FAULTS = ["kill before", "kill after", "hang up", "done, hang up", "429", "500"]


class Crm(http.server.ThreadingHTTPServer):
    def __init__(self, seed, refuses=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.random, self.refuses = random.Random(seed), refuses
        self.events, self.wrong, self.doubles, self.child = {}, [], 0, None
        self.starting = threading.Lock()
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)

    def keep(self, headers, body):
        event, said = headers["webhook-id"], headers["webhook-timestamp"]
        signed = f"{event}.{said}.".encode() + body
        right = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        if headers["webhook-signature"] != right:
            self.wrong.append(f"signature {headers['webhook-signature']}, not {right}")
        if int(said) != self.now.timestamp():
            self.wrong.append(f"time stamp {said}")
        document = json.loads(body)
        if document["id"] != event or self.events.get(event, document) != document:
            self.wrong.append(f"two events of one id: {document}")
        self.doubles += event in self.events
        self.events.setdefault(event, document)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def kill(self):
        with self.server.starting:
            child = self.server.child
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        self.close_connection = True

    def do_POST(self):
        crm = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = crm.random.choice(FAULTS) if crm.refuses is None and crm.random.random() < 0.4 else None
        if crm.refuses and crm.refuses(json.loads(body)):
            return self.say(422, "no such \x1b[31mfield")
        if fault == "kill before":
            return self.kill()
        if fault in ("429", "500"):
            return self.say(int(fault), "later", ("Retry-After", "0"))
        if fault == "hang up":
            self.close_connection = True
            return None
        crm.keep(self.headers, body)
        if fault == "kill after":
            return self.kill()
        if fault == "done, hang up":
            self.close_connection = True
            return None
        return self.say(204, "")

    def say(self, status, text, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if text:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


class Shop:
    """A plan and a store, and the program that works with them."""

    def __init__(self, program, folder, crm):
        self.program, self.folder, self.crm = program, folder, crm
        self.told = ""

    def plan(self, section):
        pathlib.Path(self.folder, "plan.conf").write_text(PLAN % (LINE, OWNER, section))

    def run(self, *arguments):
        with self.crm.starting:
            self.crm.child = subprocess.Popen(
                [self.program, "-p", f"{self.folder}/plan.conf", "--data", f"{self.folder}/data", "--now",
                 self.crm.now.isoformat(), *arguments],
                env={**os.environ, "NM_CRM_TOKEN": SECRET}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT)
        said = self.crm.child.stdout.read().decode()
        self.told += said if "--json" not in arguments else ""
        return self.crm.child.wait(), said

    def calls(self, rows):
        """(seconds ago, caller, answered): a table that is imported."""
        now = self.crm.now
        table = "at,from,to,status,duration,answered by\n" + "".join(
            f"{(now - datetime.timedelta(seconds=ago)).strftime('%Y-%m-%dT%H:%M:%SZ')},{caller},{LINE},"
            f"{'answered' if answered else 'no-answer'},{30 if answered else 0},{OWNER if answered else ''}\n" for ago, caller, answered in rows)
        pathlib.Path(self.folder, "calls.csv").write_text(table)
        return self.run("calls", "import", f"{self.folder}/calls.csv")

    def listed(self, *more):
        return json.loads(self.run("crm", "list", "--json", *more)[1])

    def send(self):
        """Until nothing waits, with the hours in between that are left between tries."""
        for _ in range(RUNS_MAX):
            self.run("crm", "send")
            if self.listed()["waiting"] == 0:
                return
            self.crm.now += datetime.timedelta(hours=7)


def faults(program, seed):
    """Calls of a few callers and what became of them, whatever happens on the way."""
    crm = Crm(seed)
    threading.Thread(target=crm.serve_forever, daemon=True).start()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(program, folder, crm)
        shop.plan(CRM % crm.server_address[1])
        rows = sorted(((crm.random.randrange(60, 3000), f"+1512555{crm.random.randrange(200, 205):04d}",
                        crm.random.random() < 0.4) for _ in range(20)), reverse=True)
        shop.calls(rows)
        open_ones = json.loads(shop.run("followup", "list", "--json")[1])["followups"]
        for one in open_ones[:3]:
            shop.run("followup", "done", str(one["id"]), "--outcome", "booked")
        shop.send()
        told = [e["data"] for e in crm.events.values() if e["type"].startswith("call.")]
        if len(told) != len({(ago, caller) for ago, caller, _ in rows}):
            wrong.append(f"{len(told)} calls were told of")
        booked = [e for e in crm.events.values() if e["data"].get("outcome") == "booked"]
        if len(booked) != len(open_ones[:3]):
            wrong.append(f"{len(booked)} follow-ups were told of")
        for caller in {row[1] for row in rows}:
            mine = [call["call"] for call in told if call["caller"] == caller]
            if mine != sorted(mine):
                wrong.append(f"the calls of {caller} came as {mine}")
        if any(event["state"] != "delivered" for event in shop.listed("--all")["events"]):
            wrong.append("the queue is not empty")
        if SECRET in shop.told or any(SECRET.encode() in path.read_bytes()
                                      for path in pathlib.Path(folder).rglob("*") if path.is_file()):
            wrong.append("the secret was written down")
        wrong += crm.wrong
    crm.shutdown()
    return f"seed {seed}: {'; '.join(wrong)}\n{shop.told}" if wrong else None, crm.doubles


def refused(program):
    """What the CRM refuses is set aside and told, keeps nobody back, and is sent again when somebody says so."""
    bad = "+15125550201"
    crm = Crm(1, lambda event: event["data"].get("caller") == bad and event["type"] == "call.missed")
    threading.Thread(target=crm.serve_forever, daemon=True).start()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(program, folder, crm)
        shop.plan(CRM % crm.server_address[1])
        shop.calls([(300, bad, False), (200, "+15125550202", False), (100, bad, True)])
        status, said = shop.run("crm", "send")
        if status != 1 or "1 set aside" not in said:
            wrong.append(f"status {status}: {said}")
        if [e["type"] for e in crm.events.values()].count("call.answered") != 1:
            wrong.append("a refused event kept others back")
        (aside,) = [e for e in shop.listed()["events"] if e["state"] == "set aside"]
        if "422" not in aside["words"] or "\x1b" in shop.told:
            wrong.append(f"it says {aside['words']}")
        crm.refuses = lambda event: False
        status, said = shop.run("crm", "retry", str(aside["id"]))
        if status != 0 or shop.listed()["aside"] != 0 or aside["key"] not in crm.events:
            wrong.append(f"sent again, status {status}: {said}")
        wrong += crm.wrong
    crm.shutdown()
    return f"refused: {'; '.join(wrong)}\n{shop.told}" if wrong else None, 0


def late(program):
    """A CRM gets no calls of before it was there, and all of after."""
    crm = Crm(1, lambda event: False)
    threading.Thread(target=crm.serve_forever, daemon=True).start()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(program, folder, crm)
        shop.plan("")
        shop.calls([(500, "+15125550201", False)])
        status, said = shop.run("crm", "send")
        if status != 2 or "no section crm" not in said:
            wrong.append(f"without a section, status {status}: {said}")
        shop.plan(CRM % crm.server_address[1])
        shop.calls([(500, "+15125550201", False), (86400 * 300, "+15125550202", False), (60, "+15125550203", False)])
        shop.send()
        callers = [e["data"]["caller"] for e in crm.events.values()]
        if callers != ["+15125550203"]:
            wrong.append(f"it was told of {callers}")
        wrong += crm.wrong
    crm.shutdown()
    return f"late: {'; '.join(wrong)}\n{shop.told}" if wrong else None, 0


def main():
    program = os.path.realpath(sys.argv[1])
    results = [faults(program, seed) for seed in range(8)] + [refused(program), late(program)]
    failed = [words for words, _ in results if words]
    if not any(doubles for _, doubles in results):
        failed.append("no event came twice: the faults test nothing")
    for words in failed:
        print(words)
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
