"""Telling people what happened: in the portal and by mail, as each of them wishes."""
