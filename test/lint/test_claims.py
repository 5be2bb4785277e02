"""Rules for verify scripts: one claim a statement, in a sentence that the error repeats."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from test_scripts import SCRIPTS, text_of

FILES = [match[0] for match in SCRIPTS if match[2] == "verify"]
PREAMBLE = (
    "\nbegin;\n\nset local search_path = pg_catalog, pg_temp;\n"
    "set local quote_all_identifiers = 'off';\nset local standard_conforming_strings = 'on';\n\n"
)
# A script sets what a claim needs; rollback takes it back.
SETTING = re.compile(r"set local \w+(\.\w+)? = '[^']*'")
# What script/assess asks as well.
QUESTION = re.compile(r"create (temporary view|function) (pg_temp\.)?baseline_\w+(\(\)| as)")
CLAIM = re.compile(r"select consolidation\.(claim|claim_none)\(.*\)", flags=re.DOTALL)
# Before the schema of the functions exists, after it is gone, or where rows are fetched one by one.
BLOCK = re.compile(r"do \$\$.*\$\$", flags=re.DOTALL)
SENTENCE = re.compile(r"\bclaim(?:_none)?\(\s*'((?:[^']|'')*)',|\bmessage = '((?:[^']|'')*)'")
# It names all that is wrong at once, before anything is deployed.
LISTS_EVERYTHING = "the workflow tables are not the baseline the consolidation starts from:"


def statements(text: str) -> list[str]:
    """The statements of a script, without comments, begin, rollback and the search path."""
    text = re.sub(r"^\s*--.*\n", "", text, flags=re.MULTILINE)
    quoted = re.compile(r"\$\$.*?\$\$|'(?:[^']|'')*'", flags=re.DOTALL)
    text = quoted.sub(lambda match: match[0].replace(";", "\0"), text)
    found = [part.strip().replace("\0", ";") for part in text.split(";")]
    assert found[:2] == ["begin", "set local search_path = pg_catalog, pg_temp"], found[:2]
    assert found[-2:] == ["rollback", ""], found[-2:]
    return [p for p in found[2:-2] if not SETTING.fullmatch(p) and not QUESTION.match(p)]


def sentences(statement: str) -> list[str]:
    """The sentences of a statement: of a claim, or what a block raises."""
    return [claim or message for claim, message in SENTENCE.findall(statement)]


def faults(statement: str) -> list[str]:
    """What is wrong with a statement of a verify script."""
    found = []
    if not CLAIM.fullmatch(statement) and not BLOCK.fullmatch(statement):
        found.append("it is no claim")
    if re.search(r"\b1\s*/", statement):
        found.append("a division by zero says nothing")
    said = sentences(statement)
    if len(said) != 1:
        found.append(f"it has {len(said)} sentences")
    calls = len(re.findall(r"\bclaim(?:_none)?\(", statement))
    raises = len(re.findall(r"\braise exception\b", statement))
    if calls + raises != len(said):
        found.append("it raises something else")
    for sentence in said:
        if sentence != LISTS_EVERYTHING and (
            len(sentence.split()) < 3 or not re.fullmatch(r"[A-Za-z_][\x20-\x7e]*[\w)]", sentence)
        ):
            found.append(f"this is no sentence: {sentence}")
    return found


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        ("select consolidation.claim('the sky is up', true)", 0),
        ("select consolidation.claim_none(\n    'all ravens are black', array(select 'x')\n)", 0),
        ("do $$ begin raise exception using message = 'the sky is up'; end $$", 0),
        ("do $$ begin perform consolidation.claim('the sky is up', true); end $$", 0),
        ("select consolidation.claim('the sky is up.', true)", 1),
        ("select consolidation.claim('', true)", 1),
        ("select consolidation.claim('blue', true)", 1),
        ("select consolidation.claim(format('the sky is %s', 'up'), true)", 2),
        ("select 1 / 0 as sky", 3),
        ("select a, b from c where false", 2),
        ("select 'f()'::regprocedure", 2),
        ("update t set a = 1", 2),
        ("do $$ begin perform f(); end $$", 1),
        ("do $$ begin raise exception 'down'; end $$", 2),
        (
            "do $$ begin raise exception using message = 'the sky is up'; "
            "raise exception using message = 'the sky is blue'; end $$",
            1,
        ),
    ],
)
def test_the_rules_find_faults(statement: str, wrong: int) -> None:
    assert len(faults(statement)) == wrong, faults(statement)


@pytest.mark.parametrize("file", FILES)
def test_a_verify_script_settles_its_session_first(file: str) -> None:
    assert PREAMBLE in text_of(file)


@pytest.mark.parametrize("file", FILES)
def test_every_statement_is_one_claim_with_a_sentence(file: str) -> None:
    listed = statements(text_of(file))
    assert listed
    assert {s: faults(s) for s in listed if faults(s)} == {}


def test_every_sentence_occurs_once_in_the_project() -> None:
    """An error names one claim of one script."""
    said = Counter(
        s for file in FILES for part in statements(text_of(file)) for s in sentences(part)
    )
    assert len(said) > 100
    assert [sentence for sentence, count in said.items() if count > 1] == []
