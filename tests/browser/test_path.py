"""A specialist writes a protocol, a mail arrives by SMTP, a contact finds both and, late, the timeline."""

import pytest

from tests.browser.story import Story

pytestmark = [pytest.mark.browser, pytest.mark.django_db(databases="__all__", transaction=True)]


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("js", [True, False], ids=["with scripts", "without scripts"])
def test_from_the_call_to_the_timeline(js, width, cast, worker, door, windows, with_password):
    story = Story(cast, windows, worker, door, width=width, js=js)

    story.nora_signs_in(with_password(cast.nora))
    story.nora_publishes_a_protocol()
    story.a_mail_arrives()
    story.anna_signs_in(with_password(cast.anna))
    story.anna_reads_and_comments()
    story.anna_reads_the_mail()
    story.anna_waits_for_the_timeline()
    story.anna_takes_the_address_along()
    story.anna_changes_the_look()
