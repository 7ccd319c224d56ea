import csv
import datetime as dt
import gzip
import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cxtext.batch.readers import open_dump
from cxtext.errors import InputError, OptionError

COMMENTS = ["The courier never rang, again", "Курьер так и не позвонил", "快递太慢了，等了一个星期", 'He said "tomorrow"\nand left', "", "n/a"]
RUSSIAN = ["Курьер так и не позвонил", "Нет", "Приложение вылетает; верните деньги"]
CHINESE = ["快递太慢了，等了一个星期", "客服很好", "无"]


def read(path, **options):
    dump = open_dump(path, **options)
    chunks = list(dump.chunks())
    return dump, [text for chunk in chunks for text in chunk.texts], [reject for chunk in chunks for reject in chunk.rejects]


def csv_text(texts, delimiter=","):
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter)
    writer.writerow(["id", "comment"])
    writer.writerows(enumerate(texts))
    return stream.getvalue()


def jsonl_text(texts):
    return "".join(json.dumps({"id": number, "comment": text}, ensure_ascii=False) + "\n" for number, text in enumerate(texts))


def write_xlsx(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    "make", [csv_text, jsonl_text, lambda texts: csv_text(texts, ";"), lambda texts: csv_text(texts, "\t"), lambda texts: csv_text(texts, "|")]
)
@pytest.mark.parametrize(
    ("texts", "encoding"),
    [
        *((COMMENTS, encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")),
        *((CHINESE, encoding) for encoding in ("gb18030", "utf-16-le", "utf-8")),
        *((RUSSIAN, encoding) for encoding in ("cp1251", "koi8-r", "utf-16-be", "utf-8")),
    ],
)
def test_every_encoding_and_delimiter_reads_the_same(tmp_path, make, texts, encoding):
    path = tmp_path / ("dump.jsonl" if make is jsonl_text else "dump.csv")
    path.write_bytes(make(texts).encode(encoding))
    assert read(path)[1:] == (texts, [])
    assert read(path, encoding=encoding)[1:] == (texts, [])


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda data: zstandard.compress(data[:50]) + zstandard.compress(data[50:])])
@pytest.mark.parametrize("name", ["dump.csv.gz", "dump.csv.zst", "dump.csv", "dump"])
def test_packed_dumps_are_unpacked_whatever_their_name(tmp_path, pack, name):
    path = tmp_path / name
    path.write_bytes(pack(csv_text(COMMENTS).encode()))
    assert read(path)[1:] == (COMMENTS, [])


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_cut_archive_is_said(tmp_path, pack):
    packed = pack(csv_text(f"comment {n * 7919 % 10007} is different" for n in range(200_000)).encode())
    path = tmp_path / "dump.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match="cut or damaged"):
        read(path)


def test_columns_come_through(tmp_path):
    path = tmp_path / "dump.jsonl"
    path.write_text('{"text": "late", "stars": 1, "tags": ["a"], "vip": true}\n{"text": null, "stars": 2.5, "extra": "x"}\n', encoding="utf-8")
    (chunk,) = open_dump(path).chunks()
    assert chunk.table.to_pylist() == [
        {"text": "late", "stars": 1.0, "tags": '["a"]', "vip": True, "extra": None},
        {"text": None, "stars": 2.5, "tags": None, "vip": None, "extra": "x"},
    ]
    assert chunk.texts == ["late", ""]


def test_parquet_keeps_types_and_rejects_what_is_no_text(tmp_path):
    path = tmp_path / "dump.parquet"
    when = [dt.datetime(2025, 3, 1, tzinfo=dt.UTC)] * 3
    pq.write_table(pa.table({"at": when, "n": pa.array([1, 2, None], pa.int16()), "comment": ["late again", None, ""]}), path)
    (chunk,) = open_dump(path).chunks()
    assert chunk.texts == ["late again", "", ""]
    assert chunk.table.schema.field("n").type == pa.int16()
    assert chunk.table.column("at").to_pylist() == when
    pq.write_table(pa.table({"comment": [b"late", None]}), path)
    _, texts, rejects = read(path, text="comment")
    assert texts == [""]
    assert [(reject.row, reject.reason) for reject in rejects] == [(0, "the comment is a bytes, not text")]


