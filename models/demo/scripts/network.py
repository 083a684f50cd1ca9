"""A tiny Llama-architecture decoder (RMSNorm, interleaved RoPE, SwiGLU, tied embeddings) in PyTorch.

RoPE rotates the pairs (2i, 2i+1), which is what llama.cpp's "llama" architecture expects, so the
exporter copies the query and key matrices as they are.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

# widths are multiples of 256, so that every quantisation of llama.cpp fits
CONFIG = dict(dim=256, layers=6, heads=4, ffn=768, vocab=4096, ctx=1024, eps=1e-5, theta=10000.0)


class RMSNorm(nn.Module):
    def __init__(self, dim, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x):
        scale = torch.rsqrt(x.float().pow(2).mean(-1, keepdim=True) + self.eps)
        return (x.float() * scale * self.weight).to(x.dtype)


def rope_tables(length, head_dim, theta):
    freq = theta ** (-torch.arange(0, head_dim, 2).float() / head_dim)
    angle = torch.arange(length).float()[:, None] * freq[None, :]
    return angle.cos(), angle.sin()


def rotate(x, cos, sin):
    """x: (..., time, head_dim); adjacent pairs are rotated together."""
    pair = x.reshape(*x.shape[:-1], -1, 2)
    a, b = pair[..., 0], pair[..., 1]
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    return torch.stack((a * cos - b * sin, a * sin + b * cos), dim=-1).flatten(-2)


class Block(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        d = cfg["dim"]
        self.heads, self.hidden = cfg["heads"], cfg["ffn"]
        self.norm1, self.norm2 = RMSNorm(d, cfg["eps"]), RMSNorm(d, cfg["eps"])
        self.qkv = nn.Linear(d, 3 * d, bias=False)
        self.out = nn.Linear(d, d, bias=False)
        self.gate_up = nn.Linear(d, 2 * cfg["ffn"], bias=False)
        self.down = nn.Linear(cfg["ffn"], d, bias=False)

    def forward(self, x, cos, sin, mask):
        b, t, d = x.shape
        qkv = self.qkv(self.norm1(x)).view(b, t, 3, self.heads, -1).permute(2, 0, 3, 1, 4).flatten(1, 2)
        q, k = rotate(qkv[:2], cos, sin)
        # written out, because PyTorch's fused attention is slow on CPUs at these sizes
        score = torch.baddbmm(mask.to(q.dtype), q, k.transpose(1, 2), alpha=1 / math.sqrt(q.shape[-1]))
        y = (score.softmax(-1).to(q.dtype) @ qkv[2]).view(b, self.heads, t, -1)
        x = x + self.out(y.transpose(1, 2).reshape(b, t, d))
        gate, up = self.gate_up(self.norm2(x)).split(self.hidden, dim=-1)
        return x + self.down(F.silu(gate) * up)


class TinyLlama(nn.Module):
    def __init__(self, cfg):
        super().__init__()
        self.cfg = cfg
        d = cfg["dim"]
        self.embed = nn.Embedding(cfg["vocab"], d)
        self.blocks = nn.ModuleList(Block(cfg) for _ in range(cfg["layers"]))
        self.norm = RMSNorm(d, cfg["eps"])
        cos, sin = rope_tables(cfg["ctx"], d // cfg["heads"], cfg["theta"])
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.register_buffer("mask", torch.full((cfg["ctx"], cfg["ctx"]), float("-inf")).triu(1), persistent=False)
        nn.init.normal_(self.embed.weight, std=0.02)
        for block in self.blocks:
            for layer in (block.qkv, block.gate_up):
                nn.init.normal_(layer.weight, std=d ** -0.5)
            for layer in (block.out, block.down):
                nn.init.zeros_(layer.weight)

    def features(self, tokens):
        t = tokens.shape[1]
        cos, sin, mask = self.cos[:t], self.sin[:t], self.mask[:t, :t]
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x, cos, sin, mask)
        return self.norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.embed.weight)
