"""The walls around tickets. What hangs on one goes with it; private words, internal changes and all of teams stay inside."""

from django.db import migrations

from portal.tenancy.walls import AGENCY, OWN_MEMBER, SecureTable, for_outsiders

# The inner queries pass the walls of the tickets, and of the comments, themselves.
WITH_TICKET = "EXISTS (SELECT 1 FROM tickets_ticket t WHERE t.id = ticket_id)"
WITH_BOTH = f"{WITH_TICKET} AND EXISTS (SELECT 1 FROM tickets_ticket o WHERE o.id = other_id)"
WITH_COMMENT = "EXISTS (SELECT 1 FROM tickets_comment c WHERE c.id = comment_id)"
RIGHT = (
    "(SELECT v.reads_private FROM tenancy_vendor v JOIN tenancy_member m ON m.vendor_id = v.id "
    "WHERE m.id = (SELECT app_member_id()))"
)
OPEN_WORDS = (
    f"NOT is_private OR ((SELECT app_scope()) = 'vendor' AND (author_id = (SELECT app_member_id()) OR {RIGHT}))"
)
SIGNED_IN = "(SELECT app_scope()) IN ('client', 'vendor')"
CHILD = f"{AGENCY} OR {WITH_TICKET}"
NOT_INTERNAL = f"{AGENCY} OR (NOT is_internal AND {WITH_TICKET})"


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0001_models"),
        ("files", "0002_walls"),
        ("mail", "0002_walls"),
        ("tenancy", "0003_walls"),
    ]
    operations = [
        SecureTable("TicketType", outsider=f"{AGENCY} OR {SIGNED_IN}", audited=True),
        SecureTable("TicketStatus", outsider=f"{AGENCY} OR {SIGNED_IN}", audited=True),
        SecureTable("TicketField", outsider=f"{AGENCY} OR (NOT is_internal AND {SIGNED_IN})", audited=True),
        SecureTable("Team", audited=True),
        SecureTable("TeamMember", audited=True),
        SecureTable("TicketCounter"),
        SecureTable("Ticket", outsider=for_outsiders("tickets"), outsiders_write=True, audited=True),
        SecureTable(
            "Comment",
            outsider=f"{AGENCY} OR ({WITH_TICKET} AND ({OPEN_WORDS}))",
            outsiders_write=True,
            audited=True,
        ),
        SecureTable("CommentVersion", outsider=f"{AGENCY} OR {WITH_COMMENT}", outsiders_write=True, audited=True),
        SecureTable(
            "TicketFile",
            outsider=f"{AGENCY} OR ({WITH_TICKET} AND (comment_id IS NULL OR {WITH_COMMENT}))",
            outsiders_write=True,
            audited=True,
        ),
        SecureTable("Follower", outsider=CHILD, outsiders_write=True),
        SecureTable("Change", outsider=NOT_INTERNAL, outsiders_write=True),
        SecureTable("Link", outsider=f"{AGENCY} OR ({WITH_BOTH})", audited=True),
        SecureTable("ChecklistItem", outsider=CHILD, outsiders_write=True, audited=True),
        SecureTable("WatchOut", audited=True),
        SecureTable("FieldValue", outsider=NOT_INTERNAL, outsiders_write=True, audited=True),
        SecureTable("Handover"),
        SecureTable("SavedView", outsider=f"{AGENCY} OR {OWN_MEMBER}", outsiders_write=True),
    ]