def test_numbers_and_nan_as_comments(tmp_path):
    path = tmp_path / "dump.parquet"
    pq.write_table(pa.table({"score": [1.5, float("nan"), None]}), path)
    assert read(path, text="score")[1:] == (["1.5", "", ""], [])
    path = tmp_path / "dump.jsonl"
    path.write_text('{"text": "late"}\n{"text": 5}\n{"text": NaN}\n{"text": {"en": "late"}}\n{}\n', encoding="utf-8")
    _, texts, rejects = read(path)
    assert texts[:2] + texts[3:] == ["late", "5", ""]
    assert [reject.row for reject in rejects] == [3]


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 5000])
def test_chunks_of_any_size_hold_the_same_rows(tmp_path, rows):
    texts = [f"comment number {n}" for n in range(7)]
    for name, content in (("a.csv", csv_text(texts)), ("a.jsonl", jsonl_text(texts))):
        (tmp_path / name).write_text(content, encoding="utf-8")
    pq.write_table(pa.table({"comment": texts}), tmp_path / "a.parquet")
    write_xlsx(tmp_path / "a.xlsx", {"s": [["comment"], *([text] for text in texts)]})
    for name in ("a.csv", "a.jsonl", "a.parquet", "a.xlsx"):
        chunks = list(open_dump(tmp_path / name, chunk_rows=rows).chunks())
        assert [text for chunk in chunks for text in chunk.texts] == texts
        assert [number for chunk in chunks for number in chunk.row_numbers] == list(range(7))
        assert max(len(chunk.texts) for chunk in chunks) <= rows
        assert read(tmp_path / name, chunk_rows=rows, limit=4)[1] == texts[:4]


def test_long_comments_make_small_chunks(tmp_path):
    texts = [f"{n} " + "late " * 200_000 for n in range(20)]
    (tmp_path / "a.csv").write_text(csv_text(texts), encoding="utf-8")
    pq.write_table(pa.table({"comment": texts}), tmp_path / "a.parquet")
    for name in ("a.csv", "a.parquet"):
        chunks = list(open_dump(tmp_path / name).chunks())
        assert [text for chunk in chunks for text in chunk.texts] == texts
        assert max(sum(map(len, chunk.texts)) for chunk in chunks) <= 8_000_000


