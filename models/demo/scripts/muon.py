"""Muon: momentum whose update is orthogonalised (Jordan et al. 2024, kellerjordan.github.io/posts/muon)."""
import torch


def orthogonalise(m, steps=5):
    """Newton-Schulz iteration towards the nearest (semi-)orthogonal matrices of a batch."""
    flip = m.shape[-2] > m.shape[-1]
    x = m.transpose(-1, -2) if flip else m
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        a = x @ x.transpose(-1, -2)
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    return x.transpose(-1, -2) if flip else x


class Muon:
    """`parameters`: (matrix, parts); a fused projection of several parts counts as that many matrices."""

    def __init__(self, parameters, lr, momentum=0.95, decay=0.01):
        self.lr, self.momentum, self.decay = lr, momentum, decay
        self.groups = {}
        for p, parts in parameters:
            shape = (p.shape[0] // parts, p.shape[1])
            self.groups.setdefault(shape, []).append((p, parts, torch.zeros_like(p)))

    @torch.no_grad()
    def step(self, scale):
        lr = self.lr * scale
        for shape, members in self.groups.items():
            updates = []
            for p, parts, velocity in members:
                velocity.mul_(self.momentum).add_(p.grad)
                updates.append(p.grad.add(velocity, alpha=self.momentum).view(parts, *shape))
            whole = orthogonalise(torch.cat(updates).to(torch.bfloat16)).float()
            whole *= max(1.0, shape[0] / shape[1]) ** 0.5
            for (p, parts, _), update in zip(members, whole.split([m[1] for m in members])):
                p.mul_(1 - lr * self.decay).add_(update.reshape(p.shape), alpha=-lr)
