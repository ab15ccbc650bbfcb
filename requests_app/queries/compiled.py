"""Statements that are made once: of a page whose question is the same for every reader, making the statement out of
its queryset costs more than the database's answer. Only what is handed in changes from one call to the next.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connections
from django.db.models import BigIntegerField, BooleanField, F, Field, Func, QuerySet, Value

from requests_app.models.visibility import Reach, Viewer


class Hole(Value):
    """Stands in a queryset for a value that is handed in later."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(None, output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, Any]:
        return "%s", (_Missing(self.name),)


class Among(Func):
    """Whether a column of numbers holds one of those that are handed in as a list under the name."""

    output_field = BooleanField()
    template = "%(expressions)s)"
    arg_joiner = " = ANY("

    def __init__(self, column: str, name: str) -> None:
        super().__init__(F(column), Hole(name, ArrayField(BigIntegerField())))


class _Missing(str):
    """The name of a value not yet handed in."""


class Compiled:
    """A queryset with holes. Its rows are new at each call; who may see them stands in it, as in any other."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows = rows
        self.compiler = rows.query.get_compiler("default")
        self.sql, self.params = self.compiler.as_sql()

    def __call__(self, **given: Any) -> list[Any]:
        """given: a value for each hole. KeyError where one is missing."""
        query = copy.copy(self.rows.query)
        query.get_compiler = lambda *_, **__: self._bound(given)  # type: ignore[method-assign]
        found: QuerySet[Any] = type(self.rows)(model=self.rows.model, query=query)
        found._iterable_class = self.rows._iterable_class
        found._fields = self.rows._fields  # type: ignore[attr-defined]
        return list(found)

    def filled(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters of `sql`."""
        return tuple(given[one] if isinstance(one, _Missing) else one for one in self.params)

    def _bound(self, given: Mapping[str, Any]) -> Any:
        params = self.filled(given)
        bound = copy.copy(self.compiler)
        # A connection belongs to its thread.
        bound.connection = connections["default"]
        bound.as_sql = lambda *_, **__: (self.sql, params)
        return bound


def rows_within(viewer: Viewer, reach: Reach, make: Callable[..., QuerySet[Any]], *args: Any) -> list[Any]:
    """Rows of `make(reach, *args)`: of one request, as far as it reaches the viewer. For the public, which asks alike
    of every request, the statement is made once."""
    if viewer.kind != "public":
        return list(make(reach, *args))
    alike = replace(
        reach, request=0, campaign=0, grants=tuple(sorted({*reach.grants})),
        campaign_grants=tuple(sorted({*reach.campaign_grants})),
    )  # fmt: skip
    return _made(make, alike, *args)(request=reach.request, campaign=reach.campaign)


@lru_cache(maxsize=64)
def _made(make: Callable[..., QuerySet[Any]], reach: Reach, *args: Any) -> Compiled:
    holes: Any = {name: Hole(name, BigIntegerField()) for name in ("request", "campaign")}
    return Compiled(make(replace(reach, **holes), *args))
