"""Everything typed on the draft's page is kept first, as far as it can be; then an act is tried."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict

import forms
from approvals import commitment_paths, handing_in, tasks
from approvals.errors import DomainError
from approvals.filestore import FileStore
from approvals.handing_in import Tick
from approvals.intake import BadTick
from approvals.readiness import NotReady, Problem
from approvals.tables import Case, CaseMaterial, Staff
from approvals.terms import MaterialState, Path
from processes.steps import acceptance, window

from ..i18n import speak
from . import parties
from .committing import PATH

Posted = MultiDict[str, str]
Files = MultiDict[str, FileStorage]
MOST_COPIES = 999


@dataclass
class Faults:
    """What is wrong with a page: a sentence for its top, sentences by place, faults of the form's fields."""

    top: str = ""
    places: dict[str, str] = field(default_factory=dict)
    fields: forms.Faults = field(default_factory=dict)

    def any(self) -> bool:
        """Whether something is wrong."""
        return bool(self.top or self.places or self.fields)

    def take(self, error: DomainError) -> None:
        """Put a refusal where it belongs: all its problems beside their fields."""
        self.top = speak(error.message, error.params)
        if isinstance(error, NotReady):
            for problem in error.problems:
                self.put(problem)

    def put(self, problem: Problem) -> None:
        """One problem beside its field."""
        if problem.where.startswith("field:"):
            code = problem.where.removeprefix("field:")
            self.fields.setdefault(code, (problem.message, dict(problem.params)))
        else:
            self.places.setdefault(problem.where, speak(problem.message, problem.params))


def save_draft(
    session: Session, draft: Case, clerk: Staff, posted: Posted, files: Files, now: datetime, *, lenient: bool
) -> Faults:
    """Keep applicant, answers, materials, scans and manner of collection; returns what could not be kept."""
    faults = Faults()
    faults.places |= parties.save(session, clerk, draft, posted, now, lenient=lenient)
    _answers(session, draft, clerk, posted, faults, now)
    faults.places |= save_materials(session, draft, clerk, posted, files, now)
    _collection(draft, posted, faults, lenient=lenient)
    session.flush()
    return faults


def _answers(
    session: Session, draft: Case, clerk: Staff, posted: Posted, faults: Faults, now: datetime
) -> None:
    """The answers select departments, form and checklist; what is only missing is asked for at the act."""
    form = forms.Form.from_json(draft.form_definition)
    raw = {asked.code: posted.getlist(asked.code) for asked in form.fields if asked.code in posted}
    values, wrong = forms.validate(form, raw)
    faults.fields = {
        code: fault for code, fault in wrong.items() if any(text.strip() for text in raw.get(code, ()))
    }
    try:
        window.answer_situation(session, draft, clerk, values)
    except DomainError as error:
        faults.places["form"] = speak(error.message, error.params)
        return
    _paths(session, draft, posted, now)
    session.expire(draft, ["materials", "parts", "fees"])
    narrow = acceptance.case_form(draft)
    draft.form_data = {code: value for code, value in values.items() if narrow.field(code)}


def _paths(session: Session, draft: Case, posted: Posted, now: datetime) -> None:
    """The way of each part as chosen on the page; what the answers exclude by now goes the ordinary way."""
    for part in draft.parts:
        wanted = posted.get(f"{PATH}{part.item.code}") if part.item else None
        if wanted in set(Path):
            part.path = Path(wanted)
    commitment_paths.refresh(session, draft, now)


def save_materials(
    session: Session, case: Case, staff: Staff, posted: Posted, files: Files, now: datetime
) -> dict[str, str]:
    """Keep scans and ticks of the lines on the page; returns sentences by ``material:<code>``."""
    faults: dict[str, str] = {}
    ticks = []
    for material in case.materials:
        if f"state-{material.code}" not in posted:
            continue
        faults |= save_scans(session, material, files, staff, now)
        scanned = any(file.at == now for file in material.files)
        ticks.append(_tick(material, posted, scanned=scanned))
    for code, error in handing_in.tick_lines(session, case, ticks, staff, now).items():
        faults.setdefault(f"material:{code}", _beside(error))
    return faults


def _beside(error: DomainError) -> str:
    """A refusal as it stands beside its line, which names the material already."""
    if isinstance(error, BadTick):
        return speak(str(error.params["why"]))
    return speak(error.message, error.params)


def save_scans(
    session: Session, material: CaseMaterial, files: Files, staff: Staff, now: datetime
) -> dict[str, str]:
    """Keep what was uploaded for one line, up to the first that cannot be kept."""
    largest = current_app.extensions["settings"].upload_max_mb * 1024 * 1024
    for upload in files.getlist(f"files-{material.code}"):
        if not upload.filename:
            continue
        content = upload.stream.read(largest + 1)
        try:
            handing_in.attach(session, material, content, upload.filename or "", staff, store(), now, largest)
        except DomainError as error:
            name = handing_in.plain_name(upload.filename or "")
            sentence = speak(error.message, error.params)
            return {f"material:{material.code}": _("“%(name)s”：%(why)s", name=name, why=sentence)}
    return {}


def store() -> FileStore:
    """Where scans are kept."""
    return FileStore(current_app.extensions["settings"].files_dir)


def _tick(material: CaseMaterial, posted: Posted, *, scanned: bool) -> Tick:
    """One line as typed; a scan, or 全部已收, ticks a line nobody had touched as received."""
    code = material.code
    wanted = posted.get(f"state-{code}", "")
    state = MaterialState(wanted) if wanted in set(MaterialState) else MaterialState(material.state)
    if state == MaterialState.MISSING and (scanned or posted.get("tick") == "all"):
        state = MaterialState.RECEIVED
    held = state in (MaterialState.RECEIVED, MaterialState.DEFECTIVE)
    return Tick(
        code,
        state,
        count(posted.get(f"originals-{code}", "")) if held else 0,
        count(posted.get(f"copies-{code}", "")) if held else 0,
        posted.get(f"note-{code}", "")[:500],
    )


def count(text: str) -> int:
    """A number of copies as typed; 0 for what is none."""
    text = text.strip()
    return min(int(text), MOST_COPIES) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _collection(draft: Case, posted: Posted, faults: Faults, *, lenient: bool) -> None:
    """Pick-up, or post to an address."""
    if posted.get("collection-manner") != "post":
        draft.collection = {"manner": "pick_up"}
        return
    address = posted.get("collection-address", "").strip()[:200]
    draft.collection = {"manner": "post", "address": address}
    if not address and not lenient:
        faults.places["collection-address"] = _("邮寄请填写收件地址。")


def locked(session: Session, draft_id: int) -> Case:
    """The draft under its lock; raises ``NotFound``."""
    return tasks.lock_case(session, draft_id)
