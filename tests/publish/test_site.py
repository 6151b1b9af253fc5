from datetime import date

import pytest

from kamlib.publish.ledger import JobRecord, Standing
from kamlib.publish.site import index_html


def record(*findings, report="a/b", state="good", **what):
    told = {
        "question": "Who buys?",
        "page": f"20251201T020000Z/{report}.html",
        "source": {"as_of": "2025-11-30"},
    }
    return JobRecord(report, "20251201T020000Z", state, 1.0, findings=tuple(findings), **{**told, **what})


def html(*records):
    return index_html({one.report: Standing(one, one, None) for one in records})


def failed(error, good):
    return index_html(
        {"a/b": Standing(record(state="failed", error=error, page=""), good, date(2025, 12, 1))}
    )


def test_what_must_be_acted_on_comes_first_then_the_most_money():
    page = html(
        record({"sentence": "Small."}, {"sentence": "Loss of 5.", "severity": "act", "money_per_year": -5.0}),
        record({"sentence": "Loss of 9.", "severity": "act", "money_per_year": -9.0}, report="a/c"),
    )
    order = [page.index(f">{said}</a>") for said in ("Loss of 9.", "Loss of 5.", "Small.")]

    assert order == sorted(order)


def test_a_failed_report_keeps_its_last_good_page_and_says_since_when():
    page = failed("No reasons are given.", record({"sentence": "Price is why."}))

    assert "failed since 1 Dec 2025" in page
    assert "No reasons are given. Showing the report of 1 Dec 2025, data to 30 Nov 2025." in page
    assert 'href="20251201T020000Z/a/b.html"' in page


def test_an_error_shows_no_path_of_the_machine():
    page = failed("FileNotFoundError: '/srv/ann/x/orders.csv' in cell 5", None)

    assert "It stopped at &#39;orders.csv&#39;. There is no earlier page." in page
    assert "/srv" not in page


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("ZeroDivisionError: division by zero in cell 4", "Division by zero."),
        ("AssertionError: in cell 4", "It gave no reason."),
        ("ran longer than 4 s in cell 4", "Ran longer than 4 s."),
        ("the kernel died in cell 4: out of memory", "The kernel died: out of memory."),
        ("the kernel could not go on in cell 4: OSError: no space left", "The kernel could not go on: no sp"),
        ("SourceError: acme: order_lines holds no row in cell 3", "Acme: order_lines holds no row."),
    ],
)
def test_the_reason_of_a_failure_names_no_class_and_no_cell(error, said):
    assert f'<td role="cell">{said}' in failed(error, None)


def test_failures_are_told_on_top_with_their_number():
    good, bad = record(), record(report="a/c", state="failed", error="No.", page="")
    standings = {"a/b": Standing(good, good, None), "a/c": Standing(bad, None, date(2025, 12, 1))}

    said = "1 of 2 reports failed when it last ran; there is no earlier page."
    assert said in index_html(standings)


def test_where_all_is_well_nothing_is_said_of_failures():
    assert "failed" not in html(record()).partition("</header>")[0].partition("</style>")[2]


def test_what_a_finding_says_above_is_not_said_again_below():
    assert html(record({"sentence": "Sales fell."})).count("Sales fell.") == 1
    assert "In one line" not in html(record({"sentence": "Sales fell."}))


def test_a_finding_with_no_place_above_is_told_in_its_report_s_row():
    eight = [record({"sentence": f"Fact {n}."}, report=f"a/{n}") for n in range(8)]

    page = html(*eight)
    assert '<td role="cell">Fact 7.</td>' in page
    assert page.count("see above") == 7


def test_what_is_older_than_the_rest_says_so():
    tile = {"sentence": "x", "label": "Sales", "number": 3.0}
    old = record({"sentence": "Sales fell."}, tile, source={"as_of": "2025-06-30"})
    page = html(old, record({"sentence": "Sales rose."}, tile | {"label": "Profit"}, report="a/c"))

    assert page.count("<p> Data to 30 Jun 2025.</p>") == 1
    assert page.count('<span class="change">data to 30 Jun 2025</span>') == 1
    assert page.count("30 Nov 2025") == 2  # on top, and in the newer report's row


def covering(name, report="a/b", **filters):
    source = {"name": name, "as_of": "2025-12-31", "data_to": "2025-11-30", "filters": filters}
    return record(report=report, source=source)


def test_the_index_says_what_all_its_reports_cover():
    page = html(covering("sample", region=["Nordics"]))

    assert "<span>sample · only region Nordics · Data to 30 Nov 2025 · run 1 Dec 2025</span>" in page


def test_where_reports_cover_different_accounts_each_says_so():
    page = html(covering("sample", manager=["Ann", "Bo"]), covering("sample", report="a/c"))

    assert "<small>sample · only account manager Ann, Bo</small>" in page
    assert "<span>Data to 30 Nov 2025" in page


def test_findings_of_a_report_that_failed_say_since_when_and_what_is_shown():
    page = failed("No.", record({"sentence": "Price is why."}))

    said = "Failed since 1 Dec 2025; showing the report of 1 Dec 2025, data to 30 Nov 2025."
    assert f"<p>{said}</p>" in page


def test_what_cannot_be_told_stands_under_its_question():
    page = html(
        record({"sentence": "There is no survey.", "severity": "unknown"}, state="cannot tell", source=None)
    )

    assert ">Who buys?</a></h3><p>There is no survey.</p>" in page
    assert "Not known" in page
    assert '<span class="state cannot-tell">cannot tell</span>' in page


def test_odd_findings_are_passed_over():
    page = html(record({}, {"sentence": "Fine.", "number": "many", "severity": 3, "low": None}, source={}))

    assert ">Fine.</a>" in page


def test_a_tile_leads_to_its_report_and_is_there_once():
    tile = {"sentence": "x", "label": "Sales", "number": 3.0}
    page = html(record(tile), record(tile, report="a/c"))

    assert page.count('<span class="label">Sales</span>') == 1
    assert '<li><a href="20251201T020000Z/a/b.html">' in page


def test_words_from_findings_are_escaped():
    page = html(
        record({"sentence": "<script>", "action": "<b>", "label": ""}, question="<i>", audience="<u>")
    )

    assert not any(tag in page for tag in ("<script>", "<b>", "<i>", "<u>"))


def test_without_a_run_the_index_says_so():
    assert "No report has run yet." in index_html({})
