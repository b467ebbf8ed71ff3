"""What the shell of every page needs: who reads, where, and the way around."""

from django.utils.functional import SimpleLazyObject

from portal.tenancy.shell import Shell


def shell(request):
    """`shell`, made only when a template asks for it."""
    return {"shell": SimpleLazyObject(lambda: Shell(request))} if hasattr(request, "agency_id") else {}
