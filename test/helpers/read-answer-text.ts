import { AnswerReader } from "../../src/lib/inference/chat/formats/answer-reader.js";
import type { ReadingOptions } from "../../src/lib/inference/chat/formats/answer-writer.js";
import type { Delta } from "../../src/lib/inference/chat/formats/delta.js";
import type { ChatFormat } from "../../src/lib/inference/chat/formats/format.js";

/** An answer as it was read; each call with the text of its arguments. */
export interface ReadAnswer {
  content: string;
  reasoning: string;
  calls: { id: string; name: string; arguments: string; isWhole: boolean }[];
}

/** Reads an answer that comes in pieces. */
export function readPieces(
  format: ChatFormat,
  pieces: readonly string[],
  { reason = "stop", ...options }: ReadingOptions & { reason?: "stop" | "length" },
): ReadAnswer {
  const reader = new AnswerReader(format, options);
  const answer: ReadAnswer = { content: "", reasoning: "", calls: [] };
  for (const piece of pieces) reader.push(piece).forEach((delta) => take(answer, delta));
  reader.end(reason).forEach((delta) => take(answer, delta));
  return answer;
}

function take(answer: ReadAnswer, delta: Delta): void {
  const call = answer.calls.at(-1);
  if (delta.type === "content") answer.content += delta.text;
  else if (delta.type === "reasoning") answer.reasoning += delta.text;
  else if (delta.type === "call") answer.calls.push({ id: delta.id, name: delta.name, arguments: "", isWhole: false });
  else if (!call) throw new Error(`${delta.type} without a call`);
  else if (delta.type === "arguments") call.arguments += delta.text;
  else call.isWhole = true;
}
