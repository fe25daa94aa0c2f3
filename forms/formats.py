"""Formats that can be checked: resident ID, unified credit code, phone, e-mail, date, names.

Each function takes what a person typed, returns the normalised value and raises ``FormatFault`` with
a message id that says what to do. Usable alone (applicants) and through ``CHECKER`` (form fields).
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from jsonschema import FormatChecker
from stdnum.cn import ric, uscc

from .messages import N_

PROVINCES = frozenset(
    str(code)
    for start, stop in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65), (71, 71), (81, 83))
    for code in range(start, stop + 1)
)
"""First two digits of a resident ID (GB/T 2260), with 81–83 of the residence permits for Hong Kong,
Macao and Taiwan residents. The county is not checked: new ones appear every year, and a table that is
a year old would turn away people with a valid card."""

MOBILE = re.compile(r"1[3-9]\d{9}")
LANDLINE = re.compile(r"(010|02\d|0[3-9]\d{2})-?([2-8]\d{6,7})(?:-(\d{1,6}))?")
SERVICE = re.compile(r"(?:400|800)\d{7}|1\d{4}|9[56]\d{3,4}")
EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{4})(\d{2})(\d{2})")
USCC = re.compile(r"[0-9ANY][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
CONTROL = frozenset(("Cc", "Cs"))
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


class FormatFault(ValueError):
    """What is wrong with one value: ``message`` (message id) and ``params``."""

    def __init__(self, message: str, **params: object) -> None:
        self.message = message
        self.params = params
        super().__init__(message % params if params else message)


def clean_text(text: str, *, lines: bool = False) -> str:
    """Trim; refuse NUL, control and direction-changing characters. ``lines`` allows line breaks and tabs."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").strip()
    allowed = "\n\t" if lines else ""
    if INVISIBLE.search(text) or any(unicodedata.category(c) in CONTROL and c not in allowed for c in text):
        raise FormatFault(N_("含有看不见的控制字符，请删去后重新输入。"))
    return text


def ascii_digits(text: str) -> str:
    """Full-width digits, letters and signs to their plain forms: １８㎡ is typed, 18 is meant."""
    return unicodedata.normalize("NFKC", text).strip()


def resident_id(text: str) -> str:
    """Resident ID (GB 11643-1999): 18 characters, province, real birth date, check digit."""
    number = ascii_digits(clean_text(text)).replace(" ", "").upper()
    if len(number) == 15 and number.isascii() and number.isdigit():
        raise FormatFault(N_("15 位的旧身份证号码已停用，请填写 18 位公民身份号码。"))
    if len(number) != 18:
        raise FormatFault(N_("公民身份号码应为 18 位，现在是 %(count)s 位。"), count=len(number))
    if not re.fullmatch(r"[0-9]{17}[0-9X]", number):
        raise FormatFault(N_("公民身份号码前 17 位是数字，最后一位是数字或 X。"))
    if number[:2] not in PROVINCES:
        raise FormatFault(N_("公民身份号码开头的地区代码不存在，请核对。"))
    try:
        ric.get_birth_date(number)
    except ric.InvalidComponent:
        raise FormatFault(N_("公民身份号码中的出生日期不存在，请核对第 7 至 14 位。")) from None
    if number[-1] != ric.calc_check_digit(number):
        raise FormatFault(N_("公民身份号码的校验位不对，请逐位核对。"))
    return number


def credit_code(text: str) -> str:
    """Unified social credit code (GB 32100-2015), 18 characters with a check character.

    The first character may be a letter (N: rural collectives, Y: others), which the
    library's own ``validate`` turns away; its check character is used.
    """
    number = ascii_digits(clean_text(text)).replace(" ", "").replace("-", "").upper()
    if len(number) != 18:
        raise FormatFault(N_("统一社会信用代码应为 18 位，现在是 %(count)s 位。"), count=len(number))
    if re.search("[IOSVZ]", number):
        raise FormatFault(N_("统一社会信用代码不使用字母 I、O、S、V、Z，请核对是否为数字 1、0、5、2。"))
    if not USCC.fullmatch(number):
        raise FormatFault(N_("统一社会信用代码由数字和大写字母组成，第 3 至 8 位是数字，请核对。"))
    if number[-1] != uscc.calc_check_digit(number[:17]):
        raise FormatFault(N_("统一社会信用代码的校验位不对，请逐位核对。"))
    return number


def phone(text: str) -> str:
    """A mobile number, a landline with its area code (0571-88000000, extension after -), or a service number."""
    number = re.sub(r"[\s()]", "", ascii_digits(clean_text(text))).replace("–", "-").replace("—", "-")
    number = re.sub(r"^(\+|00)86-?", "", number)
    compact = number.replace("-", "")
    if MOBILE.fullmatch(compact):
        return compact
    if match := LANDLINE.fullmatch(number):
        return "-".join(group for group in match.groups() if group)
    if SERVICE.fullmatch(compact):
        return compact
    raise FormatFault(N_("请填写 11 位手机号码，或带区号的固定电话，如 0571-88000000。"))


def email(text: str) -> str:
    """An e-mail address; the part after @ in lower case. At most 254 characters."""
    address = ascii_digits(clean_text(text))
    if len(address) > 254 or not EMAIL.fullmatch(address) or ".." in address:
        raise FormatFault(N_("请填写完整的电子邮箱地址，如 name@example.cn。"))
    local, domain = address.rsplit("@", 1)
    return f"{local}@{domain.lower()}"


def name(text: str) -> str:
    """The name of a person or an organisation: 2–100 characters, at least one letter or Han character."""
    value = re.sub(r"\s+", " ", clean_text(text))
    if not 2 <= len(value) <= 100:
        raise FormatFault(N_("名称应为 2 至 100 个字，请填写与证件一致的全称。"))
    if not any(c.isalpha() for c in value) or re.search(r"[<>{}\\]", value):
        raise FormatFault(N_("名称含有不能使用的符号，请填写与证件一致的全称。"))
    return value


def real_date(text: str) -> str:
    """A date that exists, as ISO 8601; also typed as 2026/1/5, 2026年1月5日 or 20260105."""
    match = DATE.fullmatch(ascii_digits(clean_text(text)).replace(" ", ""))
    if not match:
        raise FormatFault(N_("请按“年-月-日”填写日期，如 2026-01-05。"))
    year, month, day = (int(part) for part in match.groups() if part)
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise FormatFault(
            N_("没有 %(year)s 年 %(month)s 月 %(day)s 日这一天，请核对。"), year=year, month=month, day=day
        ) from None


FORMATS: dict[str, Callable[[str], str]] = {
    "resident-id": resident_id,
    "credit-code": credit_code,
    "cn-phone": phone,
    "email": email,
    "name": name,
    "date": real_date,
}
"""Formats a form field may name, by their JSON Schema word."""


def _checker() -> FormatChecker:
    """A checker that knows exactly our formats: a value must already stand in its normal form."""
    checker = FormatChecker(formats=())
    for word, normalise in FORMATS.items():

        def holds(value: object, normalise: Callable[[str], str] = normalise) -> bool:
            return not isinstance(value, str) or normalise(value) == value

        checker.checks(word, raises=FormatFault)(holds)
    return checker


CHECKER = _checker()
