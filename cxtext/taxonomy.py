"""The causes, owners and stages that cxtext speaks of: the default ones, and a user's own file that replaces or extends them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxtext.errors import TaxonomyError
from cxtext.schema import STAGES, TRIAGE

if TYPE_CHECKING:
    import yaml

DEFAULT_PATH = Path(__file__).with_name("taxonomy.yaml")


@dataclass(frozen=True)
class OwnerDef:
    """A function of the organisation that comments are sent to, with its name by language."""

    id: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class StageDef:
    """A stage of the customer's life cycle, with its name by language."""

    id: str
    name: Mapping[str, str]


@dataclass(frozen=True)
class CauseDef:
    """One root cause.

    Attributes:
        id: For instance ``"fulfilment.delay"``; the part before the dot is its family.
        name: Language code to the name that reports show.
        owner: Id of the function that should hear of it by default.
        code: Two letters, used in compact label files; may be empty.
        covers: What belongs to the cause, in a sentence.
        examples: Language code to typical phrases.
    """

    id: str
    name: Mapping[str, str]
    owner: str
    code: str = ""
    covers: str = ""
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Taxonomy:
    """The causes and their owners, in the order of the file.

    Example:
        >>> taxonomy = load_taxonomy()
        >>> taxonomy.owner_of("fulfilment.delay"), taxonomy.name_of("fulfilment.delay", "ru")
        ('fulfilment', 'Сроки доставки и выполнения')
    """

    version: str
    owners: tuple[OwnerDef, ...]
    causes: tuple[CauseDef, ...]
    stages: tuple[StageDef, ...]

    @cached_property
    def cause_ids(self) -> tuple[str, ...]:
        """The ids of the causes, in order."""
        return tuple(cause.id for cause in self.causes)

    @cached_property
    def owner_ids(self) -> tuple[str, ...]:
        """The ids of the owners, in order."""
        return tuple(owner.id for owner in self.owners)

    @cached_property
    def _causes_by_id(self) -> dict[str, CauseDef]:
        return {cause.id: cause for cause in self.causes}

    @cached_property
    def _names_by_id(self) -> dict[str, Mapping[str, str]]:
        # A cause wins over an owner, and an owner over a stage of the same id.
        entries: tuple[StageDef | OwnerDef | CauseDef, ...] = (*self.stages, *self.owners, *self.causes)
        return {entry.id: entry.name for entry in entries}

    def cause(self, cause_id: str) -> CauseDef:
        """The definition of a cause.

        Raises:
            TaxonomyError: There is no such cause; the message names the nearest one.
        """
        if cause_id not in self._causes_by_id:
            raise TaxonomyError(f"unknown cause {cause_id!r}{_nearest(cause_id, self.cause_ids)}")
        return self._causes_by_id[cause_id]

    def owner_of(self, cause_id: str) -> str:
        """The id of the function that should hear of a cause by default.

        Raises:
            TaxonomyError: There is no such cause.
        """
        return self.cause(cause_id).owner

    def name_of(self, id: str, language: str = "en") -> str:
        """The name of a cause, an owner or a stage; in English, or else in any language, where it has none in this one.

        Raises:
            TaxonomyError: Nothing has this id.
        """
        if id not in self._names_by_id:
            raise TaxonomyError(f"unknown cause, owner or stage {id!r}{_nearest(id, self._names_by_id)}")
        names = self._names_by_id[id]
        return names.get(language) or names.get("en") or next(iter(names.values()))


def load_taxonomy(path: Path | str | None = None) -> Taxonomy:
    """The default taxonomy, or that of a YAML file.

    A file with ``extends: default`` adds causes and owners to the default ones and overrides those whose id it repeats, field by field. Any
    other file replaces the default. A cause needs ``id``, ``name`` (text, or one for each language) and ``owner``; ``code``, ``covers`` and
    ``examples`` are welcome. Stages may be renamed, not invented.

    Args:
        path: The file; ``None`` gives the default.

    Raises:
        TaxonomyError: The file cannot be used; the message names file, line and key, and the nearest valid name.

    Example:
        >>> len(load_taxonomy().causes)
        32
    """
    return _default() if path is None else _read(Path(path))


@cache
def _default() -> Taxonomy:
    return _read(DEFAULT_PATH)


