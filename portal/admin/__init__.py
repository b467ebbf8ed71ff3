"""Django's own admin, inside the walls: one site per agency, one for platform staff."""
