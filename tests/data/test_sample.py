"""The sample company: reproducible, in order with its contracts, and with known truths hidden in it."""

import math
import tomllib
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from kamlib.data.contracts import CONTRACTS
from kamlib.data.examining import checked_source_text
from kamlib.data.sample import planted, sample_tables, write_sample
from kamlib.data.sample.contacts import contacts_table, interactions_table
from kamlib.data.sample.copies import sample_of
from kamlib.data.sample.costs import costs_table
from kamlib.data.sample.market import MARKET
from kamlib.data.sample.opinion import WAVES
from kamlib.data.sample.orders import order_lines_table
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.survey import survey_frame_table
from kamlib.data.sample.team import managers_table
from kamlib.data.sample.truth import truth_table
from kamlib.errors import ParameterError, SourceError

COMMITTED = Path(__file__).parents[2] / "data" / "sample"
SEEDS = (1, 2, 3, 4, 5)

for_each_seed = pytest.mark.parametrize("seed", SEEDS)
for_each_table = pytest.mark.parametrize("name", sorted(path.stem for path in COMMITTED.glob("*.csv")))


@cache
def tables_of(seed):
    return sample_tables(seed=seed)


@cache
def truth_of(seed):
    return planted(seed=seed)


@cache
def revenue_of(seed):
    lines = tables_of(seed)["order_lines"]
    return lines.groupby("account_id").net_amount.sum().sort_values(ascending=False)


@cache
def lines_of(seed):
    """The order lines with the family of their product."""
    return tables_of(seed)["order_lines"].merge(
        tables_of(seed)["products"][["product_id", "family"]], how="left"
    )


@pytest.fixture(scope="module")
def smallest(tmp_path_factory):
    """The folder of the smallest sample."""
    folder = tmp_path_factory.mktemp("smallest") / "company"
    write_sample(folder, accounts=20)
    return folder


def last_order_days(seed):
    return tables_of(seed)["order_lines"].groupby("account_id").ordered_at.max()


# Made again, the same


def test_the_committed_sample_is_what_the_library_writes(tmp_path):
    written = write_sample(tmp_path)

    assert {path.name: path.read_bytes() for path in written} == {
        path.name: path.read_bytes() for path in COMMITTED.iterdir()
    }


def test_the_same_seed_gives_the_same_bytes(smallest, tmp_path):
    again = write_sample(tmp_path / "company", accounts=20)

    assert {path.name: path.read_bytes() for path in again} == {
        path.name: path.read_bytes() for path in smallest.iterdir()
    }


@pytest.mark.parametrize("name", ["order_lines", "ratings", "invoices", "costs", "wallet"])
def test_another_seed_gives_another_company(name):
    assert not tables_of(1)[name].equals(tables_of(2)[name])


@pytest.mark.parametrize(
    "name", ["accounts", "order_lines", "survey_responses", "targets", "contacts", "costs"]
)
def test_two_tables_never_share_their_random_numbers(name):
    recipe = Recipe(seed=1)

    assert list(recipe.generator(name).integers(0, 99, 9)) != list(
        recipe.generator("managers").integers(0, 99, 9)
    )


def test_a_table_made_alone_is_the_table_made_with_all_others():
    recipe = Recipe(seed=1)
    truth = truth_table(recipe)

    pd.testing.assert_frame_equal(managers_table(recipe, truth), tables_of(1)["managers"])
    pd.testing.assert_frame_equal(order_lines_table(recipe, truth), tables_of(1)["order_lines"])
    pd.testing.assert_frame_equal(
        contacts_table(recipe, truth)[list(CONTRACTS["contacts"].columns)], tables_of(1)["contacts"]
    )
    costs = costs_table(recipe, truth, tables_of(1)["order_lines"], tables_of(1)["interactions"])
    pd.testing.assert_frame_equal(costs[list(CONTRACTS["costs"].columns)], tables_of(1)["costs"])


def test_making_a_table_changes_no_hidden_truth():
    recipe = Recipe(seed=1)
    truth = truth_table(recipe)
    survey_frame_table(recipe, truth, order_lines_table(recipe, truth))

    pd.testing.assert_frame_equal(truth, truth_table(recipe))


# What is written


def test_a_source_file_lists_every_table_and_the_currency(smallest):
    source = tomllib.loads((smallest / "source.toml").read_text(encoding="utf-8"))

    assert source.pop("currency") == "USD"
    assert {entry["path"] for entry in source.values()} == {path.name for path in smallest.glob("*.csv")}


def test_the_smallest_sample_passes_every_check(smallest):
    assert checked_source_text(str(smallest)).startswith("company: 17 tables, all good")


def test_no_half_file_is_left_behind(smallest):
    whole = {f"{name}.csv" for name in tables_of(1)} | {"README.md", "source.toml"}

    assert {path.name for path in smallest.iterdir()} == whole


@for_each_table
def test_files_end_their_lines_with_one_character(name):
    assert b"\r" not in (COMMITTED / f"{name}.csv").read_bytes()


