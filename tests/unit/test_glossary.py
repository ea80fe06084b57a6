"""The glossary: each word once, and every word that it leans on."""

import re
from pathlib import Path

PAGE = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ENTRIES = dict(re.findall(r"^\| ([a-z ]+) \| (.+) \|$", PAGE, re.MULTILINE))
del ENTRIES["word"]


def test_it_explains_the_words_of_the_domain() -> None:
    assert ENTRIES.keys() >= {
        *("observation", "sighting", "proof", "bracket", "tenure", "holding", "claim"),
        *("sweep", "survey", "drift", "coverage", "gap", "verdict"),
    }


def test_a_word_has_one_entry() -> None:
    words = re.findall(r"^\| ([a-z ]+) \| ", PAGE, re.MULTILINE)
    assert sorted(words) == sorted({*ENTRIES, "word"})


def test_a_word_in_italics_has_an_entry_and_does_not_explain_itself() -> None:
    for word, meaning in ENTRIES.items():
        leant_on = {one.removesuffix("s") for one in re.findall(r"\*([a-z ]+)\*", meaning)}
        assert leant_on <= ENTRIES.keys(), word
        assert word not in leant_on


def test_the_entries_name_the_four_instants_and_the_five_verdicts() -> None:
    for instant in ("attachedNotBefore", "attachedAt", "releasedNotBefore", "releasedAt"):
        assert f"`{instant}`" in ENTRIES["bracket"]
    for verdict in ("held", "possible", "none", "unconfirmed", "unknown"):
        assert f"`{verdict}`" in ENTRIES["verdict"]
