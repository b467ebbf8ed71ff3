"""The walls around activities: what stands behind an event is seen by whoever sees the event, and written by the agency's sight."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable

# The inner queries pass the walls of the events, and of the activities, themselves.
WITH_EVENT = "EXISTS (SELECT 1 FROM events_event e WHERE e.id = event_id)"
WITH_ACTIVITY = "EXISTS (SELECT 1 FROM timeline_activity a WHERE a.id = activity_id)"
OWN = f"{AGENCY} OR {OWN_MEMBER}"


class Migration(migrations.Migration):
    dependencies = [("timeline", "0001_models"), ("events", "0002_walls"), ("files", "0004_wall_of_waiting")]
    operations = [
        SecureTable("ActivityKind", outsider=f"{AGENCY} OR (SELECT app_scope()) IN ('client', 'vendor')", audited=True),
        SecureTable("Activity", outsider=f"{AGENCY} OR (taken_back_at IS NULL AND {WITH_EVENT})", audited=True),
        SecureTable("ActivityFile", outsider=f"{AGENCY} OR {WITH_ACTIVITY}", audited=True),
        SecureTable("Decision", audited=True),
        SecureTable("Visit", outsider=OWN, outsiders_write=True),
        SecureTable("WeeklyChoice", outsider=OWN, outsiders_write=True),
        SecureTable("WeeklyMail", outsider=OWN),
    ]
