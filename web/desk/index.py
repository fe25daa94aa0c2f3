"""The desk itself: find an item, go on with a draft, do what waits at the window."""

from functools import lru_cache

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Redirect

from approvals import catalogue, guides, intake
from approvals.printing.render import pdf_of
from approvals.queries import desk as queries
from processes.steps import window

from ..auth import current_staff, public, requires
from ..lamps import light_of_task
from ..security import limiter
from ..transactions import db, now
from . import blueprint

ONE_HOUR = 3600


@blueprint.get("")
@requires("intake")
def index() -> str:
    """Search, drafts, tasks of the window, today's figures; with htmx only the hits are taken."""
    session, clerk = db(), current_staff()
    words = request.args.get("q", "").strip()[:60]
    hits = catalogue.search(session, words)
    return render_template(
        "desk/index.html",
        words=words,
        hits=[(row, catalogue.item_of(row)) for row in hits],
        drafts=queries.my_drafts(session, clerk),
        tasks=[(task, light_of_task(task, now())) for task in queries.window_tasks(session, clerk)],
        most=queries.MOST,
        undelivered=queries.undelivered(session, clerk),
        today=queries.today(session, clerk, now()),
        me=clerk,
    )


@blueprint.post("/drafts")
@requires("intake")
def open_draft() -> Redirect:
    """Begin with one item. Raises ``UnknownItem`` (404)."""
    session = db()
    row = catalogue.current(session, request.form.get("item", ""))
    draft = intake.open_draft(session, row, current_staff(), now())
    window.answer_situation(session, draft, current_staff(), {})  # a plain item's checklist stands at once
    return redirect(url_for("desk.draft", draft_id=draft.id), 303)


@blueprint.get("/items/<code>/guide.pdf")
@public
@limiter.limit("60 per minute")
def guide(code: str) -> Response:
    """The one-page guide (一次性告知单) of an item, for everybody."""
    row = catalogue.current(db(), code)
    pdf = _pdf(guides.guide_html(db(), row, now()))
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="guide-{row.code}.pdf"'
    response.headers["Cache-Control"] = f"public, max-age={ONE_HOUR}"
    return response


@lru_cache(maxsize=64)
def _pdf(html: str) -> bytes:
    """The text is the same all day, so each guide is rendered once a day and process."""
    return pdf_of(html)
