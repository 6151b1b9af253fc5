"""Pareto: who the key accounts are, and who they will be.

==============  ======================================================================
module          what it says
==============  ======================================================================
levels          accounts one by one, or the companies of one group as one
concentration   how much of an amount comes from how few accounts
ranks           where accounts stand by sales, gross profit and net profit
loss            what would be left if an account left
targets         sales against target
profit          what is left of sales after cost, and who is sold to below it
profit_years    sales and profit by account and product, this year and last
bridge          what changed the profit: steps that close
causes          which few parts of the sales explain a loss
whale           who earns the profit, and who gives part of it back
service_cost    what it costs to serve each account, and what nobody is charged with
thin            big accounts at thin margins
pricing         what accounts pay of list, beside their peers
criteria        what is known of each account, as points from 1 to 5
scorecard       points and weights: in, watch or out
rank_ranges     how far ranks move when weights do
agreement       whether two who rate an account agree
standards       by how many standards an account is a key account
portfolio       how attractive an account is, how strong we are with it
segments        last order, frequency, amount and variety: one segment each
migration       tiers year by year: who came up, who slipped, who left
moves           why an account's sales changed
movers          who grows, who fades, and whether anybody looks after them
novelty         sales from new and from marked products
markov          what an account of each tier will bring
==============  ======================================================================
"""