@for_each_table
def test_a_file_read_back_has_the_rows_that_were_made(name):
    assert len(pd.read_csv(COMMITTED / f"{name}.csv")) == len(tables_of(1)[name])


def test_the_committed_folder_stays_under_four_megabytes():
    assert sum(path.stat().st_size for path in COMMITTED.iterdir()) < 4_000_000


def test_the_readme_gives_the_rows_of_each_table():
    readme = (COMMITTED / "README.md").read_text(encoding="utf-8")

    assert f"| order_lines | one row per order line | {len(tables_of(1)['order_lines']):,} |" in readme


# In order with the contracts


@for_each_table
def test_columns_are_those_of_the_contract_and_no_more(name):
    # So no column can name the planted accounts.
    assert list(tables_of(1)[name].columns) == list(CONTRACTS[name].columns)


def test_keys_labels_ranges_and_references_are_those_of_the_contract():
    assert checked_source_text(str(COMMITTED)).startswith("sample: 17 tables, all good")


@for_each_seed
def test_amount_and_quantity_never_differ_in_sign(seed):
    lines = tables_of(seed)["order_lines"]

    assert (lines.net_amount * lines.quantity >= 0).all()


@for_each_seed
def test_every_owner_is_an_account_that_nobody_owns(seed):
    accounts = tables_of(seed)["accounts"].set_index("account_id")

    assert accounts.parent_id[accounts.parent_id.dropna().unique()].isna().all()


def test_five_level_answers_lie_between_one_and_five():
    answers = tables_of(1)["survey_responses"].query("item_id < 'Q10'").value.dropna()

    assert answers.between(1, 5).all()


# As in life


@for_each_seed
def test_the_top_fifth_brings_between_seventy_and_eighty_percent(seed):
    revenue = revenue_of(seed)
    top = revenue.iloc[: math.ceil(0.2 * len(revenue))].sum()

    assert 0.70 <= top / revenue.sum() <= 0.80


@for_each_seed
def test_about_250_accounts_are_key_accounts(seed):
    assert 240 <= tables_of(seed)["accounts"].is_key.sum() <= 260


@for_each_seed
def test_order_lines_end_in_the_last_days_of_2025(seed):
    assert tables_of(seed)["order_lines"].ordered_at.max() >= pd.Timestamp("2025-12-29")


@for_each_seed
def test_nobody_orders_on_a_weekend(seed):
    assert tables_of(seed)["order_lines"].ordered_at.dt.day_of_week.max() == 4


@for_each_seed
def test_one_to_two_percent_of_lines_are_returns(seed):
    assert 0.01 <= (tables_of(seed)["order_lines"].quantity < 0).mean() <= 0.02


@for_each_seed
def test_prospects_have_no_orders(seed):
    accounts = tables_of(seed)["accounts"]
    prospects = accounts.account_id[accounts.status == "prospect"]

    assert len(prospects) > 0
    assert not tables_of(seed)["order_lines"].account_id.isin(prospects).any()


@for_each_seed
def test_names_are_unique(seed):
    assert tables_of(seed)["accounts"].name.is_unique


@pytest.mark.parametrize("character", ["&", "'"])
def test_some_names_need_care_when_shown(character):
    assert tables_of(1)["accounts"].name.str.contains(character).any()


@pytest.mark.parametrize("start", ["=1+1", "<b>", "- price", '"'])
def test_some_comments_need_care_when_shown(start):
    assert tables_of(1)["survey_responses"].text.str.startswith(start).any()


@pytest.mark.parametrize("column", ["cost_amount", "product_id", "list_amount", "channel"])
def test_some_cells_of_order_lines_are_empty(column):
    assert 0 < tables_of(1)["order_lines"][column].isna().mean() < 0.025


def test_rows_stand_in_a_neutral_order():
    lines = tables_of(1)["order_lines"]

    assert tables_of(1)["accounts"].account_id.is_monotonic_increasing
    assert lines.equals(lines.sort_values(["ordered_at", "order_id", "line_no"], ignore_index=True))


# What was planted


@for_each_seed
def test_nobody_orders_after_leaving(seed):
    left_on = pd.to_datetime(pd.Series(truth_of(seed).left_on))

    assert (last_order_days(seed)[left_on.index] <= left_on).all()


@for_each_seed
def test_about_one_account_in_ten_leaves_in_a_year(seed):
    truth = truth_of(seed)
    first_days = tables_of(seed)["order_lines"].groupby("account_id").ordered_at.min()
    left_on = pd.to_datetime(pd.Series(truth.left_on))
    for year in range(2022, 2026):
        here = (first_days < f"{year}-07-01").sum() - (left_on < f"{year}-01-01").sum()

        assert 0.07 <= (left_on.dt.year == year).sum() / here <= 0.14


@for_each_seed
def test_accounts_leave_in_every_half_year(seed):
    left_on = pd.to_datetime(pd.Series(truth_of(seed).left_on))

    assert left_on.groupby([left_on.dt.year, left_on.dt.month > 6]).size().min() >= 6
    assert left_on.groupby([left_on.dt.year, left_on.dt.month > 6]).ngroups == 8


