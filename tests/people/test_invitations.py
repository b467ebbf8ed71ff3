"""Invitations: from the mail to the place, and everything that must not work."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from portal.accounts.models import User
from portal.core.context import tenant
from portal.mail.models import OutgoingMail
from portal.people.actions import invitations, members
from portal.people.actions.invitations import InvitationOver
from portal.people.models import Invitation
from portal.tenancy.models import Client, ClientAccess, Member, ProjectAccess, Role
from portal.tenancy.presets import FIRST_CONTACT_AREAS, NEW_CONTACT_AREAS
from tests.browse import browse_as, events_of, reload, url
from tests.people.confirming import confirmed
from tests.people.links import link_to_join

PASSWORD = "correct horse battery staple"


def test_owner_invites_a_contact_who_makes_an_account(olaf, acme, north):
    answer = _invite_contact(olaf, north, acme, email="New.Person@Acme.example")
    link = link_to_join(north, "new.person@acme.example")
    page = browse_as(None).get(link)
    browser = browse_as(None)
    joined = browser.post(link, {"name": "New Person", "password": PASSWORD})

    user = User.objects.get(email="new.person@acme.example")
    assert answer.status_code == 302
    assert page.status_code == 200
    assert joined.status_code == 302
    assert user.check_password(PASSWORD)
    assert "_auth_user_id" not in browser.session, "signed in without the second factor"
    with tenant(north.pk), transaction.atomic():
        member = Member.objects.get(user=user)
        assert ClientAccess.objects.get(member=member, client=acme).areas == ["mails", "work"]
        assert member.shared_client_ids == [acme.pk]
    assert [kind for kind, _by in events_of(member)] == ["member.joined"]


def test_the_invitation_is_stored_without_its_token(olaf, acme, north):
    _invite_contact(olaf, north, acme)
    token = link_to_join(north, "kim@acme.example").split("/")[-2]

    with tenant(north.pk), transaction.atomic():
        invitation = Invitation.objects.get(email="kim@acme.example")
        assert token not in str(vars(invitation))
    assert len(token) >= 32


def test_known_person_signs_in_first(olaf, acme, north, saul):
    _invite_contact(olaf, north, acme, email=saul.user.email)
    link = link_to_join(north, saul.user.email)

    stranger = browse_as(None).get(link)
    browser = browse_as(saul)
    looked, joined = browser.get(link), browser.post(link)

    assert stranger.status_code == 302 and "/accounts/login/?next=" in stranger["Location"]
    assert (looked.status_code, joined.status_code) == (200, 302)
    with tenant(north.pk), transaction.atomic():
        assert Member.objects.get(user=saul.user, agency=north).kind == "contact"
    assert reload(saul).kind == "specialist", "the place in the other agency stays as it is"


def test_looking_at_the_link_accepts_nothing(olaf, acme, north, saul):
    _invite_contact(olaf, north, acme, email=saul.user.email)
    browse_as(saul).get(link_to_join(north, saul.user.email))

    with tenant(north.pk), transaction.atomic():
        assert not Member.objects.filter(user=saul.user).exists()


def test_link_works_once(olaf, acme, north):
    _invite_contact(olaf, north, acme)
    link = link_to_join(north, "kim@acme.example")
    browse_as(None).post(link, {"name": "Kim", "password": PASSWORD})

    again = browse_as(None).post(link, {"name": "Kim", "password": PASSWORD})

    assert again.status_code == 404
    assert User.objects.filter(email="kim@acme.example").count() == 1


def test_somebody_else_cannot_use_thelink_to_join(olaf, acme, north, bob):
    _invite_contact(olaf, north, acme)
    link = link_to_join(north, "kim@acme.example")

    answers = {browse_as(bob).get(link).status_code, browse_as(bob).post(link).status_code}

    assert answers == {403}
    with tenant(north.pk), transaction.atomic():
        assert not ClientAccess.objects.filter(client=acme, member=bob).exists()
        invitation = Invitation.objects.get(email="kim@acme.example")
        with pytest.raises(PermissionDenied):
            invitations.accept(invitation, user=bob.user)


def test_unproved_address_is_not_enough(in_north, olaf, acme):
    invitation = _invite(olaf, acme, email="eve@acme.example")
    eve = User.objects.create_user("eve@acme.example", name="Eve")

    with pytest.raises(PermissionDenied):
        invitations.accept(invitation, user=eve)


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
        {"accepted_at": timezone.now()},
    ],
)
def test_old_links_do_not_work(olaf, acme, north, change):
    _invite_contact(olaf, north, acme)
    link = link_to_join(north, "kim@acme.example")
    with tenant(north.pk), transaction.atomic():
        Invitation.objects.update(**change)

    assert browse_as(None).get(link).status_code == 404
    assert browse_as(None).post(link, {"name": "Kim", "password": PASSWORD}).status_code == 404
    assert not User.objects.filter(email="kim@acme.example").exists()


def test_link_of_one_agency_does_not_work_at_another(olaf, acme, north, south):
    _invite_contact(olaf, north, acme)
    link = link_to_join(north, "kim@acme.example")

    assert browse_as(None).get(link.replace("/north/", "/south/")).status_code == 404
    assert browse_as(None).get(url("people:join", north, "guessed")).status_code == 404


def test_sending_again_replaces_thelink_to_join(olaf, acme, north):
    _invite_contact(olaf, north, acme)
    old = link_to_join(north, "kim@acme.example")
    with tenant(north.pk), transaction.atomic():
        pk = Invitation.objects.get().pk

    browse_as(olaf).post(url("people:send_again", north, pk))

    new = link_to_join(north, "kim@acme.example")
    assert new != old
    assert browse_as(None).get(old).status_code == 404
    assert browse_as(None).get(new).status_code == 200


def test_withdrawn_link_does_not_work(olaf, acme, north):
    _invite_contact(olaf, north, acme)
    with tenant(north.pk), transaction.atomic():
        pk = Invitation.objects.get().pk

    browse_as(olaf).post(url("people:revoke", north, pk))

    assert browse_as(None).get(link_to_join(north, "kim@acme.example")).status_code == 404


def test_weak_password_keeps_what_was_typed(olaf, acme, north):
    _invite_contact(olaf, north, acme)

    answer = browse_as(None).post(
        link_to_join(north, "kim@acme.example"), {"name": "Kim K.", "password": "password1234"}
    )

    assert answer.status_code == 422
    assert b'value="Kim K."' in answer.content
    assert b"password1234" not in answer.content
    assert not User.objects.filter(email="kim@acme.example").exists()


def test_name_with_line_break_is_refused(olaf, acme, north):
    assert _invite_contact(olaf, north, acme, name="Kim\nBcc: all@acme.example").status_code == 422


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("علی\u200cرضا", 302),
        ("Kim 👩🏽\u200d💻", 302),
        ("ad\u200dmin", 422),
        ("\u200cKim", 422),
        ("Kim\u202ezeta", 422),
    ],
)
def test_joiners_spell_where_a_script_has_them_and_hide_nowhere(olaf, acme, north, name, status):
    assert _invite_contact(olaf, north, acme, name=name).status_code == status


def test_invited_specialist_and_vendor_get_their_places(olaf, north, shop, supplier):
    browser = browse_as(olaf)
    browser.post(
        url("people:invite", north, "specialist"),
        {
            "email": "s@n.example",
            "name": "S",
            "role": _role(north, "freelancer").pk,
            "project": shop.pk,
            "level": "view",
        },
    )
    browser.post(
        url("people:invite", north, "vendor"),
        {
            "email": "v@n.example",
            "name": "V",
            "role": _role(north, "vendor", "vendor").pk,
            "vendor": supplier.pk,
            "project": shop.pk,
            "level": "comment",
        },
    )
    for email in ("s@n.example", "v@n.example"):
        assert browse_as(None).post(link_to_join(north, email), {"name": "X", "password": PASSWORD}).status_code == 302

    with tenant(north.pk), transaction.atomic():
        levels = dict(ProjectAccess.objects.exclude(member=None).values_list("member__user__email", "level"))
        assert levels == {"s@n.example": "view", "v@n.example": "comment"}
        assert Member.objects.get(user__email="v@n.example").vendor_id == supplier.pk


def test_who_is_here_already_is_not_invited_again(olaf, acme, north, nora, anna):
    form = {"email": nora.user.email, "name": "N", "role": _role(north, "reader").pk}
    assert browse_as(olaf).post(url("people:invite", north, "specialist"), form).status_code == 422
    assert _invite_contact(olaf, north, acme, email=anna.user.email).status_code == 422


# --- Contacts who invite colleagues ------------------------------------------------------------------------------


def test_contact_invites_a_colleague_with_at_most_the_own_areas(anna, acme, north):
    answer = _invite_colleague(anna, acme, areas=["work", "money"])

    browse_as(None).post(link_to_join(north, "kim@acme.example"), {"name": "Kim", "password": PASSWORD})
    assert answer.status_code == 302
    with tenant(north.pk), transaction.atomic():
        assert ClientAccess.objects.get(member__user__email="kim@acme.example").areas == ["money", "work"]


def test_a_colleague_is_invited_in_the_language_of_who_invites(anna, acme, north):
    """The agency's may be another; whoever is invited in English reads the whole portal in English."""
    User.objects.filter(pk=anna.user_id).update(language="de")
    page = browse_as(reload(anna)).get(url("people:team_invite", acme))

    assert page.context["form"]["language"].value() == "de"
    assert 'value="de" selected' in page.content.decode()


