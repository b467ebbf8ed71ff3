"""kill -9 of each door at each moment, again and again, with a sender who tries until he has an acknowledgement."""

import pytest
from django.db import connections

from portal.core import jobs
from portal.mail.addresses import address_for
from tests.mail.dying import AFTER, BEFORE, BETWEEN, DOORS, Dying
from tests.mail.makers import raw_letter
from tests.mail.test_door import stored
from tests.mail.test_kills import WITH_KEYS

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.mark.parametrize("door", DOORS)
def test_nothing_is_lost_at_any_moment(cast, door, request, say, monkeypatch):
    monkeypatch.setattr(jobs, "_publish", lambda task, args: None)
    address, kills, acknowledged, tries = address_for(cast.acme), request.config.getoption("--kills"), [], 0
    for number in range(kills):
        raw = raw_letter(to=address, Subject=f"Mail {number}").replace(b"\n", b"\r\n")
        for moment in (BEFORE, BETWEEN, AFTER):
            dying, tries = Dying(door, moment), tries + 1
            if dying.send(raw, address):
                acknowledged.append(raw)
    kept = [bytes(mail.raw) for mail in stored(cast.north)]
    connections["default"].close_pool()
    lost = set(acknowledged) - set(kept)
    say(
        f"{door}: {tries} processes, {2 * kills} killed before they could answer, {len(acknowledged)} acknowledged, "
        f"lost {len(lost)}, stored {len(kept)}"
    )
    assert len(acknowledged) == kills
    assert lost == set()
    assert len(kept) == kills * (1 if door in WITH_KEYS else 2)
