"""The staff of the demo centre; every name is invented and says so."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from approvals.people import passwords
from approvals.tables import Department, Staff, StaffRole
from approvals.terms import Role

PASSWORD = "yimen-demo"  # noqa: S105 - of invented people in a demo that says so
CLERK, OFFICER, HEAD, LEAD = Role.WINDOW_CLERK, Role.OFFICER, Role.HEAD, Role.LEAD_OFFICER


@dataclass(frozen=True)
class Person:
    """One member of the demo staff."""

    login: str
    name: str
    department: str
    roles: tuple[Role, ...]
    window: str = ""


PEOPLE = (
    Person("linxiao", "林晓", "001", (CLERK,), "6 号窗口"),
    Person("wangyu", "王雨", "001", (CLERK,), "3 号窗口"),
    Person("jiancha", "严正", "001", (Role.SUPERVISOR,)),
    Person("admin", "关立", "001", (Role.ADMINISTRATOR,)),
    Person("xianzhang", "方舟", "001", (Role.GOVERNMENT_HEAD,)),
    Person("chenli", "陈立", "008", (OFFICER,)),
    Person("zhaomin", "赵敏", "008", (OFFICER,)),
    Person("qiantou", "钱涛", "008", (LEAD,)),
    Person("shichang", "孙衡", "008", (HEAD,)),
    Person("zhouyan", "周岩", "009", (OFFICER,)),
    Person("wuhao", "吴昊", "009", (OFFICER,)),
    Person("xiaofang", "郑安", "009", (HEAD,)),
    Person("heqing", "何青", "007", (OFFICER,)),
    Person("lvmei", "吕梅", "007", (OFFICER,)),
    Person("chengguan", "石磊", "007", (HEAD,)),
    Person("zhangjian", "张建", "004", (OFFICER,)),
    Person("kongde", "孔德", "004", (OFFICER,)),
    Person("zhujian", "曹宁", "004", (HEAD,)),
    Person("lijing", "李静", "002", (OFFICER, LEAD)),
    Person("gongan", "魏刚", "002", (HEAD,)),
    Person("jinlan", "金兰", "006", (OFFICER,)),
    Person("taowei", "陶伟", "006", (OFFICER,)),
    Person("weijian", "姜平", "006", (HEAD,)),
    Person("shuiyuan", "戚源", "005", (OFFICER,)),
    Person("shuili", "谢川", "005", (HEAD,)),
    Person("minzhengyuan", "邹和", "003", (OFFICER,)),
    Person("minzheng", "喻安", "003", (HEAD,)),
    Person("hulan", "胡岚", "002", (OFFICER,)),  # two of the police go on site together
)
ONE_PER_ROLE = ("linxiao", "chenli", "shichang", "qiantou", "zhouyan", "heqing", "zhangjian", "lijing", "jinlan", "xianzhang", "jiancha", "admin")  # fmt: skip


def load_people(session: Session) -> dict[str, Staff]:
    """Make every account that is missing; returns all by login."""
    departments = {row.code: row for row in session.scalars(select(Department))}
    known = {row.login: row for row in session.scalars(select(Staff))}
    secret = passwords.hashed(PASSWORD)
    for number, person in enumerate(PEOPLE, 1):
        if person.login not in known:
            staff = Staff(
                login=person.login,
                name=f"{person.name}（示例）",
                department_id=departments[person.department].id,
                window=person.window,
                officer_number=f"330110{person.department}{number:03d}",
                password_hash=secret,
                roles=[StaffRole(role=role, mandate=_mandate(role)) for role in person.roles],
            )
            session.add(staff)
            known[person.login] = staff
    session.flush()
    return known


def _mandate(role: Role) -> str:
    return "示政办〔2026〕1号" if role == Role.GOVERNMENT_HEAD else ""
