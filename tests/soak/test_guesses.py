"""F16: ten thousand guesses at the sign-in of a running portal: none gets in, few are tried, and the person still comes in."""

import http.client
import os
import time
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from portal.accounts.limits import SIGN_IN, SIGN_IN_NETWORK
from tests.soak.person import TOKEN, Person

GUESSES, THREADS = 10_000, 8
HERE, ELSEWHERE = "127.0.0.1", "127.0.0.2"
REFUSED, WRONG = "Too many tries", "are not correct"


@pytest.fixture
def person(portal):
    return Person(portal, portal.demo["accounts"][0])


class Guesser:
    """One form, sent again and again from one address, each time with another forged one."""

    def __init__(self, run):
        self.run, self.numbers = run, count()
        wire = http.client.HTTPConnection(HERE, run.port, timeout=60)
        wire.request("GET", "/accounts/login/", headers={"Host": "localhost"})
        page = wire.getresponse()
        self.cookie = page.getheader("Set-Cookie").partition(";")[0]
        self.token = TOKEN.search(page.read().decode())[1]
        wire.close()

    def guess(self, emails):
        """What the page said to one guess after the other over one connection."""
        wire, said = http.client.HTTPConnection(HERE, self.run.port, timeout=60), Counter()
        for email in emails:
            number = next(self.numbers)
            form = {"csrfmiddlewaretoken": self.token, "login": email, "password": f"guess {number}"}
            forged = f"203.0.{number // 256 % 256}.{number % 256}"
            headers = {"Host": "localhost", "Cookie": self.cookie, "X-Forwarded-For": forged}
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            wire.request("POST", "/accounts/login/", urllib.parse.urlencode(form), headers)
            answer = wire.getresponse()
            text = answer.read().decode()
            said[
                "refused"
                if answer.status == 429 or REFUSED in text
                else "tried"
                if WRONG in text
                else f"{answer.status} {text[:99]}"
            ] += 1
        wire.close()
        return said


def guessed(run, emails):
    """All of them, by several threads at once."""
    guesser = Guesser(run)
    with ThreadPoolExecutor(THREADS) as threads:
        return sum(threads.map(guesser.guess, [emails[start::THREADS] for start in range(THREADS)]), Counter())


def test_ten_thousand_guesses_get_in_nowhere_and_lock_nobody_out(portal, person, say):
    began = time.monotonic()
    one = guessed(portal, [person.account["email"]] * (GUESSES // 2))
    many = guessed(portal, [f"p{number}@nowhere.example" for number in range(GUESSES // 2)])
    took = time.monotonic() - began

    # A window of five minutes may end in between and another begin.
    windows = took // SIGN_IN.seconds + 1
    say(f"{GUESSES} guesses in {took:.0f} s, load {os.getloadavg()[0]:.1f}: one account {dict(one)}, many {dict(many)}")
    assert one.keys() | many.keys() == {"tried", "refused"}
    assert one["tried"] <= SIGN_IN.amount * windows
    assert one["tried"] + many["tried"] <= SIGN_IN_NETWORK.amount * windows
    assert _comes_in_from_elsewhere(portal, person)


def _comes_in_from_elsewhere(run, person):
    """The right password from another network leads to the second factor."""
    wire = http.client.HTTPConnection(HERE, run.port, timeout=60, source_address=(ELSEWHERE, 0))
    guesser = Guesser(run)
    form = {
        "csrfmiddlewaretoken": guesser.token,
        "login": person.account["email"],
        "password": person.account["password"],
    }
    headers = {"Host": "localhost", "Cookie": guesser.cookie, "Content-Type": "application/x-www-form-urlencoded"}
    wire.request("POST", "/accounts/login/", urllib.parse.urlencode(form), headers)
    answer = wire.getresponse()
    answer.read()
    wire.close()
    return "/second-factor/" in (answer.getheader("Location") or "")
