"""The words of the mails about an account. Each gives what templates/mail/base needs."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from portal.accounts.devices import name_of
from portal.core import context
from portal.core.formats import format_datetime

Words = dict[str, Any]


def code(*, token: str, **rest) -> Words:
    return {
        "subject": _("Your code for signing in"),
        "quote": token,
        "text": _("It is valid for 10 minutes and works once. We never ask for it by phone or by mail.")
        + "\n\n"
        + _("You are not signing in? Then somebody knows your password: change it now."),
    }


def password_reset_key(*, password_reset_url: str, **rest) -> Words:
    return {
        "subject": _("Choose a new password"),
        "text": _(
            "The link is valid for one hour and works once. You did not ask for it? Then nothing needs to be done."
        ),
        "action_url": password_reset_url,
        "action_label": _("Choose a new password"),
    }


def unknown_account(**rest) -> Words:
    return {
        "subject": _("No account with this address"),
        "text": _("Somebody, perhaps you, asked for a new password for this address. There is no account with it. ")
        + _("Perhaps you use another address, or your contact person can invite you."),
    }


def email_confirmation(*, activate_url: str, **rest) -> Words:
    return {
        "subject": _("Confirm your e-mail address"),
        "text": _("From then on you sign in with this address. You did not ask for it? Then nothing needs to be done."),
        "action_url": activate_url,
        "action_label": _("Confirm the address"),
    }


def email_changed(*, from_email: str, to_email: str, **rest) -> Words:
    return _notice(
        _("Your e-mail address was changed"),
        _("You now sign in with %(new)s instead of %(old)s.") % {"new": to_email, "old": from_email},
    )


def email_deleted(*, deleted_email: str, **rest) -> Words:
    return _notice(
        _("An e-mail address was removed"), _("%(email)s no longer belongs to your account.") % {"email": deleted_email}
    )


def password_changed(**rest) -> Words:
    return _notice(_("Your password was changed"), _("All other devices have been signed out."))


def factor_added(**rest) -> Words:
    return _notice(_("An authenticator app was connected"), _("From now on it is your second factor."))


def factor_removed(**rest) -> Words:
    return _notice(
        _("Your authenticator app was disconnected"), _("From now on a code by e-mail is your second factor.")
    )


def backup_codes_made(**rest) -> Words:
    return _notice(_("New backup codes were made"), _("The old ones no longer work."))


def backup_code_used(*, remaining: int, **rest) -> Words:
    return _notice(_("A backup code was used"), _("Codes that are left: %(number)s.") % {"number": remaining})


def factor_failed(**rest) -> Words:
    return _notice(
        _("Somebody types wrong codes"),
        _(
            "Your password was right, the second factor was wrong several times. If it was not you, change your password."
        ),
    )


def factor_reset_requested(*, due_at, cancel_url: str, by: str, **rest) -> Words:
    words = {"who": by, "moment": format_datetime(due_at)}
    return {
        "subject": _("Your second factor will be removed"),
        "text": _("%(who)s has asked for it, because you lost it. It happens on %(moment)s.") % words
        + "\n\n"
        + _("You still have it, or did not ask? Then stop it now."),
        "action_url": cancel_url,
        "action_label": _("Stop it"),
    }


def factor_reset_done(**rest) -> Words:
    return {
        "subject": _("Your second factor was removed"),
        "text": _(
            "When you sign in next, you get a code by e-mail and can connect a new app. All devices were signed out."
        ),
    }


def factor_reset_cancelled(**rest) -> Words:
    return {"subject": _("Your second factor stays"), "text": _("The removal was stopped.")}


def factor_reset_refused(*, whose: str, **rest) -> Words:
    """To whoever asked for it."""
    words = {"name": whose}
    return {
        "subject": _("%(name)s keeps the second factor") % words,
        "text": _("You asked for its removal, which was stopped. Ask %(name)s whether something is wrong.") % words,
    }


def _notice(subject: str, text: str) -> Words:
    """A happening that the person should know of, with where it came from."""
    now = context.current()
    origin = _("Device: %(device)s, address %(ip)s.") % {"device": name_of(now.ua), "ip": now.ip or "–"}
    unasked = _("It was not you? Set a new password at once and tell your contact person.")
    return {"subject": subject, "text": f"{text}\n\n{origin}\n{unasked}"}


# By the name under which they are asked for; the first lines are allauth's names.
LETTERS: dict[str, Callable[..., Words]] = {
    "password_reset_key": password_reset_key,
    "unknown_account": unknown_account,
    "account_already_exists": unknown_account,
    "email_confirmation": email_confirmation,
    "email_confirmation_signup": email_confirmation,
    "email_changed": email_changed,
    "email_deleted": email_deleted,
    "password_changed": password_changed,
    "password_set": password_changed,
    "password_reset": password_changed,
    "code": code,
    "factor_added": factor_added,
    "factor_removed": factor_removed,
    "backup_codes_made": backup_codes_made,
    "backup_code_used": backup_code_used,
    "factor_failed": factor_failed,
    "factor_reset_requested": factor_reset_requested,
    "factor_reset_done": factor_reset_done,
    "factor_reset_cancelled": factor_reset_cancelled,
    "factor_reset_refused": factor_reset_refused,
}
