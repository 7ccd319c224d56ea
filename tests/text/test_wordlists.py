import pytest

from cxtext.text.wordlists import DATA, read_sections


@pytest.mark.parametrize("name", sorted(path.stem for path in DATA.glob("*.txt")))
def test_lists_are_tidy(name):
    for section, words in read_sections(name).items():
        assert words, section
        assert len(words) == len(set(words)), [word for word in words if words.count(word) > 1]
        assert all(word == word.lower() for word in words) or name == "abbreviations"
