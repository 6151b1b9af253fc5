"""Satisfaction surveys: what was answered, for whom it speaks, and what may be shown of it.

Two rooms of their own: `sampling`, before anybody is asked, and `estimator`, which every number
and range comes from.

=============  ========================================================================
module         what it holds
=============  ========================================================================
waves          one wave out of several
answers        responses as one row per contact, held to their scale
scale          the five levels and the 0 to 10 question, and the tables of satisfaction
response       who was asked, who answered, how much revenue was heard
non_response   whether those who answered are like those asked, and their weights
weighting      how far other weights would move the answer
views          whose voice counts: contacts, accounts, sales
groups         the tables by tier, industry and region
comparisons    groups compared two by two
suppression    which groups must not be shown, so that nobody's answers are worked out
disclosure     what could be worked out from the sums that are shown
comments       what was written, by theme, without names
follow_up      whom to call, and by when
drivers        which aspects move overall satisfaction, and how surely
paired         what changed at the accounts that answered two waves
consequences   what accounts bought after they had answered
=============  ========================================================================
"""
