#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Alerts over HTTP: `nevermiss agent --once`, minute by minute, against carriers on loopback.  Usage: alerts.py NEVERMISS

An emergency stands in the log.  The carriers (Twilio, Telnyx, VoIP.ms) send as often as they are asked, and list what came
to the line, as far as they list it.  Each case says who answers when; who must have been texted, and of which call, is
worked out here from the case alone.  In most cases the agent is killed (SIGKILL) before or after each text is sent.
The last line says "N passed, M failed"; exit 1 on failure.
"""
import collections
import concurrent.futures
import datetime
import email.utils
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

SID = "AC" + "a" * 32
LINE, OWNER, SAM = "+15125550100", "+15125550111", "+15125550114"
CALLERS = ["+15125550199", "+15125550198"]
SECRET = "0123456789secret"
KEYS = {"twilio": f'sid = "{SID}"', "telnyx": "", "voipms": 'user = "pat"'}
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account carrier { driver = %s  %s  token_env = "NM_TEXT_TOKEN"  endpoint = "http://127.0.0.1:%d" }
line main { number = "%s"  account = carrier }
destination owner { kind = personal  number = "%s"  own_voicemail = none }
destination sam { kind = personal  number = "%s"  own_voicemail = none }
path day { step { ring = owner } }
rule all { path = day }
emergency { lines = main  path = day  alert = owner  acknowledge = 5m  then_alert = sam }
"""
BEGIN = datetime.datetime(2026, 11, 23, 15, 0, tzinfo=datetime.timezone.utc)
MINUTES = 9
BOTH = ((), ("before", "after") * 4, ("after", "before") * 4)
KILLS = {"twilio": BOTH, "voipms": BOTH, "telnyx": ((), ("after",) * 8)}  # what Telnyx may have sent is not asked for again
# what, calls, {minute: answer of the owner}, which calls sam learns of
CASES = [
    ("nobody answers", 1, {}, [1]),
    ("the owner answers", 1, {3: "on my way"}, []),
    ("a STOP is no answer", 1, {3: "STOP"}, [1]),
    ("an answer to nothing", 1, {0: "back at noon"}, [1]),
    ("one answer, two calls", 2, {3: "ok"}, [1]),
    ("an answer that says which", 2, {3: "1 ok"}, [2]),
    ("two answers", 2, {3: "ok", 4: "and that one"}, []),
]


