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
    parts = [said, shown] if reason == "before" else [shown, said]
    return "{" + ", ".join(parts) + "}"


def pick_reason(rng):
    return rng.choices(["before", "after"], weights=[85, 15])[0]


def shipped_doc(rng, held=False, criterion=None, custom=None, shots=None):
    """A grading under the product's own prompt; `shots` graded samples may come before the last one."""
    criterion = criterion or pick_criterion(rng)
    custom = rng.random() < 0.15 if custom is None else custom
    rubric = rubrics.custom_rubric(rng.choice(rubrics.SENTENCES[criterion])) if custom else rubrics.RUBRICS[criterion]
    turns = [["system", rubrics.PROMPT["system"]]]
    shots = rng.choices([0, 1, 2], weights=[88, 6, 6])[0] if shots is None else shots
    if shots and not custom and rng.random() < 0.5:
        turns += shipped_examples(rubric)
        shots = 0
    for _ in range(shots + 1):
        values, quality, note = sample(rng, criterion, held)
        turns += [["user", rubrics.score_prompt(rubric, values)],
                  ["assistant", verdict(gold(quality, criterion), note, ("score", "justification"), "before")]]
    return {"turns": turns, "gold": gold(quality, criterion), "quality": quality, "criterion": criterion,
            "grounded": "reference" in values or "context" in values}


def shipped_examples(rubric):
    """The rubric's own examples as earlier turns, as the product sends them."""
    turns = []
    for example in rubric["examples"]:
        reply = verdict(example["score"], example["justification"], ("score", "justification"), "before")
        turns += [["user", rubrics.score_prompt(rubric, example)],
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


def pair_doc(rng, held=False, criterion=None):
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
    prompt = rubrics.pair_prompt(rubrics.RUBRICS[criterion], values)
    turns = [["system", rubrics.PROMPT["system"]], ["user", prompt], ["assistant", reply]]
    return {"turns": turns, "winner": winner, "criterion": criterion, "qualities": list(qualities)}


def judge_doc(rng):
    r = rng.random()
    if r < 0.33:
        return shipped_doc(rng)["turns"]
    return free_doc(rng)["turns"] if r < 0.78 else pair_doc(rng)["turns"]
