/** The floors of src, from top to bottom: each may import those below it. The application (app) knows no command line and no terminal. */
const FLOORS = ["commands", "cli", "app", "lib"];

/** What runs in a browser: it talks to a server over HTTP, imports nothing of the floors but what is SHARED, and no floor imports it. */
const APART = ["web"];

/** What runs in browsers as well as in programs, so that both do the same: it imports nothing but itself. */
const SHARED = ["lib/base/pages"];

/** The parts of src/lib, each with its folders and what each folder may import besides itself and ALWAYS. */
const PARTS = {
  base: {
    "base/errors": [],
    "base/files": [],
    "base/slices": [],
    "base/math": [],
    "base/stats": ["base/math"],
    "base/config": [],
    "base/metrics": [],
    "base/redis": [],
    "base/registry": [],
    "base/http": [],
    "base/pages": [],
  },
  inference: {
    "inference/models": ["base/config", "base/math"],
    "inference/quantize": ["inference/models"],
    "inference/convert": ["base/math", "inference/models", "inference/quantize"],
    "inference/openai": ["base/config", "base/math"],
    "inference/grammar": ["inference/openai"],
    "inference/chat": ["inference/grammar", "inference/openai"],
    "inference/engine": [
      ...["base/config", "base/math", "base/metrics", "inference/chat", "inference/grammar", "inference/models", "inference/openai"],
    ],
    "inference/gateway": ["base/metrics", "base/redis", "inference/openai"],
    "inference/cassette": ["inference/gateway"],
  },
  tracking: {
    tracking: ["base/config", "base/http", "base/pages"],
  },
  experiments: {
    "experiments/dataset": ["base/config", "base/math", "inference/openai"],
    "experiments/gates": ["base/stats"],
    "experiments/scoring": ["base/config", "base/registry", "base/stats", "inference/openai", "experiments/dataset"],
    "experiments/judge": [
      ...["base/math", "base/registry", "base/stats", "inference/gateway", "inference/openai"],
      ...["experiments/dataset", "experiments/scoring"],
    ],
    "experiments/samplers": ["base/math", "base/registry", "base/stats"],
    "experiments/plugins": [
      ...["base/math", "base/registry", "inference/openai"],
      ...["experiments/dataset", "experiments/judge", "experiments/samplers", "experiments/scoring"],
    ],
    "experiments/live": ["tracking"],
    "experiments/study": [
      ...["base/config", "base/math", "base/registry", "base/stats", "inference/gateway", "inference/openai", "tracking"],
      ...["experiments/dataset", "experiments/gates", "experiments/live", "experiments/samplers", "experiments/scoring"],
    ],
    "experiments/optimize": [
      ...["base/math", "base/stats", "inference/gateway", "inference/openai", "tracking"],
      ...["experiments/dataset", "experiments/gates", "experiments/live", "experiments/samplers", "experiments/scoring"],
      "experiments/study",
    ],
    "experiments/evaluation": [
      ...["base/math", "base/stats", "inference/gateway", "inference/openai", "tracking"],
      ...["experiments/dataset", "experiments/gates", "experiments/judge", "experiments/live", "experiments/scoring"],
      "experiments/study",
    ],
    "experiments/runs": ["base/config", "base/stats", "tracking", "experiments/dataset", "experiments/gates"],
    "experiments/transfer": ["tracking", "experiments/runs"],
  },
  operations: {
    "operations/slo": [],
    "operations/load": ["base/math", "base/stats", "inference/gateway", "inference/openai", "experiments/gates", "operations/slo"],
    "operations/monitor": [
      ...["base/config", "base/http", "base/math", "base/metrics", "base/stats", "inference/openai", "tracking"],
      ...["operations/load", "operations/slo"],
    ],
    "operations/canary": ["base/math", "base/stats", "experiments/study"],
    "operations/doctor": [
      ...["base/config", "base/http", "base/redis", "inference/engine", "inference/models", "inference/openai", "tracking"],
    ],
    "operations/scaffold": ["base/config", "operations/monitor", "operations/slo"],
  },
  serving: {
    "serving/access": ["base/redis"],
    "serving/dialects": ["base/config", "inference/openai"],
    "serving/server": [
      ...["base/config", "base/http", "base/metrics", "tracking", "serving/access", "serving/dialects", "operations/slo"],
      ...["inference/cassette", "inference/engine", "inference/gateway", "inference/models", "inference/openai"],
    ],
  },
  report: {
    report: [
      ...["base/config", "base/pages", "base/stats", "inference/models", "tracking"],
      ...["experiments/evaluation", "experiments/gates", "experiments/live", "experiments/optimize", "experiments/runs"],
      ...["experiments/samplers", "experiments/study", "operations/canary", "operations/load", "operations/monitor", "operations/slo"],
    ],
  },
};

/** Every folder of src/lib may import these, base/errors only itself. */
const ALWAYS = ["base/errors", "base/files", "base/slices"];

/** What stands behind a port: a folder, and the only files outside it that may import it, because they open it. All others know the port alone. */
const BEHIND_PORTS = {
  "lib/tracking/sql": ["lib/tracking/open-(local|postgres)-store.ts", "lib/tracking/(sqlite|postgres)/.+"],
  "lib/tracking/postgres": ["lib/tracking/open-postgres-store.ts"],
  "lib/tracking/sqlite": ["lib/tracking/open-local-store.ts"],
  "lib/tracking/rest": ["lib/tracking/open-store.ts", "lib/tracking/open-users.ts"],
  "lib/tracking/s3": ["lib/tracking/buckets.ts"],
};

module.exports = { ALWAYS, APART, BEHIND_PORTS, FLOORS, PARTS, SHARED };
