import pandas as pd
import pytest

from kamlib.display.findings.migration import (
    migration_findings,
    mover_finding,
    named_reasons,
    novelty_finding,
    rising_finding,
    tier_value_finding,
    with_why,
)
from kamlib.estimate import Unknown

STABILITY = pd.DataFrame(
    {
        "before_count": [60, 50],
        "kept_count": [46, 40],
        "fell_count": [11, 8],
        "left_count": [3, 2],
        "risen_count": [5, 0],
        "new_count": [0, 0],
    }
)
SLIPPED = pd.DataFrame({"change": [-700_000.0] * 2})
REASONS = pd.DataFrame({"reason": ["left", "price"], "amount": [-900_000.0, -500_000.0]})
GROWTH = pd.DataFrame({"direction": ["growing", "growing", "fading", "steady", "too small"]})


@pytest.fixture
def said():
    novelty = pd.DataFrame({"new_share": [0.184, 0.056]})
    return migration_findings(
        STABILITY, SLIPPED, REASONS, GROWTH, novelty, as_of="2025-12-31", currency="USD"
    )


def test_who_is_no_longer_in_tier_a_leads_with_the_reason(said):
    assert said[0].sentence == (
        "Of last year's 60 A accounts 46 still are: 11 fell to B or C and 3 stopped buying. "
        "In their place came 5 others, none of them new or back."
    )
    assert said[0].action == (
        "Ask the 2 that slipped or left what changed: together they bought $1.40 million less, "
        "most of it because they stopped buying."
    )
    assert said[0].evidence == "slipped"


def test_the_tiles_compare_with_the_year_before(said):
    tiles = {one.key: (round(one.number, 3), one.previous) for one in said[1:]}

    assert tiles == {
        "kept": (0.767, 0.8),
        "growing_accounts": (2, None),
        "fading_accounts": (1, None),
        "new_products": (0.184, 0.056),
    }


def test_without_products_there_is_no_tile_of_them():
    said = migration_findings(STABILITY, SLIPPED, REASONS, GROWTH, Unknown("none"), as_of="")

    assert [one.key for one in said] == ["moved", "kept", "growing_accounts", "fading_accounts"]


def test_where_nobody_slipped_there_is_nothing_to_ask():
    alone = STABILITY.assign(fell_count=0, left_count=0, risen_count=0)
    first = migration_findings(alone, SLIPPED[:0], REASONS[:0], GROWTH, Unknown("none"), as_of="")[0]

    assert first.action == ""
    assert first.sentence.endswith("Nobody took their place.")


def test_fading_accounts_that_nobody_looks_after_are_to_be_acted_on():
    fading = pd.DataFrame(
        {"change_per_year": [-60.0, -40.0], "is_unattended": [True, False], "owner": [None, "Ann"]}
    )
    found = mover_finding("fading", fading, days=180, least_growth=0.15, as_of="")

    assert (
        found.sentence
        == "2 accounts faded by 13% a year or more: together 100 less each year. 1 of them has no owner."
    )
    assert found.action == "Give each of the 1 an owner and a visit, the largest loss first."


def test_what_smaller_accounts_spend_elsewhere_is_said_where_it_is_known():
    found = rising_finding(pd.DataFrame({"unserved": [900.0, 100.0]}), as_of="", currency="USD")

    assert found.sentence == "2 accounts outside tier A grow. They spend $1,000 a year elsewhere."
    assert rising_finding(pd.DataFrame({"hoped_for": [1.0]}), as_of="").action == ""


def test_the_product_behind_the_sales_of_new_ones_is_named():
    products = pd.DataFrame({"product": ["Pouch", "Film"], "new_revenue": [90.0, 10.0]})
    buyers = pd.DataFrame({"new_revenue": [90.0, 10.0, 0.0]})

    assert novelty_finding(products, buyers, as_of="").sentence == (
        "Of the sales from new products, 90% come from Pouch; 2 accounts bought any."
    )


VALUES = pd.DataFrame(
    {
        "measure": ["gross profit"],
        "value": [190.0],
        "value_low": [160.0],
        "value_high": [220.0],
        "moves_seen": [128],
    }
)


def test_the_value_of_an_account_has_its_range():
    found = tier_value_finding(VALUES.assign(value_note=""), discount=0.1, horizon=5, as_of="")

    assert found.sentence == (
        "If accounts go on moving as they did, one in tier A brings 190 of gross profit in the 5 years "
        "to come, at a discount of 10% a year (between 160 and 220)."
    )
    assert found.kind == "estimate"


def test_of_few_accounts_no_value_is_told():
    few = VALUES.assign(value_note="too few to tell", moves_seen=5)

    assert tier_value_finding(few, discount=0.1, horizon=5, as_of="").reason == (
        "What an A account is worth is too few to tell: 5 were seen to move on."
    )


def test_why_an_account_moved_is_said_in_words():
    row = {
        "from_state": "A",
        "to_state": "B",
        "main_reason": "lost_products",
        "change": -5.0,
        "dropped_count": 3.0,
    }
    changes = pd.DataFrame([row | {"taken_up_count": 0.0, "margin_before": 0.24, "margin_now": 0.2}])

    assert with_why(changes)["why"].to_list() == ["A to B: dropped products: 3; margin 20.0%, was 24.0%"]


def test_the_steps_of_a_bridge_have_names():
    bridge = pd.DataFrame({"step": ["before", "left", "quantity", "now"]})

    assert named_reasons(bridge)["step"].to_list() == ["before", "accounts that left", "quantities", "now"]


def test_where_nobody_was_in_tier_a_that_is_said():
    none = STABILITY.assign(
        before_count=0, kept_count=0, fell_count=0, left_count=0, risen_count=0, new_count=7
    )
    first = migration_findings(none, SLIPPED[:0], REASONS[:0], GROWTH, Unknown("none"), as_of="")[0]

    assert first.sentence == (
        "Last year no account had sales above zero, so none was in tier A. This year it holds 7 accounts."
    )
    assert first.action == ""