@for_each_seed
def test_there_are_as_many_decoys_as_leavers(seed):
    truth = truth_of(seed)

    assert len(truth.decoys) == pytest.approx(len(truth.left_on), rel=0.1)
    assert not set(truth.decoys) & set(truth.left_on)


@for_each_seed
def test_every_decoy_orders_again(seed):
    back = pd.to_datetime(pd.Series({account: days[1] for account, days in truth_of(seed).decoys.items()}))

    assert (last_order_days(seed)[back.index] >= back).all()


@for_each_seed
def test_accounts_marked_as_lost_did_leave(seed):
    accounts = tables_of(seed)["accounts"]

    assert set(accounts.account_id[accounts.status == "lost"]) < set(truth_of(seed).left_on)


@for_each_seed
def test_giants_are_large_and_thin(seed):
    costed = tables_of(seed)["order_lines"].dropna(subset="cost_amount")
    sums = costed.groupby("account_id")[["net_amount", "cost_amount"]].sum().loc[list(truth_of(seed).giants)]
    margin = 1 - sums.cost_amount / sums.net_amount

    assert len(margin) == 12
    assert margin.between(0.01, 0.05).all()
    assert (revenue_of(seed)[margin.index] > revenue_of(seed).quantile(0.85)).all()


@for_each_seed
def test_the_usual_margin_is_18_to_30_percent(seed):
    costed = tables_of(seed)["order_lines"].dropna(subset="cost_amount")
    sums = costed.groupby("account_id")[["net_amount", "cost_amount"]].sum()
    margin = (1 - sums.cost_amount / sums.net_amount).drop(list(truth_of(seed).giants))

    assert margin.between(0.17, 0.31).mean() > 0.9


@for_each_seed
@pytest.mark.parametrize(("kind", "low", "high"), [("risers", 1.5, 9), ("faders", 0.1, 0.67)])
def test_risers_and_faders_change_from_the_first_year_to_the_last(seed, kind, low, high):
    lines = tables_of(seed)["order_lines"]
    own = lines[lines.account_id.isin(getattr(truth_of(seed), kind))]
    sold = own.groupby(own.ordered_at.dt.year).net_amount.sum()

    assert low < sold[2025] / sold[2022] < high


@for_each_seed
def test_one_group_passes_ten_percent_though_no_firm_of_it_does(seed):
    truth = truth_of(seed)
    shares = revenue_of(seed)[list(truth.groups[truth.great_group])] / revenue_of(seed).sum()

    assert shares.sum() > 0.10
    assert shares.max() < 0.10


@for_each_seed
def test_groups_are_those_of_the_accounts_table(seed):
    owners = tables_of(seed)["accounts"].parent_id.dropna()

    assert owners.value_counts().to_dict() == {
        owner: len(firms) - 1 for owner, firms in truth_of(seed).groups.items()
    }


@for_each_seed
def test_usual_gaps_run_from_a_week_to_four_months(seed):
    rhythm = pd.Series(truth_of(seed).rhythm_days)

    assert 7 <= rhythm.min() < 10
    assert 100 < rhythm.max() <= 120


@for_each_seed
def test_the_new_product_is_not_sold_before_its_launch_and_grows_after(seed):
    lines = tables_of(seed)["order_lines"].query("product_id == 'P35'")
    sold = lines.groupby(lines.ordered_at.dt.year).net_amount.sum()

    assert lines.ordered_at.min() >= pd.Timestamp("2024-03-01")
    assert sold[2025] > 1.5 * sold[2024]


# The survey


@for_each_seed
def test_the_frame_holds_about_200_key_accounts(seed):
    frame = tables_of(seed)["survey_frame"]

    assert frame.groupby("wave_id").size().between(180, 250).all()


@for_each_seed
def test_all_of_tier_a_is_drawn_and_a_part_of_the_rest(seed):
    drawn = tables_of(seed)["survey_frame"].groupby("stratum").drawn.mean()

    assert drawn["A"] == 1
    assert drawn["B"] == pytest.approx(0.7, abs=0.02)
    assert drawn["C"] == pytest.approx(0.5, abs=0.02)


@for_each_seed
def test_about_two_in_three_drawn_accounts_take_part(seed):
    drawn = tables_of(seed)["survey_frame"].query("drawn")

    assert 0.58 <= drawn.disposition.isin(["I", "P"]).mean() <= 0.76


@for_each_seed
def test_only_accounts_that_took_part_have_answers(seed):
    frame = tables_of(seed)["survey_frame"]
    heard = frame[frame.disposition.isin(["I", "P"])]
    answers = tables_of(seed)["survey_responses"]

    assert set(zip(answers.wave_id, answers.account_id, strict=True)) == set(
        zip(heard.wave_id, heard.account_id, strict=True)
    )


