import pytest

from kamlib.errors import ParameterError, PlanError
from kamlib.publish.plan import read_plan, resolved_jobs

PARAMETERS = (
    'source: str = "../data"\nas_of: str = "latest"\ntarget_share: float = 0.8\nindustry: list[str] = []'
)


@pytest.fixture
def plan_of(tmp_path, written_notebook):
    """Return what writes a plan beside three notebooks."""
    for name in ("pareto/curve", "churn/model", "churn/list"):
        written_notebook(tmp_path / f"{name}.ipynb", parameters=PARAMETERS)
    written_notebook(tmp_path / "plain.ipynb", parameters="n: int = 1")

    def write(text):
        (tmp_path / "plan.toml").write_text(text)
        return tmp_path / "plan.toml"

    return write


def report(notebook, *lines):
    return "\n".join(["[[report]]", f'notebook = "{notebook}.ipynb"', *lines, ""])


@pytest.fixture
def refusal(plan_of):
    def refuse(text):
        with pytest.raises((PlanError, ParameterError)) as caught:
            read_plan(plan_of(text))
        return str(caught.value)

    return refuse


@pytest.fixture
def jobs_of(plan_of):
    return lambda text, **options: resolved_jobs(read_plan(plan_of(text)), **options)


def test_a_report_is_called_by_its_path_below_the_plan(plan_of):
    assert [one.name for one in read_plan(plan_of(report("pareto/curve")))] == ["pareto/curve"]


def test_one_notebook_can_make_two_reports(plan_of):
    text = report("pareto/curve") + report("pareto/curve", 'name = "pareto/by_profit"')

    assert [one.name for one in read_plan(plan_of(text))] == ["pareto/curve", "pareto/by_profit"]


def test_two_reports_of_one_name_are_refused(refusal):
    said = refusal(report("pareto/curve") * 2)

    assert said.endswith("two reports are called pareto/curve; give one of them a name")


@pytest.mark.parametrize("name", ["Pareto", "../up", "/root", "a//b", "a.b", "a b", ""])
def test_a_name_that_would_not_do_as_a_path_is_refused(refusal, name):
    assert "may hold small letters" in refusal(report("pareto/curve", f'name = "{name}"'))


def test_an_unknown_key_is_refused_with_the_nearest_one(refusal):
    assert "unknown key 'timeout'; did you mean 'timeout_s'?" in refusal(report("plain", "timeout = 5"))


def test_an_unknown_key_of_the_plan_itself_is_refused(refusal):
    assert "unknown key 'reports'; did you mean 'report'?" in refusal("[[reports]]\n")


def test_a_key_of_the_wrong_type_is_refused(refusal):
    assert "timeout_s = '5' is not a whole number" in refusal(report("plain", 'timeout_s = "5"'))


def test_a_notebook_that_is_not_there_is_refused(refusal):
    assert "there is no notebook nowhere.ipynb beside plan.toml" in refusal(report("nowhere"))


def test_a_notebook_outside_the_plan_s_folder_needs_a_name(refusal, tmp_path, written_notebook):
    outside = written_notebook(tmp_path.parent / f"{tmp_path.name}_beside" / "x.ipynb")

    said = refusal(f'[[report]]\nnotebook = "../{outside.parent.name}/x.ipynb"')
    assert said.endswith(f"x.ipynb lies outside {tmp_path.name}; give the report a name")


def test_a_plan_without_reports_is_refused(refusal):
    assert refusal("").endswith("has no [[report]]")


def test_a_plan_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PlanError, match="cannot be read: No such file"):
        read_plan(tmp_path / "plan.toml")


def test_a_plan_that_is_not_toml_is_refused(refusal):
    assert "is not TOML" in refusal("[[report]")


def test_a_parameter_the_notebook_does_not_have_is_refused(refusal):
    said = refusal(report("pareto/curve", "parameters = { target_shar = 0.7 }"))

    assert said == "pareto/curve has no parameter 'target_shar'; did you mean 'target_share'?"


def test_a_value_of_the_wrong_type_is_refused(refusal):
    said = refusal(report("pareto/curve", 'parameters = { target_share = "most" }'))

    assert "pareto/curve: target_share = 'most' is not allowed; it is float" in said


def test_after_names_a_report_of_the_plan(refusal):
    said = refusal(report("pareto/curve", 'after = ["churn/modle"]') + report("churn/model"))

    assert "pareto/curve comes after 'churn/modle', which is no report; did you mean 'churn/model'?" in said


def test_reports_that_wait_for_each_other_are_refused(refusal):
    text = report("churn/model", 'after = ["churn/list"]') + report("churn/list", 'after = ["churn/model"]')

    assert refusal(text) == "these reports wait for each other (see `after`): churn/list, churn/model"


def test_a_report_comes_after_those_it_names_and_else_in_the_order_of_the_plan(jobs_of):
    text = report("churn/list", 'after = ["churn/model"]') + report("pareto/curve") + report("churn/model")

    assert [job.report for job in jobs_of(text)] == ["pareto/curve", "churn/model", "churn/list"]


def test_a_job_has_a_value_for_every_parameter(jobs_of):
    (job,) = jobs_of(report("pareto/curve"))

    assert job.parameters == {"source": "../data", "as_of": "latest", "target_share": 0.8, "industry": []}


def test_the_plan_wins_over_the_notebook_and_a_flag_over_the_plan_and_param_over_all(jobs_of):
    text = report("pareto/curve", 'parameters = { as_of = "2011-01-01", target_share = 0.5 }')

    (job,) = jobs_of(text, as_of="2012-01-01")
    assert (job.parameters["as_of"], job.parameters["target_share"]) == ("2012-01-01", 0.5)

    (job,) = jobs_of(text, as_of="2012-01-01", params=["as_of=2013-01-01"])
    assert job.parameters["as_of"] == "2013-01-01"


def test_a_param_goes_to_every_report_that_has_the_name(jobs_of):
    jobs = jobs_of(
        report("pareto/curve") + report("plain") + report("churn/model"), params=["target_share=0.5"]
    )

    assert [job.parameters.get("target_share") for job in jobs] == [0.5, None, 0.5]


def test_a_param_that_no_report_has_is_refused_with_the_nearest_name(jobs_of):
    with pytest.raises(ParameterError) as caught:
        jobs_of(report("pareto/curve"), params=["target=0.5"])

    assert str(caught.value) == "the chosen reports have no parameter 'target'; did you mean 'target_share'?"


def test_a_source_that_no_report_takes_is_refused(jobs_of):
    with pytest.raises(ParameterError, match="no parameter 'source'"):
        jobs_of(report("plain"), source="somewhere")


def test_only_chooses_by_name(jobs_of):
    jobs = jobs_of(report("churn/list", 'after = ["pareto/curve"]') + report("pareto/curve"), only="churn/*")

    assert [job.report for job in jobs] == ["churn/list"]


def test_only_without_a_match_names_the_reports(jobs_of):
    with pytest.raises(ParameterError, match=r"--only x\* matches no report; there are pareto/curve, plain"):
        jobs_of(report("pareto/curve") + report("plain"), only="x*")
