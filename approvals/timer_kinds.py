"""What timers there are, and how a case asks for one: apart from ``timers``, so that every area can want its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from .calendar import WorkingCalendar
from .messages import N_
from .tables import Case


@dataclass(frozen=True)
class Kind:
    """What a timer does; ``effect``: it changes rights or duties, so it waits for a certain date. A warning does not."""

    label: str
    effect: bool = False


KINDS: dict[str, Kind] = {
    "lamp": Kind(N_("期限提醒")),
    "checking_alarm": Kind(N_("一次告知期限提醒")),
    "deemed_acceptance": Kind(N_("逾期未告知，视为受理"), effect=True),
    "correction_warning": Kind(N_("补正期限提醒")),
    "deemed_withdrawal": Kind(N_("逾期未补正，视为撤回"), effect=True),
    "deferral_warning": Kind(N_("容缺补交提醒")),
    "deferral_expiry": Kind(N_("容缺期满"), effect=True),
    "deemed_consent": Kind(N_("逾期未答复，视为同意"), effect=True),
    "order": Kind(N_("超过法定期限，督办"), effect=True),
    "procedure_over": Kind(N_("特别程序到期提醒")),
    "order_unanswered": Kind(N_("督办逾期未答复提醒")),
    "commitment_lapsed": Kind(N_("逾期未承诺，转一般程序"), effect=True),
    "following_warning": Kind(N_("承诺后补材料期限提醒")),
    "following_over": Kind(N_("承诺后补材料逾期提醒")),
    "deemed_renewal": Kind(N_("逾期未决定，视为准予延续"), effect=True),
    "renewal_alarm": Kind(N_("延续申请须在届满前决定提醒")),
    "renewal_lapsed": Kind(N_("有效期届满，不能延续"), effect=True),
    "renewal_reminder": Kind(N_("延续申请提醒")),
    "renewal_last_reminder": Kind(N_("延续申请期限将满提醒")),
    "permit_expired": Kind(N_("证照过期提醒")),
    "suspension_over": Kind(N_("暂扣期满，恢复效力"), effect=True),
    "verification_overdue": Kind(N_("逾期未核查，督办"), effect=True),
    "rectification_warning": Kind(N_("整改期限提醒")),
    "rectification_over": Kind(N_("整改期满，再次核查"), effect=True),
}


@dataclass(frozen=True)
class Wanted:
    """A timer a case wants: of what row, when (UTC), and whether that date is provisional."""

    kind: str
    subject_id: int | None
    due: datetime
    provisional: bool = False

    def key(self, case: Case) -> str:
        """What it is of, once."""
        return f"{self.kind}:{self.subject_id}" if self.subject_id else f"{self.kind}:case:{case.id}"

    @property
    def state(self) -> str:
        """Whether it may fire when its time comes."""
        return "held" if self.provisional and KINDS[self.kind].effect else "waiting"


Source = Callable[[Session, Case, WorkingCalendar], Iterator[Wanted]]
"""What makes a case want timers."""
