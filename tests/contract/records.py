#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Call records over HTTP: `nevermiss calls` against carriers on loopback.  Usage: records.py NEVERMISS

One server answers as Twilio, as Telnyx and as VoIP.ms, each with its records of the same few calls, and fails where a
case says so.  The last line says "N passed, M failed", and the exit status is 1 when any did.
"""
import datetime
import email.utils
import http.server
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

SID = "AC" + "a" * 32
MAIN, OVER, CELL = "+15125550100", "+15125550101", "+15125550120"
OWNER, SAM, CALLER = "+15125550111", "+15125550114", "+15125550199"
SECRET = "0123456789secret"
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account twilio { driver = twilio  sid = "%s"  token_env = "NM_TOKEN"  endpoint = "http://127.0.0.1:%d" }
account telnyx { driver = telnyx  token_env = "NM_TOKEN"  endpoint = "http://127.0.0.1:%d" }
account voipms { driver = voipms  user = "o@example.org"  token_env = "NM_TOKEN"  endpoint = "http://127.0.0.1:%d" }
account box { driver = sandbox }
account phone { driver = codes  carrier = gsm }
line main { number = "+15125550100"  account = twilio }
line over { number = "+15125550101"  account = twilio }
line desk { number = "+15125550102"  account = telnyx  handset = table }
line ring { number = "+15125550103"  account = voipms }
line other { number = "+15125550104"  account = box }
line cell { number = "+15125550120"  account = phone  handset = mobile }
destination table { kind = backup  line = desk  own_voicemail = none }
destination mobile { kind = personal  line = cell  own_voicemail = none }
destination owner { kind = personal  number = "+15125550111"  own_voicemail = 25s }
destination sam { kind = personal  number = "+15125550114"  own_voicemail = none }
destination mailbox { kind = voicemail  greeting = "Smith here" }
path day { step { ring = owner  for = 15s }  step { ring = sam  for = 20s }  step { ring = mailbox } }
path on { step { ring = mobile  for = 20s }  step { ring = over } }
rule cell { lines = cell  path = on }
rule all { path = day }
"""
NOW = datetime.datetime(2026, 1, 8, 12, 0, tzinfo=datetime.timezone.utc)
ALL = ("--since", "2026-01-01")
FIRST = datetime.datetime(2026, 1, 5, 14, 0, tzinfo=datetime.timezone.utc)


def sid(n):
    return "CA" + f"{n:032x}"


def leg(n, to, began, until, status, talked=None, parent=None, caller=CALLER, more=None):
    def stamp(seconds):
        return email.utils.format_datetime(FIRST + datetime.timedelta(seconds=seconds))

    return {"sid": sid(n), "parent_call_sid": parent, "from": caller, "to": to, "status": status,
            "direction": "outbound-dial" if parent else "inbound", "date_created": stamp(began),
            "start_time": stamp(began), "end_time": stamp(until), "date_updated": stamp(until),
            "duration": None if talked is None else str(talked), **(more or {})}


CALLS = [
    leg(1, MAIN, 0, 60, "completed", 60),
    leg(2, OWNER, 1, 16, "no-answer", parent=sid(1)),
    leg(3, SAM, 17, 60, "completed", 35, parent=sid(1)),
    leg(4, MAIN, 3600, 3650, "completed", 50, caller="+266696687"),
    leg(5, OWNER, 3601, 3616, "no-answer", parent=sid(4)),
    leg(6, "+15125550\u001b[31m", 3617, 3618, "busy", parent=sid(4)),
    leg(7, OVER, 7200, 7230, "completed", 30, more={"forwarded_from": CELL}),
]
DETAILS = [
    {"id": "d1", "telnyx_session_id": "s1", "direction": "inbound", "cli": CALLER, "cld": "+15125550102",
     "started_at": "2026-01-05T14:00:00Z", "answered_at": "2026-01-05T14:00:09Z", "finished_at": "2026-01-05T14:00:41Z"},
    {"id": "d2", "direction": "inbound", "cli": CALLER, "cld": "+15125550102", "started_at": "2026-01-05T15:00:00Z",
     "finished_at": "2026-01-05T15:00:12Z", "hangup_cause": "ORIGINATOR_CANCEL"},
]
CDR = [
    {"date": "2026-01-05 14:00:00", "callerid": '"Ann" <5125550199>', "destination": "5125550103",
     "disposition": "ANSWERED", "seconds": "41", "uniqueid": "u1"},
]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        body = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    def serve(self, key, found):
        fault = self.server.faults.get(key)
        self.server.log.append(key)
        if fault:
            times, status, text = fault
            self.server.faults[key] = (times - 1, status, text) if times > 1 else None
            return self.answer(status, text)
        self.answer(200, json.dumps(found))

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = {key: value[0] for key, value in urllib.parse.parse_qs(url.query).items()}
        if url.path.endswith("/Calls.json"):
            return self.calls(query)
        self.serve("details", {"data": DETAILS if query["filter[date_range]"] != "today" else [],
                               "meta": {"total_pages": 1}})

    def calls(self, query):
        if "ParentCallSid" in query:
            found = [call for call in CALLS if call["parent_call_sid"] == query["ParentCallSid"]]
            return self.serve("legs", {"calls": found[::-1], "next_page_uri": None})
        first, last = query["StartTime>"], query["StartTime<"]
        found = [call for call in CALLS if call["to"] == query.get("To") and first <= "2026-01-05" <= last]
        self.serve("calls", {"calls": found[::-1], "next_page_uri": None})

    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        inside = form["date_from"][0] <= "2026-01-05" <= form["date_to"][0]
        self.serve("cdr", {"status": "success", "cdr": CDR} if inside else {"status": "no_cdr"})

    def log_message(self, *args):
        pass


