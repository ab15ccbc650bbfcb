"""Memberships get an address of their own; those that are there draw theirs from the column's default."""

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models
from django.db.models.functions import Cast, Replace, Substr

import requests_app.models.ids


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0030_demands_out_of_sight")]
    operations = [
        # The default is volatile: PostgreSQL draws it once a row, so that no two are alike.
        migrations.AddField(
            "membership", "public_id",
            models.CharField(
                db_default=Substr(
                    Replace(Cast(RandomUUID(), models.CharField()), models.Value("-"), models.Value("")), 1, 12
                ),
                default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True,
            ),
        ),
    ]
