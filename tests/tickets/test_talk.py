"""What is said on tickets, to whom, and who never reads it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction
from django.db.models import F

from portal.core.context import tenant
from portal.files.models import File
from portal.search.asking import understood
from portal.search.finding import find
from portal.tenancy.scope import acting_as
from tests.browse import browse_as, events_of, reload, url
from tests.tickets.makers import deliver, mails_to, open_for, status_of
from tickets import actions, thread
from tickets.models import Change, Comment, CommentVersion, FieldValue, Follower, Ticket, TicketField, TicketFile

SECRET = "Zobel pays late"


def test_contact_speaks_and_everybody_reads_it(cast, ticket):
    response = browse_as(cast.anna).post(
        url("tickets:comment", cast.acme, ticket.number), {"text": "**Four** complaints"}
    )

    said = _comments(ticket)[0]
    assert response.url.endswith(f"#comment-{said.pk}")
    assert events_of(ticket)[-1] == ("ticket.commented", cast.anna.pk)
    for who in (cast.anna, cast.nora, cast.vera):
        assert "<strong>Four</strong> complaints" in _page(who, ticket)


def test_specialist_chooses_and_the_careful_choice_comes_first(cast, ticket):
    path = url("tickets:comment", cast.acme, ticket.number)
    page = _page(cast.nora, ticket)
    assert 'value="private" checked' in page

    assert browse_as(cast.nora).post(path, {"text": "Chose nothing"}).status_code == 422
    browse_as(cast.nora).post(path, {"text": SECRET, "visibility": "private"})

    assert [said.is_private for said in _comments(ticket)] == [True]
    assert SECRET in _page(cast.nora, ticket)


def test_contact_cannot_choose_what_he_does_not_know(cast, ticket):
    path = url("tickets:comment", cast.acme, ticket.number)
    browse_as(cast.anna).post(path, {"text": "Hello", "visibility": "private"})

    assert [said.is_private for said in _comments(ticket)] == [False]
    with tenant(cast.north.pk), pytest.raises(PermissionDenied):
        actions.comment(ticket, by=cast.anna, text="Hello", is_private=True)


def test_private_words_are_on_no_page_of_outsiders(cast, ticket, say):
    note = say(ticket, cast.nora, SECRET, is_private=True, uploads=[SimpleUploadedFile("zobel.txt", b"zobel")])

    for who in (cast.anna, cast.carl, cast.vera, cast.pavel):
        assert "Zobel" not in _page(who, ticket)
        for name in ("reword", "versions"):
            assert browse_as(who).get(url(f"tickets:{name}", cast.acme, ticket.number, note.pk)).status_code == 404
        with acting_as(who):
            link = TicketFile.objects.filter(comment=note)
            assert not link.exists() and not Comment.objects.filter(pk=note.pk).exists()
            assert not File.objects.filter(name="zobel.txt").exists()
            assert not find(who, understood("zobel")).groups
    with acting_as(cast.nora):
        assert {group.kind.code for group in find(cast.nora, understood("zobel")).groups} == {
            "ticket_words",
            "ticket_files",
        }


def test_the_second_wall_stands_without_the_first(cast, ticket, say):
    say(ticket, cast.nora, SECRET, is_private=True)
    say(ticket, cast.anna, "Open")
    for who in (cast.anna, cast.vera):
        with acting_as(who):
            assert [said.text for said in Comment.objects.all()] == ["Open"]
    with acting_as(cast.bob):
        assert not Comment.objects.exists()
    with acting_as(cast.anna), transaction.atomic(), pytest.raises(ProgrammingError):
        Comment.objects.create(agency=cast.north, ticket=ticket, author=cast.anna, text="x", is_private=True)


def test_vendor_with_the_right_reads_private_words(cast, ticket, say):
    say(ticket, cast.nora, SECRET, is_private=True)
    _let(cast.supplier, reads_private=True)

    assert SECRET in _page(cast.vera, ticket)
    assert SECRET not in _page(cast.pavel, ticket)
    assert "Only North, Vega Studio read it" in _page(cast.nora, ticket)


def test_paper_has_all_words_and_private_ones_only_when_asked_for(cast, ticket, say):
    for number in range(30):
        say(ticket, cast.anna, f"Word {number}.")
    say(ticket, cast.nora, SECRET, is_private=True)
    path = url("tickets:print", cast.acme, ticket.number)

    paper = browse_as(cast.nora).get(path).content.decode()
    assert "Word 0." in paper and "Word 29." in paper and SECRET not in paper
    assert SECRET in browse_as(cast.nora).get(f"{path}?private").content.decode()
    for who in (cast.anna, cast.vera):
        assert SECRET not in browse_as(who).get(f"{path}?private").content.decode()


def test_paper_that_is_handed_on_has_no_facts_of_the_agency(cast, ticket):
    with tenant(cast.north.pk):
        actions.change(ticket, by=cast.nora, priority=1, estimate_minutes=135)
        for label, is_internal in (("Zobelfeld", True), ("Browser", False)):
            code = {"agency_id": ticket.agency_id, "is_internal": is_internal}
            field = TicketField.objects.create(**code, type=ticket.type, code=label.lower(), label=label)
            FieldValue.objects.create(**code, ticket=ticket, field=field, value="Yes")
    path = url("tickets:print", cast.acme, ticket.number)

    paper, whole = (browse_as(cast.nora).get(f"{path}{query}").content.decode() for query in ("", "?private"))

    assert "Browser" in paper and all(word in whole for word in ("Browser", "Zobelfeld", "Urgent", "2:15"))
    assert not any(word in paper for word in ("Zobelfeld", "Urgent", "2:15"))


def test_vendor_with_the_right_has_the_files_of_private_words(cast, ticket, say):
    note = say(ticket, cast.nora, SECRET, is_private=True, uploads=[SimpleUploadedFile("zobel.txt", b"zobel")])
    with tenant(cast.north.pk):
        link = TicketFile.objects.get(comment=note)
    path = url("tickets:download", cast.acme, ticket.number, link.pk)
    assert browse_as(cast.vera).get(path).status_code == 404

    _let(cast.supplier, reads_private=True)

    assert "zobel.txt" in _page(cast.vera, ticket)
    assert b"".join(browse_as(cast.vera).get(path).streaming_content) == b"zobel"
    for who in (cast.anna, cast.pavel):
        assert browse_as(who).get(path).status_code == 404
        with acting_as(who):
            assert not File.objects.filter(name="zobel.txt").exists()


def test_words_of_a_vendor_who_speaks_to_the_agency_only_stay_inside(cast, ticket):
    _let(cast.supplier, answers_client=False)

    browse_as(cast.vera).post(
        url("tickets:comment", cast.acme, ticket.number), {"text": SECRET, "visibility": "public"}
    )

    assert [said.is_private for said in _comments(ticket)] == [True]
    assert SECRET in _page(cast.vera, ticket) and SECRET in _page(cast.nora, ticket)
    assert SECRET not in _page(cast.anna, ticket)
    assert "Only North reads it" in _page(cast.vera, ticket)


def test_composer_says_who_will_read_it(cast, ticket):
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.carl, cast.vera], by=cast.nora)

    page = _page(cast.nora, ticket)

    assert "3 people get it by e-mail, 2 of them at Acme" in page
    assert "Only North reads it" in page


def test_who_is_waited_for_is_asked_for_an_answer(cast, ticket, say):
    """Else "Mark as done" would be the only button there, and no decision."""
    asked = "It waits for your answer. Write it as a comment, and North goes on."
    assert asked not in _page(cast.anna, ticket)
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))

    assert asked in _page(cast.anna, ticket) and 'href="#reply"' in _page(cast.anna, ticket)
    assert asked not in _page(cast.nora, ticket) and asked not in _page(cast.vera, ticket)

    say(ticket, cast.anna, "Yes, please")
    assert asked not in _page(cast.anna, ticket)


def test_edits_are_kept(cast, ticket, say):
    said = say(ticket, cast.anna, "Fourty")
    path = url("tickets:reword", cast.acme, ticket.number, said.pk)
    assert browse_as(cast.nora).post(path, {"text": "Stolen"}).status_code == 403

    browse_as(cast.anna).post(path, {"text": "Forty"})

    assert reload(said).text == "Forty"
    page = browse_as(cast.nora).get(url("tickets:versions", cast.acme, ticket.number, said.pk)).content.decode()
    assert "Fourty" in page
    with acting_as(cast.bob):
        assert not CommentVersion.objects.exists()


def test_slip_that_was_mended_at_once_stays_in_the_house(cast, ticket, say):
    said = say(ticket, cast.nora, SECRET)
    path = url("tickets:versions", cast.acme, ticket.number, said.pk)
    with tenant(cast.north.pk):
        actions.edit(said, by=cast.nora, text="Thank you")

    assert SECRET in browse_as(cast.nora).get(path).content.decode() and path in _page(cast.nora, ticket)
    assert SECRET not in browse_as(cast.anna).get(path).content.decode() and path not in _page(cast.anna, ticket)
    for who in (cast.anna, cast.vera):
        with acting_as(who):
            assert not CommentVersion.objects.exists()

    _made(said, timedelta(minutes=6))
    with tenant(cast.north.pk):
        actions.edit(said, by=cast.nora, text="Many thanks")

    page = browse_as(cast.anna).get(path).content.decode()
    assert path in _page(cast.anna, ticket) and "Thank you" in page and SECRET not in page


def test_words_are_taken_back_before_the_client_hears_of_them(cast, ticket, say):
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.olaf, cast.vera], by=cast.nora)
    deliver(cast.north)
    said = say(ticket, cast.nora, SECRET, uploads=[SimpleUploadedFile("zobel.txt", b"zobel")])
    _tell_only(cast.north)
    path = url("tickets:withdraw", cast.acme, ticket.number, said.pk)
    assert path in _page(cast.nora, ticket)
    assert browse_as(cast.olaf).post(path).status_code == 403

    browse_as(cast.nora).post(path)

    assert "Taken back, private" in _page(cast.nora, ticket)
    assert [mail.to for mail in deliver(cast.north)] == [[cast.olaf.user.email]]
    for who in (cast.anna, cast.carl, cast.vera):
        assert "Zobel" not in _page(who, ticket) and "zobel.txt" not in _page(who, ticket)
        assert f"comment-{said.pk}" not in browse_as(who).get(url("notifications:index", cast.north)).content.decode()
        with acting_as(who):
            assert not Comment.objects.exists() and not File.objects.filter(name="zobel.txt").exists()
            assert not find(who, understood("zobel")).groups


def test_contact_takes_words_back_too_and_nobody_after_five_minutes(cast, ticket, say):
    first, late = say(ticket, cast.anna, "Nora is slow"), say(ticket, cast.anna, "Hello")
    _made(late, timedelta(minutes=6))
    paths = [url("tickets:withdraw", cast.acme, ticket.number, said.pk) for said in (first, late)]

    assert [browse_as(cast.anna).post(path).status_code for path in paths] == [302, 403]

    assert "Nora is slow" not in _page(cast.anna, ticket) and "Nora is slow" in _page(cast.nora, ticket)


def test_whoever_takes_words_back_too_late_learns_who_has_them(cast, ticket, say):
    deliver(cast.north)
    said = say(ticket, cast.nora, SECRET)
    deliver(cast.north)

    page = browse_as(cast.nora).post(url("tickets:withdraw", cast.acme, ticket.number, said.pk), follow=True)

    assert "Mailed already to: Anna Example" in page.content.decode()


def test_answer_of_the_client_ends_the_waiting(cast, ticket, say):
    with tenant(cast.north.pk):
        actions.move(ticket, by=cast.nora, status=status_of(ticket, "waiting"))

    say(ticket, cast.anna, "Here are the terms")

    assert reload(ticket).stage == "working"


def test_followers_get_the_words_by_mail_and_nobody_else(cast, ticket, say):
    deliver(cast.north)
    say(ticket, cast.nora, "Found *it*")
    mails = deliver(cast.north)

    assert [mail.to for mail in mails] == [[cast.anna.user.email]]
    assert "Found *it*" in mails[0].text and "Found <em>it</em>" in mails[0].html
    assert mails[0].reply_to


def test_burst_is_one_mail_and_edits_of_the_first_minutes_are_in_it(cast, ticket, say):
    deliver(cast.north)
    first = say(ticket, cast.nora, "Fond it")
    say(ticket, cast.nora, "And fixed it")
    with tenant(cast.north.pk):
        actions.edit(first, by=cast.nora, text="Found it")

    mail = mails_to(deliver(cast.north), cast.anna)

    assert len(mail) == 1
    assert "Found it" in mail[0].text and "And fixed it" in mail[0].text and "Fond" not in mail[0].text


def test_private_words_are_mailed_to_nobody_without_the_right(cast, ticket, say):
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.carl, cast.vera, cast.olaf], by=cast.nora)
    deliver(cast.north)
    say(ticket, cast.nora, SECRET, is_private=True)

    mails = deliver(cast.north)

    assert [mail.to for mail in mails] == [[cast.olaf.user.email]]
    assert SECRET in mails[0].text


def test_right_to_private_words_counts_when_the_mail_leaves(cast, ticket, say):
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.vera], by=cast.nora)
    deliver(cast.north)
    _let(cast.supplier, reads_private=True)
    say(ticket, cast.nora, SECRET, is_private=True)
    assert SECRET in mails_to(deliver(cast.north), cast.vera)[0].text
    say(ticket, cast.nora, SECRET, is_private=True)
    _tell_only(cast.north)
    _let(cast.supplier, reads_private=False)

    assert mails_to(deliver(cast.north), cast.vera) == []


def test_muted_and_gone_followers_hear_nothing(cast, ticket, say):
    with tenant(cast.north.pk):
        actions.add_followers(ticket, [cast.carl, cast.olaf], by=cast.nora)
    deliver(cast.north)
    browse_as(cast.anna).post(url("tickets:following", cast.acme, ticket.number), {"how": "mute"})
    browse_as(cast.carl).post(url("tickets:following", cast.acme, ticket.number), {"how": "leave"})
    say(ticket, cast.nora)

    assert [mail.to for mail in deliver(cast.north)] == [[cast.olaf.user.email]]


def test_only_who_may_see_it_can_be_added(cast, ticket):
    with tenant(cast.north.pk):
        assert not any(actions.add(ticket, member, by=cast.nora) for member in (cast.bob, cast.fred))
        assert actions.add(ticket, cast.vera, by=cast.nora)
        followers = set(Follower.objects.filter(ticket=ticket).values_list("member_id", flat=True))
    assert followers == {cast.anna.pk, cast.vera.pk}
    assert (
        browse_as(cast.anna)
        .post(url("tickets:add_follower", cast.acme, ticket.number), {"follower": cast.vera.pk})
        .status_code
        == 302
    )


def test_follower_who_was_added_by_mistake_is_taken_away_and_only_the_agency_reads_of_it(cast, ticket):
    anna, path = browse_as(cast.anna), url("tickets:remove_follower", cast.acme, ticket.number, cast.carl.pk)
    anna.post(url("tickets:add_follower", cast.acme, ticket.number), {"follower": cast.carl.pk})
    assert path in _page(cast.nora, ticket) and path not in _page(cast.anna, ticket)
    assert anna.post(path).status_code == 404

    browse_as(cast.nora).post(path)

    with tenant(cast.north.pk):
        assert not Follower.objects.filter(ticket=ticket, member=cast.carl).exists()
    page = _page(cast.nora, ticket)
    assert "Anna Example let Carl Example follow it" in page
    assert "Nora Example took Carl Example off the followers" in page
    assert "let Carl" not in _page(cast.anna, ticket)


def test_name_behind_an_at_calls_somebody(cast, ticket, say):
    say(ticket, cast.nora, "@olaf and @Carl Example, look. Mail a@vera.example", is_private=False)
    say(ticket, cast.nora, "@bob @vera come", is_private=True)

    with tenant(cast.north.pk):
        names = {row.member_id for row in ticket.followers.all()}
    assert names == {cast.anna.pk, cast.nora.pk, cast.olaf.pk, cast.carl.pk}


def test_whoever_is_named_in_an_edit_hears_of_it_once(cast, ticket, say):
    deliver(cast.north)
    said = say(ticket, cast.nora, "Look")
    with tenant(cast.north.pk):
        actions.edit(said, by=cast.nora, text="Look, @olaf")
    assert [mail.subject for mail in mails_to(deliver(cast.north), cast.olaf)] == [str(ticket)]

    with tenant(cast.north.pk):
        actions.edit(said, by=cast.nora, text="Look, @olaf and @carl")

    mails = deliver(cast.north)
    assert [mail.to for mail in mails] == [[cast.carl.user.email]]
    assert mails[0].subject == f"You follow {ticket}"


def test_comment_on_a_closed_client_is_refused(cast, ticket):
    with tenant(cast.north.pk), transaction.atomic():
        from django.utils import timezone

        type(cast.acme).objects.filter(pk=cast.acme.pk).update(read_only_at=timezone.now())

    assert (
        browse_as(cast.anna).post(url("tickets:comment", cast.acme, ticket.number), {"text": "Hi"}).status_code == 403
    )


def test_long_thread_shows_the_newest_and_leads_to_the_others(cast, ticket):
    with tenant(cast.north.pk):
        Comment.objects.bulk_create(
            Comment(agency=cast.north, ticket=ticket, author=cast.anna, text=f"Word {number}.") for number in range(60)
        )

    browser, path = browse_as(cast.anna), url("tickets:detail", cast.acme, ticket.number)
    seen, query = [], ""
    while True:
        response = browser.get(path + query)
        seen += [post.html for post in reversed(response.context["posts"])]
        query = response.context["earlier"]
        if not query:
            break

    assert len(seen) == len(set(seen)) == 60
    assert "Word 59." in seen[0]


def test_history_of_earlier_pages_is_theirs_and_says_where_it_is_cut(cast, ticket, monkeypatch):
    hour = timedelta(hours=1)
    with tenant(cast.north.pk):
        said = [Comment(agency=cast.north, ticket=ticket, author=cast.anna, text=f"{n}.") for n in range(60)]
        for number, comment in enumerate(said):
            comment.created_at = ticket.created_at + hour * number
        Comment.objects.bulk_create(said)
        lines = [Change(agency=cast.north, ticket=ticket, what="percent", new=str(n)) for n in range(60)]
        for number, change in enumerate(lines):
            change.changed_at = ticket.created_at + hour * number
        Change.objects.bulk_create(lines)
        Ticket.objects.filter(pk=ticket.pk).update(created_at=ticket.created_at)
    with time_machine.travel(ticket.created_at + hour * 100):
        path = url("tickets:detail", cast.acme, ticket.number)
        first = browse_as(cast.anna).get(path)
        second = browse_as(cast.anna).get(path + first.context["earlier"]).content.decode()
        monkeypatch.setattr(thread, "MOST_CHANGES", 20)
        paper = browse_as(cast.anna).get(url("tickets:print", cast.acme, ticket.number)).content.decode()

    assert (
        "set it to 59 % complete" in first.content.decode() and "set it to 20 % complete" not in first.content.decode()
    )
    assert "set it to 20 % complete" in second and "set it to 59 % complete" not in second
    assert "set it to 40 % complete" in paper and "set it to 39 % complete" not in paper
    assert "Changes before this are left out" in paper


def _page(member, ticket) -> str:
    response = browse_as(member).get(url("tickets:detail", ticket.client, ticket.number))
    assert response.status_code == 200
    return response.content.decode()


def _comments(ticket) -> list[Comment]:
    with tenant(ticket.agency_id):
        return list(Comment.objects.filter(ticket=ticket).order_by("pk"))


def _let(vendor, **rights) -> None:
    with tenant(vendor.agency_id), transaction.atomic():
        type(vendor).objects.filter(pk=vendor.pk).update(**rights)


def _tell_only(agency) -> None:
    from portal.events import delivery
    from portal.events.models import Event

    with tenant(agency.pk):
        for pk in Event.objects.filter(delivered_at=None).values_list("pk", flat=True):
            delivery.deliver(pk)


__all__ = ["open_for"]


def _made(said, ago: timedelta) -> None:
    with tenant(said.agency_id):
        Comment.objects.filter(pk=said.pk).update(created_at=F("created_at") - ago)
