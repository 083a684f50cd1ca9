"""Writes a checkpoint and its tokenizer as a GGUF file (llama architecture). Needs the pip package "gguf"."""
import argparse

import gguf
import numpy as np
import torch

from tokenizer import BYTES, END_OF_TEXT, IM_END, SPECIALS, Tokenizer

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
TYPES = {"f32": (gguf.GGMLQuantizationType.F32, gguf.LlamaFileType.ALL_F32),
         "f16": (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16),
         "q8_0": (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0)}


def write_metadata(w, cfg, file_type):
    w.add_name("llmops-demo")
    w.add_description("Tiny synthetic chat and judge model for demos; trained from zero on generated text.")
    w.add_license("MIT")
    w.add_file_type(file_type)
    w.add_context_length(cfg["ctx"])
    w.add_embedding_length(cfg["dim"])
    w.add_block_count(cfg["layers"])
    w.add_feed_forward_length(cfg["ffn"])
    w.add_head_count(cfg["heads"])
    w.add_head_count_kv(cfg["heads"])
    w.add_rope_dimension_count(cfg["dim"] // cfg["heads"])
    w.add_rope_freq_base(cfg["theta"])
    w.add_layer_norm_rms_eps(cfg["eps"])
    w.add_vocab_size(cfg["vocab"])
    w.add_quantization_version(gguf.GGML_QUANT_VERSION)


def write_tokenizer(w, tok, vocab):
    normal = len(BYTES) + len(tok.merges)
    types = ([gguf.TokenType.CONTROL] * len(SPECIALS) + [gguf.TokenType.NORMAL] * normal
             + [gguf.TokenType.UNUSED] * (vocab - len(SPECIALS) - normal))
    w.add_tokenizer_model("gpt2")
    w.add_tokenizer_pre("smollm")
    w.add_token_list(tok.tokens)
    w.add_token_types(types)
    w.add_token_merges([" ".join(m) for m in tok.merges])
    w.add_bos_token_id(END_OF_TEXT)
    w.add_eos_token_id(IM_END)
    w.add_pad_token_id(END_OF_TEXT)
    w.add_add_bos_token(False)
    w.add_add_space_prefix(False)
    w.add_chat_template(CHAT_TEMPLATE)


def tensors(state, layers):
    """(name, matrix) in llama.cpp's names; fused projections are split."""
    yield "token_embd.weight", state["embed.weight"]
    yield "output_norm.weight", state["norm.weight"]
    for i in range(layers):
        src, dst = f"blocks.{i}.", f"blk.{i}."
        q, k, v = np.split(state[src + "qkv.weight"], 3)
        gate, up = np.split(state[src + "gate_up.weight"], 2)
        for name, matrix in (("attn_norm", state[src + "norm1.weight"]), ("attn_q", q), ("attn_k", k), ("attn_v", v),
                             ("attn_output", state[src + "out.weight"]), ("ffn_norm", state[src + "norm2.weight"]),
                             ("ffn_gate", gate), ("ffn_up", up), ("ffn_down", state[src + "down.weight"])):
            yield f"{dst}{name}.weight", matrix


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint")
    parser.add_argument("out")
    parser.add_argument("--type", choices=TYPES, default="q8_0")
    args = parser.parse_args()
    data = torch.load(args.checkpoint, map_location="cpu")
    state = {k: v.float().numpy() for k, v in data["state"].items()}
    kind, file_type = TYPES[args.type]
    w = gguf.GGUFWriter(args.out, "llama")
    write_metadata(w, data["cfg"], file_type)
    write_tokenizer(w, Tokenizer.load(), data["cfg"]["vocab"])
    for name, matrix in tensors(state, data["cfg"]["layers"]):
        if matrix.ndim == 1 or args.type == "f32":
            w.add_tensor(name, matrix.astype(np.float32))
        elif args.type == "f16":
            w.add_tensor(name, matrix.astype(np.float16))
        else:
            w.add_tensor(name, gguf.quants.quantize(np.ascontiguousarray(matrix), kind), raw_dtype=kind)
    w.write_header_to_file()
    w.write_kv_data_to_file()
    w.write_tensors_to_file()
    w.close()


if __name__ == "__main__":
    main()
