"""The calls that SQL makes, as the server's own parser sees them: which routine, which types.

With debug_print_parse the server sends each statement's tree to the client, those in PL/pgSQL
included; views, SQL-bodied functions and policies hold theirs in the catalog. A tree names a
routine by oid and shows where the parser converted an argument by itself: what the argument was
before is the exact type that a hostile overload would have to have.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from helpers_cycle import Connection

# For the libpq variable PGOPTIONS. The server's log would hold everything a second time.
TRACED = (
    " -c debug_print_parse=on -c debug_pretty_print=off -c client_min_messages=log"
    " -c log_min_messages=panic"
)

TOKEN = re.compile(r"[{}()]|(?:\\.|[^\s(){}\\])+", flags=re.DOTALL)
# Where a node says of which type its value is.
TYPE_FIELDS = (
    "vartype", "consttype", "paramtype", "funcresulttype", "opresulttype", "aggtype", "wintype",
    "resulttype", "casetype", "coalescetype", "minmaxtype", "array_typeid", "row_typeid",
    "refrestype", "typeId", "type",
)  # fmt: skip
TYPE_OF_VALUE = re.compile(rf":(?:{'|'.join(TYPE_FIELDS)})\s+(\d+)")
FORMATS = ("funcformat", "relabelformat", "coerceformat", "coercionformat", "convertformat")
CALL, IMPLICIT = "0", "2"
BOOLEAN, TEXT, UNKNOWN = 16, 25, 705
EXPRESSION_SUBLINK = "4"
# Of one call: literals may have been of two types each.
MOST_COMBINATIONS = 64


@dataclass
class Node:
    """A node of a tree: {LABEL :field value …}."""

    label: str
    fields: dict[str, Any] = field(default_factory=dict)

    def number(self, name: str) -> int:
        return int(self.fields[name])


@dataclass(frozen=True)
class Call:
    """A routine or operator, by oid, with the types it was called with and what it returned."""

    kind: str
    routine: int
    types: tuple[int, ...]
    names: tuple[str, ...] = ()
    result: int = 0
    is_set: bool = False


def parse(text: str) -> list[Any]:
    """Nodes, lists and atoms of a printed tree."""
    top: list[Any] = []
    stack: list[Any] = [top]
    last: list[str | None] = [None]
    wants_label = False
    for token in TOKEN.findall(text):
        if wants_label:
            node = Node(token)
            put(stack[-1], last[-1], node)
            stack.append(node)
            last.append(None)
            wants_label = False
        elif token == "{":
            wants_label = True
        elif token == "(":
            values: list[Any] = []
            put(stack[-1], last[-1], values)
            stack.append(values)
            last.append(None)
        elif token in "})":
            stack.pop()
            last.pop()
        elif token[0] == ":" and isinstance(stack[-1], Node):
            last[-1] = token[1:]
        else:
            put(stack[-1], last[-1], token)
    return top


def put(holder: Any, name: str | None, value: Any) -> None:
    """A value of a list, or of a field of a node; of several atoms in a field the first."""
    if isinstance(holder, list):
        holder.append(value)
    elif name is not None:
        holder.fields.setdefault(name, value)


def nodes(value: Any) -> Iterator[Node]:
    """All nodes of a tree."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Node):
            yield value
            waiting.extend(value.fields.values())
        elif isinstance(value, list):
            waiting.extend(value)


def type_of(node: Node) -> int:
    """The type of an expression."""
    if node.label == "SUBLINK":
        if node.fields["subLinkType"] != EXPRESSION_SUBLINK:
            return BOOLEAN
        return type_of(node.fields["subselect"].fields["targetList"][0].fields["expr"])
    for name in TYPE_FIELDS:
        if str(node.fields.get(name, "")).isdecimal():
            return node.number(name)
    return BOOLEAN


def written(node: Node) -> Node:
    """The expression as it was written: without the conversions that the parser added."""
    while node.label in ("NAMEDARGEXPR", "TARGETENTRY", "COLLATEEXPR", "COLLATE") or any(
        node.fields.get(name) == IMPLICIT for name in FORMATS
    ):
        inner = node.fields.get("arg", node.fields.get("expr", node.fields.get("args")))
        if isinstance(inner, list):
            inner = inner[0] if inner else None
        if not isinstance(inner, Node):
            break
        node = inner
    return node


