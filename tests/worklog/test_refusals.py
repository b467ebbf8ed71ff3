"""What the actions refuse by themselves, whoever calls them: no view, no form and no list of choices stands in front here."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from portal.core.context import tenant
from portal.mail.models import OutgoingMail
from portal.tenancy.models import Client, Role
from tests.browse import reload
from tests.limited import fresh, lena_in
from worklog.actions import (
    budgeting,
    correcting,
    deciding,
    explaining,
    importing,
    invoicing,
    kinds,
    months,
    proving,
    rating,
    stating,
    timers,
)
from worklog.actions.filling import Crowded, fill
from worklog.actions.months import MonthClosed
from worklog.choosing import Place
from worklog.durations import read
from worklog.importing import plan
from worklog.importing.plan import Wishes
from worklog.models import MonthClosing, Timer, WorkKind, WorkNote, WorkRate, can_be_logged_by, can_be_managed_by
from worklog.months import Month
from worklog.questions import invoiceable

OCTOBER = date(2026, 10, 1)
HEAD = "User,Client,Project,Description,Start date,Start time,End date,End time,Duration"
ROW = f"{HEAD}\n,Acme,,Guide,2026-10-05,09:00,2026-10-05,10:00,01:00"


def test_a_provider_writes_no_internal_note(cast, log):
    row = log(by=cast.pavel, project=cast.shop, note="Secret")
    correcting.renote(row, "Secret", by=cast.pavel)

    with tenant(cast.north.pk):
        assert not WorkNote.objects.exists()


def test_only_its_author_says_that_a_talk_needs_no_protocol_or_has_one(cast, entry):
    with pytest.raises(PermissionDenied):
        correcting.waive_protocol(entry, by=cast.olaf)
    correcting.belong(entry, cast.acme, by=cast.olaf)

    assert (reload(entry).waived_at, reload(entry).subject_id) == (None, None)


def test_a_running_timer_goes_to_no_place_where_its_person_logs_nothing(cast):
    timers.start(by=cast.nora)
    for words in ({"client": cast.cosmo}, {"client": cast.acme, "project": cast.rocket}):
        with pytest.raises(PermissionDenied):
            timers.describe(by=cast.nora, text="Elsewhere", kind="Call", **{"project": None, **words})

    with tenant(cast.north.pk):
        assert Timer.objects.get().client_id is None


def test_a_plan_is_judged_again_when_it_is_carried_out(cast):
    """Meanwhile the month was closed, the place ended; and nobody from outside carries one out."""
    found = _plan(cast.nora)
    for by in (cast.anna, cast.pavel):
        with pytest.raises(PermissionDenied):
            importing.carry_out(found, by=by)
    of_pavel = _plan(cast.nora)
    of_pavel.lines[0].draft.member, of_pavel.lines[0].draft.project = cast.pavel, cast.shop
    with pytest.raises(PermissionDenied):
        importing.carry_out(of_pavel, by=cast.pavel)
    with tenant(cast.north.pk):
        Client.objects.filter(pk=cast.acme.pk).update(read_only_at="2026-10-01T00:00:00Z")
    found.lines[0].draft.client = _fresh_client(cast.acme)
    with pytest.raises(PermissionDenied):
        importing.carry_out(found, by=cast.nora)
    found.lines[0].draft.client = cast.acme
    months.close(cast.acme, OCTOBER, by=cast.olaf)
    with pytest.raises(MonthClosed):
        importing.carry_out(found, by=cast.nora)


def test_keeping_clients_is_not_seeing_them_and_managing_is_writing(cast, entry):
    """Fred keeps clients and sees none; Rita is the account manager and only reads."""
    with tenant(cast.north.pk), transaction.atomic():
        Role.objects.filter(pk=cast.fred.role_id).update(permissions=["write", "manage_clients"])
        Client.objects.filter(pk=cast.acme.pk).update(manager=cast.rita)
    cast.acme = _fresh_client(cast.acme)
    for member in (fresh(cast.fred), cast.rita):
        assert not can_be_managed_by(member, cast.acme)
        assert not can_be_logged_by(member, cast.acme)
        for refused in (months.close, months.reopen):
            with pytest.raises(PermissionDenied):
                refused(cast.acme, OCTOBER, by=member)
        with pytest.raises(PermissionDenied):
            budgeting.agree(cast.acme, OCTOBER, 60, by=member)


def test_only_managers_close_months_and_only_keepers_make_rules(cast, entry):
    months.close(cast.acme, OCTOBER, by=cast.olaf)
    assert not can_be_managed_by(cast.saul, cast.acme) and not can_be_logged_by(cast.saul, cast.acme)
    for member in (cast.nora, cast.rita, cast.anna, cast.pavel, cast.saul):
        for refused in (months.close, months.reopen):
            with pytest.raises(PermissionDenied):
                refused(cast.acme, OCTOBER, by=member)
        with pytest.raises(PermissionDenied):
            deciding.set_delay(cast.acme, by=member, delayed=True)
    for member in (cast.nora, cast.rita, cast.anna, cast.pavel):
        with pytest.raises(PermissionDenied):
            deciding.set_policy(by=member, approves=True)

    with tenant(cast.north.pk):
        assert MonthClosing.objects.count() == 1


def test_what_was_removed_is_changed_by_nobody(cast, entry, seen_by):
    seen_by(entry, cast.anna)
    correcting.remove(entry, by=cast.nora)

    for member in (cast.nora, cast.olaf):
        for refused in (
            lambda by: correcting.correct(entry, by=by, minutes=60),
            lambda by: correcting.remove(entry, by=by),
            lambda by: correcting.renote(entry, "Again", by=by),
            lambda by: proving.add(entry, by=by, text="Oak"),
        ):
            with pytest.raises(PermissionDenied):
                refused(member)
    with pytest.raises(PermissionDenied):
        explaining.ask(entry, "Why?", by=cast.anna)


def test_nobody_asks_about_what_he_cannot_see(cast, log):
    deciding.set_policy(by=cast.olaf, approves=True)
    row = log()

    for member in (cast.anna, cast.carl, cast.bob, cast.sofia):
        with pytest.raises(PermissionDenied):
            explaining.ask(row, "Why?", by=member)


def test_who_only_looks_at_a_project_asks_nothing_about_it(cast, log):
    row = log(project=cast.shop)
    with pytest.raises(PermissionDenied):
        explaining.ask(row, "Why?", by=lena_in(cast, cast.shop, level="view"))


def test_what_a_manager_has_to_look_at_is_not_invoiced(cast, log):
    rows = log(), log(is_doubtful=True)
    with tenant(cast.north.pk):
        found = invoiceable(type(rows[0]).objects.all())
        assert list(found) == [rows[0]]


def test_the_statement_of_the_whole_client_goes_to_nobody_with_some_projects(cast, log):
    lena = lena_in(cast, cast.shop)
    log(day=OCTOBER), log(day=OCTOBER, project=cast.shop)
    with tenant(cast.north.pk):
        assert stating.state(cast.acme, Month(OCTOBER)).minutes == 180
        to = {address for mail in OutgoingMail.objects.all() for address in mail.to}
    assert cast.anna.user.email in to and lena.user.email not in to


def test_with_limited_contacts_alone_there_is_nobody_to_state_to(cast, log):
    lena_in(cast, cast.shop)
    log(day=OCTOBER, project=cast.shop)
    with tenant(cast.north.pk):
        cast.anna.accesses[0].delete()
        assert stating.state(cast.acme, Month(OCTOBER)).file is None
        assert not OutgoingMail.objects.filter(subject__contains="Work log").exists()


def test_a_shorter_delay_shows_what_waited(cast, log):
    deciding.set_delay(cast.acme, by=cast.olaf, delayed=True)
    row = log()
    assert not row.is_open_to_contacts()

    deciding.set_delay(cast.acme, by=cast.olaf, delayed=False)

    assert reload(row).is_open_to_contacts()


@pytest.mark.parametrize("permissions", [["write", "money"], ["write", "manage_agency"]])
def test_prices_are_said_by_whoever_sees_sums_and_keeps_the_rules(cast, permissions):
    row = rating.rate(Decimal(95), "EUR", by=cast.olaf, valid_from=OCTOBER)
    with tenant(cast.north.pk):
        Role.objects.filter(pk=cast.nora.role_id).update(permissions=permissions)
    for by in (fresh(cast.nora), cast.anna, cast.pavel):
        with pytest.raises(PermissionDenied):
            rating.rate(Decimal(1), "EUR", by=by, valid_from=OCTOBER)
        with pytest.raises(PermissionDenied):
            rating.withdraw(row, by=by)
    with pytest.raises(PermissionDenied):
        rating.withdraw(row, by=cast.saul)

    with tenant(cast.north.pk):
        assert WorkRate.objects.get().amount == 95


def test_a_price_is_about_nothing_of_another_agency(cast):
    for words in ({"client": cast.cosmo}, {"project": cast.rocket}, {"role": cast.saul.role}):
        with pytest.raises(PermissionDenied):
            rating.rate(Decimal(95), "EUR", by=cast.olaf, valid_from=OCTOBER, **words)


def test_a_cell_with_two_entries_behind_it_is_not_filled_in(cast, log):
    rows = log(30, day=OCTOBER), log(60, day=OCTOBER)
    for typed in ("1:30", "9-10:30"):
        with tenant(cast.north.pk), pytest.raises(Crowded):
            fill(Place(cast.acme), "Content creation", OCTOBER, read(typed), by=cast.nora)

    assert [reload(row).minutes for row in rows] == [30, 60]


def test_an_entry_of_one_day_is_not_made_two(cast, log):
    row = log(30, day=OCTOBER)
    with tenant(cast.north.pk), pytest.raises(Crowded):
        fill(Place(cast.acme), "Content creation", OCTOBER, read("22-2"), by=cast.nora)

    assert reload(row).minutes == 30


def test_a_time_that_the_clocks_skip_is_none(cast, log):
    """From half past two to a quarter to three, in the night in which it is three at once."""
    with tenant(cast.north.pk), pytest.raises(Crowded):
        fill(Place(cast.acme), "Content creation", date(2026, 3, 29), read("2:15-2:45"), by=cast.nora)


def test_kinds_of_work_are_the_words_of_whoever_keeps_the_rules(cast):
    for by in (cast.nora, cast.rita, cast.anna, cast.pavel):
        with tenant(cast.north.pk), pytest.raises(PermissionDenied):
            kinds.save(WorkKind(name="Mine"), by=by)

    with tenant(cast.north.pk):
        assert not WorkKind.objects.filter(name="Mine").exists()


def test_whoever_sees_no_sums_learns_not_even_that_there_is_nothing_to_charge(cast):
    for by in (cast.nora, cast.anna, cast.saul):
        with pytest.raises(PermissionDenied):
            invoicing.draft(cast.acme, OCTOBER, OCTOBER, by=by, group="kind", title="Work")


def _plan(by) -> plan.Plan:
    with tenant(by.agency_id):
        return plan.make(ROW, Wishes("Consulting"), by=by)


def _fresh_client(client: Client) -> Client:
    with tenant(client.agency_id):
        return Client.objects.select_related("agency").get(pk=client.pk)
