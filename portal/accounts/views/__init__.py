"""Pages about one's own account; those of allauth are taken over in urls.py."""
