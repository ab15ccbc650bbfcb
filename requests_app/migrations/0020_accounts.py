"""Invitations, sessions and second factors of organizations."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0019_notices_open_nothing_public")]
    operations: list = []
