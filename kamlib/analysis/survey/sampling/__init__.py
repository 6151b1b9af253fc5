"""Before anybody is asked: how many, whom, and how sure the answer will be.

=============  ========================================================================
module         what it holds
=============  ========================================================================
frame          whom a survey could ask: the active key accounts, in strata by their sales
sample_size    how many must answer for a share to be known to a margin
allocation     how a sample is spread over its strata
planning       what a sample of a size will tell
draw           a draw that anybody can repeat, and its log
asking         whom to ask at an account, and how
=============  ========================================================================
"""
