"""The walls around profiles: outsiders see shared rows alone, and write nothing; what they may do is done by actions."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, SecureTable, of_clients, of_projects

WITH_VENDORS = (
    f"({of_clients('work')} OR client_id IN (SELECT p.client_id FROM tenancy_project p WHERE {of_projects('p.id')}))"
)
# The inner queries pass the wall of the fields: an outsider finds shared ones only.
WITH_A_FIELD = "EXISTS (SELECT 1 FROM profile_field f WHERE f.section_id = profile_section.id)"
WITH_ITS_FIELD = "EXISTS (SELECT 1 FROM profile_field f WHERE f.id = profile_proposal.field_id)"
OF_CONTACTS = f"(SELECT app_scope()) = 'client' AND {of_clients('work')}"


class Migration(migrations.Migration):
    dependencies = [("profile", "0001_models"), ("tenancy", "0003_walls")]
    operations = [
        SecureTable("Section", outsider=f"{AGENCY} OR ({WITH_VENDORS} AND {WITH_A_FIELD})", audited=True),
        SecureTable("Field", outsider=f"{AGENCY} OR (NOT is_internal AND {WITH_VENDORS})", audited=True),
        SecureTable("Change", outsider=f"{AGENCY} OR (NOT is_internal AND {WITH_VENDORS})", audited=True),
        SecureTable("Proposal", outsider=f"{AGENCY} OR ({OF_CONTACTS} AND {WITH_ITS_FIELD})", audited=True),
        SecureTable("Reminder"),
    ]
