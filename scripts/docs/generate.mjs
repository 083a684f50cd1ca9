// Writes the generated pages of docs from the built code, and removes those that are no longer made. With --check nothing is written: it
// ends with 1 and names the pages that differ.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generatedPages } from "./pages.mjs";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const pages = await generatedPages();
const there = readdirSync(join(docs, "reference"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".md"))
  .map((file) => `reference/${file}`);
const removed = there.filter((path) => !pages.has(path));
const changed = [...pages].filter(([path, text]) => readIfThere(join(docs, path)) !== text);

if (process.argv.includes("--check")) {
  for (const path of [...removed, ...changed.map(([path]) => path)]) console.log(`docs/${path} differs: npm run docs:generate`);
  process.exitCode = removed.length + changed.length === 0 ? 0 : 1;
} else {
  for (const path of removed) rmSync(join(docs, path));
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(docs, path)), { recursive: true });
    writeFileSync(join(docs, path), text);
  }
  console.log(`${pages.size} pages of docs are generated, ${removed.length + changed.length} have changed.`);
}

function readIfThere(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