def test_broken_csv_rows_are_rejected_with_line_and_reason(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_bytes('id,comment\n1,хорошо\n2,"two\nlines"'.encode() + b"\n3\n4,a,b\n5,b\xffd\n\n6,nul \x00 here\n7,last")
    _, texts, rejects = read(path)
    assert [text.replace("\ufffd", "\x00") for text in texts] == ["хорошо", "two\nlines", "nul \x00 here", "last"]
    assert [(reject.row, reject.line, reject.reason) for reject in rejects] == [
        (2, 5, "1 fields where the header has 2"),
        (3, 6, "3 fields where the header has 2"),
        (4, 7, "bytes that do not belong to the file's encoding"),
    ]
    assert rejects[2].raw == "5,b\ufffdd"


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text('id,comment\n0,fine\n1,"oops\n' + "".join(f"{n},row number {n}\n" for n in range(2, 1000)), encoding="utf-8")
    _, texts, rejects = read(path)
    assert len(texts) == 999
    assert [(reject.row, reject.line) for reject in rejects] == [(1, 3)]
    assert "never closed" in rejects[0].reason


def test_a_quote_closed_only_hundreds_of_lines_later_costs_few_rows(tmp_path):
    path = tmp_path / "dump.csv"
    lines = [f"{n},row number {n},x\n" for n in range(1000)]
    lines[100], lines[900] = '100,"oops,x\n', '900,a "word" here,x\n'
    path.write_text("id,comment,z\n" + "".join(lines), encoding="utf-8")
    _, texts, rejects = read(path)
    assert len(texts) + len(rejects) == 1000
    assert len(rejects) <= 2


@pytest.mark.parametrize(
    ("content", "rows", "rejected"),
    [
        ('1,"oops,x\n2,"fine",x\n3,fine,x\n', 3, [0]),
        ('1,"oops,x\n2,"oops,x\n3,"oops,x\n4,fine,x\n', 4, [0, 1, 2]),
        ('1,5" pipe,x\n2,fine,x\n', 2, []),
        ('1,"a, b\nc, d, e",x\n2,fine,x\n', 2, []),
        ('1,"dear sirs,\n' + "one, two, three\n" * 15 + 'yours",x\n2,fine,x\n', 2, []),
        ('1,"dear sirs,\n' + "no commas here\n" * 500 + 'yours",x\n2,fine,x\n', 2, []),
        ('1,"a\nb",more,x\n2,fine,x\n', 2, [0]),
        ('1,he said "hello" to me,x\n2,fine,x\n', 2, []),
        ('1,"he said "hello" to me",x\n2,fine,x\n', 2, []),
        ("1,trailing,x,,\n2,fine,x\n", 2, []),
    ],
)
def test_stray_quotes_swallow_no_rows(tmp_path, content, rows, rejected):
    path = tmp_path / "dump.csv"
    path.write_text("id,comment,z\n" + content, encoding="utf-8")
    _, texts, rejects = read(path)
    assert (len(texts) + len(rejects), [reject.row for reject in rejects]) == (rows, rejected)


def test_single_column_keeps_its_commas(tmp_path):
    path = tmp_path / "dump.txt"
    path.write_text("comment\nlate, again; and | broken\nfine\n", encoding="utf-8")
    assert read(path)[1:] == (["late, again; and | broken", "fine"], [])


def test_single_column_without_a_header_is_not_swallowed(tmp_path):
    path = tmp_path / "dump.txt"
    path.write_text("The courier never rang the bell at all.\nfine\n", encoding="utf-8")
    with pytest.raises(InputError, match="add a first line"):
        read(path)


def test_excel_separator_line(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text("sep=;\nid;comment\n1;late, again\n2\n", encoding="utf-8")
    _, texts, rejects = read(path)
    assert texts == ["late, again"]
    assert [(reject.row, reject.line) for reject in rejects] == [(1, 4)]


def test_broken_json_lines(tmp_path):
    path = tmp_path / "dump.jsonl"
    deep = '{"comment": ' + "[" * 100_000
    lines = ['{"comment": "fine"}', '{"comment": "cut', "[1]", "", '{"comment": "half \\ud83d emoji"}', deep, '{"comment": ["a"]}', '{"comment": "x\\u0000y"}']
    path.write_text("\n".join(lines), encoding="utf-8")
    _, texts, rejects = read(path)
    assert texts == ["fine", "half \ufffd emoji", "x\x00y"]
    assert [(reject.row, reject.line) for reject in rejects] == [(1, 2), (2, 3), (4, 6), (5, 7)]


def test_megabyte_comment(tmp_path):
    huge = "late " * 250_000
    for name, content in (("a.csv", csv_text([huge, "ok"])), ("a.jsonl", jsonl_text([huge, "ok"]))):
        (tmp_path / name).write_text(content, encoding="utf-8")
        assert read(tmp_path / name)[1:] == ([huge, "ok"], [])


def test_one_late_letter_decides_the_encoding(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_bytes(csv_text(["plain words only"] * 40_000 + RUSSIAN).encode("cp1251"))
    dump, texts, rejects = read(path)
    assert (dump.source.encoding, texts[-3:], rejects) == ("cp1251", RUSSIAN, [])


def test_workbook(tmp_path):
    rows = [["id", "comment", "day"], [1, "late again", dt.datetime(2025, 3, 1)], [None, None, None], [2.0, 5, None], [3, None, dt.datetime(2025, 3, 1, 9, 30)]]
    path = write_xlsx(tmp_path / "dump.xlsx", {"about": [["a"], [1]], "data": rows})
    dump, texts, rejects = read(path)
    assert (dump.sheet, texts, rejects) == ("data", ["late again", "5", ""], [])
    (chunk,) = dump.chunks()
    assert chunk.table.to_pydict() == {"id": ["1", "2", "3"], "comment": ["late again", "5", None], "day": ["2025-03-01", None, "2025-03-01T09:30:00"]}


def test_two_sheets_with_comments_ask_for_one(tmp_path):
    path = write_xlsx(tmp_path / "dump.xlsx", {"May": [["comment"], ["late again"]], "June": [["comment"], ["all good now"]]})
    with pytest.raises(InputError, match=r"--sheet: 'May', 'June'"):
        read(path)
    assert read(path, sheet="June")[1] == ["all good now"]
    with pytest.raises(InputError, match=r"no sheet 'July'"):
        read(path, sheet="July")


def test_lying_extensions(tmp_path):
    write_xlsx(tmp_path / "real.xlsx", {"s": [["comment"], ["late again"]]}).rename(tmp_path / "a.csv")
    pq.write_table(pa.table({"comment": ["late again"]}), tmp_path / "b.csv")
    (tmp_path / "c.csv").write_text(jsonl_text(["late again"]), encoding="utf-8")
    (tmp_path / "d.xlsx").write_text(csv_text(["late again"]), encoding="utf-8")
    (tmp_path / "e.jsonl").write_text(csv_text(["late again"]), encoding="utf-8")
    (tmp_path / "f.parquet").write_text(csv_text(["late again"]), encoding="utf-8")
    (tmp_path / "g.dat").write_text(csv_text(["late again"]), encoding="utf-8")
    for name, expected in zip("abcdefg", ["xlsx", "parquet", "jsonl", "csv", "csv", "csv", "csv"], strict=True):
        (path,) = tmp_path.glob(f"{name}.*")
        dump, texts, _ = read(path)
        assert (dump.source.format, texts) == (expected, ["late again"])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xef\xbb\xbf\n\n", "empty"),
        ("a.csv.gz", gzip.compress(b""), "empty"),
        ("a.parquet", b"PAR1 and then nothing", "damaged"),
        ("a.xlsx", b"PK\x03\x04 and then nothing", "damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"save it as \.xlsx"),
        ("a.pdf", b"%PDF-1.7 ...", "PDF"),
        ("a.bin", bytes(range(256)) * 20, "not a table"),
        ("a.json", b'[{"comment": "late"}]', "one object a line"),
        ("a.json", b'{\n "comment": "late"\n}', "one object a line"),
        ("a.csv", b'id,"comment\n1,late\n2,fine\n', "header"),
        ("a.csv", b"id,stars\n1,5\n2,3\n", "--text NAME"),
        ("a.jsonl", b"{broken\n", "no JSON object"),
    ],
)
def test_files_that_cannot_be_read_say_why(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_header_only(tmp_path):
    (tmp_path / "a.csv").write_text("id,comment\n", encoding="utf-8")
    pq.write_table(pa.table({"comment": pa.array([], pa.string())}), tmp_path / "a.parquet")
    assert read(tmp_path / "a.csv")[1:] == read(tmp_path / "a.parquet")[1:] == ([], [])


def test_options_are_checked(tmp_path):
    (tmp_path / "a.csv").write_text("id,comment\n", encoding="utf-8")
    with pytest.raises(OptionError, match="chunk_rows"):
        open_dump(tmp_path / "a.csv", chunk_rows=0)
    with pytest.raises(InputError, match="leave --sheet out"):
        open_dump(tmp_path / "a.csv", sheet="May")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(), min_size=1), make=st.sampled_from([csv_text, jsonl_text]))
def test_whatever_is_written_is_read_back(tmp_path, texts, make):
    path = tmp_path / ("dump.csv" if make is csv_text else "dump.jsonl")
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(make(texts))
    _, found, rejects = read(path, text="comment", encoding="utf-8")
    assert len(found) + len(rejects) == len(texts)
    assert found == texts


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.lists(st.sampled_from(["a", ",", '"', "\n", "\r\n", "é", "\x00"]), max_size=60))
def test_any_csv_is_read_to_its_end(tmp_path, content):
    path = tmp_path / "dump.csv"
    path.write_bytes(("id,comment\n" + "".join(content) + "\n9,the end\n").encode())
    dump, texts, rejects = read(path, text="comment", encoding="utf-8")
    numbers = [number for chunk in dump.chunks() for number in chunk.row_numbers] + [reject.row for reject in rejects]
    assert sorted(numbers) == list(range(len(numbers)))
    assert (texts and "the end" in texts[-1]) or any("the end" in reject.raw for reject in rejects)
