"""Accepting an invitation: the link in the mail, then an account or a sign-in, then the place."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from portal.accounts import actions as accounts
from portal.accounts.factors import meets_policy
from portal.accounts.models import User
from portal.core.access import public
from portal.people.actions import invitations
from portal.people.actions.invitations import AccountExists, InvitationOver
from portal.people.forms.join import RegisterForm
from portal.people.models import Invitation
from portal.people.views.pages import form_page


@public
@sensitive_post_parameters()
def join(request, token: str):
    """Whoever holds the link may see who invites whom; the rest needs the invited address."""
    try:
        invitation = invitations.find(request.agency_id, token)
        if request.user.is_authenticated:
            return _join_as(request, invitation)
        if User.objects.filter(email=invitation.email).exists():
            raise AccountExists
        return _register(request, invitation)
    except AccountExists:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    except InvitationOver:
        if request.member:
            return redirect("home")
        return render(request, "people/join_over.html", status=404)


def _join_as(request, invitation: Invitation):
    if not meets_policy(request):
        return redirect_to_login(request.get_full_path(), reverse("otp_enrol"))
    if not invitations.belongs_to(invitation, request.user):
        return render(request, "people/join_other.html", {"invitation": invitation}, status=403)
    if request.method != "POST":
        return render(request, "people/join.html", {"invitation": invitation})
    invitations.accept(invitation, user=request.user)
    messages.success(request, _("Welcome."))
    return redirect("home")


def _register(request, invitation: Invitation):
    form = RegisterForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if not form.is_valid():
        title = _("Welcome, %(name)s") % {"name": invitation.name}
        return form_page(
            request,
            form,
            title=title,
            submit=_("Create account and continue"),
            template="people/register.html",
            invitation=invitation,
        )
    user = invitations.accept_as_new(invitation, **form.cleaned_data)
    return accounts.sign_in(request, user, next_url=reverse("home"))