def test_subject_and_text_of_the_invitation_name_the_same_place(anna, acme, north):
    _invite_colleague(anna, acme, areas=["work"])
    with tenant(north.pk), transaction.atomic():
        mail = OutgoingMail.objects.get(to=["kim@acme.example"])

    assert mail.subject == "Anna Example invites you to the customer center of North"
    assert mail.text.startswith("Acme\n") and "in the customer center of North" in mail.text


def test_contact_cannot_give_an_area_that_he_lacks(anna, acme, north):
    with tenant(north.pk), transaction.atomic():
        ClientAccess.objects.filter(member=anna).update(areas=["work", "security"])

    assert _invite_colleague(anna, acme, areas=["work", "money"]).status_code == 422
    assert _waiting(north) == 0


def test_contact_cannot_post_a_kind_role_client_or_agency(anna, acme, bolt, north, south):
    owner = _role(north, "owner")

    wrong_role = _invite_colleague(anna, acme, role=owner.pk)
    _invite_colleague(anna, acme, kind="specialist", client=bolt.pk, agency=south.pk, agency_id=south.pk, vendor=1)

    assert wrong_role.status_code == 422
    with tenant(north.pk), transaction.atomic():
        invitation = Invitation.objects.get()
        assert (invitation.kind, invitation.client_id, invitation.agency_id) == ("contact", acme.pk, north.pk)


