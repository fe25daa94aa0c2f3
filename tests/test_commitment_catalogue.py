"""What the files say of commitment: clauses that cannot hold are refused with file, field and reason."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from approvals import catalogue
from approvals.catalogue import CatalogueError
from approvals.catalogue_files import DATA, FORMS

Edit = Callable[[dict[str, Any]], object]
ITEMS = catalogue.read().items
OFFERED = {code: item.commitment for code, item in ITEMS.items() if item.commitment}


def clause(number: int, **changes: Any) -> Edit:
    """Change one clause of the hotel licence."""
    return lambda data: data["commitment"]["clauses"][number].update(changes)


BROKEN: list[tuple[str, Edit, str, str]] = [
    ("hotel_licence", clause(0, replaces="identity_card"), "commitment.clauses.0.replaces", "没有要求材料“identity_card”"),
    ("hotel_licence", clause(0, replaces="fire_opinion"), "commitment.clauses.3.replaces", "已由另一承诺事项代替"),
    ("hotel_licence", clause(1, code="premises"), "commitment.clauses.1", "编码“premises”重复"),
    ("hotel_licence", clause(3, department="099"), "commitment.clauses.3.department", "部门“099”不存在"),
    ("hotel_licence", clause(3, department="消防"), "commitment.clauses.3.department", ""),
    ("hotel_licence", clause(2, follow_days=21), "commitment.clauses.2.follow_days", "长于核查期限 20"),
    ("drainage_permit", clause(1, follow_days=43), "commitment.clauses.1.follow_days", "长于核查期限 60"),
    ("hotel_licence", clause(2, follow_days=0), "commitment.clauses.2.follow_days", ""),
    ("hotel_licence", clause(0, follow_days=5), "commitment.clauses.0.follow_days", "没有代替材料"),
    ("hotel_licence", clause(0, text={"zh": "房屋符合要求"}), "commitment.clauses.0.text", "缺少"),
    ("hotel_licence", lambda data: data["commitment"].update(clauses=[]), "commitment.clauses", ""),
    ("hotel_licence", lambda data: data["commitment"].pop("version"), "commitment", "缺少"),
    (
        "hotel_licence",
        lambda data: data["commitment"]["excluded"][0].update(when={"beds_of_gold": {"minimum": 1}}),
        "commitment.excluded.0.when",
        "表单没有字段“beds_of_gold”",
    ),
    (
        "restaurant_opening",
        lambda data: data.update(commitment=source("drainage_permit")["commitment"]),
        "commitment",
        "由各单项各自写明",
    ),
]  # fmt: skip


def source(code: str) -> dict[str, Any]:
    """The file of an item as it stands."""
    found: dict[str, Any] = yaml.safe_load((DATA / "items" / f"{code}.yaml").read_text("utf-8"))
    return found


@pytest.mark.parametrize(("item", "edit", "field", "reason"), BROKEN)
def test_clauses_that_cannot_hold_are_refused(
    tmp_path: Path, item: str, edit: Edit, field: str, reason: str
) -> None:
    folder = shutil.copytree(DATA, tmp_path / "data")
    data = source(item)
    edit(data)
    (folder / "items" / f"{item}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    with pytest.raises(CatalogueError) as caught:
        catalogue.read(folder, FORMS)
    found = [
        fault for fault in caught.value.faults if (fault.file, fault.field) == (f"items/{item}.yaml", field)
    ]
    assert any(reason in fault.text() for fault in found), caught.value.text()


def test_the_items_that_offer_it_say_everything_in_both_languages() -> None:
    assert OFFERED.keys() == {
        "hotel_licence", "public_venue_hygiene", "fire_inspection", "drainage_permit", "food_licence", "company_registration",
    }  # fmt: skip
    for code, terms in OFFERED.items():
        assert terms is not None
        assert len(terms.version) > 1, code
        assert {each.replaces for each in terms.clauses} - {None}, code
        for each in terms.clauses:
            assert each.text.keys() == each.standard.keys() == {"zh", "en"}
            assert not set(each.text["en"]) & set("，。；《》")


def test_fire_is_verified_by_the_fire_brigade_on_site() -> None:
    terms = ITEMS["hotel_licence"].commitment
    assert terms is not None
    (fire,) = [each for each in terms.clauses if each.code == "fire"]
    assert (fire.replaces, fire.department, fire.on_site) == ("fire_opinion", "009", True)
