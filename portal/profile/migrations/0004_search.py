"""Fields of the profile can be found; internal ones by the agency's people alone."""

from django.db import migrations

from portal.search.indexing import IndexWords

FIELD = """
SELECT f.agency_id, f.client_id, NULL::bigint AS project_id, 'work' AS area, NULL::timestamptz AS visible_from,
  f.edited_at AS happened_at, f.edited_by_id AS author_id, f.is_internal AS internal, f.label AS title, f.text AS body,
  (SELECT concat_ws(' ', u.name, u.email) FROM tenancy_member m JOIN accounts_user u ON u.id = m.user_id WHERE m.id = f.edited_by_id) AS who
FROM profile_field f WHERE f.agency_id = of_agency AND f.id = thing
"""


class Migration(migrations.Migration):
    dependencies = [("profile", "0003_proposals_of_new_fields"), ("search", "0003_functions")]
    operations = [IndexWords("profile", FIELD, {"profile_field": "SELECT ($1).id"})]
