"""Seeded generator of grading documents: one score, few-shot scores, or a comparison of two answers."""
import json

import rubrics
from answers import CRITERIA, GOLD, Problem, gold, pick_quality
from chat import MARK_OFF, MARK_ON

JUDGE_SYSTEMS = [rubrics.PROMPT["system"], "You are a strict grader.", "You are an impartial judge.", "You grade answers.",
                 "You are an expert evaluator.", "You are a judge. Reply only with JSON.", "You are a helpful assistant."]
def pick_criterion(rng):
    return rng.choices(CRITERIA, weights=[5, 2, 3, 1.5, 3.5, 2.5, 2, 1.5, 1])[0]


def sample(rng, criterion, held):
    """(values, quality, note) of one graded sample for a criterion.

    The note names what is expected and what was got, side by side: a model that writes it first has
    only to compare two neighbours to grade.
    """
    grounded = criterion in ("correctness", "faithfulness") or (rng.random() < 0.4 and criterion != "relevance")
    problem = Problem(rng, held, grounded)
    quality = pick_quality(rng, criterion)
    text, got = problem.answer(rng, quality)
    values = {"question": problem.question, "answer": text}
    if criterion == "faithfulness" or (grounded and criterion != "correctness" and rng.random() < 0.3):
        values["context"] = problem.context(rng)
    elif grounded:
        values["reference"] = problem.reference
    return values, quality, f"Expected {problem.right}, got {got}."


def verdict(score, note, keys, reason):
    shown = f'"{keys[0]}": {MARK_ON}{score}{MARK_OFF}'
    said = f'"{keys[1]}": {json.dumps(note, ensure_ascii=False)}'
    parts = {"before": [said, shown], "after": [shown, said], "none": [shown]}[reason]
    return "{" + ", ".join(parts) + "}"


def pick_reason(rng):
    return rng.choices(["before", "after"], weights=[85, 15])[0]


SHIPPED_FORMS = [("rubric_first", "none", 50), ("rubric_first", "before", 14), ("rubric_first", "after", 8),
                 ("sample_first", "none", 14), ("sample_first", "before", 9), ("sample_first", "after", 5)]


def shipped_doc(rng, held=False, criterion=None, custom=None, shots=None, form=None):
    """A grading under the product's own prompt; `shots` graded samples may come before the last one."""
    criterion = criterion or pick_criterion(rng)
    custom = rng.random() < 0.15 if custom is None else custom
    rubric = rubrics.custom_rubric(rng.choice(rubrics.SENTENCES[criterion])) if custom else rubrics.RUBRICS[criterion]
    layout, reason = form or rng.choices([f[:2] for f in SHIPPED_FORMS], weights=[f[2] for f in SHIPPED_FORMS])[0]
    system, user = rubrics.chat("score", layout, reason, rubric)
    turns = [["system", system]]
    if shots is None:
        # many graded samples under one rubric cost little more than one
        weights = [50, 10, 10, 10, 10, 10] if layout == "rubric_first" else [88, 6, 6]
        shots = rng.choices(range(len(weights)), weights=weights)[0]
    if shots and not custom and rng.random() < 0.3:
        turns += shipped_examples(rubric, user, reason)
    for _ in range(shots + 1):
        values, quality, note = sample(rng, criterion, held)
        turns += [["user", rubrics.fill(user, {"fields": rubrics.render_fields(values)})],
                  ["assistant", verdict(gold(quality, criterion), note, ("score", "justification"), reason)]]
    return {"turns": turns, "values": values, "gold": gold(quality, criterion), "quality": quality, "criterion": criterion,
            "layout": layout, "reason": reason, "grounded": "reference" in values or "context" in values}


DRILLED = {"accuracy": ["right", "wrong"], "correctness": ["right", "wrong"], "helpfulness": ["right", "wrong"],
           "quality": ["right", "wrong"], "faithfulness": ["right", "wrong"], "relevance": ["right", "wrong", "offtopic"]}


