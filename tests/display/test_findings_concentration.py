import datetime as dt

import pandas as pd

from kamlib.analysis.pareto.concentration import concentration
from kamlib.analysis.pareto.loss import loss_table
from kamlib.analysis.pareto.ranks import rank_table
from kamlib.display.findings.concentration import (
    concentration_findings,
    fixed_cost_finding,
    large_customer_finding,
    rank_finding,
    rule_of_80_20,
    single_account_finding,
    target_finding,
    trend_finding,
)
from kamlib.display.notes import Remark
from kamlib.estimate import Estimate, Unknown

FOUND = concentration(pd.Series([60.0, 20.0, 10.0, 6.0, 4.0], index=list("abcde"), name="sales"))


NONE = Unknown("Not given.")
SOLD = pd.DataFrame(
    {"account_id": list("abc"), "net_revenue_365": [50.0, 10.0, 940.0], "gross_profit_365": [20.0, 5.0, 75.0]}
)
GROUPS = pd.DataFrame(
    {"account_id": list("abc"), "parent_id": [None, "a", None], "name": ["Ann", "Bo", "Cy"]}
)


def findings(found, years, *, loss=NONE, targets=NONE, recent=FOUND, **options):
    said = {"as_of": "2025-12-31", **options}
    return concentration_findings(found, years, loss, targets, recent=recent, **said)


def test_an_unknown_is_the_only_finding():
    unknown = Unknown("Nothing was sold.")

    assert findings(unknown, unknown, recent=unknown) == [unknown]


def test_without_a_year_before_the_dependence_leads_and_the_reason_is_told():
    unknown = Unknown("One year only.")
    said = findings(FOUND, unknown, recent=unknown)

    assert (said[0].key, said[-1]) == ("dependence", unknown)


def test_80_20_is_said_to_fail_where_it_does():
    found = concentration(pd.Series([60.0, 20.0, 10.0, 6.0] + [0.25] * 16))

    assert rule_of_80_20(found, as_of="2025-12-31").sentence.startswith("The 80/20 rule does not hold here")


def test_of_fewer_than_ten_accounts_80_20_is_not_told():
    assert rule_of_80_20(FOUND, as_of="") == Unknown(
        "Too few to tell whether 80/20 holds: 5 accounts.", "rule_80_20"
    )


YEARS = pd.DataFrame(
    {
        "window": ["this year", "last year"],
        "starts": [dt.date(2025, 1, 1), dt.date(2024, 1, 1)],
        "ends": [dt.date(2025, 12, 31), dt.date(2024, 12, 31)],
        "account_count": [493, 365],
        "net_revenue": [36_240_484.70, 27_921_670.52],
        "gross_profit": [-673_727.11, 1_153_444.77],
        "below_cost_count": [297, 105],
    }
)


def test_a_profit_that_is_gone_comes_before_everything_else():
    first = findings(FOUND, YEARS, loss=loss_table(SOLD, GROUPS), lost_profit=True, currency="USD")[0]

    assert first.sentence == (
        "Sales grew 30% to $36.24 million, yet the profit is gone: "
        "from $1.15 million to −$0.67 million in twelve months."
    )
    assert first.action == "Find out why 297 of 493 accounts are sold to below cost (last year 105 of 365)."
    assert (first.severity, first.evidence) == ("act", "below-cost")


def test_a_profit_that_stays_is_a_tile_only():
    kept = YEARS.assign(gross_profit=[1_100_000.0, 1_153_444.77])
    keys = [finding.key for finding in findings(FOUND, kept)]

    assert keys[:3] == ["dependence", "sales", "gross_profit"]


def test_the_great_customers_are_named_with_their_group():
    customers = pd.DataFrame({"name": ["Ann"], "amount_share": [0.125], "account_count": [3]})

    assert large_customer_finding(customers, as_of="").sentence == (
        "A tenth or more of the last 12 months' sales, companies of one group taken together, "
        "comes from Ann (12.5%, 3 accounts)."
    )


