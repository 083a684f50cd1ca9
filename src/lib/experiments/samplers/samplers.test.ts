import { describe, expect, it } from "vitest";
import { createRandom } from "../../base/math/random.js";
import { GaussianProcess } from "./gp/gaussian-process.js";
import { GpSampler } from "./gp/gp-sampler.js";
import { Hyperposterior } from "./gp/hyperposterior.js";
import { matern, squaredExponential, unflatten } from "./gp/kernel.js";
import { logImprovement } from "../../base/math/improvement.js";
import { logAcquisition, toIncumbents, type Incumbent } from "./gp/acquisition.js";
import { scaleOutputs } from "./gp/output-scale.js";
import { toTrainingSet } from "./gp/training-set.js";
import { EvenSampler } from "./even-sampler.js";
import type { Observation, Sampler } from "./sampler.js";
import { Sobol } from "./sobol.js";
import { SearchSpace, type Params } from "./space.js";
import { TpeSampler } from "./tpe-sampler.js";

const float = (name: string, low: number, high: number, log = false) => ({ name, kind: "float" as const, low, high, log });
const int = (name: string, low: number, high: number, log = false) => ({ name, kind: "int" as const, low, high, log });

describe("a search space", () => {
  const space = new SearchSpace([
    float("t", 0.1, 1),
    float("p", 0.001, 1, true),
    int("k", 1, 40),
    int("b", 64, 512, true),
    { name: "q", kind: "categorical", values: ["x", "y", 3] },
  ]);

  it("turns settings into numbers and back", () => {
    const params = { t: 0.37, p: 0.05, k: 7, b: 200, q: 3 };
    const back = space.decode(space.encode(params));
    expect(back).toMatchObject({ k: 7, b: 200, q: 3 });
    expect(back["t"]).toBeCloseTo(0.37, 12);
    expect(back["p"]).toBeCloseTo(0.05, 12);
    expect(space.encode({ ...params, t: 0.1, p: 1, q: "x" }).slice(0, 2)).toEqual(Float64Array.from([0, 1]));
  });

  it("never leaves its ends, and gives every int the same share", () => {
    const random = createRandom(1);
    const counts = new Map<unknown, number>();
    for (let i = 0; i < 4000; i++) {
      const params = space.decode(space.fromUniform(Array.from({ length: 5 }, () => random())));
      counts.set(params["k"], (counts.get(params["k"]) ?? 0) + 1);
      expect(Number(params["b"])).toBeGreaterThanOrEqual(64);
      expect(Number(params["b"])).toBeLessThanOrEqual(512);
      expect(Number.isInteger(params["b"])).toBe(true);
      expect(["x", "y", 3]).toContain(params["q"]);
    }
    expect(counts.size).toBe(40);
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(50);
    expect(space.decode(Float64Array.from([2, -1, 2, -1, 0]))).toEqual({ t: 1, p: 0.001, k: 40, b: 64, q: "x" });
  });
});

describe("Sobol's sequence", () => {
  it("is that of Joe and Kuo", () => {
    // torch.quasirandom.SobolEngine(5), points 0 to 5
    const expected = [
      [0, 0, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25, 0.25, 0.75],
      [0.25, 0.75, 0.75, 0.75, 0.25],
      [0.375, 0.375, 0.625, 0.875, 0.375],
      [0.875, 0.875, 0.125, 0.375, 0.875],
    ];
    const sobol = new Sobol(5);
    expect(expected.map(() => sobol.next())).toEqual(expected);
  });

  it("stays even when it is scrambled: 64 points fall into 64 different boxes, and their mean is near the middle", () => {
    for (let seed = 0; seed < 5; seed++) {
      const sobol = new Sobol(4, createRandom(seed));
      const points = Array.from({ length: 64 }, () => sobol.next());
      expect(new Set(points.map(([x = 0, y = 0]) => `${Math.floor(8 * x)} ${Math.floor(8 * y)}`)).size).toBe(64);
      for (let i = 0; i < 4; i++) expect(Math.abs(points.reduce((sum, point) => sum + (point[i] ?? 0), 0) / 64 - 0.5)).toBeLessThan(0.01);
    }
    expect(new Sobol(3, createRandom(1)).next()).not.toEqual(new Sobol(3, createRandom(2)).next());
  });
});

