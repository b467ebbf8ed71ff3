"""Hostile and clumsy senders at the SMTP door: each gets the right answer, and nobody else notices."""

import smtplib
import threading
import time

import pytest

from tests.soak.recorder import stored
from tests.soak.rig import memory_of, wait_until
from tests.soak.wire import Wire, letter

PARALLEL, DRIBBLING = 50, 40
LIMIT = 25 * 2**20
GROWTH_MEGABYTES = 250
PATIENCE_OF_OTHERS = 5
FILED_SECONDS = 90
ENDS = [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r.\r\n", b"\r\n.\r", b"\n.\n\n", b"\r\n\x00.\r\n"]


@pytest.fixture
def to(portal):
    return portal.demo["clients"][0]["mail_address"]


@pytest.fixture(autouse=True)
def the_door_lives(portal):
    """Whatever was done to it, the same process goes on taking mail."""
    before = portal.pid("mail"), portal.restarts
    yield
    assert portal.takes_mail()
    assert (portal.pid("mail"), portal.restarts) == before


def name(what):
    return f"{what} {time.time_ns()}"


def identity(subject):
    return f"<{subject.replace(' ', '-')}@sender.example>"


def test_fifty_at_once_are_all_served(portal, to, say):
    subjects, codes = [name(f"parallel {number}") for number in range(PARALLEL)], []
    barrier = threading.Barrier(PARALLEL)

    def send(subject):
        with Wire(portal) as wire:
            barrier.wait(60)
            codes.append(wire.put(to, letter(subject)))

    threads = [threading.Thread(target=send, args=[subject]) for subject in subjects]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    took = time.monotonic() - began
    assert codes == [250] * PARALLEL
    wanted = {identity(subject): 1 for subject in subjects}
    filed = wait_until(lambda: stored(portal, wanted) == wanted, FILED_SECONDS, "all filed")
    say(f"{PARALLEL} connections at once: all acknowledged after {took:.1f} s, all filed {filed:.1f} s later")


def test_a_crowd_is_asked_to_come_back_and_the_door_opens_again(portal, say):
    crowd = [Wire(portal) for _ in range(80)]
    greetings = [wire.greeting for wire in crowd]
    served = [wire for wire in crowd if wire.greeting == 220]
    assert set(greetings) == {220, 421}
    assert all(wire.say("NOOP") == 250 for wire in served)
    for wire in crowd:
        wire.socket.close()
    wait_until(portal.takes_mail, 10, "the door open again")
    say(f"80 connections: {len(served)} served, {greetings.count(421)} told to come back")


def test_unknown_is_550_and_too_large_552_before_and_after(portal, to):
    with Wire(portal) as wire:
        assert wire.say("EHLO sender.example") == 250
        assert wire.say(f"MAIL FROM:<a@sender.example> SIZE={LIMIT + 1}") == 552
        assert wire.say("MAIL FROM:<a@sender.example>") == 250
        assert wire.say("RCPT TO:<nobody-abcdefghi@in.localhost>") == 550
        assert wire.say(f"RCPT TO:<{to}>") == 250
        assert wire.say("DATA") == 354
        for _megabyte in range(26):
            wire.send((b"x" * 1022 + b"\r\n") * 1024)
        wire.send(b".\r\n")
        assert wire.answer() == 552
    with Wire(portal) as wire:
        assert wire.put(to, letter(name("after a large one"))) == 250


@pytest.mark.parametrize("end", ENDS)
def test_no_second_mail_can_be_smuggled_inside_one(portal, to, end):
    outer, inner = name("outer"), name("inner")
    hidden = letter(inner).replace(b"\r\n", b"\n") if b"\r" not in end else letter(inner)
    commands = f"MAIL FROM:<boss@agency.example>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode()
    with Wire(portal) as wire:
        wire.begin(to)
        wire.send(letter(outer) + b"hidden:" + end + commands + hidden + b"\r\n.\r\n")
        assert wire.answer() == 250
        assert wire.say("QUIT") == 221
    wait_until(lambda: stored(portal, [identity(outer)]), FILED_SECONDS, "filed")
    assert not stored(portal, [identity(inner)])
    assert not portal.all_rows("SELECT 1 FROM mail_inboundmail WHERE envelope_from = 'boss@agency.example'")


def test_who_dribbles_holds_up_nobody(portal, to, say):
    slow = [Wire(portal) for _ in range(DRIBBLING)]
    for wire in slow:
        wire.begin(to)
    took = []
    for number in range(20):
        for wire in slow:
            wire.send(b"x")
        began = time.monotonic()
        with Wire(portal) as wire:
            assert wire.put(to, letter(name(f"quick {number}"))) == 250
        took.append(time.monotonic() - began)
    for wire in slow:
        wire.socket.close()
    say(f"beside {DRIBBLING} that dribble: a mail takes {sorted(took)[10]:.2f} s, at most {max(took):.2f} s")
    assert max(took) < PATIENCE_OF_OTHERS


@pytest.mark.parametrize("line", [b"x" * 65536, b"\r\n" * 32768, b".\n" * 32768], ids=["no end", "empty", "bare"])
def test_a_flood_neither_fills_the_memory_nor_stops_the_others(portal, to, say, line):
    """Twelve times the limit without an end: one line that never stops, or nothing but lines."""
    door, took, over = portal.pid("mail"), [], threading.Event()
    before = peak = memory_of(door)

    def others():
        while not over.is_set():
            began = time.monotonic()
            with Wire(portal) as wire:
                assert wire.say("NOOP") == 250
            took.append(time.monotonic() - began)
            time.sleep(0.2)

    watching = threading.Thread(target=others)
    watching.start()
    try:
        sent = 0
        with Wire(portal, timeout=30) as wire:
            wire.begin(to)
            try:
                while sent < 12 * LIMIT:
                    wire.send(line)
                    sent += len(line)
                    peak = max(peak, memory_of(door)) if sent % 2**21 == 0 else peak
            except (ConnectionError, TimeoutError):
                pass
    finally:
        over.set()
        watching.join(60)
    say(f"flood: {sent >> 20} MB taken, memory +{peak - before} MB, others waited {max(took):.1f} s at most")
    assert peak - before < GROWTH_MEGABYTES
    assert max(took) < PATIENCE_OF_OTHERS


def test_rubbish_is_answered_and_forgotten(portal, to):
    for rubbish in (b"\x00\xff\xfe" * 100, b"GET / HTTP/1.1", b"EHLO " + b"a" * 5000, b"\x16\x03\x01\x02\x00\x01"):
        with Wire(portal) as wire:
            wire.send(rubbish + b"\r\n")
            assert 500 <= wire.answer() < 600 or wire.answer() == 0
    with smtplib.SMTP(portal.demo["smtp"]["host"], portal.demo["smtp"]["port"], timeout=30) as wire:
        assert wire.sendmail("a@sender.example", [to], letter(name("after rubbish"))) == {}
