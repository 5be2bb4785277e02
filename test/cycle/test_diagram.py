"""The pictures of the README are what the catalog and the plans say."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from conftest import ROOT, connect, database, run


def test_the_tables_are_drawn_as_they_are(deployed_template: str) -> None:
    with database(deployed_template) as name:
        drawn = run("./script/diagram", "tables", name).stdout
        assert drawn == (ROOT / "docs/tables.svg").read_text(encoding="utf-8")
        with connect(name) as connection:
            connection.execute("alter table user_workflow_run add column forgotten text")
        assert run("./script/diagram", "tables", name).stdout != drawn


def test_the_phases_are_drawn_as_they_are() -> None:
    drawn = run("./script/diagram", "phases").stdout
    assert drawn == (ROOT / "docs/phases.svg").read_text(encoding="utf-8")


def test_the_families_are_drawn_as_they_are() -> None:
    drawn = run("./script/diagram", "families").stdout
    assert drawn == (ROOT / "docs/families.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["tables", "phases", "families"])
def test_a_picture_follows_the_colour_scheme_of_the_reader(name: str) -> None:
    text = (ROOT / f"docs/{name}.svg").read_text(encoding="utf-8")
    dark = text.split("@media (prefers-color-scheme: dark)")[1].split("</style>")[0]
    # Every colour that is fixed in an attribute and too near to one of the backgrounds.
    for attribute in ('[fill="#ffffff"]', "text {", '[stroke="#656d76"]', '[style*="#656d76"]'):
        assert attribute in dark


@pytest.mark.parametrize("name", ["tables", "phases", "families"])
def test_no_text_leaves_the_picture(name: str) -> None:
    """Nor runs into another one of its line; reckoned with a wide font."""
    picture = ElementTree.parse(ROOT / f"docs/{name}.svg").getroot()
    width = float(picture.attrib["width"])
    taken: list[tuple[float, float, float, str]] = []
    for text in picture.iter("{http://www.w3.org/2000/svg}text"):
        content, style = text.text or "", text.attrib.get("style", "")
        size = float(style.split("font-size: ")[1].split("px")[0]) if "font-size" in style else 11.5
        length = size * 0.6 * len(content)
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        x -= {"end": length, "middle": length / 2}.get(text.attrib.get("text-anchor", ""), 0)
        assert x >= 0, content
        assert x + length <= width, content
        for other_x, other_end, other_y, other in taken:
            apart = abs(other_y - y) > 8 or other_end <= x or x + length <= other_x
            assert apart or not content, f"{content!r} runs into {other!r}"
        if content:
            taken.append((x, x + length, y, content))
