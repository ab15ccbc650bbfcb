"""The audit is sealed: each link of an organization's chain covers the link before it and the lines it seals.

A line is queued for its seal by a trigger, in its own transaction: what commits late is seen late and sealed late, and
nothing is ever skipped, because no number is remembered "up to which everything is sealed". Links are written by one
function, which only the schedule may call; web and worker may read them and nothing else.
"""

import django.db.models.deletion
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
OWNS = "(SELECT app_viewer_owns())"
TABLES = ("auditseal", "sealedentry", "unsealedentry")
SEALING = f"""
-- The bytes of a line. queries/audit_chain.py says them a second time, for whoever does not trust this one.
CREATE FUNCTION app_audit_bytes(e {APP}auditentry) RETURNS bytea LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT convert_to(string_agg(CASE WHEN f.said IS NULL THEN '-' ELSE octet_length(f.said) || ':' || f.said END,
                                 ',' ORDER BY f.place), 'UTF8')
      FROM unnest(ARRAY[e.id::text, e.organisation_id::text, e.actor_id::text, e.act::text, e.subject::text,
                        e.detail::text, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')])
           WITH ORDINALITY AS f(said, place)
$$;

CREATE FUNCTION app_queue_for_seal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {APP}unsealedentry (entry_id, organisation_id) VALUES (NEW.id, NEW.organisation_id);
    RETURN NULL;
END $$;
CREATE TRIGGER queue_for_seal AFTER INSERT ON {APP}auditentry
    FOR EACH ROW EXECUTE FUNCTION app_queue_for_seal();
INSERT INTO {APP}unsealedentry (entry_id, organisation_id) SELECT id, organisation_id FROM {APP}auditentry;

-- A line goes only when a seal of two years ago covers it; it changes never.
CREATE FUNCTION app_audit_only_grows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM {APP}sealedentry d JOIN {APP}auditseal s ON s.id = d.seal_id
         WHERE d.entry_id = OLD.id AND s.sealed_at < clock_timestamp() - interval '2 years') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'this table is append-only';
END $$;
DROP TRIGGER append_only ON {APP}auditentry;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {APP}auditentry
    FOR EACH ROW EXECUTE FUNCTION app_audit_only_grows();

-- Chains with lines that wait: ids alone. NULL is the chain of the installation itself.
CREATE FUNCTION app_audit_to_seal() RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may list what waits' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT DISTINCT w.organisation_id FROM {APP}unsealedentry w
                   JOIN {APP}auditentry e ON e.id = w.entry_id ORDER BY 1;
END $$;

-- The next link of one chain; how many lines it covers. 0: nothing waits, or another is at it. All that waits, always:
-- a line that comes to a later link was not there, so an old date on it is a false one.
CREATE FUNCTION app_seal_audit(home bigint) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ids bigint[];
    before {APP}auditseal;
    made bigint;
    now_at timestamptz := clock_timestamp();
    place int;
    covered text;
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule seals' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT pg_try_advisory_xact_lock(hashtextextended('audit seal ' || coalesce(home, 0), 0)) THEN RETURN 0; END IF;
    SELECT array_agg(u.entry_id ORDER BY u.entry_id) INTO ids
      FROM {APP}unsealedentry u JOIN {APP}auditentry e ON e.id = u.entry_id
     WHERE u.organisation_id = home OR (home IS NULL AND u.organisation_id IS NULL);
    IF ids IS NULL THEN RETURN 0; END IF;
    SELECT * INTO before FROM {APP}auditseal s
     WHERE s.organisation_id = home OR (home IS NULL AND s.organisation_id IS NULL) ORDER BY s.number DESC LIMIT 1;
    place := coalesce(before.number, 0) + 1;
    SELECT string_agg(e.id || ':' || encode(sha256(app_audit_bytes(e)), 'hex'), ',' ORDER BY e.id) INTO covered
      FROM {APP}auditentry e WHERE e.id = ANY (ids);
    INSERT INTO {APP}auditseal (organisation_id, number, sealed_at, entries, previous, hash)
    VALUES (home, place, now_at, cardinality(ids), coalesce(before.hash, ''::bytea),
            sha256(coalesce(before.hash, ''::bytea) || convert_to(
                coalesce(home::text, '-') || '|' || place || '|' ||
                to_char(now_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '|' || covered, 'UTF8')))
    RETURNING id INTO made;
    INSERT INTO {APP}sealedentry (entry_id, organisation_id, seal_id, digest)
    SELECT e.id, home, made, sha256(app_audit_bytes(e)) FROM {APP}auditentry e WHERE e.id = ANY (ids);
    DELETE FROM {APP}unsealedentry WHERE entry_id = ANY (ids);
    RETURN cardinality(ids);
END $$;
"""
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT SELECT ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING (organisation_id IN {OWNS});"
    for name in TABLES
) + "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {APP}{name} "
    "FOR EACH ROW EXECUTE FUNCTION app_append_only();"
    for name in TABLES[:2]
)
UNSEALING = f"""
DROP TRIGGER append_only ON {APP}auditentry;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {APP}auditentry
    FOR EACH ROW EXECUTE FUNCTION app_append_only();
DROP TRIGGER queue_for_seal ON {APP}auditentry;
DROP FUNCTION app_seal_audit(bigint), app_audit_to_seal(), app_audit_only_grows(), app_queue_for_seal(),
    app_audit_bytes({APP}auditentry);
"""
UNWALLED = "".join(
    f"DROP POLICY reads ON {APP}{name}; ALTER TABLE {APP}{name} DISABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES};"
    for name in TABLES
) + "".join(f"DROP TRIGGER append_only ON {APP}{name};" for name in TABLES[:2])
HOME = {"null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "requests_app.organisation"}


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0040_coalitions")]
    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(help_text="1, 2, 3 … in its chain; none is left out.")),
                ("sealed_at", models.DateTimeField()),
                ("entries", models.PositiveIntegerField(help_text="How many lines it covers.")),
                ("previous", models.BinaryField(max_length=32)),
                ("hash", models.BinaryField(max_length=32)),
                ("organisation", models.ForeignKey(**HOME)),
            ],
        ),
        migrations.CreateModel(
            name="SealedEntry",
            fields=[
                ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32)),
                ("organisation", models.ForeignKey(db_index=False, **HOME)),
                (
                    "seal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="covers",
                        to="requests_app.auditseal",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UnsealedEntry",
            fields=[
                ("entry_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("organisation", models.ForeignKey(**HOME)),
            ],
        ),
        migrations.AddField(
            model_name="organisation",
            name="audit_years",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Sealed lines of the audit older than that may be let go; empty: none.",
                null=True,
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("audit_years", None), ("audit_years__range", (2, 100)), _connector="OR"),
                name="audit_kept_two_years",
            ),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.UniqueConstraint(
                fields=("organisation", "number"), name="one_seal_a_number", nulls_distinct=False
            ),
        ),
        migrations.RunSQL(SEALING, UNSEALING),
        migrations.RunSQL(WALLS, UNWALLED),
    ]
