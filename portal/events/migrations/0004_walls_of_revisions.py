"""The wall around earlier words of events: outsiders read those that they could have read then, of events that they see."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, SecureTable

# The inner query passes the wall of the events itself.
WITH_EVENT = "EXISTS (SELECT 1 FROM events_event e WHERE e.id = event_id)"


class Migration(migrations.Migration):
    dependencies = [("events", "0003_words_that_change"), ("tenancy", "0003_walls")]
    operations = [SecureTable("Revision", outsider=f"{AGENCY} OR (NOT is_internal AND {WITH_EVENT})")]
