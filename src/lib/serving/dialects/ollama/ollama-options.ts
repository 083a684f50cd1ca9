import { z } from "zod";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import { refusalOf } from "../../../inference/openai/body-issues.js";
import type { FieldNames } from "../field-names.js";

const number = z.number().nullish();
const flag = z.boolean().nullish();
const harmless = (what: string) => z.unknown().optional().describe(`Accepted and ignored: ${what}.`);
const operators = harmless("whoever starts the server decides it");

/** The members of `options`, as github.com/ollama/ollama/blob/main/docs/modelfile.mdx has them. */
export const optionsSchema = z.object({
  ...{ temperature: number, top_k: number, top_p: number, min_p: number, seed: number },
  ...{ repeat_penalty: number, presence_penalty: number, frequency_penalty: number },
  num_predict: z.number().int().min(-2).nullish().describe("The most tokens of the answer; -1 and -2 for what fits the context."),
  stop: z
    .union([z.string(), z.array(z.string())], { error: "a text, or a list of texts, is expected" })
    .nullish()
    .describe("Texts that end the answer."),
  tfs_z: number.describe("Refused, unless 1."),
  ...{ typical_p: number, mirostat: number, mirostat_tau: number, mirostat_eta: number },
  repeat_last_n: number.describe("Penalties count so many of the answer's last tokens; all when absent or -1."),
  penalize_newline: flag.describe("Refused, unless true."),
  num_ctx: harmless("the context is as long as the server was started with"),
  num_keep: harmless("prompts are never cut"),
  ...{ num_batch: operators, num_gpu: operators, main_gpu: operators, low_vram: operators, f16_kv: operators, logits_all: operators },
  ...{
    vocab_only: operators,
    use_mmap: operators,
    use_mlock: operators,
    num_thread: operators,
    numa: operators,
    embedding_only: operators,
  },
});

type Options = z.output<typeof optionsSchema>;

/** What is not done here, with the value that means the same as leaving it out. */
const NEUTRAL: Readonly<Record<string, unknown>> = { tfs_z: 1, penalize_newline: true };
const SAME = [
  ...["temperature", "top_k", "top_p", "min_p", "seed", "repeat_penalty", "presence_penalty", "frequency_penalty"],
  ...["typical_p", "mirostat", "mirostat_tau", "mirostat_eta", "repeat_last_n"],
];

/** What fields of chats that options have become are called here. */
export function namesOf(options: Options | null | undefined): FieldNames {
  const given = SAME.filter((name) => isGiven((options as JsonObject | null | undefined)?.[name]));
  const same = given.map((name) => [new RegExp(`^${name}$`), `options.${name}`] as const);
  return [...same, [/^max_tokens$/, "options.num_predict"], [/^stop\b/, "options.stop"]];
}

/** Options as fields of chats. Throws UNSUPPORTED_PARAMETER for those that change an answer and that this server does not have. */
export function fromOptions(options: Options | null | undefined): JsonObject {
  const all: JsonObject = options ?? {};
  for (const [name, neutral] of Object.entries(NEUTRAL)) {
    const value = all[name] ?? neutral;
    if (value !== neutral) throw refusalOf(`options.${name}`, { value, hint: "Leave it out." });
  }
  const same = SAME.flatMap((name) => (isGiven(all[name]) ? [[name, all[name]] as const] : []));
  const { num_predict: most, stop } = options ?? {};
  return {
    ...Object.fromEntries(same),
    ...(typeof most === "number" && most >= 0 && { max_tokens: most }),
    ...(stop && stop.length > 0 && { stop }),
  };
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
