// Runs cells of a study as its file says: { work, study, bundles }.
import { readFileSync } from "node:fs";
import { programHost, runStudyCells } from "../../dist/index.js";

const { work, study, bundles } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const ended = await runStudyCells(work, study, bundles, programHost({ note: (text) => console.error(text) }));
process.stdout.write(String(ended));
