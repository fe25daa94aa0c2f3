"""Mail to applicants: claimed in one short transaction, sent in none, marked in another.

A worker that dies between sending and marking sends again after the lease; the Message-ID is then the same,
so that a mail server or reader can tell.
"""

import logging
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from approvals import database, notices
from approvals.messages import N_
from approvals.tables import Message

from ..transactions import unit_of_work

log = logging.getLogger(__name__)
BATCH = 20
LEASE = timedelta(minutes=10)
PATIENCE = 20.0  # seconds for the mail server to answer
NO_SERVER = N_("没有配置邮件服务器，邮件未发出。请改用电话或短信告知申请人。")
NO_ADDRESS = N_("申请人没有留邮箱，邮件未发出。请改用电话或短信告知申请人。")


class Carrier(Protocol):
    """What takes a mail: an open SMTP connection, or a double of one."""

    def send_message(self, msg: EmailMessage) -> object:
        """Hand one mail over; raises ``smtplib.SMTPException`` or ``OSError``."""


Opener = Callable[[], Iterator[Carrier]]


@dataclass(frozen=True)
class Letter:
    """One mail to be sent; ``id`` is its message's row."""

    id: int
    to: str
    subject: str
    body: str
    written: datetime


def send_due(
    engine: Engine,
    smtp_url: str,
    sender: str,
    clock: Callable[[], datetime],
    open_carrier: Opener | None = None,
) -> int:
    """Send what is due; returns how many messages were settled one way or another.

    ``smtp_url`` empty: nothing can be sent, and each message says so to the clerk.
    """
    if not _anything_due(engine, clock()):
        return 0
    letters, settled = _claim(engine, clock(), may_send=bool(smtp_url))
    if not letters:
        return settled
    opener = contextmanager(open_carrier or (lambda: connect(smtp_url)))
    try:
        with opener() as carrier:
            for letter in letters:
                _settle(engine, letter.id, _handed_over(carrier, letter, sender), clock())
    except (smtplib.SMTPException, OSError) as error:
        log.warning("mail server: %s", type(error).__name__)
        _fail_unsettled(engine, letters, _reason(error), clock())
    return settled + len(letters)


def _anything_due(engine: Engine, now: datetime) -> bool:
    """A look without any lock, since the worker comes by every second."""
    with database.reading_session(engine) as session:
        due = select(Message.id).where(Message.state == "waiting", Message.next_try_at <= now).limit(1)
        return session.execute(due).first() is not None


def _claim(engine: Engine, now: datetime, *, may_send: bool) -> tuple[list[Letter], int]:
    """Take due messages on a lease; those that cannot be sent at all are settled at once."""
    letters: list[Letter] = []
    settled = 0
    with unit_of_work(engine) as session:
        for message in notices.due_messages(session, now, BATCH):
            to = _address(message)
            if may_send and to:
                message.next_try_at = now + LEASE
                letters.append(Letter(message.id, to, message.subject, message.body, message.created_at))
            else:
                notices.mark_undeliverable(message, NO_ADDRESS if may_send else NO_SERVER)
                settled += 1
    return letters, settled


def _address(message: Message) -> str:
    contact = message.case.agent or message.case.applicant
    return contact.email.strip() if contact else ""


@contextmanager
def _silent(carrier: smtplib.SMTP) -> Iterator[smtplib.SMTP]:
    try:
        yield carrier
    finally:
        try:
            carrier.quit()
        except (smtplib.SMTPException, OSError):
            carrier.close()


def connect(url: str) -> Iterator[Carrier]:
    """One connection for the batch: ``smtps://`` is TLS from the start, ``smtp://`` uses STARTTLS if offered."""
    parts = urlsplit(url)
    host, context = parts.hostname or "localhost", ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE)
    with _silent(server):
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server


def _handed_over(carrier: Carrier, letter: Letter, sender: str) -> str:
    """Empty when the server took it, else why not; a lost connection is raised."""
    try:
        carrier.send_message(compose(letter, sender))
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, ValueError) as error:
        return _reason(error)
    return ""


def compose(letter: Letter, sender: str) -> EmailMessage:
    """The mail; automatic, so that nobody's absence notice answers it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, letter.to, letter.subject
    mail["Date"] = format_datetime(letter.written)
    mail["Message-ID"] = f"<message-{letter.id}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.body)
    return mail


def _reason(error: Exception) -> str:
    """What the clerk reads: the kind of failure, without the address it concerns."""
    code = getattr(error, "smtp_code", "")
    refused = getattr(error, "recipients", None)
    if isinstance(refused, dict) and refused:
        code = next(iter(refused.values()))[0]
    return f"{type(error).__name__} {code}".strip()


def _settle(engine: Engine, message_id: int, failure: str, now: datetime) -> None:
    with unit_of_work(engine) as session:
        message = _locked(session, message_id)
        if message is None:
            return
        if failure:
            notices.mark_failed_try(message, failure, now)
        else:
            notices.mark_sent(message, now)


def _fail_unsettled(engine: Engine, letters: list[Letter], reason: str, now: datetime) -> None:
    """The connection broke: what was not settled before is tried again later."""
    with unit_of_work(engine) as session:
        for letter in letters:
            message = _locked(session, letter.id)
            if message is not None and message.next_try_at is not None and message.next_try_at > now:
                notices.mark_failed_try(message, reason, now)


def _locked(session: Session, message_id: int) -> Message | None:
    """The message if it still waits."""
    return session.scalar(
        select(Message)
        .where(Message.id == message_id, Message.state == "waiting")
        .with_for_update(of=Message)
    )
