import nbformat
import pytest
from nbformat import v4

from kamlib import mime
from kamlib.display.findings import Finding
from kamlib.estimate import Unknown
from kamlib.publish.page import page_html

NASTY = '<script>alert(1)</script> & "Co"'


def output(shown):
    data = shown if isinstance(shown, dict) else shown._repr_mimebundle_()
    return nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}})


def notebook(*cells, question="# Who buys?\n\nFor sales: whom to call."):
    return v4.new_notebook(cells=[v4.new_markdown_cell(question), *cells])


def code(*shown, source="…", tags=()):
    return v4.new_code_cell(source, outputs=[output(one) for one in shown], metadata={"tags": list(tags)})


def html(*cells, **options):
    return page_html(notebook(*cells, **options), report="pareto/concentration", home="../../index.html")


def finding(**what):
    return Finding(**{"key": "k", "kind": "fact", "sentence": "Sales fell.", **what})


def test_the_first_finding_without_a_label_is_the_lead():
    page = html(code(finding(label="Sales", number=3.0), finding(sentence="Profit is gone.")))

    assert '<p class="lead info">Profit is gone.</p>' in page


def test_the_lead_is_said_once():
    assert html(code(finding(sentence="Profit is gone."))).count("Profit is gone.") == 1


def test_an_unknown_that_comes_first_is_the_lead():
    assert '<p class="lead unknown">No survey.</p>' in html(code(Unknown("No survey.")))


def test_the_same_notebook_gives_the_same_bytes():
    written = notebook(code(finding()))

    assert page_html(written, report="a/b", home="x") == page_html(written, report="a/b", home="x")


def test_nothing_follows_the_cell_where_a_notebook_stopped():
    stopped = code(Unknown("No survey."))
    stopped.metadata["papermill"] = {"exception": True}

    assert "By tier" not in html(stopped, v4.new_markdown_cell("## By tier"))


def test_code_and_analysts_cells_stay_behind():
    page = html(code(source="secret = 1"), v4.new_markdown_cell("For us.", metadata={"tags": ["analyst"]}))

    assert "secret" not in page
    assert "For us." not in page


def test_words_from_data_are_escaped_wherever_they_stand():
    settings = code(source=f"name: str = {NASTY!r}  # Name", tags=["parameters"])
    page = html(
        settings,
        code(finding(sentence=NASTY), finding(label=NASTY, number=1.0), finding(sentence=f"More {NASTY}")),
        v4.new_markdown_cell(f"## {NASTY}\n\n{NASTY}"),
        question=f"# {NASTY}",
    )

    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 7


def test_a_heading_is_escaped_once_in_the_contents():
    assert ">Sales &amp; profit</a>" in html(v4.new_markdown_cell("## Sales & profit"))


def test_a_link_out_of_the_page_becomes_words():
    page = html(v4.new_markdown_cell("See [the paper](https://a.example/b) ![x](https://a.example/c.png)."))

    assert "See the paper x." in page
    assert "://" not in page


def test_settings_show_labels_and_no_path():
    stated = code(source='folder: str = "/srv/ann/acme"  # Folder; any', tags=["parameters"])
    given = code(source='source = "/srv/ann/data"\nresults = "/srv/x"', tags=["injected-parameters"])
    page = html(stated, given)

    assert "<dt>Folder</dt><dd>acme</dd>" in page
    assert "/srv" not in page


def test_a_hash_in_a_default_is_not_taken_for_a_label():
    page = html(code(source='colour: str = "#fff"  # Colour; any', tags=["parameters"]))

    assert "<dt>Colour</dt><dd>#fff</dd>" in page


def test_data_to_is_the_last_day_of_the_data_where_the_source_tells_it():
    note = {"as_of": "2026-01-31", "data_to": "2025-12-31"}

    assert "<span>Data to 31 Dec 2025</span>" in html(code({mime.SOURCE: note}))


def test_an_action_points_only_at_what_the_page_shows():
    lead = finding(action="Call.", evidence="list")

    assert "See the evidence" not in html(code(lead))
    assert 'href="#list">See the evidence' in html(code(lead, {"text/html": '<p id="list">x</p>'}))


@pytest.mark.parametrize(
    "odd", [{}, {"sentence": 3}, {"sentence": "x", "number": "many", "severity": "loud"}]
)
def test_an_odd_finding_does_not_keep_a_page_from_being_made(odd):
    assert "Who buys?" in html(code({mime.FINDING: odd, "text/html": "<p>odd</p>"}))


def test_a_page_allows_no_script():
    assert "default-src 'none'" in html()
    assert "base-uri 'none'; form-action 'none'" in html()
