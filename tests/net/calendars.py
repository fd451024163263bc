#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Calendars of the network: a real Radicale decides who is rung.  Usage: calendars.py NEVERMISS

An event put into a Radicale by CalDAV takes the owner's phone out of the path while it lasts, for test calls and for
what is live at a carrier; deleted, it comes back.  A wrong password, a server that is gone and a file that is none are
told, and the last good copy stays.  Passwords and secret URLs stand nowhere.  The last line says "N passed, M failed";
exit 1 on failure.
"""
import base64
import http.client
import http.server
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time

USER, PASSWORD, TOKEN = "pat", "correct horse/battery+staple", "t0ken-in-the-path"
NOW, JOB = "2026-11-25 08:00", "2026-11-25 10:00"
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account sandbox { driver = sandbox }
line main { number = "+15125550100"  account = sandbox }
calendar jobs { %s }
schedule on-a-job { calendar = jobs }
destination owner { kind = personal  number = "+15125550111"  away = on-a-job  own_voicemail = none }
destination office { kind = backup  role = staff  number = "+15125550112"  own_voicemail = none }
path day { step { ring = owner for = 15s }  step { ring = office for = 15s } }
rule all { path = day }
"""
EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VTIMEZONE
TZID:America/Chicago
BEGIN:STANDARD
DTSTART:19701101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0600
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:%s
DTSTAMP:20261101T000000Z
DTSTART;TZID=America/Chicago:202611%sT093000
DTEND;TZID=America/Chicago:202611%sT113000
SUMMARY:Boiler & <pipes> caf\u00e9
%sEND:VEVENT
END:VCALENDAR
"""


class Radicale:
    """A server of its own, with one user and an empty calendar."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        folder.mkdir()
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        (folder / "config").write_text(
            f"[server]\nhosts = 127.0.0.1:{self.port}\n[auth]\ntype = htpasswd\nhtpasswd_filename = {folder}/users\n"
            f"htpasswd_encryption = plain\n[storage]\nfilesystem_folder = {folder}/data\n")
        self.data = folder / "data"
        self.log = open(folder / "log", "w")
        self.process = subprocess.Popen(["radicale", "-C", str(folder / "config")], stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                self.ask("MKCALENDAR", "/pat/jobs/")
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("no Radicale answers: is it installed?")

    def ask(self, method, path, body=None):
        secret = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, path, body and body.replace("\n", "\r\n").encode(),
                           {"Authorization": f"Basic {secret}", "Content-Type": "text/calendar; charset=utf-8"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status < 300, f"{method} {path}: {answer.status}"

    def put(self, uid, day, more=""):
        self.ask("PUT", f"/pat/jobs/{uid}.ics", EVENT % (uid, day, day, more))

    def delete(self, uid):
        self.ask("DELETE", f"/pat/jobs/{uid}.ics")

    def events(self):
        """The objects in the collection, as the server has them."""
        return [path.read_text() for path in sorted(self.data.rglob("*.ics")) if ".Radicale.cache" not in path.parts]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class File(http.server.BaseHTTPRequestHandler):
    """One file behind a secret path."""

    def do_GET(self):
        good = self.path == f"/{TOKEN}/jobs"
        body = (EVENT % ("file", "25", "25", "")).encode() if good else b"<html>"
        fresh = self.headers.get("If-None-Match") != '"v1"'
        self.send_response(200 if fresh else 304)
        self.send_header("ETag", '"v1"')
        if fresh:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body if fresh else b"")

    def log_message(self, *_):
        pass


class Suite:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.passed = self.failed = 0
        self.said = ""  # all that was ever printed
        self.plan, self.data, self.password = folder / "plan.conf", folder / "data", folder / "password"
        self.password.touch(0o700)
        self.set_password(PASSWORD)

    def set_password(self, text):
        self.password.write_text(f"#!/bin/sh\necho '{text}'\n")

    def expect(self, what, good, said=""):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"FAILED: {what}: {said}")

    def run(self, *words, now=NOW):
        """The status and what was printed."""
        done = subprocess.run([self.program, "-p", self.plan, "--data", self.data, "--now", now, *words],
                              capture_output=True, text=True, timeout=120)
        self.said += done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr

    def refresh(self, what, status, result, words=""):
        code, said = self.run("calendar", "refresh", "jobs", "--json")
        told = json.loads(said)["calendars"][0]
        self.expect(what, code == status and told["result"] == result and words in (told["trouble"] or ""), said)

    def rings(self, what, who, at=JOB, *more):
        code, said = self.run("simulate", "--at", at, "--json", *more)
        self.expect(what, code == 0 and json.loads(said)["answered_by"] == who, said)

    def stale(self, what, words, now=NOW):
        said = self.run("check", "--json", now=now)[1]
        told = [f["message"] for f in json.loads(said)["findings"] if f["id"] == "calendar-stale"]
        self.expect(what, bool(told) == bool(words) and all(words in message for message in told), told)