@for_each_seed
def test_answers_come_while_the_wave_is_open(seed):
    answers = tables_of(seed)["survey_responses"].merge(tables_of(seed)["survey_waves"], on="wave_id")

    assert answers.answered_at.between(answers.opened_at, answers.closed_at).all()


@for_each_seed
def test_a_question_has_either_an_answer_or_a_reason_why_not(seed):
    answers = tables_of(seed)["survey_responses"]
    is_answered = answers.value.notna() | answers.text.notna()

    assert (is_answered ^ answers.missing_code.notna()).all()


def test_the_weighted_answers_come_near_the_true_satisfaction():
    # Over five seeds and two waves: chance and non-response leave a few hundredths.
    errors = [
        weighted_overall(seed, wave) - truth_of(seed).satisfaction[wave] for seed in SEEDS for wave in waves()
    ]

    assert abs(sum(errors) / len(errors)) < 0.1
    assert max(map(abs, errors)) < 0.4


@for_each_seed
def test_accounts_that_leave_within_a_year_answered_lower(seed):
    overall = tables_of(seed)["survey_responses"].query("item_id == 'Q01'").dropna(subset="value")
    left_on = pd.to_datetime(overall.account_id.map(truth_of(seed).left_on))
    opened = pd.to_datetime(overall.wave_id.map({wave.wave_id: wave.opened_at for wave in WAVES}))
    gone_or_going = left_on.between(opened - pd.Timedelta(days=180), opened + pd.Timedelta(days=365))
    going = gone_or_going & (left_on >= opened)

    assert overall.value[going].mean() < overall.value[~gone_or_going].mean()
    assert -1.5 < overall.value[gone_or_going].mean() - overall.value[~gone_or_going].mean() < -0.3


def waves():
    return [wave.wave_id for wave in WAVES]


def weighted_overall(seed, wave):
    frame = tables_of(seed)["survey_frame"].query("wave_id == @wave").set_index("account_id")
    answers = tables_of(seed)["survey_responses"].query("wave_id == @wave and item_id == 'Q01'")
    mean = answers.groupby("account_id").value.mean().astype(float)
    by_stratum = mean.groupby(frame.stratum[mean.index]).mean()
    return (by_stratum * frame.stratum.value_counts(normalize=True)).sum()


# The people and the channels


@for_each_seed
@pytest.mark.parametrize("column", ["phone", "email", "age", "updated_at"])
def test_a_contact_column_is_empty_as_often_as_planted(seed, column):
    contacts = tables_of(seed)["contacts"]

    assert contacts[column].isna().sum() == round(truth_of(seed).empty[column] * len(contacts))


@for_each_seed
def test_only_the_accounts_planted_as_unknown_have_no_contact(seed):
    accounts, contacts = tables_of(seed)["accounts"], tables_of(seed)["contacts"]

    assert set(accounts.account_id) - set(contacts.account_id) == set(truth_of(seed).unknown)
    assert len(truth_of(seed).unknown) > 0


@for_each_seed
def test_everybody_who_answered_a_survey_is_a_contact_of_that_account(seed):
    answered = tables_of(seed)["survey_responses"][["contact_id", "account_id"]].drop_duplicates()

    assert len(answered.merge(tables_of(seed)["contacts"])) == len(answered)


@for_each_seed
def test_no_address_or_number_can_be_anybodys(seed):
    contacts = tables_of(seed)["contacts"]

    assert contacts.email.dropna().str.fullmatch(r"[a-z.]+@[a-z0-9]+\.example").all()
    assert contacts.phone.dropna().str.startswith("+44 1632 960").all()


@for_each_seed
def test_some_people_are_recorded_twice_with_other_details(seed):
    people = tables_of(seed)["contacts"].groupby(["account_id", "name"])

    assert (people.phone.agg(pd.Series.nunique) > 1).sum() >= 10


@for_each_seed
def test_some_people_are_recorded_at_two_firms_of_a_group(seed):
    contacts, accounts = tables_of(seed)["contacts"], tables_of(seed)["accounts"]
    firms = contacts.merge(accounts[["account_id", "parent_id"]]).dropna(subset=["parent_id", "email"])
    both = firms.merge(contacts, left_on=["parent_id", "email"], right_on=["account_id", "email"])

    assert len(both) >= 2


@for_each_seed
def test_a_channel_that_stopped_has_no_later_interaction_and_the_others_go_on(seed):
    last = tables_of(seed)["interactions"].groupby("channel").happened_at.max()
    stopped = pd.to_datetime(pd.Series(truth_of(seed).stopped_on))

    assert set(stopped.index) == {"reseller_site", "seminar"}
    assert (last[stopped.index] <= stopped).all()
    assert last.drop(stopped.index).min() >= pd.Timestamp("2025-10-01")


@for_each_seed
def test_one_channel_recorded_nothing_in_one_month(seed):
    channel, first, last = truth_of(seed).gap
    days = tables_of(seed)["interactions"].set_index("channel").happened_at[channel]
    by_month = days.dt.to_period("M").value_counts()

    assert not days.between(pd.Timestamp(first), pd.Timestamp(last)).any()
    assert by_month[["2025-02", "2025-04"]].min() > 0


