"""A group commit: what many threads ask for meanwhile is done by one of them, once, and everybody is told their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from sync.work import together
from sync.work.together import Together
from tests.sync.writes import wait_until

PATIENCE = 30


class Work:
    """Writes its calls down; the first one goes on when it is told to."""

    def __init__(self, spoil: Callable[[list[int]], None] = lambda _: None) -> None:
        self.calls: list[list[int]] = []
        self.began, self.may_go_on = Event(), Event()
        self.spoil = spoil
        self.together = Together(self.do)

    def do(self, numbers: list[int]) -> list[int | None]:
        self.calls.append(numbers)
        if len(self.calls) == 1:
            self.began.set()
            assert self.may_go_on.wait(PATIENCE)
        self.spoil(numbers)
        return [number * 10 for number in numbers]


def asked_meanwhile(work: Work, threads: ThreadPoolExecutor, asked: list[tuple[str, int]]) -> list[Future[int | None]]:
    """Ask for one thing, and for these while it is under way; return what each gets, in order."""
    first = threads.submit(work.together.ask, "first", 0)
    assert work.began.wait(PATIENCE)
    others = []
    for waiting, (name, number) in enumerate(asked, 1):
        others.append(threads.submit(work.together.ask, name, number))
        wait_until(lambda: len(work.together.waiting) == waiting)  # noqa: B023 (it is called at once)
    work.may_go_on.set()
    return [first, *others]


@pytest.fixture
def threads() -> ThreadPoolExecutor:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def test_what_is_asked_for_meanwhile_is_done_in_one_call(threads: ThreadPoolExecutor) -> None:
    work = Work()
    told = asked_meanwhile(work, threads, [("a", 1), ("b", 2), ("c", 3)])
    assert [future.result(PATIENCE) for future in told] == [0, 10, 20, 30]
    assert work.calls == [[0], [1, 2, 3]]


def test_those_who_are_about_to_ask_are_in_the_first_call(
    threads: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, about_to_ask, told = Work(), [1, 2], []

    def let_one_ask() -> None:
        for number in about_to_ask[:1]:
            about_to_ask.remove(number)
            told.append(threads.submit(work.together.ask, number, number))
            wait_until(lambda: len(work.together.waiting) == 1 + number)  # noqa: B023 (it is called at once)

    monkeypatch.setattr(together, "sched_yield", let_one_ask)
    work.may_go_on.set()
    assert work.together.ask("first", 0) == 0
    assert [future.result(PATIENCE) for future in told] == [10, 20]
    assert work.calls == [[0, 1, 2]]


def test_two_of_one_name_are_never_in_one_call_and_keep_their_order(threads: ThreadPoolExecutor) -> None:
    work = Work()
    told = asked_meanwhile(work, threads, [("a", 1), ("a", 2), ("b", 3), ("a", 4)])
    assert [future.result(PATIENCE) for future in told] == [0, 10, 20, 30, 40]
    assert work.calls == [[0], [1, 3], [2], [4]]


@pytest.mark.parametrize("spoiled", [1, 2], ids=["its leader's", "another's"])
@pytest.mark.parametrize("error", [ValueError, SystemExit], ids=["an error", "the end of a thread"])
def test_an_error_is_raised_to_all_of_its_call_and_to_nobody_else(
    threads: ThreadPoolExecutor, error: type[BaseException], spoiled: int
) -> None:
    def spoil(numbers: list[int]) -> None:
        if spoiled in numbers:
            raise error

    work = Work(spoil)
    told = asked_meanwhile(work, threads, [("a", 1), ("b", 2), ("a", 3)])
    assert [type(future.exception(PATIENCE)) for future in told] == [type(None), error, error, type(None)]
    assert work.together.ask("a", 5) == 50
