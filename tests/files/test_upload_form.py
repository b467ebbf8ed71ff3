"""The form field: several files, each checked, each complaint with its name."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from portal.files.forms import MultipleFileField


class UploadForm(forms.Form):
    title = forms.CharField()
    files = MultipleFileField(max_files=3)


def filled(*files, form=UploadForm):
    uploads = [SimpleUploadedFile(name, content) for name, content in files]
    return form({"title": "Kept"}, MultiValueDict({"files": uploads}))


def test_several_files_are_cleaned_to_a_list():
    form = filled(("a.txt", b"a"), ("b.txt", b"b"))

    assert form.is_valid()
    assert [(upload.name, upload.read()) for upload in form.cleaned_data["files"]] == [("a.txt", b"a"), ("b.txt", b"b")]


def test_no_file_is_fine():
    form = filled()

    assert form.is_valid()
    assert form.cleaned_data["files"] == []


def test_a_required_file_is_asked_for():
    class RequiredForm(forms.Form):
        files = MultipleFileField(required=True)

    assert filled(form=RequiredForm).errors["files"] == ["This field is required."]


def test_every_bad_file_is_named_and_what_was_typed_stays():
    form = filled(("a.txt", b"a"), ("b.exe", b"MZ"), ("c.pdf", b"<html>"))

    assert form.errors["files"] == [
        "“b.exe” is a program or a script. These cannot be uploaded.",
        "“c.pdf” is a web page or an SVG drawing. Send a PDF or a picture (PNG, JPEG) instead.",
    ]
    assert form["title"].value() == "Kept"


@pytest.mark.parametrize("count", [3, 4])
def test_there_is_a_limit(count):
    form = filled(*[(f"{n}.txt", b"x") for n in range(count)])

    assert form.is_valid() == (count == 3)
    assert form.errors.get("files", []) == ([] if count == 3 else ["At most 3 files at once."])


def test_the_browser_offers_several_files_of_our_kinds():
    html = str(UploadForm()["files"])

    assert " multiple" in html
    assert ".docx" in html
    assert ".svg" not in html
