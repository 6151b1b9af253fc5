import re

import pandas as pd

from kamlib.display.pictures import axes, described, picture
from kamlib.estimate import Unknown


def bar(table, *, ax=None):
    ax = axes(ax)
    ax.barh(table["name"], table["amount"])
    return described(ax, title="One is larger", subtitle="Amount", alt=f"Bars: {table['name'].iloc[0]}.")


def drawn(*names, key="bars"):
    return picture(bar, pd.DataFrame({"name": names, "amount": range(1, len(names) + 1)}), key=key)


def test_an_unknown_passes_through():
    unknown = Unknown("There is no cost.")

    assert picture(bar, unknown, key="bars") is unknown


def test_the_same_result_gives_the_same_bytes():
    assert drawn("Ann", "Bo") == drawn("Ann", "Bo")


def test_a_picture_is_drawn_for_two_widths_and_carries_its_words():
    shown = drawn("Ann", "Bo")

    assert (shown.title, shown.subtitle, shown.alt) == ("One is larger", "Amount", "Bars: Ann.")
    assert 'aria-label="Bars: Ann."' in shown.wide
    assert shown.wide != shown.narrow


def test_no_id_is_there_twice_among_pictures():
    said = "".join(one.wide + one.narrow for one in (drawn("Ann"), drawn("Ann", key="other")))
    ids = re.findall(r' id="([^"]+)"', said)

    assert ids
    assert len(ids) == len(set(ids))


def test_a_name_with_dollars_is_a_name_not_a_formula():
    shown = drawn("$x^2$", "A_$B$")

    assert ">$x^2$<" in shown.wide
    assert ">A_$B$<" in shown.narrow


def test_a_name_that_looks_like_a_tag_is_escaped_in_drawing_words_and_numbers():
    html = drawn('<script>alert(1)</script> & "Co"')._repr_mimebundle_()["text/html"]

    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 5
