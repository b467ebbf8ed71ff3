"""The catalogue audit as a system check: `manage.py check --deploy --database default` (or owner, which sees the rows too)."""

from django.core.checks import Error, Tags, register

from portal.tenancy.catalogue import findings


@register(Tags.database, deploy=True)
def catalogue(app_configs=None, databases=None, **kwargs):
    """One error per finding."""
    return [
        Error(finding, id="tenancy.E001", hint=f"Found through the connection {alias}.")
        for alias in databases or ()
        for finding in findings(alias)
    ]
