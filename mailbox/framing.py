"""The HTML text of a mail for its frame: pictures of the mail itself are put in, for the sandbox carries no session to fetch them."""

import base64
import html
import re
from collections.abc import Iterable
from urllib.parse import unquote

from django.core.files.storage import default_storage

from mailbox.models import MailAttachment
from portal.files.kinds import INLINE_MEDIA_TYPES
from portal.files.storage import TROUBLE

PICTURE = re.compile(r'src="cid:([^"]{1,300})"')
MAX_BYTES = 6_000_000
EMPTY = 'src="data:,"'


def framed(markup: str, attachments: Iterable[MailAttachment], *, to) -> str:
    """The sanitised HTML with the addresses of its own pictures replaced by their content, within bounds."""
    known = {attachment.content_id: attachment.file for attachment in attachments if attachment.content_id}
    left = MAX_BYTES

    def put_in(match: re.Match) -> str:
        nonlocal left
        file = known.get(unquote(html.unescape(match[1])))
        if file is None or file.media_type not in INLINE_MEDIA_TYPES or file.size > left or file.hindrance_for(to):
            return EMPTY
        left -= file.size
        return f'src="{_data(file)}"'

    return PICTURE.sub(put_in, markup)


def _data(file) -> str:
    try:
        with default_storage.open(file.key) as content:
            return f"data:{file.media_type};base64,{base64.b64encode(content.read()).decode()}"
    except TROUBLE:
        return "data:,"
