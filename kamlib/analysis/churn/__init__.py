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
definitions     the meanings of "lost" side by side
decay           how a model ages
measures        what each measure tells, and whether one knows what it cannot know
campaign        what calls bring, less what they cost
revenue_bridge  of last year's sales, how much was kept, and what went
cohorts         how long those who came together stay
signals         what is seen of an account on a day, and what rings
alarms          how often each alarm rang in the past, and how often it was right
health          the alarms that were right, as one score with a proven link or none
early_warning   all of that in one step
forewarning     which sign rang first before an account was lost, and when
exits           why customers say they left, and why we say so
==============  ======================================================================
"""
