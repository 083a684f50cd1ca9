import { z } from "zod";
import { LlmopsError, messageOf } from "../../lib/base/errors/llmops-error.js";
import { parseUniqueJson } from "../../lib/base/files/parse-json.js";
import { readTextFile } from "../../lib/base/files/read-text-file.js";
import { askServer, type ServerChoice } from "./server-client.js";

export interface WarmingRequest {
  method: "GET" | "POST";
  path: string;
  body: object;
}

export const warmingCountsSchema = z.object({
  kept: z.number(),
  already: z.number(),
  bypassed: z.number(),
  failures: z.array(z.string()).describe("A line for each request that failed."),
});

export type WarmingCounts = z.infer<typeof warmingCountsSchema>;

/** The requests of a file. Throws INVALID_ARGUMENT naming the line. */
export async function readWarmingFile(path: string): Promise<WarmingRequest[]> {
  let text: string;
  try {
    text = readTextFile(path);
  } catch (error) {
    throw new LlmopsError("INVALID_ARGUMENT", `${path} cannot be read: ${messageOf(error)}.`);
  }
  const lines = text.split("\n").map((line, i) => ({ line: line.trim(), number: i + 1 }));
  const requests = lines.filter(({ line }) => line !== "").map(({ line, number }) => toRequest(line, `${path}, line ${number}`));
  if (requests.length > 0) return requests;
  throw new LlmopsError("INVALID_ARGUMENT", `${path} has no requests.`);
}

/** Asks for all of them, several at a time. */
export async function warmCache(
  requests: readonly WarmingRequest[],
  { server, concurrency, signal }: { server: ServerChoice; concurrency: number; signal: AbortSignal },
): Promise<WarmingCounts> {
  const counts: WarmingCounts = { kept: 0, already: 0, bypassed: 0, failures: [] };
  const queue = requests.entries();
  const worker = async () => {
    for (const [i, { method, path, body }] of queue) {
      if (signal.aborted) return;
      try {
        const { headers } = await askServer(server, { method, path, ...(method === "POST" && { body }) }, signal);
        const state = headers["x-cache"];
        if (state === "HIT") counts.already++;
        else if (state === "MISS") counts.kept++;
        else counts.bypassed++;
      } catch (error) {
        if (signal.aborted) throw error;
        if (error instanceof LlmopsError && error.code === "ENDPOINT_UNREACHABLE") throw error;
        counts.failures.push(`Request ${i + 1}: ${messageOf(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return counts;
}

function toRequest(line: string, place: string): WarmingRequest {
  let value: unknown;
  try {
    value = parseUniqueJson(line);
  } catch (error) {
    throw new LlmopsError("INVALID_ARGUMENT", `${place}: ${messageOf(error)}.`, { hint: "Each line is one JSON object." });
  }
  if (typeof value !== "object" || value === null) throw new LlmopsError("INVALID_ARGUMENT", `${place}: not a JSON object.`);
  const recorded = (value as { request?: unknown }).request ?? value;
  const { path = "/v1/chat/completions", method = "POST", body } = recorded as { path?: string; method?: "GET" | "POST"; body?: object };
  const whole = body ?? recorded;
  // a stream is kept as a stream: what is warmed is what will be asked
  return { method, path, body: whole };
}
