"""Bytes before and after."""

from __future__ import annotations

from dataclasses import dataclass

from psycopg.rows import class_row

from bench.database import NEW, OLD, Connection, Database, value
from bench.measure import Goal, Section, Spread, Table

TABLES = {
    "before": [f"legacy.{name}" for name in OLD],
    "after": [f"public.{name}" for name in NEW],
}


@dataclass(frozen=True)
class Size:
    """How many bytes a table takes."""

    name: str
    heap: int
    toast: int
    indexes: int
    index: dict[str, int]

    @property
    def total(self) -> int:
        """All of it."""
        return self.heap + self.toast + self.indexes


def sizes_of(connection: Connection, names: list[str]) -> list[Size]:
    """The sizes of tables, without what vacuum gives back."""
    for name in names:
        connection.execute(f"vacuum {name}")
    return (
        connection.cursor(row_factory=class_row(Size))
        .execute(
            """
            select
                c.relname as name,
                pg_relation_size(c.oid) as heap,
                coalesce(pg_total_relation_size(nullif(c.reltoastrelid, 0)), 0) as toast,
                pg_indexes_size(c.oid) as indexes,
                (
                    select json_object_agg(i.relname, pg_relation_size(i.oid))
                    from pg_index as x
                    inner join pg_class as i on i.oid = x.indexrelid
                    where x.indrelid = c.oid
                ) as index
            from unnest(%s::text[]) with ordinality as n (name, place)
            inner join pg_class as c on c.oid = n.name::regclass
            order by n.place
            """,
            [names],
        )
        .fetchall()
    )


def compressed(database: Database) -> dict[str, dict[str, int]]:
    """Heap and TOAST of copies of the tables, by compression, before and after."""
    found: dict[str, dict[str, int]] = {}
    with database.connect() as reader, database.connect() as writer:
        known = value(
            writer, "select enumvals from pg_settings where name = 'default_toast_compression'"
        )
        for method in known:
            writer.execute(f"set default_toast_compression = {method}")
            found[method] = {}
            for when, names in TABLES.items():
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
                found[method][when] = sum(size.total for size in sizes_of(writer, copies))
                writer.execute("drop schema copied cascade")
    return found


def part(small: Database, database: Database) -> Section:
    """Compares the sizes of old and new tables, and both with another compression.

    Args:
        small: After the cut-over, with a tenth of the runs.
        database: After the cut-over, with the old tables still there.
    """
    ratios: dict[int, float] = {}
    for measured in (small, database):
        with measured.connect() as connection:
            sizes = {when: sizes_of(connection, names) for when, names in TABLES.items()}
            total = {when: sum(size.total for size in of) for when, of in sizes.items()}
            ratios[measured.runs] = total["after"] / total["before"]
            in_use = value(connection, "select current_setting('default_toast_compression')")
    indexes = {when: sum(size.indexes for size in of) for when, of in sizes.items()}
    copied = compressed(database)
    with_indexes = {
        method: (of["after"] + indexes["after"]) / (of["before"] + indexes["before"])
        for method, of in copied.items()
    }
    each_index = {
        when: sorted(
            (pair for size in of for pair in size.index.items()), key=lambda pair: -pair[1]
        )
        for when, of in sizes.items()
    }
    largest = ", ".join(f"`{name}` {megabytes(size)} MB" for name, size in each_index["after"][:2])
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
                [row(f"{when}: `{size.name}`", [size]) for when, of in sizes.items() for size in of]
                + [row(f"**{when}**", of) for when, of in sizes.items()],
            ),
            Table(
                "Indexes, MB",
                ("", "index", "MB"),
                [
                    (when, f"`{name}`", megabytes(size))
                    for when, of in each_index.items()
                    for name, size in of
                ],
            ),
            Table(
                "Heap and TOAST by compression, MB",
                ("", "before", "after", "after / before", "after / before, with indexes"),
                [
                    (
                        f"`{method}`",
                        megabytes(of["before"]),
                        megabytes(of["after"]),
                        f"{of['after'] / of['before']:.2f}",
                        f"{with_indexes[method]:.2f}",
                    )
                    for method, of in copied.items()
                ],
            ),
        ],
        goals=[
            Goal(
                f"total size after against before, `{in_use}`",
                Spread((ratios[database.runs],)),
                at_most=0.85,
                if_missed=f"The greatest indexes: {largest}.",
            ),
            *(
                Goal(
                    f"total size after against before, both with `{method}`",
                    Spread((ratio,)),
                    at_most=0.85,
                )
                for method, ratio in with_indexes.items()
                if method != in_use
            ),
        ],
        losses=[
            f"Size: {ratio:.2f} times that of the old tables with {runs:,} runs"
            for runs, ratio in ratios.items()
            if ratio > 1
        ],
    )


def row(name: str, sizes: list[Size]) -> tuple[str, ...]:
    """A row of the table: the sum of the sizes."""
    columns = ("heap", "toast", "indexes", "total")
    return (name, *(megabytes(sum(getattr(size, column) for size in sizes)) for column in columns))


def megabytes(size: float) -> str:
    """Bytes as MB."""
    return f"{size / 1e6:,.1f}"
