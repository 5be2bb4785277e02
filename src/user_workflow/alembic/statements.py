"""Splits a script into statements, as psql does."""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|--[^\n]*)
    | (?P<comment>/\*)
    | (?P<string>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*")
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<number>[\d$][\w$]*)
    | (?P<other>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_COMMENT_MARK = re.compile(r"/\*|\*/")
_ROUTINE = re.compile(r"create (or replace )?(function|procedure)\b")


def split_statements(script: str) -> list[str]:
    """Splits a script of SQL at the semicolons that end a statement.

    Semicolons in strings, quoted names, dollar quotes, comments, parentheses and the bodies of
    ``begin atomic … end`` do not. What precedes a statement (space, comments) and its semicolon are
    left out.

    Args:
        script: SQL, without commands of psql.

    Returns:
        The statements in order; none of them is empty.

    Raises:
        ValueError: A string, name, dollar quote or comment does not end, or there is a backslash
            command of psql.
    """
    statements: list[str] = []
    start: int | None = None
    words: list[str] = []
    parentheses = 0
    blocks = 0
    position = 0
    while position < len(script):
        token = _TOKEN.match(script, position)
        assert token is not None  # the last alternative matches any character
        kind, text = token.lastgroup, token.group()
        end = token.end()
        if kind == "comment":
            end = _end_of_comment(script, position)
        elif kind == "dollar":
            closing = script.find(text, end)
            if closing < 0:
                raise ValueError(f"line {_line(script, position)}: {text} does not end")
            end = closing + len(text)
        elif kind == "other" and text in "'\"":
            raise ValueError(f"line {_line(script, position)}: {text} does not end")
        elif text == "\\":
            raise ValueError(f"line {_line(script, position)}: a command of psql")

        if text == ";" and not parentheses and not blocks:
            if start is not None:
                statements.append(script[start:position].rstrip())
            start, words, parentheses = None, [], 0
        elif kind not in ("space", "comment"):
            if start is None:
                start = position
            if text == "(":
                parentheses += 1
            elif text == ")":
                parentheses = max(0, parentheses - 1)
            elif kind == "word":
                word = text.lower()
                if len(words) < 4:
                    words.append(word)
                # As in psql: only a routine has a body of statements, and only there "case" nests.
                if not parentheses and _ROUTINE.match(" ".join(words)):
                    if word == "begin" or (word == "case" and blocks):
                        blocks += 1
                    elif word == "end" and blocks:
                        blocks -= 1
        position = end
    if start is not None:
        statements.append(script[start:].rstrip())
    return statements


def _end_of_comment(script: str, position: int) -> int:
    """The end of the comment that begins here; comments nest."""
    depth = 0
    for mark in _COMMENT_MARK.finditer(script, position):
        depth += 1 if mark.group() == "/*" else -1
        if not depth:
            return mark.end()
    raise ValueError(f"line {_line(script, position)}: /* does not end")


def _line(script: str, position: int) -> int:
    return script.count("\n", 0, position) + 1
