"""A second process knows what this one knew, and nothing is lost where there is none."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator

import pytest

from decompose.alongside import Beside, alongside, answer_to

pytestmark = pytest.mark.single_thread


class Shelf:
    """Something that no process can be sent."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.books = ["one"]

    def add(self, book: str) -> int:
        self.books.append(book)
        return os.getpid()

    def listed(self) -> list[str]:
        return self.books

    def refuse(self) -> int:
        raise ValueError(self.books)


@pytest.fixture(autouse=True)
def _no_process_stays() -> Iterator[None]:
    yield
    assert not multiprocessing.active_children()


def test_the_process_beside_knows_what_this_one_knew_and_keeps_what_it_does() -> None:
    shelf = Shelf()
    with alongside(shelf, 2) as beside:
        shelf.add("only here")
        process = answer_to(beside.ask(Shelf.add, "two"))
        listed = answer_to(beside.ask(Shelf.listed))
    assert process not in (None, os.getpid())
    assert listed == ["one", "two"]
    assert shelf.books == ["one", "only here"]


@pytest.mark.parametrize(("jobs", "worth_it"), [(1, True), (2, False)])
def test_there_is_none_where_there_is_no_room_or_nothing_to_win(jobs: int, worth_it: bool) -> None:
    with alongside(Shelf(), jobs, worth_it=worth_it) as beside:
        assert not multiprocessing.active_children()
        assert answer_to(beside.ask(Shelf.listed)) is None


def test_there_is_none_beside_another_thread() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        with alongside(Shelf(), 2) as beside:
            assert answer_to(beside.ask(Shelf.listed)) is None
    finally:
        done.set()
        thread.join()


def test_what_fails_beside_has_no_answer_and_what_follows_has() -> None:
    with alongside(Shelf(), 2) as beside:
        refused, listed = beside.ask(Shelf.refuse), beside.ask(Shelf.listed)
        assert answer_to(refused) is None
        assert answer_to(listed) == ["one"]


def test_a_process_that_was_killed_answers_nothing_more() -> None:
    with alongside(Shelf(), 2) as beside:
        assert answer_to(beside.ask(Shelf.listed)) == ["one"]
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
        answers = [answer_to(beside.ask(Shelf.listed)) for _ in range(3)]
    assert answers == [None] * 3


def test_without_an_executor_nobody_answers() -> None:
    assert Beside[Shelf]().ask(Shelf.listed) is None
