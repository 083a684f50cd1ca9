"""Byte-level BPE in plain Python: `python tokenizer.py` trains tokenizer.json on the corpus.

Words are split as llama.cpp's pre-tokenizer "smollm" does for ASCII text: every digit stands
alone, then GPT-2's rules apply. Special tokens come first in the vocabulary.
"""
import collections
import json
import pathlib
import random
import re

SPECIALS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END_OF_TEXT, IM_START, IM_END = range(3)
WORD = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d| ?[^\W\d_]+| ?\d+| ?(?:[^\s\w]|_)+|\s+(?!\S)|\s+")
DIGIT = re.compile(r"(\d)")
PATH = pathlib.Path(__file__).parent / "tokenizer.json"
SIZE = 4096


def byte_symbols():
    """GPT-2's printable stand-ins for the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {}, 0
    for b in range(256):
        table[b] = chr(b) if b in printable else chr(256 + extra)
        extra += b not in printable
    return table


BYTES = byte_symbols()
UNBYTES = {c: b for b, c in BYTES.items()}


def split_words(text):
    for piece in DIGIT.split(text):
        if piece:
            yield from WORD.findall(piece)


def symbols(word):
    return tuple(BYTES[b] for b in word.encode())


def merge(word, pair):
    if pair[0] not in word:
        return word
    out, i = [], 0
    while i < len(word):
        joined = i + 1 < len(word) and word[i] == pair[0] and word[i + 1] == pair[1]
        out.append(pair[0] + pair[1] if joined else word[i])
        i += 2 if joined else 1
    return tuple(out)


def train(texts, size):
    """The merges, most frequent pair first; words seen fewer than three times do not count."""
    seen = collections.Counter()
    for text in texts:
        seen.update(split_words(text))
    words = {symbols(w): n for w, n in seen.items() if n >= 3}
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for word, n in words.items():
        for pair in zip(word, word[1:]):
            pairs[pair] += n
            where[pair].add(word)
    merges = []
    while len(SPECIALS) + 256 + len(merges) < size:
        best = max(pairs, key=lambda p: (pairs[p], p))
        if pairs[best] < 8:
            break
        merges.append(best)
        for word in list(where[best]):
            n = words.pop(word)
            for pair in zip(word, word[1:]):
                pairs[pair] -= n
                where[pair].discard(word)
            joined = merge(word, best)
            words[joined] = words.get(joined, 0) + n
            for pair in zip(joined, joined[1:]):
                pairs[pair] += n
                where[pair].add(joined)
        del pairs[best]
    return merges


class Tokenizer:
    def __init__(self, merges, size=SIZE):
        self.merges = [tuple(m) for m in merges]
        self.rank = {m: i for i, m in enumerate(self.merges)}
        self.tokens = SPECIALS + [BYTES[b] for b in range(256)] + [a + b for a, b in self.merges]
        self.tokens += [f"<|unused{i}|>" for i in range(size - len(self.tokens))]
        self.ids = {t: i for i, t in enumerate(self.tokens)}
        self.cache = {}

    @classmethod
    def load(cls, path=PATH):
        return cls(json.loads(pathlib.Path(path).read_text())["merges"])

    def word_ids(self, word):
        if word in self.cache:
            return self.cache[word]
        parts = symbols(word)
        while len(parts) > 1:
            best = min(zip(parts, parts[1:]), key=lambda p: self.rank.get(p, 1 << 30))
            if best not in self.rank:
                break
            parts = merge(parts, best)
        ids = [self.ids[p] for p in parts]
        if len(self.cache) < 200_000:
            self.cache[word] = ids
        return ids

    def encode(self, text):
        return [i for word in split_words(text) for i in self.word_ids(word)]

    def decode(self, ids):
        data = bytearray()
        for i in ids:
            if len(SPECIALS) <= i < len(SPECIALS) + 256 + len(self.merges):
                data.extend(UNBYTES[c] for c in self.tokens[i])
        return data.decode("utf-8", "replace")


def main():
    from chat import chat_doc, strip
    from judging import judge_doc
    rng = random.Random(7)
    docs = [chat_doc(rng) for _ in range(40000)] + [judge_doc(rng) for _ in range(12000)]
    merges = train((strip(t) for d in docs for _, t in d), SIZE)
    PATH.write_text(json.dumps({"merges": merges}))
    tok = Tokenizer(merges)
    for name, part in (("chat", docs[:2000]), ("judge", docs[-2000:])):
        print(name, sum(len(tok.encode(strip(t))) + 4 for d in part for _, t in d) / len(part), "tokens per document")
    print(len(merges), "merges")


if __name__ == "__main__":
    main()
