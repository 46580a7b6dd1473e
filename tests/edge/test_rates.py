"""Rate limits: both windows at once, exact whoever counts, and what holds while nobody can count."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as project
from hypothesis import given
from hypothesis import strategies as st

from connector.edge.allowances import Window, forget_allowances
from connector.edge.errors import TooManyRequests, Unavailable
from connector.edge.models import Allowance
from connector.edge.rates import Admission, admit, key, step, take, uncounted_calls
from connector.edge.valkey import client

PUBLISHED = (Window(10, 1), Window(150, 60))
NOBODY = "redis://127.0.0.1:1/0"


@pytest.fixture
def account() -> str:
    return f"hood:{uuid4()}"


def calls(account: str, *moments: float) -> list[bool]:
    return [take(account, PUBLISHED, now=moment).admitted for moment in moments]


def test_the_eleventh_call_of_a_second_is_refused(account: str) -> None:
    assert calls(account, *[100.0] * 11) == [True] * 10 + [False]


def test_the_151st_call_of_a_minute_is_refused(account: str) -> None:
    accepted = calls(account, *(100 + second for second in range(16) for _ in range(10)))
    assert accepted == [True] * 150 + [False] * 10


@pytest.mark.parametrize(
    ("moment", "admitted"), [(100.999999, False), (101.0, True)], ids=["its last moment", "its end"]
)
def test_a_window_lasts_from_its_first_call_on(account: str, moment: float, *, admitted: bool) -> None:
    calls(account, 100.0, *[100.9] * 9)
    assert calls(account, moment) == [admitted]


def test_a_window_starts_with_the_first_call_after_the_last_one(account: str) -> None:
    calls(account, 100.0)
    assert calls(account, *[105.7] * 10, 106.6, 106.7) == [True] * 10 + [False, True]


def test_a_refused_call_consumes_nothing_of_the_other_window(account: str) -> None:
    calls(account, *[100.0] * 300)
    accepted = calls(account, *(101 + second for second in range(15) for _ in range(10)))
    assert accepted.count(True) == 140


def test_a_call_refused_by_the_minute_starts_no_second(account: str) -> None:
    calls(account, *(100 + second for second in range(15) for _ in range(10)), 159.5)
    assert calls(account, *[160.4] * 10, 160.6) == [True] * 10 + [False]


def test_accounts_are_counted_apart(account: str) -> None:
    calls(account, *[100.0] * 11)
    assert calls(f"{account}0", 100.0) == [True]


def test_a_call_that_comes_out_of_order_counts_in_its_window(account: str) -> None:
    assert calls(account, 100.5, *[100.1] * 10) == [True] * 10 + [False]


def test_a_clock_that_was_set_back_ends_the_windows_it_left_ahead(account: str) -> None:
    calls(account, *[5000.0] * 11)
    assert calls(account, *[100.0] * 11) == [True] * 10 + [False]


class Model:
    """Two windows as a person would count them, in whole microseconds."""

    def __init__(self, *windows: Window) -> None:
        self.windows = dict.fromkeys(windows, (-(10**9), 0))

    def takes(self, now: int) -> bool:
        live = {
            window: (start, count) if now < start + window.seconds * 10**6 else (now, 0)
            for window, (start, count) in self.windows.items()
        }
        free = all(count < window.limit for window, (_, count) in live.items())
        if free:
            self.windows = {window: (start, count + 1) for window, (start, count) in live.items()}
        return free


@given(st.lists(st.integers(0, 700_000), max_size=60))
def test_windows_agree_with_a_model_at_any_moments(pauses: list[int]) -> None:
    windows, account = (Window(3, 1), Window(7, 4)), f"hood:{uuid4()}"
    model = Model(*windows)
    for now in accumulate(pauses):
        assert take(account, windows, now=now / 10**6).admitted == model.takes(now)


# What is told


@pytest.mark.parametrize(
    ("moments", "told"),
    [
        ([100.0], Admission(limit=10, remaining=9, reset=1)),
        ([100.0] * 10, Admission(limit=10, remaining=0, reset=1)),
        ([100.0] * 11, Admission(retry_after=1)),
        ([100.0, 100.9], Admission(limit=10, remaining=8, reset=1)),
        ([100 + n // 10 for n in range(141)], Admission(limit=150, remaining=9, reset=46)),
        ([100 + n // 10 for n in range(150)], Admission(limit=150, remaining=0, reset=46)),
        ([100 + n // 10 for n in range(151)], Admission(retry_after=45)),
        ([*[100 + n // 10 for n in range(150)], 159.2], Admission(retry_after=1)),
    ],
    ids=["first", "tenth", "eleventh", "later", "equal", "150th", "151st", "last second"],
)
def test_the_window_nearer_to_its_end_is_told(account: str, moments: list[float], told: Admission) -> None:
    assert [take(account, PUBLISHED, now=moment) for moment in moments][-1] == told


def test_a_call_is_accepted_after_what_it_was_told_to_wait(account: str) -> None:
    calls(account, *[100.3] * 10)
    refused = take(account, PUBLISHED, now=100.9)
    assert calls(account, 100.9 + refused.retry_after) == [True]


def test_an_accepted_call_has_the_published_headers() -> None:
    told = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}
    assert Admission(limit=10, remaining=0, reset=1).headers == told


def test_a_refused_call_has_none_of_them_and_when_to_come_again() -> None:
    assert Admission(retry_after=3).headers == TooManyRequests(3).headers == {"Retry-After": "3"}


# Whoever counts

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "DJANGO_SETTINGS_MODULE": "connector.settings"}
TAKE = """
import os, sys, django
django.setup()
from connector.edge import rates
def take(moment, account=sys.argv[-1]):
    windows = rates.Window(10, 1), rates.Window(150, 60)
    return rates.take(account, windows, now=float(moment))
