"""Who is reminded of what, and when."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0031_members")]
    operations = []
