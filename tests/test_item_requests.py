"""What items say of change, renewal and replacement: whole for every certificate, refused when broken."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from approvals import catalogue
from approvals.catalogue import CatalogueError, Item
from approvals.catalogue_files import DATA, FORMS
from approvals.item_requests import HOLDER, as_asked, rules_of
from approvals.renewal import Lead
from approvals.renewal_time import lead_of
from approvals.terms import ItemKind, RequestKind

ITEMS = catalogue.read().items
CERTIFIED = sorted(code for code, item in ITEMS.items() if item.certificate and not item.parts)
KINDS = (RequestKind.CHANGE, RequestKind.RENEWAL, RequestKind.REPLACEMENT)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", CERTIFIED)
def test_every_certificate_can_be_asked_about(code: str, kind: RequestKind) -> None:
    item = ITEMS[code]
    seen = as_asked(item, kind)
    assert seen.materials
    assert all(material.necessity != "may_follow" for material in seen.materials)
    assert seen.fees == ()
    assert (seen.commitment, seen.deferral, seen.parts) == (None, None, ())
    assert seen.procedure == ("instant" if item.procedure == "instant" else rules_of(item, kind).procedure)
    assert (seen.kind == ItemKind.INSTANT) == (seen.procedure == "instant") == (seen.promised.days == 0)
    assert seen.statutory == item.statutory
    assert seen.basis[0].law["zh"] in (
        "中华人民共和国行政许可法",
        "食品经营许可和备案管理办法",
        "取水许可和水资源费征收管理条例",
    )
    assert item.certificate
    assert seen.name == {
        "zh": item.certificate.name["zh"] + kind.label,
        "en": f"{kind.value.capitalize()} of: {item.certificate.name['en']}",
    }


def test_a_first_application_sees_the_item_as_it_is() -> None:
    for item in ITEMS.values():
        assert as_asked(item, RequestKind.NEW) is item


def test_lead_times_are_those_of_the_fact_sheet() -> None:
    leads = {code: lead_of(ITEMS[code]) for code in CERTIFIED}
    assert leads.pop("food_licence") == Lead(15, 90, leads["shop_sign"].unit.__class__("working"))
    assert leads.pop("water_abstraction") == Lead(45)
    assert set(leads.values()) == {Lead(30)}


def test_what_the_law_ties_to_a_new_licence_is_not_changed() -> None:
    """Premises, amounts, outlets and sizes are what the licence was given for."""
    never = {"premises_address", "area", "water_per_day", "outlet_place", "sign_width", "sign_height", "intake_place",
             "yearly_amount", "project_address", "builder", "elder_id", "elder_name"}  # fmt: skip
    for code in CERTIFIED:
        fields = set(ITEMS[code].requests.change.fields)
        assert not fields & never, code
        asked = {HOLDER, *(field.code for field in catalogue.read().forms[ITEMS[code].form].fields)}
        assert fields <= asked, code


@pytest.mark.parametrize(
    ("section", "change", "path"),
    [
        ("change", {"fields": ["nonsense"]}, "change.fields.0"),
        ("renewal", {"latest": 30, "earliest": 29}, "renewal.earliest"),
        ("renewal", {"latest": -1}, "renewal.latest"),
        ("renewal", {"unit": "weeks"}, "renewal.unit"),
        (
            "renewal",
            {"promised": {"days": 11, "unit": "working", "from": "acceptance"}},
            "renewal.promised.days",
        ),
        ("replacement", {"procedure": "joint"}, "replacement.procedure"),
        ("replacement", {"materials": []}, "replacement.materials"),
        ("change", {"lost": True}, "change"),
    ],
)
def test_a_broken_section_is_refused_at_its_place(
    tmp_path: Path, section: str, change: dict[str, Any], path: str
) -> None:
    faults = _faults(tmp_path, {section: change})
    own = [(fault.file, fault.field) for fault in faults if fault.file == "items/food_licence.yaml"]
    assert own == [("items/food_licence.yaml", path)]


def test_materials_of_a_request_are_each_once_and_none_follows(tmp_path: Path) -> None:
    paper = {
        "code": "paper", "name": {"zh": "材料", "en": "Paper"}, "originals": 1, "copies": 0,
        "necessity": "may_follow", "source": "own",
    }  # fmt: skip
    faults = _faults(tmp_path, {"renewal": {"materials": [paper, paper]}})
    assert {fault.field for fault in faults} == {
        "renewal.materials.0.necessity", "renewal.materials.1", "renewal.materials.1.necessity",
    }  # fmt: skip


def _faults(folder: Path, sections: dict[str, dict[str, Any]]) -> list[Any]:
    """What is wrong once the food licence says this differently."""
    data = shutil.copytree(DATA, folder / "data")
    path = data / "items" / "food_licence.yaml"
    item = yaml.safe_load(path.read_text("utf-8"))
    for name, change in sections.items():
        item[name] = {**item.get(name, {}), **change}
    path.write_text(yaml.safe_dump(item, allow_unicode=True), "utf-8")
    with pytest.raises(CatalogueError) as refused:
        catalogue.read(data, FORMS)
    return list(refused.value.faults)


def test_an_item_written_before_there_were_requests_is_still_read() -> None:
    """A case of last year keeps the version it began with."""
    source = dict(catalogue.read().source["food_licence"])
    for name in KINDS:
        source.pop(name)
    item = Item.from_json(source)
    assert item.requests.change.fields == ()
    assert lead_of(item) == Lead(30)
