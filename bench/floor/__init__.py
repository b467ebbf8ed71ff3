"""The floor: a bare Django project with one table and a plain template."""
