"""What a deployment says about its paper; set once where a program is composed."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaperSetup:
    """``sample`` prints 样本 across every page; ``verification_url`` has a place ``{public_id}``.

    ``formal_signature``: a key of the authority signs certificates, and not the one made for trials.
    """

    sample: bool = True
    formal_signature: bool = False
    verification_url: str = "http://127.0.0.1:8000/permits/{public_id}"
    tracking_url: str = "http://127.0.0.1:8000/tracking"
    supervision_phone: str = ""


class _Current:
    setup: PaperSetup = PaperSetup()


def configure(setup: PaperSetup) -> None:
    """Set the paper of this process; until then everything printed is marked as a sample."""
    _Current.setup = setup


def current() -> PaperSetup:
    """The setup of this process."""
    return _Current.setup
