import pandas as pd

from kamlib.analysis.concentration import concentration
from kamlib.display.findings.concentration import concentration_findings, rule_of_80_20
from kamlib.estimate import Unknown

FOUND = concentration(pd.Series([60.0, 20.0, 10.0, 6.0, 4.0], index=list("abcde"), name="sales"))


def test_an_unknown_is_the_only_finding():
    unknown = Unknown("Nothing was sold.")

    assert concentration_findings(unknown, unknown, as_of="2025-12-31") == [unknown]


def test_without_a_year_before_the_dependence_leads_and_the_reason_is_told():
    unknown = Unknown("One year only.")
    said = concentration_findings(FOUND, unknown, as_of="2025-12-31")

    assert (said[0].key, said[-1]) == ("dependence", unknown)


def test_80_20_is_said_to_fail_where_it_does():
    assert rule_of_80_20(FOUND, as_of="2025-12-31").sentence.startswith("The 80/20 rule does not hold here")
