// Runs the benchmarks: npm run bench [name...]. Each file measures one claim against its alternative in the same run.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
/** Parts of other benchmarks. */
const PARTS = ["run.mjs", "load.mjs", "servers.mjs", "plain-server.mjs", "make-model.mjs", "study-plan.mjs", "many-runs.mjs"];
/** Only where they are asked for: they need a machine of their own. */
const NAMED_ONLY = ["gpu.mjs"];
const names = readdirSync(folder).filter((name) => name.endsWith(".mjs") && !PARTS.includes(name));
const wanted = process.argv.slice(2);
const isWanted = (name) => (wanted.length === 0 ? !NAMED_ONLY.includes(name) : wanted.includes(name.replace(".mjs", "")));
for (const name of names.filter(isWanted)) {
  console.log(`\n# ${name}`);
  execFileSync(process.execPath, [`${folder}${name}`], { stdio: "inherit" });
}