def test_no_great_customer_is_said_too():
    none = pd.DataFrame({"name": [], "amount_share": [], "account_count": []})

    assert large_customer_finding(none, as_of="").sentence.startswith(
        "No customer brings a tenth or more of the last 12"
    )


def test_profit_that_falls_with_sales_says_and_not_yet():
    fewer = YEARS.assign(net_revenue=[10.0, 20.0], gross_profit=[1.0, 4.0], below_cost_count=[0, 0])
    first = findings(FOUND, fewer, lost_profit=True)[0]

    assert first.sentence == (
        "Sales fell 50% to 10, and profit fell by more than half: from 4 to 1 in twelve months."
    )
    assert first.action == ""


def test_the_ten_largest_are_those_of_the_table_that_proves_it():
    recent = concentration(pd.Series([10.0] * 30))
    first = findings(recent, Unknown("One year."), recent=recent)[0]

    assert first.action.endswith("33.3% of the last 12 months' sales.")


def test_80_20_is_said_to_hold_whatever_the_target():
    found = concentration(pd.Series([40.0, 40.0] + [2.5] * 8), target_share=0.5)

    assert (
        rule_of_80_20(found, as_of="").sentence
        == "The 80/20 rule about holds: the top fifth (2) brings 80.0%."
    )


def test_a_customer_of_a_tenth_or_more_comes_before_the_many():
    first = findings(FOUND, NONE, loss=loss_table(SOLD, GROUPS), currency="USD")[0]

    assert first.sentence == (
        "Cy brings 94.0% of the last 12 months' sales. Without it, gross profit would be $25 instead of $100."
    )
    assert first.action == (
        "Agree with its account manager what keeps it, and which customers could take its place."
    )
    assert (first.severity, first.evidence, first.money_per_year) == ("watch", "loss", -75.0)


def test_a_group_is_called_one_and_without_cost_its_sales_are_told():
    sold = SOLD.assign(net_revenue_365=[80.0, 10.0, 10.0]).drop(columns="gross_profit_365")
    first = findings(FOUND, NONE, loss=loss_table(sold, GROUPS))[0]

    assert first.sentence == (
        "Ann (a group of 2 accounts) brings 90.0% of the last 12 months' sales. "
        "Without it, sales would be 10 instead of 100."
    )


def test_where_nobody_has_a_tenth_the_many_come_first():
    many = pd.DataFrame({"account_id": [f"a{n:02d}" for n in range(11)], "net_revenue_365": [1.0] * 11})

    assert findings(FOUND, NONE, loss=loss_table(many, many[["account_id"]]))[0].key == "dependence"


def test_a_tenth_exactly_is_a_tenth():
    ten = pd.DataFrame({"account_id": [f"a{n:02d}" for n in range(10)], "net_revenue_365": [0.1] * 10})

    assert findings(FOUND, NONE, loss=loss_table(ten, ten[["account_id"]]))[0].key == "loss"


def test_fixed_costs_are_said_to_be_paid_until_so_many_leave():
    loss = loss_table(SOLD.assign(gross_profit_365=[20.0, 5.0, 75.0]), GROUPS, fixed_costs=80)
    said = fixed_cost_finding(loss, as_of="")

    assert said.sentence == (
        "Gross profit of the last 12 months pays the fixed costs of a year 1.25 times, "
        "but no longer without the 1 largest customer."
    )
    assert said.severity == "watch"


def test_fixed_costs_that_are_not_paid_today_are_said_so():
    said = fixed_cost_finding(loss_table(SOLD, GROUPS, fixed_costs=200), as_of="")

    assert said.sentence == (
        "Gross profit of the last 12 months pays the fixed costs of a year 0.50 times only, "
        "before any customer leaves."
    )


