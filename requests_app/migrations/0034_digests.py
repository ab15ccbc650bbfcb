"""Digests, and the reminders that ride in them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0033_answers")]
    operations = []
