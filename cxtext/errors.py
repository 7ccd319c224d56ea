"""The few kinds of error that cxtext raises: each message says what is wrong, where, and what to do about it."""


class CxtextError(Exception):
    """Base of every error that cxtext raises on purpose; the command line prints it as one line and exits with code 2."""


class InputError(CxtextError):
    """A dump, a table or a text that cannot be read: names the file, row or column and the remedy."""


class OptionError(CxtextError, ValueError):
    """An option with a value that is not allowed: lists the right ones."""


class TaxonomyError(CxtextError):
    """A taxonomy file that is not valid: names file, line and key."""


class ModelError(CxtextError):
    """A model folder with a missing, damaged or incompatible file: names that file."""


class MissingExtraError(CxtextError, ImportError):
    """An optional package that is not installed: says which extra brings it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed: pip install 'cxtext[{extra}]'")
