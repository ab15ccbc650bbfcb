"""What the public statistics count, in a table of their own: public facts of published requests, made by workers.

Three things keep it honest. A row is written by somebody who is told to the database as the public, out of what the
public reads. A row goes in the very transaction that hides its request (the triggers below), under a lock against a
worker who is just writing it. And its wall asks the shares again, as the wall of the requests does, for what ends by
time alone. What changes otherwise is put on a list, which says nothing but numbers of requests.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
FACT, STALE = f"{APP}publicfact", f"{APP}stalefact"
OWN = "organisation_id IN (SELECT app_viewer_organisations())"
LIVE = "app_share_is_live(s.from_at, s.until_at, s.embargo_until, s.revoked_at)"
REACHED = (
    f"request_id IN (SELECT s.request_id FROM {APP}share s WHERE s.request_id IS NOT NULL AND {LIVE}) "
    "OR (NOT held_back AND (campaign_id, organisation_id) IN (SELECT s.campaign_id, s.organisation_id "
    f"FROM {APP}share s WHERE s.campaign_id IS NOT NULL AND {LIVE}))"
)
AS_PUBLIC = f"(SELECT app_viewer()) = 'public' AND ({REACHED})"
WALLS = f"""
ALTER TABLE {FACT} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {STALE} ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON {FACT}, {STALE} FROM {ROLES};
GRANT SELECT, INSERT, UPDATE ON {FACT} TO {ROLES};
CREATE POLICY reads ON {FACT} FOR SELECT USING ({OWN} OR {REACHED});
CREATE POLICY adds ON {FACT} FOR INSERT WITH CHECK ({AS_PUBLIC});
CREATE POLICY works ON {FACT} FOR UPDATE USING ({AS_PUBLIC}) WITH CHECK ({AS_PUBLIC});
ALTER TABLE {FACT} ADD CONSTRAINT publicfact_of_its_owner FOREIGN KEY (request_id, organisation_id)
    REFERENCES {APP}recordsrequest (id, organisation_id) ON DELETE CASCADE;
ALTER TABLE {FACT} ADD CONSTRAINT publicfact_campaign_of_its_owner FOREIGN KEY (campaign_id, organisation_id)
    REFERENCES {APP}campaign (id, organisation_id) DEFERRABLE INITIALLY DEFERRED;
