"""English pages of the main screens: nothing Chinese is left but what people wrote and what papers are called."""

import re
from collections.abc import Iterator

from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import Engine, select

from approvals import database
from approvals.tables import (
    Applicant,
    CalendarVersion,
    Case,
    CasePart,
    CertificateTemplate,
    Commitment,
    CreditRecord,
    Decision,
    Defect,
    Department,
    Document,
    Fee,
    Hearing,
    JournalEntry,
    LedgerEntry,
    Message,
    Opinion,
    Permit,
    PermitEvent,
    Proceeding,
    ServiceItem,
    Settlement,
    SiteVisit,
    SiteVisitFinding,
    SpecialProcedure,
    Staff,
    StaffRole,
    StatementHearing,
    StoredFile,
    SupervisoryOrder,
    Task,
    Urging,
    Verification,
    VerificationCheck,
)
from approvals.terms import OpinionKind
from tests.centre import HOT_POT
from tests.web.office import RESTAURANT, Office, office
from tests.web.public import PLAN, WITH_MAIL, follow, issued, known
from web.cases.tabs import TABS
from web.demo.centre import Centre

__all__ = ["office"]
CHINESE = re.compile(r"[\u3400-\u9fff]+|[、；：（）]")
CITATION = re.compile(r"；?《[^》]+》(、?(第[一二三四五六七八九十百（）]+[条款项])+)*；?")
SEEN = ("title", "placeholder", "aria-label", "alt", "value", "label")
NATURE: dict[type[database.Base], tuple[str, ...]] = {
    Staff: ("name", "window"),
    StaffRole: ("mandate",),
    Applicant: ("name", "address", "representative"),
    Department: ("abbreviation", "reconsideration_body", "court", "address"),
    Case: ("subject", "form_data", "collection"),
    Defect: ("problem", "demand"),
    Opinion: ("reasons", "basis"),
    Decision: ("reasons", "articles", "scope"),
    Settlement: ("result", "reasons"),
    SiteVisit: ("place",),
    SiteVisitFinding: ("finding",),
    StatementHearing: ("facts", "statement", "assessment"),
    Fee: ("basis",),
    Document: ("number",),
    Permit: ("number", "holder", "name", "fields"),
    Message: ("subject", "body"),
    CasePart: ("why", "path_reason"),
    SpecialProcedure: ("basis", "reasons", "body", "approval_note", "result"),
    Hearing: ("reasons", "asked_by", "place", "conclusion"),
    SupervisoryOrder: ("reasons", "answer", "closing_note"),
    Urging: ("words",),
    LedgerEntry: ("article", "document_number"),
    CalendarVersion: ("source", "change"),
    JournalEntry: ("ground", "before", "after"),
    Commitment: ("signatory", "end_reasons"),
    Verification: ("rectified_words", "end_reasons"),
    VerificationCheck: ("finding",),
    CreditRecord: ("facts", "repair_reasons"),
    PermitEvent: ("reasons",),
    Proceeding: ("facts", "reasons", "statement", "assessment", "decision_reasons"),
    CertificateTemplate: ("definition",),
    StoredFile: ("name",),
}
"""What is Chinese in any language: people, places, reasons, legal bases, numbers, certificates, messages, records."""


