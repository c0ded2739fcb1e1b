"""Selecting: one small language that names parts of a plan (section 14).

`select(expression, state, context)` gives the nodes an expression names, `parse(expression)` its syntax tree. Both
raise `BadSelector` with a 1-based column and the nearest names.

Terms
    ``mql``                an id, of any node type; in quotes where it's only digits: ``"2"+3``
    ``emea-*``             ids with ``*`` inside, of any node type
    ``*``                  all key results
    ``owner:mia``          the key results, objectives and assumptions she owns, and the entries that name her
    ``team:marketing``     its key results (of a key result without a team, its owner's counts)
    ``pattern:parallel``   key results with that pattern, declared or following from their incoming links
    ``type:dependency``    nodes of a type: key_result (kr), dependency (entry), assumption, objective, person, team
    ``tag:emea``           key results with the tag
    ``status:refining``    key results in that plan state, entries in that state (``status:"at risk"``)
    ``objective:convert``  key results of the objective and of the objectives below it
    ``title:"paid trial"`` key results and objectives with that text in their title, in any case
    ``finding:CP504``      nodes with the finding, by code or name; one on a link counts for the downstream key result
    ``rests_on:a1``        what the assumption names, and key results downstream of a link with it as a coefficient
    ``changed_since:2026-08-01``  nodes changed on that day or later
    ``delta>5%``           key results that move by more, up or down, as a part of their planned change; ``delta>100``
                           in their unit. With a sign the direction counts: ``delta<-5%``. Also >=, <, <=, =
  People, teams and objectives may be given by name, values may be quoted or contain ``*``.
Around a term, a function or a parenthesis, without a space
    ``+paid`` ``2+paid``   with all it depends on, at most two hops
    ``mql+`` ``mql+2``     with all that depends on it
    ``@mql``               it, its dependents, and all that these depend on
  Depending follows value links and register entries that aren't withdrawn, from provider to consumer. An entry is one
  hop and isn't itself added; ``entry+`` starts at its consumer, ``+entry`` at its provider. Digits directly before a
  ``+`` are hops.
Functions
    ``between(a, b)``      all that lies on a path from a to b, ends included
    ``roots(x)``           key results and entries of x that depend on nothing in x
    ``sinks(x)``           those on which nothing in x depends
Words
    ``or``, ``and``, ``not`` bind in that order from loose to tight. A complement is of the key results, unless what
    it's combined with by ``and`` names other nodes: ``type:dependency and not owner:mia``.
"""

from graph.errors import BadSelector
from graph.selectors.adjacency import Adjacency
from graph.selectors.context import Moved, SelectContext
from graph.selectors.evaluate import select
from graph.selectors.parser import parse

__all__ = ["Adjacency", "BadSelector", "Moved", "SelectContext", "parse", "select"]
