"""Saved views and bulk acts."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0026_register")]
    operations: list = []
