"""Whether there is anything to be read beside an agency or a request, told without planning the walls of what is not
there: most pages have neither a correction, nor a statement, nor a claim, and paid for the question most of their time.

Yes and no about rows that were published or released, and no word of them: whoever is told yes asks the walls.
"""

from django.db import migrations

APP = "requests_app_"
CORRECTED = "c.kind = 'correction' AND c.withdrawn_at IS NULL"

BESIDE = f"""
CREATE FUNCTION app_beside_agency(of_agency bigint, of_slug text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN EXISTS (SELECT FROM {APP}correction c
             WHERE c.subject_kind = 'agency' AND c.subject_key = of_slug AND {CORRECTED}) THEN 'corrections' END,
        CASE WHEN EXISTS (SELECT FROM {APP}agencystatement s
             WHERE s.agency_id = of_agency AND s.state = 'published') THEN 'statements' END,
        CASE WHEN EXISTS (SELECT FROM {APP}centerclaim k
             WHERE k.agency_id IN (SELECT a.id FROM {APP}agency a WHERE a.id = of_agency OR a.merged_into_id = of_agency)
               AND k.published_at IS NOT NULL AND k.withdrawn_at IS NULL AND k.superseded_at IS NULL)
             THEN 'claims' END], NULL);
END $$;
CREATE FUNCTION app_beside_request(of_request bigint, of_key text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN array_remove(ARRAY[
        CASE WHEN EXISTS (SELECT FROM {APP}correction c
             WHERE c.subject_kind = 'request' AND c.subject_key = of_key AND {CORRECTED})
          OR EXISTS (SELECT FROM {APP}document d JOIN {APP}correction c
               ON c.subject_kind = 'document' AND c.subject_key = d.public_id AND {CORRECTED}
             WHERE d.request_id = of_request) THEN 'corrections' END,
        CASE WHEN EXISTS (SELECT FROM {APP}agencystatement s
             WHERE s.request_key = of_key AND s.state = 'published') THEN 'statements' END,
        CASE WHEN EXISTS (SELECT FROM {APP}document d
             WHERE d.request_id = of_request AND d.released_at IS NOT NULL AND d.withdrawn_at IS NULL) THEN 'files' END],
        NULL);
END $$;
REVOKE ALL ON FUNCTION app_beside_agency(bigint, text), app_beside_request(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app_beside_agency(bigint, text), app_beside_request(bigint, text) TO foia_web, foia_worker;
"""
GONE = "DROP FUNCTION app_beside_agency(bigint, text), app_beside_request(bigint, text)"


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0072_walks_by_day")]

    operations = [migrations.RunSQL(BESIDE, GONE)]
