"""Sizes as rules: what a reviewer reads fits on a screen, and a linter reads it, too.

The figures are printed with each run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

import pytest
from test_scripts import FILES, text_of

LONGEST_FUNCTION = 100
LONGEST_MEDIAN = 25
LONGEST_FILE = 250
LONGEST_LITERAL = 10
ALL_LITERALS = 60
# Fewer names are a reference, not the list.
NAMES_OF_A_LIST = 3
LINES_OF_A_LIST = 6

DEPLOY = [file for file in FILES if re.fullmatch(r"deploy/.+\.sql", file)]
SCRIPTS = DEPLOY + [file for file in FILES if re.fullmatch(r"contract/.+\.sql", file)]
SIX = {
    "workflow_trace",
    "workflow_steps",
    "workflow_events",
    "workflow_trace_screenshot",
    "workflow_trace_context",
    "workflow_trace_endpoint",
}
# Lists that cannot ask six_tables().
WITHOUT_FUNCTION = {
    "deploy/baseline.sql": "it comes before the function",
    "deploy/access/isolation.sql": "it outlives the function",
    "contract/verify/drop_old_names.sql": "it verifies that the function is gone",
}

# Parser ------------------------------------------------------------------------------------------

TOKEN = re.compile(
    r"""
      (?P<comment>--[^\n]*|/\*.*?\*/)
    | (?P<space>\s+)
    | (?P<string>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*')
    | (?P<dollar>\$(?P<tag>[a-zA-Z_]\w*|)\$.*?\$(?P=tag)\$)
    | (?P<name>"(?:[^"]|"")*")
    | (?P<psql>^\\[^\n]*|\\gset[^\n]*)
    | (?P<word>[a-zA-Z_]\w*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
ROUTINE = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:function|procedure)\s+([\w.]+)", flags=re.IGNORECASE
)
COMMENT_ON = re.compile(r"comment\s+on\b", flags=re.IGNORECASE)
# What a fragment of SQL begins with: a word of it, or a call. A regular expression goes on with a
# backslash.
SQL = re.compile(
    r"[\s(]*(?:(?:select|insert|update|delete|merge|with|create|alter|drop|grant|revoke|comment"
    r"|lock|set|do|call|truncate|copy|execute|from|where|join|inner|left|right|full|cross|on|and"
    r"|or|not|union|except|group|order|having|limit|values|returning|case|exists|perform|if|begin)"
    r"\b(?!\\)|[a-z_][\w.]*\()",
    flags=re.IGNORECASE,
)
# What a person reads.
PROSE = re.compile(r"\b(message|detail|hint)\s*=\s*(format\(\s*)?\Z|\braise\s+\w+\s*\Z")


@dataclass(frozen=True)
class Token:
    """A part of a script, its first line and where it begins."""

    kind: str
    text: str
    line: int
    position: int

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1


@dataclass(frozen=True)
class Piece:
    """A statement, or a function of it: its name or its beginning, its line, its length."""

    name: str
    line: int
    text: str

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1


def tokens(text: str, line: int = 1) -> Iterator[Token]:
    """The tokens of SQL; a dollar quote is one."""
    for match in TOKEN.finditer(text):
        kind = "dollar" if match.lastgroup == "tag" else str(match.lastgroup)
        yield Token(kind, match[0], line + text.count("\n", 0, match.start()), match.start())


def statements(text: str) -> list[Piece]:
    """The statements, with what they begin with, each to its semicolon."""
    found: list[Piece] = []
    first: Token | None = None
    atomic = parentheses = 0
    before: list[str] = []
    for token in tokens(text):
        if token.kind in ("comment", "space", "psql"):
            if token.kind == "psql":
                first, atomic, parentheses, before = None, 0, 0, []
            continue
        if first is None:
            first = token
        word = token.text.lower()
        if word in "()":
            parentheses += 1 if word == "(" else -1
        elif token.kind == "word" and (atomic or before[-1:] == ["begin"]):
            # Only a body has statements of its own, and only there "case" needs an end.
            if (word == "atomic" and before[-1:] == ["begin"]) or word == "case":
                atomic += 1
            elif word == "end":
                atomic -= 1
        before.append(word)
        if word == ";" and not atomic and not parentheses:
            whole = text[first.position : token.position + 1]
            found.append(Piece(" ".join(whole.split()[:4]), first.line, whole))
            first, before = None, []
    return found


def functions(text: str) -> list[Piece]:
    """The functions and procedures that a script creates, from "create" to the semicolon."""
    return [
        Piece(match[1], piece.line, piece.text)
        for piece in statements(text)
        if (match := ROUTINE.match(piece.text))
    ]


