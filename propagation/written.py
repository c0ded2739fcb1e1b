"""Plans as people write them in a change set, read by the same rules as in the workspace file."""

from __future__ import annotations

from dataclasses import replace

from graph.entities import PlanSpec
from graph.errors import BadChange, UnknownName
from graph.index.build import FREQUENCIES
from graph.plans import take_profile
from graph.workspace.nodes import from_json
from graph.workspace.plans_and_overlaps import PLAN
from graph.workspace.report import Report
from graph.workspace.values import BROKEN
from propagation.model import Model


def read_plan(model: Model, written: object, key_result: str) -> PlanSpec:
    """The plan that `written` (a shape's name or a mapping, as in the file) states for a key result.

    `like` takes the profile of the other key result's plan in force. Raises BadChange with every problem.
    """
    report = Report()
    spec = PLAN.read(from_json(written, "plan"), report)
    if spec is BROKEN or report.problems:
        raise BadChange(
            " ".join(p.message for p in report.in_order()) or "it is no plan.",
            "Name a shape, or write {weights: [...]}.",
        )
    assert isinstance(spec, PlanSpec)  # what PLAN reads
    if spec.form == "like" and not spec.values:
        other = model.state.key_results.get(spec.like or "")
        if other is None:
            raise UnknownName("key result", spec.like or "", model.state.key_results)
        frequency = FREQUENCIES[model.index.rows.frequency[model.index.row(key_result)]]
        spec = replace(spec, values=take_profile(other, frequency, model.cal))
    return spec
