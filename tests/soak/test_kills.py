"""kill -9 in the middle of mail ingest: nothing that was acknowledged is lost or filed twice, and all is back in a minute."""

import os
import signal
import time

import pytest
import redis

from tests.soak.recorder import Recorder, stored
from tests.soak.rig import children_of, is_alive, service, wait_until

BACK_SECONDS = 60
DONE_SECONDS = 120
MAILS, BEFORE_THE_KILL = 40, 10
VICTIMS = {
    "web worker": lambda run: children_of(run.pid("web"))[0],
    "web": lambda run: run.pid("web"),
    "worker child": lambda run: children_of(run.pid("worker"))[0],
    "worker": lambda run: run.pid("worker"),
    "beat": lambda run: run.pid("beat"),
    "redis": lambda run: run.pid("redis"),
    "postgres": lambda run: run.pid("postgres"),
    "mail door": lambda run: run.pid("mail"),
    "supervisor": lambda run: run.pid("run"),
}


@pytest.fixture(scope="module")
def run():
    with service() as kept:
        yield kept


def record(run, name):
    """A recorder at work that has had its first acknowledgements."""
    addresses = [client["mail_address"] for client in run.demo["clients"]]
    recorder = Recorder(run, f"{name}-{time.time_ns()}".replace(" ", "-"), addresses, MAILS).start()
    wait_until(lambda: len(recorder.acknowledged) >= BEFORE_THE_KILL, 60, "the first acknowledgements")
    return recorder


def settle(run, recorder):
    """All that must hold once the dust has settled; returns the figures."""
    recorder.finish()
    done = wait_until(run.is_idle, DONE_SECONDS, "all jobs done")
    acknowledged, rows = set(recorder.acknowledged), stored(run, recorder.ids)
    lost = acknowledged - set(rows)
    twice = {key: count for key, count in rows.items() if count != 1}
    assert not recorder.refused
    assert not lost
    assert not twice
    assert len(acknowledged) == MAILS
    assert run.rows("SELECT count(*) FROM mail_inboundmail WHERE reason IN ('failed', 'crashed')") == 0
    return (
        f"{len(acknowledged)} acknowledged in {recorder.tries} tries, lost {len(lost)}, twice {len(twice)}, "
        f"longest wait of a sender {recorder.longest_wait:.1f} s, all done {done:.1f} s after the last"
    )


def is_back(run, victim):
    """Not the old one: the state file is written anew only when everything answers."""
    return not is_alive(victim) and run.is_whole()


@pytest.mark.parametrize("name", VICTIMS)
def test_nothing_is_lost_when_one_is_killed(run, name, say):
    recorder = record(run, name)
    victim = VICTIMS[name](run)
    os.kill(victim, signal.SIGKILL)
    back = wait_until(lambda: is_back(run, victim), 3 * BACK_SECONDS, f"back after {name}")
    figures = settle(run, recorder)
    say(f"{name}: back after {back:.1f} s; {figures}")
    assert back < BACK_SECONDS


def test_nothing_is_lost_when_redis_forgets_everything(run, say):
    recorder = record(run, "flushall")
    redis.from_url(run.demo["redis"]).flushall()
    assert run.ready()[0] == 200
    say(f"flushall: {settle(run, recorder)}")
