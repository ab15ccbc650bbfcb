"""A campaign is filed in waves: everybody once, what is doubtful held back, and a stop that stops."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from requests_app.actions import letter_sending, waves
from requests_app.actions.refusals import NotYours, Refused
from requests_app.models import (
    Agency,
    AgencyContact,
    AgencyLaw,
    Ask,
    Campaign,
    CampaignAgency,
    Letter,
    Organisation,
    RecordsRequest,
    Wave,
)
from requests_app.models.visibility import viewing_as
from tests import builders
from tests.reminders.scene import Sink, serving

from .test_drafts import client_of

pytestmark = pytest.mark.committed
KIT = "plate-readers"


def campaign_with(cast: builders.Cast, count: int, **fields: Any) -> tuple[Campaign, list[Agency]]:
    """A campaign of Edgar's with one kit and so many agencies, each with an address."""
    agencies = [builders.agency(f"Center {n:03}") for n in range(count)]
    AgencyContact.objects.bulk_create(
        AgencyContact(agency=a, purpose="records", channel="email", value=f"records@{a.slug}.example")
        for a in agencies
    )
    AgencyLaw.objects.bulk_create(AgencyLaw(agency=a, law_id="us-il") for a in agencies)
    with viewing_as(cast.edgar) as viewer:
        campaign = waves.open_campaign(
            viewer=viewer, organisation=cast.harbor, public_title="Plate readers", kits=[KIT], actor=cast.edgar,
            once=fields.get("once", "campaign-1"),
        )  # fmt: skip
        waves.put_agencies(viewer=viewer, campaign=campaign, agencies=agencies)
    return campaign, agencies


def prepared(cast: builders.Cast, campaign: Campaign, once: str = "wave-1", **fields: Any) -> Wave:
    with viewing_as(cast.edgar) as viewer:
        return waves.prepare_wave(
            viewer=viewer, campaign=campaign, actor=cast.edgar, now=timezone.now(), once=once, **fields
        )


def queue(cast: builders.Cast, wave: Wave, *accepted: str) -> waves.Queued:
    with viewing_as(cast.edgar) as viewer:
        return waves.queue_wave(
            viewer=viewer, wave=wave, actor=cast.edgar, now=timezone.now(), accepted=accepted
        )


def letters_of(cast: builders.Cast, wave: Wave) -> list[Letter]:
    with viewing_as(cast.edgar):
        return list(Letter.objects.filter(wave=wave).order_by("agency__name"))


def test_a_wave_writes_each_agency_its_letter_once(cast: builders.Cast) -> None:
    campaign, agencies = campaign_with(cast, 3)
    wave = prepared(cast, campaign)
    assert prepared(cast, campaign).pk == wave.pk
    rows = letters_of(cast, wave)
    assert [row.agency_id for row in rows] == [a.pk for a in agencies]
    assert rows[0].agency.name in rows[0].body
    assert "Illinois Freedom of Information Act" in rows[0].body
    assert rows[0].kit_version
    assert [part[0] for part in rows[0].parts][:2] == ["A1", "A2"]
    with pytest.raises(Refused, match="has a letter already"):
        prepared(cast, campaign, once="wave-2")


def test_waves_follow_each_other_and_ask_nobody_twice(cast: builders.Cast) -> None:
    campaign, agencies = campaign_with(cast, 5)
    first, second = prepared(cast, campaign, "a", most=2), prepared(cast, campaign, "b")
    assert [len(letters_of(cast, wave)) for wave in (first, second)] == [2, 3]
    assert {row.agency_id for wave in (first, second) for row in letters_of(cast, wave)} == {
        a.pk for a in agencies
    }


def test_the_same_form_begins_one_campaign(cast: builders.Cast) -> None:
    first, _ = campaign_with(cast, 1)
    with viewing_as(cast.edgar) as viewer:
        again = waves.open_campaign(
            viewer=viewer, organisation=cast.harbor, public_title="Plate readers", kits=[KIT], actor=cast.edgar,
            once="campaign-1",
        )  # fmt: skip
    assert again.pk == first.pk


def test_a_queued_wave_goes_out_and_every_letter_is_filed_in_the_campaign(
    cast: builders.Cast, mail_server: Any
) -> None:
    campaign, _ = campaign_with(cast, 4)
    wave = prepared(cast, campaign)
    assert queue(cast, wave).queued == 4
    assert queue(cast, wave).queued == 0
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None).sent == 4
    assert sorted(sink.ids.values()) == [1, 1, 1, 1]
    with viewing_as(cast.edgar):
        filed = RecordsRequest.objects.filter(campaign=campaign)
        assert filed.count() == 4
        assert set(filed.values_list("ask__kit", flat=True)) == {KIT}
    page = client_of(cast.vera).get(reverse("campaign-wave", args=[campaign.public_id, 1])).content.decode()
    assert "4 sent by e-mail" in page
    told = client_of(cast.vera).get(reverse("campaign-wave-progress", args=[campaign.public_id, 1])).json()
    assert (told["gone"], told["whole"], told["waiting"]) == (4, 4, 0)


def test_what_has_a_warning_stays_a_draft_until_it_is_ticked(cast: builders.Cast) -> None:
    campaign, agencies = campaign_with(cast, 3)
    AgencyContact.objects.filter(agency=agencies[0]).delete()
    with viewing_as(cast.edgar):
        builders.bare_request(cast.edgar, cast.harbor, agencies[1], ask=_ask(cast, agencies[1]))
    wave = prepared(cast, campaign)
    desk, address = client_of(cast.edgar), reverse("campaign-wave", args=[campaign.public_id, 1])
    page = desk.get(address).content.decode()
    assert "No address of any kind is known for this agency." in page
    assert "Your organization has put this kit to this agency before." in page
    done = queue(cast, wave)
    assert (done.queued, done.left) == (1, {"no_address": 1, "asked_before": 1})
    done = queue(cast, wave, "asked_before", "no_address")
    assert (done.queued, done.left) == (1, {"no_address": 1})


