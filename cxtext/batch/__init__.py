"""Dumps in, scored tables out: any common format and encoding, streamed, no row lost."""

from cxtext.batch.job import Scorer, score_dump
from cxtext.batch.readers import open_dump
from cxtext.batch.summary import ScoreSummary

__all__ = ["ScoreSummary", "Scorer", "open_dump", "score_dump"]
