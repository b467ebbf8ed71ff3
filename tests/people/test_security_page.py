"""The Security page: who did what, when, from which device; for owners all, for contacts sign-ins of their own people."""

import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction

from portal.accounts import actions as accounts
from portal.accounts.models import FactorReset
from portal.audit.export import harmless
from portal.audit.log import log
from portal.audit.models import AuditEvent
from portal.core.context import tenant, traced
from portal.tenancy.models import Vendor
from tests.browse import browse_as, reload, url
from tests.people.confirming import confirmed
from tests.world import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def test_owner_sees_who_when_and_from_which_device(olaf, supplier, north):
    browse_as(olaf, headers={"user-agent": FIREFOX}).post(
        url("people:vendor", north, supplier.pk), {"name": "Vega & Co", "engagement": "supplier"}
    )

    page = browse_as(olaf).get(url("people:security", north), {"kind": "changes"})

    line = next(line for line in page.context["lines"] if "Vega & Co" in line.sub)
    assert (line.who, line.device, line.ip) == ("Olaf Example", "Firefox, Linux", "127.0.0.1")
    assert "name" in line.sub
    assert line.when.count(":") == 2


def test_sign_in_is_told_in_words(olaf, nora, north):
    with tenant(north.pk), traced(user_id=nora.user_id, ip="10.0.0.7"), transaction.atomic():
        log("sign_in.done", {"factor": "totp", "trusted_browser": False})
        log("factor.reset_done", {"by": olaf.user_id})

    lines = browse_as(olaf).get(url("people:security", north), {"person": nora.user_id}).context["lines"]

    assert {(line.who, line.sub) for line in lines} == {
        ("Nora Example", "factor: authenticator app, trusted browser: no"),
        ("Nora Example", "by: Olaf Example"),
    }


def test_what_nobody_did_was_the_system_unless_it_came_to_the_door(olaf, north):
    with tenant(north.pk), transaction.atomic():
        log("account.closed", {"number": 1})
        with traced(ip="10.0.0.7"):
            log("sign_in.failed", {"number": 2})
        with traced(task="sweep"):
            log("account.closed", {"number": 3})

    lines = browse_as(olaf).get(url("people:security", north)).context["lines"]

    who = {line.sub: line.who for line in lines if line.sub.startswith("number")}
    assert who == {"number: 1": "The system", "number: 2": "Unknown", "number: 3": "The system"}


def test_values_of_columns_are_not_shown(olaf, supplier, north):
    with tenant(north.pk), transaction.atomic():
        Vendor.objects.filter(pk=supplier.pk).update(engagement="supplier", name="New name")
    page = browse_as(olaf).get(url("people:security", north))
    assert b"Vega Studio" not in page.content.split(b"New name")[1].split(b"</tr>")[0]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("sign-ins", "sign_in.failed"), ("exports", "export.made"), ("deletions", "delete"), ("changes", "update")],
)
def test_filter_by_kind(olaf, north, supplier, kind, expected):
    _happen(north, olaf.user_id)
    with tenant(north.pk), transaction.atomic():
        Vendor.objects.filter(pk=supplier.pk).update(name="Renamed")
        Vendor.objects.filter(pk=supplier.pk).delete()
        wanted = {event.at for event in AuditEvent.objects.filter(kind=expected)}

    lines = browse_as(olaf).get(url("people:security", north), {"kind": kind}).context["lines"]

    assert wanted
    assert wanted <= {line.at for line in lines}
    with tenant(north.pk), transaction.atomic():
        kinds = set(AuditEvent.objects.filter(at__in=[line.at for line in lines]).values_list("kind", flat=True))
    assert kinds <= ({expected} | ({"insert"} if kind == "changes" else set()) | {"sign_in.done", "sign_out"})


