import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { code, codes, page, table } from "./markdown.mjs";

const SCHEMA = /"(llmops\.[a-z_-]+\/\d+)"/g;
/** Read or written by so many commands, a document is of no single one. */
const MOST_COMMANDS = 8;

/** Where documents are found that are more than the result of the commands that reach them. */
const FILES = {
  "llmops.error/1": "every command with `--json`, when it fails",
  "llmops.alert/1": "what `monitor` sends to webhooks and commands",
  "llmops.baseline/1": "`.llmops/baselines/NAME.json`, and `baseline show`",
  "llmops.canary/1": "`.llmops/canary/canary.json`",
  "llmops.judge-card/1": "calibration cards in `.llmops/judges`, and `judge calibrate`",
  "llmops.journal/1": "journals of entries that wait to reach MLflow",
  "llmops.monitor-state/1": "the state of `monitor` between polls",
  "llmops.recording/1": "recordings of `serve --record`",
  "llmops.study/1": "`study.json`, an artifact of the runs of studies",
  "llmops.sweep/3": "`sweep`, `eval`, `score`, `ab`",
  "llmops.judge/2": "`judge`",
  "llmops.keys/1": "the key file of `serve`, and `keys list`",
};

/** The versioned JSON documents, with the commands that print them, read from the compiled sources in `dist`. */
export function documentPage(dist) {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => join(dist, file));
  const sources = new Map(files.map((file) => [file, readFileSync(file, "utf8")]));
  const holders = new Map();
  for (const [file, source] of sources)
    for (const [, schema] of source.matchAll(SCHEMA)) holders.set(schema, new Set([...(holders.get(schema) ?? []), file]));
  const commands = files.filter((file) => relative(dist, file).startsWith("commands"));
  const reached = new Map(commands.map((file) => [nameOf(relative(join(dist, "commands"), file)), reachedFrom(file, sources)]));
  const rows = [...holders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([schema, among]) => [code(schema), FILES[schema] ?? printedBy(among, reached)]);
  return page(
    "JSON documents",
    "Every document names its schema and version in `schema`. The version rises when a field is removed or changes its meaning; new fields " +
      "may appear at any time. `--json` prints exactly one document to standard output. JSON Schemas of all of them ship with the package, " +
      "in `schemas/`: `llmops.sweep/3` is `schemas/sweep-3.json`.",
    table(["schema", "where"], rows),
  );
}

function printedBy(holders, reached) {
  const direct = [...reached].filter(([, files]) => holders.has([...files][0])).map(([name]) => name);
  const names =
    direct.length > 0 ? direct : [...reached].filter(([, files]) => [...holders].some((file) => files.has(file))).map(([name]) => name);
  return names.length > MOST_COMMANDS ? "several commands" : codes(names.sort());
}

function nameOf(path) {
  return path
    .replace(/\.js$/, "")
    .replace(/(?:^|\/)index$/, "")
    .replaceAll("/", " ");
}

/** A file with all that it imports, itself first. */
function reachedFrom(file, sources) {
  const seen = new Set([file]);
  for (const one of seen) {
    const source = sources.get(one) ?? (existsSync(one) ? readFileSync(one, "utf8") : "");
    for (const [, path = ""] of source.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)) {
      const next = resolve(dirname(one), path);
      if (sources.has(next)) seen.add(next);
    }
  }
  return seen;
}
