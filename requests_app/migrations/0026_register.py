"""Exemptions asserted, fees and preservation."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0025_remedies")]
    operations: list = []
