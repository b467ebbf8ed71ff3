"""kill -9 of each process of a running portal while mails come in by SMTP and webhook: what was acknowledged is stored, all of it.

bin/soak does the same again and again, with all processes, until everything is filed.
"""

import os
import re

import psycopg
import pytest

from portal.mail.addresses import address_for
from tests.mail.house import House
from tests.soak.recorder import Recorder
from tests.soak.rig import folder, wait_until

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.skipif("DATABASE_SUPERUSER_URL" not in os.environ, reason="DATABASE_SUPERUSER_URL is not set: bin/test sets it"),
]  # fmt: skip
VICTIMS = ("web child", "worker", "mail", "redis", "postgres")
MAILS, BEFORE_THE_KILL, PER_SECOND = 10, 3, 12
MESSAGE_ID = re.compile(rb"^Message-ID: (<\S+>)", re.MULTILINE)


@pytest.fixture
def house(cast):
    with folder() as data_dir:
        kept = House(data_dir)
        try:
            yield kept
        finally:
            kept.close()


def stored(house) -> set[str]:
    with psycopg.connect(house.addresses.maint) as database:
        rows = database.execute("SELECT raw FROM mail_inboundmail").fetchall()
    return {MESSAGE_ID.search(bytes(raw))[1].decode() for (raw,) in rows}


def test_what_was_acknowledged_is_stored_whoever_is_killed(cast, house):
    addresses, acknowledged = [address_for(cast.acme), address_for(cast.bolt)], []
    house.open()
    for name in VICTIMS:
        recorder = Recorder(house, name.replace(" ", "-"), addresses, MAILS, per_second=PER_SECOND).start()
        wait_until(lambda busy=recorder: len(busy.acknowledged) >= BEFORE_THE_KILL, 60, "the first acknowledgements")
        house.kill(name)
        house.start(name)
        recorder.finish()
        assert recorder.refused == []
        acknowledged += recorder.acknowledged

    assert len(acknowledged) == MAILS * len(VICTIMS)
    assert set(acknowledged) - stored(house) == set()
