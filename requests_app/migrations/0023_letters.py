"""Kits of an organization, letters and what was sent."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0022_request_life")]
    operations: list = []
