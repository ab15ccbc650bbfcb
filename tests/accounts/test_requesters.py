"""The requester of record: what an organization says of who asks, and what each request keeps of it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.urls import reverse

from requests_app.actions import requesters
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import RequesterProfile, RequestRequester
from requests_app.models.visibility import PUBLIC, viewing, viewing_as
from tests import builders
from tests.builders import Cast

from .scene import signed_in

pytestmark = pytest.mark.django_db
WORDS = {
    "name": "Olive Ocean", "signs_as": "Harbor Rights Clinic", "postal_address": "1 Pier\nHarbor",
    "email": "olive@harbor.example", "residency": "us-il", "fee_category": "news_media",
    "attestation": "We publish what we get.",
}  # fmt: skip


def profile(cast: Cast, **changes: object) -> RequesterProfile:
    with viewing_as(cast.olive) as viewer:
        return requesters.put_profile(
            viewer=viewer, organisation=cast.harbor, words=WORDS | changes, actor=cast.olive
        )


def test_an_editor_adds_one_by_the_page_and_the_first_is_the_default(cast: Cast) -> None:
    page = reverse("requester-new", args=[cast.harbor.public_id])
    edgar = signed_in(cast.edgar)
    given = WORDS | {"us-tn-name": "Tess Citizen", "us-tn-standing": "citizen"}
    assert edgar.post(page, given).status_code == 303
    with viewing_as(cast.edgar) as viewer:
        made = requesters.default_profile(viewer, cast.harbor.pk)
        assert made is not None and made.name == "Olive Ocean"
        assert [(one.state, one.name) for one in made.proxies.all()] == [("us-tn", "Tess Citizen")]
    assert (
        b"Tess Citizen"
        in edgar.get(reverse("requester", args=[cast.harbor.public_id, made.public_id])).content
    )
    assert signed_in(cast.vera).post(page, given).status_code == 404
    assert (
        b"Olive Ocean"
        in signed_in(cast.vera).get(reverse("requesters", args=[cast.harbor.public_id])).content
    )


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": " "}, "name", "name_missing"),
        ({"name": "x" * 3000}, "name", "too_long"),
        ({"email": "no"}, "email", "email_wrong"),
        ({"fee_category": "free"}, "fee_category", "fee_category_unknown"),
        ({"attestation": ""}, "attestation", "attestation_missing"),
        ({"residency": "us-zz"}, "residency", "residency_unknown"),
    ],
)
def test_bad_words_are_refused_by_name(cast: Cast, change: dict[str, str], field: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        profile(cast, **change)
    assert (refused.value.field, refused.value.code) == (field, code)
    page = reverse("requester-new", args=[cast.harbor.public_id])
    answer = signed_in(cast.edgar).post(page, WORDS | change | {"phone": "555 0100"})
    assert answer.status_code == 400 and b"555 0100" in answer.content, "nothing typed is lost"


def test_a_proxy_is_for_a_state_that_asks_for_one(cast: Cast) -> None:
    for proxy, code in (
        (requesters.Proxy("us-il", "citizen", "X"), "proxy_state"),
        (requesters.Proxy("us-tn", "neighbor", "X"), "proxy_standing"),
        (requesters.Proxy("us-tn", "citizen", " "), "proxy_name"),
    ):
        with viewing_as(cast.olive) as viewer, pytest.raises(Refused) as refused:
            requesters.put_profile(
                viewer=viewer, organisation=cast.harbor, words=WORDS, proxies=[proxy], actor=cast.olive
            )
        assert refused.value.code == code


def test_two_who_change_it_at_once_see_both_versions(cast: Cast) -> None:
    made = profile(cast)
    page = reverse("requester", args=[cast.harbor.public_id, made.public_id])
    edgar, olive = signed_in(cast.edgar), signed_in(cast.olive)
    seen = edgar.get(page).context["form"].initial["seen_version"]
    assert olive.post(page, WORDS | {"phone": "555 0111", "seen_version": seen}).status_code == 303
    stale = edgar.post(page, WORDS | {"phone": "555 0122", "seen_version": seen})
    assert stale.status_code == 409
    assert b"555 0111" in stale.content and b"555 0122" in stale.content
    again = stale.context["form"].data["seen_version"]
    assert edgar.post(page, WORDS | {"phone": "555 0122", "seen_version": again}).status_code == 303
    with viewing_as(cast.olive):
        made.refresh_from_db()
        assert (made.phone, made.version) == ("555 0122", 3)


def test_there_is_one_default_and_it_is_not_taken_out_of_use(cast: Cast) -> None:
    first = profile(cast)
    with viewing_as(cast.olive) as viewer:
        second = requesters.put_profile(
            viewer=viewer, organisation=cast.harbor, words=WORDS, make_default=True, actor=cast.olive
        )
        with pytest.raises(Refused) as refused:
            requesters.retire(viewer=viewer, profile=second, actor=cast.olive)
        assert refused.value.code == "default_requester"
        requesters.retire(viewer=viewer, profile=first, actor=cast.olive)
        assert requesters.default_profile(viewer, cast.harbor.pk) == second
        with pytest.raises(DatabaseError), transaction.atomic():
            RequesterProfile.objects.create(organisation=cast.harbor, name="X", is_default=True)


def test_a_request_keeps_what_it_said_with_the_proxy_of_its_state(cast: Cast) -> None:
    tennessee = builders.agency("Tennessee Center", law="us-tn", zone="America/Chicago")
    request = builders.bare_request(cast.olive, cast.harbor, tennessee)
    with viewing_as(cast.olive) as viewer:
        assert requesters.snapshot(viewer=viewer, records_request=request, actor=cast.olive) is None
        made = requesters.put_profile(
            viewer=viewer, organisation=cast.harbor, words=WORDS, actor=cast.olive,
            proxies=[requesters.Proxy("us-tn", "citizen", "Tess Citizen")],
        )  # fmt: skip
        kept = requesters.snapshot(viewer=viewer, records_request=request, actor=cast.olive)
        assert kept is not None and (kept.name, kept.proxy_name) == ("Olive Ocean", "Tess Citizen")
        requesters.put_profile(
            viewer=viewer, organisation=cast.harbor, words=WORDS | {"name": "Somebody Else"}, profile=made,
            actor=cast.olive,
        )  # fmt: skip
        again = requesters.snapshot(viewer=viewer, records_request=request, actor=cast.olive)
        assert again == kept and again.name == "Olive Ocean"


def test_nobody_else_reads_or_writes_one_past_either_wall(cast: Cast) -> None:
    made = profile(cast)
    request = builders.bare_request(cast.olive, cast.harbor, cast.agency)
    builders.publish(cast.olive, request)
    builders.share_with(cast.olive, request, cast.prairie, everything=True)
    with viewing_as(cast.olive) as viewer:
        requesters.snapshot(viewer=viewer, records_request=request, profile=made, actor=cast.olive)
    for person in (cast.ravi, cast.noor, cast.omar):
        with viewing_as(person) as viewer:
            assert not RequesterProfile.objects.exists() and not RequestRequester.objects.exists()
            with pytest.raises(NotYours):
                requesters.snapshot(viewer=viewer, records_request=request, actor=person)
        with viewing_as(cast.olive):  # the database would show it; the queryset does not
            assert not RequestRequester.objects.visible_to(viewer).exists()
    with viewing(PUBLIC):
        assert not RequestRequester.objects.exists()
    with viewing_as(cast.vera) as viewer, pytest.raises(Refused) as refused:
        requesters.snapshot(viewer=viewer, records_request=request, actor=cast.vera)
    assert refused.value.code == "editors_only"


def test_a_request_of_another_organization_takes_no_profile_of_ours(cast: Cast) -> None:
    made = profile(cast)
    theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    with viewing_as(cast.ravi) as viewer, pytest.raises(NotYours):
        requesters.snapshot(viewer=viewer, records_request=theirs, profile=made, actor=cast.ravi)
