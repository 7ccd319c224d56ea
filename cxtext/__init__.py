"""cxtext reads open-ended feedback and says why the customer feels so, whether they will leave, and who must act on it."""

from cxtext.analyzer import Analyzer, load
from cxtext.errors import CxtextError, InputError, MissingExtraError, ModelError, OptionError, TaxonomyError
from cxtext.schema import Analysis, Cause, Churn, CommentBatch, Route, scored_schema

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Analyzer",
    "Cause",
    "Churn",
    "CommentBatch",
    "CxtextError",
    "InputError",
    "MissingExtraError",
    "ModelError",
    "OptionError",
    "Route",
    "TaxonomyError",
    "load",
    "scored_schema",
]
