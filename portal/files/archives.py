"""The table of contents of a ZIP, read only when it is small: reading a hostile one would fill the memory."""

import struct
import zipfile

from portal.files.streams import Stream

# An office file above this is no document any more but an attempt to fill a memory.
MAX_UNPACKED_BYTES = 300 * 1024 * 1024
MAX_ENTRIES = 10_000
MAX_DIRECTORY_BYTES = 4 * 1024 * 1024

_END, _END_BYTES = b"PK\5\6", 22
_LOCATOR, _LOCATOR_BYTES = b"PK\6\7", 20
_END_64, _END_64_BYTES = b"PK\6\6", 56


class TooMuchToUnpack(Exception):
    """An archive that would unpack to more than we are willing to hold."""


def entries_of(file: Stream) -> list[zipfile.ZipInfo]:
    """What the archive contains, nothing when it is none. Raises `TooMuchToUnpack` before reading it all."""
    if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
        raise TooMuchToUnpack
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, EOFError):
        return []
    if len(found) > MAX_ENTRIES or sum(entry.file_size for entry in found) > MAX_UNPACKED_BYTES:
        raise TooMuchToUnpack
    return found


def _directory_bytes(file: Stream) -> int:
    """The size of the central directory as the end record gives it; 0 when there is none.

    zipfile reads so many bytes whatever the number of entries says, so this is what has to be small.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - _END_BYTES - 0xFFFF - _LOCATOR_BYTES - _END_64_BYTES))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or end + _END_BYTES > len(tail):
        return 0
    locator = end - _LOCATOR_BYTES
    large = locator - _END_64_BYTES
    if large >= 0 and tail[locator : locator + 4] == _LOCATOR and tail[large : large + 4] == _END_64:
        return int(struct.unpack_from("<Q", tail, large + 40)[0])
    return int(struct.unpack_from("<I", tail, end + 12)[0])