class Bench:
    """A plan, a store, and a server that a test can make fail."""

    def __init__(self, program, folder):
        self.program, self.folder, self.failed, self.passed, self.now = program, folder, 0, 0, NOW
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.faults, self.server.log = {}, []
        port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        with open(f"{folder}/plan.conf", "w") as plan:
            plan.write(PLAN % (SID, port, port, port))

    def run(self, *arguments):
        done = subprocess.run(
            [self.program, "-p", f"{self.folder}/plan.conf", "--data", f"{self.folder}/data", "--now",
             self.now.isoformat(), *arguments], env={**os.environ, "NM_TOKEN": SECRET}, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=60)
        return done.returncode, done.stdout.decode(), (done.stdout + done.stderr).decode()

    def check(self, what, arguments, status, *says):
        got, out, said = self.run(*arguments)
        wrong = [f"status {got}, wanted {status}"] if got != status else []
        wrong += [f"it does not say: {part}" for part in says if part not in said]
        wrong += ["a control character"] if "\x1b" in said else []
        wrong += ["the secret is said"] if SECRET in said else []
        if "--json" in arguments and got < 2:
            json.loads(out)
        self.passed += not wrong
        self.failed += bool(wrong)
        if wrong:
            print(f"FAILED: {what}:", *wrong, said, sep="\n  ")


def imports(bench):
    bench.check("an empty log", ("calls", "list"), 0, "no calls in the log")
    bench.server.faults["legs"] = (1, 500, "down")
    bench.check("twilio", ("calls", "import", "--account", "twilio"), 0,
                "main: 2 new, 0 mended, 0 known; read from", "over: 1 new", "are not verified")
    bench.check("twice", ("calls", "import", "--account", "twilio", *ALL), 0, "main: 0 new, 0 mended, 2 known",
                "without a gap: from Tue 9 Dec 2025 06:00")
    bench.check("the last day", ("calls", "import", "--account", "twilio"), 0, "read from Wed 7 Jan 2026 06:00")
    bench.check("in JSON", ("calls", "import", "--account", "twilio", "--json", "--since", "2026-01-01"), 0,
                '"new":0', '"known":2', '"cut":false', '"unverified":"')
    bench.check("telnyx", ("calls", "import", "--account", "telnyx"), 0, "desk: 2 new", "is not published")
    bench.check("voipms", ("calls", "import", "--account", "voipms"), 0, "ring: 1 new",
                "not whether by a phone or the mailbox")


def reads(bench):
    bench.check("the log", ("calls", "list"), 0,
                "answered by sam after 25 s", "probably voicemail after 18 s", "probably answered by table",
                "abandoned after 12 s", "unknown", "anonymous", "+1 512 555 0199", "of twilio: ", "of telnyx: ",
                "of voipms: ")
    bench.check("the log in JSON", ("calls", "list", "--json"), 0, '"unverified":{"twilio":"', '"voipms":"')
    bench.check("one line", ("calls", "list", "--line", "over", "--json"), 0, '"forwarded_from":"+15125550120"',
                '"outcome":"abandoned"', '"more":false')
    bench.check("two of them", ("calls", "list", "--count", "2"), 0, "and older ones: --count shows more than 2")
    bench.check("a span", ("calls", "list", "--since", "2026-01-06"), 0,
                "no such call in the log: since Tue 6 Jan 2026 00:00 CST")
    bench.check("one call", ("calls", "show", "1"), 0, "call #1 to main, Mon 5 Jan 2026 08:00 CST",
                "outcome  answered by sam after 25 s", "1 s  owner (+15125550111) rings for 15 s: no-answer",
                "17 s  sam (+15125550114) rings for 8 s: answered, until 60 s", "60 s  the call ends", "are not verified")
    bench.check("one call in JSON", ("calls", "show", "#1", "--json"), 0, '"answered_by":"sam"', '"rang":8',
                '"unverified":"that a flow')
    bench.check("a carrier's own text", ("calls", "show", "2"), 0, "+15125550 [31m rings")


