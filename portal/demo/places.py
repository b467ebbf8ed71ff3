"""Builds the agencies of the demo world, their clients, people and vendors, by the actions that pages call."""

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from portal.core.context import tenant
from portal.demo import backdating
from portal.demo.accounts import Accounts
from portal.demo.cast import FREELANCE, LIMITED, House, Person
from portal.demo.reading import TEXTS
from portal.people.actions import agency as settings
from portal.people.actions import clients, keeping, members
from portal.tenancy import actions
from portal.tenancy.models import Agency, Calendar, Client, Member, Network, Project, Vendor

LEGAL = ("imprint", "privacy", "data_processing")


class Place:
    """An agency that has been built; members by name, clients by slug."""

    def __init__(self, house: House, accounts: Accounts):
        self.house, self.accounts = house, accounts
        self.agency: Agency
        self.members: dict[str, Member] = {}
        self.clients: dict[str, Client] = {}
        self.vendors: dict[str, Vendor] = {}

    def build(self) -> "Place":
        """Everything, in one transaction of the caller."""
        owner = self.house.people[0]
        user = self.accounts.create(owner, self.house)
        currency = {"time_zone": "Europe/Berlin", "currency": "EUR", "language": self.house.settings["language"]}
        self.agency = actions.create_agency(name=self.house.name, slug=self.house.slug, owner=user, **currency)
        with tenant(self.agency.pk):
            self.members[owner.name] = Member.objects.select_related("role", "agency", "user").get(user=user)
            self._set_up()
            self._staff()
            self._clients()
            self._vendors()
            self._outsiders()
            self._away()
            self._pin()
            backdating.of_place(self)
        return self

    @property
    def owner(self) -> Member:
        return self.members[self.house.people[0].name]

    def project(self, client: str, slug: str) -> Project:
        return Project.objects.get(client=self.clients[client], slug=slug)

    def _set_up(self) -> None:
        texts = {name: (TEXTS / f"{self.house.slug}_{name}.txt").read_text() for name in LEGAL}
        self.agency = settings.change(self.agency, by=self.owner, **self.house.settings, **texts)
        calendar = Calendar.objects.get(agency=self.agency, is_default=True)
        calendar = settings.change_calendar(calendar, by=self.owner, **self.house.calendar)
        year = timezone.localdate().year
        settings.set_day(calendar, by=self.owner, day=date(year, 12, 24), name="24.12.", windows=[["09:00", "12:00"]])

    def _staff(self) -> None:
        position = self.house.people[0].position
        members.change(self.owner, by=self.owner, role=self.owner.role, position=position, phone="")
        for person in self.house.people[1:]:
            if person.kind == "specialist":
                self._join(person)

    def _clients(self) -> None:
        for company in self.house.clients:
            manager = self.members[company.manager]
            ids = {"slug": company.slug, "external_id": company.external_id}
            client = clients.create_client(self.agency, by=self.owner, name=company.name, manager=manager, **ids)
            self.clients[company.slug] = client
            for name, external_id in company.projects.items():
                clients.create_project(client, by=self.owner, name=name, external_id=external_id)

    def _vendors(self) -> None:
        for outside in self.house.vendors:
            client = self.clients.get(outside.provider_of)
            engagement = "provider" if client else "supplier"
            vendor = Vendor(agency=self.agency)
            words = {"name": outside.name, "engagement": engagement, "client": client, **outside.card}
            clients.save_vendor(vendor, by=self.owner, **words)
            self.vendors[outside.name] = vendor

    def _outsiders(self) -> None:
        for person in self.house.people:
            if person.kind != "specialist":
                self._join(person)
        for outside in self.house.vendors:
            for place in outside.projects:
                vendor = self.vendors[outside.name]
                members.share(self.project(*place), by=self.owner, level="contribute", vendor=vendor)
        for name, places in FREELANCE.items():
            for place in places if name in self.members else ():
                members.share(self.project(*place), by=self.owner, level="contribute", member=self.members[name])
        for name, places in LIMITED.items():
            for slug, project in places if name in self.members else ():
                member = self.members[name]
                actions.limit_access(member, self.clients[slug], {}, by=self.owner)
                member.__dict__.pop("accesses", None)
                members.share(self.project(slug, project), by=self.owner, level="view", member=member)

    def _join(self, person: Person) -> None:
        user = self.accounts.create(person, self.house)
        vendor = self.vendors.get(person.vendor)
        kind, role = person.kind, person.role
        member = actions.add_member(self.agency, user, kind=kind, role=role, vendor=vendor, position=person.position)
        for slug, areas in person.clients.items():
            actions.set_access(member, self.clients[slug], list(areas))
        self.members[person.name] = Member.objects.select_related("role", "vendor", "agency", "user").get(pk=member.pk)

    def _pin(self) -> None:
        """Who looks after a client has it at hand."""
        for company in self.house.clients:
            keeping.pin(self.clients[company.slug], by=self.members[company.manager])

    def _away(self) -> None:
        """Somebody will be away next month, somebody else stands in."""
        staff = [self.members[person.name] for person in self.house.people if person.kind == "specialist"]
        first = datetime.combine(timezone.localdate() + timedelta(days=30), time(7), UTC)
        ends_at = first + timedelta(days=7)
        members.add_absence(
            staff[-1], by=self.owner, starts_at=first, ends_at=ends_at, stand_in=staff[1], reason="Urlaub / holiday"
        )


def join_network(name: str, places: list[Place]) -> None:
    """A chain of agencies spans tenants: made by the maintenance role, as platform staff do."""
    with transaction.atomic(using="maint"):
        network = Network.objects.using("maint").create(name=name)
        ids = [place.agency.pk for place in places]
        Agency.objects.using("maint").filter(pk__in=ids).update(network=network)
