"""Calendar feeds, each with a secret of its own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0034_digests")]
    operations = []
