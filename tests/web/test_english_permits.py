"""English pages of commitment, verification, credit, the permit register, proceedings and public verification."""

import io
import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from lxml import html
from sqlalchemy import Engine, select

from approvals import database
from approvals.filestore import FileStore
from approvals.signing import development
from approvals.tables import (
    Applicant,
    Case,
    CertificateTemplate,
    CreditRecord,
    Permit,
    Proceeding,
    Staff,
    Task,
)
from approvals.terms import PermitStatus
from tests.centre import MONDAY
from tests.signing_samples import OTHERS, signed, unsigned
from tests.web.office import HYGIENE, RESTAURANT, Office, office
from tests.web.public import Known, follow, known
from tests.web.test_english import chinese_left, in_english, left_on, natural
from tests.web.test_english_limits import at_work
from web.credit import STATES as CREDIT_STATES
from web.demo import commitment_stages, committing, permit_stages, telling
from web.demo.applicants import organisations
from web.demo.centre import Centre
from web.register import acts as register_acts
from web.transactions import unit_of_work
from web.verifications import STATES as VERIFICATION_STATES

__all__ = ["office"]
Row = TypeVar("Row", bound=database.Base)
TOLD_ELSEWHERE = {
    "verification green",
    "verification begun",
    "a material due soon",
    "one department of two has verified",
    "rectification nearly over",
    "put right late and met",
    "renewal asked late, open",
    "suspended and over",
}
"""Stories whose pages look like those of another one."""
STORIES = {
    story.name: story
    for story in (*commitment_stages.STORIES, *permit_stages.STORIES)
    if story.name not in TOLD_ELSEWHERE
}
TABS = ("verification", "documents", "journal", "materials")
NOUNS = {step: noun for noun, (step, _run, _said) in register_acts.NOUNS.items()}
FILES: dict[str, Callable[[], bytes]] = {
    "signed by somebody else": lambda: signed(OTHERS),
    "altered": lambda: signed()[:-40] + b"\n%%EOF\n",
    "not signed": unsigned,
    "broken": lambda: b"%PDF-1.7\nnothing",
    "a text": "证照".encode,
    "nothing": lambda: b"",
}


