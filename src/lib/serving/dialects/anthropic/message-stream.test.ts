import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../../../../../test/helpers/property-runs.js";
import { LlmopsError } from "../../../base/errors/llmops-error.js";
import { toMessage, type MessageAsked } from "./message.js";
import { MessageStream } from "./message-stream.js";

const ASKED: MessageAsked = { maxTokens: 9, omitsThinking: false };
const USAGE = { prompt_tokens: 7, completion_tokens: 9, prompt_tokens_details: { cached_tokens: 5 } };

interface Called {
  name: string;
  pieces: string[];
}
interface Scripted {
  thoughts: string[];
  texts: string[];
  calls: Called[];
  end: { finish_reason: string; stop_reason?: string };
}

const piece = fc.string({ minLength: 1, maxLength: 4 });
const called = fc.record({
  name: fc.string({ minLength: 1, maxLength: 5 }),
  pieces: fc.dictionary(piece, piece, { maxKeys: 3 }).chain((input) => splitOf(JSON.stringify(input))),
});
const end = fc.constantFrom(
  { finish_reason: "stop" },
  { finish_reason: "stop", stop_reason: "END" },
  { finish_reason: "length" },
  { finish_reason: "tool_calls" },
  { finish_reason: "content_filter" },
);
const script: fc.Arbitrary<Scripted> = fc.record({
  thoughts: fc.array(piece, { maxLength: 3 }),
  texts: fc.array(piece, { maxLength: 3 }),
  calls: fc.array(called, { maxLength: 2 }),
  end,
});

function splitOf(text: string): fc.Arbitrary<string[]> {
  return fc.nat({ max: text.length }).map((at) => [text.slice(0, at), text.slice(at)]);
}

const head = { id: "chatcmpl-1", model: "m" };
const chunk = (delta: object, more: object = { finish_reason: null }) => ({ ...head, choices: [{ index: 0, delta, ...more }] });

function eventsOf({ thoughts, texts, calls, end: ended }: Scripted) {
  const callEvents = calls.flatMap(({ name, pieces }, index) => [
    chunk({ tool_calls: [{ index, id: `c${index}`, type: "function", function: { name, arguments: "" } }] }),
    ...pieces.map((text) => chunk({ tool_calls: [{ index, function: { arguments: text } }] })),
  ]);
  return [
    chunk({ role: "assistant", content: "" }),
    ...thoughts.map((text) => chunk({ reasoning_content: text, reasoning: text })),
    ...texts.map((content) => chunk({ content })),
    ...callEvents,
    chunk({}, ended),
    { ...head, choices: [], usage: USAGE },
  ];
}

function wholeOf({ thoughts, texts, calls, end: ended }: Scripted) {
  const tool_calls = calls.map(({ name, pieces }, i) => ({
    id: `c${i}`,
    type: "function",
    function: { name, arguments: pieces.join("") },
  }));
  const message = { content: texts.join(""), reasoning_content: thoughts.join(""), tool_calls };
  return { ...head, choices: [{ index: 0, message, ...ended }], usage: USAGE };
}

type Written = Record<string, unknown> & { type: string; index?: number };

function written(text: string): Written[] {
  return text
    .split("\n\n")
    .filter((one) => one !== "")
    .map((one) => {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(one) ?? [];
      const event = JSON.parse(data ?? "") as Written;
      expect(event.type).toBe(name);
      return event;
    });
}

/** A message as clients put it together; the events have to be in an order they understand. */
function assembled(events: readonly Written[]) {
  const [first, ping, ...rest] = events;
  expect([first?.type, ping?.type, events.at(-2)?.type, events.at(-1)?.type]).toEqual([
    ...["message_start", "ping", "message_delta", "message_stop"],
  ]);
  const content: Record<string, unknown>[] = [];
  const inputs: string[] = [];
  let open: number | undefined;
  for (const event of rest.slice(0, -2)) {
    if (event.type === "content_block_start") {
      expect(open).toBeUndefined();
      open = content.length;
      content.push({ ...(event["content_block"] as object) });
      inputs.push("");
    } else expect(open).toBe(content.length - 1);
    expect(event.index).toBe(open);
    if (event.type === "content_block_stop") open = undefined;
    if (event.type === "content_block_delta") add(content, inputs, event["delta"] as Record<string, string>);
  }
  expect(open).toBeUndefined();
  const blocks = content.map((block, i) =>
    block["type"] === "tool_use" ? { ...block, input: JSON.parse(inputs[i] ?? "") as unknown } : block,
  );
  const last = events.at(-2) as unknown as { delta: object; usage: object };
  return { ...(first?.["message"] as object), content: blocks, ...last.delta, usage: last.usage };
}

