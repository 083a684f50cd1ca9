// Compiles src and builds the web application to dist, which is there whole or as it was before, writes the schema of llmops.yaml, and oclif.manifest.json, so that --help
// loads no command. With --if-needed nothing is done where all that is newer than what it is made of: npx builds before its first command.
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { buildWeb } from "./build-web.mjs";

/** What is read beside the compiled files. */
const SQL = ["sqlite/schema.sql", ...["schema.sql", "indexes.sql", "functions.sql"].map((name) => `postgres/${name}`)];
const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
if (process.argv.includes("--if-needed") && isUpToDate()) process.exit(0);
const draft = `${root}/node_modules/.cache/llmops-build-${process.pid}`;
try {
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", draft], { cwd: root, stdio: "inherit" });
  for (const file of SQL) cpSync(`${root}/src/lib/tracking/${file}`, `${draft}/lib/tracking/${file}`);
  await buildWeb(draft);
  rmSync(`${root}/oclif.manifest.json`, { force: true });
  rmSync(`${root}/dist`, { recursive: true, force: true });
  renameSync(draft, `${root}/dist`);
} finally {
  rmSync(draft, { recursive: true, force: true });
}

const { configSchema } = await import("../dist/lib/base/config/config-schema.js");
writeFileSync(`${root}/dist/llmops.schema.json`, `${JSON.stringify(configSchema(), null, 2)}\n`);

const { Plugin } = await import("@oclif/core");
const plugin = new Plugin({ root, type: "core", ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync(`${root}/oclif.manifest.json`, JSON.stringify(plugin.manifest));

/** The manifest is written last. */
function isUpToDate() {
  const built = statSync(`${root}/oclif.manifest.json`, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
  const compiled = readdirSync(`${root}/src`, { recursive: true }).filter((path) => !path.endsWith(".test.ts"));
  const sources = compiled.map((path) => `src/${path}`);
  const all = [
    ...sources,
    "src",
    "scripts/build.mjs",
    "scripts/build-web.mjs",
    "scripts/report-template.mjs",
    "tsconfig.json",
    "tsconfig.build.json",
    "package.json",
    "package-lock.json",
  ];
  return (
    statSync(`${root}/dist`, { throwIfNoEntry: false }) !== undefined && all.every((path) => statSync(`${root}/${path}`).mtimeMs < built)
  );
}
