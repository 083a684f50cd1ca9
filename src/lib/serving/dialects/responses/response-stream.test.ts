import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import type { JsonObject } from "../../../inference/openai/json-object.js";
import type { StreamFormat } from "../translation.js";
import type { KeptResponse } from "./kept-responses.js";
import { translateResponses } from "./translate.js";

interface Event extends JsonObject {
  type: string;
  sequence_number: number;
}

const CHUNK = { id: "c", object: "chat.completion.chunk", created: 1, model: "m" };
const usage = { prompt_tokens: 3, completion_tokens: 4 };
const chunk = (delta: object, finishReason: string | null = null) => ({
  ...CHUNK,
  choices: [{ index: 0, delta, finish_reason: finishReason }],
});

function translate(sent: JsonObject = {}) {
  const kept: KeptResponse[] = [];
  const memory = { conversation: () => undefined, findItem: () => undefined, keep: (one: KeptResponse) => void kept.push(one) };
  const translation = translateResponses({ input: "Hi", ...sent }, memory);
  return { ...translation, stream: () => translation.stream(() => undefined), kept };
}

/** The events of a stream's text, each checked to be named as its data says. */
function eventsOf(text: string): Event[] {
  const blocks = text.split("\n\n").slice(0, -1);
  return blocks.map((block) => {
    const [, name, data = ""] = /^event: (\S+)\ndata: (.*)$/.exec(block) ?? [];
    const event = JSON.parse(data) as Event;
    expect(event.type).toBe(name);
    return event;
  });
}

function write(stream: StreamFormat, chunks: readonly JsonObject[]): string {
  return chunks.map((one) => stream.event(one)).join("") + stream.end();
}

const withoutIds = (output: unknown) => (output as JsonObject[]).map((item) => ({ ...item, id: undefined }));
const typesOf = (events: readonly Event[]) =>
  events.map(({ type }) => type.replace("response.", "")).filter((type, i, all) => type !== all[i - 1]);

describe("a streamed response", () => {
  it("tells thoughts, text and calls in the order of the API", () => {
    const { stream } = translate();
    const call = (index: number, more: object) => chunk({ tool_calls: [{ index, ...more }] });
    const events = eventsOf(
      write(stream(), [
        ...[chunk({ role: "assistant", content: "" }), chunk({ reasoning_content: "T" }), chunk({ content: "A" }), chunk({ content: "B" })],
        call(0, { id: "c0", type: "function", function: { name: "f", arguments: "" } }),
        ...[call(0, { function: { arguments: "{" } }), call(0, { function: { arguments: "}" } }), chunk({}, "tool_calls")],
        { ...CHUNK, choices: [], usage },
      ]),
    );
    const part = (name: string) => [
      "output_item.added",
      "content_part.added",
      `${name}.delta`,
      `${name}.done`,
      "content_part.done",
      "output_item.done",
    ];
    const args = "function_call_arguments";
    expect(typesOf(events)).toEqual([
      ...["created", "in_progress", ...part("reasoning_text"), ...part("output_text")],
      ...["output_item.added", `${args}.delta`, `${args}.done`, "output_item.done", "completed"],
    ]);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, i) => i));
    const { response } = events.at(-1) as unknown as { response: JsonObject };
    expect(response).toMatchObject({ status: "completed", usage: { total_tokens: 7 } });
    expect(response["output"]).toHaveLength(3);
  });

  it("gives thoughts as a summary where that is asked for", () => {
    const { stream } = translate({ reasoning: { summary: "auto" } });
    const types = typesOf(eventsOf(write(stream(), [chunk({ reasoning_content: "T" }), chunk({ content: "A" }), chunk({}, "stop")])));
    const summary = [
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
    ];
    expect(types.slice(3, 7)).toEqual(summary);
  });

  it("takes pieces of several calls in turns", () => {
    const { stream } = translate();
    const piece = (index: number, text: string) => ({ index, id: `c${index}`, function: { name: `f${index}`, arguments: text } });
    const chunks = [piece(0, "{"), piece(1, "["), piece(0, "}"), piece(1, "]")].map((one) => chunk({ tool_calls: [one] }));
    const [last] = eventsOf(write(stream(), chunks)).slice(-1);
    expect(last?.["response"]).toMatchObject({
      output: [
        { call_id: "c0", arguments: "{}" },
        { call_id: "c1", arguments: "[]" },
      ],
    });
  });

  it("ends as failed where an error ends it, and is not kept", () => {
    const { stream, kept } = translate();
    const format = stream();
    const begun = format.event(chunk({ content: "A" }));
    const error = new LlmopsError("REQUEST_TIMEOUT", "Too late.", { param: "timeout", hint: "Wait." });
    const events = eventsOf(begun + format.error(error, "req-1"));
    expect(events.slice(-2)).toMatchObject([
      { type: "error", code: "request_timeout", message: "Too late. Wait.", param: "timeout" },
      { type: "response.failed", response: { status: "failed", error: { code: "server_error", message: "Too late. Wait." } } },
    ]);
    expect(kept).toEqual([]);
  });

  it("ends with what the same answer is whole, however it is cut into pieces, and as its deltas add up", () => {
    const text = fc.string({ maxLength: 12 });
    const call = fc.record({ name: fc.string({ minLength: 1, maxLength: 5 }), arguments: fc.string({ maxLength: 12 }) });
    const answers = fc.record({
      thoughts: text,
      content: text,
      calls: fc.array(call, { maxLength: 3 }),
      reason: fc.constantFrom("stop", "length"),
      asSummary: fc.boolean(),
      cuts: fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
    });
    fc.assert(
      fc.property(answers, ({ thoughts, content, calls, reason, asSummary, cuts }) => {
        const { toAnswer, stream, kept } = translate(asSummary ? { reasoning: { summary: "auto" } } : {});
        const toolCalls = calls.map((one, i) => ({ id: `c${i}`, type: "function", function: one }));
        const message = { reasoning_content: thoughts, content, tool_calls: toolCalls };
        const whole = toAnswer({ ...CHUNK, usage, choices: [{ index: 0, message, finish_reason: reason }] });
        const pieces = (all: string) => {
          const parts: string[] = [];
          for (let at = 0; at < all.length;) parts.push(all.slice(at, (at += cuts.next().value as number)));
          return parts;
        };
        const events = eventsOf(
          write(stream(), [
            ...pieces(thoughts).map((one) => chunk({ reasoning_content: one })),
            ...pieces(content).map((one) => chunk({ content: one })),
            ...toolCalls.flatMap((one, index) => [
              chunk({ tool_calls: [{ ...one, index, function: { name: one.function.name, arguments: "" } }] }),
              ...pieces(one.function.arguments).map((rest) => chunk({ tool_calls: [{ index, function: { arguments: rest } }] })),
            ]),
            chunk({}, reason),
            { ...CHUNK, choices: [], usage },
          ]),
        );
        const { response: last } = events.at(-1) as unknown as { response: JsonObject };
        expect(withoutIds(last["output"])).toEqual(withoutIds(whole["output"]));
        expect([last["status"], last["usage"]]).toEqual([whole["status"], whole["usage"]]);
        expect(events.flatMap(({ type, item }) => (type === "response.output_item.done" ? [item] : [])).length).toBe(
          (last["output"] as object[]).length,
        );
        expect(events.map(({ type, delta }) => (type === "response.output_text.delta" ? delta : "")).join("")).toBe(content);
        expect(kept.map(({ response }) => response["id"])).toEqual([whole["id"], last["id"]]);
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });
});
