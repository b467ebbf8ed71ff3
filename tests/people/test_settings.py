"""Settings of oneself and of the agency, business hours, logo."""

import io
from datetime import UTC, datetime

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from portal.accounts.decorators import CONFIRMED_AT
from portal.core.business_time import add_minutes
from portal.core.context import tenant
from portal.people.actions import agency as agencies
from portal.tenancy.calendars import calendar_of, calendar_of_member, stand_in_of
from portal.tenancy.models import Absence, Agency, Calendar, CalendarException
from tests.browse import browse_as, reload, url

BASICS = {
    "name": "North & Sons",
    "language": "de",
    "time_zone": "Europe/Oslo",
    "currency": "NOK",
    "embargo_days": "14",
    "correction_days": "7",
    "mail_domain": "Mail.North.Example",
    "sender_address": "center@north.example",
}


def test_owner_changes_the_basics(olaf, north):
    answer = browse_as(olaf).post(url("people:agency", north), {**BASICS, "slug": "hacked", "host": "evil.example"})

    fresh = _agency(north)
    assert answer.status_code == 302
    assert (fresh.name, fresh.currency, fresh.embargo_days) == ("North & Sons", "NOK", 14)
    assert fresh.correction_days == 7
    assert (fresh.mail_domain, fresh.slug, fresh.host) == ("mail.north.example", "north", "")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "a\nb"),
        ("time_zone", "Mars/Base"),
        ("currency", "XXX"),
        ("language", "tlh"),
        ("embargo_days", "-1"),
        ("embargo_days", "ten"),
        ("mail_domain", "not a domain"),
        ("mail_domain", "localhost"),
        ("sender_address", "nobody"),
    ],
)
def test_wrong_value_gets_a_message_at_its_field(olaf, north, field, value):
    answer = browse_as(olaf).post(url("people:agency", north), {**BASICS, field: value})

    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}
    assert _agency(north).name == "North"


def test_colour_is_clamped_so_that_text_stays_readable(olaf, north):
    browse_as(olaf).post(url("people:look", north), {"brand_hex": "#ffff00"})
    assert _agency(north).brand_hex not in ("#ffff00", "#0b6e75")

    assert browse_as(olaf).post(url("people:look", north), {"brand_hex": "red;}"}).status_code == 422


def test_logo_is_made_anew(olaf, north, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = SimpleUploadedFile("logo.jpg", _picture("JPEG", (2000, 500)) + b"<script>alert(1)</script>", "image/jpeg")

    answer = browse_as(olaf).post(url("people:look", north), {"brand_hex": "#0b6e75", "logo": upload})

    fresh = _agency(north)
    assert answer.status_code == 302
    assert fresh.logo_key.startswith(f"{north.pk}/brand/")
    content = default_storage.open(fresh.logo_key).read()
    assert Image.open(io.BytesIO(content)).size == (512, 128)
    assert b"script" not in content
    shown = browse_as(None).get(url("brand_logo", north))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")

    browse_as(olaf).post(url("people:look", north), {"brand_hex": "#0b6e75", "no_logo": "on"})
    assert _agency(north).logo_key == ""


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ\x90\x00", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a"],
)
def test_what_is_no_picture_is_refused(olaf, north, content):
    upload = SimpleUploadedFile("logo.png", content, "image/png")
    answer = browse_as(olaf).post(url("people:look", north), {"brand_hex": "#0b6e75", "logo": upload})
    assert answer.status_code == 422


def test_picture_that_would_not_fit_into_memory_is_refused(olaf, north):
    upload = SimpleUploadedFile("logo.png", _picture("PNG", (6000, 6000)), "image/png")
    answer = browse_as(olaf).post(url("people:look", north), {"brand_hex": "#0b6e75", "logo": upload})
    assert answer.status_code == 422


def test_sign_in_rules_ask_for_the_password_again(olaf, north):
    browser = browse_as(olaf)
    form = {"staff_factor": "totp", "contact_factor": "totp", "vendor_factor": "email"}

    asked = browser.post(url("people:factors", north), form)
    session = browser.session
    session[CONFIRMED_AT] = datetime.now(UTC).timestamp()
    session.save()
    done = browser.post(url("people:factors", north), form)

    assert "/accounts/confirm/" in asked["Location"]
    assert done["Location"].endswith("/settings/sign-in/")
    assert _agency(north).contact_factor == "totp"


def test_legal_texts_stand_at_the_foot(olaf, north):
    browse_as(olaf).post(
        url("people:texts", north), {"imprint": "North GmbH <b>", "privacy": "", "data_processing": ""}
    )

    page = browse_as(None).get(url("legal", north, "imprint"))
    assert "North GmbH &lt;b&gt;" in page.content.decode()


