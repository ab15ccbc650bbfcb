"""Who laid and released a hold, and the rows that were given up, for the page of those who run this."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Few of millions: the page and the metrics count them without reading the others.
FAILED = """
CREATE INDEX reminder_failed ON requests_app_reminder (next_at DESC) WHERE state = 'failed';
CREATE INDEX lettersending_failed ON requests_app_lettersending (next_at DESC) WHERE state = 'failed';
"""


def person():
    return models.ForeignKey(
        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0036_webhooks")]
    operations = [
        migrations.AddField("sendinghold", "laid_by", person()),
        migrations.AddField("sendinghold", "released_by", person()),
        migrations.RunSQL(FAILED, "DROP INDEX reminder_failed; DROP INDEX lettersending_failed;"),
    ]
