"""Workers that die: what they had in hand shrinks until the delivery that kills them stands alone, and is dead."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from sync.applying import lanes, runner
from sync.models import Attempt, Delivery, Lane
from sync.models.delivery import State
from sync.models.lane import FULL_BATCH
from sync.operating import dead_letters
from tests.sync.writes import DATABASE, accept, product, run, side_by_side, states

pytestmark = DATABASE
APPLIED, DEAD = State.APPLIED, State.DEAD
ROOT = Path(__file__).parents[3]


def left_behind(delivery: Delivery, *sizes: int) -> None:
    """Leave the attempts of workers that died with a batch of these sizes in hand."""
    for size in sizes:
        Attempt.objects.create(lane=delivery.lane, size=size, first_delivery=delivery.pk)


@pytest.mark.parametrize(
    ("sizes", "batch_size"),
    [((500,), 250), ((9,), 4), ((2,), 1), ((1,), 1), ((500, 100), 50), ((500, 1), 1)],
)
def test_batch_halves_after_a_crash(sizes: tuple[int, ...], batch_size: int) -> None:
    delivery = accept("POST", "a")
    left_behind(delivery, *sizes)
    lane = Lane.objects.get(pk=delivery.lane)
    lanes.count_crashes([lane])
    assert (lane.batch_size, Lane.objects.get(pk=lane.pk).batch_size) == (batch_size, batch_size)
    assert not Attempt.objects.exists()


def test_batch_doubles_after_a_success_up_to_the_full_one() -> None:
    lane = accept("POST", "a").lane
    Lane.objects.filter(pk=lane).update(batch_size=200)
    sizes = []
    for _ in range(3):
        accept("PUT", "a")
        assert runner.run_batch()
        sizes.append(Lane.objects.get(pk=lane).batch_size)
    assert sizes == [400, FULL_BATCH, FULL_BATCH]


@pytest.mark.parametrize(("sizes", "state"), [((1, 1), APPLIED), ((1, 1, 1), DEAD), ((2, 2, 2, 2, 500), APPLIED)])
def test_three_crashes_of_a_batch_of_one_are_dead(sizes: tuple[int, ...], state: str) -> None:
    delivery = accept("POST", "a")
    left_behind(delivery, *sizes)
    run()
    delivery.refresh_from_db()
    assert delivery.state == state
    assert delivery.reason == ("It ended or held up 3 workers." if state == DEAD else "")


def test_crashes_are_forgotten_when_the_delivery_is_replayed() -> None:
    delivery = accept("POST", "a")
    left_behind(delivery, 1, 1, 1)
    run()
    dead_letters.replay(delivery)
    run()
    assert states() == [APPLIED]


def test_attempt_stands_durably_while_the_work_is_done_and_is_gone_with_it(receive: Any) -> None:
    seen: list[Any] = []
    receive(lambda **_: seen.extend(side_by_side(lambda: list(Attempt.objects.values_list("size", flat=True)))))
    accept("POST", "a")
    run()
    assert (seen, Attempt.objects.count()) == ([[1]], 0)


WORKERS = """
import os, sys, django
django.setup()
from sync.applying import runner
from sync.hooks import delivery_applied
def receiver(delivery, **_):
    if delivery.record_key == "poison":
        os._exit(9)
delivery_applied.connect(receiver)
for _ in range(int(sys.argv[1])):
    pid = os.fork()
    if not pid:
        runner.run(30)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""


def work(times: int) -> list[int]:
    """Run workers one after the other, that die with the poison in their hands; return how each ended."""
    name = connection.settings_dict["NAME"]
    url = os.environ["DATABASE_URL"].split("?")
    url[0] = f"{url[0].rpartition('/')[0]}/{name}"
    environment = {**os.environ, "DATABASE_URL": "?".join(url), "CONNECTOR_ROLE": "worker", "LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-u", "-c", WORKERS, str(times)]
    told = subprocess.run(command, env=environment, cwd=ROOT, timeout=120, check=True, stdout=subprocess.PIPE)
    return [int(status) for status in told.stdout.split()]


def test_delivery_that_kills_its_workers_is_dead_and_the_rest_applied() -> None:
    keys = [f"k{number}" for number in range(7)]
    for key in [*keys[:3], "poison", *keys[3:]]:
        accept("POST", key)
    lane = Delivery.objects.first().lane
    Delivery.objects.update(lane=lane)
    assert work(9) == [*[9] * 8, 0]
    assert {key: product(key) is not None for key in keys} == dict.fromkeys(keys, True)
    assert (states(record_key="poison"), Attempt.objects.count()) == ([DEAD], 0)
