"""Mutants of the policy: each lacks one clause of a function that says who sees what."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models as django_models
from django.db import transaction

from requests_app import models
from requests_app.models import (
    AgencyStatement,
    BreakGlass,
    Campaign,
    CircleMember,
    CoalitionMember,
    Correction,
    Deadline,
    Document,
    Event,
    IdempotencyKey,
    JointRight,
    NoteVersion,
    PartnerComment,
    PrivateComment,
    Proposal,
    ProposalDecision,
    PublicComment,
    PublicReport,
    RecordsRequest,
    RequestCorrespondence,
    RequestNote,
    RequestPrivate,
    StandingSpan,
    visibility,
)
from requests_app.models.requests import InsideQuerySet
from requests_app.models.visibility import ContentQuerySet, Grant, Level, Reach, Viewer, reach_of, with_grants

from .mutants_scene import Scene

NARROWING = ("filter", "exclude", "Q", "Exists")
# Of a queryset: what says who sees a row, or who works on it.
SAYS = (
    "visible_to", "_shared", "for_partners", "for_public", "of_person", "live", "_reached", "editable_by",
    "of_organisation", "doable_by", "of", "offered_by", "followed_by", "within",
)  # fmt: skip


def _within(rows: Any, viewer: Viewer, scene: Scene) -> Any:
    """Of one request for each way in which requests reach the viewer: as the page of a request reads its tables."""
    ways: dict[Any, Any] = {}
    for one in with_grants(RecordsRequest.objects.order_by("pk"), viewer):
        reach = reach_of(viewer, one)
        if reach:
            by = (reach.own, reach.campaign is None, frozenset(reach.grants), frozenset(reach.campaign_grants))
            ways.setdefault(by, reach)
    return rows.filter(
        pk__in=[pk for reach in ways.values() for pk in rows.within(reach).values_list("pk", flat=True)]
    )


# How a table is read, and by whom: the answers are told apart by these.
READ: dict[str, Callable[[Any, Viewer, Scene], Any]] = {
    "visible_to": lambda rows, viewer, scene: rows.visible_to(viewer),
    "editable_by": lambda rows, viewer, scene: rows.editable_by(viewer),
    "of_organisation": lambda rows, viewer, scene: rows.of_organisation(viewer),
    "doable_by": lambda rows, viewer, scene: rows.doable_by(viewer),
    "of": lambda rows, viewer, scene: rows.of(viewer, scene.people["Vera"]),
    "live": lambda rows, viewer, scene: rows.live(),
    "offered_by": lambda rows, viewer, scene: rows.offered_by(viewer),
    "followed_by": lambda rows, viewer, scene: rows.followed_by(viewer),
    "editing": lambda rows, viewer, scene: rows.offered_by(viewer, editing=True),
    "reached": lambda rows, viewer, scene: rows.filter(
        pk__in=[one.pk for one in with_grants(RecordsRequest.objects.all(), viewer) if reach_of(viewer, one)]
    ),
    "at_least": lambda rows, viewer, scene: rows.visible_to(viewer, Level.EVERYTHING),
    "within": _within,
}
# All but what is dear to ask, and told by the others.
WAYS = [way for way in READ if way != "within"]


@dataclass(frozen=True)
class Mutant:
    """home: the class or module whose attribute it takes the place of."""

    name: str
    home: Any
    attribute: str
    made: Any

    @contextmanager
    def at_large(self) -> Iterator[None]:
        before = inspect.getattr_static(self.home, self.attribute)
        if inspect.ismodule(self.home):
            # In its place, for other modules have its name.
            code, before.__code__ = before.__code__, self.made.__code__
            try:
                yield
            finally:
                before.__code__ = code
            return
        setattr(self.home, self.attribute, self.made)
        try:
            yield
        finally:
            setattr(self.home, self.attribute, before)


def mutants() -> list[Mutant]:
    places: list[tuple[Any, str]] = [(Viewer, name) for name in ("organisations", "editable", "owned")]
    places += [(Grant, "shows"), (Reach, "by"), (Reach, "__bool__")]
    found: list[Mutant] = []
    for one in sorted(pkgutil.iter_modules(models.__path__), key=lambda one: one.name):
        module = importlib.import_module(f"{models.__name__}.{one.name}")
        for name, thing in list(vars(module).items()):
            if getattr(thing, "__module__", "") != module.__name__:
                continue
            if inspect.isfunction(thing) and _asks(thing):
                places.append((module, name))
            elif isinstance(thing, type) and issubclass(thing, django_models.QuerySet):
                places += [(thing, told) for told in SAYS if told in vars(thing)]
                found += _lower(thing)
    return found + [mutant for home, name in places for mutant in _without(home, name)]


def _asks(function: Any) -> bool:
    """A function beside the classes that says something of the grants."""
    told = inspect.signature(function).return_annotation
    return told == "Q" or (
        function.__module__ == visibility.__name__ and str(told).startswith(("models.QuerySet", "Reach"))
    )


def _lower(table: Any) -> Iterator[Mutant]:
    """Its rows told at each level below its own."""
    if "level" in vars(table):
        for level in Level:
            if level < table.level:
                yield Mutant(f"{table.__name__}.level is {level.name}", table, "level", level)


def _without(home: Any, name: str) -> Iterator[Mutant]:
    before = inspect.getattr_static(home, name)
    source = before.fget if isinstance(before, property) else before
    tree = ast.parse(textwrap.dedent(inspect.getsource(source))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    # Annotations decide nothing.
    tree.returns = None
    for given in [*tree.args.args, *tree.args.kwonlyargs]:
        given.annotation = None
    where = name if inspect.ismodule(home) else f"{home.__name__}.{name}"
    for place, node in enumerate(ast.walk(tree)):
        for words, change in _changes(node):
            other = copy.deepcopy(tree)
            change(list(ast.walk(other))[place])
            made = _compiled(source, home, other)
            yield Mutant(f"{where}: {words}", home, name, property(made) if source is not before else made)


def _compiled(source: Any, home: Any, tree: ast.FunctionDef) -> Any:
    # Inside a function that names the class, so that `super()` finds it.
    around = ast.parse("def around(__class__):\n    made = None\n    return made").body[0]
    assert isinstance(around, ast.FunctionDef)
    tree.name, tree.decorator_list = "made", []
    around.body[0] = tree
    space: dict[str, Any] = {}
    whole = ast.fix_missing_locations(ast.Module([around], []))
    exec(compile(whole, f"<mutant of {source.__module__}>", "exec"), source.__globals__, space)
    return space["around"](home)


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """What may be taken out at this place."""
    if isinstance(node, ast.Call) and _called(node) in NARROWING:
        last = (
            _called(node) == "Q" and len(node.args) + len(node.keywords) == 1
        )  # an empty Q is no side at all
        for i, keyword in enumerate(() if last else node.keywords):
            yield f"{_short(node)} without {ast.unparse(keyword)}", lambda one, i=i: one.keywords.pop(i)
        for i, given in enumerate(node.args):
            if len(node.args) + len(node.keywords) > 1:
                yield f"{_short(node)} without {_short(given)}", lambda one, i=i: one.args.pop(i)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr | ast.Add):
        for side, gone in (("left", node.right), ("right", node.left)):
            yield (
                f"{_short(node)} without {_short(gone)}",
                lambda one, side=side: _become(one, getattr(one, side)),
            )
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        yield f"without the not of {_short(node)}", lambda one: _become(one, one.operand)
    elif isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            yield (
                f"{ast.unparse(node.test)} is {value}",
                lambda one, value=value: setattr(one, "test", ast.Constant(value)),
            )
    elif isinstance(node, ast.BoolOp):
        for i, gone in enumerate(node.values):
            yield f"{_short(node)} without {_short(gone)}", lambda one, i=i: _shorter(one, i)
    elif isinstance(node, ast.Match):
        for i, case in enumerate(node.cases):
            yield f"without case {ast.unparse(case.pattern)}", lambda one, i=i: one.cases.pop(i)
    elif isinstance(node, ast.AugAssign):
        yield f"without {_short(node)}", lambda one: _become(one, ast.Pass())
    elif isinstance(node, ast.comprehension):
        for i, gone in enumerate(node.ifs):
            yield f"without if {_short(gone)}", lambda one, i=i: one.ifs.pop(i)
    elif isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Tuple):
        for i, gone in enumerate(node.comparators[0].elts):
            yield (
                f"{_short(node)} without {ast.unparse(gone)}",
                lambda one, i=i: one.comparators[0].elts.pop(i),
            )


def _become(node: Any, other: ast.AST) -> None:
    node.__class__, node.__dict__ = other.__class__, other.__dict__


def _shorter(node: Any, i: int) -> None:
    node.values.pop(i)
    if len(node.values) == 1:
        _become(node, node.values[0])


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _short(node: ast.AST) -> str:
    words = " ".join(ast.unparse(node).split())
    return words if len(words) < 100 else words[:70] + "…" + words[-29:]


# Over the rows of its table.

TABLES = [
    one
    for one in apps.get_app_config("requests_app").get_models()
    if hasattr(one._default_manager.all(), "visible_to")
]
# Where many tables lean on one function: those that lean on it in ways of their own.
LEAN: dict[str, tuple[Any, ...]] = {
    "live_shares": (
        RecordsRequest, Campaign, RequestPrivate, RequestCorrespondence, Document, StandingSpan, JointRight,
        PartnerComment, PublicComment,
    ),
    "_offered_by": (Proposal, ProposalDecision), "_granted_to": (RecordsRequest,), "_with_the_grantee": (JointRight,),
    "of_person": (CircleMember, RecordsRequest, JointRight, PrivateComment), "live": (CoalitionMember, RecordsRequest),
    "_privileged": (Document, RequestNote, NoteVersion), "privileged_to": (Document, RequestNote, PrivateComment),
    "organisations": (RecordsRequest,), "editable": (RecordsRequest, IdempotencyKey), "owned": (BreakGlass,),
    "of_the_site": (PublicReport, Correction, AgencyStatement),
}  # fmt: skip


# What the page of a request asks: the tables by which its mutants are told apart.
REACHES: dict[str, tuple[Any, ...]] = {
    "within": (), "__bool__": (), "shows": (RequestPrivate, RequestCorrespondence, Document, Campaign),
    "by": (Event, RequestPrivate, RequestCorrespondence, StandingSpan, RecordsRequest),
    "reach_of": (RequestPrivate, Event, Campaign),
}  # fmt: skip


def _of(table: Any, attribute: str) -> Any:
    return getattr(type(table._default_manager.all()), attribute, None)


class Asked:
    """What the policy as it is answers, kept for each table and way of reading."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.whole: dict[tuple[Any, str], dict[str, Any]] = {}

    def answer(self, table: Any, way: str, viewer: Viewer) -> Any:
        return frozenset(
            READ[way](table._default_manager.all(), viewer, self.scene).values_list("pk", flat=True)
        )

    def answers(self, table: Any, way: str) -> dict[str, Any]:
        if (table, way) not in self.whole:
            self.whole[table, way] = {
                name: self.answer(table, way, viewer) for name, viewer in self.scene.viewers.items()
            }
        return self.whole[table, way]

    def concerned(self, mutant: Mutant) -> list[tuple[Any, str]]:
        tables = [
            one
            for one in TABLES
            if _of(one, mutant.attribute) is getattr(mutant.home, mutant.attribute, mutant)
        ]
        if mutant.attribute in ("_shared", "_reached", "for_partners", "for_public", "level"):
            tables = [one for one in TABLES if isinstance(one._default_manager.all(), mutant.home)]
        own = mutant.attribute in READ and mutant.attribute != "visible_to"
        pairs = [(one, way) for one in tables for way in ([mutant.attribute] if own else WAYS)]
        pairs = [(one, way) for one, way in pairs if _of(one, way) is not None]
        pairs.sort(key=lambda pair: pair[1] != "visible_to")
        lean = [(one, "visible_to") for one in LEAN.get(mutant.attribute, ())]
        if mutant.attribute in REACHES:
            asked = REACHES[mutant.attribute] if mutant.home is not ContentQuerySet else REACHES["by"]
            within = [(one, "within") for one in asked or tables]
            return [*within, (RecordsRequest, "reached")]
        lean += [(one, "at_least") for one in tables if isinstance(one._default_manager.all(), InsideQuerySet)]
        if mutant.home is ContentQuerySet:
            lean = [(one, "visible_to") for one in (RecordsRequest, Event, Deadline, Document, StandingSpan)]
            lean.append((RecordsRequest, "at_least"))
        lean += [(one, "doable_by") for one in LEAN.get(mutant.attribute, ()) if one is JointRight]
        lean += [(Proposal, "editing"), (Proposal, "offered_by")] * (mutant.attribute == "_offered_by")
        lean += [(one, way) for one, way in ((RecordsRequest, "reached"), (Campaign, "within"))
                 if mutant.attribute == "with_grants"]
        lean += [(RecordsRequest, "editable_by")] * (mutant.attribute == "editable")
        return list(dict.fromkeys([*lean, *pairs[:8]]))

    def tells(self, mutant: Mutant) -> str | None:
        """Where the mutant answers otherwise; None: nowhere."""
        for table, way in self.concerned(mutant):
            whole = self.answers(table, way)
            try:
                with mutant.at_large(), transaction.atomic():
                    for name, viewer in self.scene.viewers.items():
                        if self.answer(table, way, viewer) != whole[name]:
                            return f"{table.__name__}.{way} for {name}"
            except Exception as problem:
                # Whatever it breaks, it is seen.
                return f"{type(problem).__name__} in {table.__name__}.{way}"
        return None