def test_the_action_refuses_what_the_form_would_not_let_through(in_north, anna, acme, bolt):
    for wrong in (
        {"client": bolt},
        {"kind": "specialist", "client": None, "areas": [], "role": _role(in_north, "reader")},
        {"role": _role(in_north, "owner")},
    ):
        with pytest.raises(PermissionDenied):
            _invite(anna, wrong.pop("client", acme), **wrong)


def test_contact_without_the_area_security_invites_nobody(carl, bob, acme):
    for member in (carl, bob):
        assert browse_as(member).get(url("people:team", acme)).status_code == 404
        assert _invite_colleague(member, acme).status_code == 404


def test_read_only_contact_and_closed_client_invite_nobody(anna, acme, north):
    with tenant(north.pk), transaction.atomic():
        Client.objects.filter(pk=acme.pk).update(read_only_at=timezone.now())
    assert _invite_colleague(anna, acme).status_code == 404

    with tenant(north.pk), transaction.atomic():
        Client.objects.filter(pk=acme.pk).update(read_only_at=None)
        Member.objects.filter(pk=anna.pk).update(role=_role(north, "reader", "contact"))
    assert _invite_colleague(anna, acme).status_code == 404


def test_contact_learns_nothing_about_people_of_other_clients(anna, acme, bob, north):
    assert _invite_colleague(anna, acme, email=bob.user.email).status_code == 302


def test_invitation_dies_with_the_rights_of_its_sender(in_north, olaf, anna, acme):
    invitation = _invite(anna, acme)
    ClientAccess.objects.filter(member=anna).update(areas=["work"])

    with pytest.raises(InvitationOver):
        invitations.accept_as_new(invitation, name="Kim", password=PASSWORD)


