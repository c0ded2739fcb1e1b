"""A plan whose texts have everything in them that some format gives a meaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from graph.entities import History, Hold, Link, LinkType, PlanSpec
from graph.state import State
from tests.graph.selectors.example import funnel

NASTY = (
    'Say "yes" & <no> ]]> \\N{x} %%{init: {"theme": "dark"}}%% `*b*` #35; a|b\r\nnext\tline',
    "=HYPERLINK(1)",
    "-5",
    "1. first",
    "- item",
    "\x00\x0b\x7f\ud800 \ufffe control",
    "'=quoted, with comma; and semicolon",
    "日本語 ≥ 5 🙂 end",
)


def nasty() -> State:
    """`funnel` with the texts above as titles, and with every kind of field."""
    state = funnel()
    for (id_, key_result), title in zip(list(state.key_results.items()), NASTY, strict=True):
        state.key_results[id_] = replace(key_result, title=title, unit=title[:9] or None)
    paid = state.key_results["paid"]
    state.key_results["paid"] = replace(
        paid,
        plan=PlanSpec("weights", values=(1.0, 2.0)),
        holds=(Hold("total", 20.0, why=NASTY[0], until=date(2026, 8, 1)),),
        min={"2026-08": -5.0},
        max=12.5,
        actuals=(1.0, None),
        dimensions={"region": "emea"},
        shared=True,
        notes="two\nlines",
    )
    key = ("trials", "paid", LinkType.FEEDS)
    link = Link(*key, ratio="a-ratio", lag=2, share=0.6, history=History(18.0, 100.0))
    state.links[link.key] = link
    return state
