import pandas as pd

from kamlib.display.findings.survey import satisfaction_findings
from kamlib.estimate import Unknown

MEASURES = {"top2": 0.64, "bottom2": 0.2, "net": 0.44, "mean": 3.6}


def row(aspect, **measures):
    told = {"aspect": aspect, "top2_note": ""}
    for name, value in (MEASURES | measures).items():
        told |= {name: value, f"{name}_low": value - 0.1, f"{name}_high": value + 0.1, f"{name}_n": 50}
    return told


HEARD = pd.DataFrame([{"stratum": "all", "answered": 50, "drawn": 80, "revenue_share_heard": 0.7}])


def findings(*rows):
    return satisfaction_findings(pd.DataFrame(rows), HEARD, as_of="2025-12-31")


def test_the_answer_comes_first_of_100_accounts():
    assert findings(row("overall"))[0].sentence == (
        "Of 100 contacts at our key accounts, 64 are satisfied with us (between 54 and 74), "
        "and 20 are dissatisfied."
    )


def test_what_most_are_dissatisfied_with_is_asked_about_first():
    first = findings(row("overall", net=-0.9), row("price", bottom2=0.3, net=0.1), row("service", net=0.3))[0]

    assert first.action.startswith("Ask first about price: 30 of 100 are dissatisfied with it")
    assert first.evidence == "levels"


def test_four_measures_are_tiles_with_their_ranges():
    tiles = [finding for finding in findings(row("overall")) if finding.label]

    assert [tile.number for tile in tiles] == [0.64, 0.2, 44.0, 3.6, 50.0]
    assert all(tile.low < tile.number < tile.high for tile in tiles[:4])


def test_who_was_heard_is_told_with_the_sales_they_bring():
    assert findings(row("overall"))[-1].previous_label == "of 80 asked; they bring 70% of key account sales"


def test_too_few_answers_are_no_answer():
    said = findings(row("overall", top2=float("nan")) | {"top2_note": "Only 2 accounts answered."})

    assert said[0] == Unknown(
        "How satisfied the key accounts are cannot be told. Only 2 accounts answered.", "overall"
    )


def test_without_the_overall_question_there_is_no_answer():
    assert findings(row("price"))[0] == Unknown("Nobody was asked how satisfied they are overall.", "overall")