describe("the Gaussian process", () => {
  // computed with numpy: kernel, posterior density and prediction of these data
  const space = new SearchSpace([float("a", 0, 1), float("b", 0, 1), { name: "c", kind: "categorical", values: ["x", "y", "z"] }]);
  const rows = [[0.805, 0.8079, 1], [0.2858, 0.0539, 2], [0.4085, 0.0453, 2], [0.9992, 0.6524, 2], [0.4349, 0.9742, 0], [0.8442, 0.3924, 0], [0.6767, 0.0608, 2], [0.2715, 0.8797, 2], [0.6792, 0.8701, 2]]; // prettier-ignore
  const values = Float64Array.from([0.0779, 1.3777, 1.2405, -0.1542, 1.7177, -0.7955, 0.1754, 2.0957, 0.9639]);
  const noise = Float64Array.from([0.026, 0.0147, 0.0164, 0.026, 0.0201, 0.0201, 0.0147, 0.0103, 0.0287]);
  const theta = Float64Array.from([-0.7, -0.2, 0.3, 0.25, -4]);
  const data = toTrainingSet(space, rows.map((row) => Float64Array.from(row)), values, noise); // prettier-ignore
  const posterior = new Hyperposterior(space, matern);
  const model = new GaussianProcess(space, data, unflatten(theta, matern));

  it("has the density and the prediction of an independent implementation", () => {
    expect(posterior.logDensity(theta, data)).toBeCloseTo(-1.8283818233463491, 7);
    const { mean, variance } = model.predict(Float64Array.from([0.31, 0.77, 1]));
    expect(mean).toBeCloseTo(1.4863501924492617, 9);
    expect(variance).toBeCloseTo(0.5253082214192986, 9);
    const same = Float64Array.of(0);
    matern(same);
    expect(same[0]).toBe(1);
  });

  it("has gradients that agree with differences", () => {
    for (const kernel of [matern, squaredExponential]) {
      for (const noise of [-4, -9, -13]) {
        const beliefs = new Hyperposterior(space, kernel);
        const own = theta.map((value, k) => (k === 4 ? noise : value));
        const gradient = new Float64Array(5);
        beliefs.logDensity(own, data, gradient);
        const at = (i: number, by: number) => beliefs.logDensity(own.map((value, k) => (k === i ? value + by : value)), data); // prettier-ignore
        gradient.forEach((slope, i) => expect(slope).toBeCloseTo((at(i, 1e-5) - at(i, -1e-5)) / 2e-5, 4));
        expectSlope(toIncumbents([new GaussianProcess(space, data, unflatten(own, kernel))], () => true, 0.02));
      }
    }
    expectSlope(toIncumbents([model, model.stretched(0.4)], (index) => index % 2 === 0, 0));
  });

  function expectSlope(incumbents: readonly Incumbent[]): void {
    for (const place of [
      [0.37, 0.41, 1],
      [0.28, 0.06, 2],
      [0.99, 0.01, 0],
    ]) {
      // prettier-ignore
      const point = Float64Array.from(place);
      const slope = new Float64Array(3).fill(9);
      logAcquisition(incumbents, point, slope);
      const near = (i: number, by: number) => logAcquisition(incumbents, point.map((value, k) => (k === i ? value + by : value))); // prettier-ignore
      for (const i of [0, 1]) expect(slope[i]).toBeCloseTo((near(i, 1e-6) - near(i, -1e-6)) / 2e-6, 3);
      expect(slope[2]).toBe(0);
    }
  }

  it("expects of a trial what it would raise the best mean by", () => {
    const [point, measured] = [Float64Array.from([0.31, 0.77, 1]), 0.05];
    const [incumbent] = toIncumbents([model], () => true, measured) as [Incumbent];
    const { mean, variance, shared } = model.predictJointly(point);
    expect(model.predict(point)).toEqual({ mean, variance });
    data.points.forEach((seen, i) => expect(incumbent.means[i]).toBeCloseTo(model.predict(seen).mean, 9));
    // the average over what the trial may show, with the model fitted again each time
    const sd = Math.sqrt(variance + incumbent.noise);
    let gain = 0;
    const steps = 400;
    for (let k = 0; k < steps; k++) {
      const z = -5 + (10 * (k + 0.5)) / steps;
      const best = Math.max(...[...incumbent.means].map((own, i) => own + (z * (shared[i] ?? 0)) / sd), mean + (z * variance) / sd);
      const points = [...data.points, point];
      const after = { points, values: Float64Array.of(...values, mean + z * sd), noise: Float64Array.of(...noise, measured) };
      const refitted = new GaussianProcess(space, after, unflatten(theta, matern));
      if (k % 40 === 0) expect(Math.max(...points.map((one) => refitted.predict(one).mean))).toBeCloseTo(best, 6);
      gain += ((best - incumbent.best) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI) * (10 / steps); // prettier-ignore
    }
    expect(Math.exp(logAcquisition([incumbent], point))).toBeCloseTo(gain, 4);
  });

  it("expects improvement alone where there is no noise", () => {
    const quiet = new GaussianProcess(space, { points: data.points, values, noise: noise.map(() => 0) }, unflatten(Float64Array.from([-0.7, -0.2, 0.3, 0.25, -30]), matern)); // prettier-ignore
    const [incumbent] = toIncumbents([quiet], () => true, 0) as [Incumbent];
    for (const place of [
      [0.31, 0.77, 1],
      [0.8, 0.1, 0],
      [0.44, 0.97, 0],
    ]) {
      // prettier-ignore
      const { mean, variance } = quiet.predict(Float64Array.from(place));
      const sd = Math.sqrt(variance);
      const improvement = Math.log(sd) + logImprovement((mean - incumbent.best) / sd).value;
      expect(logAcquisition([incumbent], Float64Array.from(place)) / improvement).toBeCloseTo(1, 1);
    }
  });

  it("is surer after it has seen more, and as sure as the noise lets it be", () => {
    const [first] = data.points;
    const seen = model.predict(first as Float64Array);
    expect(seen.variance).toBeLessThan(0.05);
    const believing = model.believing([Float64Array.from([0.31, 0.77, 1])]).predict(Float64Array.from([0.31, 0.77, 1]));
    expect(believing.mean).toBeCloseTo(1.486, 2);
    expect(believing.variance).toBeLessThan(0.05);
  });

  it("predicts also where rounding leaves the covariance without an inverse", () => {
    const line = new SearchSpace([{ name: "x", kind: "float", low: 0, high: 1, log: false }]);
    const points = Array.from({ length: 40 }, (_, i) => Float64Array.from([i / 1000]));
    const flat = toTrainingSet(line, points, new Float64Array(40).fill(1), new Float64Array(40));
    const smooth = new GaussianProcess(line, flat, unflatten(Float64Array.from([3, 25, -30]), matern));
    expect(smooth.predict(Float64Array.from([0.02])).mean).toBeCloseTo(1, 2);
  });

  it("takes noise from what was measured", () => {
    const rough = toTrainingSet(space, data.points, values, noise.map(() => 1)); // prettier-ignore
    expect(new GaussianProcess(space, rough, unflatten(theta, matern)).predict(data.points[0] as Float64Array).variance).toBeGreaterThan(
      0.2,
    );
  });
});

