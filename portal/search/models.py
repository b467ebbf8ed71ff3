"""The index of the search. Triggers keep it (portal.search.indexing), one function reads it (migration 0003)."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from portal.files.models import File
from portal.tenancy.models import ClientOwned, ClientOwnedQuerySet, TenantModel, TenantQuerySet
from portal.tenancy.walls import TenantForeignKey


class EntryQuerySet(ClientOwnedQuerySet):
    """Entries are for the search alone; pages show what they point at."""

    def visible_to(self, member):
        return super().visible_to(member) if member.sees_all_clients else self.none()


class Entry(ClientOwned):
    """What can be found of one thing: the words of `kind` and `subject_id`, and who may find it at all.

    who: names and addresses that `from:` looks in; happened_at: results are newest first; internal, visible_from and area are
    the walls of the thing itself; author_id: finds it before `visible_from`; language: a text search configuration.
    """

    kind = models.CharField(_("Kind"), max_length=20)
    subject_id = models.BigIntegerField(_("Number"))
    area = models.CharField(max_length=10)
    internal = models.BooleanField(_("Internal"), default=False)
    visible_from = models.DateTimeField(_("Visible from"))
    happened_at = models.DateTimeField(_("When"))
    author_id = models.BigIntegerField(null=True)
    who = models.CharField(_("From"), max_length=1000, blank=True)
    language = models.CharField(_("Language"), max_length=20)
    words = SearchVectorField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "kind", "subject_id"], name="search_entry_once")]
        indexes = [
            GinIndex(fields=["words"], name="search_entry_words", fastupdate=False),
            models.Index(fields=["agency", "kind", "-happened_at", "-subject_id"], name="search_entry_newest"),
        ]

    def __str__(self):
        return f"{self.kind} {self.subject_id}"


class FileTextQuerySet(TenantQuerySet):
    """Texts of files, for the search alone."""

    def visible_to(self, member):
        return super().visible_to(member) if member.sees_all_clients else self.none()

    def missing(self):
        """Files, through `maint`, whose text has not been read yet."""
        return File.objects.using("maint").filter(~Exists(FileText.objects.filter(file=OuterRef("pk"))))


class FileText(TenantModel):
    """The words of an attachment, read once by a process of its own; "" for files without text."""

    file = TenantForeignKey(File, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(_("Text"), blank=True)
    read_at = models.DateTimeField(_("Read"), auto_now_add=True)

    objects = FileTextQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "file"], name="search_file_text_once")]

    def __str__(self):
        return str(self.file)
