"""The requester of record: profiles of an organization, and what each request keeps of the one that asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Now

from requests_app.laws.registry import library
from requests_app.laws.summary import rows
from requests_app.models import (
    Organisation,
    Person,
    RecordsRequest,
    RequesterProfile,
    RequesterProxy,
    RequestRequester,
)
from requests_app.models.requesters import FeeCategory, RequesterWords, Standing
from requests_app.models.visibility import Viewer

from . import audit
from .refusals import NotYours, Refused
from .rights import must_edit

WORDS = tuple(field.name for field in RequesterWords._meta.get_fields())
NEEDS_ATTESTATION = (FeeCategory.NEWS, FeeCategory.EDUCATION, FeeCategory.SCIENCE)


@dataclass(frozen=True, slots=True)
class Proxy:
    state: str
    standing: str
    name: str
    postal_address: str = ""
    email: str = ""


def states_that_ask() -> dict[str, str]:
    """Law to who may use it, in words: only the laws that not everybody may use."""
    return {row.id: row.who for row in rows(library()) if row.restricted}


def put_profile(
    *,
    viewer: Viewer,
    organisation: Organisation,
    words: Mapping[str, Any],
    proxies: Sequence[Proxy] = (),
    profile: RequesterProfile | None = None,
    seen_version: int | None = None,
    make_default: bool = False,
    actor: Person,
) -> RequesterProfile:
    """A new profile, or a changed one. Requests that went out keep what they said."""
    must_edit(viewer, organisation.pk)
    given = _good_words(words)
    good = [_good_proxy(one) for one in proxies]
    if len({one.state for one in good}) < len(good):
        raise Refused("proxy_twice", "One proxy a state.", field="proxies")
    with transaction.atomic():
        if profile is None:
            row = RequesterProfile.objects.create(organisation=organisation, **given)
            act = "requester.added"
        else:
            row = _locked(viewer, profile)
            if seen_version is not None and seen_version != row.version:
                raise Refused(
                    "stale",
                    "Somebody changed this requester while you were writing. Both versions are shown; choose, and "
                    "save again.",
                    status=409,
                )
            for name, value in given.items():
                setattr(row, name, value)
            row.version += 1
            row.save()
            RequesterProxy.objects.filter(organisation=organisation, profile=row).delete()
            act = "requester.changed"
        RequesterProxy.objects.bulk_create(
            [
                RequesterProxy(
                    organisation=organisation,
                    profile=row,
                    state=one.state,
                    standing=one.standing,
                    name=one.name,
                    postal_address=one.postal_address,
                    email=one.email,
                )
                for one in good
            ]
        )
        others = RequesterProfile.objects.filter(organisation=organisation, retired_at=None, is_default=True)
        if make_default or not others.exists():
            others.exclude(pk=row.pk).update(is_default=False)
            RequesterProfile.objects.filter(pk=row.pk).update(is_default=True)
            row.is_default = True
        _log(act, row, organisation, actor)
    return row


def retire(*, viewer: Viewer, profile: RequesterProfile, actor: Person) -> None:
    """Offered to no new request. The default goes to another one first, if there is one."""
    row = _locked(viewer, profile)
    others = RequesterProfile.objects.filter(organisation=row.organisation, retired_at=None).exclude(
        pk=row.pk
    )
    if row.is_default and others.exists():
        raise Refused(
            "default_requester", "This is the default requester. Make another one the default first."
        )
    RequesterProfile.objects.filter(pk=row.pk).update(retired_at=Now(), is_default=False)
    _log("requester.retired", row, row.organisation, actor)


def default_profile(viewer: Viewer, organisation_id: int) -> RequesterProfile | None:
    return (
        RequesterProfile.objects.visible_to(viewer)
        .filter(organisation_id=organisation_id, is_default=True, retired_at=None)
        .first()
    )


def snapshot(
    *,
    viewer: Viewer,
    records_request: RecordsRequest,
    profile: RequesterProfile | None = None,
    actor: Person,
) -> RequestRequester | None:
    """What this request says of who asks, kept as it is now, with the proxy of its state where the law wants one.

    profile: None takes the default; an organization without any has nothing to keep, and None comes back. A request
    keeps its first: asked again, the kept one is returned.
    """
    organisation_id = records_request.organisation_id
    must_edit(viewer, organisation_id)
    kept = RequestRequester.objects.visible_to(viewer).filter(request=records_request).first()
    if kept is not None:
        return kept
    profile = profile or default_profile(viewer, organisation_id)
    if profile is None:
        return None
    if profile.organisation_id != organisation_id:
        raise NotYours
    proxy = profile.proxies.filter(state=_state_of(records_request.law_id)).first()
    made = RequestRequester(
        organisation_id=organisation_id,
        request=records_request,
        profile=profile,
        taken_by=actor,
        **{name: getattr(profile, name) for name in WORDS},
    )
    if proxy is not None:
        made.proxy_name, made.proxy_standing = proxy.name, proxy.standing
        made.proxy_postal_address, made.proxy_email = proxy.postal_address, proxy.email
    # Two who file in the same second: the first one's stays.
    RequestRequester.objects.bulk_create([made], ignore_conflicts=True)
    return RequestRequester.objects.get(request=records_request)


def _state_of(law_id: str) -> str:
    """us-tn of us-tn and of us-tn-courts: a proxy stands for the state."""
    return "-".join(law_id.split("-")[:2])


def _good_words(words: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for field in RequesterWords._meta.get_fields():
        value = words.get(field.name, "")
        if field.name == "protected":
            given["protected"] = bool(value)
            continue
        value = str(value or "").replace("\x00", "").strip()
        most = field.max_length  # type: ignore[union-attr]
        if most and len(value) > most:
            raise Refused("too_long", f"Write at most {most} characters here.", field=field.name)
        given[field.name] = value
    if not given["name"]:
        raise Refused("name_missing", "Write the name of the person who asks.", field="name")
    given["email"] = _good_email(given["email"], "email")
    if given["fee_category"] not in FeeCategory.values:
        raise Refused("fee_category_unknown", "Choose one of the fee categories.", field="fee_category")
    if given["fee_category"] in NEEDS_ATTESTATION and not given["attestation"]:
        raise Refused(
            "attestation_missing",
            "Say in a sentence why this category holds: agencies ask for it.",
            field="attestation",
        )
    if given["residency"] and given["residency"] not in library().codes:
        raise Refused("residency_unknown", "Choose a state of the list.", field="residency")
    return given


def _good_proxy(one: Proxy) -> Proxy:
    if one.state not in states_that_ask():
        raise Refused("proxy_state", "In this state everybody may ask; no proxy is needed.", field="proxies")
    if one.standing not in Standing.values:
        raise Refused("proxy_standing", "A proxy is a citizen or a resident of the state.", field="proxies")
    if not one.name.strip():
        raise Refused("proxy_name", "Write the name of the proxy.", field="proxies")
    if len(one.name) > 200 or len(one.postal_address) > 1000:
        raise Refused("too_long", "The name or address of the proxy is too long.", field="proxies")
    return Proxy(
        one.state,
        one.standing,
        one.name.strip(),
        one.postal_address.strip(),
        _good_email(one.email.strip(), "proxies"),
    )


def _good_email(given: str, field: str) -> str:
    if given:
        try:
            validate_email(given)
        except ValidationError:
            raise Refused("email_wrong", f"{given!r} is not an e-mail address.", field=field) from None
    return given


def _locked(viewer: Viewer, profile: RequesterProfile) -> RequesterProfile:
    must_edit(viewer, profile.organisation_id)
    row = RequesterProfile.objects.visible_to(viewer).select_for_update(of=("self",)).filter(pk=profile.pk)
    found = row.select_related("organisation").first()
    if found is None:
        raise NotYours
    if found.retired_at is not None:
        raise Refused("requester_retired", "This requester is no longer in use.", status=409)
    return found


def _log(act: str, row: RequesterProfile, organisation: Organisation, actor: Person) -> None:
    audit.record(act=act, subject=f"requester {row.public_id}", organisation=organisation, actor=actor)
