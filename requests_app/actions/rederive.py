"""Deriving everything again: after a law, a holiday or an office's closed days changed.

Organization by organization, in chunks, each a transaction of its own, so that readers never wait and a killed run
loses one chunk. Work is shared by processes that are started fresh: a forked one would share a database connection.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any

import django
from django.db import connections

from requests_app.models import RecordsRequest
from requests_app.models.visibility import organisation_viewer, viewing
from requests_app.queries.ledger import book_of

from . import jobs
from .deadlines import Written, derive_requests

CHUNK = 500
Task = tuple[int, Sequence[int]]
_book: Any = None


def rederive(
    *,
    organisations: Sequence[int] | None = None,
    requests: Sequence[int] | None = None,
    workers: int = 1,
    progress: Callable[[Written], None] | None = None,
) -> Written:
    """Derive the requests of these organizations again; None: of all. requests: only these of theirs.

    workers: processes beside this one; 1 works here, which is all that a task inside a worker may do.
    """
    total = Written()
    tasks = _tasks(jobs.organisations() if organisations is None else organisations, requests)
    for done in _run(tasks, workers):
        total.add(done)
        if progress is not None:
            progress(total)
    return total


def _tasks(organisations: Iterable[int], requests: Sequence[int] | None) -> Iterator[Task]:
    for organisation in organisations:
        with viewing(organisation_viewer(organisation)):
            rows = RecordsRequest.objects.filter(organisation=organisation).order_by("pk")
            if requests is not None:
                rows = rows.filter(pk__in=requests)
            ids = list(rows.values_list("pk", flat=True))
        for start in range(0, len(ids), CHUNK):
            yield organisation, ids[start : start + CHUNK]


def _run(tasks: Iterator[Task], workers: int) -> Iterator[Written]:
    if workers <= 1:
        book = book_of()
        for task in tasks:
            yield _derive(task, book)
        return
    listed = list(tasks)
    connections.close_all()
    # django.setup by name: anything of ours as the first thing unpickled would import models before it.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=django.setup) as pool:
        for done in as_completed([pool.submit(_work, task) for task in listed]):
            yield done.result()


def _work(task: Task) -> Written:
    global _book
    if _book is None:
        _book = book_of()
    return _derive(task, _book)


def _derive(task: Task, book: Any) -> Written:
    organisation, ids = task
    with viewing(organisation_viewer(organisation)):
        return derive_requests(ids, book=book, hurry=False)
