"""What the shell of every page needs: who reads, where, and the way around."""

from functools import partial

from portal.tenancy.shell import Shell
from portal.tenancy.tabs import tabs_of


def shell(request):
    """`shell` and `settings_tabs`; they read nothing until a template asks."""
    if not hasattr(request, "agency_id"):
        return {}
    return {"shell": Shell(request), "settings_tabs": partial(tabs_of, request)}
