"""Fewer reads for a list: the walls' columns beside each request's place in the order, and whether records came beside
its standing, where each request's ledger was asked again."""

from django.db import migrations, models

APP = "requests_app_"
WALLED_BY = ("organisation", "campaign", "held_back")
LATE = ("organisation", "from_on", "until_on")
FILL = "".join(
    f"""
UPDATE {APP}{table} s SET produced = true
 WHERE EXISTS (SELECT FROM {APP}event e WHERE e.request_id = s.request_id AND e.kind = 'produced'
                  AND e.id NOT IN (SELECT app_retracted_events()));
"""
    for table in ("standingspan", "publicstandingspan")
)


def index(model, name, fields, include, **only):
    return migrations.AddIndex(model, models.Index(fields=fields, include=include, name=name, **only))


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0075_spans_by_row")]
    operations = [
        migrations.AddField(
            model_name=model,
            name="produced",
            field=models.BooleanField(default=False, help_text="Records came, on whatever day."),
        )
        for model in ("standingspan", "publicstandingspan")
    ] + [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex("recordsrequest", "request_by_day"),
        migrations.RemoveIndex("recordsrequest", "request_by_agency"),
        migrations.RemoveIndex("standingspan", "span_late"),
        migrations.RemoveIndex("publicstandingspan", "public_span_late"),
        index("recordsrequest", "request_by_day", ["filed_on", "id"], (*WALLED_BY, "zone")),
        index("recordsrequest", "request_by_agency", ["agency", "filed_on", "id"], WALLED_BY),
        index("recordsrequest", "request_walls", ["id"], WALLED_BY),
        index("standingspan", "span_late", ["request"], LATE, condition=models.Q(late=True)),
        index("publicstandingspan", "public_span_late", ["request"], LATE, condition=models.Q(late=True)),
    ]
