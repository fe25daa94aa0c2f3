"""The identifier of an electronic certificate (电子证照标识, GB/T 36904)."""

from stdnum.iso7064 import mod_37_36

ROOT = "1.2.156.3005.2"


def certificate_identifier(certificate_type: str, issuer: str, serial: str, version: str = "001") -> str:
    """Join type (21 characters), issuer (18), serial and version (3) with the check character.

    The check character is ISO 7064 MOD 37,36 over the four parts without dots.
    """
    check = mod_37_36.calc_check_digit(certificate_type + issuer + serial + version)
    return f"{ROOT}.{certificate_type}.{issuer}.{serial}.{version}.{check}"


def serial_of(identifier: str) -> str:
    """The serial in an identifier, which all versions of a certificate share; empty for none."""
    parts = identifier.removeprefix(f"{ROOT}.").split(".")
    return parts[2] if len(parts) == 5 else ""


def is_mistyped(text: str) -> bool:
    """Whether ``text`` looks like an identifier but its check character does not fit; any one wrong character shows."""
    if not text.startswith(f"{ROOT}."):
        return False
    return not mod_37_36.is_valid(text.removeprefix(f"{ROOT}.").replace(".", ""))
