"""An encrypted stream that shows every change: AES-256-GCM in pieces of 1 MiB (the STREAM construction).

Each archive has a key of its own, derived from the given one and a random salt. The nonce of a piece is its number and
whether it is the last, so no piece can be changed, moved, left out or cut off unnoticed.
"""

import base64
import binascii
import io
import os
import secrets
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"glasshouse backup 1\n"
SALT_BYTES = 16
PIECE = 1024 * 1024
TAG_BYTES = 16


class Broken(Exception):
    """The archive is damaged, cut off, or sealed with another key."""


def new_key() -> str:
    """A key as text: 32 random bytes."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def key_from(text: str) -> bytes:
    """The 32 bytes of a key. Raises ValueError for anything else."""
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except binascii.Error as error:
        raise ValueError("the key is not base64") from error
    if len(key) != 32:
        raise ValueError("the key has not 32 bytes")
    return key


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, MAGIC).derive(key))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Sealer(io.RawIOBase):
    """A file to write plain bytes to; `target` gets them sealed. `close` writes the last piece and leaves `target` open."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        salt = os.urandom(SALT_BYTES)
        self.target, self.cipher = target, _cipher(key, salt)
        self.number, self.rest = 0, bytearray()
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.rest += data
        while len(self.rest) > PIECE:
            self._put(bytes(self.rest[:PIECE]), is_last=False)
            del self.rest[:PIECE]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self.rest), is_last=True)
        super().close()

    def _put(self, piece: bytes, *, is_last: bool) -> None:
        self.target.write(self.cipher.encrypt(_nonce(self.number, is_last), piece, None))
        self.number += 1


class Opener(io.RawIOBase):
    """The plain bytes of a sealed `source`. Raises Broken at the first piece that is not as it was written."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        if source.read(len(MAGIC)) != MAGIC:
            raise Broken("this is no backup of the portal")
        self.source, self.cipher = source, _cipher(key, source.read(SALT_BYTES))
        self.number, self.rest = 0, b""
        self.ahead = source.read(PIECE + TAG_BYTES)
        self.is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while not self.rest and not self.is_over:
            self._next()
        count = min(len(buffer), len(self.rest))
        buffer[:count] = self.rest[:count]
        self.rest = self.rest[count:]
        return count

    def _next(self) -> None:
        piece, self.ahead = self.ahead, self.source.read(PIECE + TAG_BYTES)
        self.is_over = not self.ahead
        try:
            self.rest = self.cipher.decrypt(_nonce(self.number, self.is_over), piece, None)
        except (InvalidTag, ValueError) as error:
            raise Broken(f"piece {self.number} is damaged, or the key is another one") from error
        self.number += 1