def test_filter_by_person_and_period(olaf, nora, north):
    _happen(north, nora.user_id)
    browser, path = browse_as(olaf), url("people:security", north)

    of_nora = browser.get(path, {"person": nora.user_id}).context["lines"]
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()

    assert {line.who for line in of_nora} == {"Nora Example"}
    assert browser.get(path, {"first": tomorrow}).context["lines"] == []
    assert browser.get(path, {"first": "nonsense", "person": "x", "kind": "y"}).status_code == 200


def test_pages_follow_each_other_without_gap_or_twin(olaf, north):
    with tenant(north.pk), traced(user_id=olaf.user_id), transaction.atomic():
        for number in range(120):
            log("sign_in.done", {"number": number})
    browser, after, seen = browse_as(olaf), "", []
    for _page in range(4):
        context = browser.get(url("people:security", north), {"kind": "sign-ins", "after": after}).context
        seen += [line.sub for line in context["lines"] if line.sub.startswith("number")]
        after = context["after"]
        if not after:
            break

    assert seen == [f"number: {number}" for number in reversed(range(120))]


@pytest.mark.parametrize("name", ["nora", "rita", "anna", "vera", "saul"])
def test_nobody_else_sees_it(cast, name):
    browser = browse_as(getattr(cast, name))
    assert browser.get(url("people:security", cast.north)).status_code == 404
    assert browser.post(url("people:export_security", cast.north)).status_code == 404


def test_other_agencys_events_never_show(olaf, saul, north, south):
    _happen(south, saul.user_id, canary="cnry-south")
    page = browse_as(olaf).get(url("people:security", north))
    assert b"cnry-south" not in page.content
    assert b"Saul Example" not in page.content


