-- The account table by hand, for DuckDB: what `kamlib.analysis.snapshot.account_table` is measured
-- against. Written before that was tuned, and not changed since. `lines` is the table of order
-- lines, $as_of the last day that counts.
WITH days AS (
    SELECT
        account_id,
        ordered_at AS day,
        bool_or(net_amount >= 0) AS is_order_day,
        count(DISTINCT order_id) AS orders,
        count(*) AS lines,
        sum(net_amount) AS net,
        sum(cost_amount) AS cost,
        sum(net_amount) FILTER (cost_amount IS NOT NULL) AS costed,
        sum(list_amount) AS list,
        sum(net_amount) FILTER (list_amount IS NOT NULL) AS listed
    FROM lines
    WHERE ordered_at <= $as_of
    GROUP BY account_id, ordered_at
),
totals AS (
    SELECT
        account_id,
        min(day) FILTER (is_order_day) AS first_ordered_at,
        max(day) FILTER (is_order_day) AS last_ordered_at,
        sum(orders) FILTER (is_order_day) AS order_count,
        sum(lines) AS line_count,
        count(*) FILTER (is_order_day) AS order_day_count,
        count(*) FILTER (is_order_day AND day > $as_of - 90) AS order_day_count_90,
        count(*) FILTER (is_order_day AND day > $as_of - 180) AS order_day_count_180,
        count(*) FILTER (is_order_day AND day > $as_of - 365) AS order_day_count_365,
        count(*) FILTER (is_order_day AND day > $as_of - 730 AND day <= $as_of - 365) AS order_day_count_prev_365,
        sum(net) AS net_revenue,
        sum(net) FILTER (day > $as_of - 90) AS net_revenue_90,
        sum(net) FILTER (day > $as_of - 180) AS net_revenue_180,
        sum(net) FILTER (day > $as_of - 365) AS net_revenue_365,
        sum(net) FILTER (day > $as_of - 730 AND day <= $as_of - 365) AS net_revenue_prev_365,
        sum(costed) AS costed_revenue,
        sum(costed) FILTER (day > $as_of - 365) AS costed_revenue_365,
        sum(costed) FILTER (day > $as_of - 730 AND day <= $as_of - 365) AS costed_revenue_prev_365,
        sum(cost) AS cost,
        sum(cost) FILTER (day > $as_of - 365) AS cost_365,
        sum(cost) FILTER (day > $as_of - 730 AND day <= $as_of - 365) AS cost_prev_365,
        sum(list) FILTER (day > $as_of - 365) AS list_revenue_365,
        sum(listed) FILTER (day > $as_of - 365) AS listed_revenue_365
    FROM days
    GROUP BY account_id
),
gaps AS (
    SELECT account_id, day - lag(day) OVER (PARTITION BY account_id ORDER BY day) AS gap
    FROM days
    WHERE is_order_day AND day > $as_of - 365
),
medians AS (
    SELECT account_id, median(gap) AS median_gap_days
    FROM gaps
    WHERE gap IS NOT NULL
    GROUP BY account_id
    HAVING count(*) >= 2
),
products AS (
    SELECT account_id, count(DISTINCT product_id) AS product_count_365
    FROM lines
    WHERE ordered_at > $as_of - 365 AND ordered_at <= $as_of AND net_amount >= 0
    GROUP BY account_id
)
SELECT
    account_id,
    first_ordered_at,
    last_ordered_at,
    $as_of - first_ordered_at AS tenure_days,
    $as_of - last_ordered_at AS days_since_last_order,
    order_count,
    line_count,
    order_day_count,
    order_day_count_90,
    order_day_count_180,
    order_day_count_365,
    order_day_count_prev_365,
    net_revenue,
    net_revenue_90,
    net_revenue_180,
    net_revenue_365,
    net_revenue_prev_365,
    costed_revenue,
    costed_revenue_365,
    costed_revenue_prev_365,
    costed_revenue - cost AS gross_profit,
    costed_revenue_365 - cost_365 AS gross_profit_365,
    costed_revenue_prev_365 - cost_prev_365 AS gross_profit_prev_365,
    list_revenue_365,
    listed_revenue_365,
    median_gap_days,
    coalesce(product_count_365, 0) AS product_count_365
FROM totals
LEFT JOIN medians USING (account_id)
LEFT JOIN products USING (account_id)
ORDER BY account_id
