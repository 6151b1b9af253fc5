from dataclasses import fields
from pathlib import Path

import pytest

import kamlib.display.findings
from kamlib.display.findings.finding import Finding
from kamlib.display.findings.words import finding_words, told_finding

MODULES = sorted(Path(kamlib.display.findings.__file__).parent.glob("*.toml"))
SAID = {"gone": {"sentence": "{count} are gone.", "action": "Call {name}.", "evidence": "calls"}}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_file_of_words_writes_only_parts_that_a_finding_has(path):
    parts = {field.name for field in fields(Finding)}
    written = finding_words(str(path.with_suffix(".py"))).values()
    findings = [said for said in written if "sentence" in said or "label" in said]

    assert {part for said in findings for part in said} <= parts


def test_what_there_is_to_do_is_told_with_its_evidence():
    told = told_finding(SAID, "gone", {"count": 2, "name": "Ann"})

    assert (told.sentence, told.action, told.evidence) == ("2 are gone.", "Call Ann.", "calls")


def test_where_nothing_is_to_be_done_its_words_are_not_asked_for():
    told = told_finding(SAID, "gone", {"count": 2}, acts=False)

    assert (told.action, told.evidence) == ("", "")


def test_a_word_that_is_not_given_is_a_fault():
    with pytest.raises(KeyError, match="name"):
        told_finding(SAID, "gone", {"count": 2})
