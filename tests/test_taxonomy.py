"""The default taxonomy follows the codebook; a user's file replaces or extends it; each error says file, line, key and the nearest name."""

import pickle

import pytest

from cxtext.errors import TaxonomyError
from cxtext.schema import STAGES
from cxtext.taxonomy import load_taxonomy

OWN = """\
version: 7
owners:
  - {id: kitchen, name: Kitchen}
  - {id: no, name: {en: Nobody, de: Niemand}}
causes:
  - id: food.cold
    name: {en: Cold food, ru: Холодная еда}
    owner: kitchen
    examples: {en: [stone cold soup]}
"""


@pytest.fixture
def write(tmp_path):
    def write(content):
        path = tmp_path / "mine.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_default_is_complete():
    taxonomy = load_taxonomy()
    assert len(taxonomy.causes) == 32
    assert taxonomy.owner_ids == ("it", "service", "fulfilment", "billing", "product", "site", "marketing", "policy", "hr", "none")
    assert tuple(stage.id for stage in taxonomy.stages) == STAGES
    assert len({cause.code for cause in taxonomy.causes}) == 32
    for entry in (*taxonomy.causes, *taxonomy.owners, *taxonomy.stages):
        assert set(entry.name) == {"en", "zh", "ru"}
    for cause in taxonomy.causes:
        assert cause.covers
        assert set(cause.examples) == {"en", "zh", "ru"}
        assert all(2 <= len(phrases) <= 3 for phrases in cause.examples.values())
    assert pickle.loads(pickle.dumps(taxonomy)) == taxonomy


@pytest.mark.parametrize(
    ("cause", "owner"), [("digital.error", "it"), ("price.value", "marketing"), ("place.location", "site"), ("workplace.pay", "hr"), ("general", "none")]
)
def test_default_owners(cause, owner):
    assert load_taxonomy().owner_of(cause) == owner


@pytest.mark.parametrize(
    ("id", "language", "name"),
    [
        ("billing.refund", "en", "Refunds and compensation"),
        ("billing.refund", "zh", "退款与赔偿"),
        ("billing.refund", "de", "Refunds and compensation"),
        ("it", "ru", "ИТ и цифровые сервисы"),
        ("service", "en", "Customer service"),
        ("buying", "zh", "购买"),
    ],
)
def test_name_of(id, language, name):
    assert load_taxonomy().name_of(id, language) == name


def test_unknown_cause_names_the_nearest():
    with pytest.raises(TaxonomyError, match=r"fulfillment\.delay.*did you mean 'fulfilment\.delay'"):
        load_taxonomy().owner_of("fulfillment.delay")
    with pytest.raises(TaxonomyError, match="did you mean 'billing'"):
        load_taxonomy().name_of("biling")


def test_own_file_replaces(write):
    taxonomy = load_taxonomy(write(OWN))
    assert taxonomy.version == "7"
    assert taxonomy.cause_ids == ("food.cold",)
    assert taxonomy.owner_ids == ("kitchen", "no")
    assert taxonomy.owner_of("food.cold") == "kitchen"
    assert taxonomy.name_of("food.cold", "zh") == "Cold food"
    assert taxonomy.causes[0].examples == {"en": ("stone cold soup",)}
    assert tuple(stage.id for stage in taxonomy.stages) == STAGES


def test_own_file_may_have_a_byte_order_mark_and_be_named_by_text(write):
    assert load_taxonomy(str(write(b"\xef\xbb\xbf" + OWN.encode()))).cause_ids == ("food.cold",)


def test_own_file_extends(write):
    default = load_taxonomy()
    taxonomy = load_taxonomy(
        write("""\
extends: default
owners: [{id: kitchen, name: Kitchen}, {id: it, name: {en: Digital team}}]
causes:
  - {id: food.cold, name: Cold food, owner: kitchen}
  - {id: product.quality, owner: kitchen, examples: {en: [bland]}}
stages: [{id: using, name: {en: Stay}}]
""")
    )
    assert taxonomy.cause_ids == (*default.cause_ids, "food.cold")
    assert taxonomy.owner_of("product.quality") == "kitchen"
    changed, original = taxonomy.cause("product.quality"), default.cause("product.quality")
    assert (changed.name, changed.covers, changed.code) == (original.name, original.covers, original.code)
    assert changed.examples == {**original.examples, "en": ("bland",)}
    assert taxonomy.name_of("it") == "Digital team"
    assert taxonomy.name_of("it", "zh") == default.name_of("it", "zh")
    assert taxonomy.name_of("using") == "Stay"
    assert load_taxonomy() == default


def test_extends_alone_is_the_default(write):
    assert load_taxonomy(write("extends: default")) == load_taxonomy()


