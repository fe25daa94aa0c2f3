"""Rich contexts for every document kind and every certificate form; all persons are invented."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from approvals import qr_payload
from approvals.printing.setup import PaperSetup
from tests import printing_samples_commitment, printing_samples_register, printing_samples_requests

NOW = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)
DAY = date(2026, 11, 27)
DUE = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)
STATUTORY_DUE = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)

AUTHORITY = {
    "name": "示例县市场监督管理局",
    "abbreviation": "示市监",
    "phone": "0571-88000008",
    "address": "示例县城东街道示例路 15 号",
    "reconsideration_body": "示例县人民政府",
    "court": "示例县人民法院",
}
CASE = {
    "number": "33011000820261120000017",
    "query_code": "7KQ4-M2XD-9F",
    "item": "开办餐饮店一件事",
    "subject": "渝记小面馆（示例）",
    "applicant": "赵某某（示例）",
    "applicant_number": "330**********1234",
    "representative": "",
    "agent": "钱某某（示例）",
    "basis": ["《中华人民共和国食品安全法》第三十五条", "《食品经营许可和备案管理办法》第二十一条"],
    "licence": True,
}
OFFICER = {"name": "孙某（示例）", "number": "食监 0817"}
MATERIALS = [
    {"name": "开办餐饮店一件事申请书", "originals": 1, "copies": 0, "note": ""},
    {"name": "营业执照", "originals": 0, "copies": 1, "note": "部门共享，免交"},
    {
        "name": "经营场所平面图、设备布局和操作流程文件",
        "originals": 1,
        "copies": 1,
        "note": "须标注尺寸、用途和消防设施位置",
    },
    {"name": "食品安全管理制度目录清单", "originals": 1, "copies": 0, "note": ""},
    {"name": "门店招牌昼夜效果图", "originals": 0, "copies": 2, "note": "彩色"},
    {"name": "排水管网图和检测井照片", "originals": 0, "copies": 1, "note": "容缺，2026年12月4日前补交"},
]
DEPARTMENTS = [
    {
        "name": "示例县市场监督管理局",
        "work": "食品经营许可（牵头）；营业执照信息核对",
        "due": date(2026, 12, 4),
    },
    {
        "name": "示例县消防救援大队",
        "work": "公众聚集场所投入使用、营业前消防安全检查",
        "due": date(2026, 12, 4),
    },
    {"name": "示例县城市管理局", "work": "门店招牌设置", "due": date(2026, 12, 2)},
    {"name": "示例县住房和城乡建设局", "work": "城镇污水排入排水管网许可", "due": date(2026, 12, 4)},
]
LIMITS = {
    "accepted_on": DAY,
    "statutory": "45个工作日（各单项另有规定的从其规定）",
    "promised": "8个工作日",
    "statutory_due": STATUTORY_DUE,
    "promised_due": DUE,
    "provisional": True,
}
REASONS = (
    "经现场核查，厨房面积与就餐区面积之比不足 1∶3，未设置独立的餐具清洗消毒区域；加工操作流程存在生熟交叉。\n"
    "上述情形不符合申请时适用的许可条件，且申请人在承诺的整改期限内未完成整改。"
)
ARTICLES = "《中华人民共和国食品安全法》第三十三条第一款第（一）、（二）、（四）项；\n《食品经营许可和备案管理办法》第十二条、第二十一条。"
RETURNED = [{"name": "开办餐饮店一件事申请书", "originals": 1, "copies": 0, "note": "当面退还"},
            {"name": "场所租赁合同", "originals": 2, "copies": 0, "note": "当面退还"}]  # fmt: skip

ASKED = [
    {
        "material": "经营场所平面图、设备布局和操作流程文件",
        "problem": "未标注安全出口宽度和疏散距离，未画出餐具清洗消毒区域",
    },
    {"material": "门店招牌昼夜效果图", "problem": "缺少夜间效果图"},
]
DEFERRED = [{"name": "排水管网图和检测井照片", "how": "复印件 1 份，标注接入市政管网的检测井位置"}]

CLAUSES = [
    {
        "text": "客房和公共用品用具经检测合格", "standard": "《公共场所卫生指标及限值要求》（GB 37488）", "replaces": "公共场所卫生检测或者评价报告",
        "follow_by": DAY, "followed_on": None, "on_site": False, "manner": "书面核查", "officers": "高某（示例）", "at": NOW,
        "finding": "检测报告齐全，各项指标合格。", "outcome": "符合承诺", "evidence": 1,
    },
    {
        "text": "客房卫生间安装机械通风设施并正常使用", "standard": "《公共场所设计卫生规范》（GB 37489）", "replaces": "", "follow_by": None,
        "followed_on": None, "on_site": True, "manner": "现场核查", "officers": "高某（示例）、梁某（示例）", "at": NOW,
        "finding": "抽查 8 间客房，3 间卫生间没有机械通风设施。", "outcome": "不符合承诺", "evidence": 2,
    },
]  # fmt: skip

FIELDS: dict[str, dict[str, Any]] = {
    "guide": {
        "conditions": [
            "具有与经营的食品品种、数量相适应的食品原料处理和加工、销售、贮存等场所，保持环境整洁，并与有毒、有害场所保持规定的距离",
            "具有与经营的食品品种、数量相适应的设备或者设施",
            "有专职或者兼职的食品安全管理人员和保证食品安全的规章制度",
        ],
        "materials": [{**row, "necessity": "必要" if row["originals"] else "可容缺"} for row in MATERIALS],
        "fees": [],
        "basis": CASE["basis"],
        "steps": ["收件", "受理", "部门同步审查（现场核查）", "决定", "制证", "送达"],
        "statutory": LIMITS["statutory"],
        "promised": LIMITS["promised"],
        "result": "行业综合许可证（有效期5年）",
        "place": "示例县政务服务中心一楼“一件事”综合窗口 1—6 号",
        "hours": "工作日 9:00—12:00，13:30—17:00",
        "enquiry_phone": "0571-88000008",
        "complaint_phone": "0571-88000012",
        "special_procedures": ["专家评审", "检验"],
        "visits": 1,
    },
    "receipt": {"materials": MATERIALS, "received_on": DAY, "notify_by": date(2026, 12, 4), "remark": "现场取号 A017"},
    "acceptance": {**LIMITS, "materials": MATERIALS, "departments": DEPARTMENTS, "request_note": printing_samples_requests.NOTE},
    "deferral": {
        **LIMITS,
        "deferred": [{"name": "排水管网图和检测井照片", "how": "复印件 1 份，标注接入市政管网的检测井位置；可以在网上补交", "by": date(2026, 12, 4)}],
        "consequence": "逾期未补交的，视为撤回申请，本机关终止办理并退还材料；本次情形记入容缺受理诚信记录。",
        "departments": DEPARTMENTS,
    },
    "correction": {
        "before_acceptance": True,
        "received_on": DAY,
        "defects": [
            {"departments": ["示例县市场监督管理局", "示例县消防救援大队"], "material": "经营场所平面图、设备布局和操作流程文件", "problem": "未标注安全出口宽度和疏散距离，未画出餐具清洗消毒区域", "demand": "重新绘制，标注安全出口、疏散距离、各功能区面积，经营者签名"},
            {"departments": ["示例县城市管理局"], "material": "门店招牌昼夜效果图", "problem": "缺少夜间效果图", "demand": "补交夜间效果图 1 张（彩色）"},
            {"departments": ["示例县住房和城乡建设局"], "material": "排水管网图和检测井照片", "problem": "照片不能辨认检测井编号", "demand": "重新拍摄，能够辨认编号"},
        ],
        "answer_by": date(2026, 12, 11),
        "consequence": "",
    },
    "not_accepted": {"received_on": DAY, "reasons": REASONS, "articles": ARTICLES, "competent_body": "示例市市场监督管理局", "returned": RETURNED},
    "not_needed": {"received_on": DAY, "reasons": "申请人拟从事预包装食品销售，依法实行备案，不需要取得食品经营许可。", "articles": "《中华人民共和国食品安全法》第三十五条第一款。", "returned": RETURNED},
    "not_ours": {"received_on": DAY, "reasons": "经营场所位于示例市示例区，由经营场所所在地的市场监督管理部门管辖。", "articles": ARTICLES, "competent_body": "示例市示例区市场监督管理局", "competent_contact": "0571-88000100，示例市示例区示例大道 1 号", "returned": RETURNED},
    "fixed_on_spot": {"received_on": DAY, "fixes": [{"material": "申请书", "wrong": "经营场所面积 68 平方米", "right": "经营场所面积 86 平方米"}, {"material": "申请书", "wrong": "电话少录一位", "right": "138****0017"}]},
    "joint_notice": {**{key: LIMITS[key] for key in ("accepted_on", "statutory_due", "promised_due", "provisional")}, "departments": DEPARTMENTS, "materials": MATERIALS, "scope": "热食类食品制售；86 平方米，32 座；使用管道燃气；门头招牌 6 米×1.2 米", "contact": "孙某（示例）"},
    "fee_notice": {
        "fees": [{"name": "污水排放检测费", "basis": "《示例市行政事业性收费目录清单》第 17 项", "amount": Decimal(300), "reducible": True}, {"name": "证照工本费", "basis": "《示例市行政事业性收费目录清单》第 3 项", "amount": Decimal("1010.50"), "reducible": False}],
        "total": Decimal("1310.50"),
        "pay_by": date(2026, 12, 4),
        "manner": "政务服务中心收费窗口或者非税收入电子缴款",
    },
    "proposed_refusal": {"facts": "2026年12月1日，两名执法人员现场核查，制作核查笔录一份、照片六张。" + REASONS, "reasons": REASONS, "articles": ARTICLES, "statement_by": date(2026, 12, 8), "hearing_by": date(2026, 12, 10)},
    "refusal": {"accepted_on": DAY, "facts": "2026年12月1日，两名执法人员现场核查，制作核查笔录一份、照片六张。", "reasons": REASONS, "articles": ARTICLES, "statement": "申请人于2026年12月3日口头陈述，称消毒柜已订购。经复核，截至决定之日设施仍未安装，不予采纳。", "hearing_record": "听证笔录（示市监听笔〔2026〕1号）", "false_materials": True},
    "grant": {"accepted_on": DAY, "commitment": "", "reasons": "经书面审查和现场核查，符合许可条件。", "articles": ARTICLES, "hearing_record": "", "scope": "热食类食品制售；86 平方米，32 座", "certificate": "食品经营许可证", "valid_from": DAY, "valid_until": date(2031, 11, 26), "duties": "在经营场所显著位置悬挂许可证；许可事项发生变化的，十个工作日内申请变更。"},
    "settlement": {
        "opinions": [{"department": "示例县城市管理局", "kind": "不同意", "reasons": "招牌超出建筑外轮廓线 0.4 米，《示例市户外招牌设置技术规范》第 8 条", "officer": "周某（示例）"}, {"department": "示例县住房和城乡建设局", "kind": "同意", "reasons": "", "officer": "吴某（示例）"}],
        "result": "招牌宽度由 6.4 米调整为 6 米后设置，城市管理局同意。",
        "reasons": "申请人已书面同意调整并提交修改后的效果图；调整后符合技术规范，不影响其他部门的审查结论。",
    },
    "withdrawal": {"received_on": DAY, "withdrawn_on": date(2026, 11, 30), "reasons": "申请人另行选址。", "returned": RETURNED, "fees": "已缴污水排放检测费 300.00 元，未发生检测，全额退还。"},
    "delivery_proof": {
        "documents": [{"title": "准予行政许可决定书", "number": "示市监许〔2026〕17号"}, {"title": "食品经营许可证", "number": "示市监食证〔2026〕17号"}, {"title": "行业综合许可证", "number": "示市监综证〔2026〕9号"}],
        "recipient": "赵某某（示例）", "manner": "直接送达", "place": "示例县政务服务中心 3 号窗口", "at": NOW, "tracking": "", "signature": "", "relation": "",
        "refusal": "受送达人认为名称有误，拒绝签收", "witnesses": ["郑某（示例），示例社区居民委员会"],
        "servers": [{"name": "孙某（示例）", "number": "食监 0817"}, {"name": "李某（示例）", "number": "食监 0822"}],
    },
    "statement_record": {"at": NOW, "place": "示例县政务服务中心二楼 203 室", "told_on": DAY, "notice_number": "示市监拟〔2026〕2号", "facts": REASONS, "speaker": "赵某某（示例）", "made": True, "statement": "消毒柜已经订购，请求延长整改期限。", "assessment": "整改期限已经延长一次，截至复核之日设施仍未安装，不予采纳。", "recorder": "李某（示例）"},
    "extension": {
        "accepted_on": DAY, "part": "食品经营许可", "reasons": "现场核查发现后厨布局与平面图不一致，申请人正在按核查意见改造，需待改造完成后复核。", "days": "5个工作日",
        "basis": "《食品经营许可和备案管理办法》第二十条", "approver": "孙衡（示例）", "approver_post": "本机关负责人", "approved_on": date(2026, 12, 8),
        "statutory_before": date(2026, 12, 11), "statutory_due": STATUTORY_DUE, "promised_due": DUE, "promised_missed": False, "provisional": True,
    },
    "special_procedure": {
        "procedure": "检测", "part": "公共场所卫生许可", "basis": "《中华人民共和国行政许可法》第四十五条", "reasons": "客房空气质量、集中空调通风系统和用品用具须经检测后方可判断是否符合卫生标准。",
        "body": "示例县疾病预防控制中心（示例）", "days": "10个工作日", "starts_on": DAY, "ends_on": date(2026, 12, 11), "provisional": False,
        "approver": "姜平（示例）", "approver_post": "本机关负责人", "earlier_number": "", "earlier_end": None,
    },
    "special_procedure_end": {
        "procedure": "检测", "part": "", "basis": "《中华人民共和国行政许可法》第四十五条", "notice_number": "示卫特〔2026〕3号", "starts_on": DAY, "ends_on": date(2026, 12, 10),
        "days": "9个工作日", "result": "检测报告（示疾控检〔2026〕118号）：所检项目均符合卫生标准。", "still_running": False, "statutory_due": STATUTORY_DUE, "promised_due": DUE, "provisional": True,
    },
    "hearing_right": {"addressee": "李某某（示例）", "addressee_kind": "利害关系人", "part": "门店招牌设置", "interest": "拟设招牌位于你住宅窗下，可能影响采光和夜间休息。", "ask_by": date(2026, 12, 4)},
    "hearing_notice": {
        "addressees": ["赵某某（示例）", "李某某（示例）"], "matter": "“门店招牌设置”申请（办件编号 33011000820261120000017）", "part": "门店招牌设置", "ground": "应要求举行", "article": "《中华人民共和国行政许可法》第四十七条", "reasons": "招牌灯光影响夜间休息，要求缩小尺寸、限制亮灯时间。",
        "at": NOW, "place": "示例县政务服务中心二楼听证室", "public": True, "why_closed": "", "hold_by": date(2026, 12, 4), "why_late": "主持人因公外出，另行指定后重新通知", "chair": "吕梅（示例）", "recorder": "何青（示例）", "replaces": "",
    },
    "hearing_record": {
        "part": "门店招牌设置", "ground": "应要求举行", "notice_number": "示城管听〔2026〕1号", "at": NOW, "place": "示例县政务服务中心二楼听证室", "public": True, "chair": "吕梅（示例）", "recorder": "何青（示例）",
        "participants": [
            {"name": "赵某某（示例）", "role": "申请人", "signed": True, "why_not": ""},
            {"name": "李某某（示例）", "role": "利害关系人", "signed": False, "why_not": "对笔录中亮灯时间的表述有异议，拒绝签名"},
        ],
        "record": "李某某：招牌距窗台不足一米，夜间灯光直射卧室。\n赵某某：同意二十二时后关灯，提交效果图一份。\n审查人员何青：提交现场照片四张，招牌尺寸符合技术规范。", "conclusion": "双方对二十二时后关灯无异议，建议据此确定许可内容。",
    },
    "rectification": {"original_number": "示市监受〔2026〕17号", "original_title": "受理通知书", "original_on": DAY, "changes": [{"where": "名称（项目）", "wrong": "喻记小面馆（示例）", "right": "渝记小面馆（示例）"}], "reasons": "录入时误将“渝”录为“喻”。"},
    "verification_notice": {
        "department": "示例县消防救援大队", "part": "公共场所卫生许可", "permits": "示卫公证字3301102026000017", "made_on": NOW, "decided_on": NOW,
        "commitment_number": "示卫承〔2026〕17号", "clauses": CLAUSES, "limit": "20个工作日", "verify_by": NOW, "provisional": True,
    },
    "verification_record": {
        "department": "示例县卫生健康局", "part": "", "permits": "示卫公证字3301102026000017", "round": 2, "notice_number": "示卫承抄〔2026〕17号", "verify_by": NOW,
        "late": True, "clauses": CLAUSES, "result": "拟撤销", "rectified_on": NOW, "rectified_words": "已安装机械排风装置。", "rectify_by": DUE,
    },
    "rectification_order": {
        "part": "", "permits": "示卫公证字3301102026000017", "checked_on": NOW, "clauses": CLAUSES, "rectify_by": DUE, "provisional": True,
        "basis": "《公共场所卫生管理条例实施细则》第二十二条",
    },
    "credit_repair": {
        "finding": "未履行承诺", "article": "国办发〔2020〕42号", "facts": REASONS, "recorded_on": DAY, "item": "公共场所卫生许可",
        "reasons": "已按要求整改，满一年没有新的失信行为。", "repaired_on": NOW,
    },
    "supervisory_order": {"department": "示例县消防救援大队", "matter": "公众聚集场所投入使用、营业前消防安全检查", "limit": "法定办理期限", "verify_by": None, "accepted_on": NOW, "promised_due": NOW, "statutory_due": NOW, "reasons": "法定期限于2026年11月26日届满，至今未作出决定。\n" + REASONS, "automatic": True, "answer_by": NOW},
    "deemed_acceptance": {
        **LIMITS, "received_on": DAY, "notify_by": date(2026, 12, 4), "materials": MATERIALS, "departments": DEPARTMENTS,
        "missing": ["经营场所平面图、设备布局和操作流程文件"], "request_note": "",
    },
    "correction_warning": {"notice_number": "示市监补〔2026〕17号", "told_on": DAY, "asked": ASKED, "until": DUE, "provisional": True, "basis": ""},
    "deemed_withdrawal": {
        "what": "correction", "received_on": DAY, "accepted": False, "notice_number": "示市监补〔2026〕17号", "told_on": DAY, "asked": ASKED,
        "until": date(2026, 12, 11), "warned_on": date(2026, 12, 9), "basis": "", "returned": RETURNED, "fees": "",
    },
    "deferral_warning": {"accepted_on": DAY, "deferred": DEFERRED, "until": DUE, "provisional": False, "consequence": "逾期未补交的，视为撤回申请，本机关终止办理并退还材料。"},
    "deferral_expired": {"accepted_on": DAY, "deferred": DEFERRED, "until": date(2026, 12, 9), "warned_on": date(2026, 12, 7)},
    "deemed_consent": {"department": "示例县卫生健康局", "part": "征求意见", "notice_number": "示市监抄〔2026〕9号", "asked_on": DAY, "until": DUE},
}  # fmt: skip


def document_context(kind: str, title: str = "文书", paper: PaperSetup | None = None) -> dict[str, Any]:
    """A full context of ``kind``."""
    return {
        "document": {
            "number": "示市监受〔2026〕17号",
            "title": title,
            "issued_on": DAY,
            "issued_at": NOW.isoformat(),
        },
        "authority": AUTHORITY,
        "case": CASE,
        "officer": OFFICER,
        "paper": paper or PaperSetup(supervision_phone="0571-88000012"),
        **OF_EVERY_KIND[kind],
    }


OF_EVERY_KIND = (
    FIELDS
    | printing_samples_register.FIELDS
    | printing_samples_requests.FIELDS
    | printing_samples_commitment.FIELDS
)
"""What each kind of document is given, of all areas together."""

SHORT = {
    "holder": "渝记小面馆（示例）", "credit_code": "92330110MA2B0Q1X7K", "representative": "赵某某（示例）", "place": "示例县城东街道示例路 18 号 1 层",
    "residence": "示例县城东街道示例路 18 号", "trade": "餐饮", "scope": "热食类食品制售；86 平方米，32 座", "business_form": "餐饮服务经营者（小型餐馆）",
    "supervisor": "示例县市场监督管理局城东所", "building": "地上 1 层，建筑面积 86 平方米，共 2 层", "sign_type": "门头招牌", "size": "6 米×1.2 米，1 块",
    "enterprise_type": "有限责任公司（自然人投资或控股）", "capital": "壹佰万元整", "founded": "2026年11月27日", "rooms": "客房 42 间，床位 68 张",
    "project": "示例县城东文化中心（示例）", "contract_price": "3,200 万元", "survey": "示例勘察设计院（示例）", "design": "示例建筑设计有限公司（示例）",
    "builder": "示例建设集团有限公司（示例）", "supervision": "示例监理有限公司（示例）", "contract_period": "2026年12月1日至2028年5月31日",
    "carrier": "示例运输有限公司（示例）", "route": "示例路—示例大道—消纳场，每日 20:00 至次日 5:00", "disposal_site": "示例县北山消纳场", "user_type": "餐饮类（一般排水户）",
    "outlet": "1 号排水口接入示例路市政污水管网", "water_source": "地表水", "amount": "12 万立方米/年", "discharge": "经处理后排入示例溪，明渠",
    "hours": "每日 1 小时", "provider": "示例居家养老服务中心（示例）",
}  # fmt: skip
LONG = SHORT | {
    "holder": "示例县城东街道渝记老灶重庆小面与火锅餐饮文化连锁管理有限责任公司第十七分公司（示例）",
    "place": "示例省示例市示例县城东街道示例社区示例路与示范大道交叉口东北侧示例商业广场三号楼一层 101—108 号商铺及地下一层",
    "scope": "热食类食品制售（含火锅、小面、炒菜、油炸制品、现场烧烤），冷食类食品制售（不含散装熟食改刀），自制饮品制售（含现榨果蔬汁、不含压力容器自酿酒），"
    "糕点类食品制售（不含裱花蛋糕），预包装食品销售；经营面积 860 平方米，共 320 座，含包间十二间，使用管道燃气。",
}
PARTS = [
    {"name": "食品经营许可", "number": "示市监食证〔2026〕17号", "valid_until": date(2031, 11, 26)},
    {"name": "公众聚集场所营业前消防安全检查", "number": "示消消安〔2026〕412号", "valid_until": None},
    {
        "name": "户外广告（门店招牌）设置",
        "number": "示城管招证〔2026〕233号",
        "valid_until": date(2029, 11, 26),
    },
    {
        "name": "城镇污水排入排水管网许可",
        "number": "示建排证〔2026〕118号",
        "valid_until": date(2031, 11, 26),
    },
]


CODE_KEYS = qr_payload.CodeKeys.parse("c2FtcGxlcyBvZiBwcmludGluZyBhbG9uZSwgMzIgYi4=")
CODE_FACTS = qr_payload.Facts("Vb3kq7Z2mWc9QxT1r5Yd8A", "JY23301102026000017", 1, LONG["holder"], "trade_licence", DAY, date(2031, 11, 26), "示市监")  # fmt: skip
VERIFICATION_URL = (
    f"http://127.0.0.1:8000/permits/{CODE_FACTS.public_id}#{qr_payload.payload_of(CODE_FACTS, CODE_KEYS)}"
)


def certificate_context(
    fields: dict[str, str], title: str, parts: int = 0, paper: PaperSetup | None = None
) -> dict[str, Any]:
    """A full context of a certificate."""
    return {
        "document": {"number": "", "title": title, "issued_on": DAY, "issued_at": NOW.isoformat()},
        "authority": AUTHORITY,
        "paper": paper or PaperSetup(),
        "certificate": {
            "title": title,
            "subtitle": "有效期：2026年11月27日 至 2031年11月26日",
            "number": "示市监综证〔2026〕17号",
            "identifier": "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
            "fields": fields,
            "parts": [PARTS[place % 4] for place in range(parts)],
            "facts": {
                "number": "示市监综证〔2026〕17号",
                "public-id": "Vb3kq7Z2mWc9QxT1r5Yd8A",
                "holder": fields.get("holder", ""),
            },
            "verification_url": VERIFICATION_URL,
        },
    }
