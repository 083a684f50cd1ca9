// Writes schemas/: the JSON Schema of every document llmops prints or keeps. `npm run schemas` builds first.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { schemaFiles } from "../dist/app/documents/json-schemas.js";

const folder = fileURLToPath(new URL("../schemas", import.meta.url));
const files = schemaFiles();
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (!files.has(name)) rmSync(join(folder, name));
for (const [name, text] of files) writeFileSync(join(folder, name), text);
console.log(`Wrote ${files.size} schemas to ${folder}.`);
