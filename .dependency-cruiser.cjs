/** The import table of the README: folders of src/lib and what each may import besides errors and itself. */
const ALLOWED = {
  errors: [],
  math: [],
  stats: ["math"],
  config: [],
  metrics: [],
  redis: [],
  access: ["redis"],
  dataset: ["config", "math"],
  models: ["config", "math"],
  openai: ["config", "math"],
  gateway: ["openai", "metrics", "redis"],
  cassette: ["gateway"],
  http: [],
  tracking: ["config", "http"],
  runs: ["tracking", "stats", "config"],
  transfer: ["tracking", "runs"],
  engine: ["config", "math", "models", "openai", "metrics"],
  scoring: ["dataset", "openai", "stats"],
  judge: ["scoring", "dataset", "openai", "stats", "gateway", "math"],
  samplers: ["math", "stats"],
  study: ["samplers", "scoring", "dataset", "openai", "stats", "tracking", "math", "gateway"],
  slo: [],
  load: ["openai", "math", "slo"],
  monitor: ["config", "http", "metrics", "openai", "load", "slo", "stats", "math", "tracking"],
  optimize: ["study", "samplers", "scoring", "dataset", "openai", "stats", "tracking", "math", "gateway"],
  evaluation: ["study", "judge", "scoring", "dataset", "openai", "stats", "tracking", "math", "gateway"],
  canary: ["study", "stats", "math"],
  doctor: ["config", "engine", "http", "models", "openai", "redis", "tracking"],
  scaffold: ["config", "monitor", "slo"],
  report: ["load", "models", "canary", "config", "monitor", "slo", "stats", "study", "tracking", "runs", "evaluation", "optimize", "samplers"],
  server: ["engine", "gateway", "openai", "metrics", "tracking", "http", "access", "cassette", "slo"],
};

const layers = Object.entries(ALLOWED).map(([folder, allowed]) => ({
  name: `layer-${folder}`,
  severity: "error",
  from: { path: `^src/lib/${folder}/` },
  to: { path: "^src/", pathNot: `^src/lib/(${[folder, "errors", ...allowed].join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...layers,
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "lib-without-cli",
      severity: "error",
      from: { path: "^src/lib/", pathNot: "\\.test\\.ts$" },
      to: { path: "node_modules/(@oclif|ora|chalk)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "llama-only-in-engine",
      severity: "error",
      from: { pathNot: "^src/lib/engine/" },
      to: { path: "node_modules/node-llama-cpp/" },
    },
    { name: "commands-apart", severity: "error", from: { path: "^src/commands/" }, to: { path: "^src/commands/" } },
    { name: "nothing-imports-tests", severity: "error", from: { pathNot: "\\.test\\.ts$" }, to: { path: "\\.test\\.ts$" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default"],
      extensions: [".ts", ".js", ".mjs"],
    },
  },
};
