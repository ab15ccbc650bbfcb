"""Tokens for programs and the keys of their acts.

A program is a viewer of its own kind, `token:ID`. The database narrows it by itself: to the token's organization, to
what its person may still do there, never to what an owner does, and to nothing once it expired, was revoked, or its
person left or was closed. `app_viewer_id('person')` is null for it, so that nothing granted to a person alone is
reached; who acts is `app_viewer_person()`.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import requests_app.models.ids
from django.conf import settings
from django.db import migrations, models

APP = "requests_app_"
ROLES = "foia_web, foia_worker"
ORGS, WRITES, OWNS = (f"(SELECT app_viewer_{what}())" for what in ("organisations", "writes", "owns"))
LIVE = """
    FROM requests_app_apitoken t
    JOIN requests_app_membership m ON m.organisation_id = t.organisation_id AND m.person_id = t.person_id
    JOIN requests_app_person p ON p.id = t.person_id
    JOIN requests_app_organisation o ON o.id = t.organisation_id
    WHERE t.revoked_at IS NULL AND t.expires_at > statement_timestamp() AND m.ended_at IS NULL AND p.is_active
"""
# As a person who owes a second factor only reads, so does a token of that person.
WRITES_IT = """t.scope = 'write' AND m.role IN ('editor', 'owner')
       AND (NOT o.requires_second_factor OR app_has_second_factor(t.person_id))"""
SEEN = f"UNION ALL SELECT t.organisation_id {LIVE} AND t.id = app_viewer_id('token')"
WRITTEN = f"{SEEN} AND {WRITES_IT}"


def widened(name, branch):
    """A function that the walls ask, with one more branch; whatever else it asks stays."""
    return f"""
DO $do$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('{name}()'::regprocedure) INTO STRICT body;
    better := regexp_replace(body, '\\$function\\$\\s*$', $branch$    {branch}
$branch$ || '$function$');
    IF better = body THEN RAISE EXCEPTION 'the walls read otherwise than expected'; END IF;
    EXECUTE better;
END $do$;
"""


def narrowed(name, branch):
    return f"""
DO $do$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef('{name}()'::regprocedure) INTO STRICT body;
    EXECUTE replace(body, $branch$    {branch}
$branch$, '');
END $do$;
"""


NARROWED = (
    widened("app_viewer_organisations", SEEN)
    + widened("app_viewer_writes", WRITTEN)
    + "".join(f"ALTER FUNCTION app_viewer_{what}() ROWS 3;" for what in ("organisations", "writes", "owns"))
    + """
CREATE FUNCTION app_viewer_person() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(app_viewer_id('person'),
                    (SELECT t.person_id FROM requests_app_apitoken t WHERE t.id = app_viewer_id('token')))
$$;

-- One round trip at the start of a program's request. A token that is not, or no longer, is no row: it looks as the
-- public. When it was last used is kept to the quarter of an hour, and nobody waits for whoever writes it: NO KEY, or
-- the row of an act by the same token would wait for it at its commit.
CREATE FUNCTION app_look_by_token(secret bytea)
RETURNS TABLE (token_id bigint, person_id bigint, organisation_id bigint, role text, name text, key text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE live record;
BEGIN
    SELECT t.id AS token, t.person_id AS person, t.organisation_id AS home, t.last_used_at AS used,
           o.name AS named, o.public_id AS pid,
           CASE WHEN """
    + WRITES_IT
    + """ THEN 'editor' ELSE 'viewer' END AS reach
      INTO live """
    + LIVE
    + """ AND t.digest = secret;
    IF NOT FOUND THEN
        PERFORM set_config('app.viewer', 'public', true);
        RETURN;
    END IF;
    IF live.used IS NULL OR live.used < statement_timestamp() - interval '15 minutes' THEN
        UPDATE requests_app_apitoken SET last_used_at = date_trunc('minute', statement_timestamp())
         WHERE id IN (SELECT t.id FROM requests_app_apitoken t WHERE t.id = live.token FOR NO KEY UPDATE SKIP LOCKED);
    END IF;
    PERFORM set_config('app.viewer', 'token:' || live.token, true);
    RETURN QUERY SELECT live.token::bigint, live.person::bigint, live.home::bigint, live.reach::text, live.named::text,
        live.pid::text;
END $$;

-- Somebody who leaves and comes back does not bring old tokens back to life.
CREATE FUNCTION app_tokens_end_with_membership() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE requests_app_apitoken SET revoked_at = statement_timestamp()
     WHERE organisation_id = NEW.organisation_id AND person_id = NEW.person_id AND revoked_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER tokens_end AFTER UPDATE OF ended_at ON requests_app_membership
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL)
    EXECUTE FUNCTION app_tokens_end_with_membership();

