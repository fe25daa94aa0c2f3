"""Paper, read back: text, fonts, codes, fit on the page, and what must stop the printing."""

import hashlib
import io
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from jinja2 import UndefinedError
from PIL import Image
from pypdf import PdfReader
from weasyprint.urls import FatalURLFetchingError

from approvals import catalogue
from approvals.printing import fonts
from approvals.printing.certificates import CertificateForm
from approvals.printing.fitting import SIZES, size_for
from approvals.printing.kinds import KINDS
from approvals.printing.render import certificate_html, html_of, pdf_of
from approvals.printing.seal import seal
from approvals.printing.setup import PaperSetup
from tests import printing_samples_commitment, printing_samples_register, printing_samples_requests
from tests.printing_samples import (
    AUTHORITY,
    LONG,
    SHORT,
    VERIFICATION_URL,
    certificate_context,
    document_context,
)

FORMS = {
    code: CertificateForm.from_json(definition) for code, definition in catalogue.read().certificates.items()
}
SAYS = {
    "guide": ["办理条件", "申请材料", "本事项不收费", "0571-88000012"],
    "receipt": ["不表示申请已被受理", "2026年12月4日", "第三十二条第一款第（四）项", "7KQ4-M2XD-9F"],
    "acceptance": ["2026年12月9日（暂定）", "2027年2月1日（暂定）", "7KQ4-M2XD-9F", "示例县消防救援大队", "第四十五条", "延续申请的期限", "不视为准予延续"],
    "deferral": ["容缺受理", "2026年12月4日前", "视为撤回申请", "7KQ4-M2XD-9F"],
    "correction": ["共3项", "夜间效果图", "检测井编号", "2026年12月11日", "不再另行要求补正"],
    "not_accepted": ["不予受理", "示例市市场监督管理局", "示例县人民政府", "示例县人民法院", "六十日", "六个月"],
    "not_needed": ["不需要取得行政许可", "示例县人民政府", "示例县人民法院"],
    "not_ours": ["不属于本机关职权范围", "示例市示例区市场监督管理局", "0571-88000100", "示例县人民法院"],
    "fixed_on_spot": ["86 平方米", "当场更正"],
    "joint_notice": ["第二十六条", "示例县城市管理局", "同意但需转报"],
    "fee_notice": ["1,310.50 元", "收费目录清单", "示例县人民法院"],
    "proposed_refusal": ["有权进行陈述和申辩", "2026年12月8日", "第三十六条", "有权要求听证", "2026年12月10日", "第四十七条"],
    "refusal": ["第三十八条第二款", "根据听证笔录（示市监听笔〔2026〕1号）作出", "六十日", "示例县人民政府", "六个月", "示例县人民法院", "一年内不得再次申请"],
    "grant": ["准予行政许可", "2031年11月26日", "第四十四条", "示例县人民法院"],
    "settlement": ["不同意", "招牌宽度由", "不替代任何部门"],
    "withdrawal": ["终止办理", "场所租赁合同", "全额退还"],
    "delivery_proof": ["■ 直接送达", "□ 邮寄送达", "2026年11月27日10时30分", "孙某", "李某", "郑某", "拒绝签收"],
    "statement_record": ["消毒柜已经订购", "不予采纳", "示市监拟〔2026〕2号"],
    "extension": ["办理期限延长5个工作日", "改造", "孙衡（示例）（本机关负责人）", "2026年12月11日", "2027年2月1日（暂定）", "只延长一次"],
    "special_procedure": ["检测所需时间不计算在办理期限内", "10个工作日", "2026年12月11日", "第四十五条", "疾病预防控制中心", "现场核查、公示、征求意见的时间仍计入"],
    "special_procedure_end": ["示卫特〔2026〕3号", "均符合卫生标准", "9个工作日", "2027年2月1日（暂定）", "恢复计算"],
    "hearing_right": ["李某某（示例）：", "2026年12月4日前", "不收取任何费用", "第四十七条"],
    "hearing_notice": ["2026年11月27日10时30分", "吕梅", "何青", "公开举行", "应李某某（示例）的要求", "回避", "质证", "不承担组织听证的任何费用"],
    "hearing_record": ["示城管听〔2026〕1号", "夜间灯光", "拒绝签名", "二十二时后关灯", "应当根据本笔录作出决定"],
    "deemed_acceptance": ["视为受理", "2026年12月4日", "逾期不告知的，自收到申请材料之日起即为受理", "7KQ4-M2XD-9F", "2026年12月9日（暂定）"],
    "correction_warning": ["示市监补〔2026〕17号", "2026年12月9日（暂定）", "视为撤回申请", "夜间效果图"],
    "deemed_withdrawal": ["视为撤回", "示市监补〔2026〕17号", "2026年12月11日", "场所租赁合同", "六十日", "示例县人民法院", "再次申请"],
    "deferral_warning": ["排水管网图", "2026年12月9日", "视为撤回申请"],
    "deferral_expired": ["不再接收", "陈述和申辩", "排水管网图"],
    "deemed_consent": ["示市监抄〔2026〕9号", "2026年12月9日", "视为同意", "不代替任何部门"],
    "rectification": ["喻记小面馆", "渝记小面馆", "文号保留"],
    "verification_notice": ["示例县消防救援大队：", "20个工作日", "2026年11月27日（暂定）", "现场核查，两人以上", "不视为符合"],
    "verification_record": ["第2次核查", "（逾期登记）", "整改期限为2026年12月9日", "高某（示例）、梁某（示例）", "拟撤销"],
    "rectification_order": ["责令你（单位）于2026年12月9日（暂定）前整改完毕", "3 间卫生间没有机械通风设施", "不视为整改合格", "听取你（单位）的陈述和申辩", "六十日"],
    "credit_repair": ["未履行承诺", "准予修复的理由", "原记录予以留存"],
    "supervisory_order": ["示例县消防救援大队：", "已超过法定办理期限", "2026年11月27日前由部门负责人书面答复", "不因督办而重新计算"],
}  # fmt: skip

