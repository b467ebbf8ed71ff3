"""Somebody who proved to be it a moment ago."""

from django.utils import timezone

from portal.accounts.decorators import CONFIRMED_AT
from tests.browse import browse_as


def confirmed(member):
    """A browser of the member in which critical changes ask for no password."""
    browser = browse_as(member)
    session = browser.session
    session[CONFIRMED_AT] = timezone.now().timestamp()
    session.save()
    return browser
