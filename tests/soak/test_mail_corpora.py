"""The whole corpora through the parser: everything is kept, nothing raises, nothing takes long."""

import pytest

from tests.mail.test_corpora import SECONDS, corpora, is_storable, read

PROCESSED = 0.99
KEPT_BUT_NOT_READ = {"unreadable", "no_headers", "too_deep", "too_many_parts"}


@pytest.mark.skipif(not corpora(), reason="no corpora here")
def test_every_mail_of_the_corpora_is_kept_and_nearly_all_are_read():
    problems, slow, paths = [], [], corpora()
    for path in paths:
        mail, seconds = read(path)
        assert mail.content_key, path.name
        assert is_storable(mail), path.name
        assert mail.problem in {"", *KEPT_BUT_NOT_READ}
        problems += [path.name] if mail.problem else []
        slow += [path.name] if seconds > SECONDS else []
    assert slow == []
    assert len(problems) <= len(paths) * (1 - PROCESSED), problems
