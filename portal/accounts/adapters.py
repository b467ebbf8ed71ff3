"""Where allauth meets our rules: which stages, how many tries, which mails, where to go."""

from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from portal.accounts import factors, hooks, limits, mail, oidc, trail
from portal.accounts.models import User
from portal.accounts.sessions import TRUSTED
from portal.core.http import client_ip, own_address


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail address, closed to the public, always with a second factor."""

    error_messages = {  # in our words, since allauth's German says du
        **DefaultAccountAdapter.error_messages,
        "enter_current_password": DefaultAccountAdapter.error_messages["incorrect_password"],
    }

    def is_open_for_signup(self, request):
        return False

    def get_login_stages(self):
        return [*super().get_login_stages(), "portal.accounts.stages.OtpStage"]

    def get_client_ip(self, request):
        return client_ip(request)

    def is_safe_url(self, url):
        """Only where the request came to: allauth would lead to any host of ours, and an agency's own domain is in its hands."""
        return bool(own_address(self.request, url))

    def get_login_redirect_url(self, request):
        return reverse("home")

    def get_logout_redirect_url(self, request):
        return reverse("account_login")

    def get_password_change_redirect_url(self, request):
        return reverse("account_security")

    def get_email_verification_redirect_url(self, email_address):
        return reverse("account_security" if self.request.user.is_authenticated else "account_login")

    # --- Tries ------------------------------------------------------------------------------------------------

    def pre_authenticate(self, request, **credentials):
        """Count the try before it is made; refuse it when there were too many."""
        email, network = _email(credentials), limits.network_of(client_ip(request))
        wait = _wait(email, network)
        if wait:
            user = _user_at(email)
            if not limits.consume(limits.LOCKED_NOTED, user.pk if user else "", network):
                trail.write("sign_in.locked", user, durable=True)
            raise ValidationError(too_many(wait))

    def authenticate(self, request, **credentials):
        user = super().authenticate(request, **credentials)
        email, network = _email(credentials), limits.network_of(client_ip(request))
        if user:
            limits.give_back(limits.SIGN_IN, email, network)
            limits.give_back(limits.SIGN_IN_NETWORK, network)
            limits.give_back(limits.SIGN_IN_ACCOUNT, email)
        return user

    def _rollback_login_failed_rl_usage(self):
        """allauth's own counter, in the cache, is switched off."""

    def authentication_failed(self, request, **credentials):
        trail.write("sign_in.failed", _user_at(_email(credentials)), durable=True)

    def _delete_login_attempts_cached_email(self, request, **credentials):
        """After a reset by mail the person signs in anew, wherever the guessing came from."""
        email, network = _email(credentials), limits.network_of(client_ip(request))
        limits.forget(limits.SIGN_IN, email, network)
        limits.forget(limits.SIGN_IN_ACCOUNT, email)

    # --- In and out --------------------------------------------------------------------------------------------

    def login(self, request, user):
        """The only place where a session becomes somebody's. Refuses whoever came past the second factor."""
        device = getattr(user, "otp_device", None)
        if device is None or device.user_id != user.pk:
            raise PermissionDenied("no second factor")
        super().login(request, user)
        browser = getattr(user, "trusted_browser", None)
        if browser:
            request.session[TRUSTED] = browser
        request.session[CONFIRMED_AT] = timezone.now().timestamp()
        limits.remember(limits.KNOWN_NETWORK, user.email, limits.network_of(client_ip(request)))
        trail.write("sign_in.done", user, factor=factors.method_of(device), trusted_browser=bool(browser))

    def logout(self, request):
        trail.write("sign_out", request.user)
        super().logout(request)

    # --- Mails -------------------------------------------------------------------------------------------------

    def send_password_reset_mail(self, user, email, context):
        """Not to an address that is only asked for: whoever reads there has proved nothing yet.

        At an agency's own domain, which is in its hands, only its own people get a link that leads there.
        """
        if EmailAddress.objects.filter(user=user, email=email.lower(), verified=False, primary=False).exists():
            self.send_mail("account/email/unknown_account", email, {})
            return
        agency, url = self.request.agency, urlsplit(context["password_reset_url"])
        if agency and agency.host and agency.pk not in hooks.agencies_of(user):
            portal = urlsplit(settings.BASE_URL)
            url = url._replace(scheme=portal.scheme, netloc=portal.netloc)
        super().send_password_reset_mail(user, email, context | {"password_reset_url": url.geturl()})

    def send_mail(self, template_prefix, email, context):
        """allauth's mails in our words. A reset mail goes out a few times an hour only, known address or not."""
        letter = template_prefix.rsplit("/", 1)[-1]
        network = limits.network_of(client_ip(allauth_context.request))
        if letter in ("password_reset_key", "unknown_account") and _too_many_mails(email, network):
            return
        facts = {key: value for key, value in context.items() if key not in ("user", "email", "request")}
        mail.send(letter, email, user=context.get("user") or _user_at(email), **facts)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """OIDC opens an account that is there already, found by an address verified on both sides. It makes and links none."""

    def is_open_for_signup(self, request, sociallogin):
        return False

    def get_provider(self, request, provider, client_id=None):
        found = super().get_provider(request, provider, client_id)
        found.oauth2_adapter_class = oidc.OneAddress
        return found

    def pre_social_login(self, request, sociallogin):
        if sociallogin.state.get("process", AuthProcess.LOGIN) != AuthProcess.LOGIN:
            raise ImmediateHttpResponse(redirect("account_login"))

    def authenticate_by_email(self, sociallogin):
        """`verified` must be true itself: some providers send the word "false"."""
        for claimed in sociallogin.email_addresses:
            if claimed.verified is not True:
                continue
            rows = EmailAddress.objects.filter(email=claimed.email.lower(), verified=True).select_related("user")
            for row in rows:
                return row.user, row.email
        return None


CONFIRMED_AT = "confirmed_at"


def too_many(seconds: int) -> str:
    """The words of a refusal."""
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many tries. Wait %(minutes)s minute, or set a new password by e-mail.",
        "Too many tries. Wait %(minutes)s minutes, or set a new password by e-mail.",
        minutes,
    ) % {"minutes": minutes}


def _wait(email: str, network: str) -> int:
    """Seconds to wait. A refused try counts no further: whoever guesses from one place locks out nobody elsewhere."""
    wait = limits.consume(limits.SIGN_IN, email, network) or limits.consume(limits.SIGN_IN_NETWORK, network)
    if wait or limits.is_known(limits.KNOWN_NETWORK, email, network):
        return wait
    return limits.consume(limits.SIGN_IN_ACCOUNT, email)


def _too_many_mails(email: str, network: str) -> bool:
    return bool(
        limits.consume(limits.RESET_MAIL, email, network)
        or limits.consume(limits.RESET_MAIL_NETWORK, network)
        or limits.consume(limits.RESET_MAIL_ACCOUNT, email)
    )


def _email(credentials: dict) -> str:
    return str(credentials.get("email") or credentials.get("username") or "")


def _user_at(email: str) -> User | None:
    return User.objects.filter(email=email.strip().lower()).first()
