"""Pareto: who the key accounts are, and who they will be.

==============  ======================================================================
module          what it says
==============  ======================================================================
concentration   how much of an amount comes from how few accounts
profit          what is left of sales after cost, and who is sold to below it
==============  ======================================================================
"""
