"""Text to features: the built-in static encoder."""

from cxtext.encoders.static import StaticEncoder

__all__ = ["StaticEncoder"]
