#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Test calls over HTTP: `nevermiss simulate --place` against a Twilio on loopback.  Usage: place.py NEVERMISS

Each case has a server of its own, which makes at most one call, with the legs that the case tells of, and fails where
the case says so.  The last line says "N passed, M failed", and the exit status is 1 when any did.
"""
import concurrent.futures
import datetime
import email.utils
import http.server
import json
import os
import pty
import subprocess
import sys
import tempfile
import threading
import urllib.parse

SID = "AC" + "a" * 32
LINE, SIDE, OWNER, SAM = "+15125550100", "+15125550199", "+15125550111", "+15125550114"
SECRET = "0123456789secret"
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account twilio { driver = twilio  sid = "%s"  token_env = "NM_PLACE_TOKEN"  endpoint = "http://127.0.0.1:%d" }
account box { driver = sandbox }
line main { number = "%s"  account = twilio }
line side { number = "%s"  account = twilio }
line other { number = "+15125550102"  account = box }
destination owner { kind = personal  number = "%s"  own_voicemail = none }
destination sam { kind = personal  number = "%s"  own_voicemail = none }
destination mailbox { kind = voicemail  greeting = "Smith here" }
path day { step { ring = owner  for = 15s }  step { ring = sam  for = 20s }  step { ring = mailbox } }
rule all { path = day }
"""
MAILBOX = [(OWNER, "no-answer", 1, 17, None), (SAM, "busy", 19, 1, None)]
ANSWERED = [(OWNER, "no-answer", 1, 15, None), (SAM, "completed", 17, 6, 12)]
OTHER = [(SAM, "no-answer", 1, 20, None)]


def sid(n):
    return "CA" + f"{n:032x}"


class Twilio(http.server.ThreadingHTTPServer):
    """What it makes of a call is over at once; what it lists shows it bit by bit."""

    def __init__(self, legs, faults):
        super().__init__(("127.0.0.1", 0), Handler)
        self.legs, self.faults = legs, dict(faults)
        self.calls, self.log, self.looks, self.authorized = [], [], 0, True

    def call(self, number, to, direction, status, begins, rings, talks, parent=None):
        def stamp(seconds):
            return email.utils.format_datetime(self.made + datetime.timedelta(seconds=seconds))

        return {"sid": sid(number), "account_sid": SID, "parent_call_sid": parent, "to": to, "from": SIDE,
                "direction": direction, "status": status, "date_created": stamp(begins),
                "start_time": stamp(begins), "end_time": stamp(begins + rings + (talks or 0)),
                "date_updated": stamp(begins + rings + (talks or 0)), "duration": None if talks is None else str(talks)}

    def place(self):
        self.made = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.calls.append([self.call(2, LINE, "inbound", "completed", 1, 0, 50),
                           self.call(1, LINE, "outbound-api", "completed", 0, 1, 50)])
        return {**self.calls[-1][1], "status": "queued", "end_time": None, "duration": None}

    def list(self, query):
        if "ParentCallSid" in query:
            self.looks += 1
            shown = self.legs[:self.looks]  # one more each time
            return [self.call(10 + i, to, "outbound-dial", status, 1 + begins, rings, talks, sid(2))
                    for i, (to, status, begins, rings, talks) in enumerate(shown)]
        return [leg for call in self.calls for leg in call]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(body)

    def serve(self, key, make):
        """The answer, or the fault that is planned for the next such request: (done, status, text)."""
        twilio = self.server
        twilio.log.append(key)
        twilio.authorized &= self.headers.get("Authorization", "").startswith("Basic ")
        done, status, text = twilio.faults.pop(key, (True, None, None))
        body = json.dumps(make()) if done else ""
        if status == 0:
            self.close_connection = True
            return self.connection.close()
        self.answer(status or (201 if key == "POST" else 200), body if text is None else text)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        if url.path.endswith("/IncomingPhoneNumbers.json"):
            return self.serve("numbers", lambda: {
                "incoming_phone_numbers": [{"phone_number": SIDE}] if query["PhoneNumber"] == [SIDE] else [],
                "next_page_uri": None})
        key = "legs" if "ParentCallSid" in query else "calls"
        self.serve(key, lambda: {"calls": self.server.list(query), "next_page_uri": None})

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.serve("POST", self.server.place)

    def log_message(self, *args):
        pass


