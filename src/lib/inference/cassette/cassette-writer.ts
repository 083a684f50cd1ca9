import { closeSync, openSync } from "node:fs";
import { LlmopsError, messageOf } from "../../base/errors/llmops-error.js";
import { appendWhole } from "../../base/files/append-whole.js";
import type { Answer, Call, JsonObject } from "../gateway/call.js";
import type { RecordedCall } from "./cassette-file.js";

/** Writes each call with its answer as one line, once the answer is complete. */
export class CassetteWriter {
  private readonly file: number;

  /** Appends to the file. Throws RECORDING_INVALID where it cannot be written. */
  constructor(path: string) {
    try {
      this.file = openSync(path, "a", 0o600);
    } catch (error) {
      throw new LlmopsError("RECORDING_INVALID", `The recording ${path} cannot be written: ${messageOf(error)}.`);
    }
  }

  /** Writes down an answer that is being given; the events of a stream pass through. */
  record(call: Call, answer: Answer, begun: number): Answer {
    const request = { method: call.method, path: call.path, ...(call.query && { query: call.query }), body: call.body };
    if (answer.kind === "whole") {
      const { body, usage } = answer;
      this.write(request, { body, usage: usage ?? null, provider: answer.origin.provider, total_ms: performance.now() - begun });
      return answer;
    }
    const watch = async function* (this: CassetteWriter): AsyncGenerator<JsonObject> {
      const events: [number, JsonObject][] = [];
      for await (const event of answer.events) {
        events.push([rounded(performance.now() - begun), event]);
        yield event;
      }
      const usage = answer.facts.usage ?? null;
      this.write(request, { events, usage, provider: answer.origin.provider, total_ms: performance.now() - begun });
    };
    return { ...answer, events: watch.call(this) };
  }

  close(): void {
    closeSync(this.file);
  }

  private write(request: RecordedCall["request"], response: Omit<RecordedCall["response"], "status">): void {
    const line: RecordedCall = {
      schema: "llmops.recording/1",
      recorded_at: new Date().toISOString(),
      request,
      response: { status: 200, ...response, total_ms: rounded(response.total_ms) },
    };
    appendWhole(this.file, `${JSON.stringify(line)}\n`);
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
