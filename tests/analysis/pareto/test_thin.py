import pandas as pd

from kamlib.analysis.pareto.thin import margin_fields


def accounts(*rows):
    table = pd.DataFrame(rows, columns=["net_revenue_365", "gross_profit_365"], dtype=float)
    return table.assign(
        account_id=list("abcdefgh")[: len(table)], costed_revenue_365=table["net_revenue_365"]
    )


FOUR = accounts((1000, 10), (900, 270), (100, 5), (90, 30))


def test_each_account_lies_in_one_of_four_fields():
    found = margin_fields(FOUR, target_margin=0.2)

    assert (found.sales_cut, found.margin_cut, found.cut_by) == (500, 0.2, "the target")
    assert found.table.set_index("account_id")["field"].to_dict() == {
        "a": "big but thin",
        "b": "big and rich",
        "c": "small and thin",
        "d": "small and rich",
    }


def test_what_is_missing_is_the_profit_at_the_target_less_the_profit():
    table = margin_fields(FOUR, target_margin=0.2).table

    assert table["account_id"].to_list() == ["a", "c", "b", "d"]
    assert table["missing_profit"].to_list() == [190, 15, 0, 0]


def test_without_a_target_the_margin_is_cut_at_the_median():
    found = margin_fields(accounts((10, 1), (10, 2), (10, 3)))

    assert (found.margin_cut, found.cut_by) == (0.2, "the median")


def test_where_most_are_sold_to_below_cost_the_margin_is_cut_at_cost():
    found = margin_fields(accounts((10, -1), (10, -2), (10, 3)))

    assert (found.margin_cut, found.cut_by) == (0, "cost")


def test_the_few_that_hold_most_of_what_is_missing_are_marked():
    table = margin_fields(accounts((100, 0), (100, 15), (100, 16), (1, 1)), target_margin=0.2).table

    assert table.loc[table["is_marked"], "account_id"].to_list() == ["a", "b"]


def test_equal_accounts_are_all_big_and_rich():
    assert set(margin_fields(accounts((10, 2), (10, 2))).table["field"]) == {"big and rich"}
    assert not margin_fields(accounts((10, 2))).table["is_marked"].any()


def test_accounts_without_sales_have_no_margin():
    assert margin_fields(accounts((-5, 1), (0, 0))).reason == (
        "No account has sales whose cost is known in the last 12 months."
    )
    assert "without cost" in margin_fields(FOUR.drop(columns="gross_profit_365")).reason
