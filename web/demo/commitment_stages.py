"""Cases by notice and commitment in every stage: offered, made, verified or not, put right or not, revoked, repaired."""

from collections.abc import Mapping

from approvals.commitment_following import awaited
from approvals.terms import CheckOutcome
from processes.steps import commitment

from . import committing, overseeing, verifying
from .telling import Act, Scene, Story

MET, UNMET, DECEIT = CheckOutcome.MET, CheckOutcome.UNMET, CheckOutcome.DECEIT
FOOD, HOTEL, HYGIENE, FIRE, DRAIN = "food_licence", "hotel_licence", "public_venue_hygiene", "fire_inspection", "drainage_permit"  # fmt: skip
PIPED = {"gas_kind": "piped"}
RESTAURANT = {"seats": 60, "area": 120, "gas": True, "sign": True, "hot_kitchen": True, **PIPED}


# --- at the window


def _drafted(item: str, *parts: str) -> Act:
    """The draft, in which these parts (none named: all) chose commitment."""

    def act(scene: Scene) -> None:
        answers = (RESTAURANT if item == "restaurant_opening" else PIPED) | scene.names()
        scene.case = committing.draft(scene.centre, item, answers, *parts, who=scene.who)

    return act


def _offered(item: str, *parts: str) -> Act:
    """The clauses are told; the signature is waited for."""

    def act(scene: Scene) -> None:
        _drafted(item, *parts)(scene)
        committing.offer(scene.centre, scene.told)

    return act


def _licensed(item: str, *parts: str) -> Act:
    """Told, committed to, decided, issued and handed over in one visit."""

    def act(scene: Scene) -> None:
        _offered(item, *parts)(scene)
        for step in (committing.commit, committing.decide, committing.issue):
            step(scene.centre, scene.told)
        scene.centre.deliver(scene.told)

    return act


def _declined(scene: Scene) -> None:
    centre, case = scene.centre, scene.told
    for row in committing.offered(centre, case):
        reasons = "对部分承诺事项没有把握（示例）"
        commitment.decline_online(centre.session, case.id, row.part_id, reasons, centre.calendar, centre.now)


def _follow(scene: Scene) -> None:
    """Every material that was to follow is handed in."""
    centre, case = scene.centre, scene.told
    for clause in awaited(centre.session, case.id):
        clerk = centre.staff[centre.clerk]
        commitment.follow_material(centre.session, case.id, clause.replaces, clerk, centre.now)


# --- in the verifying departments


def _verified(found: Mapping[str, CheckOutcome] | None = None) -> Act:
    """Every department that has something open checks its clauses and concludes."""

    def act(scene: Scene) -> None:
        for row in verifying.of_case(scene.centre, scene.told):
            if row.state == "open":
                verifying.verify(scene.centre, row, scene.store, found)

    return act


def _one_verified(scene: Scene) -> None:
    verifying.verify(scene.centre, verifying.of_case(scene.centre, scene.told)[0], scene.store)


def _begun(scene: Scene) -> None:
    """Some clauses are checked, the round is not concluded."""
    row = verifying.of_case(scene.centre, scene.told)[0]
    verifying.check(scene.centre, row, scene.store)


def _reported(scene: Scene) -> None:
    for row in verifying.of_case(scene.centre, scene.told):
        if row.state == "rectifying":
            verifying.report(scene.centre, row)


# --- what follows from a broken commitment


def _told(scene: Scene) -> None:
    overseeing.tell(scene.centre, scene.told)


def _heard(statement: str, assessment: str) -> Act:
    """The holder is heard."""
    return lambda scene: overseeing.hear(scene.centre, scene.told, statement, assessment)


def _hearing_asked(scene: Scene) -> None:
    overseeing.ask_hearing(scene.centre, scene.told)


def _revoked(scene: Scene) -> None:
    overseeing.decide(scene.centre, scene.told, "作出承诺的条件至今没有具备，且未按期整改（示例）")


def _kept(scene: Scene) -> None:
    reasons = "陈述申辩成立：设施在告知前已经安装并验收（示例）"
    overseeing.decide(scene.centre, scene.told, reasons, result="dropped")


def _repaired(scene: Scene) -> None:
    overseeing.repair(scene.centre, scene.told)


def _applies_again(item: str) -> Act:
    """The next application of the same applicant goes the ordinary way, with the reason told."""

    def act(scene: Scene) -> None:
        scene.centre.accept(scene.centre.draft(item, scene.names(), who=scene.who))

    return act


