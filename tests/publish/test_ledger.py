from datetime import date

import pytest

from kamlib.publish.ledger import LEDGER_NAME, Ledger, last_good, runs

OLD, MIDDLE, NEW = "20260101T040000Z", "20260102T040000Z", "20260103T040000Z"


@pytest.fixture
def run_of(tmp_path):
    """Return what writes a run whose reports ended as told; a report that is no failure has a page."""

    def write(name, is_ended=True, asked=None, **states):
        folder = tmp_path / name
        folder.mkdir()
        with Ledger(folder / LEDGER_NAME) as ledger:
            told = {"plan": "plan.toml", "digest": "d", "reports": list(states), **(asked or {})}
            ledger.write("run started", run=name, **told)
            for report, state in states.items():
                ledger.write("job started", report=report)
                page = "" if state == "failed" else f"{name}/{report}.html"
                if page:
                    (tmp_path / page).write_text("page")
                ledger.write("job ended", report=report, state=state, seconds=1.5, page=page)
            if is_ended:
                ledger.write("run ended", run=name)
        return folder

    return write


def test_runs_come_newest_first(run_of, tmp_path):
    run_of(OLD)
    run_of(NEW)

    assert [run.run for run in runs(tmp_path)] == [NEW, OLD]


def test_a_reports_folder_that_is_not_there_has_no_runs(tmp_path):
    assert runs(tmp_path / "none") == []


def test_a_run_tells_its_plan_its_jobs_and_its_end(run_of, tmp_path):
    run_of(OLD, curve="good")
    (run,) = runs(tmp_path)

    assert (run.plan, run.jobs["curve"].state, run.jobs["curve"].seconds, run.is_ended) == (
        "plan.toml",
        "good",
        1.5,
        True,
    )


def test_a_half_written_last_line_is_passed_over(run_of, tmp_path):
    folder = run_of(OLD, is_ended=False, curve="good")
    with (folder / LEDGER_NAME).open("a") as ledger:
        ledger.write('{"event": "job ended", "report": "lis')

    (run,) = runs(tmp_path)
    assert (list(run.jobs), run.is_ended) == (["curve"], False)


def test_writing_on_after_a_half_line_loses_nothing(run_of, tmp_path):
    folder = run_of(OLD, is_ended=False)
    with (folder / LEDGER_NAME).open("a") as half:
        half.write('{"event": "job')
    with Ledger(folder / LEDGER_NAME) as ledger:
        ledger.write("run ended", run=OLD)

    assert runs(tmp_path)[0].is_ended


def test_a_job_that_only_started_has_no_state(run_of, tmp_path):
    folder = run_of(OLD, is_ended=False, curve="good")
    with Ledger(folder / LEDGER_NAME) as ledger:
        ledger.write("job started", report="curve")

    assert runs(tmp_path)[0].unfinished == ("curve",)


def test_an_ended_run_that_was_resumed_is_open_again(run_of, tmp_path):
    folder = run_of(OLD)
    with Ledger(folder / LEDGER_NAME) as ledger:
        ledger.write("run resumed", run=OLD)

    assert not runs(tmp_path)[0].is_ended


def test_a_line_that_is_no_number_in_json_is_refused(tmp_path):
    with Ledger(tmp_path / LEDGER_NAME) as ledger, pytest.raises(ValueError):
        ledger.write("job ended", seconds=float("nan"))


@pytest.mark.parametrize("text", ["a\u2028b", "a\nb", "\ud800", "Müller"])
def test_any_text_stays_within_its_line(run_of, tmp_path, text):
    folder = run_of(OLD)
    with Ledger(folder / LEDGER_NAME) as ledger:
        ledger.write("job ended", report="a", state="failed", seconds=1.0, error=text)

    assert runs(tmp_path)[0].jobs["a"].error == text


def test_folders_that_are_no_runs_are_passed_over(run_of, tmp_path):
    run_of("mine")

    assert runs(tmp_path) == []


def test_a_failure_does_not_hide_the_last_good_page(run_of, tmp_path):
    run_of(OLD, curve="good")
    run_of(MIDDLE, curve="failed")
    run_of(NEW, curve="failed")

    standing = last_good(tmp_path)["curve"]
    assert (standing.newest.run, standing.good.run) == (NEW, OLD)
    assert standing.failed_since == date(2026, 1, 2)


def test_cannot_tell_counts_as_a_page(run_of, tmp_path):
    run_of(OLD, survey="cannot tell")

    standing = last_good(tmp_path)["survey"]
    assert (standing.good.state, standing.failed_since) == ("cannot tell", None)


def test_a_page_that_is_gone_gives_way_to_an_older_one(run_of, tmp_path):
    run_of(OLD, curve="good")
    (run_of(NEW, curve="good") / "curve.html").unlink()

    assert last_good(tmp_path)["curve"].good.run == OLD


def test_a_report_that_never_went_well_has_no_page(run_of, tmp_path):
    run_of(OLD, curve="failed")

    assert last_good(tmp_path)["curve"].good is None


def test_reports_stand_in_the_order_of_the_newest_run(run_of, tmp_path):
    run_of(OLD, a="good", b="good", c="good")
    run_of(NEW, b="good", a="good")

    assert list(last_good(tmp_path)) == ["b", "a", "c"]


def test_a_run_that_left_the_index_alone_is_in_no_later_index(run_of, tmp_path):
    run_of(OLD, curve="good")
    run_of(MIDDLE, asked={"index": False}, curve="good", look_back="good")
    run_of(NEW, scores="good")

    standings = last_good(tmp_path)
    assert {report: standing.good.run for report, standing in standings.items()} == {
        "curve": OLD,
        "scores": NEW,
    }


def test_a_report_that_a_full_run_no_longer_plans_is_gone(run_of, tmp_path):
    run_of(OLD, curve="good", dropped="good")
    run_of(NEW, asked={"full": True}, curve="good")

    assert list(last_good(tmp_path)) == ["curve"]


@pytest.mark.parametrize("asked", [{"full": False}, {"full": True, "plan": "other.toml"}])
def test_a_run_of_some_reports_or_of_another_plan_drops_nothing(run_of, tmp_path, asked):
    run_of(OLD, curve="good", scores="good")
    run_of(NEW, asked=asked, curve="good")

    assert list(last_good(tmp_path)) == ["curve", "scores"]


def test_a_report_planned_after_the_last_full_run_is_there(run_of, tmp_path):
    run_of(OLD, asked={"full": True}, curve="good")
    run_of(NEW, asked={"full": False}, added="good")

    assert list(last_good(tmp_path)) == ["added", "curve"]


def test_a_run_that_is_resumed_with_an_index_counts(run_of, tmp_path):
    folder = run_of(OLD, asked={"index": False}, curve="good")
    with Ledger(folder / LEDGER_NAME) as ledger:
        ledger.write("run resumed", run=OLD, index=True)

    assert list(last_good(tmp_path)) == ["curve"]