describe("what is believed of noise", () => {
  const line = new SearchSpace([float("x", 0, 1)]);
  /** By how much the likeliest hyperparameters are likelier with no noise to speak of than with one in a thousand, in nats. */
  const quietness = (f: (x: number, i: number) => number) => {
    const points = [0.05, 0.2, 0.35, 0.5, 0.65, 0.8, 0.95].map((x) => Float64Array.of(x));
    const values = Float64Array.from(points, ([x], i) => f(x ?? 0, i));
    const data = toTrainingSet(line, points, values, new Float64Array(values.length));
    const beliefs = new Hyperposterior(line, matern);
    const likeliest = (noise: number) =>
      Math.max(...[-2.5, -2, -1.5, -1, -0.5].map((length) => beliefs.logDensity(Float64Array.of(length, 0, noise), data)));
    return likeliest(-12) - likeliest(-7);
  };

  it("is that there may well be none, unless what was seen says otherwise", () => {
    expect(quietness((x) => Math.sin(5 * x))).toBeGreaterThan(0.5);
    expect(quietness((x, i) => Math.sin(5 * x) + (i === 3 ? 1 : 0))).toBeLessThan(0.5);
  });
});

describe("the output's scale", () => {
  it("goes there and back, with standard errors along", () => {
    for (const power of [0.5, 1, 2, 3]) {
      const raw = [3, 5, 4, -20, 4.5];
      const { values, noise, back } = scaleOutputs(raw, [0.5, undefined, 0.5, 0.5, 0.5], power);
      values.forEach((value, i) => expect(back(value)).toBeCloseTo(raw[i] ?? 0, 9));
      expect(noise[1]).toBe(0);
      const steep = (back((values[0] ?? 0) + 1e-6) - back(values[0] ?? 0)) / 1e-6;
      expect(Math.sqrt(noise[0] ?? 0)).toBeCloseTo(0.5 / steep, 4);
    }
    expect([...scaleOutputs([2, 2, 2], [], 1).values]).toEqual([0, 0, 0]);
  });
});

