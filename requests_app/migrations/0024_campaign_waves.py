"""Campaigns: agencies, drafts and waves."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0023_letters")]
    operations: list = []
