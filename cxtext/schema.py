"""The records and the ONE table schema of a scored comment: every door of cxtext speaks these and no others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import pyarrow as pa

Language = Literal["en", "zh", "ru", "other", "mixed"]
Sentiment = Literal["negative", "neutral", "mixed", "positive"]
Polarity = Literal["negative", "neutral", "positive"]
ChurnLabel = Literal["none", "at_risk", "leaving"]
Intent = Literal["complaint", "praise", "suggestion", "question", "warning"]
Stage = Literal["buying", "using", "service"]

LANGUAGES: tuple[str, ...] = get_args(Language)
SENTIMENTS: tuple[str, ...] = get_args(Sentiment)
POLARITIES: tuple[str, ...] = get_args(Polarity)
CHURN_LABELS: tuple[str, ...] = get_args(ChurnLabel)
INTENTS: tuple[str, ...] = get_args(Intent)
STAGES: tuple[str, ...] = get_args(Stage)

TRIAGE = "triage"
"""The owner of a comment that the model is not sure enough to route."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the customer feels so: one root cause and the words that show it.

    Attributes:
        id: Taxonomy id, for instance ``"fulfilment.delay"``.
        polarity: Whether the cause is criticised, only mentioned (or both at once), or praised.
        confidence: Calibrated probability in [0, 1] that the cause applies.
        start: First character of the evidence in the original text.
        end: One past its last character.
        evidence: The words themselves, ``text[start:end]``.
    """

    id: str
    polarity: Polarity
    confidence: float
    start: int
    end: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Churn:
    """Whether the customer leaves: the label and the calibrated probability in [0, 1] of at_risk or leaving."""

    label: ChurnLabel
    risk: float


@dataclass(frozen=True, slots=True)
class Route:
    """Which function should receive the comment first; ``triage`` where the model is not sure enough."""

    owner: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that cxtext says about one comment; ``None`` means "no signal" (the comment is not meaningful)."""

    text: str
    language: Language
    meaningful: bool
    sentiment: Sentiment | None
    sentiment_score: float | None
    causes: tuple[Cause, ...]
    churn: Churn | None
    advocate: float | None
    intents: tuple[Intent, ...]
    stage: Stage | None
    follow_up: bool
    route: Route | None

    def to_dict(self) -> dict[str, Any]:
        """The analysis as plain dicts, lists, strings and numbers, ready for ``json.dumps``."""
        return asdict(self)


@dataclass
class CommentBatch:
    """A columnar batch of comments: one row a comment; annotators add columns and touch none but their own.

    Attributes:
        texts: The original comments.
        columns: Column name to a sequence (list or NumPy array) with one entry a row.

    Example:
        >>> batch = CommentBatch(["late again"])
        >>> batch["language"] = ["en"]
        >>> len(batch), batch["language"]
        (1, ['en'])
    """

    texts: list[str]
    columns: dict[str, Sequence[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a list or an array, as the annotator left it
        return self.texts if name == "text" else self.columns[name]

    def __setitem__(self, name: str, values: Sequence[Any]) -> None:
        if len(values) != len(self.texts):
            raise ValueError(f"column {name!r} has {len(values)} rows, the batch has {len(self.texts)}")
        self.columns[name] = values

    def __contains__(self, name: object) -> bool:
        return name == "text" or name in self.columns

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)


SCORED_COLUMNS: tuple[str, ...] = (
    "language", "meaningful", "sentiment", "sentiment_score", "root_cause", "causes", "churn", "churn_risk",
    "advocate", "intents", "stage", "follow_up", "owner", "owner_confidence",
)  # fmt: skip
"""The columns of a scored comment, in the order in which tables show them."""


def scored_schema(prefix: str = "") -> pa.Schema:
    """The Arrow schema of the columns that scoring adds to a table.

    Args:
        prefix: Put before each column name, for instance ``"cx_"``.

    Example:
        >>> scored_schema().field("churn_risk").type
        DataType(float)
    """
    import pyarrow as pa

    cause = pa.struct([
        ("id", pa.string()), ("polarity", pa.string()), ("confidence", pa.float32()), ("start", pa.int32()), ("end", pa.int32()),
    ])  # fmt: skip
    types: dict[str, pa.DataType] = {
        "meaningful": pa.bool_(),
        "sentiment_score": pa.float32(),
        "causes": pa.list_(cause),
        "churn_risk": pa.float32(),
        "advocate": pa.float32(),
        "intents": pa.list_(pa.string()),
        "follow_up": pa.bool_(),
        "owner_confidence": pa.float32(),
    }
    return pa.schema([(prefix + name, types.get(name, pa.string())) for name in SCORED_COLUMNS])