class Carrier(http.server.ThreadingHTTPServer):
    def __init__(self, driver, kills):
        super().__init__(("127.0.0.1", 0), Handler)
        self.driver, self.kills, self.now = driver, kills, BEGIN
        self.sent, self.came, self.child = [], [], None
        self.starting = threading.Lock()  # a request may come before its sender's process is known here

    def send(self, to, body):
        self.sent.append((to, body, self.now))
        return len(self.sent)

    def twilio_text(self, n, to, body, at, outbound):
        stamp = email.utils.format_datetime(at)
        return {"sid": f"SM{n:032d}", "from": LINE if outbound else to, "to": to if outbound else LINE, "body": body,
                "direction": "outbound-api" if outbound else "inbound", "status": "delivered" if outbound else "received",
                "error_code": None, "date_created": stamp, "date_sent": stamp}

    def twilio(self, method, url, form):
        if method == "POST":
            n = self.send(form["To"], form["Body"])
            return 201, self.twilio_text(n, *self.sent[n - 1], True)
        if url.path.endswith("/Calls.json"):
            return 200, {"calls": [], "next_page_uri": None}
        if "/Messages/SM" in url.path:
            n = int(url.path.split("/SM")[1][:32])
            return 200, self.twilio_text(n, *self.sent[n - 1], True)
        if not url.path.endswith("/Messages.json"):  # what is pushed: nothing of ours is there
            return 404, {"code": 20404, "message": "Not found", "status": 404}
        inbound = urllib.parse.parse_qs(url.query).get("To") == [LINE]
        texts = [self.twilio_text(1000 + n, *text, False) for n, text in enumerate(self.came)] if inbound else \
            [self.twilio_text(n, *text, True) for n, text in enumerate(self.sent, 1)]
        return 200, {"messages": texts[::-1], "next_page_uri": None}

    def telnyx_text(self, n):
        to, body, _ = self.sent[n - 1]
        return {"data": {"id": f"40385f64-5717-4562-b3fc-2c963f66a{n:03d}", "record_type": "message", "text": body, "errors": [],
                         "direction": "outbound", "type": "SMS", "from": {"phone_number": LINE},
                         "to": [{"phone_number": to, "status": "delivered"}]}}

    def telnyx(self, method, url, form):
        if method == "POST":
            return 200, self.telnyx_text(self.send(form["to"], form["text"]))
        if url.path.startswith("/messages/"):
            return 200, self.telnyx_text(int(url.path[-3:]))
        query = urllib.parse.parse_qs(url.query)
        found = [{"record_type": "message_detail_record", "uuid": f"40385f64-5717-4562-b3fc-2c963f66a{n:03d}", "cli": LINE,
                  "cld": to, "direction": "outbound", "message_type": "SMS", "created_at": at.isoformat(), "status": "delivered"}
                 for n, (to, _, at) in enumerate(self.sent, 1)
                 if query.get("filter[record_type]") == ["messaging"] and to == query["filter[cld]"][0]]
        return 200, {"data": found, "meta": {"page_number": 1, "page_size": 50, "total_pages": 1, "total_results": len(found)}}

    def voipms(self, method, url, form):
        if form["method"] == "sendSMS":
            return 200, {"status": "success", "sms": self.send("+1" + form["dst"], form["message"])}
        if form["method"] == "getCDR":
            return 200, {"status": "no_cdr"}
        came = form.get("type") == "1"
        texts = [{"id": str(n), "date": at.strftime("%Y-%m-%d %H:%M:%S"), "type": "1" if came else "0", "did": LINE[2:],
                  "contact": other[2:], "message": body}
                 for n, (other, body, at) in enumerate(self.came if came else self.sent, 1001 if came else 1)
                 if came or other[2:] == form.get("contact", other[2:])]
        return 200, {"status": "success", "sms": texts} if texts else {"status": "no_sms"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def kill(self):
        with self.server.starting:
            child = self.server.child
        os.kill(child.pid, signal.SIGKILL)
        self.close_connection = True

    def answer(self):
        carrier = self.server
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        form = json.loads(body) if body.startswith("{") else dict(urllib.parse.parse_qsl(body))
        sends = self.command == "POST" and form.get("method", "sendSMS") == "sendSMS"
        kill = carrier.kills.pop(0) if sends and carrier.kills else None
        if kill == "before":
            return self.kill()
        status, document = getattr(carrier, carrier.driver)(self.command, urllib.parse.urlsplit(self.path), form)
        if kill == "after":
            return self.kill()
        text = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = answer

    def log_message(self, *args):
        pass


class Bench:
    def __init__(self, program, folder, carrier):
        self.program, self.folder, self.carrier, self.said = program, folder, carrier, ""
        pathlib.Path(folder, "plan.conf").write_text(
            PLAN % (carrier.driver, KEYS[carrier.driver], carrier.server_address[1], LINE, OWNER, SAM))

    def run(self, *arguments):
        with self.carrier.starting:
            child = self.carrier.child = subprocess.Popen(
                [self.program, "-p", f"{self.folder}/plan.conf", "--data", f"{self.folder}/data", "--now",
                 self.carrier.now.isoformat(), *arguments], env={**os.environ, "NM_TEXT_TOKEN": SECRET},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        said, _ = child.communicate()
        self.said += f"{self.carrier.now:%H:%M} {' '.join(arguments)}: {child.returncode}\n{said}"
        return child.returncode, said

    def log_calls(self, n):
        """The first begins after what came in minute 0, the second ten seconds later; both were missed."""
        rows = [f"{i},{(BEGIN + datetime.timedelta(seconds=30 + 10 * i)).isoformat()},{LINE},{CALLERS[i]},20,voicemail"
                for i in range(n)]
        pathlib.Path(self.folder, "calls.csv").write_text("\n".join(["id,at,line,from,duration,outcome", *rows, ""]))
        status, said = self.run("calls", "import", f"{self.folder}/calls.csv")
        assert status == 0, said

    def live(self, calls, answers):
        for minute in range(MINUTES):
            self.carrier.now = BEGIN + datetime.timedelta(minutes=minute)
            if minute in answers:
                self.carrier.came.append((OWNER, answers[minute], self.carrier.now))
            if minute == 1:
                self.log_calls(calls)
            status = -signal.SIGKILL
            while status == -signal.SIGKILL:
                status, _ = self.run("agent", "--once")


def alerts(carrier, number):
    """Of which calls somebody was texted, as often as they were."""
    found = (re.search(r"^Smith: emergency call .* from (\+\d+) - reply (\d+) to take it$", body)
             for to, body, _ in carrier.sent if to == number)
    return sorted((CALLERS.index(match[1]) + 1, int(match[2])) for match in found if match)


def wanted(driver, calls, learns):
    """Nothing was pushed to the line, so that no flow of Twilio's texts the owner; Telnyx lists no answer."""
    owner = [(n, n) for n in range(1, calls + 1)]
    sam = range(1, calls + 1) if driver == "telnyx" else learns
    return {OWNER: owner, SAM: [(n, n) for n in sam]}


def check(program, driver, case, kills):
    what, calls, answers, learns = case
    carrier = Carrier(driver, list(kills))
    threading.Thread(target=carrier.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(program, folder, carrier)
        bench.live(calls, answers)
        wrong = [f"{number} was texted of {alerts(carrier, number)}, not of {of}"
                 for number, of in wanted(driver, calls, learns).items() if alerts(carrier, number) != of]
        twice = [text for text, n in collections.Counter(text[:2] for text in carrier.sent).items() if n > 1]
        wrong += [f"sent twice: {text}" for text in twice]
        told = [body for to, body, _ in carrier.sent if to == OWNER and body.startswith("The call from ")]
        chosen = driver != "telnyx" and calls == 2 and CALLERS[0 if answers[3].startswith("1") else 1]
        if [body.split()[3] for body in told] != ([chosen] if chosen else []):
            wrong.append(f"the owner was told {told}")
        if SECRET in bench.said:
            wrong.append("the secret was told")
    carrier.shutdown()
    return f"{driver}, {what}, {kills}: {'; '.join(wrong)}\n{bench.said}" if wrong else None


def main():
    program = os.path.realpath(sys.argv[1])
    cases = [(driver, case, kills) for driver in KEYS for case in CASES for kills in KILLS[driver]]
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        results = list(pool.map(lambda case: check(program, *case), cases))
    for wrong in filter(None, results):
        print("FAILED:", wrong)
    failed = sum(wrong is not None for wrong in results)
    print(f"{len(results) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
