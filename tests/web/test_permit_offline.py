"""What a browser keeps to verify codes without network: the page, the worker, the signed list."""

import base64
import json
import re
from datetime import datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from approvals import qr_payload
from approvals.qr_payload import Reading
from approvals.revocation_list import PURPOSE
from approvals.tables import Document, Permit
from approvals.terms import PermitStatus
from tests.centre import MONDAY
from tests.web.public import issued, page
from web.demo.centre import Centre
from web.transactions import unit_of_work


@pytest.fixture
def permits(centre: Centre, reading: Session) -> list[Permit]:
    issued(centre)
    found = list(reading.scalars(select(Permit).order_by(Permit.id)))
    reading.expunge_all()
    reading.rollback()
    return found


def downloaded(client: FlaskClient) -> dict[str, str]:
    answer = client.get("/permits/revocations")
    assert answer.status_code == 200
    assert answer.json is not None
    return dict(answer.json)


def test_the_list_names_what_no_longer_holds_and_is_signed(
    permits: list[Permit], client: FlaskClient, engine: Engine
) -> None:
    assert json.loads(downloaded(client)["signed"])["permits"] == {}
    ended = [status for status in PermitStatus if status not in (PermitStatus.VALID, PermitStatus.EXPIRED)]
    with unit_of_work(engine) as session:
        for permit, status in zip(permits, ended, strict=False):
            session.execute(update(Permit).where(Permit.id == permit.id).values(status=status))
    answer = downloaded(client)
    told = json.loads(answer["signed"])
    assert told["permits"] == {
        permit.public_id: status.value for permit, status in zip(permits, ended, strict=False)
    }
    assert datetime.fromisoformat(told["generated_at"]) == MONDAY
    key = Ed25519PublicKey.from_public_bytes(qr_payload.current().public[answer["key"]])
    signature = base64.b64decode(answer["signature"])
    key.verify(signature, PURPOSE + answer["signed"].encode())
    with pytest.raises(InvalidSignature):
        key.verify(signature, PURPOSE + answer["signed"].replace("suspended", "revoked").encode())


def test_the_page_to_keep_carries_nobodys_session(client: FlaskClient, as_) -> None:
    for browser in (client, as_("linxiao")):
        answer = browser.get("/permits/offline")
        assert answer.status_code == 200
        assert "csrf" not in answer.text
        assert "退出" not in answer.text
    client.set_cookie("language", "en")
    assert 'lang="en"' in page(client, "/permits/offline")


def test_the_worker_changes_with_what_it_keeps(client: FlaskClient, app: Flask, engine: Engine) -> None:
    answer = client.get("/permits/worker.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    told = json.loads(re.match(r"const SETTINGS = (.*);\n", answer.text)[1])  # type: ignore[index]
    assert told["shell"] == "/permits/offline"
    for kept in told["kept"]:
        assert client.get(kept).status_code == 200, kept
    client.set_cookie("language", "en")
    other = json.loads(re.match(r"const SETTINGS = (.*);\n", page(client, "/permits/worker.js"))[1])  # type: ignore[index]
    assert other["version"] != told["version"]


def test_every_printed_code_is_genuine_and_says_what_the_register_says(
    permits: list[Permit], reading: Session, app: Flask
) -> None:
    for permit in permits:
        html = reading.scalar(select(Document.html).where(Document.id == permit.document_id))
        assert html is not None
        facts = dict(re.findall(r'<meta name="permit-([a-z-]+)" content="([^"]*)">', html))
        assert facts["public-id"] == permit.public_id
        assert facts["identifier"] == permit.identifier
        told = qr_payload.Facts(
            permit.public_id, permit.number, permit.version, permit.holder, permit.kind, permit.valid_from,
            permit.valid_until, "示市监",
        )  # fmt: skip
        keys = qr_payload.current()
        reading_, read = qr_payload.read(permit.public_id, qr_payload.payload_of(told, keys), keys.public)
        assert (reading_, read) == (Reading.GENUINE, told)
