"""The sample company: a made-up maker of flexible packaging, with known truths hidden in its tables.

`sample_tables` makes the tables, `write_sample` writes them as a source that `kam` can open, and
`planted` says what was hidden in them, for tests that ask whether an analysis finds it.
"""

from kamlib.data.sample.planted import Planted, planted
from kamlib.data.sample.tables import sample_tables
from kamlib.data.sample.writing import write_sample

__all__ = ["Planted", "planted", "sample_tables", "write_sample"]
