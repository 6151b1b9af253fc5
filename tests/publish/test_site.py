from datetime import date

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
    assert "No reasons are given. Showing 30 Nov 2025." in page
    assert 'href="20251201T020000Z/a/b.html"' in page


def test_an_error_shows_no_path_of_the_machine():
    page = failed("FileNotFoundError: '/srv/ann/x/orders.csv' in cell 5", None)

    assert "&#39;orders.csv&#39; in cell 5. There is no earlier page." in page
    assert "/home" not in page


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
