"""Reads the catalogue's data files: YAML, checked by JSON Schema; every fault names file, field and reason."""

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from forms import Form
from forms.formats import CHECKER

try:  # the same loader in C, five times as fast, where the wheel brings it
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

from .catalogue_defaults import with_defaults
from .errors import DomainError
from .item_definition import LocalText
from .messages import N_

DATA = Path(str(resources.files(__package__))) / "data"
FORMS = Path(str(resources.files("forms"))) / "definitions"
LEVEL_DIGIT = {"national": "1", "provincial": "2", "municipal": "3", "county": "4", "township": "5"}
"""The digit of the implementation code that says which level acts."""


@dataclass(frozen=True)
class CatalogueFault:
    """One broken thing: the file, the path of the field inside it, a message id with its parameters."""

    file: str
    field: str
    reason: str
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)

    def text(self) -> str:
        """In Chinese, for logs and the command line."""
        return f"{self.file}：{self.field or '（整个文件）'}：{self.reason % self.params if self.params else self.reason}"


class CatalogueError(DomainError):
    """The data files are not fit to load; ``faults`` holds every one of them."""

    message = N_("事项目录有 %(count)s 处错误，没有载入任何内容：%(details)s")
    status = 422

    def __init__(self, faults: list[CatalogueFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(count=len(faults), details="；".join(fault.text() for fault in faults))


@dataclass(frozen=True)
class DepartmentDefinition:
    """A department (部门) as its file says it."""

    code: str
    name: LocalText
    abbreviation: str
    authority_code: str
    reconsideration_body: str
    court: str
    phone: str
    address: str


@dataclass
class Sources:
    """What the files say, by code, with the faults found so far and the file each thing came from."""

    departments: dict[str, DepartmentDefinition] = dataclasses.field(default_factory=dict)
    items: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    forms: dict[str, Form] = dataclasses.field(default_factory=dict)
    certificates: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    files: dict[tuple[str, str], str] = dataclasses.field(default_factory=dict)
    faults: list[CatalogueFault] = dataclasses.field(default_factory=list)

    def fault(self, file: str, path: str, reason: str, **params: object) -> None:
        """Note one broken thing."""
        self.faults.append(CatalogueFault(file, path, reason, params))


def read_sources(folder: Path, form_folder: Path) -> Sources:
    """Everything the files say, as far as each fits its schema; faults are collected, not raised."""
    sources = Sources()
    _read_departments(sources, folder / "departments.yaml")
    _read_forms(sources, form_folder)
    _read_items(sources, folder / "items")
    _read_certificates(sources, folder / "certificates")
    return sources


def _read_departments(sources: Sources, path: Path) -> None:
    data = _parse(sources, path, path.name)
    if not _fits(sources, path.name, "departments", data):
        return
    for index, entry in enumerate(data["departments"]):
        if entry["code"] in sources.departments:
            sources.fault(path.name, f"departments.{index}.code", DUPLICATE, code=entry["code"])
        sources.departments[entry["code"]] = DepartmentDefinition(**entry)


def _read_forms(sources: Sources, folder: Path) -> None:
    shared = _parse(sources, folder / "_shared.yaml", "forms/_shared.yaml")
    if not _fits(sources, "forms/_shared.yaml", "shared", shared):
        return
    fields = {entry["code"]: entry for entry in shared["fields"]}
    groups = {code: {"code": code, "name": name} for code, name in shared["groups"].items()}
    for path in _yaml_files(folder):
        file = f"forms/{path.name}"
        data = _expand(sources, file, _parse(sources, path, file), fields, groups)
        if _fits(sources, file, "form", data):
            form = Form.from_json(data)
            _keep(sources, "form", form.code, file, path)
            sources.forms[form.code] = form


def _expand(
    sources: Sources, file: str, data: Any, fields: Mapping[str, Any], groups: Mapping[str, Any]
) -> Any:
    """Put shared fields where a form says ``use``, and the headings they stand under."""
    if not isinstance(data, dict) or not isinstance(data.get("fields"), list):
        return data
    expanded = []
    for index, entry in enumerate(data["fields"]):
        if not isinstance(entry, dict) or "use" not in entry:
            expanded.append(entry)
            continue
        shared = fields.get(str(entry["use"]))
        changes = {key: value for key, value in entry.items() if key != "use"}
        if shared is None:
            sources.fault(file, f"fields.{index}.use", N_("共享字段“%(code)s”不存在"), code=entry["use"])
        elif unknown := sorted(changes.keys() - CHANGEABLE):
            reason = N_("引用共享字段时不能改“%(names)s”")
            sources.fault(file, f"fields.{index}", reason, names="、".join(unknown))
        else:
            expanded.append({**shared, **changes})
    used = dict.fromkeys(str(entry.get("group")) for entry in expanded if isinstance(entry, dict))
    own = data.get("groups", [])
    if not isinstance(own, list):
        return data
    named = {str(group.get("code")) for group in own if isinstance(group, dict)}
    borrowed = [groups[code] for code in used if code in groups and code not in named]
    return {**data, "fields": expanded, "groups": [*borrowed, *own]}


def _read_items(sources: Sources, folder: Path) -> None:
    defaults = _parse(sources, folder / "_defaults.yaml", "items/_defaults.yaml")
    if not isinstance(defaults, dict):
        sources.fault("items/_defaults.yaml", "", SAYINGS["type"], limit="object")
        return
    for path in _yaml_files(folder):
        file = f"items/{path.name}"
        data = _parse(sources, path, file)
        if isinstance(data, dict):
            data = with_defaults(defaults, data)
        if _fits(sources, file, "item", data):
            _keep(sources, "item", data["code"], file, path)
            sources.items[data["code"]] = data


def _read_certificates(sources: Sources, folder: Path) -> None:
    for path in _yaml_files(folder):
        file = f"certificates/{path.name}"
        data = _parse(sources, path, file)
        if _fits(sources, file, "certificate", data):
            _keep(sources, "certificate", data["code"], file, path)
            sources.certificates[data["code"]] = data


def _keep(sources: Sources, kind: str, code: str, file: str, path: Path) -> None:
    """Remember which file a code came from; a file is named as the code it defines."""
    if path.stem != code:
        sources.fault(file, "code", N_("文件名应与编码“%(code)s”一致"), code=code)
    sources.files[kind, code] = file


def with_codes(definition: Mapping[str, Any], authority_code: str) -> dict[str, Any]:
    """Add the 31-character implementation code (authority 18, level 1, basic 12) and the handling code (+2)."""
    implementation = f"{authority_code}{LEVEL_DIGIT[definition['level']]}{definition['basic_code']}"
    return {**definition, "implementation_code": implementation, "handling_code": f"{implementation}01"}


def definitions(sources: Sources) -> dict[str, dict[str, Any]]:
    """The definition of each item whose department is known, as its row keeps it; notes those unknown."""
    complete = {}
    for code, data in sources.items.items():
        department = sources.departments.get(data["department"])
        if department is None:
            reason = N_("部门“%(code)s”不存在")
            sources.fault(sources.files["item", code], "department", reason, code=data["department"])
        else:
            complete[code] = with_codes(data, department.authority_code)
    return complete


def content_hash(definition: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON: the same content has the same hash whatever its order."""
    text = json.dumps(definition, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _yaml_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*.yaml")) if not path.name.startswith("_"))


def _parse(sources: Sources, path: Path, file: str) -> Any:
    """The parsed file as plain JSON values, or ``None`` with a fault. No tags, no code."""
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
        data = json.loads(json.dumps(data, default=str, allow_nan=False))
    except FileNotFoundError:
        sources.fault(file, "", N_("文件不存在"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        sources.fault(file, "", N_("不是有效的 YAML（第 %(line)s 行）"), line=line)
    except (TypeError, ValueError):
        sources.fault(file, "", N_("含有数据文件不能使用的内容（循环引用或非数值）"))
    else:
        if data is None:
            sources.fault(file, "", N_("文件是空的"))
        return data
    return None


class _Loader(SafeLoader):
    """Plain YAML that refuses a key given twice, which would silently win over the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        """A mapping with every key once; raises ``yaml.YAMLError`` with the line."""
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(keys) != len(set(keys)):
            raise yaml.constructor.ConstructorError(problem="duplicate key", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def _fits(sources: Sources, file: str, schema: str, data: Any) -> bool:
    """Check by schema; note every deviation with its path."""
    if data is None:
        return False
    errors = sorted(_validator(schema).iter_errors(data), key=lambda error: error.json_path)
    for error in errors:
        reason, params = _say(error)
        sources.fault(file, ".".join(str(step) for step in error.absolute_path), reason, **params)
    return not errors


@cache
def _validator(name: str) -> Draft202012Validator:
    """The validator of one schema file; schemas may refer to each other by file name."""
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in (DATA / "schema").glob("*.json")}
    registry: Registry[Any] = Registry().with_resources(
        (file, Resource.from_contents(schema)) for file, schema in schemas.items()
    )
    return Draft202012Validator(schemas[f"{name}.schema.json"], registry=registry, format_checker=CHECKER)


def _say(error: ValidationError) -> tuple[str, dict[str, object]]:
    """The sentence for one deviation from the schema."""
    reason = SAYINGS.get(str(error.validator), N_("不符合数据格式：%(detail)s"))
    given: Any = error.instance
    rule: Any = error.validator_value
    if error.validator == "required":
        return reason, {"names": "、".join(name for name in rule if name not in given)}
    if error.validator == "additionalProperties":
        schema: Any = error.schema
        return reason, {"names": "、".join(sorted(set(given) - set(schema.get("properties", {}))))}
    return reason, {"detail": error.message, "limit": error.validator_value}


CHANGEABLE = frozenset(("required", "group"))
"""What a form may say differently of a shared field it uses."""
DUPLICATE = N_("编码“%(code)s”重复")
SAYINGS = {
    "required": N_("缺少“%(names)s”"),
    "additionalProperties": N_("不认识“%(names)s”"),
    "enum": N_("只能是 %(limit)s 之一"),
    "type": N_("类型应为 %(limit)s"),
    "format": N_("不是有效的 %(limit)s"),
    "pattern": N_("不符合格式：%(detail)s"),
    "not": N_("与事项的类型矛盾，不能有这一项"),
    "anyOf": N_("原件和复印件不能都是 0 份"),
    "minItems": N_("至少 %(limit)s 项"),
    "minimum": N_("不能小于 %(limit)s"),
    "maximum": N_("不能大于 %(limit)s"),
    "maxLength": N_("最多 %(limit)s 个字"),
    "maxItems": N_("最多 %(limit)s 项"),
}
