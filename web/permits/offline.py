"""The verifier that works without network: its page, its service worker, the signed list of what no longer holds."""

import base64
import hashlib
import json
from dataclasses import dataclass

from flask import Response, current_app, jsonify, make_response, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals import certificate_templates, qr_payload, revocation_list
from approvals.public_status import PUBLIC
from approvals.tables import CertificateTemplate, Department
from approvals.terms import PermitStatus

from ..auth import public
from ..i18n import local, speak, term
from ..security import limiter
from ..static_files import DIST, asset, file_name
from ..transactions import db, now
from . import blueprint

ASSETS = ("app.css", "app.js", "verify.js", "icons.svg", "icon.svg")


@dataclass(frozen=True)
class Verifier:
    """What the browser's verifier is told: public keys, words and names in the reader's language, as JSON."""

    keys: str
    words: str
    states: str
    kinds: str
    issuers: str
    days: int


def verifier(session: Session) -> Verifier:
    """The verifier of this installation in the reader's language, with every name it may meet."""
    departments = session.scalars(select(Department)).all()
    forms = session.scalars(select(CertificateTemplate).where(CertificateTemplate.active)).all()
    return verifier_of(
        {row.kind: local(certificate_templates.form(row).title) for row in forms},
        {each.abbreviation: local(each.name) for each in departments},
    )


def verifier_of(kinds: dict[str, str], issuers: dict[str, str]) -> Verifier:
    """The verifier with these names; others it shows by their codes."""
    keys = {name: base64.b64encode(key).decode() for name, key in qr_payload.current().public.items()}
    days = current_app.extensions["settings"].revocation_list_days
    return Verifier(_json(keys), _json(_words()), _json(_states()), _json(kinds), _json(issuers), days)


def _json(thing: object) -> str:
    return json.dumps(thing, ensure_ascii=False)


def _states() -> dict[str, dict[str, str]]:
    return {
        state.value: {
            "label": term(PermitStatus, state), "sentence": speak(told.sentence), "symbol": told.symbol, "tone": told.tone,
        }
        for state, told in PUBLIC.items()
    }  # fmt: skip


def _words() -> dict[str, str]:
    """Every sentence of the script, so that the catalogue of messages has it."""
    return {
        "genuine": _("二维码真实"),
        "genuineHere": _("二维码的签名是本中心的，内容没有改动。请与纸面逐项核对；证照现在是否有效，以本页上方为准。"),
        "genuineUnlisted": _("二维码的签名是本中心的，内容没有改动；这张证照不在失效名单上。"),
        "genuineUnknown": _("二维码的签名是本中心的，内容没有改动。这台设备还没有失效名单，无法知道它是否已经失效，请联网再核验。"),
        "notYet": _("尚未生效"),
        "notYetSentence": _("二维码真实，但证照还没有到生效的日子。"),
        "tampered": _("二维码被改动"),
        "tamperedSentence": _("二维码称由本中心签发，但签名与内容不符：内容被改动过，或者被搬到了另一个网址上。不要凭它办事。"),
        "foreign": _("不是本中心的二维码"),
        "foreignSentence": _("二维码不是用本中心的密钥签名的。本中心没有制发过它，不要凭它办事。"),
        "unreadable": _("无法读取"),
        "unreadableSentence": _("这不是本中心证照的二维码，或者扫码、抄录不全。请对准二维码再扫一次。"),
        "noCode": _("没有网络，这里也没有二维码的内容。请用手机扫证照上的二维码，或者把扫得的文字粘贴到下面。"),
        "listAge": _("失效名单生成于 {time}，{age}。"),
        "today": _("是今天的"),
        "daysOld": _("已经 {days} 天"),
        "listOld": _("名单已经超过 {days} 天，可能漏掉新近失效的证照，请尽快联网更新。"),
        "listBad": _("下载的失效名单签名不对，没有采用。"),
        "offline": _("现在没有网络，结果由这台设备自己核验得出。"),
        "online": _("联网查看现在的状态"),
        "number": _("编号"),
        "version": _("版次"),
        "holder": _("持证人"),
        "kind": _("证照"),
        "validity": _("有效期"),
        "longTerm": _("长期"),
        "issuer": _("发证机关"),
        "noCodeInPicture": _("照片里没有找到二维码，请靠近一些、对正再拍。"),
        "cannotScan": _("这个浏览器不能识别照片里的二维码。请用手机的扫码功能，把得到的文字粘贴到上面。"),
    }  # fmt: skip


@blueprint.get("/offline")
@public
@limiter.limit("60 per minute")
def offline() -> Response:
    """The page that the service worker keeps; nobody's session is in it."""
    response = make_response(_shell())
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _shell() -> str:
    return render_template("permits/offline.html", verifier=verifier(db()))


@blueprint.get("/worker.js")
@public
@limiter.limit("60 per minute")
def worker() -> Response:
    """The service worker, with what it keeps and a version that changes with any of that."""
    kept = [url_for("permits.offline"), *(asset(name) for name in ASSETS)]
    version = hashlib.sha256((_shell() + "".join(kept)).encode()).hexdigest()[:16]
    settings = {"version": version, "shell": kept[0], "kept": kept, "list": url_for("permits.revocations")}
    script = (DIST / file_name("worker.js")).read_text("utf-8")
    response = make_response(f"const SETTINGS = {json.dumps(settings)};\n{script}")
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/revocations")
@public
@limiter.limit("30 per minute")
def revocations() -> Response:
    """The signed list of permits that no longer hold."""
    return jsonify(revocation_list.signed_list(db(), qr_payload.current(), now()))
