"""What is enclosed with a letter: a document of its request, or a file put with the letter itself."""

import django.db.models.deletion
from django.db import migrations, models

import requests_app.models.ids

TABLE = "requests_app_letterattachment"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0029_archives")]
    operations = [
        migrations.AddField(
            "letterattachment", "document",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests_app.document"),
        ),
        migrations.AddField(
            "letterattachment", "name",
            models.CharField(default="", help_text="As the agency reads it.", max_length=200), preserve_default=False,
        ),
        migrations.AddField(
            "letterattachment", "once",
            models.CharField(
                default=requests_app.models.ids.public_id, max_length=64,
                help_text="Key of the act: the same upload sent twice is one.",
            ),
        ),
        migrations.AddField(
            "letterattachment", "public_id",
            models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True),
        ),
        migrations.AddField("letterattachment", "sha256", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.AddField("letterattachment", "size", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AlterField(
            "letterattachment", "file",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests_app.storedfile"),
        ),
        migrations.AddConstraint(
            "letterattachment", models.UniqueConstraint(fields=("organisation", "once"), name="one_attachment_an_act")
        ),
        migrations.AddConstraint(
            "letterattachment",
            models.UniqueConstraint(
                condition=models.Q(("document__isnull", False), ("taken_off", False)),
                fields=("organisation", "letter", "document"), name="one_attachment_a_letter_document",
            ),
        ),
        migrations.AddConstraint(
            "letterattachment",
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document__isnull", True), ("file__isnull", False)),
                    models.Q(("document__isnull", False), ("file__isnull", True)), _connector="OR",
                ),
                name="attachment_of_one_origin",
            ),
        ),
        # A document of another organization cannot be named, whoever writes.
        migrations.RunSQL(
            f"ALTER TABLE {TABLE} ADD CONSTRAINT letterattachment_document_id_of_its_owner "
            "FOREIGN KEY (document_id, organisation_id) REFERENCES requests_app_document (id, organisation_id) "
            "DEFERRABLE INITIALLY DEFERRED",
            f"ALTER TABLE {TABLE} DROP CONSTRAINT letterattachment_document_id_of_its_owner",
        ),
    ]
