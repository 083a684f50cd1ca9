const { ALWAYS, APART, BEHIND_PORTS, FLOORS, PARTS, SHARED } = require("./.floor-plan.cjs");

const oneOf = (names) => `(${names.join("|")})`;

const floors = FLOORS.map((floor, i) => ({
  name: `floor-${floor}`,
  comment: "a floor imports those below it",
  severity: "error",
  from: { path: `^src/${floor}/`, pathNot: "\\.test\\.ts$" },
  to: { path: "^src/", pathNot: `^src/${oneOf(FLOORS.slice(i))}/` },
}));

const folders = Object.values(PARTS)
  .flatMap((part) => Object.entries(part))
  .map(([folder, allowed]) => ({
    name: `folder-${folder}`,
    comment: "what a folder of src/lib may import stands in .floor-plan.cjs",
    severity: "error",
    from: { path: `^src/lib/${folder}/` },
    to: {
      path: "^src/",
      pathNot: `^src/lib/${oneOf([folder, ALWAYS[0], ...(folder === ALWAYS[0] ? [] : ALWAYS), ...allowed])}/`,
    },
  }));

/** Every file of src/lib is in a folder of the plan. */
const strangers = {
  name: "folder-of-the-plan",
  severity: "error",
  from: { path: "^src/lib/", pathNot: `^src/lib/${oneOf(Object.values(PARTS).flatMap((part) => Object.keys(part)))}/` },
  to: {},
};

/** An implementation is known to those who open it; everybody else has its port. */
const ports = Object.entries(BEHIND_PORTS).map(([folder, openers]) => ({
  name: `port-${folder}`,
  comment: "what stands behind a port stands in .floor-plan.cjs",
  severity: "error",
  from: { pathNot: [`^src/${folder}/`, ...openers.map((file) => `^src/${file}$`), "\\.test\\.ts$"] },
  to: { path: `^src/${folder}/` },
}));

/** What runs in a browser knows only itself, and what both run. */
const apart = APART.map((part) => ({
  name: `apart-${part}`,
  comment: "what runs in a browser talks to a server over HTTP",
  severity: "error",
  from: { path: `^src/${part}/` },
  to: { path: "^src/", pathNot: [`^src/${part}/`, ...SHARED.map((folder) => `^src/${folder}/`)] },
}));

/** What browsers run too needs nothing that they lack. */
const shared = SHARED.map((folder) => ({
  name: `shared-${folder}`,
  comment: "what browsers run as well imports nothing but itself",
  severity: "error",
  from: { path: `^src/${folder}/`, pathNot: "\\.test\\.ts$" },
  to: { pathNot: `^src/${folder}/` },
}));

/** Only the entry of the package stands on no floor. */
const loose = {
  name: "no-loose-files",
  severity: "error",
  from: { path: "^src/[^/]+$", pathNot: "^src/index\\.ts$" },
  to: {},
};

module.exports = {
  forbidden: [
    ...floors,
    ...folders,
    ...ports,
    ...apart,
    ...shared,
    strangers,
    loose,
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "terminal-only-in-cli",
      severity: "error",
      from: { path: "^src/(app|lib)/", pathNot: "\\.test\\.ts$" },
      to: { path: "node_modules/(@oclif|ora|chalk|log-update)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "llama-only-in-engine",
      severity: "error",
      from: { pathNot: "^src/lib/inference/engine/" },
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
      extensions: [".ts", ".tsx", ".js", ".mjs"],
    },
  },
};
