"""Memberships get an address of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0030_letter_attachments")]
    operations = []