describe("the GP sampler", () => {
  const space = new SearchSpace([float("t", 0, 1), int("k", 1, 20), { name: "c", kind: "categorical", values: ["bad", "good"] }]);
  const objective = ({ t, k, c }: Params) => -8 * (Number(t) - 0.3) ** 2 - ((Number(k) - 14) / 10) ** 2 - (c === "bad" ? 0.7 : 0);
  const search = (trials: number, evaluate: (params: Params, i: number) => Omit<Observation, "params">, seed = 1) => {
    const sampler = new GpSampler(space, { seed, startUp: 5 });
    const observations: Observation[] = [];
    for (let i = 0; i < trials; i++) {
      const { params } = sampler.ask({ observations, pending: [] });
      observations.push({ params, ...evaluate(params, i) });
    }
    return { sampler, observations };
  };

  it("finds the best of a mixed space, the same way for the same seed", () => {
    const { sampler, observations } = search(25, (params) => ({ value: objective(params) }));
    const best = observations[sampler.rank(observations)[0]?.index ?? 0]?.params ?? {};
    expect(best).toMatchObject({ c: "good" });
    expect(objective(best)).toBeGreaterThan(-0.02);
    expect(search(25, (params) => ({ value: objective(params) })).observations).toEqual(observations);
  });

  it("recommends by what it believes, not by the luckiest trial", () => {
    const random = createRandom(8);
    const { sampler, observations } = search(24, (params, i) => ({
      value: objective(params) + (i === 3 ? 3 : 0.2 * (random() - 0.5)),
      se: i === 3 ? 3 : 0.06,
    }));
    const [recommended] = sampler.rank(observations);
    expect(recommended?.index).not.toBe(3);
    expect(objective(observations[recommended?.index ?? 0]?.params ?? {})).toBeGreaterThan(-0.15);
    expect(Math.abs((recommended?.mean ?? 9) - objective(observations[recommended?.index ?? 0]?.params ?? {}))).toBeLessThan(0.3);
  });

  it("looks for what it overlooked once there is nothing more to gain where it is", () => {
    const line = new SearchSpace([float("t", 0, 1)]);
    const peak = (t: number, at: number, width: number) => Math.exp(-0.5 * ((t - at) / width) ** 2);
    const twoPeaks = (t: number) => 3 * peak(t, 0.25, 0.1) + 3.8 * peak(t, 0.8, 0.03);
    for (const seed of [4, 6]) {
      const sampler = new GpSampler(line, { seed, startUp: 4 });
      const observations: Observation[] = [];
      for (let i = 0; i < 26; i++) {
        const { params } = sampler.ask({ observations, pending: [] });
        observations.push({ params, value: twoPeaks(Number(params["t"])) });
      }
      expect(Math.max(...observations.map(({ value }) => value ?? 0))).toBeGreaterThan(3.2);
    }
  });

  it("keeps apart what is tried at the same time", () => {
    const { sampler, observations } = search(10, (params) => ({ value: objective(params) }));
    const pending: Params[] = [];
    for (let i = 0; i < 4; i++) pending.push(sampler.ask({ observations, pending }).params);
    expect(new Set(pending.map((params) => JSON.stringify(params))).size).toBe(4);
  });

  it("goes on after failures, constants and repeated settings", () => {
    const failing = search(14, (params) => ({ value: Number(params["t"]) > 0.5 ? null : objective(params) }));
    expect(failing.observations.slice(7).filter(({ value }) => value !== null).length).toBeGreaterThan(4);
    expect(search(10, () => ({ value: 3 })).observations).toHaveLength(10);
    expect(search(8, () => ({ value: null })).observations).toHaveLength(8);
    const same: Observation[] = Array.from({ length: 6 }, () => ({ params: { t: 0.5, k: 3, c: "bad" }, value: 1 }));
    expect(() => new GpSampler(space, { seed: 1, startUp: 2 }).ask({ observations: same, pending: [] })).not.toThrow();
    expect(new GpSampler(space, { seed: 1, startUp: 2 }).rank([])).toEqual([]);
  });
});

