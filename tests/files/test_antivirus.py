"""The virus scanner is asked by its own protocol, over a real socket; in doubt a file is unknown, never clean."""

import io
import socket
import struct
import threading
from contextlib import contextmanager

import pytest

from portal.files import antivirus
from portal.files.antivirus import Verdict, scan


@contextmanager
def scanner(answer, *, path=None):
    """A daemon that reads one INSTREAM and says `answer`; yields its address and what it was shown."""
    listener = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listener.bind(str(path) if path else ("127.0.0.1", 0))
    listener.listen()
    shown = bytearray()

    def serve():
        connection, _address = listener.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := struct.unpack("!I", stream.read(4))[0]:
                shown.extend(stream.read(length))
            connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield (f"unix:{path}" if path else f"127.0.0.1:{listener.getsockname()[1]}"), shown
    thread.join(5)
    listener.close()


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (b"stream: OK\0", Verdict("clean")),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", Verdict("infected", "Win.Test.EICAR_HDB-1")),
        (b"INSTREAM size limit exceeded. ERROR\0", Verdict("unknown")),
        (b"stream: OK but\0", Verdict("unknown")),
        (b"", Verdict("unknown")),
    ],
)
def test_the_answer_is_understood(settings, answer, verdict):
    content = bytes(range(256)) * 1000
    with scanner(answer) as (settings.CLAMAV_ADDRESS, shown):
        assert scan(io.BytesIO(content)) == verdict

    assert shown == content


def test_a_unix_socket_will_do(settings, tmp_path):
    with scanner(b"stream: OK\0", path=tmp_path / "s") as (settings.CLAMAV_ADDRESS, shown):
        assert scan(io.BytesIO(b"hello")).state == "clean"
    assert shown == b"hello"


def test_without_a_scanner_nothing_is_said(settings):
    settings.CLAMAV_ADDRESS = ""

    assert scan(io.BytesIO(b"hello")) == Verdict("")


def test_a_scanner_that_is_away_leaves_it_unknown(settings, unused_port):
    settings.CLAMAV_ADDRESS = f"127.0.0.1:{unused_port}"
    file = io.BytesIO(b"hello")

    assert scan(file).state == "unknown"
    assert file.tell() == 0


def test_a_scanner_that_never_answers_does_not_hold_us(settings, monkeypatch):
    monkeypatch.setattr(antivirus, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMAV_ADDRESS = f"tcp://127.0.0.1:{silent.getsockname()[1]}"

        assert scan(io.BytesIO(b"hello")).state == "unknown"


@pytest.fixture
def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
