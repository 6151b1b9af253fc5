"""Floor 3: the batch. Knows a notebook by its path and parameters, and no analysis at all."""