def _read(path: Path) -> Taxonomy:
    top = _Entry(path, "", _root(path), ("version", "extends", "owners", "causes", "stages"))
    base = _base(top)
    if base is None:
        top.require("owners", "causes")
    owners = {owner.id: owner for owner in base.owners} if base else {}
    for entry in top.entries("owners", ("id", "name")):
        owners[entry.id] = OwnerDef(entry.id, entry.names(owners.get(entry.id)))
    causes = {cause.id: cause for cause in base.causes} if base else {}
    codes = {cause.code: cause.id for cause in causes.values() if cause.code}
    for entry in top.entries("causes", ("id", "code", "name", "covers", "owner", "examples")):
        causes[entry.id] = cause = _cause(entry, causes.get(entry.id), owners)
        if cause.code and codes.setdefault(cause.code, cause.id) != cause.id:
            raise entry.error("code", f"{cause.code!r} is already the code of {codes[cause.code]!r}")
    stages = {stage.id: stage for stage in (base or _default()).stages} if base or path != DEFAULT_PATH else {}
    for entry in top.entries("stages", ("id", "name")):
        if entry.id not in STAGES:
            raise entry.error("id", f"unknown stage {entry.id!r}{_nearest(entry.id, STAGES)}")
        stages[entry.id] = StageDef(entry.id, entry.names(stages.get(entry.id)))
    for key, found in (("owners", owners), ("causes", causes)):
        if not found:
            raise top.error(key, "is empty; give at least one")
    return Taxonomy(top.text("version") or (base.version if base else "1"), tuple(owners.values()), tuple(causes.values()), tuple(stages.values()))


def _base(top: _Entry) -> Taxonomy | None:
    extends = top.text("extends")
    if extends not in (None, "default"):
        raise top.error("extends", f"cannot extend {extends!r}; only 'default' can be extended")
    return _default() if extends else None


def _cause(entry: _Entry, old: CauseDef | None, owners: Mapping[str, OwnerDef]) -> CauseDef:
    if old is None:
        entry.require("owner")
    owner = entry.text("owner") or (old.owner if old else "")
    if owner not in owners:
        raise entry.error("owner", f"unknown owner {owner!r}{_nearest(owner, owners)}")
    return CauseDef(
        id=entry.id,
        name=entry.names(old),
        owner=owner,
        code=entry.text("code") or (old.code if old else ""),
        covers=entry.text("covers") or (old.covers if old else ""),
        examples={**(old.examples if old else {}), **entry.examples()},
    )


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(names)}" if len(names) <= 12 else ""


def _root(path: Path) -> yaml.MappingNode:
    """The file's top node; every way in which a file cannot be read ends here."""
    import yaml

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise TaxonomyError(f"{path}: there is no such file; give the path of a YAML file, or nothing for the default taxonomy") from None
    except UnicodeDecodeError:
        raise TaxonomyError(f"{path}: is not text in UTF-8; save the file as UTF-8") from None
    except (OSError, ValueError) as error:
        raise TaxonomyError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}); give the path of a YAML file") from None
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TaxonomyError(f"{path}:{line}: is not valid YAML: {error.problem or error.context}") from None
    except yaml.reader.ReaderError as error:
        raise TaxonomyError(f"{path}: is not a text file ({error.reason}); give a YAML file") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise TaxonomyError(f"{path}: is not valid YAML: {type(error).__name__}") from None
    if root is None:
        raise TaxonomyError(f"{path}:1: is empty; write 'extends: default', or owners and causes")
    if not isinstance(root, yaml.MappingNode):
        raise TaxonomyError(f"{path}:{root.start_mark.line + 1}: must be keys with values (owners:, causes:), not {_kind(root)}")
    return root


def _shape(node: yaml.Node) -> str:
    return type(node).__name__.removesuffix("Node").lower()


def _kind(node: yaml.Node) -> str:
    kinds = {"scalar": "text", "sequence": "a list", "mapping": "keys with values"}
    return "nothing" if node.tag == "tag:yaml.org,2002:null" else kinds[_shape(node)]


