"""Tables of comments: which column holds them, what a cell holds, and the scored columns."""

from cxtext.tables.cells import as_text, cleaned, not_text
from cxtext.tables.columns import find_text_column

__all__ = ["as_text", "cleaned", "find_text_column", "not_text"]
