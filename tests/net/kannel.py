#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Texts through a real Kannel, and its fake SMS centre.  Usage: kannel.py NEVERMISS

A missed caller gets the plan's text through the driver gateway, once, whole, whatever characters are in it.  What Kannel
refuses and a Kannel that is gone are told in their words and leave nothing behind; the password stands nowhere.  The
last line says "N passed, M failed"; exit 1 on failure.
"""
import datetime
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

USER, PASSWORD = "pat", "c0rrect horse/battery+staple&x=1"
FROM, OWNER, CALLER = "+15125550100", "+15125550111", "+15125550199"
WORDS = "Smith: caf\u00e9 & 100 % \u2013 we'll call back"
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account sandbox { driver = sandbox }
account sms { driver = gateway  endpoint = "http://127.0.0.1:%d/cgi-bin/sendsms"  user = "%s"  token_env = "NM_KANNEL" }
line main { number = "%s"  account = sandbox }
destination owner { kind = personal  number = "%s"  own_voicemail = none }
path day { step { ring = owner } }
rule all { path = day }
text_back { missed = "%s"  account = sms  from = main  once_per = 4h }
"""
KANNEL = """
group = core
admin-port = %(admin)d
admin-interface = 127.0.0.1
admin-password = "admin"
smsbox-port = %(box)d
box-allow-ip = 127.0.0.1
log-file = "%(folder)s/bearerbox.log"
store-type = file
store-location = "%(folder)s/store"

group = smsc
smsc = fake
smsc-id = fake
port = %(fake)d
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %(send)d
sendsms-interface = 127.0.0.1
log-file = "%(folder)s/smsbox.log"

group = sendsms-user
username = %(user)s
password = "%(password)s"
"""
BOXES = {"bearerbox": "/usr/sbin/bearerbox", "smsbox": "/usr/sbin/smsbox"}
FAKE = "/usr/lib/kannel/test/fakesmsc"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(what, holds, process=None):
    """Until it holds; a process that has ended meanwhile will not make it."""
    end = time.monotonic() + 60
    while not holds():
        if time.monotonic() > end or (process and process.poll() is not None):
            raise SystemExit(f"{what}: not within a minute, or it has ended")
        time.sleep(0.05)


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


class Kannel:
    """The two boxes and the fake SMS centre, stopped by their process ids."""

    def __init__(self, folder):
        self.folder, self.processes = pathlib.Path(folder), []
        names = ("admin", "box", "fake", "send")
        self.ports = {name: free_port() for name in names}
        pathlib.Path(folder, "kannel.conf").write_text(
            KANNEL % {**self.ports, "folder": folder, "user": USER, "password": PASSWORD})

    def spawn(self, name, *command):
        with open(self.folder / f"{name}.out", "wb") as out:
            self.processes.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                                   stderr=subprocess.STDOUT, cwd=self.folder))
        return self.processes[-1]

    def start(self):
        conf = str(self.folder / "kannel.conf")
        box = self.spawn("bearer", BOXES["bearerbox"], conf)
        wait_for("bearerbox", lambda: listens(self.ports["box"]) and listens(self.ports["fake"]), box)
        box = self.spawn("sms", BOXES["smsbox"], conf)
        wait_for("smsbox", lambda: listens(self.ports["send"]), box)

    def start_centre(self):
        """It writes down what it gets; of its own it sends one text, and the next in a day."""
        box = self.spawn("centre", FAKE, "-H", "127.0.0.1", "-r", str(self.ports["fake"]), "-i", "86400", "-m", "2",
                         "100 200 text nothing")
        wait_for("fakesmsc", lambda: f"FAKE:{self.ports['fake']} (online" in self.status(), box)

    def status(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports['admin']}/status.txt?password=admin") as page:
            return page.read().decode()

    def got(self, to):
        """The words of the texts to a number that the SMS centre has got."""
        file = self.folder / "centre.out"
        texts = []
        for kind, words in re.findall(rf"<\S+ {re.escape(to)} (text|ucs-2) (.*)>",
                                      file.read_text(errors="replace") if file.exists() else ""):
            if kind == "ucs-2":
                words = urllib.parse.unquote_to_bytes(words.replace("+", "%20")).decode("utf-16-be")
            texts.append(words)
        return texts

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []


