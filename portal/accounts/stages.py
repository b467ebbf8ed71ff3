"""The last stage of every sign-in, whichever entrance it came through: the second factor."""

from allauth.account.stages import LoginStage, LoginStageController
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from portal.accounts import factors, hooks, trust
from portal.accounts.models import User

KEY = "otp"
STAMP = "password"
"""Under this name the stage keeps which password was proved; another one since then ends the sign-in."""


class OtpStage(LoginStage):
    """Holds the sign-in until a factor is proved; a trusted browser has proved it before."""

    key = KEY
    urlname = "otp_challenge"

    def handle(self):
        user = self.login.user
        row = trust.trusted_browser(self.request, user)
        device = trust.device_of(row) if row else None
        if row and device and counts_for(user, device):
            trust.use(row)
            user.otp_device, user.trusted_browser = device, row.pk
            return None, True
        if factors.methods_of(user)[0] == factors.EMAIL:
            factors.send_code(user)
        self.state[STAMP] = user.get_session_auth_hash()
        return redirect(self.urlname), True


def pending_stage(request) -> OtpStage | None:
    """The sign-in of this browser that waits for its second factor."""
    stage = None if request.user.is_authenticated else LoginStageController.enter(request, KEY)
    if stage is None or constant_time_compare(stage.state.get(STAMP, ""), stage.login.user.get_session_auth_hash()):
        return stage
    stage.abort()
    return None


def counts_for(user: User, device) -> bool:
    """Whether trust that rests on this factor satisfies the policy of today."""
    return hooks.policy_of(user) != factors.TOTP or factors.method_of(device) != factors.EMAIL
