"""Writes the held-out tests (../tests/*.jsonl) and ../../../examples/qa.jsonl.

Nothing in them was trained on: question wordings, facts under judgement and free prompt wordings
come from lists that training never uses.
"""
import json
import pathlib
import random

import rubrics
from answers import CRITERIA, TOPIC_HELD_QUESTIONS
from chat import strip, unknown_question
from facts import FACTS, TOPICS
from judging import free_doc, pair_doc, shipped_doc

ROOT = pathlib.Path(__file__).parents[3]
TESTS = pathlib.Path(__file__).parents[1] / "tests"
TOPIC_NAMES = {"capital": "geography", "continent": "geography", "currency": "geography", "language": "geography",
               "capital_of": "geography", "symbol": "science", "element": "science", "number": "science", "planet": "science",
               "unit": "measures", "opposite": "words", "author": "literature", "sound": "animals", "young": "animals",
               "group": "animals", "colour": "colours", "mix": "colours", "day_after": "calendar", "day_before": "calendar",
               "month_after": "calendar", "month_days": "calendar"}
SHORT_SYMBOL = 1  # a one-letter answer occurs in any text by chance


def qa_rows(rng):
    """One held-out wording for each of 240 facts."""
    facts = [f for f in FACTS if len(f.answer) > SHORT_SYMBOL or f.answer.isdigit()]
    rng.shuffle(facts)
    rows = [(f.say(rng.choice(f.held_questions)), f.answer, TOPIC_NAMES[f.relation]) for f in facts]
    return [{"id": f"qa-{i + 1:03}", "question": q, "answer": a, "topic": t} for i, (q, a, t) in enumerate(rows[:240])]


def topic_rows():
    for topic, texts in TOPICS.items():
        for question in TOPIC_HELD_QUESTIONS:
            text = question.replace("{t}", topic)
            yield {"question": text[0].upper() + text[1:], "answers": texts["definitions"] + texts["details"]}


def prompt(doc):
    """A test document without its last answer, and what that answer must say."""
    keep = {k: v for k, v in doc.items() if k not in ("turns", "values")}
    return {**keep, "messages": [{"role": r, "content": strip(t)} for r, t in doc["turns"][:-1]]}


def judge_rows(rng):
    forms = [("rubric_first", "none"), ("rubric_first", "before"), ("sample_first", "none"), ("sample_first", "before")]
    for criterion in CRITERIA:
        for form in forms:
            name = f"{form[0]}, reason {form[1]}".replace("_", " ")
            for i in range(30):
                yield {"set": name, **prompt(shipped_doc(rng, held=True, criterion=criterion, custom=False, shots=0, form=form))}
        for i in range(10):
            yield {"set": "few-shot", **prompt(shipped_doc(rng, held=True, criterion=criterion, custom=False, shots=1, form=forms[0]))}
    for i in range(150):
        yield {"set": "custom", **prompt(shipped_doc(rng, held=True, custom=True, shots=0, form=rng.choice(forms)))}
    for i in range(400):
        yield {"set": "unseen", **prompt(free_doc(rng, held=True, held_wording=True, reason="before"))}
    for i in range(100):
        yield {"set": "unseen, score first", **prompt(free_doc(rng, held=True, held_wording=True, reason="after"))}


def graded_rows(rng):
    """Samples with their gold grades, without a prompt: what `judge calibrate` and the benchmark of the judge take."""
    for criterion in CRITERIA:
        for i in range(60):
            doc = shipped_doc(rng, held=True, criterion=criterion, custom=False, shots=0)
            yield {"id": f"{criterion}-{i + 1:02}", "criterion": criterion, **doc["values"], "gold": doc["gold"], "quality": doc["quality"]}


def swapped(row, values):
    """The same pair the other way round."""
    other = {**values, "answer_a": values["answer_b"], "answer_b": values["answer_a"]}
    text = row["messages"][-1]["content"].replace(rubrics.render_fields(values), rubrics.render_fields(other))
    winner = {"A": "B", "B": "A", "tie": "tie"}[row["winner"]]
    return {**row, "winner": winner, "messages": row["messages"][:-1] + [{"role": "user", "content": text}]}


def pair_rows(rng):
    for i in range(200):
        doc = pair_doc(rng, held=True)
        row = prompt(doc)
        yield {"pair": i, "order": 1, **row}
        yield {"pair": i, "order": 2, **swapped(row, doc["values"])}


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = list(rows)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    print(path.name, len(rows))


def main():
    rng = random.Random(2026)
    write(ROOT / "examples" / "qa.jsonl", qa_rows(rng))
    write(TESTS / "explain.jsonl", topic_rows())
    write(TESTS / "unknown.jsonl", ({"question": unknown_question(rng, held=True)} for _ in range(100)))
    write(TESTS / "judge.jsonl", judge_rows(rng))
    write(TESTS / "pairs.jsonl", pair_rows(rng))
    write(TESTS / "graded.jsonl", graded_rows(rng))


if __name__ == "__main__":
    main()
