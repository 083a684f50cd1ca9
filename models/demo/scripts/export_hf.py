"""Writes a checkpoint and its tokenizer as a folder in Hugging Face's layout, which `llmops models convert` makes a GGUF file of.

    python export_hf.py model.pt llmops-demo
    llmops models convert llmops-demo --out ../demo-q8_0.gguf --type q8_0

Needs the pip package "safetensors".
"""
import argparse
import json
import pathlib

import torch
from safetensors.torch import save_file

from tokenizer import BYTES, END_OF_TEXT, IM_END, SPECIALS, Tokenizer

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def config(cfg):
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "hidden_size": cfg["dim"],
        "intermediate_size": cfg["ffn"],
        "num_hidden_layers": cfg["layers"],
        "num_attention_heads": cfg["heads"],
        "num_key_value_heads": cfg["heads"],
        "max_position_embeddings": cfg["ctx"],
        "rms_norm_eps": cfg["eps"],
        "rope_theta": cfg["theta"],
        "vocab_size": cfg["vocab"],
        "hidden_act": "silu",
        "tie_word_embeddings": True,
        "bos_token_id": END_OF_TEXT,
        "eos_token_id": IM_END,
        "pad_token_id": END_OF_TEXT,
    }


def halves(matrix, heads):
    """Rows of queries or keys as Hugging Face rotates them: the first of every pair, then the second."""
    rows, columns = matrix.shape
    return matrix.view(heads, rows // heads // 2, 2, columns).transpose(1, 2).reshape(rows, columns)


def tensors(state, cfg):
    """(name, matrix) in Hugging Face's names; fused projections are split."""
    yield "model.embed_tokens.weight", state["embed.weight"]
    yield "model.norm.weight", state["norm.weight"]
    for i in range(cfg["layers"]):
        src, dst = f"blocks.{i}.", f"model.layers.{i}."
        q, k, v = state[src + "qkv.weight"].chunk(3)
        gate, up = state[src + "gate_up.weight"].chunk(2)
        for name, matrix in (("input_layernorm", state[src + "norm1.weight"]),
                             ("self_attn.q_proj", halves(q, cfg["heads"])), ("self_attn.k_proj", halves(k, cfg["heads"])),
                             ("self_attn.v_proj", v), ("self_attn.o_proj", state[src + "out.weight"]),
                             ("post_attention_layernorm", state[src + "norm2.weight"]),
                             ("mlp.gate_proj", gate), ("mlp.up_proj", up), ("mlp.down_proj", state[src + "down.weight"])):
            yield f"{dst}{name}.weight", matrix


def tokenizer(tok):
    """The same tokenizer in the format of Hugging Face's library."""
    count = len(SPECIALS) + len(BYTES) + len(tok.merges)
    digits = {"type": "Digits", "individual_digits": True}
    words = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "added_tokens": [{"id": i, "content": name, "single_word": False, "lstrip": False, "rstrip": False,
                          "normalized": False, "special": True} for i, name in enumerate(SPECIALS)],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [digits, words]},
        "post_processor": None,
        "decoder": words,
        "model": {"type": "BPE", "vocab": {text: i for i, text in enumerate(tok.tokens[:count])},
                  "merges": [list(pair) for pair in tok.merges]},
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint")
    parser.add_argument("folder", type=pathlib.Path)
    args = parser.parse_args()
    data = torch.load(args.checkpoint, map_location="cpu")
    args.folder.mkdir(parents=True, exist_ok=True)
    state = {name: matrix.float().contiguous() for name, matrix in tensors(data["state"], data["cfg"])}
    save_file(state, args.folder / "model.safetensors", metadata={"format": "pt"})
    settings = {"bos_token": SPECIALS[END_OF_TEXT], "eos_token": SPECIALS[IM_END], "pad_token": SPECIALS[END_OF_TEXT],
                "add_bos_token": False, "chat_template": CHAT_TEMPLATE}
    for name, content in (("config.json", config(data["cfg"])), ("tokenizer.json", tokenizer(Tokenizer.load())),
                          ("tokenizer_config.json", settings)):
        (args.folder / name).write_text(json.dumps(content, indent=2) + "\n")
    (args.folder / "README.md").write_text("---\nlicense: mit\n---\n\nA tiny synthetic chat and judge model for demos.\n")


if __name__ == "__main__":
    main()
