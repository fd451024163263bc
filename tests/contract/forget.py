#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A caller forgotten at a carrier over HTTP: `nevermiss calls forget` against a Twilio on loopback.
Usage: forget.py NEVERMISS

Each case has a server of its own, which keeps calls, recordings and texts of two people, and refuses what the case says.
The last line says "N passed, M failed", and the exit status is 1 when any did.
"""
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
import urllib.parse

SID = "AC" + "a" * 32
LINE, OWNER, ANN, BOB = "+15125550100", "+15125550111", "+15125550199", "+15125550198"
SECRET = "0123456789secret"
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account twilio { driver = twilio  sid = "%s"  token_env = "NM_FORGET_TOKEN"  endpoint = "http://127.0.0.1:%d" }
line main { number = "%s"  account = twilio }
destination owner { kind = personal  number = "%s"  own_voicemail = none }
path day { step { ring = owner  for = 15s } }
rule all { path = day }
"""


def sid(kind, n):
    return kind + f"{n:032x}"


def things():
    return {sid("CA", 1): (ANN, LINE), sid("CA", 2): (ANN, OWNER), sid("CA", 3): (BOB, LINE), sid("SM", 4): (LINE, ANN),
            sid("SM", 5): (BOB, LINE), sid("RE", 6): sid("CA", 1), sid("RE", 7): sid("CA", 3)}


class Twilio(http.server.ThreadingHTTPServer):
    def __init__(self, refused):
        super().__init__(("127.0.0.1", 0), Handler)
        self.things, self.refused, self.authorized = things(), refused, True

    def list(self, name, query, call):
        if name == "recordings":
            return [{"sid": one} for one, of in self.things.items() if of == call]
        kind = "CA" if name == "calls" else "SM"
        return [{"sid": one, "from": ends[0], "to": ends[1]} for one, ends in self.things.items()
                if one.startswith(kind) and query.get("From", [ends[0]]) == [ends[0]]
                and query.get("To", [ends[1]]) == [ends[1]]]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, document=None):
        self.server.authorized &= self.headers.get("Authorization", "").startswith("Basic ")
        body = json.dumps(document).encode() if document is not None else b""
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, key):
        status = self.server.refused.get(key)
        if status:
            self.answer(status, {"code": 20009, "message": "Not now", "status": status})
        return status

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        parts = url.path.split("/")
        name = parts[-1].removesuffix(".json").lower()
        if not self.refuse(name):
            self.answer(200, {name: self.server.list(name, urllib.parse.parse_qs(url.query), parts[-2]),
                              "next_page_uri": None})

    def do_DELETE(self):
        one = self.path.split("/")[-1].removesuffix(".json")
        if not self.refuse(one):
            self.answer(204 if self.server.things.pop(one, None) else 404, None)

    def log_message(self, *args):
        pass


BOBS = {sid("CA", 3), sid("SM", 5), sid("RE", 7)}
THERE = ("--at-carriers", "--yes")
# what, refused, arguments, status, what it says, what stays beside Bob's
CASES = [
    ("all of it", {}, THERE, 0, ["deleted at account twilio: 2 calls, 1 recording, 1 text"], set()),
    ("in JSON", {}, THERE + ("--json",), 0, ['"what":"recording","carrier_id":"%s","deleted":true' % sid("RE", 6)], set()),
    ("unasked", {}, ("--at-carriers",), 4, ["keeps, with all its numbers, 2 calls, 1 recording, 1 text", "nothing was forgotten"],
     None),
    ("not there", {}, ("--yes",), 0, ["forgotten: 0 calls"], None),
    ("read-only", {}, THERE + ("--read-only",), 4, ["read-only"], None),
    ("a call that is not over", {sid("CA", 2): 400}, THERE, 3,
     ["1 call, 1 recording, 1 text", "stays: call %s: Not now, Twilio's error 20009 (400)" % sid("CA", 2), "again later"],
     {sid("CA", 2)}),
    ("a recording that stays", {sid("RE", 6): 409}, THERE, 3, ["stays: call %s: it stays until its recording is gone" % sid("CA", 1)],
     {sid("CA", 1), sid("RE", 6)}),
    ("not allowed", {"calls": 401}, THERE, 3, ["not forgotten yet: 0 calls", "not all could be deleted: Not now"], None),
    ("not allowed to delete", {sid("RE", 6): 403}, THERE, 3, ["0 calls, 0 recordings, 0 texts", "not all could be deleted"], None),
]


def check(program, case):
    what, refused, arguments, status, says, stays = case
    twilio = Twilio(refused)
    threading.Thread(target=twilio.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/plan.conf", "w") as plan:
            plan.write(PLAN % (SID, twilio.server_address[1], LINE, OWNER))
        done = subprocess.run([program, "-p", f"{folder}/plan.conf", "--data", f"{folder}/data", "calls", "forget", ANN,
                               *arguments], env={**os.environ, "NM_FORGET_TOKEN": SECRET}, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=120)
        said = (done.stdout + done.stderr).decode()
        wrong = [f"it does not say: {part}" for part in says if part not in said]
        if done.returncode != status:
            wrong.append(f"status {done.returncode}, wanted {status}")
        left = set(things()) if stays is None else BOBS | stays
        if set(twilio.things) != left:
            wrong.append(f"kept: {sorted(twilio.things)}")
        if not twilio.authorized or SECRET in said:
            wrong.append("the secret was not sent, or is told")
        if "--json" in arguments:
            json.loads(done.stdout)
    twilio.shutdown()
    twilio.server_close()
    return what, wrong, said


def main():
    results = [check(os.path.realpath(sys.argv[1]), case) for case in CASES]
    failed = [result for result in results if result[1]]
    for what, wrong, said in failed:
        print(f"FAILED: {what}:", *wrong, said, sep="\n  ")
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    sys.exit(1 if failed else 0)


main()