def test_contact_changes_areas_of_colleagues_but_not_the_own(anna, carl, acme, north):
    confirmed(anna).post(
        url("people:team_areas", acme),
        {"member": [anna.pk, carl.pk], f"areas-{anna.pk}": ["work"], f"areas-{carl.pk}": ["tickets", "work"]},
    )

    with tenant(north.pk), transaction.atomic():
        areas = {access.member_id: set(access.areas) for access in ClientAccess.objects.filter(client=acme)}
    assert areas[carl.pk] == {"tickets", "work"}
    assert "security" in areas[anna.pk]


def test_contact_neither_gives_nor_takes_areas_that_he_lacks(in_north, anna, carl, acme):
    ClientAccess.objects.filter(member=anna).update(areas=["security", "work"])
    ClientAccess.objects.filter(member=carl).update(areas=["money"])

    members.set_areas(carl, acme, {"work", "tickets"}, by=_fresh(anna))

    assert set(ClientAccess.objects.get(member=carl).areas) == {"money", "work"}


def test_contact_does_not_reach_people_of_another_client(anna, bob, acme, bolt, north):
    confirmed(anna).post(url("people:team_areas", acme), {"member": [bob.pk], f"areas-{bob.pk}": ["work"]})

    with tenant(north.pk), transaction.atomic():
        assert not ClientAccess.objects.filter(member=bob, client=acme).exists()
        with pytest.raises(PermissionDenied):
            members.set_areas(bob, bolt, {"work"}, by=anna)


def _invite_contact(by, north, acme, **changes):
    form = {
        "email": "kim@acme.example",
        "name": "Kim Example",
        "client": acme.pk,
        "role": _role(north, "contact", "contact").pk,
        "areas": ["work", "mails"],
        **changes,
    }
    return browse_as(by).post(url("people:invite", north, "contact"), form)


def _invite_colleague(by, acme, **changes):
    role = _role(acme.agency, "contact", "contact").pk
    form = {"email": "kim@acme.example", "name": "Kim", "role": role, "areas": ["work"], **changes}
    return browse_as(by).post(url("people:team_invite", acme), form)


def _invite(by, client, **fields):
    fields = {"email": "kim@acme.example", "name": "Kim", "kind": "contact", "areas": ["work"], **fields}
    fields.setdefault("role", _role(by.agency, "contact", "contact"))
    return invitations.invite(by.agency, by=by, client=client, **fields)


def _waiting(agency) -> int:
    with tenant(agency.pk), transaction.atomic():
        return Invitation.objects.waiting().count()


def _role(agency, code, kind="specialist"):
    with tenant(agency.pk), transaction.atomic():
        return Role.objects.get(agency=agency, kind=kind, code=code)


def _fresh(member):
    return Member.objects.select_related("role", "vendor", "user", "agency").get(pk=member.pk)


@pytest.mark.parametrize("kind", ["contact", "specialist", "vendor"])
def test_the_usual_role_is_chosen_already(olaf, north, kind):
    form = browse_as(olaf).get(url("people:invite", north, kind)).context["form"]

    assert form.fields["role"].rows[str(form["role"].value())].code == kind


def test_of_a_new_agency_the_first_contact_gets_all_areas_without_a_choice(saul, south):
    """With one client there is nothing to choose, and nobody of it is here yet."""
    form = browse_as(saul).get(url("people:invite", south, "contact")).context["form"]
    assert len(form.fields["client"].rows) == 1
    assert set(form["areas"].value()) == set(NEW_CONTACT_AREAS), "somebody is here"

    with tenant(south.pk), transaction.atomic():
        ClientAccess.objects.all().delete()
    form = browse_as(saul).get(url("people:invite", south, "contact")).context["form"]
    assert set(form["areas"].value()) == set(FIRST_CONTACT_AREAS)


def test_pasted_spaces_are_spaces(olaf, acme, north):
    _invite_contact(olaf, north, acme, name="Kim\u00a0van\u202fDijk\u3000")

    with tenant(north.pk), transaction.atomic():
        assert Invitation.objects.get(email="kim@acme.example").name == "Kim van Dijk"