function add(content: Record<string, unknown>[], inputs: string[], delta: Record<string, string>): void {
  const block = content.at(-1) ?? {};
  const i = content.length - 1;
  if (delta["type"] === "text_delta") block["text"] = `${String(block["text"])}${delta["text"]}`;
  if (delta["type"] === "thinking_delta") block["thinking"] = `${String(block["thinking"])}${delta["thinking"]}`;
  if (delta["type"] === "signature_delta") block["signature"] = delta["signature"];
  if (delta["type"] === "input_json_delta") inputs[i] = `${inputs[i]}${delta["partial_json"]}`;
}

describe("a streamed message", () => {
  it("is the same as a whole one, whatever is in it and however it comes", () => {
    fc.assert(
      fc.property(script, fc.boolean(), (asked, omitsThinking) => {
        const told = { ...ASKED, omitsThinking };
        const stream = new MessageStream(() => undefined, told);
        const text = eventsOf(asked).map((event) => stream.event(event));
        expect(assembled(written(text.join("") + stream.end()))).toEqual(toMessage(wholeOf(asked), told));
      }),
      { numRuns: propertyRuns(200), endOnFailure: true },
    );
  });

  it("begins with the tokens of its prompt, where they are known", () => {
    const stream = new MessageStream(() => ({ promptTokens: 7, completionTokens: 1, cachedTokens: 5 }), ASKED);
    const [start] = written(stream.event(chunk({ content: "a" })));
    expect(start).toMatchObject({ message: { usage: { input_tokens: 2, cache_read_input_tokens: 5, output_tokens: 0 } } });
  });

  it("says in Anthropic's words what ends it early", () => {
    const stream = new MessageStream(() => undefined, ASKED);
    const [event] = written(stream.error(new LlmopsError("ENDPOINT_ERROR", "It broke.", { hint: "Try again." }), "req-1"));
    expect(event).toEqual({ type: "error", error: { type: "api_error", message: "It broke. Try again." }, request_id: "req-1" });
  });
});

describe("why a message ended", () => {
  const endOf = (choice: object, more: object = {}) =>
    toMessage({ ...head, choices: [{ index: 0, message: { content: "a" }, ...choice }], usage: USAGE, ...more }, ASKED);

  it("tells an answer that was cut at max_tokens from one that filled the context", () => {
    expect(endOf({ finish_reason: "length" })).toMatchObject({ stop_reason: "max_tokens" });
    const short = { usage: { ...USAGE, completion_tokens: 3 } };
    expect(endOf({ finish_reason: "length" }, short)).toMatchObject({ stop_reason: "model_context_window_exceeded" });
  });

  it("tells a refusal with its words", () => {
    const refused = { message: { content: null, refusal: "No." }, finish_reason: "stop" };
    expect(endOf(refused)).toMatchObject({ content: [], stop_reason: "refusal", stop_details: { explanation: "No." } });
  });

  it("names a stop sequence, not a stop token", () => {
    expect(endOf({ finish_reason: "stop", stop_reason: "." })).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "." });
    expect(endOf({ finish_reason: "stop", stop_reason: 7 })).toMatchObject({ stop_reason: "end_turn", stop_sequence: null });
  });
});

it("counts what was reused beside what was evaluated", () => {
  const usage = { ...USAGE, completion_tokens_details: { reasoning_tokens: 4 } };
  expect(toMessage({ ...head, choices: [], usage }, ASKED)["usage"]).toEqual({
    ...{ input_tokens: 2, cache_creation_input_tokens: 0, cache_read_input_tokens: 5, output_tokens: 9 },
    output_tokens_details: { thinking_tokens: 4 },
  });
});
