"""kill -9 of a door in the worst moment, when the mail is stored and the sender does not know it, and right after the acknowledgement.

bin/soak does the same more often and at every moment; the mailboxes have their own proof there, at a real server.
"""

import pytest

from tests.mail.dying import AFTER, BETWEEN, DOORS, Dying
from tests.mail.makers import raw_letter
from tests.mail.test_door import stored

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)
WITH_KEYS = {"webhook", "pipe", "maildir"}
"""Doors that know a mail again; at the others the content key does, when the mail is filed."""


@pytest.mark.parametrize("door", DOORS)
def test_what_is_acknowledged_is_stored_although_the_door_is_killed(cast, acme_address, door):
    raw = raw_letter(to=acme_address).replace(b"\n", b"\r\n")
    killed, alive = Dying(door, BETWEEN), Dying(door, AFTER)

    assert killed.send(raw, acme_address) is False
    assert killed.was_killed
    assert len(stored(cast.north)) == 1

    assert alive.send(raw, acme_address) is True
    assert {bytes(mail.raw) for mail in stored(cast.north)} == {raw}
    assert len(stored(cast.north)) == (1 if door in WITH_KEYS else 2)
