"""Where: agencies, their clients and projects, and who has which place in them."""

from .access import ClientAccess, ProjectAccess
from .agency import Agency, AgencyAddress, Network
from .base import ClientOwned, ClientOwnedQuerySet, OwnQuerySet, TenantModel, TenantQuerySet
from .calendar import Absence, Calendar, CalendarException
from .client import Client, Project
from .member import Member, Vendor
from .role import Role
from .submission import Submission

__all__ = [
    "Absence",
    "Agency",
    "AgencyAddress",
    "Calendar",
    "CalendarException",
    "Client",
    "ClientAccess",
    "ClientOwned",
    "ClientOwnedQuerySet",
    "Member",
    "Network",
    "OwnQuerySet",
    "Project",
    "ProjectAccess",
    "Role",
    "Submission",
    "TenantModel",
    "TenantQuerySet",
    "Vendor",
]