def _twice_unmet(clause: str, *, days: int) -> tuple[tuple[int, Act], ...]:
    """Found unmet, not put right by its day, found unmet again; the last check lies ``days`` working days back."""
    return ((days + 12, _verified({clause: UNMET})), (days, _verified({clause: UNMET})))


LATE = ("设施已经订购，因供货延误没有按期安装（示例）。", "作出承诺时不具备条件，不予采纳（示例）。")
FORGED = ("不清楚员工健康证明的来源（示例）。", "证明系伪造，经营者应当知道，不予采纳（示例）。")
RIGHT = ("设施在告知以前已经安装，附验收单（示例）。", "经复查属实，予以采纳（示例）。")
STORIES = (
    Story("waits for the signature", "客栈", ((1, _offered(HOTEL)),)),
    Story("waits for the signature", "餐厅", ((0, _offered(FOOD)),)),
    Story("a part waits for the signature", "小吃店", ((1, _offered("restaurant_opening", FIRE)),)),
    Story("commitment declined", "美容店", ((3, _offered(HYGIENE)), (2, _declined))),
    Story("commitment not signed", "影城", ((6, _offered(FIRE)),)),
    Story("one part by commitment", "火锅店", ((4, _licensed("restaurant_opening", FIRE)),)),
    Story("verification green", "餐厅", ((2, _licensed(FOOD)),)),
    Story("verification begun", "影城", ((5, _licensed(FIRE)), (2, _follow), (1, _begun))),
    Story("verification yellow, a material late", "浴场", ((18, _licensed(HYGIENE)),)),
    Story("verification past its limit, ordered", "书城", ((24, _licensed(FIRE)), (20, _follow))),
    Story("a material due soon", "洗车行", ((8, _licensed(DRAIN)),)),
    Story("one department of two has verified", "宾馆", ((9, _licensed(HOTEL)), (7, _follow), (5, _one_verified))),
    Story("all met", "客栈", ((16, _licensed(HOTEL)), (9, _follow), (7, _verified()))),
    Story("all met", "餐厅", ((21, _licensed(FOOD)), (14, _follow), (11, _verified()))),
    Story("rectifying", "餐厅", ((9, _licensed(FOOD)), (5, _follow), (4, _verified({"equipment": UNMET})))),
    Story("rectification nearly over", "影城", ((14, _licensed(FIRE)), (12, _follow), (9, _verified({"exits": UNMET})))),
    Story("put right, to be verified again", "浴场", (
        (12, _licensed(HYGIENE)), (8, _follow), (6, _verified({"site_and_rooms": UNMET})), (2, _reported),
    )),
    Story("put right late and met", "洗车行", (
        (26, _licensed(DRAIN)), (22, _follow), (20, _verified({"treatment": UNMET})), (2, _verified()),
    )),
    Story("revocation proposed, to be told", "餐厅", ((22, _licensed(FOOD)), (19, _follow), *_twice_unmet("equipment", days=1))),
    Story("facts told, the defence waits", "影城", (
        (24, _licensed(FIRE)), (21, _follow), *_twice_unmet("fire_equipment", days=3), (2, _told),
    )),
    Story("a hearing asked for", "洗浴中心", (
        (16, _licensed(HYGIENE)), (12, _follow), (8, _verified({"staff_health": DECEIT})), (6, _told), (4, _hearing_asked),
    )),
    Story("heard, the head decides", "餐厅", (
        (28, _licensed(FOOD)), (25, _follow), *_twice_unmet("premises", days=6), (5, _told), (1, _heard(*LATE)),
    )),
    Story("revoked, credit open, applies again", "宾馆", (
        (36, _licensed(HOTEL)), (33, _follow), *_twice_unmet("anti_theft", days=14), (13, _told), (8, _heard(*LATE)), (7, _revoked),
        (1, _applies_again(HOTEL)),
    )),
    Story("deceit, barred for three years", "足浴店", (
        (28, _licensed(HYGIENE)), (24, _follow), (20, _verified({"staff_health": DECEIT})), (19, _told), (14, _heard(*FORGED)),
        (13, _revoked), (2, _applies_again(FOOD)),
    )),
    Story("heard, and kept", "餐厅", (
        (40, _licensed(FOOD)), (36, _follow), *_twice_unmet("equipment", days=20), (19, _told), (14, _heard(*RIGHT)), (12, _kept),
    )),
    Story("revoked, credit repaired", "茶餐厅", (
        (60, _licensed(FOOD)), (56, _follow), *_twice_unmet("premises", days=40), (39, _told), (34, _heard(*LATE)), (33, _revoked),
        (5, _repaired),
    )),
)  # fmt: skip
"""Each once; a verification has 20 working days by most items, 30 by the food licence, 60 calendar days by the sewer's."""