@pytest.fixture(scope="module")
def centre_template(centre_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The furnished database in which every story of the demo has been told up to Monday."""
    folder = tmp_path_factory.mktemp("told")
    path = folder / "template.sqlite3"
    path.write_bytes(centre_template.read_bytes())
    engine = database.make_engine(f"sqlite:///{path}")
    for story in STORIES.values():
        with unit_of_work(engine) as session:
            staff = {each.login: each for each in session.scalars(select(Staff))}
            centre, who = Centre(session, staff, MONDAY), next(organisations(Random(story.name), story.whom))
            case = telling.tell(story, centre, who, FileStore(folder / "files"), MONDAY)
            telling.fire_until(centre, case, MONDAY)
    engine.dispose()
    return path


def all_of(engine: Engine, kind: type[Row]) -> list[Row]:
    with database.reading_session(engine) as session:
        return list(session.scalars(select(kind)))


def followed(engine: Engine) -> list[Known]:
    """The cases an applicant can follow."""
    with database.reading_session(engine) as session:
        return [known(case) for case in session.scalars(select(Case).where(Case.number.is_not(None)))]


def one_of_each(engine: Engine) -> list[Permit]:
    """A permit in every status, and one with a proceeding under way."""
    with database.reading_session(engine) as session:
        permits = {permit.status: permit for permit in session.scalars(select(Permit).order_by(Permit.id))}
        under_way = session.scalars(select(Proceeding).where(Proceeding.decided_at.is_(None))).first()
        assert under_way is not None
        permits["in a proceeding"] = session.get_one(Permit, under_way.permit_id)
    assert set(permits) >= set(PermitStatus) - {PermitStatus.VOIDED, PermitStatus.EXPIRED}
    return list(permits.values())


# --- the applicant, and anybody


def test_the_applicants_page_in_every_story(office: Office) -> None:
    cases = followed(office.engine)
    assert len(cases) > len(STORIES)
    found: dict[str, dict[str, set[str]]] = {}
    for case in cases:
        found |= {
            case.number: left_on(follow(office.app.test_client(), case), ["/tracking/case"], office.engine)
        }
    assert {number: left for number, left in found.items() if left} == {}


def test_verification_pages_of_permits_in_every_state(office: Office) -> None:
    addresses = [f"/permits/{permit.public_id}" for permit in one_of_each(office.engine)]
    browser = office.app.test_client()
    assert left_on(browser, ["/permits", "/permits/offline", *addresses], office.engine) == {}
    assert left_on(browser, ["/permits/NO-SUCH-PERMIT-0"], office.engine, 404) == {}


def test_what_the_script_of_the_verifier_says(office: Office) -> None:
    page = in_english(office.app.test_client()).get("/permits/offline").text
    (tool,) = html.fromstring(page).xpath("//*[@data-verifier]")
    told = json.loads(tool.get("data-words")) | json.loads(tool.get("data-states"))
    assert len(told) > 30
    assert re.findall(r"[\u3400-\u9fff]+", json.dumps(told, ensure_ascii=False)) == []


@pytest.mark.parametrize("kind", FILES)
def test_the_verdict_on_a_file(office: Office, kind: str) -> None:
    browser = in_english(office.app.test_client())
    answer = browser.post("/permits/verification", data={"file": (io.BytesIO(FILES[kind]()), "permit.pdf")})
    assert answer.status_code in {200, 415, 422}
    assert chinese_left(answer.text, [development.SUBJECT, *natural(office.engine)]) == set()


# --- the window


def test_the_desk_by_commitment(office: Office) -> None:
    with office.work() as centre:
        drafts = [
            committing.draft(centre, "hotel_licence", {}),
            committing.draft(centre, RESTAURANT, {"gas": True}, "fire_inspection"),
        ]
        told = committing.offer(centre, committing.draft(centre, HYGIENE, {}))
        committing.commit(centre, committing.offer(centre, committing.draft(centre, HYGIENE, {})))
        task = centre.task(told, "commit").id
        addresses = [f"/desk/drafts/{draft.id}" for draft in drafts]
        addresses += [f"/desk/cases/{case.id}/done" for case in centre.cases() if case.number]
    clerk = office.as_("linxiao")
    assert left_on(clerk, ["/desk", *addresses], office.engine) == {}
    answer = clerk.post(f"/desk/tasks/{task}/commitment", data={"version": "1"})
    assert answer.status_code == 422
    assert chinese_left(answer.text, natural(office.engine)) == set()


def test_requests_on_permits(office: Office) -> None:
    clerk, own = in_english(office.as_("linxiao")), natural(office.engine)
    numbers = [permit.number for permit in one_of_each(office.engine)]
    addresses = ["/desk/requests", "/desk/requests?q=zzzz", *(f"/desk/requests/{each}" for each in numbers)]
    assert left_on(clerk, addresses, office.engine) == {}
    assert chinese_left(clerk.get("/desk/requests?q=示例").text, [*own, "示例"]) == set()
    drafts = []
    for number in numbers:
        for kind in ("change", "renewal", "replacement"):
            answer = clerk.post(f"/desk/requests/{number}/{kind}")
            if answer.status_code == 303:
                drafts.append(answer.location)
            else:
                assert answer.status_code in {409, 422}
                assert chinese_left(answer.text, own) == set(), (number, kind)
    assert len(drafts) > 5
    assert left_on(clerk, drafts, office.engine) == {}


# --- the departments


def test_case_pages_of_whoever_has_a_step(office: Office) -> None:
    mine = defaultdict(list)
    for login, address in at_work(office):
        mine[login].append(address)
    assert len(mine) > 8
    for login, addresses in mine.items():
        assert left_on(office.as_(login), addresses, office.engine) == {}
    with office.work() as centre:
        ids = [case.id for case in centre.cases()]
    tabs = [f"/cases/{case_id}?tab=verification" for case_id in ids]
    tabs += [f"/cases/{case_id}?tab={tab}" for case_id in ids[::6] for tab in TABS]
    assert left_on(office.as_("jiancha"), tabs, office.engine) == {}


def test_lists_of_verifications_and_credit_records(office: Office) -> None:
    lists = [f"/verifications/?state={state}" for state in VERIFICATION_STATES]
    lists += ["/verifications/?lamp=red", "/verifications/?q=zzzz"]
    for login in ("jinlan", "linxiao", "jiancha"):
        assert left_on(office.as_(login), lists, office.engine) == {}
    records = all_of(office.engine, CreditRecord)
    assert {bool(record.repaired_at) for record in records} == {True, False}
    pages = [f"/credit/?state={state}" for state in CREDIT_STATES]
    pages += [f"/credit/applicants/{person.id}" for person in all_of(office.engine, Applicant)]
    for login in ("shichang", "weijian", "gongan"):
        assert left_on(office.as_(login), pages, office.engine) == {}
    [record, *_] = [record for record in records if not record.repaired_at]
    address = f"/credit/applicants/{record.applicant_id}/records/{record.id}/repair"
    answer = in_english(office.as_("weijian")).post(address, data={"reasons": ""})
    assert answer.status_code in {403, 422}
    assert chinese_left(answer.text, natural(office.engine)) == set()


def test_the_board_and_the_reminders(office: Office) -> None:
    board = [
        "/supervision/",
        "/supervision/tasks",
        "/supervision/orders?state=all",
        "/search/?state=committing",
    ]
    assert left_on(office.as_("jiancha"), board, office.engine) == {}
    for staff in all_of(office.engine, Staff):
        assert left_on(office.as_(staff.login), ["/reminders/"], office.engine) == {}


def test_templates_of_permits(office: Office) -> None:
    rows = all_of(office.engine, CertificateTemplate)
    pages = [f"/admin/certificates/{row.kind}/{row.version}" for row in rows]
    assert left_on(office.as_("admin"), ["/admin/certificates", *pages], office.engine) == {}


# --- the register


def test_the_register_and_its_permits(office: Office) -> None:
    permits = one_of_each(office.engine)
    states = ("soon", "proceeding", *PermitStatus)
    lists = ["/register/", "/register/?q=zzzz", *(f"/register/?state={state}" for state in states)]
    lists += [f"/register/holders/{permit.applicant_id}" for permit in permits]
    assert left_on(office.as_("linxiao"), lists, office.engine) == {}
    pages = [f"/register/{permit.number}" for permit in permits]
    for login in ("linxiao", "jiancha"):
        assert left_on(office.as_(login), pages, office.engine) == {}
    mine = defaultdict(set)
    for permit in all_of(office.engine, Permit):
        for login in issuers(office, permit):
            mine[login].add(f"/register/{permit.number}")
    for login, own in mine.items():
        assert left_on(office.as_(login), sorted(own), office.engine) == {}


def issuers(office: Office, permit: Permit) -> list[str]:
    """An officer and the head of the department that issued it."""
    with office.work() as centre:
        own = [each for each in centre.staff.values() if each.department_id == permit.department_id]
        return [next(each.login for each in own if each.has(role)) for role in ("officer", "head")]


def test_what_is_wrong_with_a_proceeding_is_said_in_english(office: Office) -> None:
    own = natural(office.engine)
    for permit in one_of_each(office.engine):
        officer, head = (in_english(office.as_(login)) for login in issuers(office, permit))
        for kind in ("suspend", "withdraw", "revoke", "penal_revoke", "cancel"):
            answer = officer.post(f"/register/{permit.number}/proceedings", data={"kind": kind})
            assert answer.status_code in {409, 422}, (permit.number, kind)
            assert chinese_left(answer.text, own) == set(), (permit.number, kind)
        for kind in ("lift", "cancel"):
            answer = head.post(f"/register/{permit.number}/events", data={"kind": kind})
            assert answer.status_code in {404, 409, 422}, (permit.number, kind)
            assert chinese_left(answer.text, own) == set(), (permit.number, kind)


def test_what_is_wrong_with_a_step_of_a_proceeding_is_said_in_english(office: Office) -> None:
    own = natural(office.engine)
    with office.work() as centre:
        steps = list(centre.session.scalars(select(Task).where(Task.step.in_(NOUNS), Task.state == "open")))
        open_ = {each.case_id: each.permit.number for each in centre.session.scalars(select(Proceeding))}
        who = {task.id: centre.who(task).login for task in steps}
    assert {task.step for task in steps} == set(NOUNS)
    for task in steps:
        browser = in_english(office.as_(who[task.id]))
        address = f"/register/{open_[task.case_id]}/tasks/{task.id}/{NOUNS[task.step]}"
        answer = browser.post(address, data={"version": str(task.version)})
        assert answer.status_code in {409, 422}, address
        assert chinese_left(answer.text, own) == set(), address
