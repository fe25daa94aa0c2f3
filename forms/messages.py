"""The marker of message ids for the lowest layer, which may not import ``approvals.messages``."""


def N_(message: str) -> str:  # noqa: N802 - the customary name of the marker
    """Return ``message`` unchanged; the extractor collects it."""
    return message
