"""Whose time a row is."""

from django.utils.translation import gettext as _

from portal.people import rules
from portal.tenancy.models import Member


class People:
    """The agency's people who log time, by address and by name."""

    def __init__(self, by: Member):
        self.by = by
        people = list(rules.who_can_take_over(by.agency_id))
        self.by_email = {member.user.email.casefold(): member for member in people}
        self.by_name: dict[str, list[Member]] = {}
        for member in people:
            member.agency = by.agency
            self.by_name.setdefault(str(member).casefold(), []).append(member)

    def of(self, row: dict[str, str], errors: list[str]) -> Member | None:
        """The one who is named; whoever imports, if nobody is. Time of others is brought by those who keep the clients."""
        if not names_somebody(row):
            return self.by
        name = row.get("person") or f"{row.get('first_name', '')} {row.get('last_name', '')}".strip()
        email = row.get("email", "")
        member = self._found(email or name) or self._found(name)
        if member is None:
            errors.append(_("Nobody who logs time here is called %(name)s.") % {"name": email or name})
        elif member.pk != self.by.pk and not rules.manages_clients(self.by):
            errors.append(_("This is the time of %(name)s. You can import your own.") % {"name": member})
        return member

    def _found(self, word: str) -> Member | None:
        """Kimai writes the address where others write the name."""
        named = self.by_name.get(word.casefold(), [])
        return self.by_email.get(word.casefold()) or (named[0] if len(named) == 1 else None)


def names_somebody(row: dict[str, str]) -> bool:
    """Whether the row says whose time it is."""
    return any(row.get(column) for column in ("person", "first_name", "last_name", "email"))
