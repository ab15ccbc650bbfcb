"""Feeds read the newest public steps first, and few of them: by an index, not over the whole ledger."""

from django.db import migrations, models

KINDS = (
    "sent", "acknowledged", "transferred", "extension_noticed", "date_promised", "ruling_requested", "ruling_issued",
    "determined", "produced", "appeal_filed", "appeal_decided", "review_filed", "review_decided", "sued", "ordered",
    "suit_decided", "remanded", "records_destroyed", "agency_closed", "agency_reopened", "withdrawn",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0063_privileged_items")]
    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind__in", KINDS)), fields=["recorded_at", "uid"], name="event_news"
            ),
        )
    ]
