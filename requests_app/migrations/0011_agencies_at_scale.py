"""Agencies by the ten thousand: identifiers of other lists, merges that keep both addresses alive, the log of what
operators changed, and the indexes by which an agency is found.

The new tables stand without a wall, as the other tables of agencies do (0002): they are facts of public offices and
belong to no organization. What was done to an agency can be added to and read, never changed.
"""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import requests_app.models.agencies
from django.conf import settings
from django.db import migrations, models

# Trigrams of a whole name say little: two thirds of all names end in "Police Department". The core is what is left
# without such words, or the whole name where nothing would be.
FUNCTIONS = r"""
CREATE FUNCTION app_agency_core(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    whole text := btrim(regexp_replace(replace(translate(lower(said), 'áàâäãåéèêëíìîïóòôöõúùûüñç',
        'aaaaaaeeeeiiiiooooouuuunc'), '''', ''), '[^a-z0-9]+', ' ', 'g'));
    core text;
BEGIN
    whole := regexp_replace(regexp_replace(regexp_replace(
        whole, '\msaint\M', 'st', 'g'), '\mmt\M', 'mount', 'g'), '\mft\M', 'fort', 'g');
    core := btrim(regexp_replace(regexp_replace(whole,
        '\m(police|department|dept|pd|sheriffs?|so|office|county|co|city|town|township|village|borough|municipal'
        '|state|highway|patrol|public|safety|division|bureau|law|enforcement|agency|of|the|and|for|s)\M', ' ', 'g'),
        ' +', ' ', 'g'));
    RETURN CASE WHEN core = '' THEN whole ELSE core END;
END $$;

CREATE FUNCTION app_agency_words(name text, abbreviation text, city text, county text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT upper(name || ' ' || abbreviation || ' ' || city || ' ' || county)
$$;
"""
NO_FUNCTIONS = "DROP FUNCTION app_agency_core(text), app_agency_words(text, text, text, text);"

INDEXES = """
CREATE INDEX agency_words ON requests_app_agency
    USING gin (app_agency_words(name, abbreviation, city, county) gin_trgm_ops);
CREATE INDEX agencyname_words ON requests_app_agencyname USING gin (upper(name) gin_trgm_ops);
"""
NO_INDEXES = "DROP INDEX agency_words; DROP INDEX agencyname_words;"

ROLES = "foia_web, foia_worker"
GRANTS = f"""
REVOKE ALL ON requests_app_agencyidentifier, requests_app_agencychange FROM {ROLES};
GRANT SELECT, INSERT, UPDATE ON requests_app_agencyidentifier TO {ROLES};
GRANT SELECT, INSERT ON requests_app_agencychange TO {ROLES};
-- A correction takes out a name, an address or a law again; whoever may overwrite one may already make it nothing.
GRANT DELETE ON requests_app_agencyname, requests_app_agencycontact, requests_app_agencylaw TO {ROLES};
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON requests_app_agencychange
    FOR EACH ROW EXECUTE FUNCTION app_append_only();
"""
NO_GRANTS = f"""
DROP TRIGGER append_only ON requests_app_agencychange;
REVOKE DELETE ON requests_app_agencyname, requests_app_agencycontact, requests_app_agencylaw FROM {ROLES};
REVOKE ALL ON requests_app_agencyidentifier, requests_app_agencychange FROM {ROLES};
"""


