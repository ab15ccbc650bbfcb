"""Outgoing webhooks and their deliveries."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0035_feeds")]
    operations = []
