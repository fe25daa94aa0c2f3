"""When the renewal of a permit may be asked for by the law of its item, and whether it was (行政许可法 50)."""

from dataclasses import dataclass
from datetime import date, timedelta

from . import permits, renewal
from .calendar import WorkingCalendar
from .catalogue import Item
from .limits import Unit
from .procedure_rules import LICENCE
from .renewal import Lead
from .tables import Permit


@dataclass(frozen=True)
class RenewalTime:
    """One request for renewal against its window; days are local.

    ``first`` is None where it may be asked for at any time. ``deems``: silence renews what was asked for in time;
    only what is an administrative licence, a benefit never. ``provisional``: a day of the count falls in a year
    without notice.
    """

    expires: date
    first: date | None
    last: date
    asked: date
    in_time: bool
    deems: bool
    provisional: bool
    lead: Lead

    @property
    def early(self) -> bool:
        """Before the window opened."""
        return self.first is not None and self.asked < self.first

    @property
    def late(self) -> bool:
        """After the last day: it is taken in, and silence never renews it."""
        return self.asked > self.last


def lead_of(item: Item) -> Lead:
    """The lead time of the item: 30 days unless its own law says otherwise."""
    rules = item.requests.renewal
    return Lead(rules.latest, rules.earliest, Unit(rules.unit))


def renewal_time(permit: Permit, item: Item, asked: date, calendar: WorkingCalendar) -> RenewalTime | None:
    """The window of this permit and where ``asked`` falls; None for a permit without end."""
    expires = permit.valid_until
    if expires is None:
        return None
    lead = lead_of(item)
    first, last = renewal.window(expires, lead, calendar)
    counted = lead.unit == Unit.WORKING and calendar.is_provisional_between(min(asked, expires), expires)
    return RenewalTime(
        expires=expires,
        first=None if first == date.min else first,
        last=last,
        asked=asked,
        in_time=renewal.asked_in_time(expires, asked, lead, calendar),
        deems=item.type == LICENCE,
        provisional=counted,
        lead=lead,
    )


def renewed_validity(permit: Permit, item: Item, decided: date) -> tuple[date, date | None]:
    """First and last day of the renewed version, decided on that local day.

    The years count from the day after the old end, whenever it was decided: asking early costs no day, and being
    decided late gives none. The new paper takes the old one's place when it is issued, so one that was decided
    before the old end is valid from the day of the decision: no day lies between the two.
    """
    if permit.valid_until is None:  # not renewable, said before
        return decided, None
    following = permit.valid_until + timedelta(days=1)
    years = item.certificate.years if item.certificate else None
    return min(decided, following), permits.validity_end(following, years)
