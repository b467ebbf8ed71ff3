"""Which second factor is asked of whom: by agency and kind of member, and the strictest of a person's agencies."""

import pytest
from django.db import transaction
from django_otp.plugins.otp_email.models import EmailDevice

from portal.accounts.models import User
from portal.core.context import tenant
from portal.tenancy import actions
from portal.tenancy.places import strictest_factor
from tests.browse import browse_as, url

FIELDS = {"nora": "staff_factor", "anna": "contact_factor", "vera": "vendor_factor"}


@pytest.fixture
def ask(cast):
    """Sets what an agency asks of a kind of member; every other kind may use the e-mail."""

    def asking(agency, field: str, factor: str) -> None:
        with tenant(agency.pk), transaction.atomic():
            values = dict.fromkeys(FIELDS.values(), "email") | {field: factor}
            type(agency).objects.filter(pk=agency.pk).update(**values)

    return asking


@pytest.mark.parametrize(("who", "field"), FIELDS.items())
def test_each_kind_of_member_has_its_own(cast, ask, who, field):
    for other, its in FIELDS.items():
        ask(cast.north, field, "totp")
        assert strictest_factor(getattr(cast, other).user) == ("totp" if its == field else "email")


def test_the_strictest_of_two_agencies_counts(cast, ask):
    ask(cast.north, "contact_factor", "email")
    ask(cast.south, "staff_factor", "totp")
    assert strictest_factor(cast.anna.user) == "email"

    with tenant(cast.south.pk), transaction.atomic():
        actions.add_member(cast.south, cast.anna.user, kind="specialist", role="reader")

    assert strictest_factor(cast.anna.user) == "totp"


def test_platform_staff_always_need_the_app(cast, ask):
    ask(cast.north, "contact_factor", "email")
    cast.anna.user.is_staff = True

    assert strictest_factor(cast.anna.user) == "totp"


@pytest.mark.parametrize("places", [1, 2])
@pytest.mark.parametrize(("factor", "status"), [("email", 200), ("totp", 302)])
def test_the_door_asks_for_it(cast, ask, places, factor, status):
    """By the shortcut of somebody with one place, and by the question over all places."""
    ask(cast.north, "contact_factor", factor)
    ask(cast.south, "contact_factor", "email")
    if places == 2:
        with tenant(cast.south.pk), transaction.atomic():
            actions.add_member(cast.south, cast.anna.user, kind="contact", role="contact")
    anna = browse_by_mail(cast.anna)

    answer = anna.get(url("client_home", cast.acme))

    assert answer.status_code == status
    assert status == 200 or "/accounts/" in answer.url


def test_platform_staff_need_the_app_in_an_agency_too(cast, ask):
    ask(cast.north, "contact_factor", "email")
    anna = browse_by_mail(cast.anna)
    assert anna.get(url("client_home", cast.acme)).status_code == 200

    User.objects.filter(pk=cast.anna.user_id).update(is_staff=True)

    assert "/accounts/" in anna.get(url("client_home", cast.acme)).url


def browse_by_mail(member):
    """Signed in by the code that came by e-mail."""
    browser = browse_as(member)
    member.user.totpdevice_set.all().delete()
    device = EmailDevice.objects.create(user=member.user, name="mail", confirmed=True)
    session = browser.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return browser
