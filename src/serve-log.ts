import pino, { type LevelWithSilent, type Logger } from "pino";
import { withoutUrlCredentials } from "./lib/errors/url-credentials.js";
import { visibleText } from "./lib/report/terminal-text.js";

/** The log of `serve` on standard error: readable lines on a terminal, one JSON object a line otherwise. */
export async function createServeLog(level: LevelWithSilent): Promise<Logger> {
  if (!process.stderr.isTTY) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  const { default: pretty } = await import("pino-pretty");
  const lines = pretty({ destination: 2, sync: true, translateTime: "SYS:HH:MM:ss", hideObject: true, messageFormat: toLine });
  return pino({ level, base: null }, lines);
}

/** One entry as people read it: "POST /v1/chat/completions 200, 22 ms, 15 + 8 tokens  req-..." */
export function toLine(entry: Record<string, unknown>): string {
  const { msg, reqId, reason } = entry;
  const text = msg === "request" ? toRequestLine(entry) : [msg, reason].filter((part) => typeof part === "string").join(": ");
  return visibleText(withoutUrlCredentials(typeof reqId === "string" ? `${text}  ${reqId}` : text));
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
