"""What time is told to the applicant: who holds the case, until when, what follows otherwise, how long others took."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import clock, corrections, intake, procedure_rules
from approvals.corrections import DefectInput
from approvals.tables import Case, Document, Task
from approvals.terms import MaterialState
from processes.steps import checking, departments, special, unanswered
from tests.centre import HOT_POT, MONDAY
from tests.test_second_correction import answered, let_through
from tests.test_special_procedures import finish, start
from tests.web.public import OTHER, Known, correcting, follow, known, page, reviewing, statements
from web.demo.centre import Centre

HYGIENE, SIGN = "public_venue_hygiene", "shop_sign"
SPRING = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday; the next holiday is on 4 April


def at(day: str) -> datetime:
    """Ten in the morning at the centre."""
    return datetime.fromisoformat(f"{day}T02:00:00+00:00")


def words(text: str) -> str:
    """Without tags; spaces as one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def holds(text: str) -> str:
    """The list of who holds the case."""
    return words(text.split('class="holds"', 1)[1].split("</ul>", 1)[0])


def seen_at(app: Flask, client: FlaskClient, case: Known, day: str) -> str:
    """The applicant's page on that day."""
    app.extensions["clock"] = lambda: at(day)
    client.post("/tracking/exit")
    return page(follow(client, case))


def stopped(centre: Centre, *, days: int = 6) -> Case:
    """Accepted on 21 September 2026; on the 28th testing stops the clock: 4 of 5 promised days are used."""
    centre.now = at("2026-09-21")
    case = centre.accept(centre.draft(HYGIENE, {}, who=OTHER))
    centre.now = at("2026-09-28")
    start(centre, case, days=days)
    return case


# --- a clock that stands


