"""The owners' page of the audit: narrowed, sealed, downloaded, and kept for as long as they say."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.urls import reverse

from requests_app.actions import audit_seals, shares
from requests_app.actions.audit import record
from requests_app.models import AuditEntry, Organisation, Person
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.accounts.scene import signed_in
from tests.builders import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast: Cast) -> Cast:
    plates = builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title="Plate readers")
    emails = builders.bare_request(cast.olive, cast.harbor, cast.agency, public_title="Chief’s e-mails")
    with viewing_as(cast.olive) as viewer:
        for one in (plates, emails):
            shares.grant(viewer=viewer, subject=one, grantee=cast.prairie, actor=cast.olive)
        record(act="token.made", subject="token x", organisation=cast.harbor, actor=cast.edgar)
    return cast


def page(cast: Cast, person: Person | None = None, **params: str) -> Any:
    where = reverse("organisation-audit", args=[cast.harbor.public_id])
    return signed_in(person or cast.olive).get(where, params)


def acts(cast: Cast, **params: str) -> list[str]:
    return [line["row"].act for line in page(cast, **params).context["page"].object_list]


def table(cast: Cast, **params: str) -> list[list[str]]:
    got = signed_in(cast.olive).get(reverse("organisation-audit-csv", args=[cast.harbor.public_id]), params)
    assert got.status_code == 200
    assert got["Content-Disposition"] == 'attachment; filename="audit.csv"'
    return list(csv.reader(io.StringIO(got.content.decode("utf-8-sig"))))


def test_it_is_narrowed_by_kind_and_by_subject(story: Cast) -> None:
    assert acts(story, kind="share") == ["share.granted", "share.granted"]
    assert acts(story, kind="token") == ["token.made"]
    assert acts(story, subject="plate READERS") == ["share.granted"]
    with viewing_as(story.olive):
        key = AuditEntry.objects.filter(act="share.granted").earliest("pk").subject.split()[1]
    assert acts(story, subject=key) == ["share.granted"]
    assert acts(story, subject="nothing of this name") == []
    assert len(acts(story, kind="no such kind")) == 3


def test_the_words_of_another_organization_find_nothing(story: Cast) -> None:
    builders.bare_request(story.ravi, story.prairie, story.agency, public_title="Prairie alone")
    assert acts(story, subject="Prairie alone") == []


def test_people_stand_in_addresses_by_the_id_of_their_membership(story: Cast) -> None:
    choices = page(story).context["filters"][0]["options"]
    keys = {one["words"]: one["value"] for one in choices}
    assert acts(story, who=keys["Edgar"]) == ["token.made"]
    assert not any(key.isdigit() and int(key) in (story.olive.pk, story.edgar.pk) for key in keys.values())


def test_a_line_says_whether_it_is_sealed(story: Cast) -> None:
    before = page(story)
    assert "Nothing is sealed yet" in before.content.decode()
    assert before.content.decode().count("not sealed yet") == 3
    audit_seals.seal()
    with viewing_as(story.olive):
        record(act="token.revoked", subject="token x", organisation=story.harbor, actor=story.olive)
    after = page(story).content.decode()
    assert "Sealed through <time" in after
    assert after.count("not sealed yet") == 1


def test_the_table_holds_what_the_filters_leave_and_runs_nothing(story: Cast) -> None:
    story.edgar.name = "=HYPERLINK(1)"
    story.edgar.save(update_fields=["name"])
    rows = table(story)
    assert rows[0] == ["at", "who", "what", "act", "subject", "sealed"]
    assert len(rows) == 4
    assert rows[1][1] == "'=HYPERLINK(1)"
    assert [row[3] for row in table(story, kind="share")[1:]] == ["share.granted", "share.granted"]


def test_only_owners_get_the_table(story: Cast) -> None:
    where = reverse("organisation-audit-csv", args=[story.harbor.public_id])
    for person in (story.edgar, story.vera, story.ravi, story.omar):
        assert signed_in(person).get(where).status_code == 404


def test_an_owner_says_how_long_it_is_kept(story: Cast) -> None:
    olive, where = signed_in(story.olive), reverse("organisation-audit", args=[story.harbor.public_id])

    def years() -> int | None:
        with viewing_as(story.olive):
            return Organisation.objects.get(pk=story.harbor.pk).audit_years

    refused = olive.post(where, {"audit_years": "1"})
    assert refused.status_code == 400
    assert b'href="#id_audit_years"' in refused.content
    assert years() is None
    assert olive.post(where, {"audit_years": "7"}).status_code == 302
    assert years() == 7
    assert "chose that the audit is kept for 7 years." in olive.get(where).content.decode()
    assert olive.post(where, {"audit_years": ""}).status_code == 302
    assert years() is None
    assert "chose that the audit is kept for good." in olive.get(where).content.decode()
    assert signed_in(story.edgar).post(where, {"audit_years": "7"}).status_code == 404


def test_programs_of_owners_read_and_set_the_same(story: Cast) -> None:
    olive = signed_in(story.olive)
    here = f"/api/v1/organisations/{story.harbor.public_id}/"
    read = olive.get(f"{here}audit/", {"kind": "share", "subject": "Plate"}).json()
    assert [(one["act"], one["sealed"]) for one in read["items"]] == [("share.granted", False)]
    audit_seals.seal()
    assert olive.get(f"{here}audit/", {"kind": "token"}).json()["items"][0]["sealed"] is True
    changed = olive.patch(here, {"audit_years": 5}, content_type="application/json")
    assert (changed.status_code, changed.json()["audit_years"]) == (200, 5)
    refused = olive.patch(here, {"audit_years": 1}, content_type="application/json")
    assert refused.status_code == 400
    assert "2 to 100 years" in refused.content.decode()


def test_a_page_of_many_lines_asks_no_more_than_one_of_few(
    story: Cast, django_assert_max_num_queries: Any
) -> None:
    with viewing_as(story.olive):
        for _ in range(40):
            record(act="token.made", subject="token x", organisation=story.harbor, actor=story.olive)
    audit_seals.seal()
    olive = signed_in(story.olive)
    with django_assert_max_num_queries(16):
        olive.get(reverse("organisation-audit", args=[story.harbor.public_id]))
