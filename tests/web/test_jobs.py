"""Background work: mail goes out once, waits longer after each failure, and tells the clerk when it cannot."""

import smtplib
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from approvals import notices
from approvals.filestore import FileStore
from approvals.tables import Applicant, Document, Message
from tests.centre import MONDAY
from tests.web.public import OTHER, WITH_MAIL, issued, reviewing
from tests.web.smtp_double import mail_server
from web import pdf_files
from web.commands.worker import JOBS, Workshop, work_once
from web.demo.centre import Centre
from web.jobs import mail, rendering
from web.transactions import unit_of_work

SENDER = "no-reply@yimen.example"


def at_monday() -> datetime:
    return MONDAY


def mails(reading: Session) -> list[Message]:
    """All mails of the database as they stand now."""
    reading.rollback()
    return list(reading.scalars(select(Message).where(Message.channel == "mail").order_by(Message.id)))


def send(engine: Engine, url: str, when: datetime = MONDAY) -> int:
    return mail.send_due(engine, url, SENDER, lambda: when)


def test_a_mail_goes_out_once(centre: Centre, engine: Engine, reading: Session) -> None:
    case = reviewing(centre)
    with mail_server() as box:
        assert send(engine, box.url) == 1
        assert send(engine, box.url) == 0
    (arrived,) = box.mails
    (message,) = mails(reading)
    assert arrived["To"] == WITH_MAIL.email
    assert arrived["Subject"] == "申请已受理"
    assert case.number in arrived.get_content()
    assert arrived["Message-ID"] == f"<message-{message.id}@yimen.example>"
    assert (message.state, message.tries, message.error) == ("sent", 1, "")
    assert message.done_at == MONDAY


def test_a_refused_mail_waits_longer_each_time_and_then_fails(
    centre: Centre, engine: Engine, reading: Session
) -> None:
    reviewing(centre)
    reviewing(centre, OTHER)
    when = MONDAY
    with mail_server() as box:
        box.refused = "shop.example"
        for minutes in notices.RETRY_MINUTES:
            send(engine, box.url, when)
            waiting = next(message for message in mails(reading) if message.state == "waiting")
            assert waiting.next_try_at == when + timedelta(minutes=minutes)
            assert "550" in waiting.error
            assert "@" not in waiting.error
            assert send(engine, box.url, waiting.next_try_at - timedelta(seconds=1)) == 0
            when = waiting.next_try_at
        send(engine, box.url, when)
    failed, sent = mails(reading)
    assert (failed.state, failed.tries, failed.next_try_at) == ("failed", 5, None)
    assert sent.state == "sent"
    assert [arrived["To"] for arrived in box.mails] == [OTHER.email]


def test_without_a_server_the_clerk_is_told_at_once(centre: Centre, engine: Engine, reading: Session) -> None:
    reviewing(centre)
    assert send(engine, "") == 1
    assert [(message.state, message.error) for message in mails(reading)] == [("failed", mail.NO_SERVER)]
    assert send(engine, "") == 0


def test_an_address_taken_away_meanwhile(centre: Centre, engine: Engine, reading: Session) -> None:
    reviewing(centre)
    with unit_of_work(engine) as session:
        session.execute(update(Applicant).values(email=""))
    with mail_server() as box:
        assert send(engine, box.url) == 1
    assert not box.mails
    assert [message.error for message in mails(reading)] == [mail.NO_ADDRESS]


def test_a_dead_server_costs_one_try(centre: Centre, engine: Engine, reading: Session) -> None:
    reviewing(centre)
    with mail_server() as box:
        gone = box.url
    assert send(engine, gone) == 1
    (message,) = mails(reading)
    assert (message.state, message.tries) == ("waiting", 1)
    assert "ConnectionRefusedError" in message.error