@for_each_seed
def test_the_key_accounts_that_nobody_met_for_a_year_are_those_planted(seed):
    accounts, met = tables_of(seed)["accounts"], tables_of(seed)["interactions"]
    lately = set(met.account_id[met.happened_at > "2024-12-31"])
    keys = set(accounts.account_id[accounts.is_key]) - set(truth_of(seed).left_on)

    assert keys - lately == set(truth_of(seed).uncovered)


@for_each_seed
def test_interactions_are_few_enough_to_commit(seed):
    assert 3_000 <= len(tables_of(seed)["interactions"]) <= 6_000


def test_no_account_is_met_after_it_left():
    met = tables_of(1)["interactions"]
    left_on = pd.to_datetime(met.account_id.map(truth_of(1).left_on))

    assert (met.happened_at[left_on.notna()] <= left_on.dropna()).all()


def test_interactions_draw_from_the_contacts_of_their_account():
    recipe = Recipe(seed=1)
    truth = truth_table(recipe)
    contacts = contacts_table(recipe, truth)
    met = interactions_table(recipe, truth, contacts).dropna(subset="contact_id")

    assert len(met.merge(contacts, on=["contact_id", "account_id"])) == len(met)


# The family that grew dearer


def is_dearer(seed):
    lines, truth = lines_of(seed), truth_of(seed)
    is_late = lines.ordered_at >= pd.Timestamp(truth.dearer_from)
    return is_late & (lines.family == truth.dearer_family) & ~lines.account_id.isin(truth.giants)


@for_each_seed
def test_the_cost_of_one_family_rises_by_as_much_as_planted_and_no_other(seed):
    lines = (
        lines_of(seed)
        .assign(is_dearer=is_dearer(seed))
        .dropna(subset=["family", "cost_amount", "list_amount"])
    )
    share = lines.cost_amount / lines.list_amount
    before = lines.ordered_at < pd.Timestamp(truth_of(seed).dearer_from)
    change = share / lines.account_id.map(share[before].groupby(lines.account_id).median())
    by_family = change[~before].groupby([lines.family, lines.is_dearer]).median()

    assert by_family.pop((truth_of(seed).dearer_family, True)) == pytest.approx(
        truth_of(seed).dearer_by, abs=0.01
    )
    assert by_family.between(0.99, 1.01).all()


@for_each_seed
def test_the_prices_of_that_family_rise_no_more_than_all_others(seed):
    lines = lines_of(seed).assign(price=lambda table: table.list_amount / table.quantity)
    lines["year"] = lines.ordered_at.dt.year
    price = lines.pivot_table("price", ["family", "product_id"], "year", "median")
    rise = (price[2025] / price[2024]).groupby("family").median()

    assert rise[truth_of(seed).dearer_family] == pytest.approx(rise.median(), abs=0.015)


@for_each_seed
def test_that_family_has_lost_more_gross_profit_than_all_others_together(seed):
    lines = lines_of(seed).dropna(subset="cost_amount")
    lines = lines.assign(profit=lines.net_amount - lines.cost_amount, year=lines.ordered_at.dt.year)
    profit = lines.pivot_table("profit", "family", "year", "sum")
    lost = profit[2024] - profit[2025]

    assert lost[truth_of(seed).dearer_family] > lost.sum() / 2
    assert lost.idxmax() == truth_of(seed).dearer_family
    assert profit[2025].sum() > 0.65 * profit[2024].sum()


def test_the_rise_changes_nothing_but_the_cost_of_those_lines(monkeypatch):
    monkeypatch.setitem(MARKET["cost_rise"], "factor", 1.0)
    recipe = Recipe(seed=1)
    level, risen = order_lines_table(recipe, truth_table(recipe)), tables_of(1)["order_lines"]

    # Lines without a product hide their family.
    assert level.mask(is_dearer(1) | level.product_id.isna()).equals(
        risen.mask(is_dearer(1) | risen.product_id.isna())
    )
    assert level.drop(columns="cost_amount").equals(risen.drop(columns="cost_amount"))


# Invoices


@cache
def days_beyond_terms(seed):
    """Of each account: by how many days its payments came late, by amount."""
    paid = tables_of(seed)["invoices"].query("amount > 0").dropna(subset="paid_at")
    late = (paid.paid_at - paid.due_at).dt.days
    of = paid.account_id
    return (late * paid.amount).groupby(of).sum() / paid.amount.groupby(of).sum()


@for_each_seed
def test_invoices_and_credit_notes_add_up_to_what_was_sold(seed):
    lines = tables_of(seed)["order_lines"]
    sold = lines[lines.ordered_at.between("2023-01-01", "2025-11-30")].groupby("account_id").net_amount.sum()
    invoiced = tables_of(seed)["invoices"].groupby("account_id").amount.sum()

    assert invoiced.round(2).to_dict() == pytest.approx(sold[sold != 0].round(2).to_dict())


