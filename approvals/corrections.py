"""Defects of several departments become one correction notice (一次性补正告知, 行政许可法 32)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import journal, readiness
from .errors import DomainError
from .messages import N_
from .tables import Case, CasePart, Correction, Defect, Staff
from .terms import MaterialState

GROUND = "《中华人民共和国行政许可法》第三十二条第一款第四项"


class NothingToCorrect(DomainError):
    """A correction notice without a defect."""

    message = N_("没有需要补正的事项，不能发出补正告知书。")
    status = 422


class AlreadyAnswered(DomainError):
    """The correction was answered before, at the window or on the tracking page."""

    message = N_("这次补正已经收到答复，没有重复写入。")
    status = 409


class CorrectionOpen(DomainError):
    """Before acceptance one notice at a time: the answer to the last is waited for."""

    message = N_(
        "上一份补正告知还没有收到答复（%(until)s 前答复），不能再发一份。请等待答复，或直接办理受理。"
    )
    status = 409


class EmptyAnswer(DomainError):
    """An answer that brings nothing."""

    message = N_("请至少上传一份材料，或写明如何更正。")
    status = 422


@dataclass(frozen=True)
class DefectInput:
    """What an officer found wrong: with which material (or none), the problem, and what is asked."""

    material_code: str
    problem: str
    demand: str = ""


def raise_defects(
    session: Session,
    case: Case,
    part: CasePart | None,
    staff: Staff,
    found: Sequence[DefectInput],
    now: datetime,
) -> list[Defect]:
    """Keep the defects an officer found; they go out only in the one merged notice."""
    known = {material.code for material in case.materials}
    defects = [
        Defect(
            case_id=case.id,
            part_id=part.id if part else None,
            department_id=part.department_id if part else case.department_id,
            material_code=entry.material_code if entry.material_code in known else "",
            problem=entry.problem.strip(),
            demand=entry.demand.strip(),
            state="raised",
            raised_by_id=staff.id,
            raised_at=now,
        )
        for entry in found
        if entry.problem.strip()
    ]
    session.add_all(defects)
    session.flush()
    for defect in defects:
        journal.write(
            session, "raise_defect", now=now, staff=staff, case=case, part=part, ground=GROUND,
            after={"material": defect.material_code, "problem": defect.problem},
        )  # fmt: skip
    return defects


def window_defects(case: Case) -> list[DefectInput]:
    """What the clerk's checklist says is missing or wrong."""
    found = []
    for material in case.materials:
        name = material.line["name"]["zh"]
        if material.state == MaterialState.DEFECTIVE:
            found.append(DefectInput(material.code, f"{name}不合格：{material.note}", f"重新提交{name}"))
        elif material.state == MaterialState.MISSING and material.line["necessity"] != "optional":
            found.append(DefectInput(material.code, f"未提交{name}", _demand(material.line)))
        elif not readiness.is_met(material) and material.state == MaterialState.RECEIVED:
            found.append(DefectInput(material.code, f"{name}份数不足", _demand(material.line)))
    return found


def unsaid(session: Session, case: Case, found: Sequence[DefectInput]) -> list[DefectInput]:
    """Those of ``found`` that do not wait already and were not asked for in a notice still unanswered."""
    query = select(Defect).where(Defect.case_id == case.id, Defect.state.in_(("raised", "asked")))
    known = {(defect.material_code, normal(defect.problem)) for defect in session.scalars(query)}
    return [entry for entry in found if (entry.material_code, normal(entry.problem)) not in known]


def _demand(line: dict[str, object]) -> str:
    counts = [
        f"{label} {line[key]} 份" for key, label in (("originals", "原件"), ("copies", "复印件")) if line[key]
    ]
    return "提交" + "、".join(counts)


def waiting_defects(session: Session, case_id: int) -> list[Defect]:
    """Defects raised and not yet told to the applicant."""
    return list(
        session.scalars(
            select(Defect).where(Defect.case_id == case_id, Defect.state == "raised").order_by(Defect.id)
        )
    )


