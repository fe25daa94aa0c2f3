"""Marks a sentence as a message id, so that the catalogue finds it; ``web/`` translates."""


def N_(message: str) -> str:  # noqa: N802 - the customary name of the marker
    """Return ``message`` unchanged; the extractor collects it."""
    return message
