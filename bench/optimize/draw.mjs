// Draws problems of the same families with other constants, for judging a search on what nobody looked at while it was made:
//   node bench/optimize/draw.mjs --seed 7 > fresh-7.json     then   node bench/optimize.mjs --set fresh-7.json
// The same seed draws the same 24 problems: 14 without and 10 with noise, 15 of one or two parameters and 9 of three to six, 4 of
// them mixed. `--narrow 10` draws only so many problems of two peaks, the better one narrow.
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { fTrue, mulberry } from "./problems.mjs";

const SAMPLES = 20_000;
const REFINED = 40;

/** A stream of numbers to draw constants from. */
function createDraw(seed) {
  const random = mulberry(seed);
  const between = (low, high) => Number((low + (high - low) * random()).toPrecision(4));
  return {
    random,
    between,
    log: (low, high) => Number(Math.exp(Math.log(low) + (Math.log(high) - Math.log(low)) * random()).toPrecision(4)),
    whole: (low, high) => low + Math.floor(random() * (high - low + 1)),
    shuffled: (items) => {
      const rest = [...items];
      return items.map(() => rest.splice(Math.floor(random() * rest.length), 1)[0]);
    },
  };
}

const float = (name, low, high, log = false) => ({ name, type: "float", low, high, ...(log && { log }) });
const int = (name, low, high, log = false) => ({ name, type: "int", low, high, ...(log && { log }) });
const cube = (d, low, high) => Array.from({ length: d }, (_, i) => float(`x${i}`, low, high));
const TEMPERATURE = [float("temperature", 0.1, 1)];
const POINT = (low1, high1, low2, high2) => [float("x1", low1, high1), float("x2", low2, high2)];

