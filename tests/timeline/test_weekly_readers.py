"""The weekly mail goes to whom the timeline is open, and to nobody else: it says titles, names and addresses."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core.context import tenant
from portal.mail import delivery
from portal.mail.models import OutgoingMail
from portal.tenancy import actions as places
from portal.tenancy.models import ClientAccess, Member, Vendor
from tests.limited import fresh, lena_in
from tests.tickets.makers import open_for
from timeline.actions import announcing


@pytest.fixture
def mailed(cast, days_pass, monkeypatch):
    """What the member is mailed of tickets that became visible lately; None when there is no mail."""
    monkeypatch.setattr(announcing, "week_due", lambda member, weekday: timezone.localdate() - timedelta(days=1))

    def mailed(member):
        with tenant(cast.north.pk):
            announcing.mail_week(fresh(member))
            mail = OutgoingMail.objects.filter(to=[member.user.email]).last()
        return mail and "\n".join([mail.subject, mail.text, mail.html])

    return mailed


def test_nobody_behind_the_veil_learns_by_it_whose_work_it_is(cast, mailed, days_pass):
    with tenant(cast.north.pk):
        places.share_project(cast.shop, level="manage", vendor=cast.supplier)
    open_for(cast.acme, cast.anna, project=cast.shop, title="Wrong price"), days_pass(12)
    assert "Acme" in mailed(cast.pavel)

    with tenant(cast.north.pk):
        Vendor.objects.filter(pk=cast.supplier.pk).update(knows_client=False)

    assert mailed(cast.vera) is None


def test_whom_only_tickets_are_open_gets_none_for_its_links_lead_to_the_timeline(cast, mailed, days_pass):
    """Carl has tickets alone; Lena has work too, of one project; Anna has everything."""
    lena = lena_in(cast, cast.shop)
    open_for(cast.acme, cast.nora, project=cast.shop, title="Wrong price"), days_pass(12)

    assert mailed(cast.carl) is None
    assert "Wrong price" in mailed(lena) and "Wrong price" in mailed(cast.anna)


@pytest.mark.parametrize("meanwhile", ["nothing", "left", "area closed"])
def test_a_letter_that_is_late_goes_to_nobody_who_lost_the_sight_of_it(cast, mailed, days_pass, meanwhile):
    """The relay was down for a day."""
    open_for(cast.acme, cast.nora, project=cast.shop, title="Wrong price"), days_pass(12)
    assert "Wrong price" in mailed(cast.anna)
    with tenant(cast.north.pk):
        if meanwhile == "left":
            Member.objects.filter(pk=cast.anna.pk).update(ended_at=timezone.now())
        if meanwhile == "area closed":
            ClientAccess.objects.filter(member=cast.anna).update(areas=["work"])
        mail = OutgoingMail.objects.filter(to=[cast.anna.user.email]).last()
        delivery.deliver(mail.pk)
        mail.refresh_from_db()

    assert bool(mail.sent_at) == (meanwhile == "nothing")
