"""What an import remembers, and full exports."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0028_documents")]
    operations: list = []
