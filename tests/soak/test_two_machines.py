"""Two machines on one database and one Redis: web, worker, mail door and beat twice, one of each killed; all is there once."""

import os
import signal
import time
from collections import Counter
from contextlib import contextmanager
from itertools import cycle

import pytest
import redis
from celery import Celery
from django.conf import settings

from tests.soak.recorder import Recorder
from tests.soak.rig import Service, children_of, folder, service, wait_until
from tests.soak.test_kills import BACK_SECONDS, DONE_SECONDS, is_back, settle
from tests.soak.test_path import FOUND_SECONDS, Scene, unique

QUEUE = "celery"
VICTIMS = {
    "web worker": lambda run: children_of(run.pid("web"))[0],
    "web": lambda run: run.pid("web"),
    "worker child": lambda run: children_of(run.pid("worker"))[0],
    "worker": lambda run: run.pid("worker"),
    "mail door": lambda run: run.pid("mail"),
    "beat": lambda run: run.pid("beat"),
}
OUTWARD = {"portal.operation.tasks.examine", "portal.mail.tasks.poll_mailboxes"}
"""They ask name servers and mailboxes out in the net."""
TOLD = {
    "events_event": "kind, client_id, subject_type, subject_id, payload",
    "notifications_notification": "member_id, event_id",
    "mail_outgoingmail": '"to", subject, text',
    "audit.seal": "hash",
}
"""Tables in which work of beats ends; two rows with the same of these would be one thing done twice."""


class Round:
    """What a sender finds behind one name: each try meets the next machine."""

    def __init__(self, machines):
        self.data_dir, self._next = machines[0].data_dir, cycle(machines)

    @property
    def port(self):
        return next(self._next).port

    @property
    def smtp_port(self):
        return next(self._next).smtp_port

    @property
    def demo(self):
        return next(self._next).demo


@pytest.fixture(scope="module")
def machines(given):
    with service(**given) as first, beside(first, given) as second:
        yield first, second


@contextmanager
def beside(first, given):
    """Another machine, which shares the servers and the folder of files with the first one and nothing else."""
    with folder() as data_dir:
        data_dir.mkdir()
        (data_dir / "media").symlink_to(first.data_dir / "media")
        second = Service(data_dir, **given)
        try:
            second.begin()
            yield second
        finally:
            second.finish()


def test_who_signs_in_on_one_reads_on_the_other_what_came_through_either_door(machines, say):
    first, second = machines
    scene = Scene(first)
    scene.contact.sign_in()
    subjects = [unique(f"Terms {number}") for number in range(4)]
    scene.run = Round(machines)
    for subject in subjects:
        scene.sends_a_mail(subject)

    for machine in (second, first):
        scene.contact.base_url = machine.demo["base_url"]
        path = scene.at("/mails/").removeprefix(first.demo["base_url"])
        found = wait_until(lambda p=path: all(one in scene.contact.get(p).text for one in subjects), FOUND_SECONDS)
        page = scene.contact.get(path)
        assert page.url.startswith(machine.demo["base_url"])
        counts = Counter({subject: page.text.count(f">{subject}</span>") for subject in subjects})
        assert set(counts.values()) == {1}, counts
        say(f"4 mails through two doors, each shown once by {page.url} after {found:.1f} s")


def test_one_of_each_is_killed_and_the_other_goes_on(machines, say):
    addresses = [client["mail_address"] for client in machines[0].demo["clients"]]
    recorders, backs, asked = [], {}, Counter()
    for name, (victim, other) in zip(VICTIMS, cycle([machines, machines[::-1]]), strict=False):
        recorder = Recorder(Round(machines), f"two-{name}-{time.time_ns()}".replace(" ", "-"), addresses).start()
        recorders.append(recorder)
        wait_until(lambda one=recorder: len(one.acknowledged) >= 10, 60, "the first acknowledgements")
        pid = VICTIMS[name](victim)
        os.kill(pid, signal.SIGKILL)

        def back(victim=victim, pid=pid, other=other):
            asked[other.ready()[0]] += 1
            return is_back(victim, pid)

        backs[name] = wait_until(back, 3 * BACK_SECONDS, f"back after {name}")
        recorder.finish()
    say(
        f"back after {', '.join(f'{name} {seconds:.0f}' for name, seconds in backs.items())} s; meanwhile the other "
        f"machine answered {dict(asked)}; {settle(machines[0], recorders)}"
    )
    assert asked.keys() == {200}


def test_two_beats_do_nothing_twice(machines, say):
    """Each of the two sets each task going once, also those whose hour has not come."""
    first = machines[0]
    before = {table: first.rows(f"SELECT count(*) FROM {table}") for table in TOLD}
    bell = Celery(broker=first.demo["redis"], set_as_current=False)
    tasks = {row["task"] for row in settings.CELERY_BEAT_SCHEDULE.values()} - OUTWARD
    for task in sorted(tasks):
        for _beat in machines:
            bell.send_task(task, queue=QUEUE)
    done = wait_until(lambda: is_quiet(first), DONE_SECONDS, "everything that beats set going")

    after = {table: first.rows(f"SELECT count(*) FROM {table}") for table in TOLD}
    twice = {table: first.all_rows(f"SELECT {columns}, count(*) FROM {table} GROUP BY {columns} HAVING count(*) > 1")
             for table, columns in TOLD.items()}  # fmt: skip
    more = {table: after[table] - before[table] for table in TOLD}
    say(
        f"{len(tasks)} tasks of two beats by two workers in {done:.0f} s: {more}, twice {sum(map(len, twice.values()))}"
    )
    assert not any(twice.values()), twice
    assert first.rows("SELECT audit.verify()") == "ok"
    assert more["events_event"] and more["audit.seal"]


def is_quiet(run):
    """Nothing waits, neither in the database nor in the queue nor in a worker's hands."""
    with redis.Redis.from_url(run.demo["redis"]) as queue:
        return not queue.llen(QUEUE) and not queue.hlen("unacked") and run.is_idle()
