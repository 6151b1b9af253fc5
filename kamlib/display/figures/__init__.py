"""Pictures: results in, Axes out. Nothing is computed here; titles state the finding."""
