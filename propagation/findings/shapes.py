"""Plans that pull in opposite directions in time: CP304."""

from __future__ import annotations

from collections.abc import Iterator

from graph.entities import LinkType
from propagation.findings.context import Context
from propagation.findings.model import Hit
from propagation.findings.sums import LISTED
from propagation.findings.wording import listing

_FRONT, _BACK = "front-loaded", "back-loaded"


def shape_mismatch(ctx: Context, id_: str) -> Iterator[Hit]:
    """CP304: one front-loaded, the other back-loaded (by `fit`), along feeds (found at the link) or among the
    contributors of one parent (found at the parent). A plan that sums to 0 has no shape.
    """
    view = ctx.view
    own = view.shape(id_)
    if own in (_FRONT, _BACK):
        for link in view.incoming(id_, LinkType.FEEDS):
            other = view.shape(link.from_)
            if other in (_FRONT, _BACK) and other != own:
                yield Hit(
                    str(link.key),
                    f"{link.from_} is {other}, {id_}, which it feeds, is {own}.",
                    f"Give {id_} and {link.from_} shapes that follow each other.",
                    {"upstream": other, "downstream": own},
                )
    shapes = {link.from_: view.shape(link.from_) for link in view.contributors(id_)}
    front, back = (sorted(i for i, s in shapes.items() if s == shape) for shape in (_FRONT, _BACK))
    if front and back:
        yield Hit(
            id_,
            f"Of its contributors {listing(front)} {_is(front)} {_FRONT}, {listing(back)} {_is(back)} {_BACK}.",
            f"Agree one course among the contributors of {id_}.",
            {"front_loaded": front[:LISTED], "back_loaded": back[:LISTED]},
        )


def _is(ids: list[str]) -> str:
    return "is" if len(ids) == 1 else "are"
