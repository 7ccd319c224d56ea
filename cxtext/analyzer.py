"""The one path that every comment takes: an ordered list of annotators over a columnar batch."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, overload

from cxtext.errors import InputError, OptionError
from cxtext.schema import Analysis, CommentBatch, scored_schema
from cxtext.tables.scored import analysis_of, scored_table

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from cxtext.model import Model
    from cxtext.taxonomy import Taxonomy

BATCH_ROWS = 1024
"""Comments annotated at a time; it bounds memory and changes no result."""

MOST_THREADS = 4
"""Threads that annotate batches of a long list; more do not help, since part of the work holds Python's lock."""

PREFIX = "cx_"
"""Put before the names of the columns that ``score`` adds."""


class Annotator(Protocol):
    """Fills its own columns of a batch and touches no others."""

    @property
    def name(self) -> str:
        """What it is called in ``replace`` and ``drop``."""
        ...

    @property
    def requires(self) -> Sequence[str]:
        """The columns that it reads."""
        ...

    @property
    def provides(self) -> Sequence[str]:
        """The columns that it fills."""
        ...

    def __call__(self, batch: CommentBatch) -> None:
        """Fill the columns named in ``provides``."""
        ...


class Analyzer:
    """Reads comments: labels with evidence, churn risk and owner. Pickles as the model's path and the annotators.

    Args:
        model: The loaded model.
        annotators: In their order; each may require the columns of those before it.

    Raises:
        OptionError: If an annotator requires a column that none before it provides, or two provide the same.

    Example:
        >>> import cxtext
        >>> analysis = cxtext.load().analyze("The parcel came two weeks late.")
        >>> analysis.causes[0].id, analysis.sentiment, analysis.route.owner
        ('fulfilment.delay', 'negative', 'fulfilment')
    """

    def __init__(self, model: Model, annotators: Sequence[Annotator]) -> None:
        self.model = model
        self.annotators = tuple(annotators)
        _check_order(self.annotators)

    @property
    def taxonomy(self) -> Taxonomy:
        """The causes and owners that the labels name."""
        return self.model.taxonomy

    @property
    def owners(self) -> tuple[str, ...]:
        """The owners that the model knows, in the order of ``probabilities``."""
        return tuple(self.model.heads.labels["owner"])

    def replace(self, name: str, annotator: Annotator) -> Analyzer:
        """A new analyzer with another annotator in the place of the one called ``name``."""
        self._position(name)
        return Analyzer(self.model, [annotator if old.name == name else old for old in self.annotators])

    def add(self, annotator: Annotator) -> Analyzer:
        """A new analyzer with one annotator more, at the end."""
        return Analyzer(self.model, [*self.annotators, annotator])

    def drop(self, name: str) -> Analyzer:
        """A new analyzer without the annotator called ``name``."""
        self._position(name)
        return Analyzer(self.model, [old for old in self.annotators if old.name != name])

    def annotate(self, batch: CommentBatch) -> CommentBatch:
        """Run all annotators over a batch, in place, and return it. Several batches may be annotated at once, each in its thread."""
        for annotator in self.annotators:
            annotator(batch)
        return batch

    @overload
    def analyze(self, text: str) -> Analysis: ...  # type: ignore[overload-overlap]
    @overload
    def analyze(self, text: Sequence[str]) -> list[Analysis]: ...
    def analyze(self, text: str | Sequence[str]) -> Analysis | list[Analysis]:
        """Read one comment or a list of them.

        Args:
            text: A comment, or a list of comments.

        Returns:
            An ``Analysis``, or a list with one for each comment.

        Raises:
            InputError: If a comment is not a string; the message says which.
        """
        if isinstance(text, str):
            return self.analyze([text])[0]
        return [analysis_of(batch, row) for batch in self._annotated(_checked(text)) for row in range(len(batch))]

    def score_texts(self, texts: Sequence[str]) -> pa.Table:
        """Read comments into an Arrow table with the columns of ``cxtext.schema.scored_schema()``, one row a comment."""
        import pyarrow as pa

        tables = [scored_table(batch) for batch in self._annotated(_checked(texts))]
        return pa.concat_tables(tables) if tables else scored_schema().empty_table()

    def score(self, data: pd.DataFrame, *, text: str | None = None, prefix: str = PREFIX) -> pd.DataFrame:
        """Read the comments of a DataFrame.

        Args:
            data: Any table; a missing comment (None, NaN) counts as not meaningful, a number as its digits.
            text: Name of the column with the comments; found by name or content if not given.
            prefix: Put before the names of the columns added.

        Returns:
            A new DataFrame: same index, same columns, and the scored ones.

        Raises:
            InputError: If the column is missing, or the table already has a column of a name to be added.

        Example:
            >>> import cxtext, pandas as pd
            >>> frame = pd.DataFrame({"comment": ["服务很好，还会再来", None]}, index=[7, 8])
            >>> cxtext.load().score(frame)["cx_sentiment"].tolist()
            ['positive', None]
        """
        import pandas as pd

        from cxtext.tables.frames import comment_column, comments_of

        column = comment_column(data, text)
        clash = [name for name in scored_schema(prefix).names if name in data.columns]
        if clash:
            raise InputError(f"the table already has a column {clash[0]!r}: drop it, or give another prefix (prefix={prefix!r} now)")
        scored: pd.DataFrame = self.score_texts(comments_of(data, column)).to_pandas()
        scored.columns, scored.index = pd.Index([prefix + str(name) for name in scored.columns]), data.index
        for name in ("stage", "sentiment", "churn", "root_cause"):
            scored[prefix + name] = scored[prefix + name].astype(object).where(scored[prefix + name].notna(), None)
        joined: pd.DataFrame = pd.concat([data, scored], axis=1)
        return joined

    def stream(self, batches: Iterable[pd.DataFrame], *, text: str | None = None, prefix: str = PREFIX) -> Iterator[pd.DataFrame]:
        """Score DataFrames one after another, as they come; memory holds one of them.

        Args:
            batches: DataFrames with the same columns.
            text: As in ``score``; if not given, the column found in the first batch is used for all.
            prefix: As in ``score``.

        Example:
            >>> import cxtext, pandas as pd
            >>> batches = (pd.DataFrame({"comment": [word]}) for word in ("great", "awful"))
            >>> [scored["cx_sentiment"].item() for scored in cxtext.load().stream(batches)]
            ['positive', 'negative']
        """
        from cxtext.tables.frames import comment_column

        column = text
        for batch in batches:
            column = comment_column(batch, column)
            yield self.score(batch, text=column, prefix=prefix)

    def probabilities(self, texts: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Calibrated probabilities of every head, for evaluation and for one's own thresholds.

        Returns:
            Head name to an array, shape (comments, labels): ``sentiment``, ``causes`` (order of ``taxonomy.cause_ids``), ``cause_polarity``
            (one axis more), ``owner`` (order of ``owners``), ``churn``, ``advocate``, ``intents``, ``stage``, ``follow_up``.
        """
        import numpy as np

        from cxtext.classifiers import ClassifierAnnotator

        position = next(i for i, annotator in enumerate(self.annotators) if isinstance(annotator, ClassifierAnnotator))
        classifier = self.annotators[position]
        parts: list[dict[str, NDArray[np.float32]]] = []
        for batch in _batches(_checked(texts)):
            for annotator in self.annotators[:position]:
                annotator(batch)
            parts.append(classifier.predict(batch).probabilities)  # type: ignore[attr-defined]
        return {head: np.concatenate([part[head] for part in parts]) for head in (parts[0] if parts else {})}

    def _annotated(self, texts: list[str]) -> Iterator[CommentBatch]:
        from cxtext.classifiers.stable import one_thread_a_product

        threads = min(MOST_THREADS, os.cpu_count() or 1, -(-len(texts) // BATCH_ROWS))
        if threads < 2:
            yield from map(self.annotate, _batches(texts))
            return
        with one_thread_a_product(), ThreadPoolExecutor(threads) as pool:
            yield from pool.map(self.annotate, _batches(texts))

    def _position(self, name: str) -> int:
        names = [annotator.name for annotator in self.annotators]
        if name not in names:
            raise OptionError(f"no annotator is called {name!r}: there are {', '.join(names)}")
        return names.index(name)


def load(path: Path | str | None = None) -> Analyzer:
    """The analyzer with the built-in model, or with the model in a folder.

    Args:
        path: A model folder; the built-in model if not given.

    Raises:
        ModelError: If the folder or one of its files is missing or damaged.

    Example:
        >>> import cxtext
        >>> cxtext.load().analyze("Приложение не открывается после обновления").causes[0].id
        'digital.error'
    """
    from cxtext.classifiers import ClassifierAnnotator
    from cxtext.model import load_model
    from cxtext.routing import RoutingAnnotator
    from cxtext.text import TextAnnotator

    model = load_model(path)
    return Analyzer(
        model,
        [
            TextAnnotator(),
            ClassifierAnnotator(model),
            RoutingAnnotator(model.heads.labels["owner"], float(model.config["triage_below"])),
        ],
    )


def _batches(texts: list[str]) -> Iterator[CommentBatch]:
    for start in range(0, len(texts), BATCH_ROWS):
        yield CommentBatch(texts[start : start + BATCH_ROWS])


def _checked(texts: Sequence[str]) -> list[str]:
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"comment {row} is {type(text).__name__}, not str: convert it, or use score() with a DataFrame, which takes missing values")
    return list(texts)


def _check_order(annotators: Sequence[Annotator]) -> None:
    have: dict[str, str] = {"text": "the input"}
    for annotator in annotators:
        for column in annotator.requires:
            if column not in have:
                raise OptionError(f"annotator {annotator.name!r} requires column {column!r}, which no annotator before it provides")
        for column in annotator.provides:
            if column in have:
                raise OptionError(f"annotators {have[column]!r} and {annotator.name!r} both provide column {column!r}")
            have[column] = annotator.name
