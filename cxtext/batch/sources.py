"""Opens a dump's bytes or lines: looks at the content first, because extensions lie."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from cxtext.batch.encoding import MARK_ERRORS, checked_encoding, decode_marked, detect_encoding, register_mark
from cxtext.errors import InputError

Format = Literal["csv", "jsonl", "xlsx", "parquet"]
Compression = Literal["gzip", "zstd"]

READABLE = "csv, tsv, jsonl, xlsx, parquet, and .gz or .zst of the text ones"
HEAD_BYTES = 262_144
_FEW_CONTROLS = 16
_SCAN_BYTES = 256 * 1024 * 1024
_COMPRESSIONS: tuple[tuple[bytes, Compression], ...] = ((b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "is an old .xls file or has a password: save it as .xlsx without a password"),
    (b"%PDF", "is a PDF, not a table"),
    (b"BZh", "is compressed with bzip2: unpack it first"),
    (b"\xfd7zXZ", "is compressed with xz: unpack it first"),
    (b"7z\xbc\xaf", "is a 7z archive: unpack it first"),
    (b"Rar!", "is a RAR archive: unpack it first"),
)
_OBJECT_LINE = re.compile(r"\{.*\}\s*$")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Source:
    """A dump's file and how to read it.

    Attributes:
        path: The file.
        format: What its content is, whatever the extension says.
        compression: How its bytes are packed, if they are.
        encoding: Python codec name of a text format, else None.
        head: The first 256 KB of a text format, decoded, else ``""``.
    """

    path: Path
    format: Format
    compression: Compression | None = None
    encoding: str | None = None
    head: str = ""


@dataclass
class Meter:
    """How far a file has been read, for progress."""

    size: int
    raw: BinaryIO | None = None

    def share(self) -> float:
        """Share of the file's bytes that have been read, in [0, 1]."""
        if self.raw is None or self.raw.closed or not self.size:
            return 0.0
        return min(1.0, self.raw.tell() / self.size)


def find_source(path: Path | str, *, encoding: str | None = None) -> Source:
    r"""What a dump is, from its first bytes and, where they leave it open, its extension.

    Args:
        path: The file.
        encoding: Read a text format in this encoding instead of the one detected.

    Raises:
        InputError: If the file is missing, empty, a folder, or of no readable format.
        OptionError: If the encoding is unknown.

    Example:
        >>> import tempfile
        >>> folder = tempfile.TemporaryDirectory()
        >>> dump = Path(folder.name, "dump.csv")
        >>> _ = dump.write_text("id,text\n1,late again\n")
        >>> find_source(dump).format, find_source(dump).encoding
        ('csv', 'utf-8')
        >>> folder.cleanup()
    """
    path = Path(path)
    wanted = checked_encoding(encoding) if encoding else None
    check_readable(path)
    with path.open("rb") as raw:
        start = raw.read(8)
    compression = next((name for magic, name in _COMPRESSIONS if start.startswith(magic)), None)
    with open_bytes(path, compression, Meter(0)) as stream:
        head = stream.read(HEAD_BYTES)
        packed = _packed_format(path, head, compression)
        if packed:
            return Source(path, packed)
        found = wanted or detect_encoding(_telling_sample(head, stream))
    text = decode_marked(head, found)
    if not text.strip("\ufeff\x00 \t\r\n"):
        raise InputError(f"{path} is empty: it has no header and no rows")
    if wanted is None and len(_CONTROL.findall(text)) > max(_FEW_CONTROLS, 0.1 * len(text)):
        raise InputError(f"{path} is not a table that cxtext can read: use {READABLE}")
    return Source(path, _text_format(path, text), compression, found, text)


def check_readable(path: Path) -> None:
    """Raise an InputError that says what to do if a path is missing, a folder, empty, or not ours to read.

    Example:
        >>> check_readable(Path("no/such/dump.csv"))
        Traceback (most recent call last):
        cxtext.errors.InputError: no/such/dump.csv does not exist: check the path
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder: name one file in it")
        if not path.exists():
            raise InputError(f"{path} does not exist: check the path")
        if not path.is_file():
            raise InputError(f"{path} is not a regular file: save the dump to a file first")
        with path.open("rb") as raw:
            if not raw.read(1):
                raise InputError(f"{path} is empty: it has no header and no rows")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}") from error


@contextmanager
def open_bytes(path: Path, compression: Compression | None, meter: Meter) -> Iterator[BinaryIO]:
    """The unpacked bytes of a file.

    Args:
        path: The file.
        compression: How it is packed.
        meter: Told which file handle to watch.

    Raises:
        InputError: If the packed bytes are cut or damaged, wherever in the file that shows.
    """
    import pyarrow as pa

    with path.open("rb") as raw:
        meter.raw = raw
        if compression is None:
            yield raw
            return
        try:
            with pa.CompressedInputStream(raw, compression) as unpacked:
                yield io.BufferedReader(unpacked)
        except OSError as error:
            raise InputError(f"{path} is cut or damaged ({error}): copy it again, or unpack what can be unpacked and score that") from error


@contextmanager
def open_lines(source: Source, meter: Meter) -> Iterator[TextIO]:
    """The lines of a text dump, line ends kept, bytes that do not belong to the encoding marked."""
    register_mark()
    with open_bytes(source.path, source.compression, meter) as stream, io.TextIOWrapper(stream, source.encoding, MARK_ERRORS, newline="") as lines:
        yield lines


def _telling_sample(head: bytes, stream: BinaryIO) -> bytes:
    """The head, or the first block of the file that is not plain ASCII, so that one late letter is still seen."""
    block, scanned = head, len(head)
    while block and block.isascii() and b"\x00" not in block and scanned < _SCAN_BYTES:
        block = stream.read(4 * HEAD_BYTES)
        scanned += len(block)
    return block or head


def _packed_format(path: Path, head: bytes, compression: str | None) -> Format | None:
    for magic, reason in _REFUSED:
        if head.startswith(magic):
            raise InputError(f"{path} {reason}")
    found: Format | None = "parquet" if head.startswith(b"PAR1") else None
    if head.startswith(b"PK\x03\x04"):
        found = "xlsx" if compression or _is_workbook(path) else None
        if not found:
            raise InputError(f"{path} is a zip archive: unpack it first")
    if found and compression:
        raise InputError(f"{path} is a packed {found} file: unpack it first")
    return found


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("xl/") for name in archive.namelist())
    except zipfile.BadZipFile as error:
        raise InputError(f"{path} is a cut or damaged xlsx or zip file ({error}): copy or save it again") from error


def _text_format(path: Path, head: str) -> Format:
    lines = [line.strip("\ufeff \t") for line in head.splitlines() if line.strip("\ufeff \t")][:20]
    objects = sum(line.startswith("{") for line in lines)
    if lines[0].startswith("[") and "".join(lines)[1:].lstrip().startswith("{"):
        raise InputError(f"{path} is one JSON array: write one object a line, for instance with  jq -c '.[]'")
    if {suffix.lower() for suffix in path.suffixes} & {".jsonl", ".ndjson", ".json"}:
        if lines[0] == "{":
            raise InputError(f"{path} is JSON over several lines: write one object a line, for instance with  jq -c .")
        return "jsonl" if objects or not _looks_delimited(lines) else "csv"
    return "jsonl" if objects > len(lines) / 2 and _OBJECT_LINE.match(lines[0]) else "csv"


def _looks_delimited(lines: list[str]) -> bool:
    return len({line.count(",") for line in lines}) == 1 and "," in lines[0] or any("\t" in line for line in lines)