class Bench:
    """A plan, its store, and a Kannel; what is said, and what of it is wrong."""

    def __init__(self, program, folder):
        self.program, self.home, self.said = program, pathlib.Path(folder, "home"), ""
        self.home.mkdir()
        boxes = pathlib.Path(folder, "kannel")
        boxes.mkdir()
        self.kannel, self.results = Kannel(boxes), []
        (self.home / "plan.conf").write_text(PLAN % (self.kannel.ports["send"], USER, FROM, OWNER, WORDS))

    def run(self, *arguments, password=PASSWORD):
        done = subprocess.run([self.program, "-p", self.home / "plan.conf", "--data", self.home / "data", *arguments],
                              env={**os.environ, "NM_KANNEL": password}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        said = done.stdout.decode()
        self.said += said
        return done.returncode, said

    def newest(self):
        text = json.loads(self.run("text", "--list", "--json", "--count", "1")[1])["texts"][0]
        return f"{text['state']} ({text['words']})"

    def log_call(self):
        at = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=1)
        (self.home / "calls.csv").write_text("id,at,line,from,duration,outcome\n"
                                             f"1,{at.isoformat(timespec='seconds')},{FROM},{CALLER},20,voicemail\n")
        self.is_equal("the call is in the log", self.run("calls", "import", str(self.home / "calls.csv"))[0], 0)

    def is_equal(self, what, got, wanted):
        self.results.append(got == wanted)
        if got != wanted:
            print(f"FAILED: {what}: {got!r}, not {wanted!r}\n{self.said[-2000:]}")

    def arrives(self, what, to, wanted):
        """It takes the boxes a moment; and one more text than is wanted would take no longer."""
        wait_for(what, lambda: len(self.kannel.got(to)) >= len(wanted))
        self.is_equal(what, self.kannel.got(to), wanted)


def play(bench):
    bench.kannel.start()
    # No SMS centre is there yet: Kannel keeps the text.
    bench.is_equal("a text that Kannel queues", bench.run("text", "--to", "owner", "--yes", "it's 1")[0], 0)
    bench.is_equal("how it stands", bench.newest(), "sent (queued)")
    bench.kannel.start_centre()
    bench.arrives("what was queued", OWNER, ["it's 1"])
    bench.log_call()
    bench.is_equal("a missed caller", bench.run("text", "--missed", "--yes")[0], 0)
    bench.is_equal("how it stands", bench.newest(), "sent (sent)")
    bench.is_equal("the next round", bench.run("text", "--missed", "--yes")[0], 0)
    bench.arrives("what the caller got", CALLER, [WORDS])
    bench.is_equal("a wrong password", bench.run("text", "--to", "owner", "--yes", "2", password="wrong")[0], 3)
    bench.is_equal("how it stands", bench.newest(), "failed (Authorization failed for sendsms (403))")
    bench.is_equal("the right one", bench.run("text", "--to", "owner", "--yes", "it's 3")[0], 0)
    bench.arrives("what came of these", OWNER, ["it's 1", "it's 3"])
    bench.kannel.stop()
    bench.is_equal("a Kannel that is gone", bench.run("text", "--to", "owner", "--yes", "4")[0], 3)
    bench.is_equal("how it stands", bench.newest().startswith("failed (no answer"), True)
    escaped = urllib.parse.quote(PASSWORD, safe="")
    kept = [path.read_bytes() for path in bench.home.rglob("*") if path.is_file()]
    for secret in (PASSWORD, escaped):
        bench.is_equal("the password is written down",
                       secret in bench.said or any(secret.encode() in file for file in kept), False)


def main():
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(os.path.realpath(sys.argv[1]), folder)
        try:
            play(bench)
        finally:
            bench.kannel.stop()
    failed = bench.results.count(False)
    print(f"{len(bench.results) - failed} passed, {failed} failed")
    sys.exit(failed > 0)


main()
