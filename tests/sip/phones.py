# SPDX-License-Identifier: MIT
"""Every phone, AI and mailbox of the plans: one SIP user agent server on a UDP port, in a thread.

What somebody does in a call is looked up by the call's number (header X-Call) and the user that is rung:
(behaviour, seconds, who it says that took the call).  What happened is kept as legs."""

import heapq
import socket
import threading
import time

REFUSALS = {"busy": "486 Busy Here", "declined": "603 Decline", "moved": "302 Moved Temporarily",
            "broken": "503 Service Unavailable"}


class Message:
    def __init__(self, data):
        head = data.decode("utf-8", "replace").partition("\r\n\r\n")[0].split("\r\n")
        self.start = head[0]
        self.headers = {}
        for line in head[1:]:
            name, _, value = line.partition(":")
            name = {"v": "via", "f": "from", "t": "to", "i": "call-id"}.get(name.lower(), name.lower())
            self.headers.setdefault(name.strip(), []).append(value.strip())

    def first(self, name):
        return self.headers.get(name, [""])[0]

    def branch(self):
        return self.first("via").partition("branch=")[2].partition(";")[0]


class Leg:
    def __init__(self, call, user, request, address):
        self.call, self.user, self.request, self.address = call, user, request, address
        self.began = time.time()
        self.ended, self.how = None, None  # "answered", "cancelled", "refused"
        self.reply, self.acked = None, False


class Phones(threading.Thread):
    def __init__(self, ms_per_s):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.ms_per_s = ms_per_s
        self.scripts = {}  # (call, user) -> (behaviour, seconds, taken by)
        self.legs = []
        self.open = {}     # (Call-ID, branch) -> Leg
        self.overtaken = set()  # the same of a CANCEL that came before its INVITE: two processes send them
        self.timers = []
        self.serial = 0
        self.running = True

    def after(self, seconds, action, leg):
        self.serial += 1
        heapq.heappush(self.timers, (time.time() + seconds, self.serial, action, leg))

    def run(self):
        while self.running:
            wait = 0.2 if not self.timers else min(0.2, self.timers[0][0] - time.time())
            if wait > 0:
                self.socket.settimeout(wait)
                try:
                    self.receive(*self.socket.recvfrom(65535))
                except socket.timeout:
                    pass
            while self.timers and self.timers[0][0] <= time.time():
                _, _, action, leg = heapq.heappop(self.timers)
                action(leg)

    def stop(self):
        self.running = False
        self.join()
        self.socket.close()

    def receive(self, data, address):
        message = Message(data)
        method = message.start.partition(" ")[0]
        leg = self.open.get((message.first("call-id"), message.branch()))
        if method == "INVITE" and leg is None:
            self.ring(message, address)
        elif method == "INVITE" and leg.reply:
            self.socket.sendto(leg.reply, address)
        elif method == "CANCEL":
            self.send(message, address, "200 OK")
            if leg is None:
                self.overtaken.add((message.first("call-id"), message.branch()))
            elif leg.how is None:
                self.end(leg, "cancelled", "487 Request Terminated")
        elif method == "ACK":
            for one in self.legs if leg is None else [leg]:
                if one.request.first("call-id") == message.first("call-id"):
                    one.acked = True
        elif method == "BYE":
            self.send(message, address, "200 OK")

    def send(self, request, address, status, extra=()):
        lines = ["SIP/2.0 " + status]
        lines += ["Via: " + via for via in request.headers["via"]]
        to = request.first("to")
        if ";tag=" not in to:
            to += ";tag=phone" + request.branch()[-16:]
        lines += ["From: " + request.first("from"), "To: " + to, "Call-ID: " + request.first("call-id"),
                  "CSeq: " + request.first("cseq"), "Contact: <sip:phone@127.0.0.1:%d>" % self.port]
        lines += list(extra) + ["Content-Length: 0", "", ""]
        reply = "\r\n".join(lines).encode()
        self.socket.sendto(reply, address)
        return reply

    def ring(self, message, address):
        user = message.start.split(" ")[1].removeprefix("sip:").partition("@")[0]
        call = int(message.first("x-call") or 0)
        leg = Leg(call, user, message, address)
        self.open[(message.first("call-id"), message.branch())] = leg
        self.legs.append(leg)
        if (message.first("call-id"), message.branch()) in self.overtaken:
            self.end(leg, "cancelled", "487 Request Terminated")
            return
        behaviour, seconds, _ = self.scripts.get((call, user), ("silent", 0, ""))
        if behaviour == "silent":
            leg.how = "silent"
            return
        leg.reply = self.send(message, address, "180 Ringing")
        if call % 3 == 0:
            self.after(7 * self.ms_per_s / 1000, self.progress, leg)
        if behaviour == "answer":
            self.after(seconds * self.ms_per_s / 1000, self.answer, leg)
        elif behaviour in REFUSALS:
            self.end(leg, "refused", REFUSALS[behaviour])

    def progress(self, leg):
        """Says once more that it rings, as gateways do: that must not make it ring for longer."""
        if leg.how is None:
            leg.reply = self.send(leg.request, leg.address, "183 Session Progress")

    def answer(self, leg):
        if leg.how is None:
            taken = self.scripts[(leg.call, leg.user)][2]
            self.end(leg, "answered", "200 OK", ["X-Taken-By: " + taken])

    def end(self, leg, how, status, extra=()):
        leg.how, leg.ended = how, time.time()
        leg.reply = self.send(leg.request, leg.address, status, extra)
        self.after(0.5, self.again, leg)

    def again(self, leg):
        if not leg.acked and time.time() - leg.ended < 4:
            self.socket.sendto(leg.reply, leg.address)
            self.after(0.5, self.again, leg)
