"""What models and columns are called where nobody named them in the model: their English names, ready for translation.

Only the words on the screen change; what migrations see (the names given in the model) stays as it is.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django.utils.translation import gettext_lazy as _

OURS = ("portal.", "protocols", "mailbox", "timeline")
APPS = {
    "accounts": _("People"),
    "events": _("Events"),
    "files": _("Files"),
    "mail": _("Mail queues"),
    "tenancy": _("Agency and clients"),
}
MODELS = {
    "accounts.session": (_("session"), _("sessions")),
    "accounts.trustedbrowser": (_("trusted browser"), _("trusted browsers")),
    "events.event": (_("event"), _("events")),
    "files.file": (_("file"), _("files")),
    "mail.clientaddress": (_("inbound address"), _("inbound addresses")),
    "mail.inboundmail": (_("incoming mail"), _("incoming mails")),
    "mail.outgoingmail": (_("outgoing mail"), _("outgoing mails")),
    "mailbox.mail": (_("mail"), _("mails")),
    "mailbox.mailattachment": (_("attachment"), _("attachments")),
    "notifications.notification": (_("notification"), _("notifications")),
    "notifications.preference": (_("preference"), _("preferences")),
    "people.invitation": (_("invitation"), _("invitations")),
    "protocols.comment": (_("comment"), _("comments")),
    "protocols.protocol": (_("protocol"), _("protocols")),
    "protocols.protocolfile": (_("document of a protocol"), _("documents of protocols")),
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
}
_n = gettext_noop
COLUMNS = [
    *[_n("accepted at"), _n("access until"), _n("actor"), _n("added by"), _n("agency"), _n("archived at"), _n("area")],
    *[_n("areas"), _n("attachment count"), _n("attempts"), _n("author"), _n("brand hex"), _n("branded at")],
    *[_n("calendar"), _n("cc"), _n("client"), _n("client ids"), _n("code"), _n("comment"), _n("contact factor")],
    *[_n("content"), _n("content key"), _n("country"), _n("created at"), _n("currency"), _n("data processing")],
    *[_n("delivered at"), _n("digest"), _n("domain"), _n("duration minutes"), _n("edited at"), _n("email")],
    *[_n("embargo days"), _n("ended at"), _n("engagement"), _n("envelope from"), _n("error"), _n("expires at")],
    *[
        _n("external"),
        _n("failed at"),
        _n("file"),
        _n("from address"),
        _n("from name"),
        _n("happened at"),
        _n("held at"),
    ],
    *[_n("helo"), _n("host"), _n("html"), _n("imprint"), _n("in app"), _n("inbound"), _n("internal"), _n("invited by")],
    *[_n("is active"), _n("is blocked"), _n("is default"), _n("is internal"), _n("is staff"), _n("joined at")],
    *[_n("key points"), _n("kind"), _n("language"), _n("last error"), _n("level"), _n("local part"), _n("logo key")],
    *[_n("logo type"), _n("mail"), _n("mail domain"), _n("mailed at"), _n("manager"), _n("media type"), _n("member")],
    *[_n("message"), _n("message id"), _n("name"), _n("network"), _n("next try at"), _n("number"), _n("payload")],
    *[_n("peer"), _n("permissions"), _n("phone"), _n("place"), _n("position"), _n("privacy"), _n("problem")],
    *[_n("processed at"), _n("project"), _n("protocol"), _n("published at"), _n("quarantined at"), _n("read at")],
    *[_n("read only at"), _n("reason"), _n("received at"), _n("recipients"), _n("references"), _n("region")],
    *[_n("remote images"), _n("retired at"), _n("revoked at"), _n("role"), _n("scan finding"), _n("scan verdict")],
    *[_n("scanned at"), _n("sender address"), _n("sender name"), _n("sent at"), _n("sha256"), _n("side"), _n("size")],
    *[_n("slug"), _n("snippet"), _n("source"), _n("staff factor"), _n("subject"), _n("subject id"), _n("subject type")],
    *[_n("text"), _n("time zone"), _n("title"), _n("to"), _n("uploaded by"), _n("user"), _n("valid until")],
    *[_n("vendor"), _n("vendor factor"), _n("visible from"), _n("windows")],
]


def column(name: str) -> str:
    """A column of a table in the reader's language: "time_zone" is "time zone"."""
    return gettext(name.removesuffix("_id").replace("_", " "))


def translate_names() -> None:
    """Called once, when all models are there."""
    for label, name in APPS.items():
        apps.get_app_config(label).verbose_name = name
    for label, (one, many) in MODELS.items():
        options = apps.get_model(label)._meta
        options.verbose_name, options.verbose_name_plural = one, many
    for field in _unnamed(apps.get_models()):
        field.verbose_name = gettext_lazy(str(field.verbose_name))


def _unnamed(models: list[type[Model]]) -> Iterator[Field]:
    ours = [model for model in models if model.__module__.startswith(OURS)]
    return (field for model in ours for field in model._meta.fields if field._verbose_name is None)
