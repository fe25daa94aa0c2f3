"""A sensible answer to every question the forms ask, so that a demo case reads like a real one."""

from typing import Any

from forms import Form
from forms.definition import Field

BY_CODE: dict[str, Any] = {
    "shop_name": "渝记小面馆（示例）",
    "premises_address": "示例县城东街道示例路 18 号 1 层",
    "area": 86, "seats": 32, "gas": True, "sign": True, "hot_kitchen": True,
    "person_in_charge": "赵某某（示例）",
    "project_name": "城东邻里中心工程（示例）", "project_address": "示例县城东街道示例路 66 号地块",
    "company_name": "示例县禾下文化有限公司（示例）", "company_address": "示例县城东街道学府路 9 号 2 层",
    "capital": 50, "scope_text": "文化艺术交流活动策划；办公用品销售",
    "building_scale": 12800, "contract_price": 4860, "builder": "山城建设有限公司（示例）",
    "designer": "江畔建筑设计院（示例）", "supervisor_company": "南湖监理有限公司（示例）",
    "water_per_day": 3.5, "outlet_place": "示例路 18 号门前污水检查井 W-12",
    "elder_name": "王某某（示例）", "elder_id": "11010519491231002X", "home_address": "示例县城东街道朝阳巷 7 号 202 室",
    "income": 2600, "contact_phone": "13900000000",
    "building_storeys": 6, "exits": 2, "food_safety_manager": "钱某某（示例）", "food_staff": 6, "online_sale": False,
    "rooms": 46, "beds": 78, "security_manager": "周某某（示例）", "hygiene_staff": 5, "central_air": False,
    "sign_width": 4.2, "sign_height": 1.2, "sign_text": "渝记小面馆（示例）", "sign_lit": True, "road_occupied_days": 0,
    "waste_amount": 3200, "carrier": "望江渣土运输有限公司（示例）", "vehicles": 8,
    "route": "示例路—滨河路—绕城公路，每日 21:00 至次日 5:00", "disposal_site": "示例县北山消纳场（示例）",
    "intake_place": "示例县南溪河取水口（示例）", "yearly_amount": 36, "discharge": "处理达标后排入市政污水管网",
}  # fmt: skip
"""Field code → answer. Dates, choices and new fields are answered by their type."""

BY_FORMAT = {"date": "2026-12-20", "name": "赵某某（示例）"}


def answers_to(form: Form) -> dict[str, Any]:
    """A lawful answer to every question of ``form``."""
    return {asked.code: answer_to(asked) for asked in form.fields}


def answer_to(asked: Field) -> Any:
    """A lawful answer to one question."""
    if asked.code in BY_CODE:
        return BY_CODE[asked.code]
    if asked.options:
        first = asked.options[0].value
        return [first] if asked.type == "array" else first
    if asked.type == "boolean":
        return True
    if asked.type in ("integer", "number"):
        return asked.schema.get("minimum", 1)
    return BY_FORMAT.get(asked.schema.get("format", ""), "示例内容（示例）")
