import { parse } from "yaml";
import { z } from "zod";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readTextFile } from "../../base/files/read-text-file.js";

const scalar = z.union([z.string(), z.number()]);
const object = z.record(z.string(), z.unknown());
const schema = z.record(z.string(), z.union([scalar, z.array(scalar).min(1), object]));

/**
 * The words of a search space in a YAML or JSON file: parameters with a range (`temperature: 0.1..1.0`), a list, one value, or JSON (response_format, body). Throws
 * INVALID_ARGUMENT.
 */
export function readSearchFile(path: string): string[] {
  try {
    const content = schema.parse(parse(readTextFile(path)));
    return Object.entries(content).map(([name, value]) => `${name}=${toText(value)}`);
  } catch (cause) {
    const why = cause instanceof z.ZodError ? (cause.issues[0]?.message ?? "wrong shape") : messageOf(cause);
    throw new LlmopsError("INVALID_ARGUMENT", `The search space of ${path} cannot be read: ${why}.`, {
      hint: "Write a line for each parameter, such as: temperature: 0.1..1.0",
      cause,
    });
  }
}

function toText(value: z.output<typeof schema>[string]): string {
  if (Array.isArray(value)) return value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
