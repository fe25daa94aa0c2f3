"""The signed list of permits that no longer hold (失效名单), for checking a code without network.

Expired permits are not on it: the code itself says its last day. The signature covers the text of ``signed`` as it
stands, so nobody has to agree on a canonical form.
"""

import base64
import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from .qr_payload import CodeKeys
from .tables import Permit
from .terms import PermitStatus

FORMAT = 1
PURPOSE = b"yimen revocation list\n"


def signed_list(session: Session, keys: CodeKeys, now: datetime) -> dict[str, str]:
    """``signed`` (JSON text: ``format``, ``generated_at``, ``permits`` by public id), ``key`` and ``signature``.

    The state of a permit stands by its code of ``PermitStatus``; what is not on the list is in force or expired.
    """
    text = json.dumps(
        {"format": FORMAT, "generated_at": now.isoformat(timespec="seconds"), "permits": _ended(session)},
        separators=(",", ":"),
    )
    key, signature = keys.sign(PURPOSE + text.encode())
    return {"signed": text, "key": key.hex(), "signature": base64.b64encode(signature).decode()}


def _ended(session: Session) -> dict[str, str]:
    """By public id the state of every version that is not valid, in the order of issue."""
    rows = session.execute(
        select(Permit.public_id, Permit.status).where(Permit.status != PermitStatus.VALID).order_by(Permit.id)
    )
    return {row.public_id: row.status for row in rows}