"""
FALLEN = f"""
ALTER TABLE {FACT} DROP CONSTRAINT publicfact_of_its_owner, DROP CONSTRAINT publicfact_campaign_of_its_owner;
DROP POLICY reads ON {FACT}; DROP POLICY adds ON {FACT}; DROP POLICY works ON {FACT};
REVOKE ALL ON {FACT} FROM {ROLES};
"""
# A grant to the public that holds now, of the request r.
GRANTED = (
    "s.grantee_kind = 'public' AND s.organisation_id = r.organisation_id "
    "AND (s.request_id = r.id OR (s.campaign_id = r.campaign_id AND NOT r.held_back))"
)
HIDDEN = f"NOT EXISTS (SELECT FROM {APP}share s WHERE {GRANTED} AND {LIVE})"
# Of these the public reads that they happened, and the statistics when.
READ = "ARRAY['acknowledged', 'determined', 'produced', 'extension_noticed', 'withdrawn']"


def counted(request):
    """It is counted, or somebody is about to count it: whoever writes its first row has not told the others yet, but
    the list still holds it for them."""
    return (
        f"(EXISTS (SELECT FROM {FACT} f WHERE f.request_id = {request}) "
        f"OR EXISTS (SELECT FROM {STALE} t WHERE t.request_id = {request}))"
    )


# Whoever writes facts keeps everybody out who takes some away, and the other way round.
LOCK = "hashtext('public_facts')"
FUNCTIONS = f"""
-- Out of sight with this statement; what is left or new is made again by a worker.
CREATE FUNCTION app_facts_hide(among bigint[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_advisory_xact_lock_shared({LOCK});
    DELETE FROM {FACT} f USING {APP}recordsrequest r WHERE f.request_id = ANY (among) AND r.id = f.request_id AND {HIDDEN};
    INSERT INTO {STALE} (request_id) SELECT DISTINCT one FROM unnest(among) one ORDER BY one
    ON CONFLICT (request_id) DO UPDATE SET at = least({STALE}.at, excluded.at);
$$;

CREATE FUNCTION app_facts_of_share() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Each by its own: a grant may be given another subject.
    IF TG_OP <> 'INSERT' AND OLD.grantee_kind = 'public' THEN
        PERFORM app_facts_hide(ARRAY(SELECT r.id FROM {APP}recordsrequest r WHERE r.organisation_id = OLD.organisation_id
                                        AND (r.id = OLD.request_id OR r.campaign_id = OLD.campaign_id)));
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.grantee_kind = 'public' THEN
        PERFORM app_facts_hide(ARRAY(SELECT r.id FROM {APP}recordsrequest r WHERE r.organisation_id = NEW.organisation_id
                                        AND (r.id = NEW.request_id OR r.campaign_id = NEW.campaign_id)));
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER public_facts AFTER INSERT OR DELETE OR UPDATE ON {APP}share
    FOR EACH ROW EXECUTE FUNCTION app_facts_of_share();

CREATE FUNCTION app_facts_of_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- What is neither counted nor about to be waits for nobody.
    IF {counted('NEW.id')} OR EXISTS (
        SELECT FROM {APP}share s, (SELECT NEW.*) r WHERE {GRANTED} AND s.revoked_at IS NULL) THEN
        PERFORM pg_advisory_xact_lock_shared({LOCK});
        UPDATE {FACT} f SET held_back = NEW.held_back, campaign_id = NEW.campaign_id WHERE f.request_id = NEW.id;
        PERFORM app_facts_hide(ARRAY[NEW.id]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER public_facts_new AFTER INSERT ON {APP}recordsrequest
    FOR EACH ROW EXECUTE FUNCTION app_facts_of_request();
CREATE TRIGGER public_facts AFTER UPDATE ON {APP}recordsrequest FOR EACH ROW
    WHEN ((OLD.held_back, OLD.campaign_id, OLD.agency_id, OLD.custodian_id, OLD.law_id, OLD.zone, OLD.filed_on,
           OLD.is_sample, OLD.is_imported) IS DISTINCT FROM (NEW.held_back, NEW.campaign_id, NEW.agency_id,
           NEW.custodian_id, NEW.law_id, NEW.zone, NEW.filed_on, NEW.is_sample, NEW.is_imported))
    EXECUTE FUNCTION app_facts_of_request();

-- What the public read and was taken back is counted no more, at once; what came in is counted soon. What the public
-- never read takes nothing away: a number that falls for a moment would tell that something was there.
CREATE FUNCTION app_facts_of_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE less bigint[] := ARRAY(
    SELECT n.request_id FROM changed n JOIN {APP}event e ON e.id = n.retracts_id
     WHERE n.kind = 'retracted' AND e.kind = ANY ({READ}));
BEGIN
    INSERT INTO {STALE} (request_id) SELECT DISTINCT n.request_id FROM changed n
        WHERE {counted('n.request_id')} ORDER BY 1
    ON CONFLICT (request_id) DO UPDATE SET at = least({STALE}.at, excluded.at);
    IF cardinality(less) > 0 THEN
        PERFORM pg_advisory_xact_lock_shared({LOCK});
        DELETE FROM {FACT} f WHERE f.request_id = ANY (less);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER public_facts AFTER INSERT ON {APP}event REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION app_facts_of_event();

CREATE FUNCTION app_facts_of_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {STALE} (request_id) SELECT DISTINCT n.request_id FROM changed n
        WHERE {counted('n.request_id')} ORDER BY 1
    ON CONFLICT (request_id) DO UPDATE SET at = least({STALE}.at, excluded.at);
    RETURN NULL;
END $$;
CREATE TRIGGER public_facts_new AFTER INSERT ON {APP}publicstandingspan REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION app_facts_of_rows();
CREATE TRIGGER public_facts_gone AFTER DELETE ON {APP}publicstandingspan REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION app_facts_of_rows();
CREATE TRIGGER public_facts_new AFTER INSERT ON {APP}deadline REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION app_facts_of_rows();
CREATE TRIGGER public_facts AFTER UPDATE ON {APP}deadline REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION app_facts_of_rows();

CREATE FUNCTION app_facts_of_agency() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO {STALE} (request_id) SELECT f.request_id FROM {FACT} f WHERE f.agency_id = NEW.id ORDER BY 1
    ON CONFLICT (request_id) DO UPDATE SET at = least({STALE}.at, excluded.at);
    RETURN NULL;
END $$;
CREATE TRIGGER public_facts AFTER UPDATE ON {APP}agency FOR EACH ROW
    WHEN ((OLD.kind, OLD.jurisdiction) IS DISTINCT FROM (NEW.kind, NEW.jurisdiction))
    EXECUTE FUNCTION app_facts_of_agency();

-- Off the list with the transaction that makes them again: what a killed worker took is on it still.
CREATE FUNCTION app_take_stale_facts(most integer) RETURNS bigint[]
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE taken bigint[];
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may take what is stale' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM {STALE} t WHERE t.at <= clock_timestamp()) THEN
        RETURN '{{}}';
    END IF;
    -- Whoever hides something goes first, and never waits behind one who waits: the next sweep comes in seconds.
    IF NOT pg_try_advisory_xact_lock({LOCK}) THEN
        RETURN '{{}}';
    END IF;
    WITH gone AS (DELETE FROM {STALE} t WHERE t.request_id IN (
        SELECT o.request_id FROM {STALE} o WHERE o.at <= clock_timestamp() ORDER BY o.at, o.request_id LIMIT most
        FOR UPDATE SKIP LOCKED) RETURNING t.request_id)
    SELECT coalesce(array_agg(request_id ORDER BY request_id), '{{}}') INTO taken FROM gone;
    DELETE FROM {FACT} f USING {APP}recordsrequest r WHERE f.request_id = ANY (taken) AND r.id = f.request_id AND {HIDDEN};
    -- A grant begins or ends by time alone: then they are made again.
    INSERT INTO {STALE} (request_id, at)
    SELECT r.id, min(turn) FROM {APP}recordsrequest r
      JOIN {APP}share s ON {GRANTED} AND s.revoked_at IS NULL
      CROSS JOIN unnest(ARRAY[s.from_at, s.embargo_until, s.until_at]) turn
     WHERE r.id = ANY (taken) AND turn > clock_timestamp() GROUP BY r.id
    ON CONFLICT (request_id) DO UPDATE SET at = least({STALE}.at, excluded.at);
    RETURN taken;
END $$;

-- Everything anew: whatever is public, and whatever is counted.
CREATE FUNCTION app_all_facts_are_stale() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE many bigint;
BEGIN
    IF app_viewer() <> 'schedule' THEN
        RAISE EXCEPTION 'only the schedule may ask for all anew' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO {STALE} (request_id)
    SELECT s.request_id FROM {APP}share s WHERE s.grantee_kind = 'public' AND s.revoked_at IS NULL
       AND s.request_id IS NOT NULL
    UNION SELECT r.id FROM {APP}recordsrequest r JOIN {APP}share s ON s.campaign_id = r.campaign_id
       AND s.organisation_id = r.organisation_id AND s.grantee_kind = 'public' AND s.revoked_at IS NULL
    UNION SELECT f.request_id FROM {FACT} f ORDER BY 1
    ON CONFLICT (request_id) DO UPDATE SET at = least({STALE}.at, excluded.at);
    GET DIAGNOSTICS many = ROW_COUNT;
    RETURN many;
END $$;

REVOKE ALL ON FUNCTION app_facts_hide(bigint[]), app_facts_of_share(), app_facts_of_request(), app_facts_of_event(),
    app_facts_of_rows(), app_facts_of_agency(), app_take_stale_facts(integer), app_all_facts_are_stale() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_take_stale_facts(integer), app_all_facts_are_stale() TO {ROLES};
-- What is public already is counted with the first sweep.
INSERT INTO {STALE} (request_id)
SELECT s.request_id FROM {APP}share s WHERE s.grantee_kind = 'public' AND s.revoked_at IS NULL
   AND s.request_id IS NOT NULL
UNION SELECT r.id FROM {APP}recordsrequest r JOIN {APP}share s ON s.campaign_id = r.campaign_id
   AND s.organisation_id = r.organisation_id AND s.grantee_kind = 'public' AND s.revoked_at IS NULL;
"""
TRIGGERS = (
    ("public_facts", "share"), ("public_facts_new", "recordsrequest"), ("public_facts", "recordsrequest"),
    ("public_facts", "event"), ("public_facts_new", "publicstandingspan"), ("public_facts_gone", "publicstandingspan"),
    ("public_facts_new", "deadline"), ("public_facts", "deadline"), ("public_facts", "agency"),
)  # fmt: skip
UNDONE = "".join(f"DROP TRIGGER {name} ON {APP}{table};" for name, table in TRIGGERS) + (
    "DROP FUNCTION app_take_stale_facts(integer), app_all_facts_are_stale(), app_facts_of_share(), "
    "app_facts_of_request(), app_facts_of_event(), app_facts_of_rows(), app_facts_of_agency();"
    "DROP FUNCTION app_facts_hide(bigint[]);"
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0059_proposed_documents")]

    operations = [
        migrations.CreateModel(
            name='StaleFact',
            fields=[
                ('request_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['at'], name='stale_fact_due')],
            },
        ),
        migrations.CreateModel(
            name='PublicFact',
            fields=[
                ('request', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='requests_app.recordsrequest')),
                ('held_back', models.BooleanField()),
                ('jurisdiction', models.CharField(max_length=12)),
                ('agency_kind', models.CharField(max_length=20)),
                ('law_id', models.CharField(max_length=40)),
                ('zone', models.CharField(max_length=64)),
                ('population', models.CharField(max_length=8)),
                ('is_sample', models.BooleanField()),
                ('filed_on', models.DateField()),
                ('acknowledged_on', models.DateField(null=True)),
                ('determined_on', models.DateField(null=True)),
                ('produced_on', models.DateField(null=True)),
                ('last_on', models.DateField(help_text='Of the newest determination or production.', null=True)),
                ('completed_on', models.DateField(help_text='Every part is decided, and what was granted has come.', null=True)),
                ('ended_on', models.DateField(help_text='It left the count unanswered: withdrawn, or its log ends.', null=True)),
                ('undated', models.BooleanField(help_text='Answered on a day that the log does not tell.')),
                ('outcome', models.CharField(blank=True, max_length=32)),
                ('silent', models.BooleanField(help_text='No decision and no records.')),
                ('due_on', models.DateField(help_text='Last day for the answer on the later reading; none while it rests.', null=True)),
                ('standard', models.BooleanField(help_text='The law names no number of days.')),
                ('extensions', models.PositiveSmallIntegerField()),
                ('turns', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                ('groups', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), size=None)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.agency')),
                ('campaign', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.campaign')),
                ('custodian', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='requests_app.agencycustodian')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requests_app.organisation')),
            ],
            options={
                'indexes': [models.Index(fields=['agency'], name='public_fact_agency'), models.Index(fields=['campaign'], name='public_fact_campaign')],
            },
        ),
        migrations.RunSQL(WALLS, FALLEN),
        migrations.RunSQL(FUNCTIONS, UNDONE),
    ]
