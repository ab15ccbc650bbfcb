"""An organization's own kits: a version that is ready never changes, and what is wrong is named with its line."""

from __future__ import annotations

import pytest
from django.urls import reverse

from requests_app.actions import own_kits
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import OrganisationKit, OrganisationKitVersion
from requests_app.models.visibility import viewing_as
from requests_app.queries import own_kits as query
from tests import builders

from .scene import draft
from .test_drafts import client_of

pytestmark = pytest.mark.django_db


def begun(cast: builders.Cast) -> OrganisationKit:
    with viewing_as(cast.edgar) as viewer:
        return own_kits.begin(
            viewer=viewer, organisation=cast.harbor, name="Our readers", copy_from="plate-readers",
            actor=cast.edgar, once="kit-1",
        )  # fmt: skip


def newest(kit: OrganisationKit) -> OrganisationKitVersion:
    found = kit.versions.order_by("-number").first()
    assert found is not None
    return found


def test_the_same_form_begins_one_kit(cast: builders.Cast) -> None:
    assert begun(cast).pk == begun(cast).pk


def test_an_unknown_merge_field_is_named_with_its_line_and_the_near_one(cast: builders.Cast) -> None:
    kit = begun(cast)
    with viewing_as(cast.edgar) as viewer:
        text = newest(kit).text.replace("{agency}", "{agancy}", 1)
        line = text[: text.index("{agancy}")].count("\n") + 1
        with pytest.raises(own_kits.NotReady) as refused:
            own_kits.save(viewer=viewer, kit=kit, text=text, actor=cast.edgar, seen="1.1", ready=True)
        assert refused.value.problems == [
            f"Line {line}: there is no field {{agancy}}. Did you mean {{agency}}?"
        ]
        kept = own_kits.save(viewer=viewer, kit=kit, text=text, actor=cast.edgar, seen="1.1")
        assert kept.state == "draft"
        assert query.offered(viewer, cast.harbor.pk)[0].own is False


def test_broken_text_is_kept_as_a_draft_and_said_line_by_line(cast: builders.Cast) -> None:
    kit = begun(cast)
    desk, address = client_of(cast.edgar), reverse("own-kit", args=[kit.public_id])
    words = {"name": "Ours", "text": "name: [", "seen": "1.1"}
    refused = desk.post(address, {**words, "step": "ready"})
    assert refused.status_code == 400
    assert "<li>Line " in refused.content.decode()
    assert desk.post(address, {**words, "step": "draft"}).status_code == 302
    assert desk.get(reverse("own-kit-preview", args=[kit.public_id])).status_code == 200


def test_a_ready_version_never_changes_and_a_save_makes_the_next(cast: builders.Cast) -> None:
    kit = begun(cast)
    with viewing_as(cast.edgar) as viewer:
        first = own_kits.save(
            viewer=viewer, kit=kit, text=newest(kit).text, actor=cast.edgar, seen="1.1", ready=True
        )
        assert first.state == "ready"
        # The database itself touches no version that is ready.
        assert OrganisationKitVersion.objects.filter(pk=first.pk).update(text="forged") == 0
        second = own_kits.save(
            viewer=viewer, kit=kit, text=first.text.replace("A8", "A8 "), actor=cast.edgar,
            seen=own_kits.seen_of(first),
        )  # fmt: skip
        assert (second.number, second.state) == (2, "draft")
        assert query.load(viewer, f"own:{kit.public_id}").version == "1"
        assert OrganisationKitVersion.objects.get(pk=first.pk).text == first.text


def test_two_who_save_at_once_see_both_texts(cast: builders.Cast) -> None:
    kit = begun(cast)
    address = reverse("own-kit", args=[kit.public_id])
    words = {"name": "Ours", "seen": "1.1", "step": "draft"}
    assert client_of(cast.olive).post(address, {**words, "text": "olive's"}).status_code == 302
    refused = client_of(cast.edgar).post(address, {**words, "text": "edgar's"})
    assert refused.status_code == 409
    page = refused.content.decode()
    assert "olive&#x27;s" in page
    assert "edgar&#x27;s" in page


def test_readers_and_strangers_write_no_kit(cast: builders.Cast) -> None:
    kit = begun(cast)
    with viewing_as(cast.vera) as viewer, pytest.raises(Refused, match="editor"):
        own_kits.save(viewer=viewer, kit=kit, text="x", actor=cast.vera, seen="1.1")
    with viewing_as(cast.ravi) as viewer, pytest.raises(NotYours):
        own_kits.save(viewer=viewer, kit=kit, text="x", actor=cast.ravi, seen="1.1")


def test_a_letter_in_any_script_prints_and_what_is_missing_is_named(cast: builders.Cast) -> None:
    made = draft(cast, subject="Łódź שלום", body="中文 🌊\nČeština\tΑθήνα\n" + "x" * 400)
    desk = client_of(cast.edgar)
    pdf = desk.get(reverse("letter-pdf", args=[made.public_id]))
    assert pdf.content.startswith(b"%PDF")
    page = desk.get(reverse("letter", args=[made.public_id])).content.decode()
    assert "The typeface of the PDF has no letters for:" in page
    assert "中" in page.split("no letters for:")[1][:200]