-- Keys that ended, whoever sent them: a stored answer is not kept longer than it is needed.
CREATE FUNCTION app_forget_keys() RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM requests_app_idempotencykey WHERE id IN (
        SELECT id FROM requests_app_idempotencykey WHERE expires_at < statement_timestamp()
        ORDER BY expires_at LIMIT 100 FOR UPDATE SKIP LOCKED)
$$;

DO $$
DECLARE body text; better text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    better := replace(body, 'app_viewer_id(''person'')', 'app_viewer_person()');
    IF better = body THEN RAISE EXCEPTION 'the undoing of imports reads otherwise than expected'; END IF;
    EXECUTE better;
END $$;
"""
)
MINE = """(token_id = (SELECT app_viewer_id('token'))
           OR (token_id IS NULL AND person_id = (SELECT app_viewer_id('person'))))"""
MY_KEY = f"{MINE} AND organisations <@ ARRAY{WRITES}"
TABLES = {
    "apitoken": (
        f"organisation_id IN {OWNS}",
        f"organisation_id IN {OWNS} AND person_id = (SELECT app_viewer_id('person'))",
        f"organisation_id IN {OWNS}",
        "SELECT, INSERT, UPDATE (revoked_at)",
    ),
    "idempotencykey": (
        MY_KEY,
        f"{MY_KEY} AND person_id = (SELECT app_viewer_person())",
        MY_KEY,
        "SELECT, INSERT, UPDATE (status, answer)",
    ),
}
WALLS = "".join(
    f"ALTER TABLE {APP}{name} ENABLE ROW LEVEL SECURITY;"
    f"REVOKE ALL ON {APP}{name} FROM {ROLES}; GRANT {grants} ON {APP}{name} TO {ROLES};"
    f"CREATE POLICY reads ON {APP}{name} FOR SELECT USING ({reads});"
    f"CREATE POLICY adds ON {APP}{name} FOR INSERT WITH CHECK ({adds});"
    f"CREATE POLICY works ON {APP}{name} FOR UPDATE USING ({works}) WITH CHECK ({works});"
    for name, (reads, adds, works, grants) in TABLES.items()
)
WIDE = (
    "DROP TRIGGER tokens_end ON requests_app_membership;"
    + narrowed("app_viewer_organisations", SEEN)
    + narrowed("app_viewer_writes", WRITTEN)
    + """
DO $$
DECLARE body text;
BEGIN
    SELECT pg_get_functiondef('app_undo_import(bigint)'::regprocedure) INTO STRICT body;
    EXECUTE replace(body, 'app_viewer_person()', 'app_viewer_id(''person'')');
END $$;
"""
    + "".join(
        f"DROP POLICY {policy} ON {APP}{name};" for name in TABLES for policy in ("reads", "adds", "works")
    )
    + "DROP FUNCTION app_viewer_person(), app_look_by_token(bytea), app_tokens_end_with_membership(), "
    "app_forget_keys();"
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0020_accounts")]
    operations = [
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=requests_app.models.ids.public_id, editable=False, max_length=12, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('start', models.CharField(help_text='First letters of the secret, to tell one from another.', max_length=16)),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('scope', models.CharField(choices=[('read', 'Read'), ('write', 'Write')], max_length=5)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('expires_at', models.DateTimeField()),
                ('last_used_at', models.DateTimeField(blank=True, help_text='To the quarter of an hour.', null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('once', models.CharField(default=requests_app.models.ids.public_id, help_text='Key of the act: the same form sent twice makes one token.', max_length=64)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organisations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), help_text='Where the sender could write: who lost one of them is not told the stored answer.', size=None)),
                ('key', models.CharField(max_length=100)),
                ('act', models.CharField(help_text='Method and path.', max_length=300)),
                ('digest', models.BinaryField(help_text='Of what was sent.', max_length=32)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('answer', models.JSONField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('token', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requests_app.apitoken')),
            ],
        ),
        migrations.AddIndex(
            model_name='apitoken',
            index=models.Index(fields=['organisation', 'person'], name='token_of_person'),
        ),
        migrations.AddConstraint(
            model_name='apitoken',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['read', 'write'])), name='token_scope_known'),
        ),
        migrations.AddConstraint(
            model_name='apitoken',
            constraint=models.UniqueConstraint(fields=('organisation', 'once'), name='one_token_an_act'),
        ),
        migrations.AddIndex(
            model_name='idempotencykey',
            index=models.Index(fields=['expires_at'], name='key_expires'),
        ),
        migrations.AddConstraint(
            model_name='idempotencykey',
            constraint=models.UniqueConstraint(fields=('person', 'token', 'key'), name='one_act_a_key', nulls_distinct=False),
        ),
        migrations.RunSQL(NARROWED + WALLS, WIDE),
    ]
