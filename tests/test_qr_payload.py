"""The signed text of a code: it comes back whole, and whatever was done to it is told apart."""

import random
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from approvals import qr_payload
from approvals.printing.qr import ALPHANUMERIC
from approvals.qr_payload import CodeKeys, Facts, Reading

KEYS = CodeKeys.parse("b3VycyBhcmUgMzIgYnl0ZXMgb2YgdGhlIHRlc3RzLi4=")
OTHERS = CodeKeys.parse("b3RoZXJzIGFyZSAzMiBieXRlcyBvZiB0aGUgdGVzdHM=")
FACTS = Facts(
    "Vb3kq7Z2mWc9QxT1", "JY23301102026000017", 1, "渝记小面馆（示例）", "food", date(2026, 11, 27), date(2031, 11, 26), "示市监"
)  # fmt: skip
LONGEST = replace(
    FACTS, holder="示例县城东街道渝记老灶重庆小面与火锅餐饮文化连锁管理有限责任公司第十七分公司（示例）"
)


def read(
    payload: str, public_id: str = FACTS.public_id, keys: CodeKeys = KEYS
) -> tuple[Reading, Facts | None]:
    return qr_payload.read(public_id, payload, keys.public)


@pytest.mark.parametrize("facts", [FACTS, LONGEST, replace(FACTS, valid_until=None, version=12)])
def test_what_was_signed_comes_back(facts: Facts) -> None:
    assert read(qr_payload.payload_of(facts, KEYS)) == (Reading.GENUINE, facts)


def test_a_payload_is_small_and_belongs_in_a_fragment() -> None:
    payload = qr_payload.payload_of(LONGEST, KEYS)
    assert ALPHANUMERIC.issuperset(payload)
    assert not set(payload) & set(" %#")  # would end or escape a fragment
    parts: Any = [(f"https://permits.example.gov.cn/permits/{FACTS.public_id}#", 4), (payload, 2)]
    code = segno.make(parts, error="m")
    assert int(code.version) <= 14  # 73 modules: a third of a millimetre each on 30 mm of paper


@given(st.binary(max_size=300))
def test_bytes_come_back_from_their_digits(content: bytes) -> None:
    if content:
        assert qr_payload.decode(qr_payload.encode(content)) == content


def test_every_changed_digit_is_tampered_foreign_or_unreadable() -> None:
    payload, chance = qr_payload.payload_of(FACTS, KEYS), random.Random(1)
    seen = set()
    for place, digit in enumerate(payload):
        other = chance.choice([one for one in qr_payload.DIGITS if one != digit])
        reading, facts = read(payload[:place] + other + payload[place + 1 :])
        assert facts is None
        seen.add(reading)
    assert (
        {Reading.TAMPERED, Reading.FOREIGN} <= seen <= {Reading.TAMPERED, Reading.FOREIGN, Reading.UNREADABLE}
    )


def test_a_code_on_another_address_is_tampered() -> None:
    assert read(qr_payload.payload_of(FACTS, KEYS), "another-permit")[0] == Reading.TAMPERED


def test_another_key_is_foreign_and_a_former_one_is_not() -> None:
    payload = qr_payload.payload_of(FACTS, OTHERS)
    assert read(payload)[0] == Reading.FOREIGN
    both = CodeKeys(KEYS.seeds + OTHERS.seeds)
    assert read(payload, keys=both) == (Reading.GENUINE, FACTS)
    assert read(qr_payload.payload_of(FACTS, both)) == (Reading.GENUINE, FACTS)  # the first signs


@pytest.mark.parametrize("text", ["", "A", "ABCD", "渝记", "....", "..." * 10, "0" * 2000, "M84Y", "0" * 204])
def test_what_is_no_payload_is_unreadable_or_foreign(text: str) -> None:
    assert read(text)[0] in {Reading.UNREADABLE, Reading.FOREIGN}
    assert len(text) == 204 or read(text)[0] == Reading.UNREADABLE


def test_line_ends_in_a_value_make_no_new_line() -> None:
    _, facts = read(qr_payload.payload_of(replace(FACTS, holder="甲店\n2\t乙店"), KEYS))
    assert facts is not None
    assert facts.holder == "甲店 2 乙店"