def test_without_fixed_costs_or_cost_the_reason_is_told():
    bare = loss_table(SOLD.drop(columns="gross_profit_365"), GROUPS, fixed_costs=80)

    assert "they are not given (the setting Fixed costs a year)." in (
        fixed_cost_finding(loss_table(SOLD, GROUPS), as_of="").reason
    )
    assert "come without cost (order_lines.cost_amount)." in fixed_cost_finding(bare, as_of="").reason


def ranked(sales, **profits):
    amounts = {
        name: pd.Series(values, index=list("abcdefgh")[: len(values)]) for name, values in profits.items()
    }
    table = rank_table({"net_revenue": pd.Series(sales, index=list("abcdefgh")[: len(sales)]), **amounts})
    return table.assign(name=table["account_id"].str.upper())


def test_the_large_account_that_earns_least_is_named():
    said = rank_finding(ranked([9.0, 8.0, 2.0, 1.0], gross_profit=[0.5, 4.0, 3.0, 1.0]), as_of="")

    assert said.sentence == (
        "Of the 2 largest accounts by sales, 1 is not among the 2 with the most gross profit. "
        "A falls furthest: from place 1 to 4."
    )
    assert said.action == "Look at the prices and the service of A before selling more there."


def test_net_profit_is_looked_at_first_where_it_is_known():
    table = ranked([9.0, 8.0, 2.0, 1.0], gross_profit=[0.5, 4.0, 3.0, 1.0], net_profit=[4.0, 3.0, 2.0, 1.0])

    assert rank_finding(table, as_of="").sentence == (
        "The 2 largest accounts by sales are also the 2 with the most net profit."
    )


def test_without_profit_or_with_three_accounts_no_places_are_compared():
    few, bare = ranked([3.0, 2.0, 1.0], gross_profit=[1.0, 2.0, 3.0]), ranked([4.0, 3.0, 2.0, 1.0])

    assert rank_finding(few, as_of="") == rank_finding(bare, as_of="")
    assert rank_finding(bare, as_of="").reason == (
        "Whether the largest accounts earn the most cannot be told: "
        "that takes four accounts, and the cost of sales (order_lines.cost_amount)."
    )


def trend(now, before):
    rows = {"same_count": [46, 46], "same_share": [now, before], "largest_ten_share": [0.387, 0.363]}
    return trend_finding(pd.DataFrame(rows), as_of="")


def test_sales_that_hang_more_on_few_are_to_be_watched():
    said = trend(0.779, 0.741)

    assert said.sentence == (
        "A larger part of sales than a year before hangs on few accounts: "
        "the 46 largest bring 77.9% (then 74.1%), the ten largest 38.7% (then 36.3%)."
    )
    assert said.action == "Look for growth among the other accounts: their part fell from 25.9% to 22.1%."
    assert (said.severity, said.evidence) == ("watch", "years")


def test_a_small_rise_asks_for_nothing():
    assert (trend(0.755, 0.741).severity, trend(0.755, 0.741).action) == ("info", "")


def test_less_is_said_to_be_less_and_the_same_the_same():
    assert trend(0.7, 0.741).sentence.startswith("A smaller part of sales than a year before hangs on")
    assert trend(0.745, 0.741).sentence.startswith("About the same part of sales as a year before hangs on")


def test_what_the_table_below_says_is_not_said_twice():
    years = pd.DataFrame({"same_share": [0.5, float("nan")]})

    assert trend_finding(NONE, as_of="") == trend_finding(years, as_of="") == Remark("")
    assert target_finding(NONE, as_of="") == fixed_cost_finding(NONE, as_of="") == Remark("")


def aimed(*rows):
    table = pd.DataFrame(rows, columns=["kind", "name", "target", "net_revenue"])
    said = {"gap": table["net_revenue"] - table["target"], "ends": dt.date(2025, 11, 30), "month_count": 3}
    return table.assign(**said)


AIMED = aimed(
    ("account", "Ann", 400.0, 100.0),
    ("account", "Bo", 200.0, 150.0),
    ("account", "Cy", 100.0, 120.0),
    ("region", "North", 9000.0, 9000.0),
)