@for_each_seed
def test_an_invoice_is_due_thirty_days_after_the_end_of_its_month(seed):
    due = tables_of(seed)["invoices"].due_at

    assert (due - pd.Timedelta(days=30)).dt.is_month_end.all()
    assert due.max() <= pd.Timestamp("2025-12-31")


@for_each_seed
def test_the_slow_payers_and_no_others_pay_more_than_a_month_late(seed):
    late = days_beyond_terms(seed)

    assert set(late.index[late > 30]) == set(truth_of(seed).slow_payers)
    assert late[late < 30].max() < 20
    assert len(truth_of(seed).slow_payers) == 8


@for_each_seed
def test_only_invoices_of_the_last_months_are_open(seed):
    invoices = tables_of(seed)["invoices"]
    due = invoices.due_at[invoices.paid_at.isna()]

    assert 40 <= len(due) <= 120
    assert due.min() >= pd.Timestamp("2025-09-01")


@for_each_seed
def test_some_invoices_are_credit_notes(seed):
    assert 0.03 <= (tables_of(seed)["invoices"].amount < 0).mean() <= 0.08


# Costs to serve


@cache
def costs_of(seed):
    costs = tables_of(seed)["costs"]
    return costs.assign(cost=costs.amount.fillna(costs.volume * costs.rate))


@cache
def profit_2025(seed):
    """Of each account: gross profit, gross margin and cost to serve of 2025."""
    lines = tables_of(seed)["order_lines"].dropna(subset="cost_amount")
    lines = lines[lines.ordered_at.dt.year == 2025]
    profit = (lines.net_amount - lines.cost_amount).groupby(lines.account_id).sum()
    served = costs_of(seed).query("period >= '2025-01-01'").groupby("account_id").cost.sum()
    margin = profit / lines.groupby("account_id").net_amount.sum()
    return pd.DataFrame({"profit": profit, "margin": margin, "served": served})


@for_each_seed
def test_a_cost_row_has_either_an_amount_or_a_volume_with_its_rate(seed):
    costs = costs_of(seed)

    assert (costs.amount.notna() ^ costs.rate.notna()).all()
    assert costs.volume[costs.rate.notna()].notna().all()


@for_each_seed
@pytest.mark.parametrize("activity", ["orders", "visits"])
def test_volumes_are_those_of_the_other_tables(seed, activity):
    lines, met = tables_of(seed)["order_lines"], tables_of(seed)["interactions"]
    orders = lines.drop_duplicates("order_id").set_index("ordered_at").account_id
    visits = met[met.channel == "visit"].set_index("happened_at").account_id
    counted = {"orders": orders, "visits": visits}[activity].loc["2023":].value_counts()
    costs = costs_of(seed).query("activity == @activity")

    assert costs.groupby("account_id").volume.sum().to_dict() == counted.to_dict()


@for_each_seed
def test_costly_accounts_have_a_gross_profit_and_cost_more_to_serve(seed):
    costly = profit_2025(seed).loc[list(truth_of(seed).costly)]

    assert len(costly) == 8
    assert (costly.profit > 0).all()
    assert costly.margin.median() > 0.15
    assert (costly.served > costly.profit).all()


@for_each_seed
def test_other_accounts_of_some_size_bring_more_than_they_cost_to_serve(seed):
    ordinary = profit_2025(seed).drop([*truth_of(seed).costly, *truth_of(seed).giants], errors="ignore")
    larger = ordinary[ordinary.profit > 10_000]

    assert (larger.served < larger.profit).mean() > 0.97


@for_each_seed
def test_service_eats_up_a_part_of_the_gross_profit_and_a_part_of_it_is_nobodys(seed):
    costs = costs_of(seed).query("period >= '2025-01-01'")
    nobodys = costs.cost[costs.account_id.isna()].sum()

    assert 0.15 < costs.cost.sum() / profit_2025(seed).profit.sum() < 0.35
    assert 0.05 < nobodys / costs.cost.sum() < 0.15


# Ratings


@for_each_seed
def test_there_are_four_criteria_and_two_raters(seed):
    ratings = tables_of(seed)["ratings"]

    assert set(ratings.criterion) == {
        "business philosophy", "financial reputation", "growth potential", "closeness",
    }  # fmt: skip
    assert ratings.rater.nunique() == 2


@for_each_seed
@pytest.mark.parametrize(("weights", "low", "high"), [("linear", 0.42, 0.58), ("quadratic", 0.6, 0.75)])
def test_the_two_raters_agree_moderately(seed, weights, low, high):
    keys = ["account_id", "criterion", "rated_at"]
    both = tables_of(seed)["ratings"].pivot_table("score", keys, "rater").dropna().astype(int)

    assert low < cohen_kappa_score(both.finance, both.sales, weights=weights) < high


@for_each_seed
def test_mostly_key_accounts_are_rated_and_not_all(seed):
    is_key = tables_of(seed)["accounts"].set_index("account_id").is_key
    is_rated = is_key.index.isin(tables_of(seed)["ratings"].account_id)

    assert 0.7 < is_rated[is_key].mean() < 0.9
    assert 0 < is_rated[~is_key].mean() < 0.2


