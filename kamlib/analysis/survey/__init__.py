"""Satisfaction surveys: a design and a variable give a number with its range; all else is built from it.

=============  ========================================================================
module         what it holds
=============  ========================================================================
waves          one wave out of several
answers        responses as one row per contact, held to their scale
design         who answered, for how many: strata, accounts, sizes, weights
faults         sizes and weights that no design can have
variance       the two-stage stratified sampling variance
estimation     means and ratios with their range
proportions    shares with their range: exact, Wilson, Kish
scale          the five levels and the 0 to 10 question, and the tables of satisfaction
response       who was asked, who answered, how much revenue was heard
=============  ========================================================================
"""
