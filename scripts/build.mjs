// Compiles src to dist, writes the schema of llmops.yaml, and oclif.manifest.json, so that --help loads no command.
import { execFileSync } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
rmSync(`${root}/dist`, { recursive: true, force: true });
rmSync(`${root}/oclif.manifest.json`, { force: true });
execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });

cpSync(`${root}/src/lib/tracking/sqlite/schema.sql`, `${root}/dist/lib/tracking/sqlite/schema.sql`);

const { configSchema } = await import("../dist/lib/config/config-schema.js");
writeFileSync(`${root}/dist/llmops.schema.json`, `${JSON.stringify(configSchema(), null, 2)}\n`);

const { Plugin } = await import("@oclif/core");
const plugin = new Plugin({ root, type: "core", ignoreManifest: true, errorOnManifestCreate: true });
await plugin.load();
writeFileSync(`${root}/oclif.manifest.json`, JSON.stringify(plugin.manifest));