@for_each_seed
@pytest.mark.parametrize(
    ("who", "criterion", "low", "high"),
    [
        ("slow_payers", "financial reputation", 1, 2),
        ("risers", "growth potential", 3.5, 5),
        ("faders", "growth potential", 1, 2.6),
    ],
)
def test_scores_tell_of_what_was_planted(seed, who, criterion, low, high):
    ratings = tables_of(seed)["ratings"].query("criterion == @criterion")
    own = ratings.account_id.isin(getattr(truth_of(seed), who))

    assert low <= ratings.score[own].mean() <= high
    assert ratings.score[~own].mean() == pytest.approx(3.2, abs=0.25)


@for_each_seed
def test_ratings_are_given_in_three_autumns_while_the_account_is_believed_to_be_there(seed):
    ratings = tables_of(seed)["ratings"]
    left_on = pd.to_datetime(ratings.account_id.map(truth_of(seed).left_on))

    assert set(ratings.rated_at.dt.strftime("%Y-%m")) == {"2023-10", "2024-10", "2025-10"}
    assert (ratings.rated_at - left_on).dropna().max() < pd.Timedelta(days=181)


# The wallet


@cache
def held_share(seed):
    """What the company holds of each wallet, 0 to 1."""
    lines = tables_of(seed)["order_lines"]
    sold = lines.groupby(["account_id", lines.ordered_at.dt.year.rename("year")]).net_amount.sum()
    wallet = tables_of(seed)["wallet"].join(sold, on=["account_id", "year"])
    return (wallet.net_amount / wallet.spend).groupby(wallet.account_id).mean()


@for_each_seed
def test_nobody_spends_less_with_all_suppliers_than_with_us(seed):
    assert held_share(seed).between(0, 1, inclusive="right").all()


@for_each_seed
def test_of_about_half_of_the_customers_the_wallet_is_there(seed):
    wallet = tables_of(seed)["wallet"]
    customers = tables_of(seed)["order_lines"].query("ordered_at >= '2024-01-01'").account_id.nunique()

    assert 0.4 < wallet.account_id.nunique() / customers < 0.6
    assert set(wallet.basis) == {"known", "estimated"}
    assert wallet.family.isna().all()


@for_each_seed
def test_risers_could_still_buy_much_more(seed):
    held = held_share(seed)
    risers = held.index.isin(truth_of(seed).risers)

    assert held[risers].max() < 0.55
    assert held[risers].mean() < 0.35 < 0.6 < held[~risers].mean()
    assert set(truth_of(seed).risers) <= set(held.index)


# Large samples


LARGE = {"accounts": 5_040, "years": 2, "lines": 100_800}


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large") / "company"
    write_sample(folder, **LARGE)
    return folder


@cache
def one_company():
    return sample_of(Recipe(**LARGE))


def rows(folder, sql):
    return duckdb.sql(sql.replace("@", f"{folder.as_posix()}/")).fetchall()


def test_a_large_sample_is_parquet_and_passes_every_check(large):
    assert checked_source_text(str(large)).startswith("company: 17 tables, all good")
    assert {path.suffix for path in large.iterdir()} == {".md", ".parquet", ".toml"}


def test_a_large_sample_has_as_many_accounts_and_lines_as_asked(large):
    [(accounts,)] = rows(large, "SELECT count(*) FROM '@accounts.parquet'")
    [(lines,)] = rows(large, "SELECT count(*) FROM '@order_lines.parquet'")

    assert accounts == 5_040
    assert lines == pytest.approx(100_800, rel=0.02)


def test_the_readme_of_a_large_sample_counts_its_rows(large):
    [(lines,)] = rows(large, "SELECT count(*) FROM '@order_lines.parquet'")

    assert f"| order_lines | one row per order line | {lines:,} |" in (large / "README.md").read_text("utf-8")


def test_the_first_company_of_a_large_sample_is_the_small_one(large):
    small = one_company().tables["order_lines"]
    first = "SELECT net_amount FROM '@order_lines.parquet' WHERE account_id NOT LIKE '%.%'"

    assert [float(net) for (net,) in rows(large, first)] == small.net_amount.to_list()


def test_amounts_of_the_other_companies_differ_by_at_most_a_tenth(large):
    company = "split_part(account_id, '.', 2)"
    by_company = rows(large, f"SELECT sum(net_amount) FROM '@order_lines.parquet' GROUP BY {company}")
    sums = [float(amount) for (amount,) in by_company]

    assert len(sums) == len(set(sums)) == 5_040 // 315
    assert max(sums) < 1.1 / 0.9 * min(sums)


def test_large_amounts_keep_two_decimals_their_sign_and_a_price_not_above_the_list(large):
    wrong = "round(net_amount, 2) <> net_amount OR net_amount * quantity < 0"
    wrong += " OR abs(net_amount) > abs(list_amount)"

    assert rows(large, f"SELECT count(*) FROM '@order_lines.parquet' WHERE {wrong}") == [(0,)]


