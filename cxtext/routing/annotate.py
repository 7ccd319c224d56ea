"""The door of the room: names the function that should receive each comment first."""

from __future__ import annotations

from collections.abc import Sequence

from cxtext.routing.route import NOBODY, route
from cxtext.schema import CommentBatch


class RoutingAnnotator:
    """Gives each comment its likeliest owner, or ``triage`` where the owner head is not sure enough.

    Args:
        owners: Names of the owner head's labels, in the order of its probabilities.
        triage_below: Least confidence with which a comment is routed.
    """

    name = "routing"
    requires = ("owner_probabilities",)
    provides = ("owner", "owner_confidence")

    def __init__(self, owners: Sequence[str], triage_below: float) -> None:
        self.owners = tuple(owners)
        self.triage_below = triage_below

    def __call__(self, batch: CommentBatch) -> None:
        """Fill ``owner`` and ``owner_confidence``; a comment that is not meaningful goes to nobody."""
        routes = [NOBODY if row is None else route(row, self.owners, self.triage_below) for row in batch["owner_probabilities"]]
        batch["owner"] = [owner for owner, _ in routes]
        batch["owner_confidence"] = [confidence for _, confidence in routes]
