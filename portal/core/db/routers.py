"""All aliases are one database, seen by different roles: migrations belong to the owner alone."""


class OneDatabase:
    """Relations between objects read through different roles are fine; only `owner` migrates."""

    def allow_relation(self, *objects, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "owner"
