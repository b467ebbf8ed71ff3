"""kill -9 in the middle of mail ingest: nothing that was acknowledged is lost or filed twice, and all is back in a minute."""

import os
import random
import signal
import time

import pytest
import redis

from tests.soak.recorder import Recorder, stored
from tests.soak.rig import children_of, is_alive, wait_until

BACK_SECONDS = 60
DONE_SECONDS = 180
"""A wake-up that died with the worker who had it is sent again after at most 150 s (portal/core/jobs.py)."""
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


@pytest.fixture
def kills(request):
    return range(request.config.getoption("--kills"))


def record(run, name):
    """A recorder at work that has had its first acknowledgements."""
    addresses = [client["mail_address"] for client in run.demo["clients"]]
    recorder = Recorder(run, f"{name}-{time.time_ns()}".replace(" ", "-"), addresses, MAILS).start()
    wait_until(lambda: len(recorder.acknowledged) >= BEFORE_THE_KILL, 60, "the first acknowledgements")
    return recorder


def kill(run, name, number):
    """Kill while mails arrive, at another moment each time; how long until all was back, and the recorder."""
    recorder = record(run, name)
    time.sleep(random.Random(f"{name} {number}").random())
    victim = VICTIMS[name](run)
    os.kill(victim, signal.SIGKILL)
    back = wait_until(lambda: is_back(run, victim), 3 * BACK_SECONDS, f"back after {name}")
    recorder.finish()
    return back, recorder


def is_back(run, victim):
    """Not the old one: the state file is written anew only when everything answers."""
    return not is_alive(victim) and run.is_whole()


def settle(run, recorders):
    """All that must hold once the dust has settled; returns the figures."""
    done = wait_until(run.is_idle, DONE_SECONDS, "all jobs done")
    acknowledged = {one for recorder in recorders for one in recorder.acknowledged}
    rows = stored(run, [one for recorder in recorders for one in recorder.ids])
    lost = acknowledged - set(rows)
    twice = {key: count for key, count in rows.items() if count != 1}
    assert not [refused for recorder in recorders for refused in recorder.refused]
    assert not lost
    assert not twice
    assert len(acknowledged) == MAILS * len(recorders)
    assert run.rows("SELECT count(*) FROM mail_inboundmail WHERE reason IN ('failed', 'crashed')") == 0
    return (
        f"{len(acknowledged)} acknowledged in {sum(one.tries for one in recorders)} tries, lost {len(lost)}, "
        f"twice {len(twice)}, longest wait of a sender {max(one.longest_wait for one in recorders):.1f} s, "
        f"all done {done:.1f} s after the last"
    )


@pytest.mark.parametrize("name", VICTIMS)
def test_nothing_is_lost_when_one_is_killed(portal, kills, name, say):
    backs, recorders = zip(*(kill(portal, name, number) for number in kills), strict=True)
    figures = settle(portal, recorders)
    say(f"{name}, killed {len(backs)} times: back after {', '.join(f'{back:.1f}' for back in backs)} s; {figures}")
    assert max(backs) < BACK_SECONDS


def test_nothing_is_lost_when_redis_forgets_everything(portal, kills, say):
    recorders = []
    for _number in kills:
        recorders.append(record(portal, "flushall"))
        redis.from_url(portal.demo["redis"]).flushall()
        assert portal.ready()[0] == 200
        recorders[-1].finish()
    say(f"flushed {len(recorders)} times: {settle(portal, recorders)}")
