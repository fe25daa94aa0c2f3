"""The public catalogue (办事指南): search, one item with all that has to be public, its guide as PDF."""

import hashlib

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from approvals import guides
from approvals.messages import N_
from approvals.printing.render import pdf_of
from approvals.queries import estimates
from approvals.queries import guides as queries

from .. import pdf_files
from ..auth import public
from ..calendars import calendar
from ..security import limiter
from ..transactions import db, now
from .cache import PdfCache

blueprint = Blueprint("guide", __name__, url_prefix="/items")

TYPES = {
    "administrative_licence": N_("行政许可"),
    "administrative_confirmation": N_("行政确认"),
    "administrative_payment": N_("行政给付"),
    "public_service": N_("公共服务"),
}
CLIENTS = {"person": N_("自然人"), "organisation": N_("法人和其他组织")}
CHANNELS = {"window": N_("窗口办理"), "online": N_("网上办理"), "post": N_("邮寄办理")}
LEVELS = {
    "national": N_("国家级"),
    "provincial": N_("省级"),
    "municipal": N_("市级"),
    "county": N_("县级"),
    "township": N_("乡镇级"),
}
SPECIAL = {
    "extension": N_("延长期限"),
    "hearing": N_("听证"),
    "tender": N_("招标"),
    "auction": N_("拍卖"),
    "inspection": N_("检验"),
    "testing": N_("检测"),
    "quarantine": N_("检疫"),
    "appraisal": N_("鉴定"),
    "expert_review": N_("专家评审"),
}
STEPS = {
    "instant": (N_("申请"), N_("当场受理"), N_("当场决定"), N_("领取证照")),
    "ordinary": (N_("申请"), N_("受理"), N_("审查"), N_("决定"), N_("领取证照")),
    "joint": (N_("一窗申请"), N_("统一受理"), N_("部门同时审查"), N_("各部门决定"), N_("一次领取")),
}
NECESSITY = {"required": N_("必要"), "may_follow": N_("可以容缺"), "optional": N_("非必要")}
SOURCES = {"own": N_("申请人自备"), "government": N_("政府部门核发"), "other": N_("其他")}


@blueprint.get("")
@public
def index() -> str:
    """All matters, or those that match."""
    text = request.args.get("q", "").strip()[:80]
    rows = queries.offered(db(), text)
    return render_template("guide/index.html", groups=queries.grouped(rows), count=len(rows), text=text)


@blueprint.get("/<code>")
@public
def item(code: str) -> str:
    """Everything article 30 wants public, of one matter."""
    guide = queries.guide(db(), code)
    return render_template(
        "guide/item.html",
        guide=guide,
        item=guide.item,
        types=TYPES,
        clients=CLIENTS,
        channels=CHANNELS,
        levels=LEVELS,
        special_words=[_(SPECIAL[code]) for code in guide.item.special_procedures],
        steps=STEPS[guide.item.procedure],
        necessity=NECESSITY,
        sources=SOURCES,
        pace=estimates.of_item(db(), guide.row.code, calendar(), now()),
    )


@blueprint.get("/<code>/guide.pdf")
@public
@limiter.limit("30 per minute")
def pdf(code: str) -> Response:
    """The one-page guide (一次性告知单), in Chinese like every official paper; rendered once a day at most."""
    row = queries.guide(db(), code).row
    html = guides.guide_html(db(), row, now())
    db().rollback()
    cache = PdfCache(current_app.extensions["settings"].files_dir / "guides")
    key = hashlib.sha256(html.encode()).hexdigest()
    return pdf_files.send_pdf(cache.path(key, lambda: pdf_of(html)), f"一次性告知单 {row.name['zh']}.pdf")
