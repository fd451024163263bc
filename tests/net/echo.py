#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A carrier that says too much: echo.py SECRET-FILE FOLDER.

Listens on loopback, prints its port, and answers every request with a status of FOLDER/status and a body that quotes
the whole request, its secret decoded as well.  FOLDER/arrived gets a line for each request that had the secret,
FOLDER/cmdlines what every process of the machine was started as meanwhile.  Ends by itself after five minutes.
"""
import base64
import glob
import http.server
import json
import os
import re
import sys
import threading
import urllib.parse

SECRET = open(sys.argv[1]).read().rstrip("\n")
FOLDER = sys.argv[2]
ESCAPED = urllib.parse.quote(SECRET, safe="")
LOWERED = re.sub("%..", lambda escape: escape.group().lower(), ESCAPED)


def decoded(header, body):
    """What the request had to say for itself, in the clear."""
    said = [header, urllib.parse.unquote(body)]
    if header.startswith("Basic "):
        said.append(base64.b64decode(header[6:]).decode())
    return " ".join(said)


class Carrier(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        header = self.headers.get("Authorization", "")
        clear = decoded(header, body)
        status = int(open(f"{FOLDER}/status").read())
        if SECRET in clear:
            with open(f"{FOLDER}/arrived", "a") as log:
                log.write("yes\n")
        with open(f"{FOLDER}/cmdlines", "ab") as log:
            for path in glob.glob("/proc/[0-9]*/cmdline"):
                try:
                    log.write(open(path, "rb").read() + b"\n")
                except OSError:
                    pass  # it has ended
        words = f"no: {clear} {header} {body} {ESCAPED} {LOWERED}"
        text = json.dumps({"message": words, "detail": words, "errors": [{"title": words, "detail": words}],
                           "code": 20003, "status": words, "data": []}).encode()
        self.send_response(status, words.replace("\n", " ")[:200])
        if status in (429, 503):
            self.send_header("Retry-After", "0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("X-Echo", header)
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Carrier)
threading.Timer(300, os._exit, [0]).start()
print(server.server_port, flush=True)
server.serve_forever()
