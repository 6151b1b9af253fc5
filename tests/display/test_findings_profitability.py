import datetime as dt

import pandas as pd

from kamlib.analysis.pareto.causes import Cause
from kamlib.analysis.pareto.thin import margin_fields
from kamlib.analysis.pareto.whale import whale
from kamlib.display.findings.profitability import (
    price_findings,
    profitability_findings,
    service_findings,
    thin_finding,
    whale_finding,
)
from kamlib.estimate import Unknown

SAID = {"as_of": "2013-11-29", "currency": "USD"}
UNKNOWN = Unknown("not told")
YEARS = pd.DataFrame(
    {
        "starts": [dt.date(2012, 11, 30), dt.date(2011, 12, 1)],
        "ends": [dt.date(2013, 11, 29), dt.date(2012, 11, 29)],
        "account_count": [493, 365],
        "gross_profit": [-673_727.11, 1_153_444.77],
        "margin": [-0.019, 0.041],
        "below_cost_count": [297, 105],
    }
)
PARTS = pd.DataFrame({"part": ["Touring Bikes", "Road Bikes"], "amount": [-1_237_594.98, -658_839.81]})
LOSS = Cause(
    cut="family",
    is_loss=True,
    parts=PARTS,
    named=PARTS.assign(profit_now=PARTS["amount"]),
    explained_share=0.93,
    beyond=-1.5e6,
    profit_before=1_153_444.77,
    profit_now=-673_727.11,
)
WHY = PARTS.assign(why=["new_products", "unit_cost"])
NEW = pd.DataFrame(
    {"step": ["new accounts"], "account_count": [214], "net_revenue": [14.87e6], "amount": [-1.08e6]}
)


def first(cause=LOSS, steps=WHY, years=YEARS):
    return profitability_findings(cause, steps, years, NEW, **SAID)[0]


def test_the_parts_that_explain_a_loss_come_before_everything_else():
    assert first().sentence == (
        "Gross profit fell from $1.15 million to −$0.67 million in twelve months: Touring Bikes "
        "(−$1.24 million) and Road Bikes (−$0.66 million) lost money; all others together earned "
        "$1.22 million."
    )
    assert first().action == (
        "Look at Touring Bikes and Road Bikes first. Touring Bikes: new products are sold below cost."
    )
    assert (first().severity, first().evidence, round(first().money_per_year)) == (
        "act",
        "causes",
        -1_896_435,
    )


def test_without_a_loss_the_parts_are_those_that_earned_less():
    fall = Cause(**vars(LOSS) | {"is_loss": False, "cut": "region"})

    assert first(fall, UNKNOWN).sentence.endswith(
        "the region Touring Bikes (−$1.24 million) and the region Road Bikes (−$0.66 million) earned less "
        "than the year before."
    )
    assert first(fall, UNKNOWN).action == "Look at the region Touring Bikes and the region Road Bikes first."


def test_a_profit_that_rose_has_its_falls_told_as_a_though():
    rose = YEARS.assign(gross_profit=[2e6, 1e6])
    fall = Cause(**vars(LOSS) | {"is_loss": False})

    assert first(fall, years=rose).sentence.startswith(
        "Gross profit rose from $1.00 million to $2.00 million in twelve months: though Touring Bikes"
    )
    assert first(fall, years=rose).severity == "watch"


def test_where_nothing_stands_out_that_is_said():
    found = first(UNKNOWN)

    assert found.sentence.endswith("in twelve months; no part of the sales stands out.")
    assert (found.key, found.action) == ("cause", "")


def test_the_tiles_are_profit_margin_accounts_below_cost_and_new_accounts():
    tiles = profitability_findings(LOSS, WHY, YEARS, NEW, **SAID)[1:]

    assert [tile.key for tile in tiles] == ["gross_profit", "margin", "below_cost", "new_accounts"]
    assert [tile.severity for tile in tiles] == ["act", "act", "act", "info"]
    assert tiles[3].previous_label == "bought $14.87 m, gross profit −$1.08 m"


