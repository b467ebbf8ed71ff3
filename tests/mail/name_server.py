"""A name server on this machine, over UDP, that knows what a test publishes; names that it is told to keep silent about get no answer."""

import socket
import threading
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class NameServer:
    """records: (name, kind) -> texts as in a zone file; silent: names that get no answer at all."""

    def __init__(self, records, silent=()):
        self.records, self.silent, self.asked = records, set(silent), []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.2)
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"

    def serve(self):
        while self.socket.fileno() != -1:
            try:
                data, peer = self.socket.recvfrom(4096)
            except OSError:
                continue
            if answer := self._answer(dns.message.from_wire(data)):
                self.socket.sendto(answer.to_wire(), peer)

    def _answer(self, query):
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), question.rdtype.name
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if texts := self.records.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
        elif not any(known == name for known, _kind in self.records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer


@contextmanager
def name_server(records, silent=()):
    """It runs as long as the block."""
    server = NameServer(records, silent)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.socket.close()
        thread.join()