def test_export_is_logged_with_rows_and_hash(olaf, north):
    _happen(north, olaf.user_id)
    with tenant(north.pk), transaction.atomic():
        count = AuditEvent.objects.filter(kind__startswith="sign_").count()

    browser = confirmed(olaf)
    answer = browser.post(url("people:export_security", north), {"kind": "sign-ins"})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    with tenant(north.pk), transaction.atomic():
        event = AuditEvent.objects.filter(kind="export.made", detail__what="security events").latest("pk")
    assert answer["Content-Disposition"].startswith("attachment")
    assert len(rows) - 1 == event.detail["rows"] == count
    assert event.detail["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert event.detail["filters"] == {"kind": "sign-ins"}
    assert event.user_id == olaf.user_id


def test_export_by_get_is_not_possible(olaf, north):
    assert browse_as(olaf).get(url("people:export_security", north)).status_code == 405


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(cell):
    assert harmless(cell) == f"'{cell}"


def test_formula_in_a_name_is_harmless_in_the_file(olaf, north):
    with tenant(north.pk), transaction.atomic():
        Vendor.objects.create(agency=north, name="=HYPERLINK(1)", engagement="supplier")
    browser = confirmed(olaf)
    answer = browser.post(url("people:export_security", north), {"kind": "changes"})
    cells = [cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]


def test_contact_sees_sign_ins_of_the_own_people_only(anna, carl, bob, nora, acme, north):
    for member in (anna, carl, bob, nora):
        _happen(north, member.user_id, canary=f"cnry-{member.user.name.split()[0]}")

    page = browse_as(anna).get(url("people:client_security", acme))

    assert {line.who for line in page.context["lines"]} == {"Anna Example", "Carl Example"}
    for foreign in (b"cnry-Bob", b"cnry-Nora", b"Exported"):
        assert foreign not in page.content


@pytest.mark.parametrize("name", ["carl", "bob", "vera", "pavel", "saul", "rita", "olaf"])
def test_security_of_a_client_is_for_its_security_contacts(cast, name):
    assert browse_as(getattr(cast, name)).get(url("people:client_security", cast.acme)).status_code == 404


def test_owner_asks_for_the_reset_of_a_lost_factor(olaf, nora, north):
    browser = browse_as(olaf)
    asked = browser.post(url("people:reset_factor", north, nora.pk))
    confirmed(olaf).post(url("people:reset_factor", north, nora.pk))

    reset = FactorReset.objects.get(user=nora.user)
    assert "/accounts/confirm/" in asked["Location"]
    assert reset.requested_by_id == olaf.user_id
    assert reset.due_at - reset.requested_at >= timedelta(hours=23, minutes=59)


def test_after_the_password_the_owner_is_asked_to_press_again_on_the_same_page(olaf, nora, north):
    olaf.user.set_password(PASSWORD)
    olaf.user.save()
    browser = browse_as(olaf)
    asked = browser.post(url("people:reset_factor", north, nora.pk))
    page = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert page.redirect_chain == [(url("people:member", north, nora.pk), 302)]
    assert "Now press the button once more" in page.content.decode()
    assert not FactorReset.objects.exists()

    again = browser.get(url("people:member", north, nora.pk))
    assert "Now press the button once more" not in again.content.decode()


@pytest.mark.parametrize("name", ["end_client", "archive_client"])
def test_ending_and_archiving_ask_to_confirm_and_lead_back(olaf, acme, name):
    asked = browse_as(olaf).post(url(f"people:{name}", acme), {"access_until": "2030-12-31"})
    assert "/accounts/confirm/" in asked["Location"]
    assert parse_qs(urlsplit(asked["Location"]).query)["next"] == [url("people:client_settings", acme)]
    assert not reload(acme).is_read_only


def test_a_reset_to_come_is_shown_and_stopped_by_an_owner(olaf, nora, north):
    browser, page = confirmed(olaf), url("people:member", north, nora.pk)
    browser.post(url("people:reset_factor", north, nora.pk))
    shown = browser.get(page).content.decode()
    assert "Requested by Olaf Example, takes effect on" in shown
    assert "Reset the second factor" not in shown

    stopped = browser.post(url("people:stop_reset", north, nora.pk))

    assert stopped["Location"] == page
    assert not FactorReset.objects.pending().exists()
    assert "Reset the second factor" in browser.get(page).content.decode()
    lines = browser.get(url("people:security", north), {"person": olaf.user_id}).context["lines"]
    stopped = next(line for line in lines if line.what == "Reset of the second factor stopped")
    assert (stopped.who, stopped.sub.split(", ")[0]) == ("Olaf Example", "about: Nora Example")
    assert "T" not in stopped.sub.split("due at: ")[1]


def test_who_asked_elsewhere_is_not_named_here(olaf, saul, nora, north):
    accounts.request_factor_reset(nora.user, by=saul.user)
    page = browse_as(olaf).get(url("people:member", north, nora.pk)).content.decode()
    assert "Requested, takes effect on" in page
    assert "Saul Example" not in page


def test_contacts_see_what_was_done_to_the_accounts_of_their_people(anna, carl, nora, olaf, acme):
    for member in (carl, nora):
        accounts.request_factor_reset(member.user, by=olaf.user)
    lines = browse_as(anna).get(url("people:client_security", acme)).context["lines"]
    assert [line.sub.split(", ")[0] for line in lines if "requested" in line.what] == ["about: Carl Example"]


def test_nobody_else_resets_a_factor(cast):
    accounts.request_factor_reset(cast.pavel.user, by=cast.olaf.user)
    for name in ("nora", "anna", "vera", "saul"):
        browser = confirmed(getattr(cast, name))
        assert browser.post(url("people:reset_factor", cast.north, cast.rita.pk)).status_code == 404
        assert browser.post(url("people:stop_reset", cast.north, cast.pavel.pk)).status_code == 404
    assert FactorReset.objects.pending().get().user_id == cast.pavel.user_id


def _happen(agency, user_id, canary="x"):
    with tenant(agency.pk), traced(user_id=user_id), transaction.atomic():
        log("sign_in.failed", {"reason": canary})
        log("export.made", {"what": canary, "rows": 1})
