"""Invented applicants: the numbers are well-formed, the names say that nobody stands behind them."""

from collections.abc import Iterator
from random import Random

from stdnum.cn import ric, uscc

from .centre import Somebody

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
SHOPS = ("渝记", "春和", "山城", "老街", "江畔", "青竹", "南湖", "小满", "禾下", "松月", "云间", "半亩", "三味", "东篱", "有间", "望江")  # fmt: skip
MAIL_EVERY = 5  # one applicant in so many gives a mail address
STREETS = ("示例路", "城东街", "滨河路", "解放街", "学府路", "朝阳巷")


def organisations(random: Random, kind: str) -> Iterator[Somebody]:
    """Endless organisations; ``kind`` ends their name: 小面馆, 宾馆, 建设有限公司."""
    for serial in range(1, 100_000):
        base = f"9233011{random.randint(0, 9)}MA{_letters(random, 2)}{serial:05d}"
        yield Somebody(
            kind="organisation",
            name=f"{random.choice(SHOPS)}{kind}（示例）",
            number=base + uscc.calc_check_digit(base),
            phone=f"1380000{random.randint(0, 9999):04d}",
            address=address(random),
            representative=f"{random.choice(SURNAMES)}某某（示例）",
            email=f"shop{serial}@example.com" if serial % MAIL_EVERY == 0 else "",
        )


def persons(random: Random) -> Iterator[Somebody]:
    """Endless persons, born in 1900, which nobody living was."""
    for serial in range(1, 1000):
        base = f"33011019000{random.randint(1, 9)}{random.randint(10, 28)}{serial:03d}"
        yield Somebody(
            kind="person",
            name=f"{random.choice(SURNAMES)}某某（示例）",
            number=base + ric.calc_check_digit(base + "0"),
            phone=f"1390000{random.randint(0, 9999):04d}",
            address=address(random),
        )


def address(random: Random) -> str:
    """A place in the invented county."""
    return f"示例县城东街道{random.choice(STREETS)} {random.randint(1, 199)} 号 {random.randint(1, 3)} 层"


def _letters(random: Random, count: int) -> str:
    return "".join(random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(count))