/** By family: its parameters, its direction, its constants, and its noise; `share` is Gaussian noise as a share of the function's spread. */
const FAMILIES = {
  bump: (draw) => ({
    params: TEMPERATURE,
    c: { base: 4, amp: draw.between(2.5, 4), t0: draw.between(0.2, 0.9), wl: draw.log(0.08, 0.35), wr: draw.log(0.08, 0.35) },
    share: draw.between(0.25, 0.45),
  }),
  cliff: (draw) => ({
    params: TEMPERATURE,
    c: { base: 6, slope: draw.between(0.8, 2.4), drop: draw.between(3, 5.5), c: draw.between(0.3, 0.9), s: draw.log(0.012, 0.04) },
    share: draw.between(0.15, 0.3),
  }),
  twopeaks: (draw) => {
    const better = draw.between(3.2, 4);
    const places = [draw.between(0.15, 0.4), draw.between(0.7, 0.95)];
    const [t1, t2] = draw.random() < 0.5 ? places : places.reverse();
    const c = {
      base: 3,
      a1: better - draw.between(0.4, 1),
      t1,
      w1: draw.between(0.08, 0.12),
      a2: better,
      t2,
      w2: draw.between(0.035, 0.06),
    };
    return { params: TEMPERATURE, c, share: draw.between(0.15, 0.3) };
  },
  forrester: (draw) => ({
    params: [float("x", 0, 1)],
    minimize: true,
    c: {
      flip: draw.random() < 0.5,
      lo: draw.between(0, 0.08),
      hi: draw.between(0.92, 1),
      b: draw.between(-5, 5),
      off: draw.between(-5, 5),
    },
    share: draw.between(0.15, 0.3),
  }),
  branin: (draw) => ({
    params: POINT(-5, 10, 0, 15),
    minimize: true,
    c: { dx: draw.between(-2, 2), dy: draw.between(-2, 2), off: draw.between(-5, 5) },
    share: draw.between(0.03, 0.08),
  }),
  camel6: (draw) => ({ params: POINT(-3, 3, -2, 2), minimize: true, c: { dx: draw.between(-0.6, 0.6), dy: draw.between(-0.4, 0.4) } }),
  goldstein: (draw) => ({ params: POINT(-2, 2, -2, 2), minimize: true, c: { dx: draw.between(-0.5, 0.5), dy: draw.between(-0.5, 0.5) } }),
  temp_top_p: (draw) => ({
    params: [float("temperature", 0, 2), float("top_p", 0.05, 1)],
    c: {
      base: 2, amp: 6, k0: draw.between(0.2, 0.5), rd: draw.between(0.25, 0.5), rc: draw.between(0.7, 1.2), rs: draw.between(0.1, 0.22),
      tail: draw.between(0.5, 1.2), spot: draw.between(0.5, 1), st: draw.between(0.4, 1.2), sw: 0.25, sp: draw.between(0.6, 0.95),
      sq: draw.between(0.07, 0.12), n0: 0.12, n1: 0.55,
    }, // prettier-ignore
    noise: { kind: "temp_top_p" },
  }),
  passrate: (draw) => ({
    params: [float("temperature", 0, 2), float("min_p", 0.001, 0.5, true)],
    c: {
      g0: draw.between(0.6, 1.6), g1: draw.between(0.8, 2), t0: draw.between(0.3, 1.1), tw: 0.45, g2: draw.between(0.3, 0.8),
      m0: draw.between(-2.2, -1), mw: 0.7, g3: 1.1, t1: 1, m1: -1,
    }, // prettier-ignore
    noise: { kind: "binomial", n: draw.whole(20, 40) },
  }),
  hartmann3: (draw) => hartmann(3, draw),
  hartmann6: (draw) => hartmann(6, draw),
  ackley: (draw) => ({
    params: cube(4, -5, 10),
    minimize: true,
    c: { a: 20, b: 0.2, c: 2 * Math.PI, shift: cube(4).map(() => draw.between(-3, 8)) },
  }),
  levy: (draw) => ({ params: cube(4, -5, 10), minimize: true, c: { shift: cube(4).map(() => draw.between(-3, 5)) } }),
  mixed: (draw) => {
    const choices = ["plain", "chat", "cot", "json"];
    const one = () => ({ a: draw.between(5.5, 9), t0: draw.between(0.1, 1.3), k0: draw.between(1.5, 4.2) });
    return {
      params: [
        float("temperature", 0, 2),
        int("top_k", 1, 200, true),
        float("min_p", 0.001, 0.5, true),
        int("no_repeat_ngram", 0, 8),
        { name: "template", type: "categorical", choices },
      ],
      c: {
        cats: Object.fromEntries(choices.map((name) => [name, one()])), tw: 0.45, kw: 1.3, m0: draw.between(-2.2, -1), mw: 0.6,
        n0: draw.between(1, 6), nw: 2.2, rho: draw.between(-0.4, 0.4), rip: 0.25,
      }, // prettier-ignore
      share: draw.between(0.2, 0.3),
    };
  },
  speed: (draw) => ({
    params: [
      int("threads", 1, 16),
      int("gpu_layers", 0, 32),
      int("batch", 32, 2048, true),
      { name: "kv", type: "categorical", choices: ["f16", "q8_0", "q4_0"] },
      { name: "flash", type: "categorical", choices: ["off", "on"] },
    ],
    c: {
      e: 0.85, cores: draw.whole(4, 12), over: draw.between(0.03, 0.09), cpu: draw.between(1.5, 3.5), gpu: draw.between(35, 80), fa: 1.12,
      kvs: { f16: 1, q8_0: 0.97, q4_0: 0.9 }, L: 32, bk: 0.012, b0: draw.between(8, 9.5), ml: 0.21,
      kvm: { f16: 2, q8_0: 1.1, q4_0: 0.6 }, mb: 0.5, floor: 0.15, vram: draw.between(5, 9), vs: 0.12,
    }, // prettier-ignore
    noise: { kind: "mult", rel: 0.03 },
  }),
};

function hartmann(d, draw) {
  const c = {
    d,
    perm: draw.shuffled(cube(d).map((_, i) => i)),
    flip: cube(d).map(() => draw.random() < 0.5),
    alpha: [1, 1.2, 3, 3.2].map((weight) => Number((weight * draw.between(0.8, 1.25)).toPrecision(4))),
  };
  return { params: cube(d, 0, 1), minimize: true, c, share: draw.between(0.15, 0.3) };
}

