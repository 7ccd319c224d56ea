"""The text room: cleaning with the way back to the original, language, clauses, and whether a comment says anything."""

from cxtext.text.annotate import TextAnnotator
from cxtext.text.clauses import split_clauses
from cxtext.text.language import detect_language
from cxtext.text.meaningful import is_meaningful
from cxtext.text.normalise import Normalised, normalise

__all__ = ["Normalised", "TextAnnotator", "detect_language", "is_meaningful", "normalise", "split_clauses"]
