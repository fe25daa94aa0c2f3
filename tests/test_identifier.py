"""The identifier of GB/T 36904: ten thousand of them, and every single-character error in each is detected.

The check is told a second time here, as a machine of ISO 7064 (MOD 37,36): a state from 1 to 36 that each character
moves. Composing its moves from the end gives for every place what each other character would end in.
"""

import random
import string

from approvals.certificate_identifier import ROOT, certificate_identifier

CHARACTERS = string.digits + string.ascii_uppercase
STATES = range(1, 37)
MOVES = {
    character: {state: (((state + value) % 36 or 36) * 2) % 37 for state in STATES}
    for value, character in enumerate(CHARACTERS)
}
START = 36


def check_of(text: str) -> str:
    state = START
    for character in text:
        state = MOVES[character][state]
    return CHARACTERS[(1 - state) % 36]


def parts_of(identifier: str) -> str:
    """The characters under the check, without dots."""
    assert identifier.startswith(f"{ROOT}.")
    return identifier.removeprefix(f"{ROOT}.").replace(".", "")[:-1]


def undetected(text: str) -> list[tuple[int, str]]:
    """Places and characters that could be written by mistake without the check character changing."""
    states = [START]
    for character in text:
        states.append(MOVES[character][states[-1]])
    right, missed = states[-1], []
    rest = {state: state for state in STATES}  # where the characters after this place lead
    for place in range(len(text) - 1, -1, -1):
        before = states[place]
        missed += [
            (place, other)
            for other in CHARACTERS
            if other != text[place] and rest[MOVES[other][before]] == right
        ]
        rest = {state: rest[move] for state, move in MOVES[text[place]].items()}
    return missed


def test_the_vector_of_the_standard() -> None:
    identifier = certificate_identifier("11100000000013338W011", "11430000006122244L", "20230000403")
    assert identifier.endswith(".001.U")
    assert check_of(parts_of(identifier)) == "U"


def test_every_single_character_error_in_ten_thousand_identifiers_is_detected() -> None:
    chance = random.Random(36904)
    for _ in range(10_000):
        issuer = "".join(chance.choices(CHARACTERS, k=18))
        kind = issuer + "".join(chance.choices(string.digits, k=3))
        serial = "".join(chance.choices(string.digits, k=11))
        identifier = certificate_identifier(kind, issuer, serial, f"{chance.randrange(1, 1000):03d}")
        text = parts_of(identifier)
        assert identifier[-1] == check_of(text)
        assert undetected(text) == []


def test_the_second_telling_would_find_a_weaker_check(monkeypatch) -> None:
    weak = dict.fromkeys(STATES, 7)
    monkeypatch.setitem(MOVES, "0", weak)
    assert undetected("12034")
