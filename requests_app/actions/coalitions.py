"""Coalitions: founding one, who belongs to it at which tier, leaving, removing, dissolving.

Who belongs is written by functions of the database alone, which lock in one order, end what was shared in a stay that
ends, and leave a line in the audit of each organization concerned.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from requests_app.models import Coalition, CoalitionMember, Organisation, Person, Tier
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import NotYours, Refused
from .rights import clean, must_own

NAME_MAX, PURPOSE_MAX = 120, 500
COORDINATORS_ONLY = "Only an owner of an organization that coordinates may do this."


def found_coalition(
    *,
    viewer: Viewer,
    organisation: Organisation,
    name: str,
    purpose: str,
    shown_as: str,
    actor: Person,
    is_sample: bool = False,
) -> Coalition:
    """Of one organization, which coordinates it. It shares nothing yet."""
    must_own(viewer, organisation.pk)
    name, purpose = _good_name(name), _good_purpose(purpose)
    shown_as = good_shown_as(shown_as)
    made = called("SELECT app_found_coalition(%s, %s, %s, %s, %s)", organisation.pk, name, purpose, shown_as, is_sample)
    return Coalition.objects.get(pk=made)


def rename(*, viewer: Viewer, coalition: Coalition, name: str, purpose: str, actor: Person) -> Coalition:
    home = coordinating(viewer, coalition)
    name, purpose = _good_name(name), _good_purpose(purpose)
    if (name, purpose) == (coalition.name, coalition.purpose):
        return coalition
    Coalition.objects.select_for_update().get(pk=coalition.pk)
    _nobody_left(coalition)
    Coalition.objects.filter(pk=coalition.pk).update(name=name, purpose=purpose)
    log("coalition.renamed", coalition, home.organisation, actor)
    coalition.name, coalition.purpose = name, purpose
    return coalition


def _nobody_left(coalition: Coalition) -> None:
    """Who has left keeps the page of it with its name; a new one would be told to them as well."""
    back = CoalitionMember.objects.live().filter(coalition=coalition, organisation=OuterRef("organisation"))
    if CoalitionMember.objects.exclude(left_at=None).filter(~Exists(back), coalition=coalition).exists():
        raise Refused(
            "left_reads_it",
            _("An organization has left and still reads the name and the purpose: they stay as they are. "
              "Found another coalition, or use the name of a joint campaign."),
            field="name",
        )  # fmt: skip


def set_own(
    *,
    viewer: Viewer,
    member: CoalitionMember,
    shown_as: str,
    tells_counts: bool,
    tells_collisions: bool,
    actor: Person,
) -> CoalitionMember:
    """What partners read as the organization's name, and what the organization lets be told of it."""
    must_own(viewer, member.organisation_id)
    standing = CoalitionMember.objects.live().filter(pk=member.pk).select_related("organisation", "coalition").first()
    if standing is None:
        raise _over()
    shown_as = good_shown_as(shown_as)
    must_be_free(standing, shown_as)
    before = (standing.tells_counts, standing.tells_collisions)
    CoalitionMember.objects.filter(pk=member.pk).update(
        shown_as=shown_as, tells_counts=tells_counts, tells_collisions=tells_collisions
    )
    if before != (tells_counts, tells_collisions):
        log(
            "coalition.consent", standing.coalition, standing.organisation, actor,
            counts=tells_counts, collisions=tells_collisions,
        )  # fmt: skip
    if shown_as != standing.shown_as:
        log("coalition.shown_as", standing.coalition, standing.organisation, actor)
    standing.shown_as, standing.tells_counts, standing.tells_collisions = shown_as, tells_counts, tells_collisions
    return standing


