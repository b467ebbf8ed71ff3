"""A field for several files, checked one by one; every complaint names its file and stands at the field."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import ngettext_lazy

from portal.files.checking import FileRefused, check
from portal.files.kinds import ALLOWED
from portal.files.storage import StorageTrouble

MAX_FILES = 20


class MultipleFileInput(forms.ClearableFileInput):
    """A file input that takes several files."""

    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Cleans to a list of uploads, each with content and name checked. Store them with `actions.store_all`."""

    widget = MultipleFileInput
    default_error_messages = {
        "too_many": ngettext_lazy("At most %(limit)d file at once.", "At most %(limit)d files at once.", "limit"),
    }

    def __init__(self, *args: Any, max_files: int = MAX_FILES, **kwargs: Any) -> None:
        self.max_files = max_files
        kwargs.setdefault("required", False)
        # Emptiness and names are judged by `check`, with better words.
        super().__init__(*args, allow_empty_file=True, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """What the browser's file dialog offers first; a hint, nothing more."""
        accept = ",".join(f".{extension}" for extension in ALLOWED)
        return super().widget_attrs(widget) | {"accept": accept}

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        uploads = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not uploads and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > self.max_files:
            raise ValidationError(self.error_messages["too_many"], code="too_many", params={"limit": self.max_files})
        errors = [error for upload in uploads if (error := _complaint(upload))]
        if errors:
            raise ValidationError(errors)
        return list(uploads)


@contextmanager
def taking_files(form: forms.BaseForm) -> Iterator[None]:
    """What the storage or the virus scanner refuses is said at the field `uploads`; the action has undone itself."""
    try:
        yield
    except (FileRefused, StorageTrouble) as error:
        form.add_error("uploads", error)


def _complaint(upload: UploadedFile) -> ValidationError | None:
    try:
        check(upload.name or "", upload, size=upload.size or 0)
    except ValidationError as error:
        return error
    return None
