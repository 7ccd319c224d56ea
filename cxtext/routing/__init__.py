"""Labels to the function that must act."""

from cxtext.routing.annotate import RoutingAnnotator

__all__ = ["RoutingAnnotator"]
