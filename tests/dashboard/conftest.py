from tests.protocols.conftest import _own_storage, protocol, write
from tests.timeline.conftest import days_pass

__all__ = ["_own_storage", "days_pass", "protocol", "write"]
