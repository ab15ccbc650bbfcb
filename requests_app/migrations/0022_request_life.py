"""Assignments, notes, tags and numbers of a request."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0021_api_tokens")]
    operations: list = []
