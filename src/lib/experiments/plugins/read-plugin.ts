import { z } from "zod";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import { SCORER_ALIASES } from "../scoring/scorer-aliases.js";
import { scorerFactsSchema } from "../scoring/custom.js";
import { PLUGIN_API, type Plugin } from "./plugin.js";

const FUNCTION = z.custom<(...given: never[]) => unknown>((value) => typeof value === "function", "must be a function");
const about = z.string().min(1).optional();
const options = FUNCTION.optional();
/** Names that conditions, formulas and objectives can hold. */
const NAME = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/, "names begin with a letter, and have letters, digits, and underscores")
  .refine((name) => !/_p\d{1,2}$/.test(name), "names that end like _p95 are percentiles");

const scorerSchema = z.union(
  [FUNCTION, z.strictObject({ ...scorerFactsSchema.shape, name: z.string().optional(), score: FUNCTION, about, options })],
  {
    error: "must be a function, or have a function score, with kind, direction, needsReference, range, about, and options as documented",
  },
);
const samplerSchema = z.strictObject({ create: FUNCTION, about, options });
const judgeSchema = z.strictObject({
  ...{ score: FUNCTION, compare: FUNCTION.optional(), about, options },
  version: z.union([z.string(), z.number()]).optional(),
  asksModel: z.boolean().optional(),
});
const pluginSchema = z.strictObject({
  api: z.literal(PLUGIN_API),
  scorers: z.record(NAME, scorerSchema).optional(),
  samplers: z.record(NAME, samplerSchema).optional(),
  judges: z.record(NAME, judgeSchema).optional(),
});

/** Names no scorer of a plugin may have: they mean something else where scorers are named. */
const RESERVED: readonly string[] = ["judge", "objective", "total_tokens_per_second", ...Object.keys(SCORER_ALIASES)];

/** What a module exports by default, as a plugin. Throws PLUGIN_INVALID saying what is wrong with it. */
export function readPlugin(exported: unknown, source: string): Plugin {
  const { api } = (typeof exported === "object" && exported !== null ? exported : {}) as { api?: unknown };
  if (typeof api === "number" && api !== PLUGIN_API) {
    throw new LlmopsError(
      "PLUGIN_INVALID",
      `The plugin ${source} is written for version ${api} of the plugin API; this llmops has version ${PLUGIN_API}.`,
      {
        hint: api > PLUGIN_API ? "Install a newer llmops, or an older version of the plugin." : "Install a newer version of the plugin.",
      },
    );
  }
  const result = pluginSchema.safeParse(exported);
  if (!result.success) throw notAPlugin(exported, source, result.error);
  const reserved = Object.keys(result.data.scorers ?? {}).find((name) => RESERVED.includes(name));
  if (reserved === undefined) return exported as Plugin;
  throw new LlmopsError("PLUGIN_INVALID", `The plugin ${source} has a scorer named "${reserved}", which has another meaning.`, {
    hint: `These names are reserved: ${RESERVED.join(", ")}.`,
  });
}

function notAPlugin(exported: unknown, source: string, error: z.ZodError): LlmopsError {
  if (exported === undefined) {
    return new LlmopsError("PLUGIN_INVALID", `The plugin ${source} has no default export.`, { hint: EXAMPLE });
  }
  const problems = error.issues.map((issue) => `${issue.path.join(".") || "its default export"}: ${describe(issue)}`);
  return new LlmopsError("PLUGIN_INVALID", `${source} is not a plugin: ${problems.join("; ")}.`, { hint: EXAMPLE });
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_key") return issue.issues.map(({ message }) => message).join(", ");
  // of an object that is nearly a scorer, what keeps it from being one
  const [, ofObject = []] = issue.code === "invalid_union" ? issue.errors : [];
  const causes = ofObject.filter(({ code, path }) => path.length > 0 || code !== "invalid_type");
  return causes.length > 0 ? causes.map(({ path, message }) => [...path, message].join(": ")).join(", ") : issue.message;
}

const EXAMPLE = `For example: export default { api: ${PLUGIN_API}, scorers: { polite: (sample, completion) => /please/i.test(completion.text) } }.`;
