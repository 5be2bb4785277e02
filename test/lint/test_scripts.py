"""Rules for the scripts that no linter knows. What is exempt is named, with the reason."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = subprocess.run(
    ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
).stdout.splitlines()
PROJECTS = {"": "workflow_consolidation", "contract/": "workflow_contract"}
WORDS = {"deploy": ("Deploy", "to"), "revert": ("Revert", "from"), "verify": ("Verify", "on")}
SCRIPT = re.compile(r"(|contract/)(deploy|revert|verify)/(.+)\.sql")
SCRIPTS = [match for match in map(SCRIPT.fullmatch, FILES) if match]


def text_of(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


# Tested where they show, rather than in a file of their own.
WITHOUT_TEST = {
    "baseline",  # every database of the tests begins with it
}
# A procedure that commits cannot be called in a transaction, and each index is one of its own.
WITHOUT_TRANSACTION = {
    "deploy/carry_over.sql",
    "deploy/search_indexes.sql",
    "deploy/cut_over.sql",
    "revert/cut_over.sql",
    "contract/deploy/drop_old_tables.sql",
}
# It only raises.
WITHOUT_LOCKS = {"contract/revert/drop_old_names.sql"}
# Lines that would be faults elsewhere.
ALLOWED = {
    ("contract/deploy/drop_old_names.sql", "create or replace function public.fill_step_keys()"):
        "what remains of a function that was there",
} | {
    ("deploy/search_indexes.sql", line): "a deploy that was killed goes on with the next index"
    for line in re.findall(
        r"^create index if not exists .*", text_of("deploy/search_indexes.sql"), flags=re.MULTILINE
    )
}  # fmt: skip
FAULTS = {
    "a surprise must fail": r"\bif (not )?exists [a-z_]+\.|\bcreate \w+ if not exists\b",
    "a first creation replaces nothing": r"^create or replace\b",
    "nothing goes that was not named": r"^drop\b.*\bcascade\b",
    "an assertion can be switched off": r"^\s*assert\b",
    "a result does not stop Sqitch": r"^select (false|has_\w+_privilege)\b",
}
# Written by a program, or one line a thing.
ANY_WIDTH = re.compile(r".*\.(md|plan|out|svg)|docs/schema\.sql|LICENSE")
# Instructions to linters follow the code they are about.
PRAGMA = re.compile(r"  # (noqa|type: ignore).*")


def statements(file: str) -> str:
    """The script without comments and without the bodies of functions and blocks."""
    text = re.sub(r"(\$\w*\$).*?\1", "", text_of(file), flags=re.DOTALL)
    return re.sub(r"--.*", "", text)


def test_the_files_are_there() -> None:
    assert len(SCRIPTS) > 100


@pytest.mark.parametrize("match", SCRIPTS, ids=lambda match: match[0])
def test_the_first_line_names_the_change(match: re.Match[str]) -> None:
    word, preposition = WORDS[match[2]]
    header = f"-- {word} {PROJECTS[match[1]]}:{match[3]} {preposition} pg\n"
    assert text_of(match[0]).startswith(header)


@pytest.mark.parametrize("match", [m for m in SCRIPTS if m[2] == "deploy"], ids=lambda m: m[0])
def test_the_header_says_why_what_it_locks_and_how_it_goes_back(match: re.Match[str]) -> None:
    header = re.match(r"(--.*\n)+", text_of(match[0]))
    assert header is not None
    parts = re.findall(r"^-- (Why|Locks|Revert): ", header[0], flags=re.MULTILINE)
    assert parts == ["Why", "Locks", "Revert"]


@pytest.mark.parametrize("project", PROJECTS)
def test_every_change_has_all_its_scripts(project: str) -> None:
    plan = text_of(f"{project}sqitch.plan").splitlines()
    changes = {line.split()[0] for line in plan if line and line[0] not in "%@"}
    for kind in WORDS:
        assert {m[3] for m in SCRIPTS if (m[1], m[2]) == (project, kind)} == changes
    if not project:
        tested = {file[5:-4] for file in FILES if re.fullmatch(r"test/.+\.sql", file)}
        assert changes - tested == WITHOUT_TEST


@pytest.mark.parametrize("match", SCRIPTS, ids=lambda match: match[0])
def test_a_script_is_one_transaction(match: re.Match[str]) -> None:
    ends = re.findall(r"^(begin|commit|rollback);$", text_of(match[0]), flags=re.MULTILINE)
    if match[0] in WITHOUT_TRANSACTION:
        assert ends == []
    elif match[2] == "verify" or match[0] in WITHOUT_LOCKS:
        assert ends in (["begin", "rollback"], [])
    else:
        assert ends == ["begin", "commit"]


@pytest.mark.parametrize(
    "file",
    [m[0] for m in SCRIPTS if m[2] != "verify" and m[0] not in WITHOUT_TRANSACTION | WITHOUT_LOCKS],
)
def test_nobody_waits_long_behind_a_script(file: str) -> None:
    """Squawk asks for it only where it knows that a lock is taken."""
    assert "\nbegin;\n\nset local lock_timeout = '2s';\n" in text_of(file)


@pytest.mark.parametrize(
    "file",
    [m[0] for m in SCRIPTS if m[2] != "verify" and m[0] not in WITHOUT_TRANSACTION | WITHOUT_LOCKS],
)
def test_nobody_else_says_what_a_name_in_a_script_means(file: str) -> None:
    """The role that deploys may be a superuser, and others may create functions in public."""
    settings = "\nset local lock_timeout = '2s';\nset local search_path = pg_catalog, pg_temp;\n"
    assert settings in text_of(file)


@pytest.mark.parametrize("rule", FAULTS)
def test_no_script_has_the_faults(rule: str) -> None:
    found = [
        (match[0], line.strip())
        for match in SCRIPTS
        for line in statements(match[0]).splitlines()
        if re.search(FAULTS[rule], line)
    ]
    assert [fault for fault in found if fault not in ALLOWED] == []


@pytest.mark.parametrize("match", SCRIPTS, ids=lambda match: match[0])
def test_a_text_that_is_put_together_says_its_order(match: re.Match[str]) -> None:
    # Each version of PostgreSQL returns rows in another order, and messages are compared.
    text = text_of(match[0])
    for found in re.finditer(r"\bstring_agg\(", text):
        depth = 1
        end = found.end()
        while depth:
            depth += {"(": 1, ")": -1}.get(text[end], 0)
            end += 1
        assert re.search(r"\border by\b|^\s*distinct\b", text[found.end() : end]), text[
            found.start() : end
        ]


@pytest.mark.parametrize("match", SCRIPTS, ids=lambda match: match[0])
def test_psql_only_asks_whether_there_is_anything_to_do(match: re.Match[str]) -> None:
    """A linter does not see what a psql variable holds."""
    commands = re.findall(r"^.*\\gset$|^\\.*$", text_of(match[0]), flags=re.MULTILINE)
    if commands:
        state = {"deploy": "deployed", "revert": "reverted"}[match[2]]
        asked, *others = commands
        assert re.fullmatch(rf"select .* as {state}\b.*", asked)
        assert others == [rf"\if :{state}", r"\quit", r"\endif"]
        assert re.match(r"(--.*\n)+\n" + re.escape("\n".join(commands)), text_of(match[0]))
        if asked.startswith("select consolidation.is_"):
            assert asked == rf"select consolidation.is_{state}('{match[3]}') as {state} \gset"


@pytest.mark.parametrize("match", SCRIPTS, ids=lambda match: match[0])
def test_a_script_can_be_read_in_every_encoding(match: re.Match[str]) -> None:
    """The database or the terminal may speak LATIN1."""
    assert re.findall(r"[^\x00-\x7f]", text_of(match[0])) == []


@pytest.mark.parametrize("file", [file for file in FILES if not ANY_WIDTH.fullmatch(file)])
def test_lines_are_at_most_100_columns_and_end_where_they_seem_to(file: str) -> None:
    text = text_of(file)
    assert [line for line in text.splitlines() if len(PRAGMA.sub("", line)) > 100] == []
    assert not re.search(r"[ \t\r]$", text, flags=re.MULTILINE)
    assert text == "" or re.search(r"[^\n]\n\Z", text)