class _Entry:
    """A YAML mapping with the place that it was read from, so that every error can say where.

    Args:
        path: The file.
        where: The mapping's own place in the file, for instance ``causes[3]``; empty for the whole file.
        node: The mapping.
        keys: The keys that it may have; ``None`` allows any.
    """

    def __init__(self, path: Path, where: str, node: yaml.MappingNode, keys: tuple[str, ...] | None) -> None:
        self.path, self.where, self.node = path, where, node
        self.nodes: dict[str, yaml.Node] = {}
        self.id = ""
        for key_node, value in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if _shape(key_node) != "scalar":
                raise self.error("", "a key must be a word", line)
            if keys is not None and key not in keys:
                raise self.error(key, f"unknown key {key!r}{_nearest(key, keys)}", line)
            if key in self.nodes:
                raise self.error(key, f"the key {key!r} is given twice", line)
            self.nodes[key] = value

    def error(self, key: str, problem: str, line: int | None = None) -> TaxonomyError:
        """An error at a key, at the line of its value or of the mapping itself."""
        node = self.nodes.get(key, self.node)
        place = ".".join(part for part in (self.where, key) if part)
        return TaxonomyError(f"{self.path}:{line or node.start_mark.line + 1}: {place}: {problem}")

    def require(self, *keys: str) -> None:
        """Check that the keys are there."""
        for key in keys:
            if key not in self.nodes:
                raise self.error(key, f"the key {key!r} is missing" + (f" in {self.id!r}" if self.id else ""))

    def text(self, key: str) -> str | None:
        """The text at a key; ``None`` without the key."""
        node = self.nodes.get(key)
        return None if node is None else self._text(key, node)

    def _text(self, key: str, node: yaml.Node) -> str:
        if _shape(node) != "scalar" or not str(node.value).strip() or node.tag == "tag:yaml.org,2002:null":
            raise self.error(key, f"must be text, not {_kind(node) if node.value else 'nothing'}", node.start_mark.line + 1)
        if not node.tag.startswith("tag:yaml.org,2002:") or ":python" in node.tag:
            raise self.error(key, f"the tag {node.tag!r} is not allowed; write plain text", node.start_mark.line + 1)
        return str(node.value).strip()

    def inner(self, key: str, node: yaml.Node, keys: tuple[str, ...] | None) -> _Entry:
        """The mapping below a key."""
        import yaml

        if not isinstance(node, yaml.MappingNode):
            raise self.error(key, f"must be keys with values, not {_kind(node)}", node.start_mark.line + 1)
        return _Entry(self.path, ".".join(part for part in (self.where, key) if part), node, keys)

    def items(self, key: str) -> list[yaml.Node]:
        """The nodes of the list at a key; none without the key."""
        node = self.nodes.get(key)
        if node is None:
            return []
        if _shape(node) != "sequence":
            raise self.error(key, f"must be a list, not {_kind(node)}", node.start_mark.line + 1)
        return list(node.value)

    def entries(self, key: str, keys: tuple[str, ...]) -> list[_Entry]:
        """The entries of the list at a key, each with an id of its own."""
        entries: list[_Entry] = []
        lines: dict[str, int] = {}
        for number, node in enumerate(self.items(key)):
            entry = self.inner(f"{key}[{number}]", node, keys)
            entry.require("id")
            entry.id = entry.text("id") or ""
            if not re.fullmatch(r"\w[\w.-]*", entry.id):
                raise entry.error("id", f"{entry.id!r} must be letters, digits, dots, hyphens and underscores, such as 'fulfilment.delay'")
            if entry.id == TRIAGE and key == "owners":
                raise entry.error("id", f"{TRIAGE!r} is kept for comments that the model is not sure of; choose another id")
            if entry.id in lines:
                raise entry.error("id", f"{entry.id!r} is already defined in line {lines[entry.id]}")
            lines[entry.id] = entry.nodes["id"].start_mark.line + 1
            entries.append(entry)
        return entries

    def names(self, old: OwnerDef | StageDef | CauseDef | None) -> dict[str, str]:
        """The names by language at ``name``, over those of the entry that is overridden; plain text is the English name."""
        if old is None:
            self.require("name")
        node = self.nodes.get("name")
        names = dict(old.name) if old else {}
        if node is None:
            return names
        if _shape(node) == "scalar":
            return {**names, "en": self._text("name", node)}
        inner = self.inner("name", node, None)
        if not inner.nodes:
            raise self.error("name", "is empty; give a name")
        return {**names, **{language: inner._text(language, value) for language, value in inner.nodes.items()}}

    def examples(self) -> dict[str, tuple[str, ...]]:
        """The example phrases by language at ``examples``."""
        node = self.nodes.get("examples")
        if node is None:
            return {}
        inner = self.inner("examples", node, None)
        return {language: tuple(inner._text(language, item) for item in inner.items(language)) for language in inner.nodes}
