"""Everything is told at once: what was visible the first time, who may let it through, and what that never moves."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from approvals import catalogue, corrections, handing_in, intake, journal, second_correction, tasks
from approvals.corrections import DefectInput
from approvals.errors import Forbidden, NotFound, ReasonRequired, WrongState
from approvals.handing_in import Tick
from approvals.readiness import NotReady
from approvals.second_correction import LetThroughAlready, SeenBefore
from approvals.tables import Case, Defect, Document, Message, StoredFile
from approvals.terms import CaseState, MaterialState
from processes.steps import checking, silence, window
from processes.steps import second_correction as steps
from tests import invariants
from tests.centre import HOT_POT
from web.demo.centre import Centre

SIGN = DefectInput("sign_rendering", "缺夜间效果图", "补交")
PLAN = DefectInput("premises_plan", "未标注安全出口", "标注")
WORDS = DefectInput("", "经营范围写得不清楚", "写明")


def answered(centre: Centre, item: str = "restaurant_opening") -> Case:
    """A case whose first notice named the sign alone, and was answered the day after."""
    case = centre.receive(centre.draft(item, HOT_POT if item == "restaurant_opening" else {}))
    if item == "restaurant_opening":
        centre.pre_check(case, {"shop_sign": [SIGN]})
        centre.check(case, "correction")
    else:
        correct(centre, case, DefectInput("application_form", "没有签名"))
    centre.later(days=1)
    centre.answer(case, "已补正")
    return case


def correct(centre: Centre, case: Case, *extra: DefectInput) -> None:
    task = centre.task(case, "check_materials")
    checking.check_materials(
        centre.session,
        task.id,
        None,
        centre.staff["linxiao"],
        "correction",
        centre.calendar,
        centre.now,
        extra=extra,
    )


def find(centre: Centre, case: Case, found: DefectInput) -> Defect:
    """The fire brigade finds something in its second pre-check."""
    centre.pre_check(case, {"fire_inspection": [found]})
    waiting = corrections.waiting_defects(centre.session, case.id)
    return next(defect for defect in waiting if defect.problem == found.problem)


def scan(centre: Centre, case: Case, code: str, at: datetime) -> None:
    material = next(m for m in case.materials if m.code == code)
    centre.session.add(
        StoredFile(
            case_id=case.id, material_id=material.id, sha256="0" * 64, size=1, media_type="image/png", name="x.png",
            at=at,
        )
    )  # fmt: skip
    centre.session.flush()
    centre.session.expire(material, ["files"])


def blocked(centre: Centre, case: Case) -> list[str]:
    waiting = corrections.waiting_defects(centre.session, case.id)
    return [defect.problem for defect in second_correction.seen_before(centre.session, case, waiting)]


@pytest.mark.parametrize("found", [PLAN, WORDS])
def test_what_was_visible_the_first_time_is_not_asked_for_again(centre: Centre, found: DefectInput) -> None:
    case = answered(centre)
    find(centre, case, found)
    before = invariants.fingerprint(centre.session)
    savepoint = centre.session.begin_nested()
    with pytest.raises(SeenBefore, match=found.problem):
        centre.check(case, "correction")
    savepoint.rollback()
    assert invariants.fingerprint(centre.session) == before
    assert SeenBefore.status == 409


OTHER_SIGN = DefectInput("sign_rendering", "夜间效果图没有标注亮度", "标注")


def test_what_was_listed_and_is_not_put_right_may_be_asked_for_again_in_the_same_words(
    centre: Centre,
) -> None:
    case = answered(centre)
    find(centre, case, DefectInput("sign_rendering", "缺：夜间效果图。", "补交"))
    centre.check(case, "correction")
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    assert notice.moves_acceptance
    assert case.state == CaseState.CORRECTING


def test_a_listed_paper_answered_in_words_alone_shows_nothing_new(centre: Centre) -> None:
    case = answered(centre)
    find(centre, case, OTHER_SIGN)
    assert blocked(centre, case) == [OTHER_SIGN.problem]
    with pytest.raises(SeenBefore, match=OTHER_SIGN.problem):
        centre.check(case, "correction")


def test_a_listed_paper_brought_anew_may_be_found_wanting_in_other_words(centre: Centre) -> None:
    case = answered(centre)
    find(centre, case, OTHER_SIGN)
    scan(centre, case, "sign_rendering", centre.now)
    centre.check(case, "correction")
    assert case.state == CaseState.CORRECTING
    # What came before this notice shows nothing new at the next.
    centre.answer(case, "已标注")
    find(centre, case, DefectInput("sign_rendering", "缺比例尺"))
    assert blocked(centre, case) == ["缺比例尺"]


def test_the_same_words_about_another_paper_are_another_defect(centre: Centre) -> None:
    case = answered(centre)
    find(centre, case, DefectInput("premises_plan", SIGN.problem))
    assert blocked(centre, case) == [SIGN.problem]


def test_words_without_a_material_may_be_asked_for_again_in_the_same_words_alone(centre: Centre) -> None:
    case = centre.receive(centre.draft("food_licence", {}))
    correct(centre, case, WORDS)
    centre.later(days=1)
    centre.answer(case, "已写明")
    same = DefectInput("", "经营范围，写得不清楚。")
    correct(centre, case, same)
    assert case.state == CaseState.CORRECTING
    centre.answer(case, "再次写明")
    with pytest.raises(SeenBefore):
        correct(centre, case, DefectInput("", "申请日期没有写"))


def test_what_came_in_after_the_notice_may_be_found_wanting(centre: Centre) -> None:
    case = answered(centre)
    notice = centre.session.get_one(Defect, 1)
    told = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert notice.state == "answered"
    scan(centre, case, "premises_plan", told)  # brought when the notice went out: it could have been seen
    find(centre, case, PLAN)
    waiting = corrections.waiting_defects(centre.session, case.id)
    assert second_correction.seen_before(centre.session, case, waiting) == waiting
    scan(centre, case, "premises_plan", told + timedelta(microseconds=1))
    assert second_correction.seen_before(centre.session, case, waiting) == []
    centre.check(case, "correction")


def ticked(centre: Centre, case: Case, *states: tuple[MaterialState, int, str]) -> None:
    """The plan is ticked so at the window, one after the other: state, originals more than asked for, note."""
    for state, more, note in states:
        centre.later(hours=1)
        line = next(m for m in case.materials if m.code == "premises_plan")
        originals = line.line["originals"] + more
        tick = Tick("premises_plan", state, originals, line.line["copies"], note)
        refused = handing_in.tick_lines(centre.session, case, [tick], centre.staff["linxiao"], centre.now)
        assert refused == {}


RECEIVED, DEFECTIVE, MISSING = MaterialState.RECEIVED, MaterialState.DEFECTIVE, MaterialState.MISSING


@pytest.mark.parametrize(
    ("ticks", "came"),
    [
        ([(RECEIVED, 0, "只改了备注")], False),
        ([(DEFECTIVE, 0, "看不清")], False),
        ([(DEFECTIVE, 0, "看不清"), (RECEIVED, 0, "")], False),  # as it stood when the notice went out
        ([(RECEIVED, -1, "少一份")], False),
        ([(RECEIVED, -1, "少一份"), (RECEIVED, 0, "")], False),
        ([(MISSING, 0, "")], False),
        ([(MISSING, 0, ""), (RECEIVED, 0, "")], False),
        ([(RECEIVED, 1, "又交来一份")], True),
        ([(DEFECTIVE, 1, "新交的看不清")], True),
    ],
)
def test_a_tick_shows_something_new_only_where_more_was_handed_in(
    centre: Centre, ticks: list[tuple[MaterialState, int, str]], came: bool
) -> None:
    case = answered(centre)
    ticked(centre, case, *ticks)
    find(centre, case, PLAN)
    assert blocked(centre, case) == ([] if came else [PLAN.problem])


@pytest.mark.parametrize(
    ("first", "then", "came"),
    [
        ((MISSING, 0, ""), (RECEIVED, 0, ""), True),
        ((MISSING, 0, ""), (DEFECTIVE, 0, "交来的没有签名"), True),
        ((DEFECTIVE, 0, "没有签名"), (RECEIVED, 0, ""), True),
        ((DEFECTIVE, 0, "没有签名"), (DEFECTIVE, 0, "没有标注安全出口"), False),
        ((DEFECTIVE, 0, "没有签名"), (MISSING, 0, ""), False),
        ((RECEIVED, -1, ""), (RECEIVED, 0, ""), True),
    ],
)
def test_a_paper_that_was_missing_or_wrong_is_brought_with_the_answer(
    centre: Centre, first: tuple[MaterialState, int, str], then: tuple[MaterialState, int, str], came: bool
) -> None:
    case = centre.receive(centre.draft("food_licence", {}))
    ticked(centre, case, first)
    correct(centre, case, WORDS)
    ticked(centre, case, then)
    corrections.raise_defects(centre.session, case, None, centre.staff["linxiao"], [PLAN], centre.now)
    assert blocked(centre, case) == [PLAN.problem]  # no answer yet
    centre.answer(case, "已补正")
    assert blocked(centre, case) == ([] if came else [PLAN.problem])


def test_a_note_beside_a_paper_never_named_moves_no_acceptance(centre: Centre) -> None:
    case = answered(centre, "food_licence")
    ticked(centre, case, (RECEIVED, 0, "再看一遍"))
    assert journal.of_case(centre.session, case.id)[-1].act == "tick_materials"
    with pytest.raises(SeenBefore, match=PLAN.problem):
        correct(centre, case, PLAN)


def test_a_material_missing_from_the_start_was_visible_too(centre: Centre) -> None:
    case = centre.draft("food_licence", {})
    for code in ("application_form", "premises_plan"):
        intake.tick(next(m for m in case.materials if m.code == code), MaterialState.MISSING, 0, 0, "")
    centre.receive(case)
    line = next(m for m in case.materials if m.code == "premises_plan")
    line.state = MaterialState.SHARED  # overlooked the first time
    correct(centre, case)
    line.state = MaterialState.MISSING
    centre.later(days=1)
    centre.answer(case, "已补正")
    intake.tick(
        next(m for m in case.materials if m.code == "application_form"), MaterialState.RECEIVED, 1, 0, ""
    )
    with pytest.raises(SeenBefore, match="未提交"):
        correct(centre, case)


def test_the_clerk_drops_it_with_reasons_and_accepts(centre: Centre) -> None:
    case = answered(centre)
    defect = find(centre, case, PLAN)
    checking.drop_defect(centre.session, case, defect.id, centre.staff["linxiao"], "首次已能发现", centre.now)
    centre.check(case, "accepted")
    assert case.accepted_at == centre.now


def test_supervision_lets_single_defects_through_and_the_acceptance_does_not_move(centre: Centre) -> None:
    case = answered(centre)
    defect = find(centre, case, PLAN)
    until = case.notify_by
    task = centre.task(case, "check_materials")
    clerk, supervisor = centre.staff["linxiao"], centre.staff["jiancha"]
    steps.ask_supervision(centre.session, task.id, None, clerk, centre.now)
    asked = centre.session.scalars(select(Message).where(Message.stage == "second_correction")).all()
    assert {message.staff_id for message in asked} == {supervisor.id}

    for staff, why, refused in (
        (clerk, "有理由", Forbidden),
        (centre.staff["shichang"], "有理由", Forbidden),
        (supervisor, " ", ReasonRequired),
    ):
        with pytest.raises(refused):
            steps.let_through(centre.session, case.id, defect.id, staff, why, centre.now)
    with pytest.raises(NotFound):
        steps.let_through(centre.session, case.id, 10_000, supervisor, "有理由", centre.now)
    steps.let_through(centre.session, case.id, defect.id, supervisor, "图纸关系公共安全", centre.now)
    with pytest.raises(LetThroughAlready):
        steps.let_through(centre.session, case.id, defect.id, supervisor, "再来", centre.now)
    entry = journal.of_case(centre.session, case.id)[-1]
    assert (entry.act, entry.staff_id) == ("let_second_correction_through", supervisor.id)
    assert entry.after["reasons"] == "图纸关系公共安全"

    # The notice goes out beside the process: checking goes on and the five days run on.
    correct(centre, case)
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    assert (notice.moves_acceptance, case.state, case.notify_by) == (False, CaseState.CHECKING, until)
    assert {t.step for t in tasks.open_tasks(centre.session, case.id)} == {
        "check_materials",
        "answer_correction",
    }
    html = centre.session.get_one(Document, notice.document_id).html
    assert "不影响受理" in html
    assert "不因此视为撤回申请" in html
    said = centre.session.scalars(select(Message).where(Message.stage == "correction_beside")).first()
    assert said is not None
    assert "不影响受理" in said.body
    invariants.check(centre.session)

    centre.later(days=1)
    centre.answer(case, "已标注")
    assert (case.state, case.notify_by) == (CaseState.CHECKING, until)
    centre.check(case, "accepted")
    assert case.accepted_at == centre.now


def let_through(centre: Centre, case: Case) -> None:
    defect = find(centre, case, PLAN)
    steps.let_through(centre.session, case.id, defect.id, centre.staff["jiancha"], "公共安全", centre.now)
    correct(centre, case)


def test_a_notice_let_through_never_ends_the_case_and_silence_accepts_all_the_same(centre: Centre) -> None:
    case = answered(centre)  # answered on Tuesday 24 November: the five days end with Tuesday 1 December
    let_through(centre, case)
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    assert not silence.warn_correction(centre.session, notice, centre.calendar, centre.now)
    centre.later(days=1)
    centre.answer(case, "已标注")  # an answer that starts no new five days
    centre.now = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
    assert silence.deem_accepted(centre.session, case, centre.calendar, centre.now)
    assert case.accepted_at == datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_an_unanswered_notice_let_through_is_still_answered_after_acceptance(centre: Centre) -> None:
    case = answered(centre)
    let_through(centre, case)
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    centre.now = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
    assert silence.deem_accepted(centre.session, case, centre.calendar, centre.now)
    notice.warned_at = centre.now
    centre.later(days=60)
    assert not silence.deem_withdrawn(centre.session, notice, centre.calendar, centre.now)
    checking.answer_online(centre.session, case.id, "已标注", centre.now)
    assert notice.answered_at == centre.now


def test_before_acceptance_one_notice_at_a_time(centre: Centre) -> None:
    case = answered(centre)
    let_through(centre, case)
    with pytest.raises(corrections.CorrectionOpen):
        correct(centre, case, SIGN)


def test_there_is_nothing_to_ask_supervision_for_what_may_be_told(centre: Centre) -> None:
    case = answered(centre)
    find(centre, case, SIGN)
    task = centre.task(case, "check_materials")
    with pytest.raises(corrections.NothingToCorrect):
        steps.ask_supervision(centre.session, task.id, None, centre.staff["linxiao"], centre.now)


def test_what_the_window_adds_is_put_before_supervision_once(centre: Centre) -> None:
    case = answered(centre, "food_licence")
    task = centre.task(case, "check_materials")
    clerk = centre.staff["linxiao"]
    for _ in range(2):
        steps.ask_supervision(centre.session, task.id, None, clerk, centre.now, extra=[PLAN])
    waiting = corrections.waiting_defects(centre.session, case.id)
    assert [defect.problem for defect in waiting] == [PLAN.problem]
    steps.let_through(centre.session, case.id, waiting[0].id, centre.staff["jiancha"], "公共安全", centre.now)
    correct(centre, case, PLAN)
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    assert len(notice.defects) == 1


def test_only_while_the_case_is_checked(centre: Centre) -> None:
    case = answered(centre)
    defect = find(centre, case, PLAN)
    centre.now = datetime(2026, 12, 1, 16, 0, tzinfo=UTC)
    assert silence.deem_accepted(centre.session, case, centre.calendar, centre.now)
    with pytest.raises(WrongState):
        steps.let_through(centre.session, case.id, defect.id, centre.staff["jiancha"], "公共安全", centre.now)
    # After acceptance it may be asked for: no clock stops for it.
    task = centre.task(case, "issue_correction")
    checking.issue_correction(centre.session, task.id, None, centre.who(task), centre.calendar, centre.now)


def test_at_the_window_nothing_is_asked_for_before_it_is_known_who_is_concerned(centre: Centre) -> None:
    draft = intake.open_draft(
        centre.session,
        catalogue.current(centre.session, "restaurant_opening"),
        centre.staff["linxiao"],
        centre.now,
    )
    applicant = centre.draft("restaurant_opening", HOT_POT).applicant
    intake.set_applicant(draft, applicant)
    with pytest.raises(NotReady) as refused:
        window.correct_at_window(
            centre.session, draft.id, centre.staff["linxiao"], centre.calendar, centre.now, [WORDS]
        )
    assert [problem.where for problem in refused.value.problems] == ["form"]
    assert draft.number is None
