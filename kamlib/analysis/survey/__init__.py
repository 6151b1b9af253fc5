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
frame          whom a survey could ask: the active key accounts, in strata by their sales
sample_size    how many must answer for a share to be known to a margin
allocation     how a sample is spread over its strata
planning       what a sample of a size will tell, before anybody is asked
draw           a draw that anybody can repeat, and its log
asking         whom to ask at an account, and how
=============  ========================================================================
"""