"""
SUMMED = f"""{TAKE}
for line in sys.stdin:
    account, *moments = line.split()
    print(sum(take(moment, account).admitted for moment in moments), flush=True)
"""
FORKED = f"""{TAKE}
print(take(0).remaining, flush=True)
if os.fork():
    os.wait()
    print(take(0).remaining)
else:
    print(take(0).remaining, take(0).remaining)
"""


@pytest.fixture(scope="module")
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """Four that count what they read."""
    command, pipe = [sys.executable, "-c", SUMMED], subprocess.PIPE
    started = [subprocess.Popen(command, stdin=pipe, stdout=pipe, env=ENVIRONMENT, cwd=ROOT, text=True) for _ in "1234"]
    yield started
    for process in started:
        process.communicate()


def accepted(processes: Sequence[subprocess.Popen[str]], account: str, *moments: float) -> int:
    """Have all of them make the same calls, and return how many were accepted."""
    for process in processes:
        assert process.stdin
        process.stdin.write(f"{account} {' '.join(map(str, moments))}\n")
        process.stdin.flush()
    return sum(int(process.stdout.readline()) for process in processes if process.stdout)


def test_four_processes_have_10_calls_of_300_in_a_second(processes: list[subprocess.Popen[str]], account: str) -> None:
    assert accepted(processes, account, *(100 + number / 75 for number in range(75))) == 10


def test_four_processes_have_150_calls_in_60_seconds(processes: list[subprocess.Popen[str]], account: str) -> None:
    assert accepted(processes, account, *(100 + second for second in range(60) for _ in range(5))) == 150


def test_a_forked_process_does_not_take_the_answers_of_its_parent(account: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FORKED, account], env=ENVIRONMENT, cwd=ROOT, check=True, capture_output=True
    )
    assert ended.stdout.split() == [b"9", b"8", b"7", b"6"]


def test_the_time_is_the_servers_own_where_none_is_given(account: str) -> None:
    valkey = client(project.REDIS_URL, 10)
    before: Any = valkey.time()
    take(account, PUBLISHED)
    start: Any = valkey.hget(key(account), "start:1000000")
    after: Any = valkey.time()
    assert before[0] * 10**6 + before[1] <= int(start) <= after[0] * 10**6 + after[1]


def test_what_is_counted_is_forgotten_when_its_windows_are_over(account: str) -> None:
    take(account, PUBLISHED)
    ttl: Any = client(project.REDIS_URL, 10).pttl(key(account))
    assert 0 < ttl <= 60_000


def test_counting_goes_on_after_valkey_has_forgotten_its_scripts(account: str) -> None:
    calls(account, 100.0)
    client(project.REDIS_URL, 10).script_flush()
    assert take(account, PUBLISHED, now=100.0).remaining == 8


# What an account is allowed


@pytest.mark.django_db
def test_an_account_has_what_the_settings_allow(account: str, settings: Any) -> None:
    settings.CONNECTOR_RATE_BURST, settings.CONNECTOR_RATE_STEADY = 3, 2
    admissions = [admit(account, now=moment) for moment in (100, 101, 102)]
    assert admissions == [Admission(2, 1, 60), Admission(2, 0, 59), Admission(retry_after=58)]


@pytest.mark.django_db
def test_an_account_has_what_an_operator_allows_it_alone(account: str) -> None:
    Allowance.objects.create(scope="hood", tenant=account.removeprefix("hood:"), burst=1, steady=5)
    forget_allowances()
    assert admit(account, now=100) == Admission(limit=1, remaining=0, reset=1)
    assert admit(f"{account}0", now=100).limit == 10


@pytest.mark.django_db
def test_a_smaller_allowance_holds_within_the_running_window(account: str) -> None:
    calls(account, *[100.0] * 5)
    Allowance.objects.create(scope="hood", tenant=account.removeprefix("hood:"), burst=4, steady=4)
    forget_allowances()
    assert admit(account, now=100) == Admission(retry_after=60)


# While nobody can count


@pytest.mark.django_db
@pytest.mark.parametrize("is_frozen", [False, True], ids=["dead", "frozen"])
def test_a_call_passes_uncounted_while_valkey_is(settings: Any, account: str, *, is_frozen: bool) -> None:
    before = uncounted_calls._value.get()
    with socket.create_server(("127.0.0.1", 0)) as server:  # It takes connections and never answers.
        settings.REDIS_URL = f"redis://127.0.0.1:{server.getsockname()[1]}/0" if is_frozen else NOBODY
        admission = admit(account)
    assert (admission.admitted, dict(admission.headers)) == (True, {})
    assert uncounted_calls._value.get() == before + 1


def test_nobody_waits_longer_than_100_ms_and_celery_has_its_own_patience() -> None:
    pool = step(project.REDIS_URL).registered_client.connection_pool
    waits = {pool.connection_kwargs[name] for name in ("socket_timeout", "socket_connect_timeout")}
    assert (waits, pool.connection_kwargs["retry"].get_retries()) == ({0.1}, 0)
    assert project.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] == 5


@pytest.mark.django_db
def test_a_call_is_refused_while_valkey_is_away_where_the_operator_says_so(settings: Any, account: str) -> None:
    settings.REDIS_URL, settings.CONNECTOR_RATE_OPEN = NOBODY, False
    before = uncounted_calls._value.get()
    with pytest.raises(Unavailable) as raised:
        admit(account)
    assert raised.value.headers == {"Retry-After": "5"}
    assert uncounted_calls._value.get() == before + 1
