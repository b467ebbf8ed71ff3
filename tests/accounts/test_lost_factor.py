"""A lost second factor is removed by an owner, after a delay in which the person may say no."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connections, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import actions, factors, hooks, tasks
from portal.accounts.models import FactorReset, Session, TrustedBrowser, User
from portal.audit.models import AuditEvent
from portal.core.context import tenant, traced
from portal.tenancy.actions import add_member
from portal.tenancy.models import Member, Role
from tests import world
from tests.accounts.conftest import code_of, is_in, type_code, type_password
from tests.browse import browse_as, url


@pytest.fixture
def olga(db):
    """The owner who asks."""
    return world.person("Olga")


@pytest.fixture
def allowed(monkeypatch):
    """Olga looks after Ida all the time."""
    monkeypatch.setattr(hooks, "may_still_help", lambda asker, user: True)


@pytest.fixture
def reset(person, app, olga, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        return actions.request_factor_reset(person, by=olga)


def cancel_link() -> str:
    return next(word for word in mail.outbox[0].body.split() if "/second-factor/reset/" in word)


def test_the_person_is_told_at_once_and_nothing_happens_before_the_delay(reset, person):
    assert mail.outbox[0].to == [person.email]
    assert "Olga" in mail.outbox[0].body
    assert timezone.now() + timedelta(hours=23) < reset.due_at
    tasks.sweep()
    assert factors.has_app(person)


def test_whoever_lost_the_only_way_in_reads_who_helps(person, app, browser, strict):
    type_password(browser)
    assert "owner of the agency" in browser.get(reverse("otp_challenge")).content.decode()


def test_whoever_has_another_way_in_is_not_sent_to_the_owner(person, app, browser):
    type_password(browser)
    page = browser.get(reverse("otp_challenge"))
    assert "email" in {way["code"] for way in page.context["methods"]}
    assert "owner of the agency" not in page.content.decode()


def test_after_the_delay_factors_sessions_and_trust_are_gone(
    reset, allowed, person, app, browser, django_capture_on_commit_callbacks
):
    type_password(browser)
    type_code(browser, code_of(app), trust="on")
    assert is_in(browser)
    FactorReset.objects.update(due_at=timezone.now())
    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()
        tasks.sweep()

    assert not factors.has_app(person)
    assert not is_in(browser)
    assert TrustedBrowser.objects.count() == 0
    assert not Session.objects.filter(user=person).exists()
    assert [m.subject for m in mail.outbox].count("Your second factor was removed") == 1


def test_the_person_stops_it_by_the_link_in_the_mail(reset, person):
    path = cancel_link().split("8000", 1)[-1]
    page = Browser().get(path)
    assert FactorReset.objects.pending().exists(), "a mail scanner opens links too"
    assert "Stop the removal" in page.content.decode()
    Browser().post(path)
    FactorReset.objects.update(due_at=timezone.now())
    tasks.sweep()

    assert factors.has_app(person)


def test_a_forged_link_stops_nothing(reset):
    page = Browser().post("/accounts/second-factor/reset/MQ:1tT5aF:forged/")

    assert page.status_code == 200
    assert FactorReset.objects.pending().exists()


def test_asking_twice_is_asking_once(reset, allowed, person, olga):
    assert actions.request_factor_reset(person, by=olga).pk == reset.pk


def test_it_is_in_the_audit_log_of_the_persons_agency(cast, in_north, anna, olaf):
    TOTPDevice.objects.create(user=anna.user, name="app")
    reset = actions.request_factor_reset(anna.user, by=olaf.user, delay=timedelta(0))
    actions.carry_out_factor_reset(reset.pk)

    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT kind, agency_id, user_id, (detail->'about')::int FROM audit.event WHERE kind LIKE 'factor.reset%' ORDER BY id"
        )
        rows = cursor.fetchall()
    assert rows == [
        ("factor.reset_requested", cast.north.pk, olaf.user_id, anna.user_id),
        ("factor.reset_done", cast.north.pk, olaf.user_id, anna.user_id),
    ]


def test_another_agency_learns_that_it_was_done_not_by_whom_and_from_where(cast, north, south, anna, olaf, saul):
    with tenant(south.pk):
        add_member(south, anna.user, kind="contact", role="contact")
    trace = {"ip": "198.51.100.7", "ua": "Olafs Firefox"}
    with tenant(north.pk), traced(user_id=olaf.user_id, **trace), transaction.atomic():
        stopped = actions.request_factor_reset(anna.user, by=olaf.user)
        actions.cancel_factor_reset(stopped, by=olaf.user)
        reset = actions.request_factor_reset(anna.user, by=olaf.user, delay=timedelta(0))
    actions.carry_out_factor_reset(reset.pk)

    ours, theirs = (_resets_in(agency) for agency in (north, south))

    assert {event.user_id for event in ours} == {olaf.user_id}
    assert {(event.user_id, event.ip, event.ua) for event in theirs} == {(None, None, None)}
    assert len(ours) == len(theirs) == 4
    assert all(event.detail["about"] == anna.user_id for event in ours + theirs)
    page = browse_as(saul).get(url("people:security", south))
    assert "Olaf" not in page.content.decode() and "198.51.100.7" not in page.content.decode()
    assert {line.who for line in page.context["lines"] if "factor" in line.what} == {"Somebody without a place here"}
    assert "Olaf Example" in browse_as(olaf).get(url("people:security", north)).content.decode()


def _resets_in(agency) -> list[AuditEvent]:
    with tenant(agency.pk), transaction.atomic():
        return list(AuditEvent.objects.of_agency(agency.pk).filter(kind__startswith="factor.reset"))


def test_who_stops_it_is_in_the_audit_log(cast, in_north, anna, olaf):
    for stopper in (olaf.user, anna.user):
        reset = actions.request_factor_reset(anna.user, by=olaf.user)
        actions.cancel_factor_reset(reset, by=stopper)

    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT user_id FROM audit.event WHERE kind = 'factor.reset_cancelled' ORDER BY id")
        rows = cursor.fetchall()
    assert rows == [(olaf.user_id,), (anna.user_id,)]


LOSSES = {
    "the place": lambda olaf: Member.objects.filter(pk=olaf.pk).update(ended_at=timezone.now()),
    "the role": lambda olaf: Member.objects.filter(pk=olaf.pk).update(
        role=Role.objects.get(agency_id=olaf.agency_id, kind="specialist", code="reader")
    ),
    "the account": lambda olaf: User.objects.filter(pk=olaf.user_id).update(is_active=False),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_whoever_lost_the_place_meanwhile_opens_no_account(cast, anna, olaf, loss, django_capture_on_commit_callbacks):
    TOTPDevice.objects.create(user=anna.user, name="app", confirmed=True)
    with tenant(olaf.agency_id), transaction.atomic():
        reset = actions.request_factor_reset(anna.user, by=olaf.user, delay=timedelta(0))
        LOSSES[loss](olaf)

    with django_capture_on_commit_callbacks(execute=True):
        tasks.sweep()

    reset.refresh_from_db()
    assert reset.cancelled_at and not reset.done_at
    assert factors.has_app(anna.user)
    assert [(m.to, m.subject) for m in mail.outbox] == [([anna.user.email], "Your second factor stays")]


def test_another_owner_asks_anew_where_who_asked_may_no_longer(cast, anna, olaf, nora):
    with tenant(olaf.agency_id), transaction.atomic():
        old = actions.request_factor_reset(anna.user, by=olaf.user)
        LOSSES["the role"](olaf)
        new = actions.request_factor_reset(anna.user, by=nora.user)

    old.refresh_from_db()
    assert old.cancelled_at and new.requested_by == nora.user
    assert list(FactorReset.objects.pending()) == [new]


@pytest.mark.parametrize(
    ("stopper", "told"), [("anna", ["anna", "olaf"]), ("nora", ["anna", "olaf"]), ("olaf", ["anna"])]
)
def test_whoever_asked_is_told_when_somebody_else_stops_it(
    cast, in_north, anna, olaf, stopper, told, django_capture_on_commit_callbacks
):
    reset = actions.request_factor_reset(anna.user, by=olaf.user)
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel_factor_reset(reset, by=getattr(cast, stopper).user)

    assert [m.to for m in mail.outbox] == [[getattr(cast, name).user.email] for name in told]
    assert [m.subject for m in mail.outbox] == ["Your second factor stays", "Anna Example keeps the second factor"][
        : len(told)
    ]
