"""The printed forms of certificates (证照版式): orientation, colours, and the labels of the real paper."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CertificateForm:
    """One printed form. ``labels`` maps the keys of a permit's ``fields`` to the words on the paper.

    Keys that a permit does not have are left out; a key without a label is refused, so that nothing
    is dropped from a certificate unnoticed. ``short`` stands in the number, ``serial`` in the identifier
    of GB/T 36904 (last three digits of the type code).
    """

    code: str
    title: str
    short: str
    serial: str
    labels: tuple[tuple[str, str], ...]
    note: str
    landscape: bool = False
    ink: str = "#7c1c14"
    line: str = "#b88a3c"
    tint: str = "#fffdf8"

    @property
    def template(self) -> str:
        """Path of its template."""
        return "certificates/landscape.html" if self.landscape else "certificates/portrait.html"

    def places(self) -> frozenset[str]:
        """The keys that have a place on the paper."""
        return frozenset(key for key, _ in self.labels)

    def rows(self, fields: dict[str, str]) -> list[tuple[str, str]]:
        """Label and value in the order of the paper; raises ``KeyError`` for a field without a label."""
        unknown = set(fields) - self.places()
        if unknown:
            raise KeyError(f"certificate {self.code} has no label for {sorted(unknown)}")
        return [(label, fields[key]) for key, label in self.labels if fields.get(key)]


_HOLDER_CODE = ("credit_code", "统一社会信用代码")

_FORMS = (
    CertificateForm(
        "trade_licence",
        "行业综合许可证",
        "综证",
        "001",
        (
            ("holder", "名称"),
            _HOLDER_CODE,
            ("representative", "经营者（负责人）"),
            ("place", "经营场所"),
            ("trade", "行业"),
            ("scope", "许可范围"),
        ),
        "本证与所列各单项许可具有同等证明力；单项许可变更、撤销、注销或者到期的，以核验页面公示的状态为准。",
        landscape=True,
    ),
    CertificateForm(
        "food",
        "食品经营许可证",
        "食证",
        "002",
        (
            ("holder", "经营者名称"),
            _HOLDER_CODE,
            ("representative", "法定代表人（负责人）"),
            ("residence", "住所"),
            ("place", "经营场所"),
            ("business_form", "主体业态"),
            ("scope", "经营项目"),
            ("supervisor", "日常监督管理机构"),
        ),
        "食品经营者应当在经营场所的显著位置悬挂、摆放本证正本；投诉举报电话：12315。",
        landscape=True,
        ink="#14538a",
        line="#5b8fb9",
        tint="#fafdff",
    ),
    CertificateForm(
        "hygiene",
        "公共场所卫生许可证",
        "卫证",
        "003",
        (
            ("holder", "单位名称"),
            _HOLDER_CODE,
            ("representative", "法定代表人（负责人）"),
            ("place", "经营场所地址"),
            ("scope", "许可项目"),
        ),
        "本证应当在经营场所醒目位置公示；每两年复核一次，不得涂改、转让、倒卖、伪造。",
        ink="#1c5c3a",
        line="#6fa381",
        tint="#fbfefb",
    ),
    CertificateForm(
        "fire_inspection",
        "公众聚集场所投入使用、营业前消防安全检查合格证",
        "消安",
        "004",
        (
            ("holder", "场所名称"),
            _HOLDER_CODE,
            ("place", "场所地址"),
            ("representative", "消防安全责任人"),
            ("building", "场所建筑情况"),
            ("scope", "使用性质"),
        ),
        "场所名称、地址、消防安全责任人、使用性质等事项发生变化的，应当重新申请消防安全检查。",
    ),
    CertificateForm(
        "shop_sign",
        "户外广告（招牌）设置证",
        "招证",
        "005",
        (
            ("holder", "设置人"),
            _HOLDER_CODE,
            ("place", "设置地点"),
            ("sign_type", "设施类型"),
            ("size", "规格"),
            ("scope", "设置内容"),
        ),
        "应当按照批准的地点、形式、规格设置，并负责设施的安全维护；期满自行拆除或者重新申请。",
        ink="#5a3d7a",
        line="#a08bbd",
        tint="#fdfcff",
    ),
    CertificateForm(
        "business_licence",
        "营业执照",
        "照",
        "006",
        (
            _HOLDER_CODE,
            ("holder", "名称"),
            ("enterprise_type", "类型"),
            ("representative", "法定代表人"),
            ("scope", "经营范围"),
            ("capital", "注册资本"),
            ("founded", "成立日期"),
            ("place", "住所"),
        ),
        "市场主体应当于每年1月1日至6月30日通过国家企业信用信息公示系统报送公示年度报告。",
        landscape=True,
    ),
    CertificateForm(
        "special_trade",
        "特种行业许可证",
        "特证",
        "007",
        (
            ("holder", "企业名称"),
            _HOLDER_CODE,
            ("representative", "法定代表人（负责人）"),
            ("place", "经营地址"),
            ("scope", "经营范围"),
            ("rooms", "客房与床位"),
        ),
        "本证不得转让、涂改；歇业、转业、合并、迁移、改变名称的，应当办理变更或者注销手续。",
        ink="#1d3f72",
        line="#7b93b8",
        tint="#fbfcff",
    ),
    CertificateForm(
        "construction",
        "建筑工程施工许可证",
        "施证",
        "008",
        (
            ("holder", "建设单位"),
            _HOLDER_CODE,
            ("project", "工程名称"),
            ("place", "建设地址"),
            ("scope", "建设规模"),
            ("contract_price", "合同价格"),
            ("survey", "勘察单位"),
            ("design", "设计单位"),
            ("builder", "施工单位"),
            ("supervision", "监理单位"),
            ("contract_period", "合同工期"),
        ),
        "自发证之日起三个月内不按期开工又不申请延期，或者超过延期次数、时限的，本证自行废止。",
    ),
    CertificateForm(
        "waste",
        "城市建筑垃圾处置核准证",
        "渣证",
        "009",
        (
            ("holder", "处置单位"),
            _HOLDER_CODE,
            ("project", "工程名称"),
            ("place", "产生地点"),
            ("scope", "核准处置量"),
            ("carrier", "运输单位"),
            ("route", "运输路线和时间"),
            ("disposal_site", "消纳场所"),
        ),
        "应当按照核准的时间、路线、数量和消纳场所处置，运输车辆应当随车携带本证（副本）。",
        ink="#6b4a16",
        line="#b79a5f",
    ),
    CertificateForm(
        "drainage",
        "城镇污水排入排水管网许可证",
        "排证",
        "010",
        (
            ("holder", "排水户名称"),
            _HOLDER_CODE,
            ("representative", "法定代表人（负责人）"),
            ("place", "详细地址"),
            ("user_type", "排水户类型"),
            ("scope", "许可内容"),
            ("outlet", "排水口及污水去向"),
        ),
        "应当按照许可的排水类别、总量、时限、排放口位置和数量、污染物项目和浓度等要求排放污水。",
        ink="#0f5a66",
        line="#66a3ab",
        tint="#f9fefe",
    ),
    CertificateForm(
        "water",
        "取水许可证",
        "取水证",
        "011",
        (
            ("holder", "取水权人名称"),
            _HOLDER_CODE,
            ("representative", "法定代表人（负责人）"),
            ("place", "取水地点"),
            ("water_source", "水源类型"),
            ("amount", "取水量"),
            ("scope", "取水用途"),
            ("discharge", "退水地点与方式"),
        ),
        "有效期届满需要延续的，应当在届满45日前提出申请；取水计量设施应当保持正常运行。",
        ink="#14538a",
        line="#5b8fb9",
        tint="#fafdff",
    ),
    CertificateForm(
        "home_care",
        "居家养老服务券",
        "养券",
        "012",
        (
            ("holder", "服务对象"),
            ("place", "居住地址"),
            ("scope", "服务内容"),
            ("amount", "年度额度"),
            ("hours", "服务时间"),
            ("provider", "服务机构"),
        ),
        "本券限本人使用，不得转让、兑换现金；服务质量投诉请拨打民政部门电话。",
        ink="#8a3a14",
        line="#cf9a6b",
    ),
    CertificateForm(
        "general",
        "行政许可证",
        "证",
        "099",
        (
            ("holder", "被许可人"),
            _HOLDER_CODE,
            ("representative", "法定代表人（负责人）"),
            ("place", "地址"),
            ("scope", "许可事项及范围"),
        ),
        "本证不得涂改、倒卖、出租、出借或者以其他形式非法转让。",
    ),
)

FORMS: dict[str, CertificateForm] = {form.code: form for form in _FORMS}
