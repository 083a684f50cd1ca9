"""Runs BoTorch and Optuna on a set of problems, for bench/optimize.mjs:

    python bench/optimize/peers.py FILE OUT.jsonl --methods botorch_rbf,botorch_matern,optuna_gp --seeds 20 [--only PATTERN]

Adds a line a run to OUT.jsonl and continues where it stopped. All start with 5 points (Sobol's; Optuna's are random). botorch_rbf is BoTorch's
default: SingleTaskGP with qLogNoisyExpectedImprovement. botorch_matern has a Matern 5/2 kernel and, told that there is no noise,
LogExpectedImprovement. What a peer recommends at a budget is the best it saw where there is no noise, else its posterior mean's.
"""

import argparse
import json
import math
import re
import subprocess
import time
import warnings

import numpy as np
import torch

BUDGETS = (10, 20, 30, 50)
START_UP = 5
RESTARTS = 4
RAW_SAMPLES = 256
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
warnings.filterwarnings("ignore")


class Oracle:
    """The problem's values, from the same code that our own search sees."""

    def __init__(self, file, problem):
        command = ["node", __file__.replace("peers.py", "oracle.mjs"), file, problem["id"]]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, seed, trial, x):
        self.process.stdin.write(json.dumps({"seed": seed, "trial": trial, "x": x}) + "\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Botorch:
    """Settings as points of the unit cube; whole numbers at the middle of their share, choices by their index."""

    def __init__(self, problem, seed, kernel):
        self.params, self.kernel, self.noisy = problem["params"], kernel, problem["noise"] is not None
        self.cats = [i for i, p in enumerate(self.params) if p["type"] == "categorical"]
        self.ints = [i for i, p in enumerate(self.params) if p["type"] == "int"]
        high = [len(p["choices"]) - 1.0 if p["type"] == "categorical" else 1.0 for p in self.params]
        self.bounds = torch.tensor([[0.0] * len(high), high])
        self.start = torch.quasirandom.SobolEngine(len(high), scramble=True, seed=seed).draw(START_UP).double()
        self.xs, self.ys = [], []

    def ends(self, p):
        half = 0.5 if p["type"] == "int" else 0.0
        low, high = p["low"] - half, p["high"] + half
        return (math.log(low), math.log(high)) if p.get("log") else (low, high)

    def value(self, p, u):
        if p["type"] == "categorical":
            return p["choices"][int(round(u))]
        low, high = self.ends(p)
        v = low + min(1.0, max(0.0, u)) * (high - low)
        v = math.exp(v) if p.get("log") else v
        v = int(round(v)) if p["type"] == "int" else v
        return min(p["high"], max(p["low"], v))

    def place(self, p, v):
        if p["type"] == "categorical":
            return float(p["choices"].index(v))
        low, high = self.ends(p)
        return ((math.log(v) if p.get("log") else v) - low) / (high - low)

    def fit(self):
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import MixedSingleTaskGP, SingleTaskGP
        from botorch.models.utils.gpytorch_modules import get_covar_module_with_dim_scaled_prior as covariance
        from gpytorch.mlls import ExactMarginalLogLikelihood

        x, y = torch.tensor(self.xs), torch.tensor(self.ys).unsqueeze(-1)
        if self.cats:
            model = MixedSingleTaskGP(x, y, cat_dims=self.cats)
        elif self.kernel == "rbf":
            model = SingleTaskGP(x, y)
        else:
            known = None if self.noisy else torch.full_like(y, 1e-6 * float(y.var()))
            model = SingleTaskGP(x, y, known, covar_module=covariance(x.shape[-1], use_rbf_kernel=False))
        fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        return model

    def ask(self):
        if len(self.xs) < START_UP:
            high = [len(p["choices"]) if p["type"] == "categorical" else 1.0 for p in self.params]
            u = [math.floor(v * h) if p["type"] == "categorical" else v for v, h, p in zip(self.start[len(self.xs)].tolist(), high, self.params)]
        else:
            u = self.best_next()
        values = [self.value(p, v) for p, v in zip(self.params, u)]
        self.xs.append([self.place(p, v) for p, v in zip(self.params, values)])
        return values

    def best_next(self):
        import gpytorch
        import linear_operator
        from botorch.acquisition.analytic import LogExpectedImprovement
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement
        from botorch.optim import optimize_acqf
        from botorch.optim.optimize_mixed import optimize_acqf_mixed_alternating

        for settings in (gpytorch.settings, linear_operator.settings):
            settings.debug._set_state(False)  # only checks arguments
        model, x = self.fit(), torch.tensor(self.xs)
        plain = self.kernel == "matern" and not self.noisy
        acquisition = LogExpectedImprovement(model, max(self.ys)) if plain else qLogNoisyExpectedImprovement(model, x)
        if not self.cats and not self.ints:
            found, _ = optimize_acqf(acquisition, self.bounds, q=1, num_restarts=RESTARTS, raw_samples=RAW_SAMPLES)
        else:
            levels = lambda p: [self.place(p, v) for v in range(p["low"], p["high"] + 1)]
            discrete = {i: levels(self.params[i]) for i in self.ints}
            choices = {i: [float(k) for k in range(len(self.params[i]["choices"]))] for i in self.cats}
            found, _ = optimize_acqf_mixed_alternating(acquisition, self.bounds, discrete, choices, q=1, num_restarts=RESTARTS, raw_samples=RAW_SAMPLES)
        return found[0].tolist()

    def tell(self, y):
        self.ys.append(y)

    def recommend(self):
        if not self.noisy:
            return int(np.argmax(self.ys))
        model = self.fit()
        with torch.no_grad():
            return int(model.posterior(torch.tensor(self.xs)).mean.argmax())


class Optuna:
    def __init__(self, problem, seed, _):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.params, self.noisy = problem["params"], problem["noise"] is not None
        sampler = optuna.samplers.GPSampler(seed=seed, n_startup_trials=START_UP, deterministic_objective=not self.noisy)
        self.study = optuna.create_study(direction="maximize", sampler=sampler)
        self.ys = []

    def ask(self):
        self.trial = self.study.ask()
        return [self.suggest(p) for p in self.params]

    def suggest(self, p):
        if p["type"] == "categorical":
            return self.trial.suggest_categorical(p["name"], p["choices"])
        suggest = self.trial.suggest_int if p["type"] == "int" else self.trial.suggest_float
        return suggest(p["name"], p["low"], p["high"], log=bool(p.get("log")))

    def tell(self, y):
        self.ys.append(y)
        self.study.tell(self.trial, y)

    def recommend(self):
        """The best seen: it has no posterior mean to ask for."""
        return int(np.argmax(self.ys))


METHODS = {"botorch_rbf": (Botorch, "rbf"), "botorch_matern": (Botorch, "matern"), "optuna_gp": (Optuna, None)}


def run(file, problem, method, seed):
    torch.manual_seed(seed)
    kind, kernel = METHODS[method]
    peer, oracle = kind(problem, seed, kernel), Oracle(file, problem)
    sign = 1 if problem["direction"] == "maximize" else -1
    xs, ys, recommended, times = [], [], {}, []
    for trial in range(BUDGETS[-1]):
        start = time.perf_counter()
        x = peer.ask()
        times.append(round(1000 * (time.perf_counter() - start)))
        y = oracle(seed, trial, x)
        peer.tell(sign * y)
        xs.append(x)
        ys.append(y)
        if trial + 1 in BUDGETS:
            recommended[trial + 1] = peer.recommend()
    oracle.close()
    return {"problem": problem["id"], "method": method, "seed": seed, "xs": xs, "ys": ys, "recommended": recommended, "times": times}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("out")
    parser.add_argument("--methods", default="botorch_rbf,botorch_matern")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    with open(options.file) as handle:
        problems = [p for p in json.load(handle)["problems"] if re.search(options.only, p["id"])]
    try:
        with open(options.out) as handle:
            done = {(r["problem"], r["method"], r["seed"]) for r in map(json.loads, handle)}
    except FileNotFoundError:
        done = set()
    for seed in range(options.seeds):
        for problem in problems:
            for method in options.methods.split(","):
                if (problem["id"], method, seed) in done:
                    continue
                result = run(options.file, problem, method, seed)
                with open(options.out, "a") as handle:
                    handle.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