def test_a_large_sample_has_as_many_invoices_as_its_companies_together(large):
    [(found, ids)] = rows(large, "SELECT count(*), count(DISTINCT invoice_id) FROM '@invoices.parquet'")

    assert found == ids == 5_040 // 315 * len(one_company().tables["invoices"])


def test_large_order_lines_stand_in_the_order_of_days_and_ids(large):
    found = rows(large, "SELECT ordered_at, order_id, CAST(line_no AS INT) FROM '@order_lines.parquet'")

    assert found == sorted(found)


def test_an_order_of_a_large_sample_has_one_account_and_one_day(large):
    counts = "count(DISTINCT order_id), count(DISTINCT (order_id, account_id, ordered_at))"
    [(orders, with_account_and_day)] = rows(large, f"SELECT {counts} FROM '@order_lines.parquet'")

    assert orders == with_account_and_day > 0


def test_a_group_lies_within_one_company(large):
    apart = "split_part(account_id, '.', 2) <> split_part(parent_id, '.', 2)"

    assert rows(large, f"SELECT count(*) FROM '@accounts.parquet' WHERE {apart}") == [(0,)]
    assert rows(large, "SELECT count(parent_id) > 0 FROM '@accounts.parquet'") == [(True,)]


def test_equal_numbers_give_equal_large_samples(large, tmp_path):
    again = write_sample(tmp_path / "company", **LARGE)

    assert [path.read_bytes() for path in again] == [(large / path.name).read_bytes() for path in again]


def test_beyond_a_million_lines_a_few_accounts_order_more_often():
    sample = sample_of(Recipe(accounts=20, years=2, lines=1_000_001))

    assert (sample.companies, sample.copies) == (1, 6)
    assert sample.copies * len(sample.tables["order_lines"]) == pytest.approx(1_000_001, rel=0.02)


def test_without_a_number_of_accounts_there_is_one_for_500_lines(tmp_path):
    write_sample(tmp_path, lines=161_000, years=2)

    assert len(pd.read_csv(tmp_path / "accounts.csv")) == 322


def test_a_disk_that_fails_leaves_no_half_file(tmp_path):
    (tmp_path / "accounts.parquet").mkdir()
    (tmp_path / "README.md").write_text("# The sample company\n")
    with pytest.raises(SourceError, match=r"cannot write the sample to .*; give another folder"):
        write_sample(tmp_path, accounts=5_040, years=2)

    assert not list(tmp_path.glob("*.part*"))


# Sizes and refusals


@pytest.mark.parametrize("lines", [1_000, 10_000, 60_000])
def test_lines_is_about_how_many_there_are(lines):
    recipe = Recipe(accounts=100, lines=lines)

    assert len(order_lines_table(recipe, truth_table(recipe))) == pytest.approx(lines, rel=0.3)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"accounts": 19}, "accounts = 19 is too few to plant anything in: give 20 or more"),
        ({"years": 1}, r"years = 1 is out of range: give 2 \(two survey waves\) to 20"),
        ({"lines": 100}, "lines = 100 is less than one for each of 320 accounts: give 320 or more, or ask"),
        ({"seed": -1}, "seed = -1 is below zero: give 0, 1, 2"),
        ({"accounts": 32.5}, "accounts = 32.5 is not a whole number: give one, such as 320"),
        ({"years": True}, "years = True is not a whole number"),
    ],
)
def test_a_number_out_of_range_is_refused_with_the_way_out(wrong, says):
    with pytest.raises(ParameterError, match=says):
        sample_tables(**wrong)


def test_a_refusal_writes_nothing(tmp_path):
    with pytest.raises(ParameterError):
        write_sample(tmp_path / "new", accounts=3)

    assert not (tmp_path / "new").exists()


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "taken").write_text("")

    with pytest.raises(SourceError, match=r"cannot write the sample to .*taken"):
        write_sample(tmp_path / "taken", accounts=20, years=2)


@pytest.mark.parametrize("name", ["source.toml", "order_lines.csv", "README.md"])
def test_files_of_others_are_never_replaced(tmp_path, name):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / name).write_text("mine")
    with pytest.raises(ParameterError) as caught:
        write_sample(tmp_path / "shop", accounts=20, years=2)

    assert str(caught.value) == (
        f"shop holds files that are not a sample's: {name}; they would be replaced: "
        "give an empty or a new folder"
    )
    assert [path.read_text() for path in (tmp_path / "shop").iterdir()] == ["mine"]


def test_a_sample_is_made_anew_in_its_own_folder_beside_other_names(tmp_path):
    (tmp_path / "README.md").write_text("# The sample company\n")
    (tmp_path / "accounts.csv").write_text("of before")
    (tmp_path / "notes.txt").write_text("mine")
    write_sample(tmp_path, accounts=20, years=2)

    assert len(pd.read_csv(tmp_path / "accounts.csv")) == 20
    assert (tmp_path / "notes.txt").read_text() == "mine"
