"""Printed forms of certificates (证照版式): the kinds with their versions, and a sample of each; changed by data file alone."""

from collections import Counter
from itertools import groupby

from flask import render_template
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from approvals import certificate_preview, certificate_templates
from approvals.certificate_fields import OWN
from approvals.printing.certificates import CertificateForm
from approvals.printing.render import pdf_of
from approvals.tables import CertificateTemplate, Permit

from ..auth import current_staff, requires
from ..pdf_files import send_bytes
from ..transactions import db, now
from . import blueprint


@blueprint.get("/certificates")
@requires("administer")
def certificates() -> str:
    """Every kind with its versions, the newest first, and how many permits it yielded."""
    rows = certificate_templates.versions(db())
    kinds = [
        (certificate_templates.form(newest[0]), newest)
        for newest in (list(each) for _, each in groupby(rows, key=lambda row: row.kind))
    ]
    totals: Counter[str] = Counter()
    for (kind, _version), count in _carried().items():
        totals[kind] += count
    return render_template(
        "admin/certificates.html", kinds=sorted(kinds, key=lambda kind: kind[0].serial), totals=totals
    )


@blueprint.get("/certificates/<kind>/<int:version>")
@requires("administer")
def certificate(kind: str, version: int) -> str:
    """One version: marks, colours, labels and the answers that fill them."""
    row = certificate_templates.version(db(), kind, version)
    siblings = [each for each in certificate_templates.versions(db()) if each.kind == kind]
    form = certificate_templates.form(row)
    return render_template(
        "admin/certificate.html",
        form=form,
        row=row,
        siblings=siblings,
        carried=_carried(),
        changed=_changed(form, siblings, row),
        by_case=frozenset(OWN),
    )


@blueprint.get("/certificates/<kind>/<int:version>/sample.pdf")
@requires("administer")
def certificate_sample(kind: str, version: int) -> Response:
    """The paper with invented values, 样本 across it; no number, code or seal."""
    row = certificate_templates.version(db(), kind, version)
    html = certificate_preview.sample(row, current_staff().department, now())
    db().rollback()  # rendering takes a while; nobody waits for this reader meanwhile
    return send_bytes(pdf_of(html), f"样本 {kind} {version}.pdf")


def _carried() -> dict[tuple[str, int], int]:
    """Kind and version → how many permits were issued on it; those older than the versions count for the first."""
    version = func.coalesce(CertificateTemplate.version, 1)
    query = (
        select(Permit.kind, version, func.count())
        .outerjoin(CertificateTemplate, CertificateTemplate.id == Permit.template_id)
        .group_by(Permit.kind, version)
    )
    return {(kind, number): count for kind, number, count in db().execute(query)}


def _changed(
    form: CertificateForm, siblings: list[CertificateTemplate], row: CertificateTemplate
) -> set[str]:
    """The keys of the labels that are new or read differently than in the version before; empty for the first."""
    before = next((each for each in siblings if each.version == row.version - 1), None)
    if before is None:
        return set()
    known = {label.key: label for label in certificate_templates.form(before).labels}
    return {label.key for label in form.labels if known.get(label.key) != label}
