"""Public pages that are kept: the same for everybody, and gone with the act that takes something of them back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import brotli
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from requests_app.models import (
    AgencyStatement,
    Campaign,
    CenterClaim,
    Correction,
    Membership,
    Part,
    Person,
    PublicComment,
    RequesterProfile,
    RequesterProxy,
)  # fmt: skip
from requests_app.models.center_claims import FactField
from requests_app.models.publication import Standing, public_standing
from requests_app.models.visibility import viewing_as
from requests_app.web import kept
from tests import builders

from .conftest import Scene
from .test_open_data import LESS

# What is taken back is told at a commit.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "PUBLIC_PAGES_SECONDS", 60)


def queries(client: Client, url: str, **headers: str) -> tuple[int, Any]:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(url, headers=headers)
    return len(asked), answer


def page_of(scene: Scene) -> str:
    return reverse("request", args=[scene.shown.public_id])


def test_a_page_asked_for_twice_is_made_once_and_sets_no_cookie(scene: Scene, client: Client) -> None:
    for name in ("dashboard", "requests", "campaigns", "agencies", "laws", "method", "centers", "corrections"):
        first = client.get(reverse(name))
        n, again = queries(client, reverse(name))
        assert (n, again.status_code, again.content) == (1, 200, first.content), name
        assert not first.cookies, name
        assert again["Cache-Control"] == "no-cache"
        assert again["X-Frame-Options"] == first["X-Frame-Options"]
        assert again["Content-Security-Policy"] == first["Content-Security-Policy"]


def test_a_connection_that_was_cut_costs_no_answer(scene: Scene, client: Client) -> None:
    before = client.get(page_of(scene))
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    again = client.get(page_of(scene))
    assert (again.status_code, again.content) == (200, before.content)


@pytest.mark.parametrize("act", LESS, ids=lambda act: act.__name__)
def test_no_page_outlives_what_is_taken_back(scene: Scene, client: Client, act: Any) -> None:
    scene.document(scene.shown, "reply.pdf", released=True)
    scene.log(scene.shown, "acknowledged")
    before = client.get(page_of(scene))
    assert queries(client, page_of(scene))[0] == 1
    act(scene)
    n, after = queries(client, page_of(scene))
    assert n > 1
    assert before.status_code == 200
    assert after.status_code == (404 if act.__name__ in {"ends", "embargoed"} else 200)


def campaign_renamed(scene: Scene) -> None:
    Campaign.objects.filter(pk=scene.campaign.pk).update(public_title="Another name")


def part_renamed(scene: Scene) -> None:
    Part.objects.filter(request=scene.shown).update(title="Without an address")


def comment_withdrawn(scene: Scene) -> None:
    PublicComment.objects.filter(request=scene.shown).update(withdrawn_at=timezone.now())


def proxy_named(scene: Scene) -> None:
    profile = RequesterProfile.objects.get(organisation=scene.cast.harbor, name="Somebody")
    RequesterProxy.objects.create(
        organisation=scene.cast.harbor, profile=profile, state="us-tn", standing="citizen", name="Quentin Umbrage"
    )


def requester_renamed(scene: Scene) -> None:
    RequesterProfile.objects.filter(organisation=scene.cast.harbor).update(name="Quentin Umbrage")


def member_renamed(scene: Scene) -> None:
    Person.objects.filter(pk=scene.cast.edgar.pk).update(name="Quentin Umbrage")


def published(scene: Scene) -> None:
    builders.publish(scene.cast.olive, scene.hidden)


OTHER = (
    campaign_renamed, part_renamed, comment_withdrawn, proxy_named, requester_renamed, member_renamed, published,
)  # fmt: skip


@pytest.mark.parametrize("act", OTHER, ids=lambda act: act.__name__)
def test_what_else_changes_a_page_at_once(scene: Scene, client: Client, act: Any) -> None:
    with viewing_as(scene.cast.olive):
        Part.objects.create(request=scene.shown, organisation=scene.cast.harbor, label="9", title="Lists", position=9)
        RequesterProfile.objects.create(organisation=scene.cast.harbor, name="Somebody")
        PublicComment.objects.create(request=scene.shown, organisation=scene.cast.harbor, text="Said to all")
    number = public_standing().number
    with viewing_as(scene.cast.olive):
        act(scene)
    assert public_standing().number > number


def test_what_the_public_never_read_moves_nothing(scene: Scene) -> None:
    with viewing_as(scene.cast.olive):
        Part.objects.create(request=scene.hidden, organisation=scene.cast.harbor, label="9", title="Lists", position=9)
    number = public_standing().number
    with viewing_as(scene.cast.olive):
        Part.objects.filter(request=scene.hidden).update(title="Kept to ourselves")
    with viewing_as(scene.cast.ravi):
        RequesterProfile.objects.create(organisation=scene.cast.prairie, name="Nobody")
    assert public_standing().number == number


def test_what_is_published_shows_at_once(scene: Scene, client: Client) -> None:
    assert b"Kept to ourselves" not in client.get(reverse("requests")).content
    builders.publish(scene.cast.olive, scene.hidden)
    assert b"Kept to ourselves" in client.get(reverse("requests")).content


def test_nothing_made_for_a_member_is_kept_and_no_member_reads_a_kept_page(scene: Scene, client: Client) -> None:
    olive = Client()
    olive.force_login(scene.cast.olive, backend=settings.AUTHENTICATION_BACKENDS[0])
    for reader in (olive, client, olive, client):
        page = reader.get(reverse("requests")).content
        assert (b"Kept to ourselves" in page) == (reader is olive)


def test_a_program_is_not_answered_with_what_was_kept(scene: Scene, client: Client) -> None:
    client.get(reverse("laws"))
    assert queries(client, reverse("laws"), Authorization="Bearer nothing")[0] > 1


def test_colors_are_kept_apart_and_odd_ones_are_not_kept_at_all(scene: Scene) -> None:
    dark, odd, plain = Client(), Client(), Client()
    dark.cookies["theme"], odd.cookies["theme"] = "dark", "mauve"
    assert b'data-theme="dark"' in dark.get(reverse("laws")).content
    assert b"data-theme" not in plain.get(reverse("laws")).content
    assert queries(odd, reverse("laws"))[0] == 1


def test_pages_with_a_secret_of_the_reader_are_not_kept(scene: Scene) -> None:
    for name in ("account_login", "report-page"):
        one, two = Client().get(reverse(name)), Client().get(reverse(name))
        assert settings.CSRF_COOKIE_NAME in one.cookies, name
        assert one.content != two.content, name


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [("br", True), ("gzip, deflate, br, zstd", True), ("br;q=0.5", True), ("gzip", False), ("br;q=0", False),
     ("br;q=0.000, gzip", False), ("", False), ("brotli", False)],
)  # fmt: skip
def test_it_is_packed_for_those_who_take_it(scene: Scene, client: Client, accepts: str, packed: bool) -> None:
    plain = client.get(reverse("laws"))
    answer = client.get(reverse("laws"), headers={"Accept-Encoding": accepts})
    assert answer.get("Content-Encoding") == ("br" if packed else None)
    assert (brotli.decompress(answer.content) if packed else answer.content) == plain.content
    assert int(answer["Content-Length"]) == len(answer.content)
    assert {"Accept-Encoding", "Cookie"} <= set(answer["Vary"].split(", "))


def test_who_has_it_is_told_so_until_something_is_taken_back(scene: Scene, client: Client) -> None:
    known = {"If-None-Match": client.get(page_of(scene))["ETag"]}
    assert client.get(page_of(scene), headers=known).status_code == 304
    scene.share_is(revoked_at=timezone.now() - dt.timedelta(days=1))
    assert client.get(page_of(scene), headers=known).status_code == 404


@pytest.mark.parametrize(
    ("ends_in", "gone", "seconds"),
    [(None, 5.0, 60), (3600.0, 5.0, 60), (30.9, 1.0, 29), (1.5, 1.0, 0), (0.5, 3.0, -3)],
)
def test_no_page_is_kept_beyond_the_first_share_that_ends_by_itself(
    ends_in: float | None, gone: float, seconds: int
) -> None:
    assert kept._seconds(Standing(7, ends_in), gone) == seconds


def test_the_end_of_a_share_is_known_before_the_page_is_made(scene: Scene, client: Client) -> None:
    assert public_standing().ends_in is None
    scene.share_is(until_at=timezone.now() + dt.timedelta(minutes=10))
    left = public_standing().ends_in
    assert left is not None and 500 < left <= 600


def test_a_cache_that_lost_everything_costs_one_page(scene: Scene, client: Client) -> None:
    first = client.get(page_of(scene)).content
    cache.clear()
    n, again = queries(client, page_of(scene))
    assert n > 1
    assert again.content[:200] == first[:200]


def test_claims_statements_and_corrections_show_and_go_at_once(scene: Scene) -> None:
    harbor, agency, today = scene.cast.harbor, scene.cast.agency, dt.date(2026, 3, 9)
    seen = [public_standing().number]

    def moved() -> bool:
        seen.append(public_standing().number)
        return seen[-1] > seen[-2]

    with viewing_as(scene.cast.olive):
        claim = CenterClaim.objects.create(
            organisation=harbor, agency=agency, topic=FactField.values[0], value="County", status="documented",
            from_on=today, citation="A letter", page="3",
        )  # fmt: skip
    assert not moved()
    with viewing_as(scene.cast.olive):
        CenterClaim.objects.filter(pk=claim.pk).update(published_at=timezone.now())
    assert moved()
    with viewing_as(scene.cast.olive):
        CenterClaim.objects.filter(pk=claim.pk).update(withdrawn_at=timezone.now(), withdrawn_because="Wrong")
    assert moved()
    with viewing_as(scene.cast.olive):
        said = AgencyStatement.objects.create(
            organisation=harbor, agency=agency, request_key=scene.shown.public_id, text="We answered.",
            sent_by="Counsel", verified="By telephone", received_on=today, once="one",
        )  # fmt: skip
    assert not moved()
    with viewing_as(scene.cast.olive):
        AgencyStatement.objects.filter(pk=said.pk).update(state="published", published_at=timezone.now())
    assert moved()
    with viewing_as(scene.cast.olive):
        Correction.objects.create(
            organisation=harbor, kind="correction", subject_kind="request", subject_key=scene.shown.public_id,
            path=page_of(scene), text="A date was wrong.", on=today,
        )  # fmt: skip
    assert moved()


def test_a_protected_member_who_joins_is_masked_at_once(scene: Scene) -> None:
    number = public_standing().number
    with viewing_as(scene.cast.olive):
        Membership.objects.create(organisation=scene.cast.harbor, person=scene.cast.ravi, role="viewer", protected=True)
    assert public_standing().number > number


