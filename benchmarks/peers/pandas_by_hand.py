"""The account table by hand in pandas: columns chosen, text as codes, days added up before windows."""

import datetime as dt

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

MONEY = ["net_amount", "cost_amount", "list_amount"]
TEXT = ["account_id", "order_id", "product_id"]
DAYS = 100_000  # more than there are days: account and day fit one whole number
EPOCH = dt.date(1970, 1, 1)


def run(path: str, as_of: dt.date) -> pd.DataFrame:
    lines, names = read(path, as_of)
    today = (as_of - EPOCH).days
    days = account_days(lines)
    table = window_sums(days, today)
    ordered = days[days["is_order_day"]]
    by_account = ordered.groupby("account_id")
    first, last = by_account["day"].min(), by_account["day"].max()
    bought = lines[(lines["day"] > today - 365) & (lines["net_amount"] >= 0) & (lines["product_id"] >= 0)]
    pairs = bought[["account_id", "product_id"]].drop_duplicates()
    table = table.assign(
        first_ordered_at=pd.to_datetime(first, unit="D"),
        last_ordered_at=pd.to_datetime(last, unit="D"),
        tenure_days=today - first,
        days_since_last_order=today - last,
        order_count=by_account["orders"].sum(),
        median_gap_days=median_gaps(ordered, today),
        product_count_365=pairs.groupby("account_id").size(),
    )
    return table.set_axis(names[table.index]).rename_axis("account_id").sort_index().reset_index()


def read(path: str, as_of: dt.date) -> tuple[pd.DataFrame, pd.Index]:
    columns = [*TEXT, "ordered_at", *MONEY]
    lines = pq.read_table(
        path, columns=columns, read_dictionary=TEXT, filters=[("ordered_at", "<=", as_of)]
    ).unify_dictionaries()
    kinds = {**dict.fromkeys(MONEY, pa.float64()), "ordered_at": pa.int32()}
    schema = pa.schema([(field.name, kinds.get(field.name, field.type)) for field in lines.schema])
    frame = lines.cast(schema).to_pandas(split_blocks=True, self_destruct=True)
    names = frame["account_id"].cat.categories
    codes = {name: frame[name].cat.codes for name in TEXT}
    return frame.assign(**codes).rename(columns={"ordered_at": "day"}), names


def account_days(lines: pd.DataFrame) -> pd.DataFrame:
    net = lines["net_amount"]
    key = lines["account_id"].astype("int64") * DAYS + lines["day"]
    parts = pd.DataFrame(
        {
            "key": key,
            "net_revenue": net,
            "largest": net,
            "costed_revenue": net.where(lines["cost_amount"].notna()),
            "cost": lines["cost_amount"],
            "list_revenue": lines["list_amount"],
            "listed_revenue": net.where(lines["list_amount"].notna()),
        }
    ).groupby("key", sort=False)
    days = parts.sum().drop(columns="largest")
    orders = pd.DataFrame({"key": key, "order_id": lines["order_id"]}).drop_duplicates()
    return days.assign(
        is_order_day=parts["largest"].max() >= 0,
        line_count=parts.size(),
        orders=orders.groupby("key", sort=False).size(),
        account_id=days.index // DAYS,
        day=days.index % DAYS,
    )


def window_sums(days: pd.DataFrame, today: int) -> pd.DataFrame:
    days = days.assign(
        order_day_count=days["is_order_day"].astype("int64"),
        gross_profit=days["costed_revenue"] - days["cost"],
    )
    years = ["costed_revenue", "gross_profit"]
    named = {
        "": (None, 0, ["line_count", "order_day_count", "net_revenue", *years]),
        "_90": (90, 0, ["order_day_count", "net_revenue"]),
        "_180": (180, 0, ["order_day_count", "net_revenue"]),
        "_365": (365, 0, ["order_day_count", "net_revenue", *years, "list_revenue", "listed_revenue"]),
        "_prev_365": (730, 365, ["order_day_count", "net_revenue", *years]),
    }
    found = []
    for ending, (begins, ends, columns) in named.items():
        inside = days["day"].between(today - begins + 1, today - ends) if begins else slice(None)
        found.append(days[inside].groupby("account_id")[columns].sum().add_suffix(ending))
    return pd.concat(found, axis=1)


def median_gaps(ordered: pd.DataFrame, today: int) -> pd.Series:
    year = ordered.loc[ordered["day"] > today - 365, ["account_id", "day"]].sort_values(["account_id", "day"])
    gaps = year.groupby("account_id")["day"].diff()
    found = gaps.groupby(year["account_id"]).agg(["median", "count"])
    return found.loc[found["count"] >= 2, "median"]
