"""Who applies and who acts for them: typed once, found again by number, shown by masks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from approvals import intake, people
from approvals.errors import Invalid
from approvals.queries import desk as queries
from approvals.tables import Applicant, Case, Staff
from forms.formats import FormatFault

from ..errors import messages_of
from ..i18n import speak

FIELDS = ("number", "name", "phone", "email", "address", "representative")
NEEDED = ("number", "name", "phone")
Sentences = dict[str, str]


@dataclass(frozen=True)
class PartyView:
    """What the page shows of an applicant or agent: values to type over, and masks."""

    kind: str
    known: bool
    number: str
    name: str
    phone: str
    email: str
    address: str
    representative: str
    number_mask: str = ""
    phone_mask: str = ""
    email_kept: bool = False


def save(
    session: Session, clerk: Staff, draft: Case, posted: Mapping[str, str], now: datetime, *, lenient: bool
) -> Sentences:
    """Keep applicant, agent and mandate as far as they are complete; returns what is wrong by field.

    ``lenient``: while somebody is still typing, what is only missing is not yet a fault.
    """
    applicant, faults = _party(session, clerk, "applicant", draft.applicant, posted, now, lenient=lenient)
    agent, mandate = None, ""
    if posted.get("agent-on"):
        agent, agent_faults = _party(session, clerk, "agent", draft.agent, posted, now, lenient=lenient)
        faults |= agent_faults
        mandate = posted.get("mandate", "").strip()[:200]
    if applicant is not None and agent is not None and agent.id == applicant.id:
        faults["agent-number"] = _("代理人不能是申请人本人。")
        agent = None
    intake.set_applicant(draft, applicant, agent, mandate)
    return faults


def view(
    prefix: str, kept: Applicant | None, posted: Mapping[str, str] | None, faults: Sentences
) -> PartyView:
    """Show what was typed where it could not be kept, else what is kept, by its masks."""
    typed = _typed(prefix, posted or {})
    kind = (posted or {}).get(f"{prefix}-kind", kept.kind if kept else "person")
    if kept is None:
        return _over(kind, typed, None)
    if posted is not None and any(f"{prefix}-{name}" in faults for name in FIELDS):
        return _over(kind, typed, kept)
    shown = {"name": kept.name, "address": kept.address, "representative": kept.representative}
    return _over(kept.kind, shown, kept)


def _over(kind: str, values: Mapping[str, str], kept: Applicant | None) -> PartyView:
    """Values over the masks of what is kept; number, phone and mail are never shown again once kept."""
    return PartyView(
        kind=kind,
        known=kept is not None,
        number=values.get("number", ""),
        name=values.get("name", ""),
        phone=values.get("phone", ""),
        email=values.get("email", ""),
        address=values.get("address", ""),
        representative=values.get("representative", ""),
        number_mask=kept.number_mask if kept else "",
        phone_mask=kept.phone_mask if kept else "",
        email_kept=bool(kept and kept.email),
    )


def _typed(prefix: str, posted: Mapping[str, str]) -> dict[str, str]:
    return {name: posted.get(f"{prefix}-{name}", "").strip()[:300] for name in FIELDS}


def _party(
    session: Session,
    clerk: Staff,
    prefix: str,
    kept: Applicant | None,
    posted: Mapping[str, str],
    now: datetime,
    *,
    lenient: bool,
) -> tuple[Applicant | None, Sentences]:
    """The party as typed: a known number brings its name, phone and address along."""
    typed = _typed(prefix, posted)
    kind = "person" if prefix == "agent" else posted.get("applicant-kind", "person")
    if kept is not None and kept.kind != kind and not typed["number"]:
        kept = None  # another kind of applicant needs another number
    if not any(typed.values()):
        return kept, {}
    try:
        known = queries.known_applicant(session, clerk, kind, typed["number"]) if typed["number"] else kept
    except FormatFault as fault:
        return kept, {f"{prefix}-number": speak(fault.message, fault.params)}
    if known is not None and kept is not None and known.id != kept.id:
        return known, {}  # the fields still showed the one before: the known one is taken as kept
    values = _completed(typed, known)
    missing = {f"{prefix}-{name}": _("请填写这一项。") for name in NEEDED if not values[name]}
    if missing:
        return kept if known is None else known, {} if lenient else missing
    try:
        found = people.find_or_create(session, clerk, kind=kind, now=now, **values)
    except Invalid as error:
        return kept, {f"{prefix}-{name}": sentence for name, sentence in messages_of(error).items()}
    return found, {}


def _completed(typed: dict[str, str], known: Applicant | None) -> dict[str, str]:
    if known is None:
        return typed
    return {name: typed[name] or getattr(known, name) for name in FIELDS}