describe("the other samplers", () => {
  const space = new SearchSpace([float("x", -5, 10), float("y", 0, 15), { name: "c", kind: "categorical", values: ["bad", "good"] }]);
  const branin = ({ x, y, c }: Params) =>
    -(
      (Number(y) - (5.1 / (4 * Math.PI ** 2)) * Number(x) ** 2 + (5 / Math.PI) * Number(x) - 6) ** 2 +
      10 * (1 - 1 / (8 * Math.PI)) * Math.cos(Number(x)) +
      10
    ) - (c === "bad" ? 20 : 0);
  const bestOf = (sampler: Sampler, trials: number) => {
    const observations: Observation[] = [];
    for (let i = 0; i < trials; i++) {
      const { params = {} } = sampler.ask({ observations, pending: [] }) ?? {};
      observations.push({ params, value: branin(params) });
    }
    return { best: sampler.rank(observations)[0]?.mean ?? -Infinity, observations };
  };

  it("repeat themselves for the same seed, and differ for others", () => {
    for (const make of [
      (seed: number) => new TpeSampler(space, { seed, startUp: 5 }),
      (seed: number) => new EvenSampler(space, { seed, random: true }),
      (seed: number) => new EvenSampler(space, { seed, random: false }),
    ]) {
      expect(bestOf(make(1), 12).observations).toEqual(bestOf(make(1), 12).observations);
      expect(bestOf(make(1), 12).observations).not.toEqual(bestOf(make(2), 12).observations);
    }
  });

  it("find more the more they learn", () => {
    const mean = (make: (seed: number) => Sampler) =>
      [1, 2, 3, 4, 5, 6, 7, 8].reduce((sum, seed) => sum + bestOf(make(seed), 40).best, 0) / 8;
    const random = mean((seed) => new EvenSampler(space, { seed, random: true }));
    const tpe = mean((seed) => new TpeSampler(space, { seed, startUp: 8 }));
    expect(tpe).toBeGreaterThan(random);
    expect(tpe).toBeGreaterThan(-4);
  });

  it("know nothing before a trial succeeded", () => {
    expect(new TpeSampler(space, { seed: 1, startUp: 5 }).rank([{ params: {}, value: null }])).toEqual([]);
  });
});
