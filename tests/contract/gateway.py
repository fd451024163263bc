#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Texts through an HTTP gateway that dies over one.  Usage: gateway.py NEVERMISS

A gateway that is asked as Kannel's sendsms, in a process of its own, is killed (SIGKILL) before or after it has taken a
text, or answers what is no answer; or the program is killed then.  It cannot be asked what became of a text: so one that
it may have taken is told as unsure and is never sent again, neither by the same command nor by the agent, and one that
it never got is sent.  The last line says "N passed, M failed"; exit 1 on failure.
"""
import datetime
import http.server
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse

LINE, OWNER, CALLER = "+15125550100", "+15125550111", "+15125550199"
WORDS = "Smith here: what can we help with?"
PLAN = """
business = "Smith"  timezone = "America/Chicago"  country = "US"
account sandbox { driver = sandbox }
account sms { driver = gateway  endpoint = "http://127.0.0.1:%d/cgi-bin/sendsms"  user = pat  token_env = "NM_GATEWAY" }
line main { number = "%s"  account = sandbox }
destination owner { kind = personal  number = "%s"  own_voicemail = none }
path day { step { ring = owner } }
rule all { path = day }
text_back { missed = "%s"  account = sms  from = main  once_per = 4h }
"""
# What befalls the text, whether the gateway has it then, and how the outbox says that it stands.
FATES = [("nothing", True, "sent"), ("gateway killed before", False, "unsure"), ("gateway killed after", True, "unsure"),
         ("garbage", True, "unsure"), ("program killed before", False, "unsure"), ("program killed after", True, "unsure")]


class Handler(http.server.BaseHTTPRequestHandler):
    """In the gateway's process.  A greeting has no text, and is refused for that."""

    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        fate = self.server.fate.read_text() if "text" in query else "nothing"
        if fate == "gateway killed before":
            os.kill(os.getpid(), signal.SIGKILL)
        if fate == "program killed before":
            return self.kill_program()
        if "text" in query:  # the caller's or the owner's
            with open(self.server.taken, "a", encoding="utf-8") as taken:
                taken.write(json.dumps([query["to"][0], query["text"][0]]) + "\n")
        if fate == "gateway killed after":
            os.kill(os.getpid(), signal.SIGKILL)
        if fate == "program killed after":
            return self.kill_program()
        if "text" not in query:
            return self.say(400, "Missing receiver number, rejected")
        return self.say(200, "<html>") if fate == "garbage" else self.say(202, "0: Accepted for delivery")

    def kill_program(self):
        os.kill(int(self.server.child.read_text()), signal.SIGKILL)
        self.close_connection = True

    def say(self, status, words):
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, *_):
        pass


class Gateway:
    """A process that takes texts; begun anew on the same port when it was killed."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.fate, self.child, self.taken = folder / "fate", folder / "child", folder / "taken"
        self.pid = 0

    def start(self):
        self.pid = os.fork()
        if self.pid == 0:
            server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
            server.fate, server.child, server.taken = self.fate, self.child, self.taken
            server.serve_forever()
        while True:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)

    def stop(self):
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)

    def texts(self):
        return [json.loads(row) for row in self.taken.read_text().splitlines()] if self.taken.exists() else []


class Trial:
    def __init__(self, program, folder, fate):
        folder.mkdir()
        self.program, self.folder, self.fate = program, folder, fate
        self.gateway, self.wrong, self.checks = Gateway(folder), [], 0
        (folder / "plan.conf").write_text(PLAN % (self.gateway.port, LINE, OWNER, WORDS), encoding="utf-8")
        self.at = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)

    def expect(self, good, *what):
        self.checks += 1
        if not good:
            self.wrong.append(f"{self.fate}: " + " ".join(map(str, what)))

    def run(self, *words):
        """The shell waits until the gateway knows which process it may have to kill."""
        command = [self.program, "-p", f"{self.folder}/plan.conf", "--data", f"{self.folder}/data", *words,
                   "--now", self.at.isoformat()]
        with subprocess.Popen(["sh", "-c", 'read -r go; exec "$@"', "sh", *command], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              env={**os.environ, "NM_GATEWAY": "secret"}) as child:
            self.gateway.child.write_text(str(child.pid))
            said, _ = child.communicate("go\n")
            return child.returncode, said

    def outbox(self):
        """As the caller's texts stand; the owner is told of late callbacks, too."""
        box = json.loads(self.run("text", "--list", "--json", "--count", "20")[1])["texts"]
        return [(text["state"], text["words"]) for text in box if text["to"] == CALLER]

    def play(self, has, state, command):
        """A missed call; its text; and all that might send it once more within the hour."""
        (self.folder / "calls.csv").write_text("id,at,line,from,duration,outcome\n"
                                               f"1,{self.at.isoformat()},{LINE},{CALLER},20,voicemail\n")
        self.gateway.fate.write_text("nothing")
        self.gateway.start()
        self.at += datetime.timedelta(minutes=1)
        status, said = self.run("calls", "import", str(self.folder / "calls.csv"))
        self.expect(status == 0, "the call", status, said)
        self.gateway.fate.write_text(self.fate)
        status, first = self.run(*command)
        if command[0] == "text":
            self.expect((status == 0) == (state == "sent"), "the first run ended with", status, first)
        self.gateway.fate.write_text("nothing")
        if self.fate.startswith("gateway killed"):
            self.gateway.stop()
            self.gateway.start()
        for _ in range(3):
            self.at += datetime.timedelta(minutes=5)
            self.run("text", "--missed", "--yes")
            self.run("agent", "--once")
        self.at += datetime.timedelta(hours=5)
        self.run("agent", "--once")
        self.gateway.stop()
        got = [words for to, words in self.gateway.texts() if to == CALLER]
        self.expect(got == [WORDS] * has, "the gateway has", got)
        box = self.outbox()
        self.expect([how for how, _ in box] == [state], "the outbox says", box)
        self.expect(state == "sent" or "be asked" in box[0][1], "why it is unsure:", box)


def main():
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for i, (fate, has, state) in enumerate(FATES):
            for k, command in enumerate((("text", "--missed", "--yes"), ("agent", "--once"))):
                trial = Trial(os.path.realpath(sys.argv[1]), pathlib.Path(folder, f"{i}-{k}"), fate)
                trial.play(has, state, command)
                results.append(trial)
    wrong = [words for trial in results for words in trial.wrong]
    for words in wrong[:10]:
        print(words)
    print(f"{sum(trial.checks for trial in results) - len(wrong)} passed, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