def gaps(bench):
    """An import since a later time leaves a gap, and says so; the next one closes it."""
    bench.now = NOW + datetime.timedelta(days=9)
    bench.check("a gap", ("calls", "import", "--account", "twilio", "--since", "2026-01-16"), 0,
                "not read: from Thu 8 Jan 2026 06:00 to Fri 16 Jan 2026 00:00")
    bench.check("no gap", ("calls", "import", "--account", "twilio", "--json"), 0, '"since":"2026-01-07T06:00:00-06:00"',
                '"gap":null', '"read":{"from":"2025-12-09T06:00:00-06:00","until":"2026-01-17T06:00:00-06:00"}')
    bench.now = NOW


def renames(bench):
    """A line that is called otherwise keeps its calls."""
    with open(f"{bench.folder}/plan.conf") as plan:
        text = plan.read()
    with open(f"{bench.folder}/plan.conf", "w") as plan:
        plan.write(text.replace("line main ", "line front "))
    bench.check("renamed", ("calls", "import", "--account", "twilio", *ALL), 0, "front: 0 new, 0 mended, 2 known")
    bench.check("its calls", ("calls", "list", "--line", "front"), 0, "#1", "#2", "front")
    with open(f"{bench.folder}/plan.conf", "w") as plan:
        plan.write(text)


def refusals(bench):
    bench.check("no records", ("calls", "import", "--account", "box"), 2,
                "the driver sandbox of account box has no call records; these have: telnyx, twilio, voipms")
    bench.check("no account", ("calls", "import"), 2, "--account is one of twilio, telnyx")
    bench.check("no such account", ("calls", "import", "--account", "x"), 2, "no account `x`")
    bench.check("the future", ("calls", "import", "--account", "twilio", "--since", "+2h"), 2, "a time that is past")
    bench.check("read-only", ("calls", "import", "--account", "twilio", "--read-only"), 4, "read-only")
    bench.check("another word's option", ("calls", "import", "--account", "twilio", "--count", "3"), 2,
                "`calls import` takes no --count")
    bench.check("no such call", ("calls", "show", "99"), 2, "no call 99 in the log")
    bench.check("no number", ("calls", "show"), 2, "the number of a call")
    bench.check("no such word", ("calls", "mend"), 2, "`calls mend` is nothing: import, list, show, explain, forget or expire")


def faults(bench):
    bench.server.faults["calls"] = (2, 401, '{"code":20003,"message":"Authenticate","status":401}')
    bench.check("a bad secret", ("calls", "import", "--account", "twilio"), 3,
                "nothing was read: Authenticate, Twilio's error 20003 (401)")
    bench.server.faults["details"] = (1, 429, '{"errors":[{"title":"Too many"}]}')
    bench.check("too many requests", ("calls", "import", "--account", "telnyx", *ALL), 0,
                "desk: 0 new, 0 mended, 2 known")
    bench.server.faults["details"] = (1, 200, '{"data":[{"id":')
    bench.check("cut off", ("calls", "import", "--account", "telnyx"), 3, "its answer cannot be read")
    bench.server.faults["cdr"] = (1, 200, '{"status":"ip_not_enabled"}')
    bench.check("refused", ("calls", "import", "--account", "voipms"), 3, "this machine's address is not allowed")
    bench.check("and mended", ("calls", "import", "--account", "voipms", *ALL), 0,
                "ring: 0 new, 0 mended, 1 known")


def dials(bench):
    """A forward that was dialled before the calls came, and is proved once they are imported."""
    bench.now = FIRST - datetime.timedelta(hours=1)
    said = bench.run("push", "--line", "cell", "--yes")[2]
    shown = re.search(r"--dialled (cell:[0-9a-f]+)", said)
    bench.check("dialled", ("push", "--line", "cell", "--yes", "--dialled", shown.group(1) if shown else "cell"), 0,
                "so it is assumed")
    bench.now = NOW
    bench.check("assumed", ("codes", "--line", "cell"), 0, "assumed since Mon 5 Jan 2026 07:00: nothing can be read")


def proofs(bench):
    bench.check("proved", ("codes", "--line", "cell"), 0, "proved by a call on Mon 5 Jan 2026 10:00, by its record forwarded from here to over")
    bench.check("proved in JSON", ("codes", "--line", "cell", "--json"), 0, '"line":"over","certain":true')
    bench.check("proved, told by diff", ("diff", "--line", "cell"), 0, "proved by a call on")
    bench.check("proved, told by diff in JSON", ("diff", "--line", "cell", "--json"), 0, '"certain":true')


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(os.path.realpath(sys.argv[1]), folder)
        dials(bench)
        imports(bench)
        reads(bench)
        proofs(bench)
        gaps(bench)
        renames(bench)
        refusals(bench)
        faults(bench)
        bench.server.shutdown()
        bench.server.server_close()
        if subprocess.run(["grep", "-rq", SECRET, folder]).returncode == 0:
            bench.failed += 1
            print("FAILED: the secret is written down")
    print(f"{bench.passed} passed, {bench.failed} failed")
    sys.exit(1 if bench.failed else 0)


main()
