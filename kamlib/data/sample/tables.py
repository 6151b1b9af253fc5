"""All tables of the sample company at once."""

from __future__ import annotations

import pandas as pd

from kamlib.data.contracts import CONTRACTS
from kamlib.data.sample.company import accounts_table
from kamlib.data.sample.contacts import contacts_table, interactions_table
from kamlib.data.sample.costs import costs_table
from kamlib.data.sample.exits import exits_table
from kamlib.data.sample.invoices import invoices_table
from kamlib.data.sample.market import PRODUCTS, package_table
from kamlib.data.sample.opinion import ITEMS, SURVEY
from kamlib.data.sample.orders import order_lines_table
from kamlib.data.sample.ratings import ratings_table
from kamlib.data.sample.recipe import Recipe
from kamlib.data.sample.survey import survey_frame_table, survey_responses_table
from kamlib.data.sample.targets import targets_table
from kamlib.data.sample.team import account_team_table, managers_table
from kamlib.data.sample.truth import truth_table
from kamlib.data.sample.wallet import wallet_table


def sample_tables(
    *, accounts: int = 320, years: int = 4, lines: int | None = None, seed: int = 1
) -> dict[str, pd.DataFrame]:
    """Make the tables of the sample company.

    Parameters
    ----------
    accounts
        How many accounts, prospects included; at least 20.
    years
        How many calendar years of orders, the last of them 2025; 2 to 20.
    lines
        About how many order lines; None = as many as such a company has (about 95 an account for
        four years). Each customer orders at least once, so few lines come out as some more.
    seed
        Zero or more. The same numbers make the same tables.

    Returns
    -------
    dict
        Each table by its name, in the columns and the order of `contracts.CONTRACTS`, sorted by
        its key (order lines by day first). Amounts in USD with two decimals.

    Raises
    ------
    ParameterError
        A number is out of its range; the text says which, and what is allowed.

    Examples
    --------
    >>> tables = sample_tables(accounts=20, years=2)
    >>> list(tables["products"].columns)
    ['product_id', 'name', 'family', 'launched_at', 'tags']
    """
    recipe = Recipe(accounts=accounts, years=years, lines=lines, seed=seed)
    truth = truth_table(recipe)
    order_lines = order_lines_table(recipe, truth)
    managers = managers_table(recipe, truth)
    frame = survey_frame_table(recipe, truth, order_lines)
    contacts = contacts_table(recipe, truth)
    interactions = interactions_table(recipe, truth, contacts)
    tables = {
        "accounts": accounts_table(recipe, truth),
        "order_lines": order_lines,
        "products": PRODUCTS,
        "contacts": contacts,
        "interactions": interactions,
        "ratings": ratings_table(recipe, truth),
        "invoices": invoices_table(recipe, truth, order_lines),
        "costs": costs_table(recipe, truth, order_lines, interactions),
        "wallet": wallet_table(recipe, truth, order_lines),
        "targets": targets_table(recipe, truth, order_lines),
        "managers": managers,
        "account_team": account_team_table(recipe, truth, managers),
        "exits": exits_table(recipe, truth),
        "survey_waves": package_table(SURVEY["waves"]),
        "survey_frame": frame,
        "survey_items": ITEMS,
        "survey_responses": survey_responses_table(recipe, truth, frame),
    }
    return {name: table[list(CONTRACTS[name].columns)] for name, table in tables.items()}