def flat(value: object) -> Iterator[str]:
    """Every text inside a value, and what it stands under (the journal names parts)."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for each in (*value, *value.values()) for text in flat(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in flat(each))


def natural(engine: Engine) -> list[str]:
    """What people wrote into this database, the longest first."""
    with database.reading_session(engine) as session:
        texts = {
            text
            for kind, columns in NATURE.items()
            for row in session.scalars(select(kind))
            for column in columns
            for text in flat(getattr(row, column))
        }
    return sorted(texts, key=len, reverse=True)


def chinese_left(page: str, own: list[str]) -> set[str]:
    """Chinese a reader of this page meets, but for its data and what is marked ``lang="zh"``."""
    root = html.fromstring(page)
    assert root.get("lang") == "en"
    for element in root.xpath("//script|//*[starts-with(@lang, 'zh')]"):
        element.drop_tree()
    texts = [text for text in root.xpath("//text()") if text.strip()]
    texts += [value for name in SEEN for value in root.xpath(f"//@{name}")]
    chinese = [text for text in texts if CHINESE.search(text)]
    return {" ".join(text.split()) for text in chinese if CHINESE.search(_without(text, own))}


def _without(text: str, own: list[str]) -> str:
    for known_text in own:
        text = text.replace(known_text, "")
    return CITATION.sub("", text)


def in_english(browser: FlaskClient) -> FlaskClient:
    browser.set_cookie("language", "en")
    return browser


def left_on(
    browser: FlaskClient, addresses: list[str], engine: Engine, status: int = 200
) -> dict[str, set[str]]:
    """Address → Chinese left there; empty when these pages are English throughout."""
    own = natural(engine)
    found = {}
    for address in addresses:
        answer = in_english(browser).get(address)
        assert answer.status_code == status, address
        if words := chinese_left(answer.text, own):
            found[address] = words
    return found


def stages(centre: Centre) -> list[Case]:
    """A case of the restaurant in each of nine places."""
    plan = {"food_licence": [PLAN], "fire_inspection": [PLAN]}
    cases = [centre.draft(RESTAURANT, HOT_POT, who=WITH_MAIL) for _ in range(9)]
    checking, correcting, reviewing, conflict, _deciding, refusing, unpaid, issuing, ended = cases
    for case in (checking, correcting):
        centre.receive(case)
    centre.pre_check(correcting, plan)
    centre.check(correcting, "correction")
    for case in cases[2:]:
        centre.accept(case)
    for case in (reviewing, conflict):
        centre.opine(case, "fire_inspection", OpinionKind.DISAGREE, "疏散宽度不足（示例）")
    for case in cases[3:]:
        centre.opine_all(case)
    for case in cases[4:]:
        centre.collate(case)
    centre.propose_refusal(centre.task(refusing, "decide", "fire_inspection"))
    for case in (unpaid, issuing, ended):
        centre.grant_all(case)
    for case in (issuing, ended):
        centre.pay_fees(case)
        centre.issue(case)
    centre.deliver(ended)
    return cases


def test_the_check_sees_what_is_left() -> None:
    page = '<html lang="en"><p title="受理">a</p><p lang="zh">文书</p>tail，<b>赵某某</b>《行政许可法》第三条<i>x：y</i></html>'
    assert chinese_left(page, ["赵某某"]) == {"受理", "x：y"}


# --- public pages


def test_public_pages(client: FlaskClient, engine: Engine) -> None:
    with database.reading_session(engine) as session:
        codes = [
            f"/items/{code}" for code in session.scalars(select(ServiceItem.code).where(ServiceItem.offered))
        ]
    assert len(codes) > 10
    addresses = ["/", "/login", "/tracking", "/permits", "/items", "/items?q=cyd", "/items?q=zzzz", *codes]
    assert left_on(client, addresses, engine) == {}
    assert left_on(client, ["/nothing-here"], engine, 404) == {}


def test_the_applicants_page_at_every_stage(office: Office) -> None:
    with office.work() as centre:
        cases = [known(case) for case in stages(centre)]
    for case in cases:
        assert left_on(follow(office.app.test_client(), case), ["/tracking/case"], office.engine) == {}


def test_the_verification_of_a_permit(office: Office) -> None:
    with office.work() as centre:
        issued(centre)
    with database.reading_session(office.engine) as session:
        addresses = [f"/permits/{code}" for code in session.scalars(select(Permit.public_id))]
    assert len(addresses) == 5
    assert left_on(office.app.test_client(), addresses, office.engine) == {}


# --- pages of the staff


def test_the_case_page_with_all_its_tabs(office: Office) -> None:
    with office.work() as centre:
        ids = [case.id for case in stages(centre)]
    tabs = [f"/cases/{case_id}?tab={tab}" for case_id in ids[2::2] for tab in TABS]
    assert left_on(office.as_("qiantou"), tabs, office.engine) == {}
    for login in ("zhouyan", "shichang", "jiancha", "linxiao"):
        assert left_on(office.as_(login), [f"/cases/{case_id}" for case_id in ids], office.engine) == {}


def test_the_window(office: Office) -> None:
    with office.work() as centre:
        full = centre.draft(RESTAURANT, HOT_POT).id
        half = centre.draft(RESTAURANT, HOT_POT, complete=False).id
        ids = [case.id for case in stages(centre)]
        tasks = list(centre.session.scalars(select(Task.id).where(Task.state == "open")))
    clerk = office.as_("linxiao")
    empty = clerk.post("/desk/drafts", data={"item": "hotel_opening"}).location
    addresses = [
        "/desk",
        "/desk?q=cyd",
        "/desk?q=zzzz",
        f"/desk/drafts/{full}",
        f"/desk/drafts/{half}",
        empty,
    ]
    addresses += [address for task in tasks if clerk.get(address := f"/desk/tasks/{task}").status_code == 200]
    addresses += [f"/desk/cases/{case_id}/done" for case_id in ids]
    assert len(addresses) > 12
    assert left_on(clerk, addresses, office.engine) == {}


def test_queue_search_and_administration(office: Office) -> None:
    with office.work() as centre:
        list(stages(centre))
        staff = [f"/admin/staff/{person.id}" for person in centre.staff.values()]
    for login in ("zhouyan", "qiantou", "linxiao"):
        tabs = [f"/queue/?tab={tab}" for tab in ("mine", "unclaimed", "department", "waiting", "done")]
        assert (
            left_on(office.as_(login), [*tabs, "/search/", "/search/?q=330", "/password"], office.engine)
            == {}
        )
    admin = ["/admin/staff", "/admin/staff/new", "/admin/departments", "/admin/departments/1", *staff]
    assert left_on(office.as_("admin"), admin, office.engine) == {}
