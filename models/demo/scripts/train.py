"""Trains the demo model on endless fresh documents and writes a checkpoint.

Each step takes the batches of --mix on every worker. Hidden matrices are
trained with Muon, everything else with Adam. The learning rate is constant at first and falls
linearly to zero over the last part (--decay). `--minutes` ends by the clock, `--steps` by count.
"""
import argparse
import json
import os
import tempfile
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F

from batches import stream
from muon import Muon
from network import CONFIG, TinyLlama
from tokenizer import Tokenizer


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default="model.pt")
    parser.add_argument("--init", help="checkpoint to start from")
    parser.add_argument("--steps", type=int, default=10**9)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--decay", type=float, default=0.4)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--mix", nargs="+", default=["chat", "judge", "judge"], help="the batches of one step")
    parser.add_argument("--muon-lr", type=float, default=0.02)
    parser.add_argument("--adam-lr", type=float, default=3e-3)
    parser.add_argument("--workers", type=int, default=2, help="data-parallel processes of one thread each")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def share(parameters, extra):
    """Averages gradients (and sums `extra`) over the workers."""
    flat = torch.cat([p.grad.reshape(-1) for p in parameters] + [torch.tensor(extra)])
    if dist.is_initialized():
        dist.all_reduce(flat)
        flat[:-len(extra)] /= dist.get_world_size()
    start = 0
    for p in parameters:
        p.grad = flat[start:start + p.numel()].view_as(p)
        start += p.numel()
    return flat[start:].tolist()


def loss_of(net, batch):
    tokens, where, goal, weight = batch
    with torch.autocast("cpu", torch.bfloat16):
        hidden = net.features(tokens).flatten(0, 1).index_select(0, where)
        logits = net.logits(hidden)
    each = F.cross_entropy(logits.float(), goal, reduction="none")
    return (each * weight).sum() / weight.sum()


def optimisers(net, args):
    matrices, others = [], [net.embed.weight, net.norm.weight]
    for block in net.blocks:
        matrices += [(block.qkv.weight, 3), (block.out.weight, 1), (block.gate_up.weight, 2), (block.down.weight, 1)]
        others += [block.norm1.weight, block.norm2.weight]
    return Muon(matrices, args.muon_lr), torch.optim.Adam(others, lr=args.adam_lr, betas=(0.9, 0.95))


def run(rank, args, meet):
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    if meet:
        dist.init_process_group("gloo", init_method="file://" + meet, rank=rank, world_size=args.workers)
    net = TinyLlama(CONFIG)
    if args.init:
        net.load_state_dict(torch.load(args.init)["state"])
    torch._dynamo.config.recompile_limit = 64  # one compilation per batch shape
    for block in net.blocks:
        block.compile(dynamic=False)
    muon, adam = optimisers(net, args)
    tok = Tokenizer.load()
    streams = {k: stream(k, tok, args.batch_tokens, f"{args.seed}/{rank}/{k}") for k in sorted(set(args.mix))}
    parameters = list(net.parameters())
    report = {"parameters": sum(p.numel() for p in parameters), "steps": 0, "tokens": 0}
    if rank == 0:
        print(json.dumps(report), flush=True)
    begin, progress = time.time(), 0.0
    while progress < 1:
        for kind in args.mix:
            batch = next(streams[kind])
            loss = loss_of(net, batch)
            (loss / len(args.mix)).backward()
            report[kind] = 0.98 * report.get(kind, loss.item()) + 0.02 * loss.item()
            report["tokens"] += batch[0].numel() * args.workers
        report["steps"] += 1
        done = max(report["steps"] / args.steps, (time.time() - begin) / 60 / args.minutes) if rank == 0 else 0.0
        (progress,) = share(parameters, [done])
        scale = max(0.0, min(1.0, report["steps"] / 20, (1 - progress) / args.decay))
        for group in adam.param_groups:
            group["lr"] = args.adam_lr * scale
        adam.step()
        muon.step(scale)
        net.zero_grad(set_to_none=True)
        if rank == 0 and (report["steps"] % 50 == 0 or progress >= 1):
            report["minutes"] = round((time.time() - begin) / 60, 2)
            print(json.dumps({**report, "scale": round(scale, 3)}), flush=True)
            torch.save({"cfg": net.cfg, "state": net.state_dict(), "report": report}, args.out + ".part")
            os.replace(args.out + ".part", args.out)


def main():
    args = arguments()
    if args.workers == 1:
        return run(0, args, None)
    with tempfile.TemporaryDirectory() as folder:
        mp.start_processes(run, (args, folder + "/meet"), nprocs=args.workers, start_method="spawn")


if __name__ == "__main__":
    main()
