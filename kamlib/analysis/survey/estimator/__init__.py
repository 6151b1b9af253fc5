"""The one estimator: a design and a variable give a number, its range, its base and its method.

=============  ========================================================================
module         what it holds
=============  ========================================================================
design         who answered, for how many: strata, accounts, sizes, weights
faults         sizes and weights that no design can have
raking         weights that meet what is known of the list
variance       the two-stage stratified sampling variance, of the whole or of each group
points         the mean of variables in each group, with what its range will need
means          means and ratios with their range
proportions    shares with their range: exact, Wilson, Kish
=============  ========================================================================
"""
