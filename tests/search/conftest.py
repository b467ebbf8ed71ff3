from tests.mail.conftest import wake_ups
from tests.mailbox.conftest import deliver
from tests.protocols.conftest import _own_storage, write
from tests.protocols.meeting_makers import plan
from tests.timeline.conftest import days_pass, post
from tests.worklog.conftest import log

__all__ = ["_own_storage", "days_pass", "deliver", "log", "plan", "post", "wake_ups", "write"]