def drill_doc(rng):
    """Many short gradings of right and wrong answers under one rubric.

    Telling them apart in one pass, without writing down what was expected, is the hardest part of grading:
    it needs many verdicts for few tokens.
    """
    criterion = rng.choice(list(DRILLED))
    system, user = rubrics.chat("score", "rubric_first", "none", rubrics.RUBRICS[criterion])
    turns = [["system", system]]
    for _ in range(rng.randint(6, 14)):
        grounded = criterion in ("correctness", "faithfulness") or rng.random() < 0.5
        problem = Problem(rng, False, grounded)
        quality = rng.choice(DRILLED[criterion])
        values = {"question": problem.question, "answer": problem.answer(rng, quality)[0]}
        if criterion == "faithfulness":
            values["context"] = problem.context(rng)
        elif grounded:
            values["reference"] = problem.reference
        turns += [["user", rubrics.fill(user, {"fields": rubrics.render_fields(values)})],
                  ["assistant", verdict(gold(quality, criterion), "", ("score", ""), "none")]]
    return {"turns": turns}


def shipped_examples(rubric, user, reason):
    """The rubric's own examples as earlier turns, as the product sends them."""
    turns = []
    for example in rubric["examples"]:
        reply = verdict(example["score"], example["justification"], ("score", "justification"), reason)
        turns += [["user", rubrics.fill(user, {"fields": rubrics.render_fields(example)})],
                  ["assistant", reply.replace(MARK_ON, "").replace(MARK_OFF, "")]]
    return turns


def free_doc(rng, held=False, held_wording=False, criterion=None, reason=None):
    """A grading under somebody else's wording."""
    criterion = criterion or (pick_criterion(rng) if rng.random() < 0.6 else "quality")
    values, quality, note = sample(rng, criterion, held)
    keys = rubrics.pick_keys(rng)
    reason = reason or pick_reason(rng)
    user = rubrics.free_prompt(rng, criterion, values, keys, reason == "before", held_wording)
    turns = [["system", rng.choice(JUDGE_SYSTEMS)]] if rng.random() < 0.5 else []
    turns += [["user", user], ["assistant", verdict(gold(quality, criterion), note, keys, reason)]]
    return {"turns": turns, "gold": gold(quality, criterion), "quality": quality, "criterion": criterion, "reason": reason,
            "keys": list(keys), "grounded": "reference" in values or "context" in values}


def pick_pair(rng, criterion):
    """Two qualities that tie or clearly differ: pairs one grade apart are left out as debatable."""
    if rng.random() < 0.3:
        quality = pick_quality(rng, criterion)
        same = [q for q in GOLD if gold(q, criterion) == gold(quality, criterion)]
        return quality, rng.choice([quality, quality, rng.choice(same)])
    while True:
        a, b = pick_quality(rng, criterion), pick_quality(rng, criterion)
        if abs(gold(a, criterion) - gold(b, criterion)) >= 2:
            return a, b


def pair_doc(rng, held=False, criterion=None, form=None):
    """The note grades both answers, so that the winner follows from two digits."""
    criterion = criterion or pick_criterion(rng)
    grounded = criterion in ("correctness", "faithfulness") or rng.random() < 0.4
    problem = Problem(rng, held, grounded)
    qualities = pick_pair(rng, criterion)
    (text_a, got_a), (text_b, got_b) = [problem.answer(rng, q) for q in qualities]
    values = {"question": problem.question, "answer_a": text_a, "answer_b": text_b}
    if criterion == "faithfulness":
        values["context"] = problem.context(rng)
    elif grounded:
        values["reference"] = problem.reference
    a, b = [gold(q, criterion) for q in qualities]
    winner = "tie" if a == b else "A" if a > b else "B"
    note = f"Expected {problem.right}. A got {got_a}: {MARK_ON}{a}{MARK_OFF}. B got {got_b}: {MARK_ON}{b}{MARK_OFF}."
    reply = f'{{"justification": "{note}", "winner": "{MARK_ON}{winner}{MARK_OFF}"}}'
    layout = form or rng.choice(["rubric_first", "sample_first"])
    system, user = rubrics.chat("pairwise", layout, "before", rubrics.RUBRICS[criterion])
    turns = [["system", system], ["user", rubrics.fill(user, {"fields": rubrics.render_fields(values)})], ["assistant", reply]]
    return {"turns": turns, "values": values, "winner": winner, "criterion": criterion, "qualities": list(qualities)}


def judge_doc(rng):
    r = rng.random()
    if r < 0.66:
        return shipped_doc(rng)["turns"]
    return free_doc(rng)["turns"] if r < 0.84 else pair_doc(rng)["turns"]


def drill(rng):
    return drill_doc(rng)["turns"]
