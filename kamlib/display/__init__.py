"""Floor 2: display. Dresses results as pictures, tables and sentences; computes nothing."""
