"""Who laid and released a hold; and the few rows of millions that a sweep or the staff's page asks for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# failed: what was given up. held: what a worker holds or nobody knows about. tried: what waits for another try.
FEW = {
    "failed": "(next_at DESC) WHERE state = 'failed'",
    "held": "(state, id) WHERE state IN ('claimed', 'unknown')",
    "tried": "(claimed_at) WHERE state = 'planned' AND claimed_at IS NOT NULL",
}
TABLES = ("reminder", "lettersending")
ADD = [f"CREATE INDEX {t}_{name} ON requests_app_{t} {what}" for t in TABLES for name, what in FEW.items()]
DROP = [f"DROP INDEX {t}_{name}" for t in TABLES for name in FEW]


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
        migrations.RunSQL(";".join(ADD), ";".join(DROP)),
    ]
