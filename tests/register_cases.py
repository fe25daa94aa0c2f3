"""Permits for the tests of certificates and of the register, issued by the real steps."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from approvals import tasks
from approvals.tables import Case, Permit
from web.demo.centre import Centre, Somebody

HOTEL = Somebody(
    "organisation", "望山宾馆（示例）", "92330110MA2B0Q1X78", "13800000000", "示例县城东街道示例路 18 号", "周某某（示例）"
)  # fmt: skip


def ready_to_issue(
    centre: Centre, item: str, answers: Mapping[str, Any] | None = None, who: Somebody = HOTEL
) -> Case:
    """An application everybody granted, its fees paid: the certificates are the next step."""
    case = centre.accept(centre.draft(item, answers or {}, who=who))
    centre.opine_all(case)
    if tasks.open_tasks(centre.session, case.id, "collate"):
        centre.collate(case)
    centre.grant_all(case)
    if tasks.open_tasks(centre.session, case.id, "decide_on_the_spot"):
        centre.decide_on_the_spot(case)
    centre.pay_fees(case)
    return case


def issued(
    centre: Centre, item: str, answers: Mapping[str, Any] | None = None, who: Somebody = HOTEL
) -> list[Permit]:
    """The permits of an application, delivered; the comprehensive licence first."""
    case = ready_to_issue(centre, item, answers, who)
    permits = centre.issue(case)
    centre.deliver(case)
    centre.sync()
    centre.session.flush()
    return permits


def permits_of(centre: Centre, case: Case) -> list[Permit]:
    """What was issued in a case."""
    return list(centre.session.scalars(select(Permit).where(Permit.case_id == case.id).order_by(Permit.id)))
