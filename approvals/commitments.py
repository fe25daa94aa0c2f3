"""Notice and commitment (告知承诺): told clause by clause, committed to by somebody with a mandate, or not."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from .tables import CasePart, Commitment


def of_part(session: Session, part: CasePart) -> Commitment | None:
    """The commitment of a part, whatever became of it."""
    return session.scalar(select(Commitment).where(Commitment.part_id == part.id))
