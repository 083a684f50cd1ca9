// Same problems as ../problems.py, bit-for-bit noise stream.
import fs from "node:fs";
export const fnv1a = (s) => {
  let h = 2166136261 >>> 0;
  for (let i = 0; i < s.length; i++) {
    h ^= s.charCodeAt(i);
    h = Math.imul(h, 16777619) >>> 0;
  }
  return h;
};
export const mulberry = (seed) => {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t = (t ^ (t + Math.imul(t ^ (t >>> 7), t | 61))) >>> 0;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};
export const gauss = (r) => {
  const u = 1 - r(),
    v = r();
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
};
const sig = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
const H3A = [
    [3, 10, 30],
    [0.1, 10, 35],
    [3, 10, 30],
    [0.1, 10, 35],
  ],
  H3P = [
    [0.3689, 0.117, 0.2673],
    [0.4699, 0.4387, 0.747],
    [0.1091, 0.8732, 0.5547],
    [0.0381, 0.5743, 0.8828],
  ];
const H6A = [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  H6P = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  ];
const rOf = (c, t, p) => t * (c.k0 + (1 - c.k0) * p * p);
const { exp, sin, cos, PI, sqrt, log, log10, log2, max } = Math,
  sq = (v) => v * v;
export const FAM = {
  bump: (c, [t]) => c.base + c.amp * exp(-0.5 * sq((t - c.t0) / (t < c.t0 ? c.wl : c.wr))),
  cliff: (c, [t]) => c.base + c.slope * t - c.drop * sig((t - c.c) / c.s),
  twopeaks: (c, [t]) => c.base + c.a1 * exp(-0.5 * sq((t - c.t1) / c.w1)) + c.a2 * exp(-0.5 * sq((t - c.t2) / c.w2)),
  forrester: (c, [x]) => {
    let z = c.flip ? 1 - x : x;
    const lo = c.lo ?? 0,
      hi = c.hi ?? 1;
    z = lo + (hi - lo) * z;
    return (c.scale ?? 1) * (sq(6 * z - 2) * sin(12 * z - 4) + (c.b ?? 0) * (z - 0.5)) + (c.off ?? 0);
  },
  branin: (c, [a, b]) => {
    const u = a + (c.dx ?? 0),
      v = b + (c.dy ?? 0);
    return (
      (c.scale ?? 1) * (sq(v - (5.1 / (4 * PI * PI)) * u * u + (5 / PI) * u - 6) + 10 * (1 - 1 / (8 * PI)) * cos(u) + 10) + (c.off ?? 0)
    );
  },
  camel6: (c, [a, b]) => {
    const u = a + (c.dx ?? 0),
      v = b + (c.dy ?? 0);
    return (c.scale ?? 1) * ((4 - 2.1 * u * u + u ** 4 / 3) * u * u + u * v + (-4 + 4 * v * v) * v * v) + (c.off ?? 0);
  },
  hartmann: (c, x) => {
    const d = c.d,
      A = d === 3 ? H3A : H6A,
      P = d === 3 ? H3P : H6P,
      al = c.alpha ?? [1, 1.2, 3, 3.2];
    const y = [];
    for (let i = 0; i < d; i++) {
      const v = x[c.perm ? c.perm[i] : i];
      y.push(c.flip && c.flip[i] ? 1 - v : v);
    }
    let s = 0;
    for (let i = 0; i < 4; i++) {
      let q = 0;
      for (let j = 0; j < d; j++) q += A[i][j] * sq(y[j] - P[i][j]);
      s -= al[i] * exp(-q);
    }
    return (c.scale ?? 1) * s + (c.off ?? 0);
  },
  ackley: (c, x) => {
    let a = 0,
      b = 0;
    const d = x.length;
    for (let i = 0; i < d; i++) {
      const z = x[i] - c.shift[i];
      a += z * z;
      b += cos(c.c * z);
    }
    return -c.a * exp(-c.b * sqrt(a / d)) - exp(b / d) + c.a + Math.E;
  },
  temp_top_p: (c, [t, p]) => {
    const r = rOf(c, t, p);
    return (
      c.base +
      c.amp * (1 - exp(-r / c.rd)) * sig((c.rc - r) / c.rs) -
      c.tail * sq(1 - p) +
      c.spot * exp(-sq((t - c.st) / c.sw) - sq((p - c.sp) / c.sq))
    );
  },
  passrate: (c, [t, m]) => {
    const l = log10(m);
    return sig(c.g0 - c.g1 * sq((t - c.t0) / c.tw) - c.g2 * sq((l - c.m0) / c.mw) - c.g3 * max(0, t - c.t1) * max(0, c.m1 - l));
  },
  mixed: (c, [t, k, m, n, cat]) => {
    const o = c.cats[cat],
      dt = (t - o.t0) / c.tw,
      dk = (log(k) - o.k0) / c.kw,
      dm = (log10(m) - c.m0) / c.mw,
      dn = (n - c.n0) / c.nw,
      q = dt * dt + dk * dk + dm * dm + dn * dn + 2 * c.rho * dt * dm;
    return o.a * exp(-0.5 * q) + c.rip * cos(2 * dt) * exp(-0.1 * q);
  },
  speed: (c, [th, gl, bt, kv, fa]) => {
    const on = fa === "on",
      eff = th <= c.cores ? th ** c.e : c.cores ** c.e * (1 - c.over * (th - c.cores)),
      cpu = c.cpu * eff,
      gpu = c.gpu * (on ? c.fa : 1) * c.kvs[kv],
      fr = gl / c.L;
    let tps = 1 / ((1 - fr) / cpu + fr / gpu);
    tps *= 1 - c.bk * sq(log2(bt) - c.b0);
    const mem = gl * c.ml + c.kvm[kv] * (on ? 1 : 1.25) + (bt / 1024) * c.mb;
    return tps * (c.floor + (1 - c.floor) * sig((c.vram - mem) / c.vs));
  },
  levy: (c, x) => {
    const w = x.map((v, i) => 1 + (v - c.shift[i]) / 4),
      d = w.length;
    let s = sq(sin(PI * w[0]));
    for (let i = 0; i < d - 1; i++) s += sq(w[i] - 1) * (1 + 10 * sq(sin(PI * w[i] + 1)));
    return s + sq(w[d - 1] - 1) * (1 + sq(sin(2 * PI * w[d - 1])));
  },
  goldstein: (c, [x, y]) => {
    const a = x + (c.dx ?? 0),
      b = y + (c.dy ?? 0);
    const g =
      (1 + sq(a + b + 1) * (19 - 14 * a + 3 * a * a - 14 * b + 6 * a * b + 3 * b * b)) *
      (30 + sq(2 * a - 3 * b) * (18 - 32 * a + 12 * a * a + 48 * b - 36 * a * b + 27 * b * b));
    return (log(g) - 8.693) / 2.427;
  },
};
export const fTrue = (s, x) => FAM[s.family](s.c, x);
export const noiseSd = (s, x, f) => {
  const n = s.noise;
  if (!n) return 0;
  if (n.kind === "gauss") return n.sd;
  if (n.kind === "mult") return n.rel * Math.abs(f);
  if (n.kind === "temp_top_p") {
    const r = rOf(s.c, x[0], x[1]);
    return s.c.n0 + (s.c.n1 * r * r) / (1 + r * r);
  }
};
export const observe = (s, x, seed, i) => {
  const f = fTrue(s, x),
    n = s.noise;
  if (!n) return f;
  const r = mulberry(fnv1a(`${s.id}|${seed}|${i}`));
  if (n.kind === "binomial") {
    let k = 0;
    for (let j = 0; j < n.n; j++) if (r() < f) k++;
    return k / n.n;
  }
  return f + noiseSd(s, x, f) * gauss(r);
};
export const load = (p) => JSON.parse(fs.readFileSync(p, "utf8")).problems;
