from tests.protocols.conftest import _own_storage, protocol, write

__all__ = ["_own_storage", "protocol", "write"]
