import pytest

from cxtext.batch.encoding import MARK, checked_encoding, decode_marked, detect_encoding
from cxtext.errors import OptionError

ENGLISH = "id,comment\n1,The courier never rang\n2,fine\n"
RUSSIAN = "id,отзыв\n1,Курьер так и не позвонил\n2,Нет\n3,ВСЁ ПЛОХО\n"
CHINESE = "id,评论\n1,快递员没有打电话，东西放在门口就走了\n2,一般\n3,无\n"
TRADITIONAL = "id,評論\n1,快遞員沒有打電話，東西放在門口就走了\n"
FRENCH = "id,comment\n1,C’était très décevant – jamais livré\n2,reçu cassé\n"
MIXED = "id,comment\n1,Курьер опоздал\n2,快递太慢了\n3,late again\n"

UNICODE = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"]


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((text, encoding) for text in (ENGLISH, RUSSIAN, CHINESE) for encoding in UNICODE),
        *((MIXED, encoding) for encoding in ("utf-8", "utf-8-sig", "utf-16")),
        *((RUSSIAN, encoding) for encoding in ("cp1251", "koi8-r", "cp866")),
        (TRADITIONAL, "gb18030"),
        (FRENCH, "cp1252"),
        (FRENCH, "utf-8"),
    ],
)
def test_encoding_is_found_though_the_sample_is_cut_inside_a_character(text, encoding, cut):
    data = text.encode(encoding)
    read = decode_marked(data[: len(data) - cut], detect_encoding(data[: len(data) - cut])).lstrip("\ufeff")
    assert text.startswith(read)
    assert len(read) >= len(text) - 3


@pytest.mark.parametrize("cut", range(6))
def test_long_samples_cut_anywhere(cut):
    for text, encoding in ((RUSSIAN, "cp1251"), (CHINESE, "gb18030"), (CHINESE, "utf-8"), (CHINESE, "utf-16-le"), (RUSSIAN, "utf-16-be")):
        data = (text * 300).encode(encoding)
        assert detect_encoding(data[: len(data) // 2 + cut]) == encoding


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"", "utf-8"),
        (b"id,text\n1,a\x00b\n", "utf-8"),
        (RUSSIAN.encode() + b"4,\xff\xfe\n", "utf-8"),
        (b"id,text\n1,plain \xff here\n2,more\n", "utf-8"),
        (CHINESE.encode("gb18030") * 5 + b"4,\xff\xff\n", "gb18030"),
        (RUSSIAN.encode("cp1251") * 5 + b"4,\x98\n", "cp1251"),
    ],
)
def test_a_few_stray_bytes_change_nothing(data, encoding):
    assert detect_encoding(data) == encoding


def test_stray_bytes_are_marked_and_the_rest_is_kept():
    assert decode_marked(b"1,ok\n2,b\xffd\n", "utf-8") == f"1,ok\n2,b{MARK}d\n"


@pytest.mark.parametrize(("name", "found"), [("windows-1251", "cp1251"), ("GB2312", "gb2312"), ("utf8", "utf-8-sig")])
def test_encoding_by_any_name(name, found):
    assert checked_encoding(name) == found


@pytest.mark.parametrize("name", ["klingon", "base64", "rot13"])
def test_unknown_encoding_says_what_to_use(name):
    with pytest.raises(OptionError, match="windows-1251"):
        checked_encoding(name)
