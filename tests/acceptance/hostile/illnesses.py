"""What a deployer's own code can do to a worker, for records whose key begins with the illness.

poison  raises            kills  ends its process
hog     allocates         loops  never returns
"""

from __future__ import annotations

import os
import resource
import signal
from typing import Any

from sync.models import Delivery
from tests.acceptance.hostile.moments import FOLDER

ROOM = 256 * 1024 * 1024


def suffer(delivery: Delivery, **_kwargs: Any) -> None:
    """Receive an applied delivery; its record is ill while the illness's file stands."""
    illness = delivery.record_key.partition("-")[0]
    if illness in ILLNESSES and (FOLDER / illness).exists():
        ILLNESSES[illness]()


def poison() -> None:
    raise ValueError("This record is poison.")


def kills() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hog() -> None:
    """Allocate until the limit, which is set close so that the machine does not feel it."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (address_space() + ROOM, before[1]))
    held: list[bytes] = []
    try:
        while True:
            held.append(b"x" * 2**20)
    finally:
        held.clear()
        resource.setrlimit(resource.RLIMIT_AS, before)


def address_space() -> int:
    with open("/proc/self/statm") as statm:  # noqa: PTH123 (nothing may be allocated needlessly)
        return int(statm.read().split()[0]) * resource.getpagesize()


def loops() -> None:
    while True:
        pass


ILLNESSES = {"poison": poison, "kills": kills, "hog": hog, "loops": loops}