def test_without_two_years_the_reason_is_the_only_finding():
    assert profitability_findings(UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, **SAID) == [UNKNOWN]


def test_the_whale_is_told_with_its_peak():
    found = whale_finding(whale(pd.Series([400.0, 300, 200, 100, 50, 0, -50, -100, -150, -250])), **SAID)

    assert found.sentence == (
        "5 accounts earn $1,050 of gross profit; 4 accounts lose $550 of it again. "
        "The peak is 210.0% of what is left."
    )


def test_a_whale_that_ends_below_zero_has_no_share():
    found = whale_finding(whale(pd.Series([100.0, -300.0])), **SAID)

    assert (
        found.sentence
        == "1 account earns $100 of gross profit; 1 account loses $300 and with it all that was earned."
    )


def test_where_no_account_loses_all_is_kept():
    found = whale_finding(whale(pd.Series([100.0])), **SAID)

    assert found.sentence == "No account costs more than it brings: all of $100 of gross profit is kept."
    assert whale_finding(UNKNOWN, **SAID) is UNKNOWN


def accounts(*profits):
    table = pd.DataFrame({"gross_profit_365": profits, "net_revenue_365": 100.0, "costed_revenue_365": 100.0})
    return table.assign(name=list("abcd")[: len(table)], account_id=list("abcd")[: len(table)])


def test_the_big_but_thin_are_told_with_what_they_would_bring():
    found = thin_finding(margin_fields(accounts(0.0, 15.0, 25.0), target_margin=0.2), **SAID)

    assert found.sentence == (
        "2 accounts are big but thin: below a margin of 20.0%. At that margin they would bring $25 "
        "more a year; the first holds 80% of it."
    )
    assert found.action == "Renegotiate price, product or service with a and b first."


def test_where_no_big_account_is_thin_that_is_said():
    found = thin_finding(margin_fields(accounts(25.0), target_margin=0.2), **SAID)

    assert (found.sentence, found.action) == ("No big account is below a margin of 20.0%.", "")


def residual(charged, spent):
    return pd.DataFrame({"activity": ["visits"], "charged": [charged], "spent": [spent]})


def test_what_nobody_is_charged_with_is_told():
    assert service_findings(residual(80.0, 100.0), **SAID)[0].sentence == (
        "To look after all accounts $100 was spent; accounts are charged with $80 of it, and $20 is "
        "nobody's in particular."
    )


def test_rates_that_charge_more_than_was_spent_are_told():
    assert service_findings(residual(120.0, 100.0), **SAID)[0].sentence.endswith(
        "its rates are too high by $20 in all."
    )


def test_a_rate_card_alone_says_that_the_spending_is_not_known():
    assert service_findings(residual(120.0, float("nan")), **SAID)[0].sentence == (
        "By the rate card accounts are charged with $120; what was really spent is not known."
    )


def test_who_pays_much_less_than_others_is_named():
    prices = pd.DataFrame(
        {"name": ["Ann", "Bo"], "counter_offer": ["strong", "usual"], "extra_discount": [30.0, 5.0]}
    )
    found = price_findings(prices, **SAID)[0]

    assert found.sentence == (
        "1 account pays much less of the list price than others of like size and industry. At the middle "
        "of their peers all accounts that pay less would bring $35 more a year."
    )
    assert found.action == "Ask of Ann what the extra discount buys."


def test_where_nobody_pays_much_less_that_is_said():
    usual = pd.DataFrame({"name": ["Bo"], "counter_offer": ["usual"], "extra_discount": [5.0]})

    assert price_findings(usual, **SAID)[0].sentence == (
        "No account pays much less of the list price than others of like size and industry."
    )
    assert [*price_findings(UNKNOWN, **SAID), *service_findings(UNKNOWN, **SAID)] == []
