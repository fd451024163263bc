# SPDX-License-Identifier: MIT
"""The SIP server of the test: Kamailio with examples/kamailio/kamailio.cfg just as it is shipped; ports, folders
and the length of a second are given on its command line."""

import json
import os
import socket
import sqlite3
import subprocess
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLE = os.path.join(HERE, "..", "..", "examples", "kamailio")
DOMAIN = "plans.test"
SILENCE_MS = 150
CREATE = "/usr/share/kamailio/db_sqlite/%s-create.sql"


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, folder, ms_per_s, phones, timezone):
        self.folder, self.ms_per_s, self.phones, self.timezone = folder, ms_per_s, phones, timezone
        self.sip, self.inner = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_DGRAM)
        self.rpc_port = free_port(socket.SOCK_STREAM)
        self.rpc = "http://127.0.0.1:%d/RPC" % self.rpc_port
        self.database = os.path.join(folder, "cpl.sqlite")
        self.lines = []
        self.process = None

    def prepare(self):
        clock = os.path.join(self.folder, "clock.so")
        subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", clock, os.path.join(HERE, "clock.c")], check=True)
        database = sqlite3.connect(self.database)
        for name in ("standard", "cpl"):
            with open(CREATE % name, encoding="utf-8") as script:
                database.executescript(script.read())
        database.close()
        return clock

    def start(self):
        names = {
            "SIP": "udp:127.0.0.1:%d" % self.sip,
            "INNER": "udp:127.0.0.1:%d" % self.inner,
            "INNER_PORT": self.inner,
            "INNER_HOP": '"sip:127.0.0.1:%d"' % self.inner,
            "INNER_SOCKET": '"udp:127.0.0.1:%d"' % self.inner,
            "RPC": "tcp:127.0.0.1:%d" % self.rpc_port,
            "DOMAIN": '"%s"' % DOMAIN,
            "GATEWAY": '"sip:127.0.0.1:%d"' % self.phones.port,
            "MAILBOXES": '"sip:127.0.0.1:%d"' % self.phones.port,
            "DATABASE": '"sqlite:///%s"' % self.database,
            "GRAMMAR": '"%s"' % os.path.join(EXAMPLE, "cpl.dtd"),
            "SECOND": self.ms_per_s,
            "SILENCE": SILENCE_MS,
        }
        command = ["kamailio", "-DD", "-E", "-m", "256", "-f", os.path.join(EXAMPLE, "kamailio.cfg"),
                   "-Y", self.folder]
        for name, value in names.items():
            command += ["-A", "%s=%s" % (name, value)]
        environment = {"PATH": os.environ["PATH"], "TZ": self.timezone, "LD_PRELOAD": self.prepare()}
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, env=environment, text=True, errors="replace")
        threading.Thread(target=self.read_log, daemon=True).start()
        until = time.time() + 10
        while time.time() < until:
            try:
                self.call("core.version")
                return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError("the server does not start:\n" + "".join(self.lines[-20:]))

    def read_log(self):
        for line in self.process.stderr:
            self.lines.append(line)

    def call(self, method, *params):
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode()
        request = urllib.request.Request(self.rpc, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer).get("result")

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
