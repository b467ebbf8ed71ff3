"""What we ask of a file, wherever it comes from: an upload, the storage, the memory."""

from typing import Protocol


class Stream(Protocol):
    """Bytes that can be read from anywhere in them."""

    def read(self, size: int = ..., /) -> bytes: ...

    def seek(self, offset: int, whence: int = ..., /) -> int: ...

    def tell(self) -> int: ...
