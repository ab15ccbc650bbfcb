"""Tokens for programs and the keys of their acts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0020_accounts")]
    operations: list = []
