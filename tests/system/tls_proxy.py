"""What stands between the tools of tls_tools.py and a listener: it passes bytes on, resets included,
and counts what comes of each connection."""

import socket
import struct
import threading

APPLICATION_DATA = 23
# An alert under TLS 1.3: two bytes, their type, and a tag (RFC 8446 sections 5.2 and 6).
ALERT_BYTES = 2 + 1 + 16


class Records:
    """The heads of TLS records in a stream: type and length of each."""

    def __init__(self):
        self.waiting = b""
        self.skip = 0

    def heads(self, data):
        while data:
            if self.skip:
                gone = min(self.skip, len(data))
                self.skip -= gone
                data = data[gone:]
                continue
            wanted = 5 - len(self.waiting)
            self.waiting, data = self.waiting + data[:wanted], data[wanted:]
            if len(self.waiting) == 5:
                kind, self.skip = self.waiting[0], int.from_bytes(self.waiting[3:], "big")
                self.waiting = b""
                yield kind, self.skip


class Conversation:
    """One connection, as it goes by."""

    def __init__(self):
        self.told = 0  # bytes that the tool got
        self.let_in = False
        self.ours, self.theirs = Records(), Records()
        self.proven = False  # the tool has answered under the keys of a handshake

    def from_tool(self, data):
        self.proven |= any(kind == APPLICATION_DATA for kind, _ in self.theirs.heads(data))

    def from_listener(self, data):
        self.told += len(data)
        for kind, length in self.ours.heads(data):
            # Only whoever is let in gets more than an alert after its own part of the handshake.
            self.let_in |= self.proven and kind == APPLICATION_DATA and length > ALERT_BYTES


class Proxy:
    """Passes bytes on to a port of this machine, and remembers each conversation."""

    def __init__(self, port):
        self.to, self.held = port, []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def counts(self):
        """Connections, those that were told anything, those that were let in."""
        held = list(self.held)
        return (len(held), sum(one.told > 0 for one in held), sum(one.let_in for one in held))

    def _accept(self):
        while True:
            near, _ = self.listener.accept()
            one = Conversation()
            self.held.append(one)
            try:
                far = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                near.close()
                continue
            for ends in ((near, far, one.from_tool), (far, near, one.from_listener)):
                threading.Thread(target=_pass, args=ends, daemon=True).start()


def _pass(one, other, seen):
    try:
        while data := one.recv(65536):
            seen(data)
            other.sendall(data)
        _quietly(other.shutdown, socket.SHUT_WR)
    except ConnectionResetError:
        _quietly(other.setsockopt, socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # Both directions are over: what is still read from it ends, and closing it resets it.
        _quietly(other.shutdown, socket.SHUT_RD)
        other.close()
    except OSError:
        _quietly(one.shutdown, socket.SHUT_RD)


def _quietly(call, *arguments):
    try:
        call(*arguments)
    except OSError:
        pass  # the other end was faster
