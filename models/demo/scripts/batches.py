"""Turns generated documents into batches of equal width: one document a row, loss on assistant turns."""
import random

import numpy as np
import torch

from chat import MARK_OFF, MARK_ON, chat_doc, strip
from judging import drill, judge_doc
from tokenizer import END_OF_TEXT, IM_END, IM_START

MARK_WEIGHT = 5.0  # of the tokens that carry a verdict
PROMPT_WEIGHT = 0.0  # of the tokens of the question; 0.3 at first teaches copying, which grading needs
WIDTHS = [32, 48, 64, 96, 128, 160, 192, 256, 384, 512, 704]  # few shapes: each is compiled once
MAKERS = {"chat": chat_doc, "judge": judge_doc, "drill": drill}
POOL = 1500  # documents sorted into widths at a time


def encode_doc(tok, turns, bos):
    """Token ids and, for each, the weight of predicting it."""
    ids, weights = ([END_OF_TEXT], [0.0]) if bos else ([], [])

    def put(text, weight):
        new = tok.encode(text)
        ids.extend(new)
        weights.extend([weight] * len(new))

    for role, text in turns:
        answer = role == "assistant"
        ids.append(IM_START)
        weights.append(0.0)
        put(role + "\n", 0.0)
        if answer and MARK_ON in text:
            for i, part in enumerate(text.replace(MARK_OFF, MARK_ON).split(MARK_ON)):
                put(part, MARK_WEIGHT if i % 2 else 1.0)
        else:
            put(strip(text), 1.0 if answer else PROMPT_WEIGHT if role == "user" else 0.0)
        ids.append(IM_END)
        weights.append(1.0 if answer else 0.0)
        put("\n", 0.0)
    return np.array(ids[:-1], dtype=np.int64), np.array(weights[:-1], dtype=np.float32)


def stream(kind, tok, tokens_per_batch, seed):
    """Endless batches of fresh documents: (tokens, positions, targets, weights)."""
    rng = random.Random(seed)
    shelves = {w: [] for w in WIDTHS}
    while True:
        ready = []
        for i in range(POOL):
            # some programs put the beginning-of-text token first and some do not: train on both
            doc = encode_doc(tok, MAKERS[kind](rng), i % 2)
            width = next((w for w in WIDTHS if w >= len(doc[0])), None)
            if width is None:
                continue
            shelf = shelves[width]
            shelf.append(doc)
            if len(shelf) == max(1, tokens_per_batch // width):
                ready.append((width, shelf[:]))
                shelf.clear()
        rng.shuffle(ready)
        for width, docs in ready:
            yield tensors(width, docs)


def tensors(width, docs):
    tokens = np.full((len(docs), width), END_OF_TEXT, dtype=np.int64)
    weights = np.zeros((len(docs), width), dtype=np.float32)
    for row, (ids, w) in enumerate(docs):
        tokens[row, :len(ids)] = ids
        weights[row, :len(w)] = w
    goals, w = np.roll(tokens, -1, 1).reshape(-1), np.roll(weights, -1, 1).reshape(-1)
    where = np.flatnonzero(w)
    return [torch.from_numpy(x) for x in (tokens, where, goals[where], w[where])]