def jobs(suite, radicale):
    """An event comes, repeats, and goes."""
    url = f"http://127.0.0.1:{radicale.port}/pat/jobs/"
    suite.plan.write_text(PLAN % f'url = "{url}"  user = "{USER}"  password_cmd = "{suite.password}"')
    suite.stale("nothing was fetched yet", "never fetched")
    suite.rings("without a copy there is no job", "owner")
    suite.refresh("an empty collection", 0, "new")
    suite.stale("it was fetched", "")
    suite.run("push", "--yes")
    radicale.put("boiler", "25")
    suite.rings("nobody waits for the network", "owner")
    suite.refresh("an event came", 0, "new")
    suite.refresh("and nothing since", 0, "same")
    suite.rings("a job takes the owner's phone out of the path", "office")
    suite.rings("not before it begins", "owner", "2026-11-25 09:29")
    suite.rings("and not behind its end", "owner", "2026-11-25 11:30")
    suite.rings("the carrier does not know of it", "owner", JOB, "--live")
    suite.expect("which is drift", suite.run("diff")[0] == 1)
    suite.expect("a push mends it", suite.run("push", "--yes")[0] == 0)
    suite.rings("now the carrier knows", "office", JOB, "--live")
    said = suite.run("compare", "1")[1]
    suite.expect("versions keep the calendar as it was", "office" in said, said)
    radicale.put("daily", "26", "RRULE:FREQ=DAILY;COUNT=3\nEXDATE;TZID=America/Chicago:20261127T093000\n")
    suite.refresh("another one came", 0, "new")
    suite.rings("one that repeats", "office", "2026-11-28 10:00")
    suite.rings("but for a day", "owner", "2026-11-27 10:00")
    radicale.delete("boiler")
    suite.refresh("one was deleted", 0, "new")
    suite.rings("the owner's phone is back", "owner")
    suite.rings("the other job stays", "office", "2026-11-26 10:00")


def troubles(suite, radicale):
    """The last good copy stays, whatever happens."""
    held = "2026-11-26 10:00"
    suite.set_password("wrong")
    suite.refresh("a wrong password", 3, "failed", "does not take the user or the password (401)")
    suite.rings("the copy stays", "office", held)
    suite.stale("it is young enough", "")
    suite.stale("a day later it is told, and why", "the user or the password", "2026-11-26 08:01")
    suite.password.chmod(0o600)
    suite.refresh("a password that cannot be had", 3, "failed", "password_cmd")
    suite.password.chmod(0o700)
    suite.set_password(PASSWORD)
    suite.refresh("the right one again", 0, "same")
    code, said = suite.run("--read-only", "calendar", "refresh")
    suite.expect("read-only", code == 4 and "read-only" in said, said)
    radicale.stop()
    suite.refresh("a server that is gone", 3, "failed", "no answer")
    suite.rings("the copy stays then, too", "office", held)


