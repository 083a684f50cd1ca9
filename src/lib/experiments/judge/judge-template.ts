import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const formats = z.record(z.enum(["none", "before", "after"]), z.string());
const templateSchema = z.object({
  system: z.string(),
  fields: z.record(z.string(), z.string()),
  layouts: z.record(z.enum(["rubric_first", "sample_first"]), z.object({ system: z.string(), user: z.string() })),
  score: z.object({ instruction: z.string(), formats }),
  pairwise: z.object({ instruction: z.string(), formats }),
  criteria_title: z.string(),
  criteria_scale: z.record(z.string(), z.string()),
});

/** The wording of everything a judge is told, from templates/prompts/judge.yaml. */
export type JudgeTemplate = z.infer<typeof templateSchema>;

let read: JudgeTemplate | undefined;

/** The shipped wording, read once. */
export function judgeTemplate(): JudgeTemplate {
  read ??= templateSchema.parse(parse(readFileSync(new URL("../../../../templates/prompts/judge.yaml", import.meta.url), "utf8")));
  return read;
}
