"""The list at work: views under a name, and acts on many requests that can be taken back."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from requests_app.actions import bulk, saved_views
from requests_app.actions.correspondence import record_event
from requests_app.actions.filing import file_request
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    AuditEntry,
    BulkAct,
    Person,
    RecordsRequest,
    RequestPrivate,
    RequestTag,
    SavedView,
)
from requests_app.models.visibility import viewing_as
from tests import builders

from .conftest import NOW, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(cast: builders.Cast) -> list[RecordsRequest]:
    return [
        builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title=f"Lists {n}")
        for n in range(3)
    ]


def act(
    cast: builders.Cast, rows: list[RecordsRequest], who: Person, once: str = "o1", **wanted: Any
) -> BulkAct:
    with viewing_as(who) as viewer:
        return bulk.act(
            viewer=viewer,
            organisation=cast.harbor,
            ids=[row.pk for row in rows],
            wanted=bulk.Wanted(**wanted),
            actor=who,
            once=once,
            now=NOW,
        )


def undo(made: BulkAct, who: Person) -> list[Any]:
    with viewing_as(who) as viewer:
        return bulk.undo(viewer=viewer, bulk=made, actor=who, now=NOW)


def assignees(cast: builders.Cast) -> list[int | None]:
    with viewing_as(cast.olive):
        return list(RequestPrivate.objects.order_by("pk").values_list("assignee", flat=True))


def test_many_are_assigned_at_once_and_put_back_as_they_were(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    with viewing_as(cast.olive):
        RequestPrivate.objects.filter(pk=three[0].pk).update(assignee=cast.vera)
    made = act(cast, three, cast.edgar, kind="assign", person=cast.olive.pk)
    assert (made.done, made.skipped) == (3, 0)
    assert assignees(cast) == [cast.olive.pk] * 3
    assert undo(made, cast.edgar) == []
    assert assignees(cast) == [cast.vera.pk, None, None]


def test_undoing_leaves_and_names_what_somebody_changed_since(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    first = act(cast, three, cast.edgar, kind="assign", person=cast.olive.pk)
    act(cast, three[:1], cast.olive, once="o2", kind="assign", person=cast.vera.pk)
    (left,) = undo(first, cast.edgar)
    assert (left.request_id, left.left) == (three[0].pk, "Somebody changed its people or titles since.")
    assert assignees(cast) == [cast.vera.pk, None, None]
    assert [item.pk for item in undo(first, cast.edgar)] == [left.pk]


def test_the_second_click_acts_once(cast: builders.Cast, three: list[RecordsRequest]) -> None:
    first = act(cast, three, cast.edgar, kind="tag", tag="urgent")
    assert act(cast, three, cast.edgar, kind="tag", tag="urgent").pk == first.pk
    with viewing_as(cast.olive):
        assert RequestTag.objects.count() == 3
        assert BulkAct.objects.count() == 1


def test_a_tag_that_was_there_is_skipped_and_stays_when_the_act_is_undone(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    act(cast, three[:1], cast.edgar, kind="tag", tag="urgent")
    made = act(cast, three, cast.edgar, once="o2", kind="tag", tag="URGENT")
    assert (made.done, made.skipped) == (2, 1)
    undo(made, cast.edgar)
    with viewing_as(cast.olive):
        assert [row.request_id for row in RequestTag.objects.all()] == [three[0].pk]


def test_only_an_owner_puts_requests_into_a_campaign_that_others_read(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    campaign = builders.campaign(cast.olive, cast.harbor)
    builders.publish(cast.olive, campaign)
    with pytest.raises(Refused) as refused:
        act(cast, three, cast.edgar, kind="campaign", campaign=campaign.public_id)
    assert refused.value.code == "owners_only"
    made = act(cast, three, cast.olive, kind="campaign", campaign=campaign.public_id)
    with viewing_as(cast.ravi) as viewer:
        assert RecordsRequest.objects.visible_to(viewer).count() == 0, "nobody looked through them for the public"
    with viewing_as(cast.olive):
        assert RecordsRequest.objects.filter(campaign=campaign, held_back=True).count() == 3
    undo(made, cast.olive)
    with viewing_as(cast.olive):
        assert not RecordsRequest.objects.filter(held_back=True).exists()


def test_requests_join_a_campaign_that_partners_read_and_are_read_with_it(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    campaign = builders.campaign(cast.olive, cast.harbor)
    builders.share_with(cast.olive, campaign, cast.prairie)
    made = act(cast, three, cast.olive, kind="campaign", campaign=campaign.public_id)
    with viewing_as(cast.ravi) as viewer:
        assert RecordsRequest.objects.visible_to(viewer).count() == 3
    undo(made, cast.olive)
    with viewing_as(cast.ravi) as viewer:
        assert RecordsRequest.objects.visible_to(viewer).count() == 0


def test_holding_back_is_an_owners_and_stands_in_the_audit(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    with pytest.raises(Refused):
        act(cast, three, cast.edgar, kind="hold", held=True)
    act(cast, three, cast.olive, kind="hold", held=True)
    with viewing_as(cast.olive):
        assert RecordsRequest.objects.filter(held_back=True).count() == 3
        assert AuditEntry.objects.filter(act="requests.hold").count() == 1
        assert AuditEntry.objects.filter(act="request.held_back").count() == 3


def test_closing_leaves_a_request_with_an_open_window_alone_and_names_it(cast: builders.Cast) -> None:
    rows = []
    with viewing_as(cast.olive) as viewer:
        for n in range(2):
            rows.append(
                file_request(
                    viewer=viewer,
                    organisation=cast.harbor,
                    agency=cast.agency,
                    law_id="us-il",
                    public_title=f"Lists {n}",
                    sent_on=dt.date(2026, 3, 2 + 7 * n),
                    channel="email",
                    actor=cast.olive,
                    once=f"f{n}",
                    today=dt.date(2026, 3, 9),
                )
            )
        record_event(
            viewer=viewer,
            records_request=rows[0],
            kind="determined",
            outcome="denied",
            actor=cast.olive,
            once="d",
            today=dt.date(2026, 3, 9),
            dated_on=dt.date(2026, 3, 6),
            received_on=dt.date(2026, 3, 6),
        )
    made = act(cast, rows, cast.edgar, kind="close", reason="The campaign is over.")
    with viewing_as(cast.olive):
        (skipped,) = made.items.exclude(skipped="")
        assert skipped.request_id == rows[0].pk
        assert "still open" in skipped.skipped
        assert list(rows[1].events.order_by("pk").values_list("kind", flat=True))[-1] == "closed"
    assert undo(made, cast.edgar) == []
    with viewing_as(cast.olive):
        assert list(rows[1].events.order_by("pk").values_list("kind", flat=True))[-1] == "retracted"


def test_a_strangers_request_among_the_chosen_ends_the_whole_act(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    theirs = builders.bare_request(cast.ravi, cast.prairie, cast.agency)
    with pytest.raises(NotYours):
        act(cast, [*three, theirs], cast.olive, kind="tag", tag="x")
    with pytest.raises(Refused):
        act(cast, three, cast.vera, kind="tag", tag="x")
    with viewing_as(cast.olive):
        assert not RequestTag.objects.exists()


def test_the_page_looks_first_writes_on_the_second_button_and_undoes(
    cast: builders.Cast, three: list[RecordsRequest], as_of: None
) -> None:
    client = signed_in(cast.edgar)
    page = client.get("/requests/?q=lists").content.decode()
    assert page.count('name="pick"') == 3
    given = {"act": "tag", "pick": [row.public_id for row in three[:2]], "filter": "q=lists"}
    assert client.post(reverse("requests-bulk"), given).status_code == 200
    look = client.post(reverse("requests-bulk"), {**given, "step": "look", "tag": "urgent"})
    assert "2 requests will change" in look.content.decode()
    with viewing_as(cast.olive):
        assert not RequestTag.objects.exists()
    done = client.post(reverse("requests-bulk"), {**given, "step": "save", "tag": "urgent", "once": "p1"})
    assert done.status_code == 302
    assert "2 requests were changed" in client.get(done.headers["Location"]).content.decode()
    assert "Undone" in client.post(done.headers["Location"], follow=True).content.decode()
    with viewing_as(cast.olive):
        assert not RequestTag.objects.exists()


def test_all_that_match_is_asked_anew_and_refused_when_others_match_meanwhile(
    cast: builders.Cast, three: list[RecordsRequest], as_of: None
) -> None:
    client = signed_in(cast.edgar)
    given = {"act": "tag", "all": "1", "filter": "q=lists", "tag": "urgent", "step": "save", "once": "a1"}
    stale = client.post(reverse("requests-bulk"), {**given, "seen": "2"})
    assert (stale.status_code, "Meanwhile other requests match" in stale.content.decode()) == (409, True)
    assert client.post(reverse("requests-bulk"), {**given, "seen": "3"}).status_code == 302
    with viewing_as(cast.olive):
        made = BulkAct.objects.get()
        assert (made.done, made.query) == (3, "q=lists")


@pytest.mark.parametrize(
    "given",
    [
        {"act": "nonsense", "pick": "x"},
        {"act": "tag"},
        {"act": "tag", "pick": "zzzzzzzzzzzz", "step": "save", "tag": "x", "once": "n"},
        {"act": "hold", "pick": "x"},
    ],
)
def test_a_form_without_an_act_or_rows_goes_back_with_a_sentence(
    cast: builders.Cast, three: list[RecordsRequest], given: dict[str, str]
) -> None:
    answer = signed_in(cast.edgar).post(reverse("requests-bulk"), given, follow=True)
    assert answer.status_code == 200
    assert "Choose" in answer.content.decode()


def test_an_empty_tag_is_refused_beside_its_field_and_loses_nothing(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    given = {"act": "tag", "pick": [row.public_id for row in three], "step": "look", "tag": " \x00"}
    answer = signed_in(cast.edgar).post(reverse("requests-bulk"), given)
    page = answer.content.decode()
    assert (answer.status_code, "Say which tag" in page, page.count('name="pick"')) == (400, True, 3)


# Views ----------------------------------------------------------------------------------------------


def keep(cast: builders.Cast, who: Person, name: str, query: str = "late=1", **more: Any) -> SavedView:
    with viewing_as(who) as viewer:
        return saved_views.save_view(
            viewer=viewer, organisation=cast.harbor, actor=who, name=name, query=query, **more
        )


def test_a_view_is_ones_own_until_it_is_shared(cast: builders.Cast) -> None:
    view = keep(cast, cast.edgar, "Late ones")
    page = reverse("requests") + "?view=all"
    assert "Late ones" in signed_in(cast.edgar).get(page).content.decode()
    assert "Late ones" not in signed_in(cast.olive).get(page).content.decode()
    with viewing_as(cast.olive):
        assert not SavedView.objects.exists()
    with viewing_as(cast.edgar) as viewer:
        saved_views.share_view(viewer=viewer, view=view, actor=cast.edgar, shared=True)
    assert "Late ones" in signed_in(cast.vera).get(page).content.decode()
    assert "Late ones" not in signed_in(cast.ravi).get(page).content.decode()


def test_a_viewer_keeps_views_and_shares_none(cast: builders.Cast) -> None:
    keep(cast, cast.vera, "Mine")
    with pytest.raises(Refused) as refused:
        keep(cast, cast.vera, "Ours", shared=True)
    assert refused.value.code == "editors_only"


def test_the_bare_list_opens_with_the_default_view_and_all_stays_in_reach(cast: builders.Cast) -> None:
    keep(cast, cast.edgar, "Late ones", is_default=True)
    client = signed_in(cast.edgar)
    assert client.get("/requests/").headers["Location"].endswith("late=1")
    assert client.get("/requests/?view=all").status_code == 200
    assert signed_in(cast.olive).get("/requests/").status_code == 200


def test_the_same_name_changes_the_view_and_page_numbers_are_no_part_of_it(cast: builders.Cast) -> None:
    first = keep(cast, cast.edgar, "Late ones", "late=1&page=3")
    again = keep(cast, cast.edgar, "LATE ONES", "?stage=sent&late=1", is_default=True)
    assert (again.pk, first.query, again.query) == (first.pk, "late=1", "late=1&stage=sent")


def test_views_are_put_in_order_and_given_up_by_their_person_alone(cast: builders.Cast) -> None:
    for name in ("A", "B", "C"):
        view = keep(cast, cast.edgar, name, shared=True)
    client = signed_in(cast.edgar)
    client.post(reverse("request-views"), {"step": "up", "view": view.public_id})
    with viewing_as(cast.edgar):
        assert list(SavedView.objects.order_by("position").values_list("name", flat=True)) == ["A", "C", "B"]
    assert (
        signed_in(cast.olive)
        .post(reverse("request-views"), {"step": "drop", "view": view.public_id})
        .status_code
        == 404
    )
    client.post(reverse("request-views"), {"step": "drop", "view": view.public_id})
    with viewing_as(cast.edgar):
        assert not SavedView.objects.filter(pk=view.pk).exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_view_without_a_fitting_name_is_refused_and_keeps_its_filters(
    cast: builders.Cast, name: str
) -> None:
    answer = signed_in(cast.edgar).post(
        reverse("request-views"), {"step": "save", "name": name, "query": "late=1"}
    )
    assert answer.status_code == 400
    assert 'value="late=1"' in answer.content.decode()


def test_the_list_filters_by_person_and_tag_for_members_and_tells_others_nothing(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    act(cast, three[:1], cast.edgar, kind="assign", person=cast.vera.pk)
    act(cast, three[:2], cast.edgar, once="o2", kind="tag", tag="urgent")
    with viewing_as(cast.olive):
        tag = RequestTag.objects.first().tag.public_id
    client = signed_in(cast.vera)
    for asked, n in (
        (f"assignee={cast.vera.pk}", 1),
        ("assignee=me", 1),
        ("assignee=nobody", 2),
        (f"tag={tag}", 2),
    ):
        assert client.get(f"/requests/?{asked}").content.decode().count('class="q sub"') == n, asked
    for row in three:
        builders.publish(cast.olive, row)
    for asked in (f"assignee={cast.vera.pk}", "assignee=nobody", f"tag={tag}", "withheld=1"):
        assert 'class="q sub"' not in signed_in(cast.ravi).get(f"/requests/?{asked}").content.decode(), asked


def test_the_table_to_take_away_holds_what_the_list_shows(
    cast: builders.Cast, three: list[RecordsRequest]
) -> None:
    builders.publish(cast.olive, three[0])
    ours = signed_in(cast.vera).get(reverse("requests-csv") + "?q=lists").content.decode()
    theirs = signed_in(cast.ravi).get(reverse("requests-csv") + "?q=lists").content.decode()
    assert (len(ours.splitlines()), len(theirs.splitlines())) == (4, 2)


@pytest.mark.committed
def test_two_clicks_at_once_are_one_act(cast: builders.Cast, three: list[RecordsRequest]) -> None:
    made: list[int] = []
    failed: list[BaseException] = []

    def click() -> None:
        try:
            made.append(act(cast, three, cast.edgar, kind="tag", tag="urgent").pk)
        except BaseException as problem:
            failed.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(made) == 2 and len(set(made)) == 1
