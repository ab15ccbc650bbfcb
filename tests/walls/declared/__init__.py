"""What each subject declares of its routes. A module here has

EXPECTED       route: (answers for a private object of ours, answers for a published one; None: the same)
SHOWS_OURS     routes whose answers carry private words to our own people
OPENS          route: the least level at which a share opens it, where that is not status: c correspondence,
               d documents, e everything. A route that a public share at status opens says so in EXPECTED; all
               others stay shut
BY_LINK        routes that tell whoever holds a link from a letter what that letter told
prepare(stage) rows that its routes lead to, made by Olive, inside her `viewing_as`; kept in `stage.rows`
params(stage, request, event)  the arguments of its routes

TABLES         tables with content that a share can reach, for `test_drift`: both walls must show the same rows
fill(dice, request, event)     rows of TABLES by chance, inside the owner's `viewing_as`

All but EXPECTED may be left out.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from requests_app.models import RecordsRequest
from tests import builders

CANARY = "canary-7f3a"
# In what owners alone read, of their own organization too.
PRIVILEGED = "privileged-b41e"


@dataclass
class Stage:
    """What the routes lead to: a private request of Harbor's and a published one, each in a campaign."""

    cast: builders.Cast
    private: RecordsRequest
    published: RecordsRequest
    rows: dict[str, Any] = field(default_factory=dict)


def modules() -> list[ModuleType]:
    found = sorted(one.name for one in pkgutil.iter_modules(__path__))
    return [importlib.import_module(f"{__name__}.{name}") for name in found]