@dataclass(frozen=True)
class MergedDefect:
    """One line of the notice: the same defect of several departments stands once."""

    material_code: str
    problem: str
    demands: tuple[str, ...]
    departments: tuple[dict[str, str], ...]


def merged(defects: Sequence[Defect]) -> list[MergedDefect]:
    """Remove duplicates: same material, same words apart from spaces and punctuation."""
    lines: dict[tuple[str, str], list[Defect]] = {}
    for defect in defects:
        lines.setdefault((defect.material_code, normal(defect.problem)), []).append(defect)
    return [
        MergedDefect(
            code,
            same[0].problem,
            tuple(dict.fromkeys(defect.demand for defect in same if defect.demand)),
            tuple({defect.department_id: defect.department.name for defect in same}.values()),
        )
        for (code, _), same in lines.items()
    ]


def normal(text: str) -> str:
    """The words alone, by which two defects are the same."""
    return "".join(character for character in text if character.isalnum())


def issue_notice(
    session: Session, case: Case, staff: Staff, answer_by: date, *, before_acceptance: bool, now: datetime
) -> Correction:
    """Put all waiting defects into one notice; one with a defect let through never moves the acceptance.

    Raises ``NothingToCorrect`` or, before acceptance, ``CorrectionOpen``.
    """
    defects = waiting_defects(session, case.id)
    if not defects:
        raise NothingToCorrect
    if before_acceptance:
        open_ = open_correction(session, case.id)
        if open_ is not None:
            raise CorrectionOpen(until=open_.answer_by)
    correction = Correction(
        case_id=case.id,
        before_acceptance=before_acceptance,
        moves_acceptance=not (before_acceptance and any(defect.let_through_by_id for defect in defects)),
        answer_by=answer_by,
        issued_at=now,
        issued_by_id=staff.id,
    )
    session.add(correction)
    session.flush()
    for defect in defects:
        defect.state = "asked"
        defect.correction_id = correction.id
    session.flush()
    session.refresh(correction)
    journal.write(
        session, "issue_correction", now=now, staff=staff, case=case, ground=GROUND,
        after={
            "defects": len(defects), "lines": len(merged(defects)), "answer_by": str(answer_by),
            "moves_acceptance": correction.moves_acceptance,
        },
    )  # fmt: skip
    return correction


def open_correction(session: Session, case_id: int) -> Correction | None:
    """The notice that waits for its answer, the newest of several."""
    return next(iter(reversed(open_corrections(session, case_id))), None)


def open_corrections(session: Session, case_id: int) -> Sequence[Correction]:
    """All notices that wait for their answer, oldest first: departments may ask again meanwhile."""
    unanswered = select(Correction).where(Correction.case_id == case_id, Correction.answered_at.is_(None))
    return session.scalars(unanswered.order_by(Correction.id)).all()


def answer(
    session: Session, case: Case, correction: Correction, text: str, staff: Staff | None, now: datetime
) -> None:
    """Record what the applicant brought; the departments judge it. Raises ``AlreadyAnswered``."""
    if correction.answered_at is not None:
        raise AlreadyAnswered
    brought = any(file.at >= correction.issued_at for material in case.materials for file in material.files)
    ticked = staff is not None and any(m.state == MaterialState.RECEIVED for m in case.materials)
    if not (text.strip() or brought or ticked):
        raise EmptyAnswer
    correction.answered_at = now
    correction.answer = text.strip()
    correction.answered_by_id = staff.id if staff else None
    for defect in correction.defects:
        defect.state = "answered"
    journal.write(
        session, "answer_correction", now=now, staff=staff, actor=journal.APPLICANT, case=case, ground=GROUND,
        after={"defects": len(correction.defects), "answer": correction.answer},
    )  # fmt: skip
