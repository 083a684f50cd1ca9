// Runs llama.cpp's own tests of llama-server against `llmops serve`, and prints what came of them, file by file:
//   npm run build && npm run llama-suite -- LLAMA_CPP [--python PYTHON] [--models FOLDER] [--port N] [NAME...]
// LLAMA_CPP is a checkout of llama.cpp; PYTHON has the packages of its tools/server/tests/requirements.txt (python3 when absent). FOLDER
// has models by the last part of their repositories' names, such as test-model-stories260K.gguf of ggml-org on Hugging Face; tests whose
// model is not there run on the demo model. NAME runs test_NAME.py alone. Fails where a test fails that expected.json does not name.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const options = { python: { type: "string", default: "python3" }, models: { type: "string" }, port: { type: "string", default: "18080" } };
const { values, positionals } = parseArgs({ options, allowPositionals: true });
const [checkout, ...names] = positionals;
if (checkout === undefined) throw new Error("name the checkout of llama.cpp: npm run llama-suite -- LLAMA_CPP");
const expected = JSON.parse(readFileSync(new URL("expected.json", import.meta.url), "utf8"));

/** Files to run: the named ones, or all but those whose whole subject `serve` does not have. */
function filesOf(folder) {
  const all = readdirSync(join(folder, "unit")).filter((file) => /^test_.*\.py$/.test(file));
  const isChosen = (name) => (names.length > 0 ? names.includes(name) : !Object.hasOwn(expected.files, name));
  return all.filter((file) => isChosen(file.slice("test_".length, -".py".length))).map((file) => join("unit", file));
}

function runTests(folder, report) {
  const environment = {
    LLAMA_SERVER_BIN_PATH: join(HERE, "serve.cjs"),
    PORT: values.port,
    PYTHONPATH: [HERE, folder, process.env.PYTHONPATH ?? ""].join(delimiter),
    ...(values.models !== undefined && { LLMOPS_SUITE_MODELS: resolve(values.models) }),
  };
  const quiet = ["-q", "-p", "no:cacheprovider", "-p", "shared_servers", "--tb=line", "--show-capture=no", "-m", "not slow"];
  const { error } = spawnSync(values.python, ["-m", "pytest", ...quiet, `--junitxml=${report}`, ...filesOf(folder)], {
    cwd: folder,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  if (error) throw error;
}

/** Each test of a report with how it ended: passed, skipped, or failed. */
function readReport(xml) {
  return Array.from(xml.matchAll(/<testcase classname="unit\.test_(\w+)" name="([^"]*)"[^>]*?(\/>|>(.*?)<\/testcase>)/gs), (found) => {
    const [, file, name, , inside = ""] = found;
    const end = /<(failure|error)\b/.test(inside) ? "failed" : /<skipped\b/.test(inside) ? "skipped" : "passed";
    return { file, name: toText(name), end };
  });
}

function toText(escaped) {
  const named = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return escaped.replace(/&(?:#x([0-9A-F]+)|#(\d+)|(\w+));/gi, (_, hex, decimal, name) =>
    name ? named[name] : String.fromCodePoint(parseInt(hex ?? decimal, hex ? 16 : 10)),
  );
}

/** Why a test is expected to fail, by the longest beginning of its name that stands in the list. */
function reasonOf({ file, name }) {
  const known = Object.entries(expected.tests[file] ?? {}).filter(([beginning]) => name.startsWith(beginning));
  return known.sort(([one], [other]) => other.length - one.length)[0]?.[1].kind ?? "failing";
}

const KINDS = ["passed", "skipped", "model", "feature", "different", "failing"];

function tableOf(results) {
  const rows = new Map();
  for (const one of results) {
    const row = rows.get(one.file) ?? Object.fromEntries(KINDS.map((kind) => [kind, 0]));
    row[one.end === "failed" ? reasonOf(one) : one.end] += 1;
    rows.set(one.file, row);
  }
  const total = Object.fromEntries(KINDS.map((kind) => [kind, [...rows.values()].reduce((sum, row) => sum + row[kind], 0)]));
  const line = (name, row) => `| ${[name, ...KINDS.map((kind) => row[kind])].join(" | ")} |`;
  const body = [...rows].map(([file, row]) => line(`\`${file}\``, row));
  return {
    total,
    text: [`| file | ${KINDS.join(" | ")} |`, `|${" --- |".repeat(KINDS.length + 1)}`, ...body, line("total", total)].join("\n"),
  };
}

const folder = join(resolve(checkout), "tools/server/tests");
const report = join(mkdtempSync(join(tmpdir(), "llama-suite-")), "report.xml");
runTests(folder, report);
const results = readReport(readFileSync(report, "utf8"));
const { total, text } = tableOf(results);
console.log(`\n${text}\n`);
const asked = total.passed + total.different + total.failing;
console.log(
  `${total.passed} of ${asked} tests pass that need no other model and no feature that serve does not have (${Math.round((100 * total.passed) / asked)} %).`,
);
for (const one of results) if (one.end === "failed" && reasonOf(one) === "failing") console.log(`not expected: ${one.file}::${one.name}`);
process.exitCode = total.failing > 0 ? 1 : 0;