def possible_types(node: Node) -> tuple[int, ...]:
    """What the type of an argument was; a literal without a type may become text."""
    node = written(node)
    found = type_of(node)
    if found == UNKNOWN:
        return (TEXT,)
    return (found, TEXT) if node.label == "CONST" and found != TEXT else (found,)


def calls_of(node: Node) -> Iterator[tuple[str, int, list[Node], int]]:
    """The routines or operators that a node calls: kind, oid, arguments, type of the result."""
    fields = node.fields
    arguments = fields["args"] if isinstance(fields.get("args"), list) else []
    if "funcid" in fields:
        yield "function", node.number("funcid"), arguments, type_of(node)
    elif "aggfnoid" in fields:
        yield "aggregate", node.number("aggfnoid"), arguments, type_of(node)
    elif "winfnoid" in fields:
        yield "aggregate", node.number("winfnoid"), arguments, type_of(node)
    elif "opno" in fields:
        yield (
            "operator",
            node.number("opno"),
            arguments,
            BOOLEAN if "useOr" in fields else type_of(node),
        )
    elif node.label in ("COERCEVIAIO", "RELABELTYPE") and CALL in (
        fields.get("coerceformat"),
        fields.get("relabelformat"),
    ):
        # text(x), which no function of that name may come before.
        yield "cast", type_of(node), [fields["arg"]], type_of(node)
    elif "opnos" in fields:
        pairs = zip(fields["opnos"][1:], fields["largs"], fields["rargs"], strict=True)
        for operator, left, right in pairs:
            yield "operator", int(operator), [left, right], BOOLEAN


def calls(text: str, element_types: dict[int, int]) -> set[Call]:
    """Every call of a printed tree. element_types: element type by array type."""
    found = set()
    for node in nodes(parse(text)):
        for kind, routine, arguments, result in calls_of(node):
            lists = [arguments]
            last = arguments[-1] if arguments else None
            elements = last.fields.get("elements") if isinstance(last, Node) else None
            if isinstance(elements, list) and "useOr" in node.fields:
                lists.extend([arguments[0], element] for element in elements)
            elif isinstance(elements, list) and kind != "operator":
                # Written one by one where the last parameter is variadic.
                lists.append(arguments[:-1] + elements)
            names = tuple(
                a.fields["name"] for a in arguments if getattr(a, "label", "") == "NAMEDARGEXPR"
            )
            for listed in lists:
                options = [possible_types(a) for a in listed if isinstance(a, Node)]
                if "useOr" in node.fields:
                    options[1] = tuple(element_types.get(t, t) for t in options[1])
                combinations = itertools.islice(itertools.product(*options), MOST_COMBINATIONS)
                for types in combinations:
                    found.add(
                        Call(
                            kind, routine, types,
                            names if len(names) == len(types) else (),
                            result, node.fields.get("funcretset") == "true",
                        )
                    )  # fmt: skip
    return found


def types_in(text: str, wanted: set[int]) -> set[int]:
    """Which of these types a printed tree has values of."""
    return wanted & {int(oid) for oid in TYPE_OF_VALUE.findall(text)}


def printed_trees(output: str) -> set[str]:
    """The trees in what psql printed."""
    return set(re.findall(r"parse tree:\s+DETAIL:\s+(.*?)\n\n", output, flags=re.DOTALL))


def stored_trees(connection: Connection) -> set[str]:
    """The trees that the catalog holds, of everything that is not PostgreSQL's own."""
    rows = connection.execute(
        """
        select p.prosqlbody::text from pg_catalog.pg_proc as p
        where p.oid >= 16384 and p.prosqlbody is not null
        union select r.ev_action::text from pg_catalog.pg_rewrite as r where r.oid >= 16384
        union select p.polqual::text from pg_catalog.pg_policy as p
        union select p.polwithcheck::text from pg_catalog.pg_policy as p
        union select t.tgqual::text from pg_catalog.pg_trigger as t
        union select d.adbin::text from pg_catalog.pg_attrdef as d
        union select c.conbin::text from pg_catalog.pg_constraint as c where c.contypid = 0
        union select i.indexprs::text from pg_catalog.pg_index as i
        union select i.indpred::text from pg_catalog.pg_index as i
        """
    )
    return {tree for (tree,) in rows if tree}