def test_a_connection_lost_midway_tries_only_the_rest_again(
    centre: Centre, engine: Engine, reading: Session
) -> None:
    reviewing(centre)
    reviewing(centre, OTHER)

    class Tired:
        def __init__(self) -> None:
            self.taken = 0

        def send_message(self, msg: EmailMessage) -> None:
            if self.taken:
                raise smtplib.SMTPServerDisconnected("gone")
            self.taken += 1

    carrier = Tired()

    def tired() -> Iterator[Tired]:
        yield carrier

    assert mail.send_due(engine, "smtp://double", SENDER, at_monday, tired) == 2
    assert [(message.state, message.tries) for message in mails(reading)] == [("sent", 1), ("waiting", 1)]


def test_two_workers_send_one_mail(centre: Centre, engine: Engine, reading: Session) -> None:
    """While one worker holds the lease, and is still sending, the other finds nothing."""
    reviewing(centre)
    sending, go_on = threading.Event(), threading.Event()
    taken: list[str] = []

    class Slow:
        def send_message(self, msg: EmailMessage) -> None:
            sending.set()
            assert go_on.wait(10)
            taken.append(msg["To"])

    def slow() -> Iterator[Slow]:
        yield Slow()

    first = threading.Thread(target=lambda: mail.send_due(engine, "smtp://x", SENDER, at_monday, slow))
    first.start()
    assert sending.wait(10)
    assert mail.send_due(engine, "smtp://x", SENDER, at_monday, slow) == 0
    go_on.set()
    first.join(10)
    assert taken == [WITH_MAIL.email]
    assert [message.state for message in mails(reading)] == ["sent"]


def test_a_worker_that_died_leaves_its_mail_to_the_next(
    centre: Centre, engine: Engine, reading: Session
) -> None:
    reviewing(centre)

    class Dying:
        def send_message(self, msg: EmailMessage) -> None:
            raise KeyboardInterrupt

    def dying() -> Iterator[Dying]:
        yield Dying()

    with pytest.raises(KeyboardInterrupt):
        mail.send_due(engine, "smtp://x", SENDER, at_monday, dying)
    with mail_server() as box:
        assert send(engine, box.url, MONDAY + timedelta(minutes=1)) == 0
        assert send(engine, box.url, MONDAY + mail.LEASE) == 1
    assert len(box.mails) == 1


def test_certificates_are_rendered_before_documents_and_each_once(
    centre: Centre, engine: Engine, app: Flask, reading: Session
) -> None:
    issued(centre)
    folder = app.extensions["settings"].files_dir
    assert rendering.render_certificates(engine, folder) == rendering.BATCH
    rendered = reading.execute(
        select(Document.kind, Document.pdf_sha256).where(Document.pdf_sha256.is_not(None))
    ).all()
    assert len(rendered) == rendering.BATCH
    assert all(kind.startswith("certificate_") for kind, _ in rendered)
    assert all(FileStore(folder).read(sha256 or "").startswith(b"%PDF-") for _, sha256 in rendered)
    assert rendering.render_certificates(engine, folder) == 2
    assert rendering.render_certificates(engine, folder) == 0


def test_a_document_that_cannot_be_rendered_does_not_hold_up_the_others(
    centre: Centre, engine: Engine, app: Flask, reading: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewing(centre)
    poison = max(reading.scalars(select(Document.id)))

    def failing(engine: Engine, store: FileStore, document_id: int) -> str:
        if document_id == poison:
            raise OSError("no space left")
        return pdf_files.ensure(engine, store, document_id)

    monkeypatch.setattr(rendering, "ensure", failing)
    monkeypatch.setattr(rendering, "_given_up", set())
    folder = app.extensions["settings"].files_dir
    while rendering.render_documents(engine, folder):
        pass
    reading.rollback()
    left = reading.scalars(select(Document.id).where(Document.pdf_sha256.is_(None))).all()
    assert left == [poison]


def test_the_worker_does_it_all(centre: Centre, app: Flask, reading: Session) -> None:
    assert set(JOBS) >= {"timers", "recount", "mail", "certificates", "documents"}
    reviewing(centre)
    workshop = Workshop(app.extensions["engine"], app.extensions["settings"], at_monday)
    while work_once(workshop, JOBS.items()):
        pass
    assert [message.state for message in mails(reading)] == ["failed"]  # no mail server is set here
    assert not reading.scalars(select(Document.id).where(Document.pdf_sha256.is_(None))).all()
