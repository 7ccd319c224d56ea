"""cxtext reads open-ended feedback and says why the customer feels so, whether they will leave, and who must act on it."""

__version__ = "0.1.0"
