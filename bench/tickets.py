"""Tickets for the bench: as many as asked for, one in ten open; the first has 500 comments."""

from django.db.backends.utils import CursorWrapper

COMMENTS = 500
TICKETS = """
INSERT INTO tickets_ticket (agency_id, client_id, number, key, type_id, status_id, stage, status_since, title, description, logger_id,
    opened_by_id, side, content_key, assignee_id, due_at, priority, percent, created_at, touched_at, told_at, closed_at)
SELECT %(agency)s, %(client)s, n, 'BUS-' || n, s.type_id, s.id, s.stage, now(), 'Shipping cost number ' || n,
    'Customers see the *mainland* price.', %(author)s, %(author)s, 'agency', '',
    CASE WHEN n %% 5 = 0 THEN %(author)s END, now() + (n %% 90) * interval '1 day', 3, 0, now() - n * interval '1 minute', now(), now(),
    CASE WHEN s.stage = 'done' THEN now() - n * interval '1 minute' END
FROM generate_series(1, %(rows)s) n
JOIN (SELECT t.id AS type_id, x.id, x.stage FROM tickets_tickettype t JOIN tickets_ticketstatus x ON x.type_id = t.id
      WHERE t.agency_id = %(agency)s AND t.code = 'bug' AND x.stage IN ('working', 'done')) s
  ON s.stage = CASE WHEN n = 1 OR n %% 10 = 0 THEN 'working' ELSE 'done' END
"""
WORDS = """
INSERT INTO tickets_comment (agency_id, ticket_id, author_id, text, is_private, by_mail, created_at)
SELECT %(agency)s, t.id, %(author)s, 'Word number ' || n || ' about the **shipping** cost.', n %% 4 = 0, false,
    now() - (%(comments)s - n) * interval '1 minute'
FROM tickets_ticket t, generate_series(1, %(comments)s) n WHERE t.agency_id = %(agency)s AND t.number = 1
"""


def fill(cursor: CursorWrapper, values: dict) -> None:
    """Write them."""
    cursor.execute(TICKETS, values)
    cursor.execute(WORDS, {**values, "comments": COMMENTS})
