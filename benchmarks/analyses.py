"""Time the analyses of the pareto reports over a company of many accounts, and print the seconds of each.

python benchmarks/analyses.py SOURCE AS_OF RUNS

A first run of each does not count: it adds up the order lines in the engine and reads the small tables.
"""

import datetime as dt
import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any

import pandas as pd
from one_process import print_seconds

from kamlib.analysis.pareto.agreement import rater_agreement
from kamlib.analysis.pareto.bridge import account_bridge, product_bridge
from kamlib.analysis.pareto.causes import cause_steps, main_cause
from kamlib.analysis.pareto.concentration import concentration, concentration_within, top_share_spread
from kamlib.analysis.pareto.criteria import account_points, band_table
from kamlib.analysis.pareto.loss import loss_table
from kamlib.analysis.pareto.markov import tier_values
from kamlib.analysis.pareto.migration import list_stability, tier_moves, tier_years
from kamlib.analysis.pareto.movers import growth_table
from kamlib.analysis.pareto.moves import account_changes
from kamlib.analysis.pareto.novelty import marked_sales
from kamlib.analysis.pareto.portfolio import portfolio
from kamlib.analysis.pareto.pricing import price_table
from kamlib.analysis.pareto.profit import gross_profit
from kamlib.analysis.pareto.profit_years import profit_cells
from kamlib.analysis.pareto.rank_ranges import rank_ranges
from kamlib.analysis.pareto.ranks import rank_table
from kamlib.analysis.pareto.scorecard import scorecard
from kamlib.analysis.pareto.segments import account_segments
from kamlib.analysis.pareto.service_cost import net_profit, service_costs
from kamlib.analysis.pareto.standards import amount_standards, standard_counts
from kamlib.analysis.pareto.targets import target_table
from kamlib.analysis.pareto.thin import margin_fields
from kamlib.analysis.pareto.whale import whale
from kamlib.analysis.periods import Period, account_periods, rolling_years
from kamlib.analysis.snapshot import account_table, named_accounts
from kamlib.analysis.years import year_table
from kamlib.data.sources import open_source

SEED = 1
WEIGHTS = dict.fromkeys(
    ("business philosophy", "financial reputation", "gross profit", "share of sales"), 1.0
)
CUTS = {"vetoes": ["margin<2"], "in_from": 3.5, "watch_from": 2.5}


class Company:
    """What the analyses stand on, each part worked out when it is first asked for."""

    def __init__(self, folder: str, as_of: dt.date) -> None:
        self.tables = open_source(folder, as_of=as_of.isoformat())
        self.lines, self.as_of, self.first = self.tables.order_lines, as_of, self.tables.first_day

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """The account table, with names."""
        return named_accounts(account_table(self.lines, self.as_of), self.tables["accounts"])

    @cached_property
    def sales(self) -> pd.Series:
        """Sales of this year, by account."""
        return self.accounts.set_index("account_id")["net_revenue_365"]

    @cached_property
    def years(self) -> list[Period]:
        """The years that end with the data."""
        return rolling_years(self.as_of, first=self.first)

    @cached_property
    def by_year(self) -> pd.DataFrame:
        """Tiers year by year."""
        return tier_years(account_periods(self.lines, self.years), self.years)

    @cached_property
    def by_product(self) -> pd.DataFrame:
        """Sales by account, product and year."""
        return account_periods(self.lines, self.years, by_product=True)

    @cached_property
    def cells(self) -> Any:
        """Profit by account and product."""
        return self.profit_cells()

    @cached_property
    def points(self) -> Any:
        """Points of each account."""
        return self.account_points()

    def profit_cells(self) -> Any:
        """Return profit by account and product."""
        small = {name: self.tables[name] for name in ("accounts", "products")}
        return profit_cells(self.lines, self.as_of, first=self.first, **small)

    def account_points(self) -> Any:
        """Return the points of each account."""
        asked = {name: self.tables[name] for name in ("ratings", "invoices", "wallet")}
        known = asked | {"first": self.first}
        return account_points(self.lines, self.as_of, known, bands=band_table([]))


def causes(it: Company) -> Any:
    return cause_steps(it.cells, main_cause(it.cells))


def earned(it: Company) -> Any:
    served = service_costs(it.tables["costs"], it.years[0], rate_card=[], volumes={})
    return whale(net_profit(it.accounts, served), measure="profit")


def standards(it: Company) -> Any:
    return standard_counts(amount_standards(it.accounts, it.tables["accounts"]))


def grown(it: Company) -> Any:
    first = it.accounts.set_index("account_id")["first_ordered_at"]
    return growth_table(it.by_year, it.years, first, least_base=0.1, least_growth=0.15)


def placed(it: Company) -> Any:
    return portfolio(it.points, it.points, attractiveness={"growth": 1.0}, strength={"closeness": 1.0})


def against_target(it: Company) -> Any:
    return target_table(it.lines, it.tables["targets"], it.tables["accounts"], it.as_of)


ANALYSES: dict[str, Callable[[Company], Any]] = {
    "concentration": lambda it: (concentration(it.sales), concentration_within(it.accounts, "industry")),
    "top fifth, drawn again 1,000 times": lambda it: top_share_spread(it.sales, seed=SEED),
    "ranks by sales and profit": lambda it: rank_table(
        {"sales": it.sales, "profit": gross_profit(it.accounts, "_365")}
    ),
    "loss test": lambda it: loss_table(it.accounts, it.tables["accounts"]),
    "year by year": lambda it: year_table(it.lines, it.as_of, first=it.first),
    "against target": lambda it: target_table(
        it.lines, it.tables["targets"], it.tables["accounts"], it.as_of
    ),
    "profit by account and product": Company.profit_cells,
    "profit bridges": lambda it: (product_bridge(it.cells), account_bridge(it.cells)),
    "main cause": causes,
    "cost to serve, whale curve": earned,
    "big but thin": lambda it: margin_fields(it.accounts),
    "prices beside peers": lambda it: price_table(it.accounts, it.cells),
    "points of the scorecard": Company.account_points,
    "scorecard": lambda it: scorecard(it.points, WEIGHTS, **CUTS),
    "rank ranges, 500 draws": lambda it: rank_ranges(it.points, WEIGHTS, seed=SEED),
    "every standard": standards,
    "agreement of raters": lambda it: rater_agreement(it.tables["ratings"], it.as_of),
    "portfolio": placed,
    "segments": lambda it: account_segments(it.accounts),
    "tiers by year": lambda it: tier_years(account_periods(it.lines, it.years), it.years),
    "tier moves": lambda it: list_stability(tier_moves(it.by_year)),
    "why accounts moved": lambda it: account_changes(it.by_product, it.years[0].label, it.years[1].label),
    "growing and fading": grown,
    "new products": lambda it: marked_sales(
        it.by_product, it.tables["products"], it.years, new_days=730, tags=[]
    ),
    "value of a tier": lambda it: tier_values(
        tier_moves(it.by_year), it.by_year, discount=0.1, horizon=5, seed=SEED
    ),
}


if __name__ == "__main__":
    source, as_of, runs = sys.argv[1:]
    print_seconds(ANALYSES, Company(source, dt.date.fromisoformat(as_of)), runs=int(runs))