OWNERS = "owners: [{id: it, name: IT}, {id: service, name: Service}]\n"
ERRORS = {
    "unknown owner": (OWNERS + "causes:\n  - id: a\n    name: A\n    owner: sevice", ["mine.yaml:5", "causes[0].owner", "'sevice'", "did you mean 'service'"]),
    "unknown owner, nothing near": (OWNERS + "causes:\n  - {id: a, name: A, owner: zzz}", ["mine.yaml:3", "known: it, service"]),
    "duplicate cause": (OWNERS + "causes:\n  - {id: a, name: A, owner: it}\n  - {id: a, name: B, owner: it}", ["mine.yaml:4", "causes[1].id", "line 3"]),
    "duplicate owner": ("owners:\n  - {id: it, name: A}\n  - {id: it, name: B}\ncauses: []", ["mine.yaml:3", "owners[1].id", "line 2"]),
    "duplicate code": (
        OWNERS + "causes:\n  - {id: a, code: x, name: A, owner: it}\n  - {id: b, code: x, name: B, owner: it}",
        ["mine.yaml:4", "causes[1].code", "'x'", "'a'"],
    ),
    "code of the default": ("extends: default\ncauses: [{id: a, code: er, name: A, owner: it}]", ["mine.yaml:2", "code", "'digital.error'"]),
    "key given twice": (OWNERS + "causes:\n  - id: a\n    id: b", ["mine.yaml:4", "causes[0].id", "twice"]),
    "unknown key": (OWNERS + "causes:\n  - id: a\n    nmae: A", ["mine.yaml:4", "causes[0].nmae", "did you mean 'name'"]),
    "unknown top key": ("ovners: []", ["mine.yaml:1", "'ovners'", "did you mean 'owners'"]),
    "missing id": (OWNERS + "causes:\n  - name: A", ["mine.yaml:3", "causes[0].id", "missing"]),
    "missing name": (OWNERS + "causes:\n  - id: a\n    owner: it", ["mine.yaml:3", "causes[0].name", "missing in 'a'"]),
    "missing owner": (OWNERS + "causes:\n  - id: a\n    name: A", ["mine.yaml:3", "causes[0].owner", "missing in 'a'"]),
    "missing owner of a new cause": ("extends: default\ncauses:\n  - {id: new, name: A}", ["mine.yaml:3", "causes[0].owner", "missing"]),
    "missing causes": (OWNERS, ["mine.yaml:1", "causes", "missing"]),
    "no causes": (OWNERS + "causes: []", ["mine.yaml:2", "causes", "is empty"]),
    "causes no list": (OWNERS + "causes: {a: b}", ["mine.yaml:2", "causes", "must be a list, not keys with values"]),
    "cause no mapping": (OWNERS + "causes:\n  - a", ["mine.yaml:3", "causes[0]", "must be keys with values, not text"]),
    "owner a list": (OWNERS + "causes: [{id: a, name: A, owner: [it]}]", ["mine.yaml:2", "causes[0].owner", "must be text, not a list"]),
    "id null": (OWNERS + "causes: [{id: ~, name: A, owner: it}]", ["mine.yaml:2", "causes[0].id", "must be text, not nothing"]),
    "id with spaces": (OWNERS + "causes: [{id: a b, name: A, owner: it}]", ["mine.yaml:2", "causes[0].id", "'a b'"]),
    "name empty": (OWNERS + "causes: [{id: a, name: {en: ''}, owner: it}]", ["mine.yaml:2", "causes[0].name.en", "nothing"]),
    "name without languages": (OWNERS + "causes: [{id: a, name: {}, owner: it}]", ["mine.yaml:2", "causes[0].name"]),
    "examples as text": (OWNERS + "causes: [{id: a, name: A, owner: it, examples: {en: x}}]", ["mine.yaml:2", "causes[0].examples.en", "must be a list"]),
    "example a list": (OWNERS + "causes: [{id: a, name: A, owner: it, examples: {en: [[x]]}}]", ["mine.yaml:2", "causes[0].examples.en", "must be text"]),
    "unknown stage": ("extends: default\nstages: [{id: byuing, name: A}]", ["mine.yaml:2", "stages[0].id", "did you mean 'buying'"]),
    "owner triage": ("extends: default\nowners: [{id: triage, name: A}]", ["mine.yaml:2", "owners[0].id", "'triage'"]),
    "extends another": ("extends: mine", ["mine.yaml:1", "extends", "'default'"]),
    "python tag": (OWNERS + "causes: [{id: a, name: !!python/name:os.system x, owner: it}]", ["mine.yaml:2", "causes[0].name", "not allowed"]),
    "key a list": ("? [a]\n: b", ["mine.yaml:1", "a key must be a word"]),
    "bad indentation": ("owners:\n  - id: it\n name: x", ["mine.yaml:3", "not valid YAML"]),
    "unclosed": ("owners: [{id: it", ["mine.yaml:", "not valid YAML"]),
    "two documents": ("extends: default\n---\nextends: default", ["mine.yaml", "not valid YAML"]),
    "unknown anchor": ("owners: *x", ["mine.yaml:1", "not valid YAML"]),
    "recursive": ("causes: []\nowners: &x\n  - *x", ["mine.yaml:2", "owners[0]"]),
    "empty": ("", ["mine.yaml:1", "is empty", "extends: default"]),
    "only a remark": ("# nothing\n", ["mine.yaml:1", "is empty"]),
    "a list": ("- a", ["mine.yaml:1", "not a list"]),
    "text": ("hello", ["mine.yaml:1", "not text"]),
    "binary": (b"\x89PNG\r\n\x1a\n\xff\xfe", ["mine.yaml", "UTF-8"]),
    "UTF-16": ("owners: []".encode("utf-16"), ["mine.yaml", "UTF-8"]),
    "control characters": (b"PK\x03\x04\x00\x00", ["mine.yaml", "text"]),
    "deep": ("[" * 5000, ["mine.yaml", "YAML"]),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_say_where_and_what(write, name):
    content, parts = ERRORS[name]
    with pytest.raises(TaxonomyError) as caught:
        load_taxonomy(write(content))
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(TaxonomyError, match=r"nowhere\.yaml: there is no such file"):
        load_taxonomy(tmp_path / "nowhere.yaml")
    with pytest.raises(TaxonomyError, match="cannot be read"):
        load_taxonomy(tmp_path)
