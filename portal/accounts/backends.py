"""Who is signed in: allauth's backend, with the look-up that each request makes compiled once."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import BigIntegerField

from portal.accounts.models import User
from portal.accounts.sessions import take_loaded
from portal.core.prepared import Prepared, Slot

_by_id = Prepared(lambda: User.objects.filter(pk=Slot("user", BigIntegerField())))


class Backend(AuthenticationBackend):
    """Signs in as allauth does; an account that was switched off is nobody."""

    def get_user(self, user_id):
        user = take_loaded(user_id) or _by_id.first(user=user_id)
        return user if user and self.user_can_authenticate(user) else None
