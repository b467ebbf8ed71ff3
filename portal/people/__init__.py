"""Who belongs here, and how the agency is set up: members, invitations, clients, settings, the Security page."""