def content(token: Token) -> str:
    """What a string or a dollar quote holds."""
    if token.kind == "string":
        return token.text[token.text.index("'") + 1 : -1].replace("''", "'")
    tag = token.text[: token.text.index("$", 1) + 1]
    return token.text[len(tag) : -len(tag)]


def strings(text: str) -> list[Token]:
    """Every string of a script, those in bodies of functions and blocks as well."""
    found: list[Token] = []
    for piece in statements(text):
        has_body = ROUTINE.match(piece.text) or piece.text.lower().startswith("do")
        for token in tokens(piece.text, piece.line):
            if token.kind == "dollar" and has_body:
                body = content(token)
                start = token.line + token.text[: token.text.index(body)].count("\n")
                found += [t for t in tokens(body, start) if t.kind in ("string", "dollar")]
            elif token.kind in ("string", "dollar"):
                found.append(token)
    return found


def literals(text: str) -> list[Piece]:
    """Literals of SQL that span lines; those that are joined directly are one literal."""
    found = []
    for piece in statements(text):
        if COMMENT_ON.match(piece.text):
            continue
        has_body = ROUTINE.match(piece.text) or piece.text.lower().startswith("do")
        parts = [Piece("", piece.line, piece.text)]
        if has_body:
            parts = [
                Piece("", token.line, content(token))
                for token in tokens(piece.text, piece.line)
                if token.kind == "dollar"
            ] or parts
        for part in parts:
            found += [literal for literal in joined(part) if SQL.match(literal.name)]
    return [literal for literal in found if literal.lines > 1]


def joined(part: Piece) -> Iterator[Piece]:
    """The strings of a part; what only white space or || stands between is one string."""
    first: Token | None = None
    last: Token | None = None
    held = ""
    for token in [*tokens(part.text, part.line), Token("end", "", 0, len(part.text))]:
        if token.kind in ("string", "dollar"):
            if first is None:
                first, held = token, ""
            held += content(token)
            last = token
        elif token.kind not in ("space", "comment") and token.text != "|" and first and last:
            before = re.sub(r"--[^\n]*", "", part.text[: first.position])
            if not PROSE.search(before):
                end = last.position + len(last.text)
                yield Piece(held, first.line, part.text[first.position : end])
            first = last = None


def lists_of_the_six(text: str) -> list[int]:
    """The lines where three or more of the six names stand together, except in six_tables()."""
    own = {
        line
        for piece in functions(text)
        if piece.name == "consolidation.six_tables"
        for line in range(piece.line, piece.line + piece.lines)
    }
    named = [
        (token.line, name)
        for token in strings(text)
        for name in re.split(r"[\s,{}]+", content(token))
        if re.sub(r"^(public|legacy|consolidation)\.", "", name) in SIX and token.line not in own
    ]
    found: list[int] = []
    for line, _ in named:
        together = {name for other, name in named if line <= other < line + LINES_OF_A_LIST}
        if len(together) >= NAMES_OF_A_LIST and (not found or line > found[-1] + LINES_OF_A_LIST):
            found.append(line)
    return found


# The parser itself -------------------------------------------------------------------------------

SAMPLE = """-- Deploy a;b to pg
select f('x') as deployed \\gset
\\if :deployed
\\quit
\\endif

begin;

create function a.first(one text, two text default ';')
returns text
language sql
begin atomic
    select case when one = 'x' then 1 end;
    select (case two when ';' then 2 end);
end;
comment on function a.first(text, text) is
'select what
nobody
counts';

create or replace function a.second()
returns text
language sql
return (
    'x;'
);

create procedure a.third()
language plpgsql
as $$
begin
    -- It's a comment; with a quote.
    execute format(
        'select %I
        from t
        where a = ''b;''', 'c'
    );
    execute $sql$
        update t
        set a = 1;
    $sql$;
    raise exception using
        hint = 'select this '
        'and read on';
    execute format('concat(
        case when a then b end
    )');
    perform a ~ 'insert\\s+
    into';
    execute 'insert into t '
    || 'select 1 '
    || 'from u';
    perform 'prose that'
    ' goes on';
end;
$$;

do $$ begin execute 'drop table
t'; end $$;

alter function a.third() owner to b;
commit;
"""


def test_a_script_is_split_into_statements() -> None:
    assert [piece.name for piece in statements(SAMPLE)] == [
        "begin;",
        "create function a.first(one text,",
        "comment on function a.first(text,",
        "create or replace function",
        "create procedure a.third() language",
        "do $$ begin execute",
        "alter function a.third() owner",
        "commit;",
    ]


def test_functions_are_measured_from_create_to_the_semicolon() -> None:
    assert [(f.name, f.line, f.lines) for f in functions(SAMPLE)] == [
        ("a.first", 9, 7),
        ("a.second", 21, 6),
        ("a.third", 28, 29),
    ]


