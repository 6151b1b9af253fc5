"""Lifetime: how long customers stay, what they are worth until then, and what keeping more of them brings.

==============  ======================================================================
module          what it says
==============  ======================================================================
history         what the models know of an account: orders, the last one, gross profit
fitting         the parameters under which what was seen is likeliest
bg_nbd          orders of customers who may leave after any order
pareto_nbd      orders of customers who may leave on any day
gamma_gamma     what an order brings
forecast        orders to come: which model speaks, and what came of an earlier forecast
value           what customers are worth, in money of today
contracts       renewals made, and renewals to come
survival        how long accounts stay, by tier
retention       who is kept from year to year, and what one to ten points more are worth
==============  ======================================================================
"""
