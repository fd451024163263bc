#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A Telnyx with one number, which remembers what it was told: telnyx.py PORT NUMBER.

Prism stands before it and judges requests and answers by the published contract.  Texts are sent as often as they are
asked for, and have a record at once.  Asked directly:
  POST /_set   {...}                                     changes the forwarding, as somebody else would
  POST /_fail  {"status": 500, "times": 1, "done": true} the next changes are answered so, done or not; with "pid" that
                                                         process is killed instead
  GET  /_held                                            the forwarding
  GET  /_log                                             all requests: [method, path, body]
"""
import datetime
import http.server
import json
import os
import signal
import sys
import urllib.parse

ID = "1293384261075731499"
forwarding = {"call_forwarding_enabled": False, "forwards_to": "", "forwarding_type": "always"}
failing = {"times": 0}
NUMBER = {"id": ID, "record_type": "phone_number", "phone_number": sys.argv[2], "country_iso_alpha2": "US",
          "status": "active", "tags": [], "external_pin": None, "created_at": "2026-01-01T00:00:00.000Z",
          "phone_number_type": "local", "purchased_at": "2026-01-01T00:00:00.000Z", "deletion_lock_enabled": False}
log = []
DAY = datetime.datetime.now(datetime.timezone.utc).date() - datetime.timedelta(days=2)


def record(name, session, direction, cli, cld, answered):
    return {"record_type": "sip-trunking", "id": name, "telnyx_session_id": session, "direction": direction, "cli": cli,
            "cld": cld, "started_at": f"{DAY}T14:00:00Z", "answered_at": answered and f"{DAY}T14:00:{answered}Z",
            "finished_at": f"{DAY}T14:00:40Z"}


RECORDS = [record("r1", "s1", "inbound", "+15125550199", sys.argv[2], "09"),
           record("r2", "s1", "outbound", "+15125550199", "+15125550111", "09"),
           record("r3", "s3", "inbound", "+15125550198", sys.argv[2], None)]
texts = []


def text(one):
    return {"data": one}


def text_records(query):
    """Of texts to a number, as detail records have them: without their words."""
    to = query.get("filter[cld]", [""])[0]
    found = [{"record_type": "message_detail_record", "uuid": one["id"], "cli": one["from"]["phone_number"], "cld": to,
              "direction": "outbound", "message_type": "SMS", "created_at": "2026-01-01T00:00:00Z", "status": "delivered"}
             for one in texts if one["to"][0]["phone_number"] == to]
    return {"data": found, "meta": {"page_number": 1, "page_size": 50, "total_pages": 1, "total_results": len(found)}}


def voice():
    return {"data": {"id": ID, "record_type": "voice_settings", "call_forwarding": forwarding}}


class Carrier(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(text)

    def body(self):
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")

    def do_GET(self):
        path = urllib.parse.urlsplit(self.path)
        if path.path == "/_log":
            return self.answer(200, log)
        if path.path == "/_held":
            return self.answer(200, forwarding)
        log.append(["GET", path.path, None])
        if path.path == f"/phone_numbers/{ID}/voice":
            return self.answer(200, voice())
        if path.path == "/detail_records":
            query = urllib.parse.parse_qs(path.query)
            if query["filter[record_type]"] == ["messaging"]:
                return self.answer(200, text_records(query))
            page, today = int(query["page[number]"][0]), query["filter[date_range]"] == ["today"]
            return self.answer(200, {"data": [] if today else RECORDS[2 * page - 2:2 * page],
                                     "meta": {"page_number": page, "page_size": 2, "total_pages": 1 if today else 2,
                                              "total_results": 0 if today else len(RECORDS)}})
        if path.path.startswith("/messages/"):
            one = next(one for one in texts if path.path.endswith(one["id"]))
            one["to"][0]["status"] = "delivered"
            return self.answer(200, text(one))
        wanted = urllib.parse.parse_qs(path.query).get("filter[phone_number]", [""])[0]
        found = [NUMBER] if wanted in sys.argv[2] else []
        self.answer(200, {"data": found, "meta": {"page_number": 1, "page_size": 250, "total_pages": 1,
                                                  "total_results": len(found)}})

    def do_PATCH(self):
        body = self.body()
        log.append(["PATCH", self.path, body])
        fails = failing["times"] > 0
        failing["times"] -= fails
        if not fails or failing.get("done"):
            forwarding.update(body["call_forwarding"])
        if fails and failing.get("pid"):
            os.kill(failing["pid"], signal.SIGKILL)
            self.close_connection = True
            return None
        if fails:
            return self.answer(failing["status"], {"errors": [{"code": "10015", "title": "Told to fail",
                                                               "detail": "by the test"}]})
        self.answer(200, voice())

    def send(self):
        body = self.body()
        log.append(["POST", self.path, body])
        fails = failing["times"] > 0
        failing["times"] -= fails
        if not fails or failing.get("done"):
            texts.append({"id": f"40385f64-5717-4562-b3fc-2c963f66a{len(texts):03d}", "record_type": "message",
                          "direction": "outbound", "type": "SMS", "text": body["text"], "errors": [],
                          "from": {"phone_number": body["from"], "carrier": "", "line_type": ""},
                          "to": [{"phone_number": body["to"], "status": "queued", "carrier": "", "line_type": ""}]})
        if fails:
            return self.answer(failing["status"], {"errors": [{"code": failing.get("code", "10015"), "title": "Told to fail",
                                                               "detail": "by the test"}]})
        self.answer(200, text(texts[-1]))

    def do_POST(self):
        if self.path == "/messages":
            return self.send()
        (forwarding if self.path == "/_set" else failing).update(self.body())
        self.answer(200, {})

    def log_message(self, *args):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Carrier).serve_forever()
