"""The walls around protocols: outsiders see what is published and what they wrote; comments and files go with the protocol."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, for_outsiders

SHOWN = "published_at IS NOT NULL OR author_id = (SELECT app_member_id())"
# The inner query passes the wall of the protocols itself.
WITH_PROTOCOL = f"{AGENCY} OR EXISTS (SELECT 1 FROM protocols_protocol p WHERE p.id = protocol_id)"


class Migration(migrations.Migration):
    dependencies = [("protocols", "0001_models"), ("files", "0002_walls"), ("tenancy", "0003_walls")]
    operations = [
        SecureTable("Protocol", outsider=for_outsiders("work", when=SHOWN), outsiders_write=True, audited=True),
        SecureTable("Comment", outsider=WITH_PROTOCOL, outsiders_write=True, audited=True),
        SecureTable("ProtocolFile", outsider=WITH_PROTOCOL, outsiders_write=True, audited=True),
        SecureTable("ProtocolRead", outsider=f"{AGENCY} OR {OWN_MEMBER}", outsiders_write=True),
    ]
