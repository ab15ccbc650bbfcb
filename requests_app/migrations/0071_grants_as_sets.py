"""A partner's grants are read as sets where a request is asked for: one look into a table in memory for each row,
where the wall of the requests, and with it that of each standing, asked the grants again from the first to the last.

Who reads what is as it was. Grants to the public stay looked up by the row: there may be as many as there are
requests, and the page of one request asks for one.
"""

from django.db import migrations

APP = "requests_app_"
OWN = "organisation_id IN (SELECT app_viewer_organisations())"


def public(column):
    return (
        f"EXISTS (SELECT FROM app_reach s WHERE s.public AND s.{column[0]} = {APP}recordsrequest.{column[1]} "
        f"AND s.organisation_id = {APP}recordsrequest.organisation_id)"
    )


def partner(column):
    return (
        f"({column[1]}, organisation_id) IN (SELECT g.{column[0]}, g.organisation_id FROM app_partner_grants() g "
        f"WHERE g.{column[0]} IS NOT NULL)"
    )


def reached(column):
    return f"({partner(column)} OR {public(column)})"


READS = (
    f"ALTER POLICY reads ON {APP}recordsrequest USING ({OWN} OR {reached(('request_id', 'id'))} "
    f"OR (NOT held_back AND {reached(('campaign_id', 'campaign_id'))}))"
)


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0070_kept_pages")]
    operations = [migrations.RunSQL(READS)]
