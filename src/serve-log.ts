import pino, { type Logger } from "pino";
import pretty from "pino-pretty";

export const LOG_LEVELS = ["debug", "info", "warn", "error", "silent"] as const;

/** The log of `serve` on standard error: readable lines on a terminal, one JSON object a line otherwise. */
export function createServeLog(level: (typeof LOG_LEVELS)[number]): Logger {
  if (!process.stderr.isTTY) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
  const lines = pretty({ destination: 2, sync: true, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname,reqId", singleLine: true });
  return pino({ level, base: null }, lines);
}
