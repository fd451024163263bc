#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Texts over HTTP: `nevermiss text`, to one of the plan's own and (--missed) to a missed caller, against carriers on
loopback, killed in the middle.  Usage: text.py NEVERMISS

The carriers (Twilio, VoIP.ms) send as often as they are asked.  Each case kills the program (SIGKILL) when one of
the first requests about the text arrives or was served, or spoils the answers to them, and runs the same command until it
ends well: exactly one text was sent then, and its carrier's secret stands nowhere.  The last line says "N passed, M failed"; exit 1 on failure.
"""
import concurrent.futures
import datetime
import email.utils
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

SID = "AC" + "a" * 32
FROM, OWNER, CALLER = "+15125550100", "+15125550111", "+15125550199"
WORDS, SECRET = "100 % caf\u00e9 & more", "0123456789secret"
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account carrier { driver = %s  %s  token_env = "NM_TEXT_TOKEN"  endpoint = "http://127.0.0.1:%d" }
line main { number = "%s"  account = carrier }
destination owner { kind = personal  number = "%s"  own_voicemail = none }
path day { step { ring = owner } }
rule all { path = day }
text_back { missed = "%s" }
"""
KEYS = {"twilio": f'sid = "{SID}"', "voipms": 'user = "pat"'}


class Carrier(http.server.ThreadingHTTPServer):
    def __init__(self, driver, fault, last, to):
        super().__init__(("127.0.0.1", 0), Handler)
        self.driver, self.fault, self.last, self.to = driver, fault, last, to
        self.first = 3 if to == CALLER else 1  # before a customer's text, what came is read twice
        self.texts, self.requests, self.child, self.authorized = [], 0, None, True
        self.starting = threading.Lock()  # a request may come before its sender's process is known here

    def message(self, n):
        return {"sid": f"SM{n:032d}", "from": FROM, "to": self.to, "body": self.texts[n - 1], "status": "delivered",
                "error_code": None, "date_created": email.utils.formatdate(usegmt=True).replace("GMT", "+0000")}

    def serve(self, method, path, form):
        """The status and the document of an answer."""
        if self.driver == "voipms":
            self.authorized &= form.get("api_password") == SECRET
            if form["method"] == "sendSMS":
                assert form["did"] == FROM[2:] and form["dst"] == self.to[2:]
                self.texts.append(form["message"])
                return 200, {"status": "success", "sms": len(self.texts)}
            if form["type"] == "1":  # those that came
                return 200, {"status": "no_sms"}
            listed = [{"id": str(i), "contact": self.to[2:], "message": text} for i, text in enumerate(self.texts, 1)]
            return 200, {"status": "success", "sms": listed} if listed else {"status": "no_sms"}
        if method == "POST":
            assert form["From"] == FROM and form["To"] == self.to
            self.texts.append(form["Body"])
            return 201, self.message(len(self.texts))
        if "/Messages/SM" in path:
            return 200, self.message(int(path.split("/SM")[1][:32]))
        return 200, {"messages": [self.message(i + 1) for i in range(len(self.texts))], "next_page_uri": None}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def kill(self):
        with self.server.starting:
            child = self.server.child
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        self.close_connection = True

    def answer(self):
        carrier = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if carrier.driver == "twilio":
            carrier.authorized &= self.headers.get("Authorization", "").startswith("Basic ")
        carrier.requests += 1
        fault = carrier.fault if carrier.first <= carrier.requests <= carrier.last else None
        if fault == "kill before":
            return self.kill()
        if fault == "not done, 500":
            return self.say(500, "down")
        status, document = carrier.serve(self.command, self.path, dict(urllib.parse.parse_qsl(body)))
        if fault == "kill after":
            return self.kill()
        if fault == "done, cut":
            self.close_connection = True
            return self.connection.close()
        if fault == "done, 500":
            return self.say(500, "down")
        self.say(status, "[1" if fault == "done, garbage" else json.dumps(document))

    do_GET = do_POST = answer

    def say(self, status, text):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


def run(program, folder, carrier, *arguments):
    with carrier.starting:
        carrier.child = subprocess.Popen(
            [program, "-p", f"{folder}/plan.conf", "--data", f"{folder}/data", *arguments],
            env={**os.environ, "NM_TEXT_TOKEN": SECRET}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
    said = carrier.child.stdout.read().decode()
    return carrier.child.wait(), said


def log_call(program, folder, carrier):
    """A call that was missed a minute ago."""
    at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
    pathlib.Path(folder, "calls.csv").write_text(
        f"id,at,line,from,duration,outcome\n1,{at.isoformat(timespec='seconds')},{FROM},{CALLER},20,voicemail\n")
    status, said = run(program, folder, carrier, "calls", "import", f"{folder}/calls.csv")
    assert status == 0, said


def check(program, driver, fault, last, missed):
    carrier = Carrier(driver, fault, last, CALLER if missed else OWNER)
    threading.Thread(target=carrier.serve_forever, daemon=True).start()
    wrong, told = [], ""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "plan.conf").write_text(
            PLAN % (driver, KEYS[driver], carrier.server_address[1], FROM, OWNER, WORDS))
        if missed:
            log_call(program, folder, carrier)
        command = ["--missed", "--yes"] if missed else ["--to", "owner", "--yes", WORDS]
        status = -1
        for _ in range(last + 1):
            if status != 0:
                status, said = run(program, folder, carrier, "text", *command)
                told += said
        listed = run(program, folder, carrier, "text", "--list", "--json")[1]
        if status != 0:
            wrong.append(f"status {status}")
        if carrier.texts != [WORDS]:
            wrong.append(f"it sent {carrier.texts}")
        if [text["state"] for text in json.loads(listed)["texts"]] != ["sent"]:
            wrong.append(f"the outbox has {listed}")
        if not carrier.authorized:
            wrong.append("a request had no secret")
        if SECRET in told + listed or any(SECRET.encode() in path.read_bytes()
                                          for path in pathlib.Path(folder).rglob("*") if path.is_file()):
            wrong.append("the secret was written down")
    carrier.shutdown()
    return f"{driver}, {fault}, {last} requests, {' '.join(command)}: {'; '.join(wrong)}\n{told}" if wrong else None


def main():
    program = os.path.realpath(sys.argv[1])
    faults = ["kill before", "kill after", "not done, 500", "done, 500", "done, cut", "done, garbage"]
    cases = [(driver, fault, last, False) for driver in KEYS for fault in faults for last in (1, 2, 3)]
    cases += [(driver, fault, last, True) for driver in KEYS for fault in faults for last in (3, 4, 5, 6)]
    cases += [(driver, None, 0, missed) for driver in KEYS for missed in (False, True)]
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        results = list(pool.map(lambda case: check(program, *case), cases))
    for wrong in filter(None, results):
        print("FAILED:", wrong)
    failed = sum(wrong is not None for wrong in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
