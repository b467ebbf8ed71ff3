"""What models and columns are called where nobody named them in the model: their English names, ready for translation.

Only the words on the screen change; what migrations see (the names given in the model) stays as it is.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _

OURS = ("portal.", "invoices", "protocols", "mailbox", "tickets", "timeline", "worklog")
APPS = {
    "accounts": _("People"),
    "events": _("Events"),
    "files": _("Files"),
    "mail": _("Mail queues"),
    "people": _("People"),
    "search": _("Search index"),
    "tenancy": _("Agency and clients"),
}
MODELS = {
    "accounts.session": (_("session"), _("sessions")),
    "accounts.trustedbrowser": (_("trusted browser"), _("trusted browsers")),
    "events.event": (_("event"), _("events")),
    "events.revision": (_("earlier wording of an event"), _("earlier wordings of events")),
    "files.file": (_("file"), _("files")),
    "invoices.allocation": (_("use of a payment"), _("uses of payments")),
    "invoices.bankcontent": (_("content of a bank file"), _("contents of bank files")),
    "invoices.bankfile": (_("bank file"), _("bank files")),
    "invoices.bankline": (_("line of a bank file"), _("lines of bank files")),
    "invoices.billingdata": (_("billing data of a client"), _("billing data of clients")),
    "invoices.invoice": (_("invoice"), _("invoices")),
    "invoices.invoicecounter": (_("number of invoices"), _("numbers of invoices")),
    "invoices.invoicedocument": (_("paper of an invoice"), _("papers of invoices")),
    "invoices.invoiceline": (_("line of an invoice"), _("lines of invoices")),
    "invoices.invoiceread": (_("reading of an invoice"), _("readings of invoices")),
    "invoices.invoicetax": (_("tax of an invoice"), _("taxes of invoices")),
    "invoices.linework": (_("work behind a line"), _("work behind lines")),
    "invoices.moneycheck": (_("examination of the money"), _("examinations of the money")),
    "invoices.payment": (_("payment"), _("payments")),
    "invoices.refund": (_("sum paid back"), _("sums paid back")),
    "invoices.reminder": (_("reminder"), _("reminders")),
    "invoices.reminderpolicy": (_("reminder rule"), _("reminder rules")),
    "invoices.remindertier": (_("tier of reminders"), _("tiers of reminders")),
    "invoices.setoff": (_("set-off"), _("set-offs")),
    "invoices.taxprofile": (_("tax profile"), _("tax profiles")),
    "invoices.waiver": (_("sum not asked for"), _("sums not asked for")),
    "mail.clientaddress": (_("inbound address"), _("inbound addresses")),
    "mail.imapmailbox": (_("mailbox"), _("mailboxes")),
    "mail.inboundmail": (_("incoming mail"), _("incoming mails")),
    "mail.mailreply": (_("answer by mail"), _("answers by mail")),
    "mail.outgoingmail": (_("outgoing mail"), _("outgoing mails")),
    "mail.providerrequest": (_("request of a mail provider"), _("requests of mail providers")),
    "mail.stray": (_("mail for nobody"), _("mails for nobody")),
    "mailbox.addresstest": (_("test of an address"), _("tests of addresses")),
    "mailbox.knownaddress": (_("known address"), _("known addresses")),
    "mailbox.mail": (_("mail"), _("mails")),
    "mailbox.mailattachment": (_("attachment"), _("attachments")),
    "mailbox.thread": (_("thread"), _("threads")),
    "notifications.delivery": (_("notification by mail"), _("notifications by mail")),
    "notifications.notification": (_("notification"), _("notifications")),
    "notifications.preference": (_("preference"), _("preferences")),
    "people.accessrequest": (_("request for access"), _("requests for access")),
    "people.vendorcard": (_("card of a vendor"), _("cards of vendors")),
    "people.invitation": (_("invitation"), _("invitations")),
    "profile.change": (_("change of the profile"), _("changes of the profile")),
    "profile.field": (_("field of the profile"), _("fields of the profile")),
    "profile.proposal": (_("proposal for the profile"), _("proposals for the profile")),
    "profile.reminder": (_("reminder of the profile"), _("reminders of the profile")),
    "profile.section": (_("section of the profile"), _("sections of the profile")),
    "protocols.actionitem": (_("action item"), _("action items")),
    "protocols.agendaitem": (_("agenda item"), _("agenda items")),
    "protocols.comment": (_("comment"), _("comments")),
    "protocols.internalnote": (_("internal note"), _("internal notes")),
    "protocols.participation": (_("participant"), _("participants")),
    "protocols.version": (_("version of a protocol"), _("versions of protocols")),
    "protocols.calendarfeed": (_("calendar address"), _("calendar addresses")),
    "protocols.meeting": (_("meeting"), _("meetings")),
    "protocols.meetingguest": (_("invitation to a meeting"), _("invitations to meetings")),
    "protocols.meetingseries": (_("series of meetings"), _("series of meetings")),
    "protocols.meetingtopic": (_("item of an agenda"), _("items of an agenda")),
    "protocols.protocol": (_("protocol"), _("protocols")),
    "protocols.protocolfile": (_("document of a protocol"), _("documents of protocols")),
    "search.entry": (_("search entry"), _("search entries")),
    "search.filetext": (_("text of a file"), _("texts of files")),
    "tenancy.absence": (_("absence"), _("absences")),
    "tenancy.agency": (_("agency"), _("agencies")),
    "tenancy.calendar": (_("calendar"), _("calendars")),
    "tenancy.calendarexception": (_("day that differs"), _("days that differ")),
    "tenancy.client": (_("client"), _("clients")),
    "tenancy.clientaccess": (_("access to a client"), _("accesses to clients")),
    "tenancy.member": (_("member"), _("members")),
    "tenancy.network": (_("network"), _("networks")),
    "tenancy.project": (_("project"), _("projects")),
    "tenancy.projectaccess": (_("access to a project"), _("accesses to projects")),
    "tenancy.role": (_("role"), _("roles")),
    "tenancy.vendor": (_("vendor"), _("vendors")),
    "tickets.change": (_("change of a ticket"), _("changes of tickets")),
    "tickets.checklistitem": (_("line of a checklist"), _("lines of checklists")),
    "tickets.comment": (_("comment on a ticket"), _("comments on tickets")),
    "tickets.commentversion": (_("earlier wording of a comment"), _("earlier wordings of comments")),
    "tickets.descriptionversion": (_("earlier wording of a ticket"), _("earlier wordings of tickets")),
    "tickets.fieldvalue": (_("value of a field"), _("values of fields")),
    "tickets.follower": (_("follower"), _("followers")),
    "tickets.handover": (_("hand-over"), _("hand-overs")),
    "tickets.link": (_("link between tickets"), _("links between tickets")),
    "tickets.savedview": (_("saved view"), _("saved views")),
    "tickets.team": (_("team"), _("teams")),
    "tickets.teammember": (_("member of a team"), _("members of teams")),
    "tickets.ticket": (_("ticket"), _("tickets")),
    "tickets.ticketcounter": (_("number of tickets"), _("numbers of tickets")),
    "tickets.ticketfield": (_("field of tickets"), _("fields of tickets")),
    "tickets.ticketfile": (_("file of a ticket"), _("files of tickets")),
    "tickets.ticketstatus": (_("state of tickets"), _("states of tickets")),
    "tickets.tickettype": (_("kind of tickets"), _("kinds of tickets")),
    "tickets.watchout": (_("watch-out"), _("watch-outs")),
    "timeline.activity": (_("activity"), _("activities")),
    "timeline.activityfile": (_("file of an activity"), _("files of activities")),
    "timeline.activitykind": (_("kind of activity"), _("kinds of activities")),
    "timeline.decision": (_("day set by hand"), _("days set by hand")),
    "worklog.clientworkpolicy": (_("work log rule of a client"), _("work log rules of clients")),
    "worklog.explanation": (_("question about an entry"), _("questions about entries")),
    "worklog.explanationpost": (_("question or answer"), _("questions and answers")),
    "worklog.monthclosing": (_("closed month"), _("closed months")),
    "worklog.timer": (_("timer"), _("timers")),
    "worklog.workbudget": (_("budget"), _("budgets")),
    "worklog.workcorrection": (_("correction of an entry"), _("corrections of entries")),
    "worklog.workentry": (_("work entry"), _("work entries")),
    "worklog.workkind": (_("kind of work"), _("kinds of work")),
    "worklog.worknote": (_("internal note"), _("internal notes")),
    "worklog.workpolicy": (_("work log rule"), _("work log rules")),
    "worklog.workrate": (_("price of an hour"), _("prices of an hour")),
    "worklog.workresult": (_("result"), _("results")),
    "worklog.workstatement": (_("monthly statement"), _("monthly statements")),
}
# fmt: off
COLUMNS = [
    _("kept at"), _("let at"), _("limited at"), _("limited by"), _("made on"), _("named"), _("sender"), _("takes back"), _("with retainer"),
    _("withdrawn at"), _("work group"),
    _("about"), _("accepted at"), _("access until"), _("actor"), _("added by"), _("agency"), _("archived at"),
    _("area"), _("areas"), _("attachment count"), _("attempts"), _("author"), _("brand hex"), _("branded at"), _("by"),
    _("calendar"), _("cc"), _("client"), _("client ids"), _("code"), _("comment"), _("contact factor"), _("content"),
    _("content key"), _("country"), _("created at"), _("currency"), _("data processing"), _("delivered at"),
    _("device"), _("digest"), _("domain"), _("due at"), _("duration minutes"), _("edited at"), _("email"),
    _("embargo days"), _("ended at"), _("engagement"), _("envelope from"), _("error"), _("expires at"), _("external"),
    _("factor"), _("failed at"), _("file"), _("from address"), _("from name"), _("happened at"), _("held at"),
    _("helo"), _("host"), _("html"), _("imprint"), _("in app"), _("inbound"), _("internal"), _("invited by"), _("ip"),
    _("is active"), _("is blocked"), _("is default"), _("is internal"), _("is staff"), _("joined at"),
    _("key points"), _("kind"), _("language"), _("last error"), _("lease until"), _("level"), _("local part"),
    _("logo key"), _("logo type"), _("mail"), _("mail domain"), _("mailed at"), _("manager"), _("media type"),
    _("member"), _("message"), _("message id"), _("method"), _("name"), _("network"), _("next try at"), _("number"),
    _("old"), _("path"), _("payload"), _("peer"), _("permissions"), _("phone"), _("place"), _("position"),
    _("privacy"), _("problem"), _("processed at"), _("project"), _("protocol"), _("published at"),
    _("quarantined at"), _("raw"), _("read at"), _("read only at"), _("reason"), _("received at"), _("recipients"),
    _("references"), _("region"), _("remote images"), _("retired at"), _("revoked at"), _("role"), _("rows"),
    _("scan finding"), _("scan verdict"), _("scanned at"), _("sender address"), _("sender name"), _("sent at"),
    _("sha256"), _("side"), _("size"), _("slug"), _("snippet"), _("source"), _("staff factor"), _("subject"),
    _("subject id"), _("subject type"), _("text"), _("time zone"), _("title"), _("to"), _("trusted"),
    _("uploaded by"), _("user"), _("valid until"), _("vendor"), _("vendor factor"), _("visible from"), _("what"),
    _("windows"), _("outcome"), _("purpose"),
    # Of protocols
    _("accepted by"), _("accepted by silence"), _("assignee"), _("brought by"), _("by mail"), _("correct until"),
    _("correction days"), _("done at"), _("done by"), _("dropped at"), _("due on"), _("edited by"),
    _("is correction"), _("key"), _("notes"), _("planned minutes"), _("revision"), _("saved at"), _("saved by"),
    _("settled at"), _("settled by"), _("settled version"), _("version"), _("was invited"), _("was present"),
    # Of meetings
    _("cancelled at"), _("cancelled by"), _("created by"), _("ends at"), _("first on"), _("guest ids"), _("last on"),
    _("leader"), _("made until"), _("meeting"), _("minutes"), _("moved at"), _("original on"), _("reminded at"),
    _("reminders"), _("rhythm"), _("sequence"), _("series"), _("starts at"), _("starts at time"), _("uid"),
    _("waived at"), _("waived by"), _("waived reason"),
    # Of profiles
    _("answer"), _("base"), _("changed at"), _("confirmed at"), _("confirmed by"), _("decided by"), _("declined at"),
    _("edited by"), _("field"), _("label"), _("new"), _("note"), _("old label"), _("proposed by"), _("quarter"),
    _("section"), _("verb"),
    # Of mails
    _("address"), _("answered at"), _("asked at"), _("assigned at"), _("bounce kind"), _("bounce text"),
    _("bounced at"), _("calendar line"), _("checked at"), _("content type"), _("discarded at"), _("discarded by"),
    _("dismissed at"), _("dismissed by"), _("done folder"), _("emptied at"), _("folder"), _("forwarded"),
    _("held reason"), _("hidden at"), _("hidden by"), _("hold strangers"), _("known at"), _("last at"), _("last uid"),
    _("left behind"), _("let in at"), _("let in by"), _("mail count"), _("outgoing"), _("password"), _("paused at"),
    _("port"), _("security"), _("source key"), _("takes any address"), _("tester"), _("thread"), _("trackers"),
    _("troubles"), _("uidvalidity"), _("verdict"),
    # Of tickets
    _("added at"), _("answers client"), _("client word"), _("closed at"), _("closed by"), _("description"),
    _("due order"), _("estimate minutes"), _("from member"), _("from team"), _("handed by"), _("has parts"), _("hint"),
    _("icon"), _("is open to contacts"), _("is private"), _("last"), _("logger"), _("muted at"), _("opened by"),
    _("other"), _("parent"), _("percent"), _("prefix"), _("priority"), _("query"), _("reads private"),
    _("reopen days"), _("stage"), _("status"), _("status since"), _("team"), _("ticket"),
    _("to member"), _("to team"), _("touched at"), _("type"), _("until"), _("value"),
    _("answered by"), _("is granted"), _("languages"), _("rating"), _("services"), _("why"),
    # Of the timeline
    _("activity"), _("announced at"), _("changed by"), _("decided at"), _("fixed at"), _("link"), _("posted at"),
    _("posted by"), _("taken back at"), _("taken back by"), _("was"),
    # Of invoices
    _("bank"), _("bic"), _("books on"), _("books rate"), _("books source"), _("buyer"), _("buyer reference"),
    _("cancelled at"), _("category"), _("city"), _("corrects"), _("credit"), _("credit series"), _("detail"),
    _("discount"), _("downloaded at"), _("extra"), _("freed at"), _("gross"), _("iban"), _("intro"), _("invoice"),
    _("issued at"), _("issued by"), _("issued on"), _("issuer"), _("line"), _("lines net"), _("made at"),
    _("managers"), _("net"), _("next try at"), _("ordered at"), _("origin"), _("person"), _("postcode"),
    _("quantity"), _("rate"), _("register"), _("results"), _("seller"), _("service from"), _("service until"),
    _("settled"), _("settled on"), _("street"), _("tax category"), _("tax number"), _("tax rate"), _("taxable"),
    _("terms days"), _("tries"), _("unit"), _("unit price"), _("vat"), _("vat id"), _("who"), _("with annex"),
    _("year"),
    # Of payments
    _("amount"), _("automatic since"), _("booked on"), _("heading"), _("imported at"), _("imported by"),
    _("invoices"), _("open amount"), _("payment"), _("problems"), _("put aside at"), _("put aside by"),
    _("recorded at"), _("recorded by"), _("reversed at"), _("reversed by"), _("sent by"), _("tier"), _("waived on"),
    # Of the work log
    _("day minutes"), _("invoice line"),
    _("added at"), _("amount"), _("approved at"), _("approved by"), _("approved since"), _("asked by"), _("charge"),
    _("closed at"), _("closed by"), _("corrected at"), _("corrected by"), _("delayed since"), _("entry"),
    _("explanation"), _("import key"), _("invoice line id"), _("invoiced at"), _("logged at"), _("logged by"),
    _("month"), _("needs protocol"), _("released at"), _("released by"), _("reminder weekday"), _("removed at"),
    _("removed by"), _("set at"), _("set by"), _("spent on"), _("started at"), _("stated at"), _("statement day"), _("written at"),
    _("written by"), _("valid from"),
    _("account"), _("doubted at"), _("entry id"), _("fee"), _("form"), _("knows client"), _("paid on"), _("payer"),
    _("payer iban"), _("reference"), _("refunded on"), _("reversal reason"), _("told at"),
]
# fmt: on


def column(name: str) -> str:
    """A column of a table, or a detail of an audit event, in the reader's language: "time_zone" is "time zone"."""
    return gettext(name.removesuffix("_id").replace("_", " "))


def translate_names() -> None:
    """Called once, when all models are there."""
    for label, name in APPS.items():
        apps.get_app_config(label).verbose_name = gettext_lazy(name)
    for label, (one, many) in MODELS.items():
        options = apps.get_model(label)._meta
        options.verbose_name, options.verbose_name_plural = gettext_lazy(one), gettext_lazy(many)
    for field in _unnamed(apps.get_models()):
        field.verbose_name = gettext_lazy(str(field.verbose_name))


def _unnamed(models: list[type[Model]]) -> Iterator[Field]:
    ours = [model for model in models if model.__module__.startswith(OURS)]
    return (field for model in ours for field in model._meta.fields if isinstance(field.verbose_name, str))
