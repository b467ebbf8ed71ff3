"""Changing the own e-mail address: allauth's page, which also says when no link went out."""

from allauth.account.views import EmailView
from allauth.core import ratelimit
from django.contrib import messages
from django.utils.translation import gettext_lazy as _

TOO_SOON = _(
    "A link went to this address a moment ago. Look for it among unwanted mails too; in three minutes we can send another."
)


class ChangeAddress(EmailView):
    """A link goes to the same address every three minutes at most; allauth would leave the next one out without a word."""

    def form_valid(self, form):
        if _went_just_now(self.request, form.cleaned_data["email"]):
            form.add_error("email", TOO_SOON)
            return self.form_invalid(form)
        return super().form_valid(form)

    def _action_send(self, request, *args, **kwargs):
        response = super()._action_send(request, *args, **kwargs)
        if not self._did_send_verification_email:
            messages.info(request, TOO_SOON)
        return response


def _went_just_now(request, email: str) -> bool:
    """Whether allauth would send none now."""
    return not ratelimit.consume(request, action="confirm_email", key=email.lower(), dry_run=True)


change_address = ChangeAddress.as_view()
