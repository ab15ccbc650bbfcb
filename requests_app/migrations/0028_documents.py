"""Documents received."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0027_desk")]
    operations: list = []
