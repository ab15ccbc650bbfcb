"""An organization's own kits: begun as a copy, written in versions. What was ready never changes."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from requests_app.models import Organisation, OrganisationKit, OrganisationKitVersion, Person
from requests_app.models.visibility import Viewer
from requests_app.queries import own_kits as query

from . import audit
from .refusals import NotYours, Refused
from .rights import must_edit

EDITORS_ONLY = "Only an editor or an owner may write kits."
NAME_MAX = 200
DRAFT, READY = OrganisationKitVersion.State.DRAFT, OrganisationKitVersion.State.READY


class NotReady(Refused):
    """The kit has problems; each is a sentence with its line. A draft of it can be kept all the same."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("kit_not_ready", " ".join(problems[:5]), field="text")
        self.problems = problems


def begin(
    *, viewer: Viewer, organisation: Organisation, name: str, copy_from: str, actor: Person, once: str
) -> OrganisationKit:
    """A kit of our own, begun from a built-in one; its first version is a draft. The same `once` finds the first."""
    must_edit(viewer, organisation.pk, EDITORS_ONLY)
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Refused("name_missing", "Give the kit a name.", field="name")
    if len(name) > NAME_MAX:
        raise Refused("name_too_long", f"A name has at most {NAME_MAX} characters.", field="name")
    again = OrganisationKit.objects.filter(organisation=organisation, once=once).first()
    if again is not None:
        return again
    text = query.source_of(copy_from)
    try:
        with transaction.atomic():
            kit = OrganisationKit.objects.create(
                organisation=organisation, name=name, copied_from=copy_from, created_by=actor, once=once
            )
            OrganisationKitVersion.objects.create(
                kit=kit, organisation=organisation, number=1, text=text, made_by=actor
            )
    except IntegrityError as problem:
        if "one_kit_an_act" not in str(problem):
            raise
        return OrganisationKit.objects.get(organisation=organisation, once=once)
    return kit


def save(
    *,
    viewer: Viewer,
    kit: OrganisationKit,
    text: str,
    actor: Person,
    seen: str,
    ready: bool = False,
    name: str = "",
) -> OrganisationKitVersion:
    """Save the draft, or make it the version that letters are written from.

    seen: "number.saves" of the version the form was made from. Upon an older one nothing is overwritten.
    """
    must_edit(viewer, kit.organisation_id, EDITORS_ONLY)
    row = OrganisationKit.objects.select_for_update().filter(pk=kit.pk).first()
    if row is None:
        raise NotYours
    text = text.replace("\x00", "").replace("\r\n", "\n")
    if len(text) > query.LONGEST:
        raise Refused("text_too_long", f"A kit has at most {query.LONGEST:,} characters.", field="text")
    newest = row.versions.order_by("-number").first()
    assert newest is not None
    if newest.text == text and newest.state == READY:
        return newest
    if seen != seen_of(newest):
        raise Refused(
            "stale", "Somebody saved this kit while you were writing. Both versions are below.", status=409
        )
    if ready:
        found = query.problems(text)
        if found:
            raise NotReady(found)
    if name and name != row.name:
        OrganisationKit.objects.filter(pk=row.pk).update(name=name[:NAME_MAX])
    if newest.state == READY:
        # A new version beside the one that letters were written from.
        number = (row.versions.aggregate(top=Max("number"))["top"] or 0) + 1
        newest = OrganisationKitVersion.objects.create(
            kit=row, organisation_id=row.organisation_id, number=number, text=text, made_by=actor
        )
    else:
        OrganisationKitVersion.objects.filter(pk=newest.pk).update(
            text=text, saves=F("saves") + 1, made_by=actor
        )
    if ready:
        # The last change of this row: the database lets nobody touch a version that is ready.
        OrganisationKitVersion.objects.filter(pk=newest.pk, state=DRAFT).update(state=READY)
    newest.refresh_from_db()
    return newest


def retire(*, viewer: Viewer, kit: OrganisationKit, actor: Person, retired: bool = True) -> None:
    """No longer offered. Letters and campaigns that use it go on."""
    must_edit(viewer, kit.organisation_id, EDITORS_ONLY)
    OrganisationKit.objects.filter(pk=kit.pk).update(retired=retired)
    audit.record(
        act="kit.retired" if retired else "kit.restored",
        subject=f"kit {kit.public_id}",
        organisation=kit.organisation,
        actor=actor,
    )


def seen_of(version: OrganisationKitVersion) -> str:
    return f"{version.number}.{version.saves}"
