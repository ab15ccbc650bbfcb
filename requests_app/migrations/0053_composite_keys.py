"""What a share reaches leads to rows of the same organization alone, by keys of the database: grants, guests, requests
in campaigns, private words. And the reason why a day was set by hand cannot stand where partners read."""

from django.db import migrations, models
from django.db.models import Q

APP = "requests_app_"
# table, name, columns, table led to. Deferred as the plain key beside it is: a request and its campaign may come in any
# order.
KEYS = [
    ("share", "campaign_of_its_owner", "campaign_id, organisation_id", "campaign"),
    ("sharenote", "of_its_share", "share_id, organisation_id", "share"),
    ("campaignprivate", "of_its_owner", "campaign_id, organisation_id", "campaign"),
    ("recordsrequest", "campaign_of_its_owner", "campaign_id, organisation_id", "campaign"),
    ("documentprivate", "of_its_document", "document_id, organisation_id", "document"),
    ("partnercomment", "by_a_guest_of_its_owner", "guest_id, organisation_id", "guest"),
    ("partnercomment", "by_its_stay", "stay_id, said_by_id", "coalitionmember"),
]
MADE = "".join(
    f"ALTER TABLE {APP}{table} ADD CONSTRAINT {table}_{name} FOREIGN KEY ({columns}) "
    f"REFERENCES {APP}{to} (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;"
    for table, name, columns, to in KEYS
)
GONE = "".join(f"ALTER TABLE {APP}{table} DROP CONSTRAINT {table}_{name};" for table, name, *_rest in KEYS)
# Not asked of what stands: the ledger is never rewritten, and no version wrote such words into it.
SILENT = (
    f"ALTER TABLE {APP}event ADD CONSTRAINT event_keeps_no_reason CHECK "
    "(kind NOT IN ('override', 'waived') OR NOT (facts ?| ARRAY['reason', 'by'])) NOT VALID;"
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0052_guest_mail")]

    operations = [
        migrations.RunSQL(MADE, GONE),
        migrations.RunSQL(
            SILENT,
            f"ALTER TABLE {APP}event DROP CONSTRAINT event_keeps_no_reason;",
            state_operations=[
                migrations.AddConstraint(
                    model_name="event",
                    constraint=models.CheckConstraint(
                        condition=~Q(kind__in=("override", "waived")) | ~Q(facts__has_any_keys=["reason", "by"]),
                        name="event_keeps_no_reason",
                    ),
                )
            ],
        ),
    ]