def set_stay(
    *, viewer: Viewer, member: CoalitionMember, tier: int, coordinates: bool, seen_tier: int | None = None
) -> None:
    """By a coordinator. `seen_tier`: what the page showed; where it is another by now, nothing is changed."""
    coordinating(viewer, member.coalition)
    if tier not in Tier.values:
        raise Refused("tier_unknown", "A tier is observer, member or steering.", field="tier")
    if seen_tier is not None and seen_tier != member.tier:
        was, now = Tier(seen_tier).label, Tier(member.tier).label
        raise Refused(
            "stale",
            f"Somebody changed this tier meanwhile: it was {was} and is {now}. Look again at what would change.",
            field="tier",
            status=409,
        )
    outcome = called("SELECT app_set_stay(%s, %s, %s)", member.pk, tier, coordinates)
    if outcome == "last_coordinator":
        raise Refused(
            "last_coordinator",
            f"{member.shown_as} coordinates alone. Let another organization coordinate first.",
            field="coordinates",
            status=409,
        )
    if outcome != "done":
        raise _over()


def end_stay(*, viewer: Viewer, member: CoalitionMember) -> str:
    """Left, by an owner of its organization; removed, by a coordinator. What was shared in the stay ends with it."""
    if not viewer.may_own(member.organisation_id):
        coordinating(viewer, member.coalition)
    outcome: str = called("SELECT app_end_stay(%s)", member.pk)
    if outcome == "last_coordinator":
        raise Refused(
            "last_coordinator",
            f"{member.shown_as} coordinates alone, and somebody must. Let another organization coordinate first, or "
            "dissolve the coalition.",
            status=409,
        )
    if outcome not in ("left", "removed"):
        raise _over()
    return outcome


def dissolve(*, viewer: Viewer, coalition: Coalition) -> bool:
    """Whether it was this click: of two at the same moment, one dissolves it, and neither is told of an error."""
    mine = CoalitionMember.objects.visible_to(viewer).filter(coalition=coalition, organisation__in=viewer.organisations)
    if not mine.exists():
        raise NotYours
    done = bool(called("SELECT app_dissolve_coalition(%s)", coalition.pk))
    if not done and Coalition.objects.filter(pk=coalition.pk, dissolved_at=None).exists():
        raise Refused("coordinators_only", COORDINATORS_ONLY, status=403)
    return done


def coordinating(viewer: Viewer, coalition: Coalition) -> CoalitionMember:
    """The stay by which the viewer coordinates. A stranger does not learn that there is a coalition."""
    mine = list(
        CoalitionMember.objects.live()
        .visible_to(viewer)
        .filter(coalition=coalition, organisation__in=viewer.organisations)
        .select_related("organisation")
        .order_by("pk")
    )
    if not mine:
        raise NotYours
    for stay in mine:
        if stay.coordinates and viewer.may_own(stay.organisation_id):
            return stay
    raise Refused("coordinators_only", COORDINATORS_ONLY, status=403)


def good_shown_as(given: str) -> str:
    return one_line(
        given, code="shown_as", field="shown_as", most=NAME_MAX, missing="Write the name that partners read."
    )


def must_be_free(member: CoalitionMember, shown_as: str) -> None:
    """Two partners of one name: nobody would know with whom something is shared."""
    others = CoalitionMember.objects.live().filter(coalition=member.coalition_id, shown_as__iexact=shown_as)
    if others.exclude(pk=member.pk).exists():
        raise Refused(
            "shown_as_taken", f"Another partner is called {shown_as} already. Choose another name.", field="shown_as"
        )


def one_line(given: str, **how: Any) -> str:
    return " ".join(clean(given, **how).split())


def called(statement: str, *given: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()[0]


def log(act: str, coalition: Coalition, organisation: Organisation, actor: Person, **detail: Any) -> None:
    audit.record(
        act=act, subject=f"coalition {coalition.public_id}", organisation=organisation, actor=actor, detail=detail
    )


def _good_name(given: str) -> str:
    return one_line(given, code="name", field="name", most=NAME_MAX, missing="Give the coalition a name.")


def _good_purpose(given: str) -> str:
    return clean(given, code="purpose", field="purpose", most=PURPOSE_MAX)


def _over() -> Refused:
    return Refused(
        "stay_over", "This is over already: somebody ended it meanwhile. Nothing was changed.", status=409
    )
