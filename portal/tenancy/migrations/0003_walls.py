"""The walls around agencies, members, clients and projects."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, OWN_USER, SecureTable, of_clients, of_projects

SIGNED_IN = "(SELECT app_scope()) IS NOT NULL"
SHARED = "kind = 'specialist' OR client_ids && (SELECT app_client_ids('any'))::bigint[]"
OWN_VENDOR = "vendor_id IN (SELECT m.vendor_id FROM tenancy_member m WHERE m.id = (SELECT app_member_id()))"

NETWORK = """
ALTER TABLE tenancy_network ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy_network FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON tenancy_network FOR SELECT TO portal_app USING (EXISTS (
  SELECT 1 FROM tenancy_agency a WHERE a.network_id = tenancy_network.id AND a.id = (SELECT app_agency_id())));
CREATE POLICY maint ON tenancy_network FOR ALL TO portal_maint USING (true) WITH CHECK (true);
CREATE POLICY owner_migrate ON tenancy_network FOR ALL TO portal_owner
  USING (current_setting('app.migrating', true) = 'on');
"""
NETWORK_REMOVAL = """
DROP POLICY tenant ON tenancy_network;
DROP POLICY maint ON tenancy_network;
DROP POLICY owner_migrate ON tenancy_network;
ALTER TABLE tenancy_network NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenancy_network DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_models")]
    operations = [
        migrations.RunSQL(NETWORK, NETWORK_REMOVAL),
        SecureTable("Agency", outsider="true", own="id = ANY ((SELECT app_agency_ids())::bigint[])", audited=True),
        SecureTable("Role", outsider="true", audited=True),
        SecureTable(
            "Member",
            outsider=f"{AGENCY} OR {OWN_USER} OR ({SIGNED_IN} AND ({SHARED}))",
            own=OWN_USER,
            audited=True,
        ),
        SecureTable(
            "Vendor",
            outsider=f"{AGENCY} OR EXISTS (SELECT 1 FROM tenancy_member m WHERE m.vendor_id = tenancy_vendor.id) "
            f"OR {of_clients()}",
            audited=True,
        ),
        SecureTable("Client", outsider=f"{AGENCY} OR {of_clients(column='id')}", audited=True),
        SecureTable(
            "Project",
            outsider=f"{AGENCY} OR ((SELECT app_scope()) = 'client' AND {of_clients()}) OR {of_projects('id')}",
            audited=True,
        ),
        SecureTable("ClientAccess", outsider=f"{AGENCY} OR {OWN_MEMBER} OR {of_clients('security')}", audited=True),
        SecureTable("ProjectAccess", outsider=f"{AGENCY} OR {OWN_MEMBER} OR {OWN_VENDOR}", audited=True),
        SecureTable("Calendar", outsider=f"{AGENCY} OR {SIGNED_IN}", audited=True),
        SecureTable("CalendarException", outsider=f"{AGENCY} OR {SIGNED_IN}"),
        SecureTable("Absence"),
    ]
