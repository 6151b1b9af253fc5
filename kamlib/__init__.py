"""Key account analytics: what the notebooks, the batch and the tests stand on.

The floors. A module imports from floors below its own, and from its own folder; never sideways
between `analysis`, `display` and `publish`, but that `publish` may use `display.theme`,
`display.templates` and `display.findings`. Only notebooks know an analysis *and* its picture.
`tests/test_architecture.py` reads this table and holds the imports to it.

==========  =====  =======================================================================
room        floor  what lives there
==========  =====  =======================================================================
cli         4      `kam`: arguments only
publish     3      plan, run, page, site: knows a notebook by its path and parameters
display     2      dresses results for the eye; computes nothing
analysis    2      table in, table out; pure
data        1      tables in, checked; the sample company
estimate    0      a number with its range, or the reason why there is none
errors      0      what can go wrong, in words
mime         0      what the outputs are called that a notebook hands on
==========  =====  =======================================================================
"""

__version__ = "0.1.0"
