"""Permits in every state of their life: changed, renewed, replaced, near their end; suspended, withdrawn, cancelled."""

from typing import Any

from approvals import permit_requests, tasks
from approvals.terms import RequestKind
from processes.steps import window

from . import overseeing
from .telling import Act, Scene, Story

CHANGE, RENEWAL, REPLACEMENT = RequestKind.CHANGE, RequestKind.RENEWAL, RequestKind.REPLACEMENT
FOOD, HYGIENE, FIRE, SIGN = "food_licence", "public_venue_hygiene", "fire_inspection", "shop_sign"
SMALL = {"seats": 12, "area": 40, "gas": False, "sign": True, "hot_kitchen": False}


def _issued(item: str) -> Act:
    """Applied for, reviewed, granted, issued and handed over."""

    def act(scene: Scene) -> None:
        centre = scene.centre
        answers = SMALL if item == "restaurant_opening" else {"gas_kind": "piped"}
        scene.case = centre.accept(centre.draft(item, answers | scene.names(), who=scene.who))
        _decided(scene)

    return act


def _decided(scene: Scene) -> None:
    """The last case is granted, its certificates are issued and handed over."""
    centre, case = scene.centre, scene.told
    centre.opine_all(case)
    if tasks.open_tasks(centre.session, case.id, "collate"):
        centre.collate(case)
    if tasks.open_tasks(centre.session, case.id, "decide_on_the_spot"):
        centre.decide_on_the_spot(case)
    centre.grant_all(case)
    centre.pay_fees(case)
    centre.issue(case)
    centre.deliver(case)


def _asked(kind: RequestKind, **answers: Any) -> Act:
    """The holder asks for something at the window, and it is accepted; from here the story is of that request."""

    def act(scene: Scene) -> None:
        centre, clerk = scene.centre, scene.centre.staff[scene.centre.clerk]
        permit = overseeing.permit_of(centre, scene.told)
        draft = permit_requests.start_request(centre.session, permit, kind, clerk, centre.now)
        window.answer_situation(centre.session, draft, clerk, {**draft.form_data, **answers})
        centre.tick_all(draft)
        scene.case = centre.accept(draft)

    return act


def _granted(kind: RequestKind, **answers: Any) -> Act:
    """Asked for and granted on one day; the story goes on with the permit's own case."""

    def act(scene: Scene) -> None:
        first = scene.case
        _asked(kind, **answers)(scene)
        _decided(scene)
        scene.case = first

    return act


def _begun(kind: str, ground: str, facts: str, reasons: str, item: str = "") -> Act:
    """The facts of an intended act are told."""

    def act(scene: Scene) -> None:
        permit = overseeing.permit_of(scene.centre, scene.told, item)
        overseeing.begin(scene.centre, permit, kind, ground, facts, reasons)

    return act


def _heard(statement: str, assessment: str) -> Act:
    """The holder is heard."""
    return lambda scene: overseeing.hear(scene.centre, scene.told, statement, assessment)


def _done(reasons: str) -> Act:
    """The head decides."""
    return lambda scene: overseeing.decide(scene.centre, scene.told, reasons)


def _cancelled(ground: str, reasons: str) -> Act:
    """The head cancels."""

    def act(scene: Scene) -> None:
        permit = overseeing.permit_of(scene.centre, scene.told)
        overseeing.cancel(scene.centre, permit, ground, reasons)

    return act


LENT = "检查发现该证悬挂在另一家餐厅，经营者承认系租借而来（示例）。"
UNWASHED = "现场检查发现客用毛巾没有消毒记录，抽检不合格（示例）。"
RENEWED_STREET = "所在街道列入城市更新范围，沿街招牌须统一调整（示例）。"
DENIED = ("只借用过一天（示例）。", "出借一天也属出借，不予采纳（示例）。")
EXCUSED = ("消毒设备故障，已经报修（示例）。", "设备故障不免除消毒义务，不予采纳（示例）。")
AGREED = ("同意撤回，请求依法补偿（示例）。", "补偿另行依法办理（示例）。")
MISUSED = "出借食品经营许可证，违反《食品经营许可和备案管理办法》的规定（示例）"
DIRTY = "客用物品未按规定消毒，违反《公共场所卫生管理条例》第十四条的规定（示例）"
SUSPENSION = (_begun("suspend", "penalty", UNWASHED, DIRTY), _heard(*EXCUSED), _done(DIRTY))
STORIES = (
    Story("changed", "面馆", (
        (60, _issued(FOOD)), (12, _granted(CHANGE, person_in_charge="吴某某（示例）")),
    )),
    Story("a change is reviewed", "茶楼", ((50, _issued(FOOD)), (2, _asked(CHANGE, food_safety_manager="郑某某（示例）")))),
    Story("replaced", "影城", ((70, _issued(FIRE)), (6, _granted(REPLACEMENT)))),
    Story("renewed", "理发店", ((0, _issued(HYGIENE)), (8, _granted(RENEWAL))), ends=(4, 40)),
    Story("may be renewed now", "酒楼", ((0, _issued(FOOD)),), ends=(5, 60)),
    Story("must be renewed within days", "美容店", ((0, _issued(HYGIENE)),), ends=(4, 40)),
    Story("renewal asked in time, open", "酒楼", ((0, _issued(FOOD)), (3, _asked(RENEWAL))), ends=(5, 45)),
    Story("renewal asked late, open", "服饰店", ((0, _issued(SIGN)), (2, _asked(RENEWAL))), ends=(3, 12)),
    Story("renewed by silence", "浴室", ((0, _issued(HYGIENE)), (35, _asked(RENEWAL))), ends=(4, -3)),
    Story("expired", "书店", ((0, _issued(SIGN)),), ends=(3, -6)),
    Story("expired and cancelled", "花店", (
        (0, _issued(SIGN)), (4, _cancelled("expired", "有效期届满未延续（示例）")),
    ), ends=(3, -20)),
    Story("given up", "小吃店", ((40, _issued(FOOD)), (3, _cancelled("own_request", "被许可人停止经营，书面申请注销（示例）")))),
    Story("suspended", "足浴店", ((45, _issued(HYGIENE)), *zip((12, 7, 6), SUSPENSION, strict=True))),
    Story("suspended and over", "棋牌室", ((90, _issued(HYGIENE)), *zip((60, 55, 54), SUSPENSION, strict=True))),
    Story("withdrawn in the public interest", "咖啡馆", (
        (80, _issued("restaurant_opening")),
        (20, _begun("withdraw", "circumstances", RENEWED_STREET, "客观情况发生重大变化（示例）", SIGN)), (15, _heard(*AGREED)),
        (14, _done("客观情况发生重大变化，为了公共利益的需要撤回，依法给予补偿（示例）")),
    )),
    Story("revoked as a penalty", "餐厅", (
        (90, _issued(FOOD)), (25, _begun("penal_revoke", "misused", LENT, MISUSED)), (20, _heard(*DENIED)), (18, _done(MISUSED)),
    )),
    Story("penalty told, the defence waits", "火锅店", ((75, _issued(FOOD)), (2, _begun("penal_revoke", "misused", LENT, MISUSED)))),
)  # fmt: skip
"""Each once. Food licences last five years and are renewed 90 to 15 working days before, hygiene four, signs three."""
