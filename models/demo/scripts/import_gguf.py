"""Makes a checkpoint of a demo model's GGUF file, to train it further: python import_gguf.py ../demo-q8_0.gguf model.pt"""
import sys

import gguf
import numpy as np
import torch

from network import CONFIG


def main():
    source, out = sys.argv[1:]
    found = {t.name: torch.from_numpy(np.array(gguf.quants.dequantize(t.data, t.tensor_type), dtype=np.float32))
             for t in gguf.GGUFReader(source).tensors}
    state = {"embed.weight": found["token_embd.weight"], "norm.weight": found["output_norm.weight"]}
    for i in range(CONFIG["layers"]):
        blk = lambda name: found[f"blk.{i}.{name}.weight"]
        dst = f"blocks.{i}."
        state[dst + "qkv.weight"] = torch.cat([blk("attn_q"), blk("attn_k"), blk("attn_v")])
        state[dst + "gate_up.weight"] = torch.cat([blk("ffn_gate"), blk("ffn_up")])
        for ours, theirs in (("norm1", "attn_norm"), ("norm2", "ffn_norm"), ("out", "attn_output"), ("down", "ffn_down")):
            state[f"{dst}{ours}.weight"] = blk(theirs)
    torch.save({"cfg": CONFIG, "state": state}, out)


if __name__ == "__main__":
    main()
