"""What a report found: sentences with their numbers, read by the page, the index and the mail."""

from kamlib.display.findings.finding import Finding, change_text, direction, range_text, value_text

__all__ = ["Finding", "change_text", "direction", "range_text", "value_text"]