def _ask(cast: builders.Cast, agency: Agency) -> Any:
    return Ask.objects.create(organisation=cast.harbor, agency=agency, kit=KIT)


def test_stop_holds_back_what_is_not_handed_over_and_resume_sends_it(
    cast: builders.Cast, mail_server: Any
) -> None:
    campaign, _ = campaign_with(cast, 5)
    wave = prepared(cast, campaign)
    queue(cast, wave)
    desk, address = client_of(cast.edgar), reverse("campaign-wave", args=[campaign.public_id, 1])
    with serving(Sink()) as sink:
        mail_server(sink.port)
        assert letter_sending.sweep(oracle=None, limit=2).sent == 2
        assert (
            "Stopped. 3 letters stay here."
            in desk.post(address, {"step": "stop"}, follow=True).content.decode()
        )
        assert letter_sending.sweep(oracle=None).sent == 0
        desk.post(address, {"step": "queue"})
        assert letter_sending.sweep(oracle=None).sent == 3
    assert sorted(sink.ids.values()) == [1] * 5


def test_skipped_letters_stay_and_can_come_back(cast: builders.Cast) -> None:
    campaign, _ = campaign_with(cast, 3)
    wave = prepared(cast, campaign)
    desk, address = client_of(cast.edgar), reverse("campaign-wave", args=[campaign.public_id, 1])
    first = letters_of(cast, wave)[0]
    desk.post(address, {"step": "skip", "letter": [first.public_id]})
    assert queue(cast, wave).queued == 2
    desk.post(address, {"step": "unskip", "letter": [first.public_id]})
    assert queue(cast, wave).queued == 1


def test_eighty_previews_take_few_queries(cast: builders.Cast, django_assert_max_num_queries: Any) -> None:
    campaign, _ = campaign_with(cast, 80)
    with django_assert_max_num_queries(24):
        wave = prepared(cast, campaign)
    desk, address = client_of(cast.edgar), reverse("campaign-wave", args=[campaign.public_id, 1])
    with django_assert_max_num_queries(24):
        desk.get(address)
    with django_assert_max_num_queries(20):
        assert queue(cast, wave).queued == 80


def test_the_universe_is_chosen_by_kind_words_and_list(cast: builders.Cast) -> None:
    campaign, agencies = campaign_with(cast, 2)
    with viewing_as(cast.edgar) as viewer:
        waves.take_out(viewer=viewer, campaign=campaign, agencies=[a.pk for a in agencies])
    Organisation.objects.using("owner").filter(pk=cast.harbor.pk).update(is_sample=True)
    desk, address = client_of(cast.edgar), reverse("campaign-plan", args=[campaign.public_id])
    page = desk.post(
        address,
        {"step": "choose", "pasted": f"{agencies[0].name}\nNo such office; x\n{agencies[1].slug}"},
        follow=True,
    ).content.decode()
    assert "2 agencies added." in page
    assert "1 line names no agency we know, or more than one: No such office" in page
    desk.post(address, {"step": "choose", "words": "Sangamon"})
    with viewing_as(cast.edgar):
        assert CampaignAgency.objects.filter(campaign=campaign, agency=cast.agency).exists()
    desk.post(address, {"step": "centers"})
    with viewing_as(cast.edgar):
        assert CampaignAgency.objects.filter(campaign=campaign).count() == 3
    assert desk.post(address, {"step": "choose"}).status_code == 400


def test_an_agency_with_a_letter_is_left_out_and_not_lost(cast: builders.Cast) -> None:
    campaign, agencies = campaign_with(cast, 2)
    prepared(cast, campaign, most=1)
    with viewing_as(cast.edgar) as viewer:
        waves.take_out(viewer=viewer, campaign=campaign, agencies=[a.pk for a in agencies])
        left = CampaignAgency.objects.filter(campaign=campaign)
        assert [(row.agency_id, row.left_out) for row in left] == [(agencies[0].pk, True)]


def test_an_unknown_kit_is_refused_by_name(cast: builders.Cast) -> None:
    campaign, _ = campaign_with(cast, 1)
    with viewing_as(cast.edgar) as viewer, pytest.raises(Refused, match="Did you mean plate-readers"):
        waves.set_kits(viewer=viewer, campaign=campaign, kits=["plate-reader"])


def test_readers_and_strangers_file_nothing(cast: builders.Cast) -> None:
    campaign, _ = campaign_with(cast, 1)
    wave = prepared(cast, campaign)
    with viewing_as(cast.vera) as viewer, pytest.raises(Refused, match="editor"):
        waves.queue_wave(viewer=viewer, wave=wave, actor=cast.vera, now=timezone.now())
    with viewing_as(cast.ravi) as viewer, pytest.raises(NotYours):
        waves.queue_wave(viewer=viewer, wave=wave, actor=cast.ravi, now=timezone.now())
    address = reverse("campaign-wave", args=[campaign.public_id, 1])
    assert client_of(cast.vera).post(address, {"step": "queue"}).status_code == 404
    assert client_of(cast.ravi).get(address).status_code == 404
    assert [row.state for row in letters_of(cast, wave)] == ["draft"]
