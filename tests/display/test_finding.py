import pytest

from kamlib import mime
from kamlib.display.findings import Finding, change_text, direction, range_text, value_text


def test_a_fact_has_no_range():
    with pytest.raises(ValueError, match="finding k: a fact is a sum over all the data and has no range"):
        Finding(key="k", kind="fact", sentence="x", low=1.0, high=2.0)


def test_an_estimate_needs_its_range():
    with pytest.raises(ValueError, match=r"finding k: an estimate needs its range \(low, high\)"):
        Finding(key="k", kind="estimate", sentence="x", number=1.0)


def test_an_action_needs_its_evidence():
    with pytest.raises(ValueError, match="finding k: an action names the figure that supports it"):
        Finding(key="k", kind="fact", sentence="x", action="Call.")


def test_a_number_that_is_none_is_not_told():
    told = Finding(key="k", kind="fact", sentence="x", number=float("nan")).payload()

    assert "number" not in told


def test_a_finding_escapes_its_words_and_travels_as_json():
    bundle = Finding(key="k", kind="fact", sentence="<b> & co")._repr_mimebundle_()

    assert "&lt;b&gt; &amp; co" in bundle["text/html"]
    assert bundle[mime.FINDING]["sentence"] == "<b> & co"


@pytest.mark.parametrize(("good", "said"), [("higher", "bad"), ("lower", "good"), ("neither", "")])
def test_a_fall_is_good_where_lower_is(good, said):
    assert direction({"number": 1.0, "previous": 2.0, "good": good}) == said


def test_numbers_are_told_in_their_unit():
    assert value_text({"number": 3.0, "unit": "days"}) == "3 days"
    assert value_text({"number": None}) == "–"
    assert range_text({"number": 1.0}) == ""
    assert change_text({"number": 3.0, "previous": 3.0, "unit": "money"}) == "no change"


def test_both_ends_of_a_range_of_money_are_told_in_one_form():
    found = {"number": 7e5, "low": 423_791.0, "high": 1_090_000.0, "unit": "money", "currency": "USD"}

    assert range_text(found) == "between $0.42 million and $1.09 million"
