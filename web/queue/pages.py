"""The list: five tabs with counts, filters in the address, paging on the server."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from approvals import authority
from approvals.messages import N_
from approvals.queries import queue
from approvals.queries.lamps import LATE
from approvals.queries.queue import Filters, QueueRow
from approvals.tables import Staff
from approvals.terms import Lamp

from .. import sorting
from ..auth import current_staff, requires, stood_in_for
from ..i18n import speak
from ..lamps import Light, light
from ..transactions import db, now
from . import blueprint

WORK = (
    "pre_check", "review", "site_visit", "collate", "decide", "hear_statement", "issue", "issue_joint", "deliver",
    "check_materials", "answer_correction", "issue_correction", "issue_correction_as_lead",
    "approve_extension", "approve_extension_of_case", "approve_procedure", "appoint_hearing", "hold_hearing",
    "verify", "take_rectification", "tell_facts", "hear_defence", "decide_proceeding",
)  # fmt: skip
"""Acts of the authority table that fill a queue."""

TAB_WORDS = {
    "mine": N_("我的"),
    "unclaimed": N_("待认领"),
    "department": N_("本部门"),
    "waiting": N_("等待他人"),
    "done": N_("已办"),
}
EMPTY = {
    "mine": (
        N_("手上没有待办"),
        N_("您认领的、转给您的和代岗同事的待办会列在这里。可以到“待认领”里认领一件。"),
    ),
    "unclaimed": (N_("没有待认领的办件"), N_("新的待办一到本部门就会出现在这里，不用刷新页面。")),
    "department": (N_("本部门没有待办"), N_("本部门所有同事手上的和未认领的待办会列在这里。")),
    "waiting": (
        N_("没有在等别人的办件"),
        N_("您办过一步、现在轮到其他部门或同事的办件会列在这里，看得到在谁手上。"),
    ),
    "done": (N_("还没有办结的待办"), N_("您办完的每一步会列在这里，最近的在前。")),
}
STEPS = {
    "pre_check": N_("预审材料"),
    "check_materials": N_("审核材料"),
    "answer_correction": N_("等待申请人补正"),
    "issue_correction": N_("合并补正要求"),
    "review": N_("审查"),
    "site_visit": N_("现场核查"),
    "collate": N_("汇总意见"),
    "decide": N_("作出决定"),
    "decide_on_the_spot": N_("当场决定"),
    "hear_statement": N_("陈述申辩"),
    "approve_extension": N_("批准延期"),
    "approve_procedure": N_("批准特别程序"),
    "appoint_hearing": N_("安排听证"),
    "hold_hearing": N_("登记听证笔录"),
    "verify": N_("承诺核查"),
    "rectify": N_("限期整改"),
    "tell_facts": N_("告知拟处理的事实"),
    "hear_defence": N_("听取持证人陈述申辩"),
    "decide_proceeding": N_("作出监管决定"),
    "issue": N_("制证"),
    "issue_parts": N_("单项制证"),
    "deliver": N_("送达"),
    "deliver_parts": N_("送达单项决定"),
    "deliver_refusal": N_("送达不予许可决定"),
}
"""The steps a queue can hold, in the order a case lives through them."""
SORT_WORDS = {
    "due": N_("期限最近的在前"),
    "-due": N_("期限最远的在前"),
    "lamp": N_("最紧急的灯色在前"),
    "opened": N_("最早到达的在前"),
    "-opened": N_("最晚到达的在前"),
    "number": N_("按办件编号"),
}
LAMPS = {LATE: N_("超期（红灯和督办）"), **{lamp.value: lamp.label for lamp in Lamp}}
"""The lamps a list can be asked for."""


@dataclass(frozen=True)
class Line:
    """A row with its lamp, and what the person on this page may do with it."""

    row: QueueRow
    light: Light
    mine: bool
    stood_in_for: bool
    claimable: bool
    transferable: bool


@blueprint.get("/")
@requires(*WORK)
def index() -> str:
    """The list, or for htmx the part of the page that renews itself."""
    return list_page(request.args.get("tab", "mine"))


def list_page(tab: str, problem: str = "") -> str:
    """The page, with a sentence above it where an act was refused."""
    tab = tab if tab in queue.TABS else "mine"
    staff = current_staff()
    colleagues = stood_in_for(staff)
    filters = _filters()
    number = max(request.args.get("page", 1, type=int), 1)
    found = queue.page(db(), staff, colleagues, tab, filters, number, now())
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": _tabs(tab, queue.counts(db(), staff, colleagues)),
        "lines": [_line(row, staff, colleagues) for row in found.rows],
        "more": found.more,
        "page": number,
        "filters": filters,
        "empty": [_(words) for words in EMPTY[tab]],
        "filtered": filters != Filters(sort=filters.sort),
        "steps": [(code, _(words)) for code, words in STEPS.items()],
        "lamps": [(code, _(words)) for code, words in LAMPS.items()],
        "here": request.full_path.rstrip("?") if request.method == "GET" else url_for("queue.index", tab=tab),
        "problem": problem,
    }
    context["sort_words"] = [(code, _(words)) for code, words in SORT_WORDS.items()]
    context["address"] = address = _address(tab, filters)
    context["sorts"] = sorting.links(queue.SORTS, filters.sort, lambda sort: address(1, sort))
    template = "queue/_list.html" if request.headers.get("HX-Request") else "queue/index.html"
    return render_template(template, **context)


def _filters() -> Filters:
    step, lamp = request.args.get("step", ""), request.args.get("lamp", "")
    return Filters(
        step=step if step in STEPS else "",
        lamp=lamp if lamp in LAMPS else "",
        text=request.args.get("q", "").strip()[:80],
        sort=sorting.known(request.args.get("sort", ""), queue.SORTS),
    )


def _address(tab: str, filters: Filters) -> Callable[..., str]:
    def address(number: int, sort: str = filters.sort) -> str:
        return url_for(
            "queue.index", tab=tab, step=filters.step or None, lamp=filters.lamp or None, q=filters.text or None,
            sort=sort or None, page=number,
        )  # fmt: skip

    return address


def _tabs(current: str, counts: dict[str, int]) -> list[tuple[str, str, bool, str]]:
    def shown(count: int) -> str:
        return str(count) if count <= queue.MOST_COUNTED else f"{queue.MOST_COUNTED}+"

    return [
        (_(words), url_for("queue.index", tab=tab), tab == current, shown(counts[tab]))
        for tab, words in TAB_WORDS.items()
    ]


def _line(row: QueueRow, staff: Staff, stood_in_for: list[Staff]) -> Line:
    open_ = row.state == "open"
    fits = any(_fits(row, person) for person in (staff, *stood_in_for))
    colleague = row.holder_id in {person.id for person in stood_in_for}
    mine = row.holder_id == staff.id
    head = authority.may(staff, "hand_over_tasks", row.department_id)
    return Line(
        row=row,
        light=light(
            promised_due=row.due, statutory_due=row.statutory_due, yellow_at=row.yellow_at, paused=row.paused,
            paused_left=row.paused_left, provisional=row.provisional, now=row.done_at or now(),
        ),
        mine=mine,
        stood_in_for=colleague,
        claimable=open_ and fits and row.holder_id is None,
        transferable=open_ and (head or (fits and (mine or colleague or row.holder_id is None))),
    )  # fmt: skip


def _fits(row: QueueRow, person: Staff) -> bool:
    at_window = row.role in queue.EVERYWHERE
    return person.has(row.role) and (at_window or person.department_id == row.department_id)


def refused(message: str, params: dict[str, object]) -> str:
    """The list again, with the sentence of a refusal."""
    return list_page("unclaimed", speak(message, params))
