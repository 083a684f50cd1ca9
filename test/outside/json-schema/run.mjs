// Holds the grammars of JSON schemas to the official JSON Schema Test Suite (github.com/json-schema-org/JSON-Schema-Test-Suite), draft 2020-12:
//   npm run build && LLMOPS_JSON_SCHEMA_SUITE=FOLDER npm run schema-suite
// FOLDER is a checkout of the suite. Each schema is compiled as `strict` requests have it. Where it compiles, no invalid instance may be
// accepted, and every valid one has to be, in some order of its members, but for what NARROWER names; where it is refused, the keyword is
// counted that it was refused for. Fails where an instance is judged otherwise.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readGbnf } from "../../../dist/lib/inference/grammar/gbnf.js";
import { GbnfWalk } from "../../../dist/lib/inference/grammar/gbnf-walk.js";
import { compileJsonSchema } from "../../../dist/lib/inference/grammar/json-schema.js";

const MOST_ORDERS = 150;

/** Files with valid instances that answers are kept from on purpose. */
const NARROWER = {
  "format.json": "formats are held, where draft 2020-12 takes them for notes",
  "vocabulary.json": "keywords are held whatever the schema's own dialect leaves out",
  "optional/bignum.json": "whole numbers have at most 21 digits and no exponent, for readers that would round them",
  "optional/float-overflow.json": "the same",
  "optional/format/date-time.json": "a leap second is at 23:59:60Z, and fractions have at most 9 digits",
  "optional/format/time.json": "the same",
  "optional/format/duration.json": "counts have at most 9 digits",
  "optional/format/email.json": "names are not quoted, and hosts are not numbers in brackets",
  "optional/format/hostname.json": "labels have at most 30 characters, and none is in Punycode",
  "optional/format/uri.json": "hosts are not numbers in brackets",
};

/** All orders of a list, as far as they are needed. */
function* ordersOf(items) {
  if (items.length < 2) yield items;
  else for (const [i, first] of items.entries()) for (const rest of ordersOf(items.toSpliced(i, 1))) yield [first, ...rest];
}

/** A value as compact JSON, with the members of its objects in any order. */
function* textsOf(value) {
  if (typeof value !== "object" || value === null) yield JSON.stringify(value);
  else if (Array.isArray(value)) for (const items of combined(value)) yield `[${items.join(",")}]`;
  else {
    for (const names of ordersOf(Object.keys(value))) {
      const values = names.map((name) => value[name]);
      for (const texts of combined(values)) yield `{${names.map((name, i) => `${JSON.stringify(name)}:${texts[i]}`).join(",")}}`;
    }
  }
}

function* combined([first, ...rest]) {
  if (first === undefined) yield [];
  else for (const text of textsOf(first)) for (const others of combined(rest)) yield [text, ...others];
}

/** The grammar of a schema, or the keyword it is refused for; undeclared members are allowed where `open`, as JSON Schema has it. */
function compiled(schema, open) {
  try {
    return { walk: new GbnfWalk(readGbnf(compileJsonSchema(schema, { strict: true, param: "schema", open }).grammar)) };
  } catch (error) {
    if (error.name !== "LlmopsError" && error.code === undefined) throw error;
    return { refused: error };
  }
}

function accepts(walk, value) {
  let orders = 0;
  for (const text of textsOf(value)) {
    if (walk.matches(text)) return true;
    orders += 1;
    if (orders >= MOST_ORDERS) break;
  }
  return false;
}

/** What a refusal is about: the keyword at the end of its pointer. */
function keywordOf({ message }) {
  const pointer = /(?:\/[^\s:/]*)+/.exec(message)?.[0] ?? "";
  return pointer.split("/").findLast((part) => !/^\d*$/.test(part)) ?? message;
}

const suite = process.env.LLMOPS_JSON_SCHEMA_SUITE;
if (suite === undefined) throw new Error("name the checkout of the suite: LLMOPS_JSON_SCHEMA_SUITE=FOLDER npm run schema-suite");
const folder = join(suite, "tests/draft2020-12");
const counts = { schemas: 0, held: 0, never: 0, valid: 0, accepted: 0, invalid: 0, rejected: 0 };
const refused = new Map();
const wrong = [];
const narrower = new Map();
for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".json"))) {
  for (const { description, schema, tests } of JSON.parse(readFileSync(join(folder, file), "utf8"))) {
    counts.schemas += 1;
    const [open, own] = [compiled(schema, true), compiled(schema, false)];
    const told = (what, test) =>
      wrong.push(`${what}: ${file}: ${description}: ${test.description}: ${JSON.stringify(schema)} ${JSON.stringify(test.data)}`);
    if (open.refused || own.refused) {
      const { message } = own.refused ?? open.refused;
      const isNever = /no value|allows nothing/.test(message) && tests.every(({ valid }) => !valid);
      if (isNever) counts.never += 1;
      else refused.set(keywordOf({ message }), [...(refused.get(keywordOf({ message })) ?? []), `${file}: ${description}: ${message}`]);
      continue;
    }
    counts.held += 1;
    for (const test of tests) {
      const [isOpen, isOwn] = [open, own].map(({ walk }) => accepts(walk, test.data));
      counts[test.valid ? "valid" : "invalid"] += 1;
      if (test.valid && isOpen) counts.accepted += 1;
      else if (test.valid && file in NARROWER) narrower.set(file, (narrower.get(file) ?? 0) + 1);
      else if (test.valid) told("valid, and not accepted", test);
      else if (isOpen || isOwn) told("invalid, and accepted", test);
      else counts.rejected += 1;
    }
  }
}
console.log(`${counts.schemas} schemas: ${counts.held} held, ${counts.never} allow nothing and are refused, the others refused for:`);
for (const [keyword, all] of [...refused].sort(([, one], [, other]) => other.length - one.length)) {
  console.log(`  ${keyword}: ${all.length}`);
  if (process.argv.includes("--refusals")) for (const one of all) console.log(`    ${one}`);
}
console.log(
  `${counts.accepted} of ${counts.valid} valid instances accepted, ${counts.rejected} of ${counts.invalid} invalid ones rejected.`,
);
for (const [file, count] of narrower) console.log(`  not accepted: ${count} of ${file}: ${NARROWER[file]}`);
for (const one of wrong) console.log(one);
process.exitCode = wrong.length > 0 ? 1 : 0;
