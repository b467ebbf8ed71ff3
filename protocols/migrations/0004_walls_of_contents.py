"""The walls around what protocols consist of, and around meetings. Internal notes are the agency's alone."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, for_outsiders

# The inner query passes the wall of the protocols, or of the meetings, itself.
WITH_PROTOCOL = f"{AGENCY} OR EXISTS (SELECT 1 FROM protocols_protocol p WHERE p.id = protocol_id)"
WITH_MEETING = f"{AGENCY} OR EXISTS (SELECT 1 FROM protocols_meeting m WHERE m.id = meeting_id)"


class Migration(migrations.Migration):
    dependencies = [("protocols", "0003_contents_and_meetings"), ("tenancy", "0005_correction_days")]
    operations = [
        # Who has read it is shown to whoever sees it.
        migrations.RunSQL(
            f"ALTER POLICY outsider ON protocols_protocolread USING ({WITH_PROTOCOL})",
            f"ALTER POLICY outsider ON protocols_protocolread USING ({AGENCY} OR {OWN_MEMBER})",
        ),
        SecureTable("AgendaItem", outsider=WITH_PROTOCOL, outsiders_write=True, audited=True),
        SecureTable("Participation", outsider=WITH_PROTOCOL, outsiders_write=True, audited=True),
        SecureTable("InternalNote", audited=True),
        SecureTable("ActionItem", outsider=for_outsiders("work"), outsiders_write=True, audited=True),
        SecureTable("Version", outsider=WITH_PROTOCOL, outsiders_write=True, audited=True),
        SecureTable("MeetingSeries", outsider=for_outsiders("work"), audited=True),
        SecureTable("Meeting", outsider=for_outsiders("work"), outsiders_write=True, audited=True),
        SecureTable("MeetingGuest", outsider=WITH_MEETING, outsiders_write=True),
        SecureTable("MeetingTopic", outsider=WITH_MEETING, outsiders_write=True, audited=True),
        SecureTable("CalendarFeed", outsider=f"{AGENCY} OR {OWN_MEMBER}", outsiders_write=True),
    ]
