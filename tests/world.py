"""Builds the cast in the database, as the application role, through the same actions as the product."""

from types import SimpleNamespace

from allauth.account.models import EmailAddress
from django.db import transaction

from portal.accounts.models import User
from portal.core.context import tenant
from portal.tenancy import actions
from portal.tenancy.models import Vendor
from portal.tenancy.presets import FIRST_CONTACT_AREAS

NAMES = (
    "north south acme bolt cosmo shop blog rocket olaf nora rita fred anna carl bob vera pavel saul sofia supplier provider"
).split()
PASSWORD = "correct horse battery staple"


def person(name: str, *, hashed: str | None = None) -> User:
    """Somebody with a verified address and the password above (hashed only when a test signs in by form)."""
    user = User(email=f"{name.lower()}@{name.lower()}.example", name=f"{name} Example")
    user.set_unusable_password() if hashed is None else setattr(user, "password", hashed)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def build() -> SimpleNamespace:
    """The cast; see tests/conftest.py."""
    w = SimpleNamespace()
    w.north = actions.create_agency(name="North", slug="north", owner=person("Olaf"))
    with tenant(w.north.pk):
        _build_north(w)
    w.south = actions.create_agency(name="South", slug="south", owner=person("Saul"))
    with tenant(w.south.pk):
        w.saul = w.south_owner = _owner_of(w.south)
        w.cosmo = actions.create_client(w.south, name="Cosmo")
        w.rocket = actions.create_project(w.cosmo, name="Rocket")
        w.sofia = actions.add_member(w.south, person("Sofia"), kind="contact", role="contact")
        actions.set_access(w.sofia, w.cosmo, FIRST_CONTACT_AREAS)
    for name in ("olaf", "nora", "rita", "fred", "anna", "carl", "bob", "vera", "pavel", "saul", "sofia"):
        _forget_cached(getattr(w, name))
    return w


def _build_north(w) -> None:
    w.olaf = _owner_of(w.north)
    w.acme = actions.create_client(w.north, name="Acme", manager=w.olaf)
    w.bolt = actions.create_client(w.north, name="Bolt")
    w.shop = actions.create_project(w.acme, name="Shop")
    w.blog = actions.create_project(w.acme, name="Blog")
    staff = {"nora": "specialist", "rita": "reader", "fred": "freelancer"}
    for name, role in staff.items():
        setattr(w, name, actions.add_member(w.north, person(name.title()), kind="specialist", role=role))
    for name in ("anna", "carl", "bob"):
        setattr(w, name, actions.add_member(w.north, person(name.title()), kind="contact", role="contact"))
    actions.set_access(w.anna, w.acme, FIRST_CONTACT_AREAS)
    actions.set_access(w.carl, w.acme, ["tickets"])
    actions.set_access(w.bob, w.bolt, FIRST_CONTACT_AREAS)
    w.supplier = Vendor.objects.create(agency=w.north, name="Vega Studio", engagement="supplier")
    w.provider = Vendor.objects.create(agency=w.north, name="Pixel Print", engagement="provider", client=w.acme)
    w.vera = actions.add_member(w.north, person("Vera"), kind="vendor", role="vendor", vendor=w.supplier)
    w.pavel = actions.add_member(w.north, person("Pavel"), kind="vendor", role="vendor", vendor=w.provider)
    actions.share_project(w.shop, level="contribute", vendor=w.supplier)
    actions.share_project(w.shop, level="contribute", vendor=w.provider)


def _owner_of(agency):
    return agency_members(agency).get(role__code="owner")


def agency_members(agency):
    """Members of an agency with their names, roles and vendors."""
    from portal.tenancy.models import Member

    return Member.objects.filter(agency=agency).select_related("user", "role", "vendor", "agency")


def _forget_cached(member) -> None:
    for name in ("accesses", "project_accesses", "client_ids", "engaged_by_id"):
        member.__dict__.pop(name, None)
