"""Wrong files by what is wrong with them: the text, marked where the problem is, and a part of what is said of it."""

from __future__ import annotations

from tests.graph.workspace.helpers import AB, HEAD, PEOPLE, RATES, key_results, links

CASES: dict[str, tuple[str, str]] = {
    # what the file must have
    "no version": ("¦cycle: {id: q, start: 2026-07-01, end: 2026-09-30}", "'crossplan' is missing"),
    "another version": ("crossplan: ¦2\ncycle: {}", "version 1 of the format is read here, not '2'"),
    "no cycle": ("¦crossplan: 1\n", "'cycle' is missing"),
    "empty cycle": ("crossplan: 1\ncycle:¦\n", "'cycle' is missing"),
    "cycle as text": ("crossplan: 1\ncycle: ¦2026-Q3\n", "a cycle is written as {id: 2026-Q3, start: 2026-07-01"),
    "cycle without end": ("crossplan: 1\ncycle: ¦{id: q, start: 2026-07-01}\n", "'end' is missing: the last day"),
    "unknown section": (HEAD + "¦key_result: {}\n", "there is no section 'key_result'. Did you mean 'key_results'?"),
    "strange section": (HEAD + "¦budget: {}\n", "There are: crossplan, cycle, teams"),
    "section as list": (HEAD + "key_results: ¦[a, b]\n", "'key_results' is a mapping of ids to fields, not a list"),
    "links as mapping": (HEAD + "links: ¦{a: b}\n", "'links' is a list of {from, to, type, ...}, not a mapping"),
    "root is a list": ("¦- crossplan: 1\n", "This is a list, not a workspace"),
    # records
    "unknown field": (key_results("a: {title: A, to: 1, ¦onwer: vera}"), "no field 'onwer'. Did you mean 'owner'?"),
    "strange field": (key_results("a: {title: A, to: 1, ¦xyzzy: 1}"), "It has: title, objective, owner"),
    "missing target": (key_results("¦a: {title: A}"), "key result 'a': 'to' is missing: the target"),
    "empty target": (key_results("a: {title: A, to: ¦~}"), "key result 'a', to: is empty; the target"),
    "record as text": (
        key_results("a: ¦Alpha"),
        "a key result is written as {title: Bring visitors to the site, to: 10000}",
    ),
    "link as text": (links("¦a -> b"), "link 1: a link is written as {from: visitors, to: trials, type: feeds}"),
    "id twice": (
        key_results("a: {title: A, to: 1}", "¦a: {title: B, to: 2}"),
        "'a' stands here a second time; the first is on line 8",
    ),
    "field twice": (key_results("a: {title: A, to: 1, ¦to: 2}"), "'to' stands here a second time"),
    "id of two types": (key_results("¦vera: {title: A, to: 1}"), "'vera' is already the id of a person (line 6)"),
    "id with a space": (key_results("¦my kr: {title: A, to: 1}"), "'my kr' can't be an id"),
    "id with a dash at its end": (key_results("¦kr-: {title: A, to: 1}"), "doesn't end in '-'"),
    "id that is a word": (key_results("¦Not: {title: A, to: 1}"), "words of the selector language"),
    "id too long": (key_results(f"¦{'k' * 201}: {{title: A, to: 1}}"), "201 characters; 200 are allowed"),
    "id in two parts": (key_results("¦u\u0308ber: {title: A, to: 1}"), "Unicode's composed form"),
    "assumption that reads as a number": (HEAD + "assumptions:\n  ¦3k: {statement: x}\n", "read as a number"),
    # references
    "unknown owner": (
        key_results("a: {title: A, to: 1, owner: ¦verra}"),
        "there is no person 'verra'. Did you mean 'vera'?",
    ),
    "owner is a team": (
        key_results("a: {title: A, to: 1, owner: ¦sales}"),
        "'sales' is a team; a person is expected here",
    ),
    "unknown objective": (key_results("a: {title: A, to: 1, objective: ¦grow}"), "there is no objective 'grow'"),
    "unknown team": (HEAD + "people:\n  p: {team: ¦x}\n", "there is no team 'x'"),
    "unknown end of a link": (links("{from: a, to: ¦d, type: feeds}"), "there is no key result 'd'"),
    "unknown assumption": (
        links("{from: a, to: b, type: feeds, ratio: ¦a1}"),
        "'a1' isn't a number. There is no assumption 'a1'",
    ),
    "assumption without quantity": (
        links("{from: a, to: b, type: feeds, ratio: ¦a1}") + "assumptions:\n  a1: {statement: x}\n",
        "the assumption 'a1' states no quantity",
    ),
    "negative assumption": (
        links("{from: a, to: b, type: enables, claim: ¦a1}") + "assumptions:\n  a1: {statement: x, quantity: -1}\n",
        "'a1' is -1, and this can't be negative",
    ),
    "assumption that should be a percentage": (
        links("{from: a, to: b, type: contributes, split: ¦a1}") + "assumptions:\n  a1: {statement: x, quantity: 40}\n",
        "state 40%",
    ),
    "unknown node that rests": (
        HEAD + "assumptions:\n  a1: {statement: x, rests: [¦q]}\n",
        "rests[0]: there is no key result",
    ),
    "person that rests": (HEAD + PEOPLE + "assumptions:\n  a1: {statement: x, rests: [¦vera]}\n", "'vera' is a person"),
    "unknown delegate": (
        HEAD + "people:\n  p: {away: {from: 2026-07-01, to: 2026-07-02, delegate: ¦q}}\n",
        "no person 'q'",
    ),
    "own delegate": (
        HEAD + "people:\n  p: {away: {from: 2026-07-01, to: 2026-07-02, delegate: ¦p}}\n",
        "stands in for themselves",
    ),
    "suppressed nothing": (
        key_results(*AB) + "suppress:\n  - {code: CP101, node: ¦d, reason: x}\n",
        "no node or link 'd'",
    ),
    "suppressed no link": (
        key_results(*AB) + "suppress:\n  - {code: CP101, node: ¦a -> b, reason: x}\n",
        "no link 'a->b'",
    ),
    "overlap with a stranger": (
        links(
            "{from: a, to: c, type: enables, claim: 1}",
            krs=(*AB[:2], "c: {title: C, to: 30, overlap: {model: pairwise, overlaps: [{a: a, b: ¦b, overlap: 30%}]}}"),
        ),
        "overlap.overlaps[0].b: 'b' doesn't enable it",
    ),
    "overlap with itself": (
        links(
            "{from: a, to: c, type: enables, claim: 1}",
            krs=(*AB[:2], "c: {title: C, to: 30, overlap: {model: pairwise, overlaps: [¦{a: a, b: a, overlap: 30%}]}}"),
        ),
        "doesn't overlap with itself",
    ),
    # single values
    "not a number": (
        key_results("a: {title: A, to: ¦many}"),
        "key result 'a', to: The target can't be read from 'many'",
    ),
    "not finite": (key_results("a: {title: A, to: ¦.nan}"), "can't be read from '.nan'"),
    "1e308": (key_results("a: {title: A, to: ¦1e308}"), "1e308 is too large: numbers go up to 1e+15"),
    "decimal comma": (key_results("a: {title: A, to: ¦1,5}"), "can't be read from '1,5'"),
    "octal": (key_results("a: {title: A, to: ¦0o17}"), "can't be read from '0o17'"),
    "sexagesimal": (key_results("a: {title: A, to: ¦1:30}"), "can't be read from '1:30'"),
    "truth as a number": (key_results("a: {title: A, to: ¦true}"), "can't be read from 'true'"),
    "list as a number": (key_results("a: {title: A, to: ¦[1]}"), "The target is expected here, not a list"),
    "mapping as text": (key_results("a: {title: ¦{a: b}, to: 1}"), "the title is expected here, not a mapping"),
    "step of 0": (key_results("a: {title: A, to: 1, step: ¦0}"), "the step must be above 0, not 0"),
    "negative step": (key_results("a: {title: A, to: 1, step: ¦-1}"), "the step must be above 0, not -1"),
    "step too fine": (key_results("a: {title: A, to: 1000, step: ¦1e-15}"), "too fine for values such as 1000"),
    "threshold of 10": (key_results("a: {title: A, to: 1, threshold: ¦10}"), "Write 10% or 0.1"),
    "threshold of 5,000%": (
        key_results("a: {title: A, to: 1, threshold: ¦5000%}"),
        "a threshold must be at most 1000%",
    ),
    "negative threshold": (
        key_results("a: {title: A, to: 1, threshold: ¦-5%}"),
        "a threshold must be at least 0, not -5%",
    ),
    "all reserved": (key_results("a: {title: A, to: 1, reserve: ¦100%}"), "the reserve must be below 100%, not 100%"),
    "unknown kind": (
        key_results("a: {title: A, to: 1, kind: ¦flwo}"),
        "'flwo' isn't a kind of metric. Did you mean 'flow'?",
    ),
    "unknown frequency": (key_results("a: {title: A, to: 1, frequency: ¦daily}"), "'daily' isn't a frequency"),
    "yes as a flag": (key_results("a: {title: A, to: 1, shared: ¦yes}"), "'yes' is neither true nor false"),
    "true as a reason": (key_results("a: {title: A, to: 1, refuses: ¦true}"), "'true' gives no reason"),
    "no such day": (HEAD + "people:\n  p: {gone: ¦2026-02-30}\n", "'2026-02-30' is no date"),
    "day the American way": (HEAD + "people:\n  p: {gone: ¦08/15/2026}\n", "write it as year-month-day"),
    "year 3000": (HEAD + "people:\n  p: {gone: ¦3000-01-01}\n", "out of range"),
    "e-mail": (HEAD + "people:\n  p: {email: ¦mia}\n", "'mia' isn't an e-mail address"),
    "blank title": (key_results('a: {title: ¦" ", to: 1}'), "the title can't be blank"),
    "line break in a title": (key_results('a: {title: ¦"a\\nb", to: 1}'), "the title can't hold a line break"),
    "control character": (key_results('a: {title: ¦"a\\x07b", to: 1}'), "can't hold the character U+0007"),
    "title too long": (key_results(f"a: {{title: ¦{'x' * 2001}, to: 1}}"), "2,001 characters; 2,000 are allowed"),
    "tags as text": (key_results("a: {title: A, to: 1, tags: ¦emea}"), "tags are a list: write [emea]"),
    "empty tag": (
        key_results("a: {title: A, to: 1, tags: [x, ¦~]}"),
        "tags[1]: a tag is expected here, but it's empty",
    ),
    "dimensions as a list": (key_results("a: {title: A, to: 1, dimensions: ¦[emea]}"), "dimensions is a mapping"),
    "finding's code": (
        key_results(*AB) + "suppress:\n  - {code: ¦302, node: a, reason: x}\n",
        "'302' isn't a finding's code",
    ),
    "confidence": (
        key_results(*AB) + "dependencies:\n  d: {provider: a, consumer: b, confidence: ¦120%}\n",
        "a confidence must be at most 100%",
    ),
    "state of an entry": (
        key_results(*AB) + "dependencies:\n  d: {provider: a, consumer: b, state: ¦at-risk}\n",
        "'at-risk' isn't a state of an entry. Did you mean 'at risk'?",
    ),
    # plans
    "unknown shape": (
        key_results("a: {title: A, to: 1, plan: ¦scurve}"),
        "'scurve' isn't a plan's shape. Did you mean 's-curve'?",
    ),
    "no form": (
        key_results("a: {title: A, to: 1, plan: ¦{steepness: 2}}"),
        "one of shape, weights, periods, buckets, step, like",
    ),
    "two forms": (
        key_results("a: {title: A, to: 1, plan: {shape: linear, ¦step: 2}}"),
        "'shape' and 'step' exclude each other",
    ),
    "field of another form": (
        key_results("a: {title: A, to: 1, plan: {shape: linear, ¦per: month}}"),
        "plan: there is no field 'per'",
    ),
    "too few weights": (
        key_results("a: {title: A, to: 1, plan: {weights: ¦[1, 2]}}"),
        "2 weights for 13 weekly periods",
    ),
    "negative weight": (
        key_results("a: {title: A, to: 1, plan: {weights: [1, ¦-2]}}"),
        "plan.weights[1]: a weight must be at least 0",
    ),
    "all weights 0": (
        key_results("a: {title: A, to: 1, frequency: monthly, plan: {weights: ¦[0, 0, 0]}}"),
        "all weights are 0",
    ),
    "periods don't sum": (
        key_results("a: {title: A, to: 7, frequency: monthly, plan: {periods: ¦[1, 2, 3]}}"),
        "the periods make 6, not to - from = 7",
    ),
    "rate ends elsewhere": (
        key_results("a: {title: A, kind: rate, to: 7, frequency: monthly, plan: {periods: ¦[1, 2, 3]}}"),
        "the last level is 3, not the target 7",
    ),
    "buckets off": (
        key_results("a: {title: A, to: 1, plan: {buckets: ¦[20, 45, 30]}}"),
        "the buckets make 95%, not 100%",
    ),
    "buckets too few": (key_results("a: {title: A, to: 1, plan: {buckets: ¦[50, 50]}}"), "2 buckets for 3 months"),
    "buckets too fine": (
        key_results("a: {title: A, to: 1, frequency: quarterly, plan: {buckets: [20, 45, 35], per: ¦month}}"),
        "finer than its quarterly periods",
    ),
    "step outside": (key_results("a: {title: A, to: 1, plan: {step: ¦14}}"), "there are 13 weekly periods"),
    "step and a half": (key_results("a: {title: A, to: 1, plan: {step: ¦1.5}}"), "the period must be a whole number"),
    "like nobody": (key_results("a: {title: A, to: 1, plan: {like: ¦b}}"), "there is no key result 'b'"),
    "like itself": (
        key_results("a: {title: A, to: 1, plan: {like: ¦a}}"),
        "These plans like each other would close a cycle: a -> a",
    ),
    "like in a circle": (
        key_results("a: {title: A, to: 1, plan: {like: b}}", "b: {title: B, to: 1, plan: {like: ¦a}}"),
        "b -> a -> b",
    ),
    "like nothing": (key_results("a: {title: A, to: 1, plan: {like: ¦b}}", "b: {title: B, to: 0}"), "sums to 0"),
    "profile": (
        key_results("a: {title: A, to: 1, frequency: monthly, plan: {like: b, profile: ¦[1, 2, 3]}}"),
        "sums to 6, not to 1",
    ),
    # holds and bounds
    "held where": (key_results("a: {title: A, to: 1, holds: [{periods: ¦2026-12, value: 1}]}"), "No week of the cycle"),
    "held what": (key_results("a: {title: A, to: 1, holds: [¦{periods: total}]}"), "holds[0]: 'value' is missing"),
    "bound where": (
        key_results("a: {title: A, to: 1, min: {w14: ¦1}}"),
        "min.w14: 'w14': the cycle has weeks w1 to w13",
    ),
    "bounds crossed": (key_results("a: {title: A, to: 1, min: 5, max: ¦4}"), "4 is below the minimum, 5"),
    "bounds of a period crossed": (
        key_results("a: {title: A, to: 1, min: {w1: 5}, max: {w1: ¦4}}"),
        "max.w1: 4 is below",
    ),
    "too many actuals": (
        key_results("a: {title: A, to: 1, frequency: monthly, actuals: ¦[1, 2, ~, 4]}"),
        "4 values for 3 monthly periods",
    ),
    # overlap models
    "no model": (key_results("a: {title: A, to: 1, overlap: ¦{factor: 0.7}}"), "'model' is missing: one of discount"),
    "unknown model": (key_results("a: {title: A, to: 1, overlap: {model: ¦joint}}"), "'joint' isn't a model"),
    "factor of 75": (key_results("a: {title: A, to: 1, overlap: {model: discount, factor: ¦75}}"), "Write 75%"),
    "field of another model": (
        key_results("a: {title: A, to: 1, overlap: {model: union, ¦factor: 0.7}}"),
        "no field 'factor'",
    ),
    "headroom": (key_results("a: {title: A, to: 1, overlap: {model: union, headroom: ¦0}}"), "must be above 0"),
    # cycle
    "cycle ends first": ("crossplan: 1\ncycle: {id: q, start: 2026-07-01, end: ¦2026-06-30}\n", "before it starts"),
    "cycle of a century": (
        "crossplan: 1\ncycle: {id: q, start: 2026-07-01, end: ¦2126-06-30}\n",
        "It may last ten years",
    ),
    "time zone": (
        HEAD.replace("30}", "30, timezone: ¦Europe/Berlim}"),
        "'Europe/Berlim'. Did you mean 'Europe/Berlin'",
    ),
    "time zone by a path": (HEAD.replace("30}", "30, timezone: ¦../../etc/passwd}"), "There is no time zone"),
    "fiscal": (HEAD.replace("30}", "30, fiscal: ¦4-4-4}"), "'4-4-4' isn't a fiscal calendar"),
    # people, entries, assumptions
    "reports to themselves": (
        HEAD + "people:\n  p: {reports_to: ¦p}\n",
        "These reporting lines would close a cycle: p -> p",
    ),
    "reporting in a circle": (
        HEAD + "people:\n  p: {reports_to: q}\n  q: {reports_to: r}\n  r: {reports_to: ¦p}\n",
        "r -> p -> q -> r",
    ),
    "objectives in a circle": (
        HEAD + "objectives:\n  o: {title: O, parent: u}\n  u: {title: U, parent: ¦o}\n",
        "u -> o -> u",
    ),
    "away backwards": (
        HEAD + "people:\n  p: {away: {from: 2026-07-02, to: ¦2026-07-01}}\n",
        "before the first day away",
    ),
    "own provider": (
        key_results(*AB) + "dependencies:\n  d: {provider: a, consumer: ¦a}\n",
        "'a' can't depend on itself",
    ),
    "range backwards": (
        HEAD + "assumptions:\n  x: {statement: x, range: ¦[2, 1]}\n",
        "the lower bound, 2, is above the upper one, 1",
    ),
    "range of one": (
        HEAD + "assumptions:\n  x: {statement: x, range: ¦[2]}\n",
        "the bounds are two, [low, high]; there are 1",
    ),
    # links
    "linked to itself": (links("{from: a, to: ¦a, type: feeds}"), "'a' can't be linked to itself"),
    "link twice": (
        links("{from: a, to: b, type: feeds}", "¦{from: a, to: b, type: feeds, share: 50%}"),
        "link a->b: stands here a second time (feeds); the first is on line 12",
    ),
    "unknown type": (links("{from: a, to: b, type: ¦feed}"), "'feed' isn't a type of link. Did you mean 'feeds'"),
    "claim on feeds": (
        links("{from: a, to: b, type: feeds, claim: ¦5}"),
        "a link of type feeds has no claim; it has history",
    ),
    "ratio on a stage": (links("{from: a, to: b, type: stage, ratio: ¦5}"), "it has no fields of its own"),
    "no claim": (links("¦{from: a, to: b, type: enables}"), "'claim' is missing"),
    "negative claim": (links("{from: a, to: b, type: enables, claim: ¦-1}"), "the claim must be at least 0, not -1"),
    "negative weight of a link": (
        links("{from: a, to: b, type: allocates, weight: ¦-1}"),
        "a weight must be at least 0",
    ),
    "split of 40": (links("{from: a, to: b, type: contributes, split: ¦40}"), "Write 40% or 0.4"),
    "negative lag": (links("{from: a, to: b, type: feeds, lag: ¦-1}"), "'-1' is no lag"),
    "lag that isn't whole": (
        links("{from: a, to: b, type: feeds, lag: ¦10d}"),
        "isn't a whole number of weekly periods",
    ),
    "no ratio follows": (
        links("¦{from: a, to: b, type: feeds}", krs=("a: {title: A, from: 5, to: 5}", *AB[1:])),
        "'ratio' is missing, and none follows: 'a' goes from 5 to 5",
    ),
    "history of nothing": (
        links("{from: a, to: b, type: feeds, history: {conversions: 1, of: ¦0}}"),
        "the sample must be above 0",
    ),
    "value cycle": (
        links("{from: a, to: b, type: feeds}", "{from: b, to: c, type: contributes}", "¦{from: c, to: a, type: stage}"),
        "These value links would close a cycle: a -> b -> c -> a",
    ),
    "allocates cycle": (
        links("{from: a, to: b, type: allocates}", "¦{from: b, to: a, type: allocates}"),
        "These allocates links would close a cycle: a -> b -> a",
    ),
    "two patterns": (
        links("{from: a, to: c, type: contributes}", "{from: b, to: c, type: ¦stage}"),
        "several patterns: a->c (contributes), b->c (stage)",
    ),
    "another pattern than it says": (
        links("{from: a, to: c, type: contributes}", krs=(*AB[:2], "c: {title: C, to: 30, pattern: ¦parallel}")),
        "said to be parallel, but its links make it additive: a->c (contributes)",
    ),
    "rate and flow": (
        links("{from: a, to: r, type: ¦contributes}", krs=(*AB, *RATES)),
        "'r' is a rate and 'a' is a flow",
    ),
    "rate allocated to a flow": (
        links("{from: r, to: a, type: ¦allocates}", krs=(*AB, *RATES)),
        "only enables can join them",
    ),
    "factor into a rate": (
        links("{from: s, to: r, type: contributes, factor: ¦2}", krs=RATES),
        "rates don't sum, so factor means nothing",
    ),
    "weight into a flow": (
        links("{from: a, to: b, type: contributes, weight: ¦2}"),
        "only contributors to a rate carry a weight",
    ),
    "some weights": (
        links("{from: a, to: b, type: allocates, weight: 2}", "¦{from: a, to: c, type: allocates}"),
        "all allocates links of 'a' carry a weight or none does; a->b (allocates) has one, this has none",
    ),
    "some weights of a rate": (
        links("{from: s, to: r, type: contributes, weight: 2}", "¦{from: t, to: r, type: contributes}", krs=RATES),
        "all contributors of the rate 'r' carry a weight or none does",
    ),
    "weights of 0": (links("{from: a, to: b, type: allocates, weight: ¦0}"), "have a weight of 0"),
    "last stages of a rate": (
        links("{from: s, to: r, type: stage}", "{from: ¦t, to: r, type: stage}", krs=RATES),
        "several last stages can't make a rate: s->r (stage), t->r (stage)",
    ),
}