class Migration(migrations.Migration):

    dependencies = [
        ('requests_app', '0010_late_spans'),
    ]

    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.AddField(
            model_name='agency',
            name='core',
            field=models.GeneratedField(db_persist=True, expression=requests_app.models.agencies.AgencyCore('name'), output_field=models.TextField()),
        ),
        migrations.AddField(
            model_name='agencyname',
            name='core',
            field=models.GeneratedField(db_persist=True, expression=requests_app.models.agencies.AgencyCore('name'), output_field=models.TextField()),
        ),
        migrations.CreateModel(
            name='AgencyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('rename', 'Renamed'), ('merge', 'Merged into another'), ('split', 'Split'), ('edit', 'Corrected'), ('undo', 'Undone')], max_length=10)),
                ('before', models.JSONField()),
                ('after', models.JSONField()),
                ('reason', models.CharField(max_length=500)),
                ('source', models.CharField(blank=True, max_length=500)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='AgencyIdentifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scheme', models.CharField(help_text='ori, hifld …', max_length=20)),
                ('value', models.CharField(max_length=60)),
                ('source', models.CharField(blank=True, max_length=500)),
                ('told', models.JSONField(default=dict)),
            ],
        ),
        migrations.RemoveIndex(
            model_name='agency',
            name='agency_by_place',
        ),
        migrations.RemoveIndex(
            model_name='agency',
            name='agency_name_trigram',
        ),
        migrations.AddField(
            model_name='agency',
            name='merged_into',
            field=models.ForeignKey(blank=True, help_text='The survivor, never itself merged; this row and its address stay.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='requests_app.agency'),
        ),
        migrations.AddField(
            model_name='agency',
            name='county',
            field=models.CharField(blank=True, help_text='One, or several with semicolons between.', max_length=200),
        ),
        migrations.AddField(
            model_name='agencycontact',
            name='note',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='agencycustodian',
            name='note',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AlterField(
            model_name='agencycustodian',
            name='law_id',
            field=models.CharField(blank=True, help_text='Empty where it is unclear which law governs.', max_length=40),
        ),
        migrations.AlterField(
            model_name='agencylaw',
            name='law_id',
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name='recordsrequest',
            name='law_id',
            field=models.CharField(max_length=40),
        ),
        migrations.AddIndex(
            model_name='agency',
            index=models.Index(fields=['is_sample', 'jurisdiction', 'name', 'id'], name='agency_by_place'),
        ),
        migrations.AddIndex(
            model_name='agency',
            index=models.Index(fields=['kind', 'jurisdiction', 'name'], name='agency_by_kind'),
        ),
        migrations.AddIndex(
            model_name='agency',
            index=models.Index(django.db.models.functions.text.Upper('name'), name='agency_by_name'),
        ),
        migrations.AddIndex(
            model_name='agency',
            index=models.Index(django.db.models.functions.text.Upper('abbreviation'), condition=models.Q(('abbreviation', ''), _negated=True), name='agency_by_short_name'),
        ),
        migrations.AddIndex(
            model_name='agency',
            index=django.contrib.postgres.indexes.GinIndex(fields=['core'], name='agency_core_trigram', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddIndex(
            model_name='agencyname',
            index=models.Index(django.db.models.functions.text.Upper('name'), name='agencyname_by_name'),
        ),
        migrations.AddIndex(
            model_name='agencyname',
            index=django.contrib.postgres.indexes.GinIndex(fields=['core'], name='agencyname_core_trigram', opclasses=['gin_trgm_ops']),
        ),
        migrations.AddConstraint(
            model_name='agency',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='not_merged_into_itself'),
        ),
        migrations.AddField(
            model_name='agencychange',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='requests_app.agency'),
        ),
        migrations.AddField(
            model_name='agencychange',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='agencychange',
            name='other',
            field=models.ForeignKey(help_text='The survivor of a merge, the new agency of a split.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='changes_as_other', to='requests_app.agency'),
        ),
        migrations.AddField(
            model_name='agencychange',
            name='undoes',
            field=models.OneToOneField(help_text='Of an undo: what.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='undone_by', to='requests_app.agencychange'),
        ),
        migrations.AddField(
            model_name='agencyidentifier',
            name='agency',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='identifiers', to='requests_app.agency'),
        ),
        migrations.AddConstraint(
            model_name='agencychange',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'undo'), ('undoes__isnull', False)), models.Q(models.Q(('kind', 'undo'), _negated=True), ('undoes', None)), _connector='OR'), name='an_undo_names_what'),
        ),
        migrations.AddConstraint(
            model_name='agencyidentifier',
            constraint=models.UniqueConstraint(fields=('scheme', 'value'), name='one_agency_an_identifier'),
        ),
        migrations.RunSQL(INDEXES, NO_INDEXES),
        migrations.RunSQL(GRANTS, NO_GRANTS),
    ]