BUSY = '{"code":20429,"message":"Too Many Requests","status":429}'
SENT = ("--place", "--yes")
# what, legs, faults, arguments, status, what it says, calls made
CASES = [
    ("a mailbox", MAILBOX, {}, SENT, 0, ["owner", "no-answer, rang for 17 s", "the carrier had it for 50 s", "as the plan says"], 1),
    ("an answer", ANSWERED, {}, SENT, 0, ["answered by sam after 23 s", "as the plan says"], 1),
    ("other legs", OTHER, {}, SENT, 1, ["not as the plan says", "owner was not rung, whom step 1 of the path rings"], 1),
    ("no legs", [], {}, SENT, 1, ["sam was not rung"], 1),
    ("in JSON", ANSWERED, {}, SENT + ("--json",), 0, ['"same":true', '"number":"+15125550114","for":6,"ended":"answered"'], 1),
    ("500 after the call", ANSWERED, {"POST": (True, 500, "down")}, SENT, 0, ["answered by sam after 23 s"], 1),
    ("cut off after the call", ANSWERED, {"POST": (True, 0, None)}, SENT, 0, ["answered by sam after 23 s"], 1),
    ("garbage after the call", ANSWERED, {"POST": (True, 201, "<html>")}, SENT, 0, ["answered by sam after 23 s"], 1),
    ("429 at first", ANSWERED, {"POST": (False, 429, BUSY)}, SENT, 0, ["answered by sam after 23 s"], 1),
    ("refused", [], {"POST": (False, 400, '{"code":21210,"message":"From is not verified","status":400}')}, SENT, 3,
     ["no call was placed: From is not verified, Twilio's error 21210 (400)"], 0),
    ("bad secret", [], {"numbers": (False, 401, '{"code":20003,"message":"Authenticate","status":401}')}, SENT, 3,
     ["no call was placed: Authenticate, Twilio's error 20003 (401)"], 0),
    ("500 and no call", [], {"POST": (False, 500, "down")}, SENT, 3,
     ["whether the call was placed is not certain, and no second one was"], 0),
    ("garbage of legs", MAILBOX, {"legs": (True, 200, "[1")}, SENT, 3,
     ["the call was placed (" + sid(1) + ") and ends by itself after 90 s at most"], 1),
    ("not the account's", [], {}, SENT + ("--from", "+15125550177"), 3, ["the account has no number +15125550177"], 0),
    ("unasked", [], {}, ("--place",), 4, ["no call was placed: say yes, or give --yes"], 0),
    ("read-only", [], {}, SENT + ("--read-only",), 4, ["read-only"], 0),
    ("another time", [], {}, SENT + ("--at", "+2h"), 2, ["--place is a real call, now, against the plan: it cannot be told --at"], 0),
    ("another driver", [], {}, SENT + ("--line", "other"), 4, ["cannot place calls; these can: twilio"], 0),
    ("itself", [], {}, SENT + ("--from", LINE), 2, ["cannot call itself"], 0),
    ("asked, no", [], {}, ("no",), 4, ["which the carrier bills", "It really rings", "owner 15 s", "Place it? [y/N]",
                                       "no call was placed"], 0),
    ("asked, yes", ANSWERED, {}, ("yes",), 0, ["Place it? [y/N]", "answered by sam after 23 s"], 1),
]


def run(program, arguments, folder):
    """Its status and all that it says; an answer in place of arguments is typed at its question."""
    typed = arguments[0] if arguments[0] in ("yes", "no") else None
    command = [program, "-p", f"{folder}/plan.conf", "--data", f"{folder}/data", "simulate",
               *(("--place",) if typed else arguments)]
    environment = {**os.environ, "NM_PLACE_TOKEN": SECRET}
    if not typed:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        return done.returncode, (done.stdout + done.stderr).decode(), done.stdout.decode()
    ours, theirs = pty.openpty()
    child = subprocess.Popen(command, env=environment, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    os.write(ours, typed.encode() + b"\n")
    said = b""
    try:
        while part := os.read(ours, 4096):
            said += part
    except OSError:
        pass
    os.close(ours)
    return child.wait(), said.decode(), ""


def check(program, case):
    what, legs, faults, arguments, status, says, made = case
    twilio = Twilio(legs, faults)
    threading.Thread(target=twilio.serve_forever, daemon=True).start()
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/plan.conf", "w") as plan:
            plan.write(PLAN % (SID, twilio.server_address[1], LINE, SIDE, OWNER, SAM))
        got, said, out = run(program, arguments, folder)
        if got != status:
            wrong.append(f"status {got}, wanted {status}")
        wrong += [f"it does not say: {part}" for part in says if part not in said]
        if len(twilio.calls) != made:
            wrong.append(f"{len(twilio.calls)} calls were made")
        if not twilio.authorized or SECRET in said or subprocess.run(
                ["grep", "-rq", SECRET, folder]).returncode == 0:
            wrong.append("the secret was not sent, or is written down")
        if "--json" in arguments and got < 2:
            json.loads(out)
    twilio.shutdown()
    twilio.server_close()
    return what, wrong, said


def main():
    program = os.path.realpath(sys.argv[1])
    with concurrent.futures.ThreadPoolExecutor(len(CASES)) as pool:
        results = list(pool.map(lambda case: check(program, case), CASES))
    failed = [result for result in results if result[1]]
    for what, wrong, said in failed:
        print(f"FAILED: {what}:", *wrong, said, sep="\n  ")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


main()