def test_who_is_furthest_behind_target_is_named():
    said = target_finding(AIMED, as_of="", currency="USD")

    assert said.sentence == (
        "In the months with a target up to November 2025, 3 accounts sold $370: "
        "52.9% of the $700 aimed at. 2 are behind."
    )
    assert said.action == "Ask first what is missing at Ann, Bo: together they are $350 behind."
    assert (said.severity, said.evidence, said.money_per_year) == ("watch", "targets", -330.0)


def test_where_only_regions_have_a_target_they_are_told():
    said = target_finding(AIMED[AIMED["kind"] == "region"], as_of="")

    assert "1 region sold 9,000: 100.0% of the 9,000 aimed at. 0 are behind." in said.sentence
    assert (said.action, said.severity) == ("", "info")


def test_the_target_is_a_tile_where_there_is_one():
    tile = next(one for one in findings(FOUND, NONE, targets=AIMED)[1:] if one.label)

    assert (tile.label, round(tile.number, 3)) == ("Target reached", 0.529)
    assert tile.previous_label == "of 700 in 3 whole months"


def test_without_a_target_the_top_fifth_is_the_tile():
    labels = [one.label for one in findings(concentration(pd.Series([10.0] * 30)), NONE)[1:-1]]

    assert labels == ["From the top fifth (6)", "Accounts for 80%"]


def test_how_much_hangs_on_single_accounts_is_an_estimate_with_its_range():
    spread = Estimate(0.6, 0.5, 0.7, n=5, method="bootstrap over accounts")
    said = single_account_finding(spread, FOUND, as_of="")

    assert (said.kind, said.low, said.high) == ("estimate", 0.5, 0.7)
    assert said.sentence == (
        "With other accounts of the same kind, the top fifth would bring between 50.0% and 70.0%. "
        "The largest account alone is 60.0% of sales."
    )


def test_a_profit_that_cannot_be_compared_has_no_year_before():
    years = YEARS.assign(costed_share=[0.5, 0.9])
    alone, compared = (
        next(one for one in findings(FOUND, years, profit_compares=may) if one.key == "gross_profit")
        for may in (False, True)
    )

    assert (alone.previous, alone.previous_label) == (None, "cost known for 50.0% of sales, then 90.0%")
    assert (compared.previous, compared.previous_label) == (1_153_444.77, "the 12 months before")


def test_less_than_a_year_cannot_pay_the_fixed_costs_of_one():
    loss = loss_table(SOLD, GROUPS, fixed_costs=80, days_held=200)

    assert fixed_cost_finding(loss, as_of="").reason == (
        "Whether gross profit pays the fixed costs of a year cannot be told: the data hold less than a year."
    )


def test_of_fewer_than_ten_accounts_the_largest_is_told_instead_of_a_fifth():
    said = findings(FOUND, NONE)

    assert said[0].sentence == (
        "The largest of 5 accounts brings 60.0% of all sales to date; 80% of sales takes 2 accounts."
    )
    assert [(one.label, one.previous_label) for one in said[1:-1]] == [
        ("From the largest account", "of all sales to date"),
        ("Accounts for 80%", "of 5"),
    ]


def test_more_than_everything_is_explained_by_what_came_back():
    found = concentration(pd.Series([90.0, 60.0] + [1.0] * 7 + [-57.0]))
    few = concentration(pd.Series([120.0, 10.0, -30.0]))

    assert findings(found, NONE)[0].sentence == (
        "A fifth of the accounts (2 of 10) brings 150.0% of all sales to date, for the others gave back "
        "more than they bought; 80% of sales takes 1 account."
    )
    assert rule_of_80_20(found, as_of="").sentence.startswith(
        "The 80/20 rule does not hold here: the top fifth (2) brings 150.0%, for the others gave back more "
        "than they bought."
    )
    assert "brings 120.0% of all sales to date, for the others gave back" in findings(few, NONE)[0].sentence
