"""The newest published documents are read in the order of an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0066_center_claims")]

    operations = [
        migrations.AddIndex(
            "document",
            models.Index(
                fields=["-released_at", "-id"],
                condition=models.Q(released_at__isnull=False),
                name="document_newest_out",
            ),
        )
    ]
