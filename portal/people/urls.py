"""Members, clients, settings, security."""

from django.urls import include, path

from portal.people.views import (
    asking,
    by_mail,
    clients,
    importing,
    join,
    mailboxes,
    members,
    merging,
    projects,
    reach,
    security,
    settings,
    team,
    vendors,
)

app_name = "people"

MEMBERS = [
    path("", members.index, name="members"),
    path("invite/<slug:kind>/", members.invite, name="invite"),
    path("<int:pk>/", members.detail, name="member"),
    path("<int:pk>/end/", members.end, name="end_member"),
    path("<int:pk>/merging/", merging.merge, name="merge_member"),
    path("<int:pk>/areas/<slug:slug>/", members.areas, name="areas"),
    path("<int:pk>/absences/", members.absence, name="absence"),
    path("<int:pk>/factor-reset/", security.reset_factor, name="reset_factor"),
    path("<int:pk>/factor-reset/stop/", security.stop_reset, name="stop_reset"),
    path("requests/", asking.index, name="access_requests"),
    path("requests/new/", asking.request_access, name="request_access"),
    path("requests/by-mail/<str:token>/", by_mail.answer, name="answer_by_mail"),
    path("requests/<int:pk>/", asking.answer, name="access_request"),
    path("absences/<int:pk>/deletion/", members.delete_absence, name="delete_absence"),
    path("invitations/<int:pk>/again/", members.send_again, name="send_again"),
    path("invitations/<int:pk>/withdrawal/", members.revoke, name="revoke"),
]
SETTINGS = [
    path("", settings.profile, name="settings"),
    path("agency/", settings.basics, name="agency"),
    path("look/", settings.look, name="look"),
    path("sign-in/", settings.factors, name="factors"),
    path("texts/", settings.texts, name="texts"),
    path("hours/", settings.calendar, name="calendar"),
    path("hours/days/", settings.add_day, name="add_day"),
    path("hours/days/<int:pk>/deletion/", settings.delete_day, name="delete_day"),
    path("mailboxes/", mailboxes.index, name="mailboxes"),
    path("mailboxes/<int:pk>/test/", mailboxes.test, name="test_mailbox"),
    path("mailboxes/<int:pk>/password/", mailboxes.change_password, name="mailbox_password"),
    path("mailboxes/<int:pk>/pause/", mailboxes.pause, name="pause_mailbox"),
    path("mailboxes/<int:pk>/opening/", mailboxes.resume, name="resume_mailbox"),
    path("mailboxes/<int:pk>/deletion/", mailboxes.remove, name="remove_mailbox"),
]
PROJECT = [
    path("", projects.detail, name="project"),
    path("name/", projects.edit, name="edit_project"),
    path("shares/", projects.share, name="share"),
    path("shares/<int:pk>/deletion/", projects.unshare, name="unshare"),
    path("archive/", projects.archive, name="archive_project"),
    path("opening/", projects.restore, name="restore_project"),
]
OF_CLIENT = [
    path("settings/", clients.edit, name="client_settings"),
    path("settings/ending/", clients.ending, name="end_client"),
    path("settings/archive/", clients.archive, name="archive_client"),
    path("settings/opening/", clients.restore, name="restore_client"),
    path("projects/", projects.index, name="projects"),
    path("projects/new/", projects.create, name="new_project"),
    path("projects/<slug:project>/", include(PROJECT)),
    path("people/", team.index, name="team"),
    path("people/areas/", team.save, name="team_areas"),
    path("people/<int:pk>/projects/", reach.edit, name="team_projects"),
    path("people/invite/", team.invite, name="team_invite"),
    path("people/invitations/<int:pk>/again/", team.send_again, name="team_send_again"),
    path("people/invitations/<int:pk>/withdrawal/", team.revoke, name="team_revoke"),
    path("security/", security.of_client, name="client_security"),
]
urlpatterns = [
    path("people/join/<str:token>/", join.join, name="join"),
    path("members/", include(MEMBERS)),
    path("clients/", clients.index, name="clients"),
    path("clients/new/", clients.create, name="new_client"),
    path("clients/import/", importing.bring, name="import"),
    path("vendors/", vendors.index, name="vendors"),
    path("vendors/new/", vendors.create, name="new_vendor"),
    path("vendors/<int:pk>/", vendors.edit, name="vendor"),
    path("security/", security.index, name="security"),
    path("security/export/", security.export, name="export_security"),
    path("settings/", include(SETTINGS)),
    path("<client:client>/", include(OF_CLIENT)),
]