def test_everybody_changes_the_own_profile(anna, olaf, north):
    for member in (anna, olaf):
        form = {"name": "New Name", "language": "de", "time_zone": "Europe/Kyiv", "position": "Boss", "phone": "1"}
        extra = {"email": "x@y.example", "is_staff": "on", "role": olaf.role_id, "kind": "specialist"}
        assert browse_as(member).post(url("people:settings", north), {**form, **extra}).status_code == 302

    fresh = reload(anna)
    assert (fresh.position, fresh.kind, fresh.role_id) == ("Boss", "contact", anna.role_id)
    anna.user.refresh_from_db()
    assert (anna.user.name, anna.user.time_zone, anna.user.is_staff) == ("New Name", "Europe/Kyiv", False)
    assert anna.user.email == "anna@anna.example"


def test_hours_with_breaks_and_holidays(olaf, north):
    answer = browse_as(olaf).post(
        url("people:calendar", north),
        {
            "time_zone": "Europe/Berlin",
            "country": "DE",
            "region": "by",
            "day_0": "13:00-17:00, 8:00 – 12:00",
            "day_1": "",
        },
    )

    with tenant(north.pk), transaction.atomic():
        calendar = Calendar.objects.get()
        business = calendar_of(_agency(north))
    assert answer.status_code == 302
    assert calendar.windows == {"0": [["08:00", "12:00"], ["13:00", "17:00"]]}
    assert calendar.region == "BY"
    assert not business.is_business_day(datetime(2027, 1, 6).date())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9.00 – 18.00", [["09:00", "18:00"]]),
        ("9:00-12:30; 13.30—17:00", [["09:00", "12:30"], ["13:30", "17:00"]]),
        ("18:00-00:00", [["18:00", "24:00"]]),
    ],
)
def test_hours_as_people_write_them(olaf, north, typed, kept):
    answer = browse_as(olaf).post(url("people:calendar", north), {"time_zone": "Europe/Berlin", "day_0": typed})
    assert answer.status_code == 302
    with tenant(north.pk), transaction.atomic():
        assert Calendar.objects.get().windows == {"0": kept}


@pytest.mark.parametrize(
    "hours",
    [
        "9-18",
        "18:00-09:00",
        "09:00-12:00, 11:00-13:00",
        "18:00-00:00, 19:00-20:00",
        "25:00-26:00",
        "09:00",
        "x" * 300,
    ],
)
def test_hours_that_make_no_sense_are_refused(olaf, north, hours):
    form = {"time_zone": "Europe/Berlin", "day_0": hours}
    answer = browse_as(olaf).post(url("people:calendar", north), form)
    assert answer.status_code == 422
    assert "day_0" in answer.context["form"].errors


def test_unknown_region_names_the_known_ones(olaf, north):
    form = {"time_zone": "Europe/Berlin", "country": "DE", "region": "XX", "day_0": "09:00-18:00"}
    answer = browse_as(olaf).post(url("people:calendar", north), form)
    assert "BY" in str(answer.context["form"].errors["region"])


def test_day_off_and_back(olaf, north):
    browser = browse_as(olaf)
    browser.post(url("people:add_day", north), {"day-day": "2026-12-24", "day-name": "Christmas Eve"})
    browser.post(
        url("people:add_day", north), {"day-day": "2026-12-24", "day-name": "Half", "day-windows": "09:00-12:00"}
    )
    with tenant(north.pk), transaction.atomic():
        row = CalendarException.objects.get()
        business = calendar_of(_agency(north))
    assert [str(window) for window in business.windows_on(row.day)] == ["09:00-12:00"]

    browser.post(url("people:delete_day", north, row.pk))
    with tenant(north.pk), transaction.atomic():
        assert not CalendarException.objects.exists()


def test_calendar_of_another_agency_is_out_of_reach(saul, olaf, north, south):
    with tenant(south.pk), transaction.atomic():
        calendar = Calendar.objects.get()
        agencies.set_day(calendar, by=saul, day=datetime(2026, 12, 24).date(), name="", windows=[])
        pk = CalendarException.objects.get().pk
    assert browse_as(olaf).post(url("people:delete_day", north, pk)).status_code == 404


def test_absence_stops_the_members_clock_and_the_stand_in_takes_over(in_north, nora, rita, fred):
    def moment(hour):
        return datetime(2026, 11, 23, hour, tzinfo=UTC)

    for away, instead in ((nora, rita), (rita, fred)):
        Absence.objects.create(agency=in_north, member=away, stand_in=instead, starts_at=moment(9), ends_at=moment(11))
    own = calendar_of_member(calendar_of(in_north), nora)

    assert add_minutes(own, moment(8), 120) == moment(12)
    assert stand_in_of(nora, moment(10)) == fred
    assert stand_in_of(nora, moment(11)) == nora


def test_stand_ins_in_a_ring_end_somewhere(in_north, nora, rita):
    start, end = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 11, tzinfo=UTC)
    for away, instead in ((nora, rita), (rita, nora)):
        Absence.objects.create(agency=in_north, member=away, stand_in=instead, starts_at=start, ends_at=end)
    assert stand_in_of(nora, start) in (nora, rita)


def _agency(agency) -> Agency:
    with tenant(agency.pk), transaction.atomic():
        return Agency.objects.get(pk=agency.pk)


def _picture(kind: str, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()
