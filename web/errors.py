"""Every refusal as a page with a sentence and a way on; no stack trace ever reaches a browser."""

import logging
from urllib.parse import urlsplit

from flask import Flask, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException

from approvals.errors import DomainError, Invalid
from approvals.messages import N_

from .i18n import speak

log = logging.getLogger(__name__)

TITLES = {
    400: N_("请求有误"),
    401: N_("请先登录"),
    403: N_("无权办理"),
    404: N_("没有找到"),
    405: N_("不能这样打开"),
    409: N_("情况已有变化"),
    413: N_("文件太大"),
    415: N_("文件类型不符"),
    422: N_("有内容需要更正"),
    429: N_("操作太频繁"),
    500: N_("系统出错"),
    503: N_("系统正忙"),
}
SENTENCES = {
    400: N_("请求不完整或已失效，请返回刷新页面后再试。"),
    404: N_("没有找到您要的内容，或您无权查看。"),
    405: N_("这个地址只能由页面上的按钮提交，请返回后再操作。"),
    413: N_("上传的内容超过了允许的大小，请压缩或分开上传。"),
    415: N_("不接受这种类型的内容。"),
    429: N_("操作太频繁，请稍后再试。"),
    500: N_("系统出错，本次没有写入任何内容。请稍后再试；仍不行时请联系系统管理员。"),
    503: N_("系统正忙，本次没有写入任何内容，请稍后再试。"),
}
EXPIRED = N_("页面已失效（可能是登录已过期），本次没有写入任何内容。请返回刷新页面后再提交。")
Answer = tuple[str, int] | tuple[str, int, dict[str, str]]


def init_app(app: Flask) -> None:
    """Handle everything a view can raise."""
    app.register_error_handler(DomainError, _refused)
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(RateLimitExceeded, _too_often)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(OverflowError, _no_such_number)
    app.register_error_handler(DataError, _no_such_number)
    app.register_error_handler(Exception, _broken)


def messages_of(error: Invalid) -> dict[str, str]:
    """The fields' own sentences, translated, for a page that shows its form again."""
    return {name: speak(message, params) for name, (message, params) in error.fields.items()}


def _refused(error: DomainError) -> Answer:
    if error.status >= 500:
        log.error("%s %s", request.method, request.path, exc_info=error)
    details = list(messages_of(error).values()) if isinstance(error, Invalid) else []
    return _page(error.status, speak(error.message, error.params), details)


def _expired(_error: CSRFError) -> Answer:
    return _page(400, _(EXPIRED))


def _too_often(error: RateLimitExceeded) -> Answer:
    seconds = error.limit.limit.get_expiry()
    minutes = max(1, round(seconds / 60))
    text, status = _page(429, _("操作太频繁，请在 %(minutes)s 分钟后再试。", minutes=minutes))[:2]
    return text, status, {"Retry-After": str(seconds)}


def _http(error: HTTPException) -> Answer | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    known = status if status in SENTENCES else (500 if status >= 500 else 400)
    text, _status = _page(status, _(SENTENCES[known]))[:2]
    allowed = getattr(error, "valid_methods", None)
    return text, status, {"Allow": ", ".join(sorted(allowed))} if allowed else {}


def _busy(error: OperationalError) -> Answer:
    log.error("database: %s", error.orig)
    return _page(503, _(SENTENCES[503]))


def _no_such_number(error: Exception) -> Answer:
    """A number no column can hold was typed into an address or a form."""
    log.info("%s %s: %s", request.method, request.path, type(error).__name__)
    return _page(400, _(SENTENCES[400]))


def _broken(error: Exception) -> Answer:
    log.error("%s %s", request.method, request.path, exc_info=error)
    return _page(500, _(SENTENCES[500]))


def _page(status: int, sentence: str, details: list[str] | None = None) -> tuple[str, int]:
    title = _(TITLES.get(status, TITLES[500 if status >= 500 else 400]))
    template = "errors/_fragment.html" if request.headers.get("HX-Request") else "errors/page.html"
    page = render_template(
        template, status=status, title=title, sentence=sentence, details=details or [], back=_way_back()
    )
    return page, status


def _way_back() -> str:
    """The page the person came from, where it is one of ours and not this one."""
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc == request.host and came_from.path != request.path:
        return came_from.path + (f"?{came_from.query}" if came_from.query else "")
    if came_from.netloc == request.host and request.method != "GET":
        return came_from.path
    return url_for("home.index")
