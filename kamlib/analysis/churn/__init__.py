"""Churn: who was lost, who will be, how sure that is, and whom to call.

==============  ======================================================================
module          what it says
==============  ======================================================================
later           what came after a cut-off
outcomes        who could be lost at a cut-off, and who was, in the window after
features        what a model may know of an account
slices          on which days to stand, so that nothing overlaps
models          silence alone, logistic regression, boosting; which one to use
evaluation      how good a foretelling was, from outcomes and probabilities
reasons         why, in words that are true of the account
calls           whom to call
stakes          what is at stake with a list of calls, and what such lists held before
study           all of it in one step
==============  ======================================================================
"""
