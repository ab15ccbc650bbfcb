"""The sweep plans by ids and dates: what is published is no more its own than what is not, by either wall."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models.functions import Now

from requests_app.models import (
    Campaign,
    Document,
    Event,
    EventCorrespondence,
    FeeBasis,
    Part,
    RecordsRequest,
    RequestCorrespondence,
    Share,
    Withholding,
)
from requests_app.models.visibility import PUBLIC, SCHEDULE, viewing, viewing_as
from tests import builders

pytestmark = pytest.mark.django_db
TABLES = (
    Campaign, RecordsRequest, Event, EventCorrespondence, RequestCorrespondence, Part, Share, Withholding, FeeBasis,
    Document,
)  # fmt: skip


def test_the_sweep_reads_nothing_of_what_is_published(db: Any) -> None:
    cast = builders.cast()
    campaign = builders.campaign(cast.olive, cast.harbor)
    made = builders.bare_request(cast.olive, cast.harbor, cast.agency, campaign=campaign)
    with viewing_as(cast.olive):
        row = builders.event(made, "acknowledged", received_on=made.filed_on)
        EventCorrespondence.objects.create(event=row, request=made, organisation=cast.harbor, text="said")
        belongs = {"request": made, "organisation": cast.harbor}
        Withholding.objects.create(**belongs, event=row, ground="records_law", section="7(1)(c)", once="one")
        FeeBasis.objects.create(**belongs, event=row)
        kept = Document.objects.create(**belongs, title="a.pdf", blob="b1", size=1, sha256="0" * 64)
        Document.objects.filter(pk=kept.pk).update(released_at=Now())
        Part.objects.create(request=made, organisation=cast.harbor, label="A", position=1)
    for subject in (campaign, made):
        builders.publish(cast.olive, subject, correspondence=True, documents=True)
    with viewing(PUBLIC) as viewer:
        assert all(table.objects.exists() for table in TABLES), "there is something to be read"
        assert all(table.objects.visible_to(viewer).exists() for table in TABLES if table is not Share)
    with viewing(SCHEDULE) as viewer:
        by_wall = {table.__name__: table.objects.count() for table in TABLES}
        assert by_wall == {table.__name__: table.objects.visible_to(viewer).count() for table in TABLES}
        assert not any(by_wall.values())
