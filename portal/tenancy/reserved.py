"""Words that no agency and no client may take as its address. CheckConstraints hold them."""

AGENCY_WORDS = (
    "accounts admin agencies api brand c favicon first-run healthz legal mail media metrics new outbox people platform "
    "readyz robots security session-expired setup static status switch webhooks well-known "
    "clients my-day notifications projects protocols settings tickets timeline"
).split()
CLIENT_WORDS = (
    "accounts admin api appointments billing brand calendar clients files first-run invoices legal letter mails members my-day "
    "new notifications people preferences projects protocols reports search seats security session-expired sessions "
    "settings setup static switch team tickets timeline vendors work-log"
).split()
