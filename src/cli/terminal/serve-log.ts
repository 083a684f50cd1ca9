import pino, { type DestinationStream, type LevelWithSilent, type Logger } from "pino";
import { withoutUrlCredentials } from "../../lib/base/errors/url-credentials.js";
import { jsonLine, visibleLine } from "../../lib/report/visible-text.js";
import { isTerminal } from "./terminal-output.js";

/** The log of `serve` on standard error: readable lines on a terminal, one JSON object a line otherwise. */
export async function createServeLog(level: LevelWithSilent): Promise<Logger> {
  if (!isTerminal("stderr")) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, escaping(pino.destination(2)));
  const { default: pretty } = await import("pino-pretty");
  const lines = pretty({ destination: 2, sync: true, translateTime: "SYS:HH:MM:ss", hideObject: true, messageFormat: toLine });
  return pino({ level, base: null }, lines);
}

/** What JSON lets through and terminals obey, such as C1 controls, is escaped as the rest is: logs are read on terminals too. */
export function escaping(destination: DestinationStream): DestinationStream {
  return { write: (line) => destination.write(jsonLine(line)) };
}

/** One entry as people read it: "POST /v1/chat/completions 200, 22 ms, 15 + 8 tokens  req-..." */
export function toLine(entry: Record<string, unknown>): string {
  const { msg, reqId, reason } = entry;
  const text = msg === "request" ? toRequestLine(entry) : [msg, reason].filter((part) => typeof part === "string").join(": ");
  return visibleLine(withoutUrlCredentials(typeof reqId === "string" ? `${text}  ${reqId}` : text));
}

interface RequestEntry {
  method?: string;
  path?: string;
  status?: number;
  ms?: number;
  promptTokens?: number;
  completionTokens?: number;
  cache?: string;
}

function toRequestLine({ method = "", path = "", status = 0, ms = 0, promptTokens = 0, completionTokens, cache }: RequestEntry): string {
  const tokens = completionTokens === undefined ? "" : `, ${promptTokens} + ${completionTokens} tokens`;
  return `${method} ${path} ${status}, ${ms} ms${tokens}${cache === "hit" || cache === "shared" ? ", from the cache" : ""}`;
}