COPY = {"guide": "不是受理凭证"}
"""What the foot of the page says it is."""


def text_of_pdf(pdf: bytes) -> str:
    """Text in reading order, white space removed: lines break anywhere in Chinese."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True)
    return squeezed(done.stdout.decode())


def squeezed(text: str) -> str:
    return "".join(text.split())


def require_embedded_fonts(pdf: bytes, folder: Path) -> None:
    """Every font of the page is embedded and one of ours."""
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()[2:]
    assert lines
    for line in lines:
        assert "CJK-SC" in line
        assert line.split()[-5:-2] == ["yes", "yes", "yes"], line


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_document_says_what_the_law_asks(kind: str, tmp_path: Path) -> None:
    form = KINDS[kind]
    html = html_of(kind, document_context(kind, form.title))
    assert fonts.missing_glyphs(fonts.text_of(html)) == []
    pdf = pdf_of(html)
    text = text_of_pdf(pdf)
    for sentence in [
        *(
            SAYS
            | printing_samples_register.SAYS
            | printing_samples_requests.SAYS
            | printing_samples_commitment.SAYS
        )[kind],
        form.title,
        "示市监受〔2026〕17号",
        AUTHORITY["name"],
        COPY.get(kind, "未经电子签名"),
    ]:
        assert squeezed(sentence) in text
    assert len(PdfReader(io.BytesIO(pdf)).pages) <= 2
    require_embedded_fonts(pdf, tmp_path)


def test_a_benefit_is_refused_without_the_licensing_law() -> None:
    context = document_context("refusal", KINDS["refusal"].title_for(licence=False))
    context["case"] = context["case"] | {"licence": False}
    context["false_materials"] = False
    text = fonts.text_of(html_of("refusal", context))
    assert "不予批准决定书" in text
    assert "行政许可法" not in text


def test_numbers_words_of_the_kinds_differ() -> None:
    assert len({kind.short for kind in KINDS.values()}) == len(KINDS)
    assert len({form.serial for form in FORMS.values()}) == len(FORMS)


def test_a_document_lacks_no_field_and_takes_no_stray_one() -> None:
    context = document_context("receipt")
    with pytest.raises(TypeError, match="notify_by"):
        html_of("receipt", {key: value for key, value in context.items() if key != "notify_by"})
    with pytest.raises(TypeError, match="surplus"):
        html_of("receipt", context | {"stray": 1})
    with pytest.raises(UndefinedError):
        html_of("receipt", context | {"materials": [{"name": "只有名称"}]})


def test_what_people_wrote_is_text_and_never_markup() -> None:
    context = document_context("not_accepted")
    html = html_of(
        "not_accepted", context | {"reasons": "<img src='http://example.org/x'><script>1</script>"}
    )
    assert "&lt;img" in html
    assert "<script>" not in html


def test_sample_is_printed_only_where_asked() -> None:
    sample = document_context("receipt", paper=PaperSetup(sample=True))
    real = document_context("receipt", paper=PaperSetup(sample=False))
    assert "样本" in fonts.text_of(html_of("receipt", sample))
    assert "样本" not in fonts.text_of(html_of("receipt", real))


@pytest.mark.parametrize("url", ["file:///etc/hostname", "http://127.0.0.1:1/x.png"])
def test_a_page_loads_nothing_from_outside(url: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        pdf_of(f'<html><body><img src="{url}"></body></html>')


def test_the_same_page_gives_the_same_bytes() -> None:
    html = html_of("receipt", document_context("receipt"))
    assert hashlib.sha256(pdf_of(html)).digest() == hashlib.sha256(pdf_of(html)).digest()


def test_the_pdf_names_its_title_author_and_language() -> None:
    reader = PdfReader(
        io.BytesIO(pdf_of(html_of("receipt", document_context("receipt", "申请材料接收凭证"))))
    )
    assert reader.metadata is not None
    assert reader.metadata.title == "申请材料接收凭证 示市监受〔2026〕17号"
    assert reader.metadata.author == AUTHORITY["name"]
    assert str(reader.root_object["/Lang"]) == "zh-CN"


# --- certificates


def certificate_pdf(code: str, values: dict[str, str], parts: int = 0) -> bytes:
    form = FORMS[code]
    fields = {key: values[key] for key in sorted(form.places()) if key in values}
    return pdf_of(certificate_html(form, certificate_context(fields, form.title["zh"], parts)))


def picture(pdf: bytes, dots: int = 150) -> Image.Image:
    done = subprocess.run(
        ["pdftoppm", "-r", str(dots), "-png", "-singlefile", "-"], input=pdf, capture_output=True, check=True
    )
    return Image.open(io.BytesIO(done.stdout)).convert("RGB")


@pytest.mark.parametrize("code", sorted(FORMS))
def test_every_certificate_holds_long_names_and_scopes_on_one_page(code: str, tmp_path: Path) -> None:
    form = FORMS[code]
    pdf = certificate_pdf(code, LONG, 8 if code == "trade_licence" else 0)
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 1
    width, height = reader.pages[0].mediabox[2:]
    assert (width > height) == form.landscape
    text = text_of_pdf(pdf)
    for label in form.labels:
        if label.key in LONG:
            assert squeezed(label.text) in text
            assert squeezed(LONG[label.key]) in text
    for sentence in (
        "电子文件（PDF）以开发用密钥签名（非正式）",
        "打印件、复印件为未签名的核验副本",
        "扫码核验",
        "有效期：2026年11月27日",
        AUTHORITY["name"],
    ):
        assert squeezed(sentence) in text
    last = next(LONG[label.key] for label in reversed(form.labels) if label.key in LONG)
    qr_top = edge(pdf, "扫码核验", upper=True) - 85  # 30 mm of drawing above its caption
    assert edge(pdf, last.split()[-1][-3:]) < qr_top
    require_embedded_fonts(pdf, tmp_path)


def words(pdf: bytes) -> list[tuple[str, float, float]]:
    """Each word with its upper and lower edge in points from the top."""
    done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    found = []
    for line in done.stdout.decode().splitlines():
        if line.strip().startswith("<word"):
            attributes, word = line.split(">", 1)
            edges = {name: float(value.strip('"')) for name, value in
                     (pair.split("=") for pair in attributes.split()[1:])}  # fmt: skip
            found.append((word.split("<")[0], edges["yMin"], edges["yMax"]))
    return found


def edge(pdf: bytes, word: str, *, upper: bool = False) -> float:
    """Upper or lower edge of the first line that has ``word``."""
    return next(top if upper else bottom for found, top, bottom in words(pdf) if word in found)


@pytest.mark.parametrize(("code", "parts"), [("trade_licence", 4), ("hygiene", 0)])
def test_the_qr_code_leads_to_the_verification_page(code: str, parts: int) -> None:
    read = zxingcpp.read_barcodes(picture(certificate_pdf(code, SHORT, parts)))
    assert [result.text for result in read] == [VERIFICATION_URL]


def test_the_trade_licence_lists_its_parts() -> None:
    text = text_of_pdf(certificate_pdf("trade_licence", SHORT, 4))
    for part in (
        "示市监食证〔2026〕17号",
        "示消消安〔2026〕412号",
        "示城管招证〔2026〕233号",
        "示建排证〔2026〕118号",
    ):
        assert part in text


def test_a_field_without_a_place_on_the_paper_is_refused() -> None:
    with pytest.raises(KeyError, match="rooms"):
        certificate_html(
            FORMS["food"], certificate_context({"holder": "某店（示例）", "rooms": "42"}, "食品经营许可证")
        )


def test_more_text_takes_a_smaller_size() -> None:
    assert size_for(["短"] * 3, 110, 90) is SIZES[0]
    assert size_for(["长" * 120] * 6, 110, 90).points < SIZES[0].points


# --- fonts and seal


def test_a_rare_character_is_named_with_what_to_do() -> None:
    with pytest.raises(fonts.GlyphMissing) as stopped:
        fonts.require_glyphs("张\U00032000某")
    assert stopped.value.status == 422
    assert "U+32000" in stopped.value.text()
    assert "规范汉字" in stopped.value.text()


def test_missing_glyphs_sees_controls_and_ignores_line_ends() -> None:
    assert fonts.missing_glyphs("行\n政\t许可〔2026〕17号") == []
    assert fonts.missing_glyphs("a\x00b\u200dc") == ["\x00", "\u200d"]


def test_a_machine_without_the_font_is_told_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "FACES", (("No Such CJK Font", "regular"),))
    with pytest.raises(fonts.PrintingUnavailable, match="fonts-noto-cjk"):
        fonts.check_printing()


def test_a_machine_without_the_subsetter_is_told_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("approvals.printing.fonts.ffi.harfbuzz_subset", None)
    with pytest.raises(fonts.PrintingUnavailable, match="libharfbuzz-subset0"):
        fonts.check_printing()


@pytest.mark.parametrize(
    "name", ["县府", AUTHORITY["name"], "示例省示例市示例县综合行政执法与政务服务管理委员会办公室"]
)
def test_the_seal_carries_every_letter_of_any_name(name: str) -> None:
    drawing = seal(name)
    assert drawing.count("rotate(") == len(name)
    assert all(f">{letter}</text>" in drawing for letter in name)
