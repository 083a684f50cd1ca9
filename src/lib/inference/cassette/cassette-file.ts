import { z } from "zod";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { readTextLines, readUtf8 } from "../../base/files/read-text-stream.js";

const object = z.record(z.string(), z.unknown());

/** One line of a recording: a request with what it was answered. Headers, and so keys, are not recorded. */
export const recordedCallSchema = z.object({
  schema: z.literal("llmops.recording/1"),
  recorded_at: z.string(),
  request: z.object({ method: z.enum(["GET", "POST"]), path: z.string(), query: z.string().optional(), body: object }),
  response: z.object({
    status: z.number().int(),
    provider: z.string(),
    /** A whole answer, or the error. */
    body: object.optional(),
    /** Events of a stream, each with its milliseconds since the request. */
    events: z.array(z.tuple([z.number(), object])).optional(),
    total_ms: z.number(),
    usage: z.object({ promptTokens: z.number(), completionTokens: z.number(), cachedTokens: z.number().optional() }).nullable(),
  }),
});

export type RecordedCall = z.output<typeof recordedCallSchema>;

/** The calls of a recording. Throws RECORDING_INVALID naming the line. */
export async function readCassette(path: string): Promise<RecordedCall[]> {
  const calls: RecordedCall[] = [];
  let number = 0;
  try {
    for await (const { text, line } of readTextLines(readUtf8(path))) {
      number = line;
      if (text.trim() !== "") calls.push(recordedCallSchema.parse(JSON.parse(text)));
    }
  } catch (error) {
    const why = error instanceof z.ZodError ? `${error.issues[0]?.path.join(".")}: ${error.issues[0]?.message}` : messageOf(error);
    throw new LlmopsError("RECORDING_INVALID", `${path}${number > 0 ? `, line ${number}` : ""}: ${why}.`, {
      hint: "Make a recording with `llmops serve --record FILE`.",
    });
  }
  if (calls.length > 0) return calls;
  throw new LlmopsError("RECORDING_INVALID", `${path} has no recorded calls.`, { hint: "Make one with `llmops serve --record FILE`." });
}
