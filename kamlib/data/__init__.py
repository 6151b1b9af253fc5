"""Floor 1: tables in, checked. Nothing is loaded until asked; a source is never changed."""
