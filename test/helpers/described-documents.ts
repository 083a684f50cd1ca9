import { DOCUMENTS } from "../../src/app/documents/index.js";
import { faultOf } from "./described-answers.js";

/** Commands whose --json is a file's own content: a schema, a rubric, a path. */
const WITHOUT_SCHEMA = [/^config schema\b/, /^judge rubric (show|new)\b/];

/** What is wrong with what a command printed under --json, by the schema that is published for it; undefined where nothing is. */
export function faultOfOutput(args: readonly string[], stdout: string): string | undefined {
  if (!args.includes("--json") || stdout.trim() === "") return undefined;
  const command = args.join(" ");
  const document = parse(stdout);
  if (document === undefined) return undefined; // cut off where a test kills it; tests of --json parse it themselves
  const name = document["schema"];
  if (typeof name !== "string")
    return WITHOUT_SCHEMA.some((one) => one.test(command)) ? undefined : `${command}: a document without a schema`;
  const schema = DOCUMENTS.get(name);
  const fault = schema ? faultOf(schema, document) : "it is not in src/app/documents";
  return fault === undefined ? undefined : `${command} printed a ${name} that is not one: ${fault}`;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