const QUIET = ["bump", "cliff", "twopeaks", "forrester", "branin", "camel6", "goldstein", "temp_top_p", "hartmann3", "hartmann6", "ackley", "levy", "mixed", "speed"]; // prettier-ignore
const NOISY = ["bump", "cliff", "twopeaks", "forrester", "branin", "temp_top_p", "passrate", "hartmann6", "mixed", "speed"];

/** The problems of a seed: each family without noise, then those with noise, with constants of their own. */
export function drawProblems(seed) {
  const one = (family, noisy) =>
    drawProblem(family, noisy, `d${seed}_${family}${noisy ? "_noisy" : ""}`, createDraw(hash(seed, family, noisy)));
  return [...QUIET.map((family) => one(family, false)), ...NOISY.map((family) => one(family, true))];
}

/** Problems of two peaks, the better one narrow. */
export function drawNarrow(seed, count) {
  return Array.from({ length: count }, (_, i) => drawProblem("twopeaks", false, `n${seed}_${i}`, createDraw(hash(seed, "narrow", i))));
}

function hash(...parts) {
  return [...parts.join("|")].reduce((sum, char) => Math.imul(sum ^ char.charCodeAt(0), 16777619) >>> 0, 2166136261);
}

function drawProblem(name, noisy, id, draw) {
  const { params, minimize = false, c, noise, share } = FAMILIES[name](draw);
  const family = name.startsWith("hartmann") ? "hartmann" : name;
  const problem = { id, family, params, c, direction: minimize ? "minimize" : "maximize", noise: null };
  const sign = minimize ? -1 : 1;
  const samples = Array.from({ length: SAMPLES }, () => params.map(() => draw.random()));
  const values = samples.map((unit) => fTrue(problem, toValues(params, unit)));
  const mean = values.reduce((sum, value) => sum + value, 0) / SAMPLES;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (SAMPLES - 1));
  const starts = samples.map((unit, i) => ({ unit, value: sign * values[i] })).sort((a, b) => b.value - a.value);
  const climbed = starts.slice(0, REFINED).map((start) => climb(problem, sign, start));
  // the optimum of these is where they were put, too deep in a funnel to be sampled
  if (c.shift) climbed.push(climb(problem, sign, startAt(problem, sign, c.shift)));
  const best = climbed.reduce((a, b) => (b.value > a.value ? b : a));
  const gauss = { kind: "gauss", sd: Number((share * sd).toPrecision(3)) };
  return {
    ...problem,
    noise: noisy ? (noise ?? gauss) : null,
    fstar: sign * best.value,
    xstar: toValues(params, best.unit),
    uniform_mean: mean,
    uniform_sd: sd,
  };
}

function startAt(problem, sign, x) {
  const unit = problem.params.map(({ low, high }, i) => (x[i] - low) / (high - low));
  return { unit, value: sign * fTrue(problem, x) };
}

/** The setting at numbers in 0..1; each whole number and choice has the same share. */
function toValues(params, unit) {
  return params.map(({ type, low, high, log, choices }, i) => {
    if (type === "categorical") return choices[Math.min(choices.length - 1, Math.floor(unit[i] * choices.length))];
    const [from, to] = type === "int" ? [low - 0.5, high + 0.5] : [low, high];
    const value = log ? from * (to / from) ** unit[i] : from + (to - from) * unit[i];
    return type === "int" ? Math.min(high, Math.max(low, Math.round(value))) : value;
  });
}

/** A compass search along every parameter, with shrinking steps. */
function climb(problem, sign, start) {
  let best = start;
  for (let step = 0.25; step > 1e-9; step /= 2) {
    for (let moved = true; moved;) {
      moved = false;
      for (let i = 0; i < problem.params.length; i++) {
        for (const way of [-1, 1]) {
          const unit = [...best.unit];
          unit[i] = Math.min(1, Math.max(0, unit[i] + way * step));
          const value = sign * fTrue(problem, toValues(problem.params, unit));
          if (value > best.value) [best, moved] = [{ unit, value }, true];
        }
      }
    }
  }
  return best;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { seed: { type: "string", default: "1" }, narrow: { type: "string" } } });
  const seed = Number(values.seed);
  const problems = values.narrow ? drawNarrow(seed, Number(values.narrow)) : drawProblems(seed);
  console.log(JSON.stringify({ problems }, null, 1));
}