def callbacks(suite, radicale):
    """Whom to call back stands in the calendar when that is due, and no longer than that."""
    before = len(radicale.events())

    def put(what, counts, status=0, words=()):
        code, said = suite.run("calendar", "callbacks", "jobs", "--json")
        told = json.loads(said) if code in (0, 3) else {}
        got = [told.get(key) for key in ("put", "removed", "same")]
        suite.expect(what, code == status and got == counts and all(w in said for w in words), said)

    put("nobody is to be called back", [0, 0, 0])
    for number, name in (("+15125550199", "Dana; R\u00e9e, \\ & <co>"), ("+15125550198", "line\nBEGIN:VALARM")):
        suite.run("followup", "add", "--channel", "web", "--number", number, "--name", name, "--words", "x" * 300)
    put("two leads", [2, 0, 0])
    put("they are there", [0, 0, 2])
    events = [text for text in radicale.events() if "Call back" in text]
    suite.expect("their events", len(events) == 2 and len(radicale.events()) == before + 2, events)
    whole = "".join(events).replace("\n ", "")
    suite.expect("who, in one line each", "SUMMARY:Call back +1 512 555 0199\\, Dana\\; R\u00e9e\\, \\\\ & <co>\n" in whole
                 and whole.count("\nBEGIN:VALARM\n") == 2, whole)
    suite.expect("when it is due", whole.count("DTSTART:20261125T141500Z\n") == 2, whole)
    suite.expect("nobody is busy", whole.count("TRANSP:TRANSPARENT\n") == 2, whole)
    suite.refresh("the plan reads them", 0, "new")
    suite.rings("as what keeps nobody", "owner", "2026-11-25T08:20:00-06:00")
    suite.run("followup", "done", "1", "--outcome", "booked")
    suite.run("followup", "done", "2", "--outcome", "no-answer")
    put("one ended, one is tried again later", [1, 2, 0])
    whole = "".join(text for text in radicale.events() if "Call back" in text)
    suite.expect("half an hour later", "DTSTART:20261125T143000Z\n" in whole and "0199" not in whole, whole)
    suite.set_password("wrong")
    put("a wrong password", [0, 0, 0], 3, ["(401)"])
    suite.set_password(PASSWORD)
    suite.run("followup", "done", "2", "--outcome", "lost")
    put("the last one ended", [0, 1, 0])
    suite.expect("what was there before is there", len(radicale.events()) == before, radicale.events())
    code, said = suite.run("--read-only", "calendar", "callbacks", "jobs")
    suite.expect("read-only writes no callbacks", code == 4, said)
    code, said = suite.run("calendar", "callbacks")
    suite.expect("without a name", code == 2 and "which calendar" in said, said)
    suite.refresh("the plan reads them no more", 0, "new")


def secret_url(suite):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), File)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    command = suite.folder / "url"
    command.touch(0o700)
    command.write_text(f"#!/bin/sh\necho http://127.0.0.1:{server.server_port}/{TOKEN}/jobs\n")
    suite.plan.write_text(PLAN % f'url_cmd = "{command}"')
    suite.rings("another source has no copy yet", "owner", JOB)
    suite.refresh("a file by a secret URL", 0, "new")
    suite.refresh("that did not change", 0, "same")
    suite.rings("its event counts", "office")
    command.write_text(f"#!/bin/sh\necho http://cal.example.org/{TOKEN}/jobs\n")
    suite.refresh("http elsewhere", 3, "failed", "only https may leave this machine")
    suite.run("calendar", "list")
    server.shutdown()


def main():
    os.environ.pop("NEVERMISS_PLAN", None)
    for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as tmp:
        folder = pathlib.Path(tmp)
        suite = Suite(os.path.realpath(sys.argv[1]), folder)
        radicale = Radicale(folder / "radicale")
        try:
            jobs(suite, radicale)
            callbacks(suite, radicale)
            troubles(suite, radicale)
            secret_url(suite)
        finally:
            radicale.stop()
        left = suite.said.encode() + b"".join(path.read_bytes() for path in suite.data.rglob("*") if path.is_file())
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode())
        for secret in (PASSWORD.encode(), basic, TOKEN.encode()):
            suite.expect("no secret is printed or kept", secret not in left)
    print(f"{suite.passed} passed, {suite.failed} failed")
    return suite.failed > 0


sys.exit(main())
