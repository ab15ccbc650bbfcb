"""Pages of a list, in the shape that partials/pager.html and the templates read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict


@dataclass(frozen=True, slots=True)
class Counted:
    """more: there are more than `count`, and the pages end with it."""

    count: int
    num_pages: int
    more: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """The page that is shown. number starts at 1."""

    object_list: Sequence[Any]
    number: int
    size: int
    paginator: Counted

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.paginator.num_pages

    @property
    def previous_page_number(self) -> int:
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def start_index(self) -> int:
        return (self.number - 1) * self.size + 1 if self.paginator.count else 0

    @property
    def end_index(self) -> int:
        return min(self.number * self.size, self.paginator.count)


def shown(rows: Sequence[Any], *, total: int, number: int, size: int, more: bool = False) -> Shown:
    return Shown(rows, number, size, Counted(total, max(1, -(-total // size)), more))


def page_number(request: HttpRequest) -> int:
    """The page that the address asks for; what is no positive number is the first one."""
    asked = request.GET.get("page", "")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 8 and int(asked) > 0 else 1


def param(request: HttpRequest, name: str, most: int = 40) -> str:
    """One value of the address, short and without the byte that PostgreSQL refuses."""
    return request.GET.get(name, "")[:most].replace("\x00", "")


def day_param(request: HttpRequest, name: str) -> dt.date | None:
    """A day of the address; what is none asks for nothing."""
    try:
        return dt.date.fromisoformat(param(request, name))
    except ValueError:
        return None


def posted(request: HttpRequest, name: str, most: int = 100) -> str:
    """One value of a form that no form class reads, short and without the byte that PostgreSQL refuses."""
    return request.POST.get(name, "")[:most].replace("\x00", "")


def all_posted(request: HttpRequest, name: str, most: int) -> list[str]:
    return [value[:200].replace("\x00", "") for value in request.POST.getlist(name)[:most]]


def with_params(request: HttpRequest, **changes: str) -> str:
    """This page's address with some parameters changed; an empty value leaves one out, and the page starts over."""
    params: QueryDict = request.GET.copy()
    params.pop("page", None)
    for name, value in changes.items():
        if value:
            params[name] = value
        else:
            params.pop(name, None)
    return f"{request.path}?{params.urlencode()}" if params else request.path


def select(name: str, label: str, options: Sequence[tuple[str, str]], value: str) -> dict[str, Any]:
    """A filter of partials/filters.html. The first option is "any"."""
    return {
        "name": name,
        "label": label,
        "kind": "select",
        "value": value,
        "options": [{"value": v, "words": words, "selected": v == value} for v, words in options],
    }
