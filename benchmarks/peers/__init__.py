"""Who is measured: one file each, with `run(path, as_of)`; most give the account table."""
