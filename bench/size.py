"""Bytes before and after."""

from __future__ import annotations

from bench.database import NEW, OLD, Database, value
from bench.measure import Goal, Section, Spread, Table

SIZES = """
    select
        c.relname,
        pg_relation_size(c.oid)::float8,
        coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0)::float8,
        pg_indexes_size(c.oid)::float8,
        (
            select json_object_agg(i.relname, pg_relation_size(i.oid))
            from pg_index as x
            inner join pg_class as i on i.oid = x.indexrelid
            where x.indrelid = c.oid
        )
    from unnest(%s::text[]) with ordinality as n (name, place)
    inner join pg_class as c on c.oid = n.name::regclass
    order by n.place
"""


def part(database: Database) -> Section:
    """Compares the sizes of old and new tables, and both with another compression.

    Args:
        database: After the cut-over, with the old tables still there.
    """
    tables = {
        "before": [f"legacy.{name}" for name in OLD],
        "after": [f"public.{name}" for name in NEW],
    }
    with database.connect() as connection:
        for names in tables.values():
            for name in names:
                connection.execute(f"vacuum {name}")
        sizes = {
            when: connection.execute(SIZES, [names]).fetchall() for when, names in tables.items()
        }
        methods = compressed(database, tables)
        total = {
            when: sum(heap + toast + indexes for _, heap, toast, indexes, _ in rows)
            for when, rows in sizes.items()
        }
        in_use = value(connection, "select current_setting('default_toast_compression')")
    indexes = {when: sum(row[3] for row in rows) for when, rows in sizes.items()}
    largest = sorted(
        ((name, size) for row in sizes["after"] for name, size in row[4].items()),
        key=lambda pair: -pair[1],
    )
    share = ", ".join(f"`{name}` {megabytes(size)} MB" for name, size in largest[:2])
    return Section(
        title="Size",
        text=(
            f"After `vacuum`, with `default_toast_compression = {in_use}`. Heaps of the new tables"
            " are filled to 90 %, so that appends find room on their page. For the comparison of"
            " compressions every table was copied with `copy`, once with each."
        ),
        tables=[
            Table(
                "MB",
                ("", "heap", "TOAST", "indexes", "total"),
                [
                    (
                        f"{when}: `{name}`",
                        *(megabytes(size) for size in (heap, toast, index)),
                        megabytes(heap + toast + index),
                    )
                    for when, rows in sizes.items()
                    for name, heap, toast, index, _ in rows
                ]
                + [
                    (
                        f"**{when}**",
                        *(megabytes(sum(row[i] for row in rows)) for i in (1, 2, 3)),
                        megabytes(total[when]),
                    )
                    for when, rows in sizes.items()
                ],
            ),
            Table(
                "Indexes, MB",
                ("", "index", "MB"),
                [
                    (when, f"`{name}`", megabytes(size))
                    for when, rows in sizes.items()
                    for row in rows
                    for name, size in sorted(row[4].items(), key=lambda pair: -pair[1])
                ],
            ),
            Table(
                "Heap and TOAST by compression, MB",
                ("", "before", "after", "after / before", "with indexes"),
                [
                    (
                        f"`{method}`",
                        megabytes(of["before"]),
                        megabytes(of["after"]),
                        f"{of['after'] / of['before']:.2f}",
                        f"{with_indexes(of, indexes):.2f}",
                    )
                    for method, of in methods.items()
                ],
            ),
        ],
        goals=[
            Goal(
                f"total size after against before, `{in_use}`",
                Spread((total["after"] / total["before"],)),
                at_most=0.85,
                if_missed=f"The greatest indexes: {share}.",
            ),
            *(
                Goal(
                    f"total size after against before, both with `{method}`",
                    Spread((with_indexes(of, indexes),)),
                    at_most=0.85,
                )
                for method, of in methods.items()
                if method != in_use
            ),
        ],
        findings=[
            f"After takes {total['after'] / total['before']:.2f} times the space of before:"
            f" {'the new structure loses' if total['after'] > total['before'] else 'it wins'}"
            " whatever the number of runs, since all of it grows with them."
        ],
    )


def with_indexes(of: dict[str, float], indexes: dict[str, float]) -> float:
    """After against before, heap, TOAST and indexes."""
    return (of["after"] + indexes["after"]) / (of["before"] + indexes["before"])


def compressed(database: Database, tables: dict[str, list[str]]) -> dict[str, dict[str, float]]:
    """Heap and TOAST of copies of the tables, by compression."""
    found: dict[str, dict[str, float]] = {}
    with database.connect() as reader, database.connect() as writer:
        known = value(
            writer, "select enumvals from pg_settings where name = 'default_toast_compression'"
        )
        for method in known:
            writer.execute(f"set default_toast_compression = {method}")
            found[method] = {}
            for when, names in tables.items():
                writer.execute("create schema copied")
                copies = [f"copied.{name.partition('.')[2]}" for name in names]
                for name, copy in zip(names, copies, strict=True):
                    writer.execute(f"create table {copy} (like {name})")
                    if when == "after":
                        writer.execute(f"alter table {copy} set (fillfactor = 90)")
                    with (
                        reader.cursor().copy(f"copy {name} to stdout") as out,
                        writer.cursor().copy(f"copy {copy} from stdin") as into,
                    ):
                        for data in out:
                            into.write(data)
                rows = writer.execute(SIZES, [copies]).fetchall()
                found[method][when] = sum(heap + toast for _, heap, toast, *_ in rows)
                writer.execute("drop schema copied cascade")
    return found


def megabytes(size: float) -> str:
    """Bytes as MB."""
    return f"{size / 1e6:,.1f}"
