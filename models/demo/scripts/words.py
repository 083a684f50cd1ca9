"""Writes words.txt: the words that questions, answers, references and contexts of the training documents hold.

A word counts where it stands in at least LEAST of the documents: made-up names, which are never the same, are none.
"""
import collections
import pathlib
import random
import re

from chat import chat_doc, strip
from judging import drill, judge_doc

PATH = pathlib.Path(__file__).parents[1] / "words.txt"
LEAST = 12
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def main():
    rng = random.Random(7)
    docs = [make(rng) for make, count in ((chat_doc, 40000), (judge_doc, 12000), (drill, 8000)) for _ in range(count)]
    seen = collections.Counter()
    for doc in docs:
        text = " ".join(strip(t) for role, t in doc if role != "system")
        seen.update(set(WORD.findall(text.lower())))
    words = sorted(w for w, n in seen.items() if n >= LEAST)
    PATH.write_text("\n".join(words) + "\n")
    print(len(words), "words of", len(seen), "in", len(docs), "documents")


if __name__ == "__main__":
    main()
