"""What the outputs are called that a notebook hands to the page, the index and the next notebook."""

FINDING = "application/vnd.kamlib.finding+json"
SOURCE = "application/vnd.kamlib.source+json"
# All end in +json: of any other kind, nbformat allows text only, and these are objects.
TABLE = "application/vnd.kamlib.table+json"