def test_a_stopped_clock_says_why_by_what_article_and_until_when(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    case = stopped(centre)
    centre.session.commit()
    text = seen_at(app, client, known(case), "2026-10-09")
    told = holds(text)
    assert "示例县卫生健康局" in told
    assert (
        "预计到 2026-10-12 (周一) 停表" in told
    )  # 29, 30 September, 8, 9, 10 (a working Saturday), 12 October
    assert "检测，2026-09-28 (周一) 起依法停表，依据《中华人民共和国行政许可法》第四十五条。" in told
    assert "结束之后还剩 1 个工作日的承诺时间。" in told
    assert re.search(r'href="tel:[\d-]+"', text)
    assert "停表，余 1 个工作日" in text
    assert "恢复计时后重新计算办结日" in text
    assert "正在进行检测，依法不计入期限。" in text
    assert "计时暂停：依法进行的程序不占用办理期限，当天仍算，从次日起不算。" in text
    assert "中秋节 9月25日至27日 3 天" in text
    assert "暂定" not in text


def test_the_day_told_last_is_the_one_that_counts_and_its_end_passes(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    case = stopped(centre)
    procedure = procedure_rules.of_case(centre.session, case.id)[0]
    centre.now = at("2026-10-09")
    head = centre.staff["weijian"]
    special.prolong(centre.session, procedure.id, head, 3, "还需复检（示例）", centre.calendar, centre.now)
    centre.session.commit()
    assert "预计到 2026-10-15 (周四)" in holds(seen_at(app, client, known(case), "2026-10-09"))
    late = holds(seen_at(app, client, known(case), "2026-10-19"))
    assert "告知您的结束日 2026-10-15 (周四) 已过，还没有结束，请向部门询问。" in late


def test_once_it_goes_on_the_days_are_told_anew(centre: Centre, app: Flask, client: FlaskClient) -> None:
    case = stopped(centre)
    centre.now = at("2026-10-13")
    finish(centre, procedure_rules.of_case(centre.session, case.id)[0])
    centre.session.commit()
    text = seen_at(app, client, known(case), "2026-10-13")
    assert "到 2026-10-14 (周三) 还剩 1 个工作日" in holds(text)
    assert "程序结束，接着计时，从下一个工作日算起。" in text
    late = seen_at(app, client, known(case), "2026-10-20")
    assert "已超 4 个工作日" in holds(late)


def test_every_part_is_explained_and_what_stops_one_of_them_is_told(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT, who=OTHER))
    food = centre.part(case, "food_licence")
    head = next(s for s in centre.staff.values() if s.department_id == food.department_id and s.has("head"))
    start(centre, case, food, by="chenli", head=head.login, kind="inspection", days=6)
    centre.session.commit()
    follow(client, known(case))
    with statements(app.extensions["engine"]) as seen:
        text = page(client)
    assert len(seen) <= 15, "\n".join(seen)
    assert text.count('<details class="clock">') == len(
        [p for p in case.parts if p.item_id and p.promised_due]
    )
    assert "检验，2026-11-23 (周一) 起依法停表" in holds(text)
    assert "其中" in text
    assert "推后了整件的日期" in text


# --- whose turn it is, and what follows


def test_a_correction_says_by_when_and_what_follows(centre: Centre, client: FlaskClient) -> None:
    told = holds(page(follow(client, correcting(centre))))
    assert "您（补正材料） 到 2026-12-07 (周一) 还剩 10 个工作日" in told
    assert "到期没有补正的，经书面提醒后，2026-12-07 (周一) 过后视为撤回申请。" in told
    assert "示例县" not in told  # nobody else holds it meanwhile


def dates(text: str) -> list[str]:
    """The lines of 每个日期怎么算的, those still to come with an arrow."""
    lines = text.split('id="dates"', 1)[1].split("</section>", 1)[0].split("<li ")[1:]
    return [("→" if "ahead" in line[:20] else "") + words("<li " + line).strip() for line in lines]


RECEIVED = "2026-11-23 (周一) 收到申请材料。 《中华人民共和国行政许可法》第三十二条"
TOLD_BY = (
    "2026-11-30 (周一) 最迟在这一天（5 个工作日内）一次告知是否受理、需要补正什么。"
    " 《中华人民共和国行政许可法》第三十二条"
)


def test_before_acceptance_the_five_days_are_explained(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    case = centre.receive(centre.draft("restaurant_opening", HOT_POT, who=OTHER))
    centre.session.commit()
    assert dates(seen_at(app, client, known(case), "2026-11-23")) == [RECEIVED, f"→{TOLD_BY}"]


def test_an_open_correction_is_explained_with_its_number_reminder_and_what_follows(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    case = correcting(centre)
    law = "《中华人民共和国行政许可法》第三十二条"
    notice = corrections.open_correction(centre.session, case.id)
    assert notice is not None
    number = centre.session.get_one(Document, notice.document_id).number
    told = f"2026-11-23 (周一) 补正告知已于 2026-11-23 (周一) 发出，答复期限 2026-12-07 (周一)。 {law} · {number}"
    by = (
        "→2026-12-07 (周一) 请在 2026-12-07 (周一) 前补正"
        f" 到期没有补正的，经书面提醒后，2026-12-07 (周一) 过后视为撤回申请。 {law}"
    )
    reminder = f"2026-12-03 (周四) 补正期限提醒 {law}"
    assert dates(seen_at(app, client, case, "2026-11-24")) == [RECEIVED, told, f"→{reminder}", by]
    # Nobody reminded yet: the day that passed is not claimed.
    assert dates(seen_at(app, client, case, "2026-12-04")) == [RECEIVED, told, by]
    centre.now = at("2026-12-03")
    assert unanswered.warn_correction(centre.session, notice, centre.calendar, centre.now)
    centre.session.commit()
    paper = centre.session.scalars(select(Document).where(Document.kind == "correction_warning")).one()
    lines = dates(seen_at(app, client, case, "2026-12-04"))
    assert lines == [RECEIVED, told, f"{reminder} · {paper.number}", by]


def test_an_open_correction_on_a_provisional_day_threatens_nothing(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    centre.now = at("2026-12-28")
    *_, reminder, by = dates(seen_at(app, client, correcting(centre), "2026-12-28"))
    assert reminder.startswith("→2027-01-08 (周五) 暂定 补正期限提醒")
    assert by.startswith("→2027-01-12 (周二) 暂定 请在")
    assert "2027-01-12 (周二) 是暂定的日期，确定之前不会发生" in by


def test_a_notice_let_through_is_explained_beside_the_five_days(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    case = answered(centre)
    let_through(centre, case)
    centre.session.commit()
    lines = dates(seen_at(app, client, known(case), "2026-11-24"))
    assert [line.split()[0] for line in lines] == ["2026-11-23", "2026-11-24", "→2026-12-01", "→2026-12-08"]
    assert "不会视为撤回申请" in lines[-1]
    assert "补正期限提醒" not in "".join(lines)


def test_nothing_is_threatened_on_a_day_that_may_still_move(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    centre.now = at("2026-12-28")
    told = holds(seen_at(app, client, correcting(centre), "2026-12-28"))
    assert "到 2027-01-12 (周二) 暂定" in told  # 1 January is known, its swap is not
    assert "2027-01-12 (周二) 是暂定的日期，确定之前不会发生" in told


def test_a_request_after_acceptance_ends_nothing(centre: Centre, client: FlaskClient) -> None:
    case = centre.accept(centre.draft("restaurant_opening", HOT_POT, who=OTHER))
    task = centre.task(case, "review", "fire_inspection")
    defect = DefectInput("premises_plan", "平面图未标明疏散宽度", "标注后重新提交")
    departments.request_correction(
        centre.session, task.id, task.version, centre.who(task), [defect], centre.now
    )
    notice = centre.task(case, "issue_correction")
    checking.issue_correction(
        centre.session, notice.id, notice.version, centre.who(notice), centre.calendar, centre.now
    )
    centre.session.commit()
    told = holds(page(follow(client, known(case))))
    assert "您（补正材料）" in told
    assert "不会视为撤回申请" in told
    assert "示例县消防救援大队" in told  # the departments go on


def test_deferred_materials_say_by_when_and_what_follows(centre: Centre, client: FlaskClient) -> None:
    case = centre.draft("restaurant_opening", HOT_POT, who=OTHER)
    late = next(
        line for line in case.materials if line.line["necessity"] == "may_follow" and line.state == "received"
    )
    intake.tick(late, MaterialState.DEFERRED, 0, 0, "")
    centre.accept(case, deferral=True)
    centre.session.commit()
    assert late.deferred_until is not None
    told = holds(page(follow(client, known(case))))
    assert f"您（补交容缺材料） 到 {late.deferred_until}" in told
    assert re.search(r"到期没有补交的，经书面提醒后(视为撤回申请|不再准予许可)。", told)


def test_the_limit_of_the_step_is_told_where_it_is_nearer(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    case = centre.accept(centre.draft(HYGIENE, {}, who=OTHER))  # promised until 30 November
    centre.opine_all(case)
    centre.session.commit()
    told = holds(page(follow(client, known(case))))
    assert "到 2026-11-25 (周三) 还剩 2 个工作日 本环节时限 2 个工作日。" in told


def test_nobody_is_named(centre: Centre, client: FlaskClient) -> None:
    case = stopped(centre)
    centre.session.commit()
    names = [person.name for person in centre.staff.values()]
    centre.session.rollback()
    text = page(follow(client, known(case)))
    assert not [name for name in names if name in text]
    assert "officer" not in text


# --- decided


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (2, "已于 2026-03-04 作出决定，比承诺提前 1 个工作日"),
        (3, "已于 2026-03-05 作出决定，在承诺期限之内"),
        (7, "已于 2026-03-09 作出决定，超过承诺 2 个工作日"),
    ],
)
def test_a_decided_case_says_when_and_by_how_much(
    centre: Centre, app: Flask, client: FlaskClient, days: int, said: str
) -> None:
    centre.now = SPRING
    case = centre.accept(centre.draft(SIGN, {}, who=OTHER))  # three days promised
    centre.now = SPRING + timedelta(days=days)
    centre.opine_all(case)
    centre.grant(case)
    centre.session.commit()
    text = seen_at(app, client, known(case), "2026-03-16")
    assert said in text
    assert "同类办件实际用了多久" not in text  # nothing is left to estimate


# --- the estimate


def decided(centre: Centre, days: int, item: str = SIGN) -> None:
    """A case accepted on the Monday and decided so many working days later."""
    centre.now = SPRING
    case = centre.accept(centre.draft(item, {}, who=OTHER))
    centre.now = SPRING + timedelta(days=days // 5 * 7 + days % 5)
    centre.opine_all(case)
    centre.grant(case)


def test_the_estimate_names_its_cases_and_is_no_promise(
    centre: Centre, app: Flask, client: FlaskClient
) -> None:
    for days in (1, 2, 2, 3, 3, 3, 4, 4, 5, 9):
        decided(centre, days)
    centre.now = at("2026-03-16")
    case = centre.accept(centre.draft(SIGN, {}, who=OTHER))
    centre.session.commit()
    text = words(seen_at(app, client, known(case), "2026-03-16"))
    assert "一半的办件 3 个工作日 内作出决定 九成的办件 5 个工作日 内作出决定" in text
    assert "根据 2026-03-03 至 2026-03-13 作出决定的 10 件统计" in text
    assert "仅供参考，不是承诺" in text
    assert "您的办件已经办了" not in text  # accepted today
    text = words(seen_at(app, client, known(case), "2026-03-19"))
    # three days: those that took 3 3 3 4 4 5 9 had 0 0 0 1 1 2 6 left
    assert "您的办件已经办了 3 个工作日。" in text
    assert "办到这么久的 7 件里，一半在此后 1 个工作日以内作出决定，九成在 6 个工作日以内。" in text
    text = words(seen_at(app, client, known(case), "2026-03-20"))
    assert "您的办件已经办了 4 个工作日；办到这么久的同类办件太少，不估计还要多久。" in text


def test_too_few_cases_are_said_to_be_too_few(centre: Centre, client: FlaskClient) -> None:
    text = page(follow(client, reviewing(centre)))
    assert "近一年还没有作出决定的同类办件，不作估计" in text
    for days in (1, 2):
        decided(centre, days)
    centre.now = MONDAY
    centre.session.commit()
    text = page(client, f"/items/{SIGN}")
    assert "近一年只有 2 件作出了决定，太少，不作估计" in text
    assert "一半的办件" not in text


def test_the_guide_tells_how_long_it_took(centre: Centre, app: Flask, client: FlaskClient) -> None:
    for days in (1, 2, 2, 3, 4):
        decided(centre, days)
    centre.session.commit()
    with statements(app.extensions["engine"]) as seen:
        text = words(page(client, f"/items/{SIGN}"))
    assert "近期实际用时 一半的办件 2 个工作日 内作出决定 九成的办件 4 个工作日" in text
    assert "5 件统计" in text
    assert len(seen) <= 8, seen


def test_a_case_on_the_spot_takes_no_day(centre: Centre, client: FlaskClient) -> None:
    centre.now = SPRING
    for _ in range(5):
        case = centre.accept(centre.draft("company_registration", {}, who=OTHER))
        centre.decide_on_the_spot(case)
    centre.session.commit()
    assert "一半的办件 当天 内作出决定" in words(page(client, "/items/company_registration"))


def test_the_dates_of_the_page_are_those_of_the_rows(
    centre: Centre, client: FlaskClient, reading: Session
) -> None:
    case = reviewing(centre)
    text = holds(page(follow(client, case)))
    dues = reading.scalars(select(Task.promised_due).where(Task.case_id == case.id, Task.state == "open"))
    for day in {clock.local_day(due) for due in dues if due}:
        assert isinstance(day, date)
        assert f"到 {day}" in text
