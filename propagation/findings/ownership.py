"""Who answers: CP101, CP104, CP105."""

from __future__ import annotations

from collections.abc import Iterator

from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.view import PlanView
from propagation.findings.wording import listing, plural


def no_owner(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP101: a key result without owner, or whose owner has left; CP104 instead where several teams contribute."""
    if not ctx.view.answered_for(id_, ctx.today) and len(_teams(ctx.view, id_)) < 2:
        yield Hit(id_, *_nobody(ctx, id_), _facts(ctx, id_))


def shared_without_parent_owner(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP104: two or more teams contribute and nobody owns the parent."""
    if ctx.view.answered_for(id_, ctx.today):
        return
    teams = _teams(ctx.view, id_)
    if len(teams) >= 2:
        message, _ = _nobody(ctx, id_)
        yield Hit(
            id_,
            f"{plural(len(teams), 'team')} contribute ({listing(teams)}): {message[0].lower()}{message[1:]}",
            f"Name a parent owner for {id_} who facilitates between {listing(teams)}.",
            {**_facts(ctx, id_), "teams": teams},
        )


def single_team_shared(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP105: marked shared, and every contributor is of one and the same team."""
    if not ctx.view.key_result(id_).shared:
        return
    contributors = ctx.view.contributors(id_)
    teams = {ctx.view.team(link.from_) for link in contributors}
    if len(teams) == 1 and None not in teams:
        (team,) = _teams(ctx.view, id_)
        verb = "is" if len(contributors) == 1 else "are all"
        yield Hit(
            id_,
            f"Marked as shared, but its {plural(len(contributors), 'contributor')} {verb} of one team, {team}.",
            f"Link another team's contribution to {id_}, or remove its shared mark.",
            {"team": team, "contributors": len(contributors)},
        )


def _teams(view: PlanView, id_: str) -> list[str]:
    """The teams that contribute, as far as they are known, in order."""
    teams = {view.team(link.from_) for link in view.contributors(id_)}
    return sorted(t for t in teams if t is not None)


def _facts(ctx: Context, id_: str) -> dict[str, str | None]:
    owner = ctx.view.key_result(id_).owner
    person = ctx.view.person(owner) if owner is not None else None
    return {"owner": owner, "gone": person.gone.isoformat() if person and person.gone else None}


def _nobody(ctx: Context, id_: str) -> tuple[str, str]:
    """In words: that nobody answers for it, and who might."""
    owner = ctx.view.key_result(id_).owner
    person = ctx.view.person(owner) if owner is not None else None
    if person is None:
        return "Nobody owns it.", f"Name an owner for {id_}."
    manager = ctx.view.person(person.reports_to) if person.reports_to else None
    stays = manager is not None and (manager.gone is None or manager.gone > ctx.today)
    heir = f"{manager.name or manager.id}, to whom they reported, or to somebody else" if manager and stays else ""
    return (
        f"Its owner, {person.name or person.id}, left on {person.gone}: nobody answers for it.",
        f"Hand {id_} over to {heir or 'somebody who stays'}.",
    )