def test_literals_of_sql_are_measured() -> None:
    assert [(literal.line, literal.lines) for literal in literals(SAMPLE)] == [
        (34, 3),
        (38, 4),
        (45, 3),
        (50, 3),
        (58, 2),
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("select 'workflow_trace', 'workflow_steps', 'workflow_events';", [1]),
        ("select '{workflow_trace,workflow_steps,legacy.workflow_events}';", [1]),
        ("select 'public.workflow_trace'::a,\n'workflow_steps',\n\n'workflow_events';", [1]),
        (
            "do $$ begin\n\nselect 'workflow_trace', 'workflow_steps', 'workflow_events'; end $$;",
            [3],
        ),
        ("select 'workflow_trace', 'workflow_steps', 'workflow_steps';", []),
        ("select 'workflow_trace', 'workflow_steps', 'x workflow_events_too';", []),
        ("select 'workflow_trace', 'workflow_steps'" + ",\n'x'" * 9 + ", 'workflow_events';", []),
        ("-- 'workflow_trace', 'workflow_steps', 'workflow_events'\nselect 1;", []),
        (
            "create function consolidation.six_tables() returns text [] return array[\n"
            "'workflow_trace', 'workflow_steps', 'workflow_events'\n];",
            [],
        ),
    ],
)
def test_lists_of_the_six_names_are_found(text: str, lines: list[int]) -> None:
    assert lists_of_the_six(text) == lines


def test_every_function_and_every_semicolon_is_seen() -> None:
    """What the parser loses, the rules would not see."""
    for file in SCRIPTS:
        text = text_of(file)
        created = re.findall(r"^create (?:or replace )?(?:function|procedure) ([\w.]+)", text, re.M)
        assert [function.name for function in functions(text)] == created, file
        # What is left after the last semicolon is nothing but space and comments.
        last = statements(text)[-1:]
        rest = text[text.rindex(last[0].text) + len(last[0].text) :] if last else text
        assert not re.sub(r"--.*|\s", "", rest), file


# Rules -------------------------------------------------------------------------------------------


def say(capsys: pytest.CaptureFixture[str], text: str) -> None:
    with capsys.disabled():
        print(f"\n{text}", end=" ")


def refuse(found: list[tuple[int, str]], limit: int) -> None:
    """Fails, and lists what is longer, the longest first."""
    longer = sorted((size for size in found if size[0] > limit), reverse=True)
    assert not longer, f"longer than {limit} lines:\n" + "\n".join(
        f"{lines:5} {name}" for lines, name in longer
    )


def test_what_is_longer_is_refused() -> None:
    refuse([(10, "a"), (1, "b")], 10)
    with pytest.raises(AssertionError, match=r"longer than 10 lines:\n +12 c\n +11 a\n"):
        refuse([(11, "a"), (10, "b"), (12, "c")], 10)


def test_a_function_fits_on_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    found = [(f.lines, f.name) for file in SCRIPTS for f in functions(text_of(file))]
    assert len(found) > 50
    middle = median(lines for lines, _ in found)
    longest = max(found)
    say(capsys, f"{len(found)} functions: median {middle} lines, the longest {longest}")
    refuse(found, LONGEST_FUNCTION)
    assert middle <= LONGEST_MEDIAN


def test_a_file_is_one_concern(capsys: pytest.CaptureFixture[str]) -> None:
    found = [(text_of(file).count("\n"), file) for file in DEPLOY]
    longest = max(found)
    say(capsys, f"{len(found)} deploy scripts: the longest {longest}")
    refuse(found, LONGEST_FILE)


def test_sql_stands_where_linters_read_it(capsys: pytest.CaptureFixture[str]) -> None:
    found = [(s.lines, f"{file}:{s.line}") for file in SCRIPTS for s in literals(text_of(file))]
    lines = sum(count for count, _ in found)
    longest = max(found, default=(0, "none"))
    say(capsys, f"{lines} lines of SQL in {len(found)} literals: the longest {longest}")
    refuse(found, LONGEST_LITERAL)
    assert lines <= ALL_LITERALS


def test_the_six_tables_are_listed_once(capsys: pytest.CaptureFixture[str]) -> None:
    found = {
        file: lines
        for file in SCRIPTS
        if file not in WITHOUT_FUNCTION and (lines := lists_of_the_six(text_of(file)))
    }
    say(capsys, f"{sum(map(len, found.values()))} lists of the six tables besides six_tables()")
    assert not found, "\n".join(f"{file}: {lines}" for file, lines in found.items())
    assert all(lists_of_the_six(text_of(file)) for file in WITHOUT_FUNCTION)
