"""What the tests of the public pages share: cases committed for the pages, and a browser that follows one."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Engine, event

from approvals.corrections import DefectInput
from approvals.tables import Case
from approvals.terms import OpinionKind
from tests.centre import HOT_POT
from web.demo.centre import Centre, Somebody
from web.security import limiter

WITH_MAIL = Somebody(
    "organisation", "渝记小面馆（示例）", "92330110MA2B0Q1X78", "13800000000", "示例县城东街道示例路 18 号",
    "赵某某（示例）", "zhao@shop.example",
)  # fmt: skip
OTHER = Somebody(
    "person", "孙某某（示例）", "11010519491231002X", "13800000001", "示例县城东街道示例路 20 号", email="sun@home.example"
)  # fmt: skip
PLAN = DefectInput("premises_plan", "平面图未标明疏散宽度", "标注后重新提交")
SECRET_OPINION = "疏散宽度不足（内部意见）"


@dataclass(frozen=True)
class Known:
    """What an applicant holds in hand."""

    id: int
    number: str
    code: str


def known(case: Case) -> Known:
    """The case's number and query code, as the receipt shows them."""
    assert case.number is not None
    assert case.query_code is not None
    return Known(case.id, case.number, case.query_code)


def reviewing(centre: Centre, who: Somebody = WITH_MAIL) -> Known:
    """Accepted; one department has agreed, one disagrees, the others are at work."""
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT, who=who))
    centre.opine(case, "shop_sign")
    centre.opine(case, "fire_inspection", OpinionKind.DISAGREE, SECRET_OPINION)
    centre.session.commit()
    return known(case)


def correcting(centre: Centre, who: Somebody = WITH_MAIL) -> Known:
    """One correction notice of two departments waits for its answer."""
    case = centre.receive(centre.draft("restaurant_opening", HOT_POT, who=who))
    other = DefectInput("", "未说明灭火器配置", "写明型号和数量")
    centre.pre_check(case, {"food_licence": [PLAN], "fire_inspection": [PLAN, other]})
    centre.check(case, "correction")
    centre.session.commit()
    return known(case)


def issued(centre: Centre) -> Known:
    """Every certificate is made and waits to be collected."""
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT, who=WITH_MAIL))
    centre.opine_all(case)
    centre.collate(case)
    centre.grant_all(case)
    centre.pay_fees(case)
    centre.issue(case)
    centre.session.commit()
    return known(case)


def follow(client: FlaskClient, case: Known) -> FlaskClient:
    """Type number and code in."""
    answer = client.post("/tracking", data={"number": case.number, "code": case.code})
    assert answer.status_code == 303
    assert answer.location == "/tracking/case"
    return client


def page(client: FlaskClient, path: str = "/tracking/case", status: int = 200) -> str:
    """The text of a page."""
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


def picture() -> bytes:
    """A small scan."""
    kept = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(kept, "PNG")
    return kept.getvalue()


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements of the block; where a transaction begins is none."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@contextmanager
def limited(app: Flask) -> Iterator[None]:
    """Rate limits on, their counters empty before and after."""
    before, limiter.enabled = limiter.enabled, True
    with app.app_context():
        limiter.reset()
    try:
        yield
    finally:
        with app.app_context():
            limiter.reset()
        limiter.enabled = before
