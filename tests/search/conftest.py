from tests.mail.conftest import wake_ups
from tests.mailbox.conftest import deliver
from tests.protocols.conftest import _own_storage, write

__all__ = ["_own_storage", "deliver", "wake_ups", "write"]
