import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fakeUpstream } from "../../../../test/helpers/fake-upstream.js";
import { propertyRuns } from "../../../../test/helpers/property-runs.js";
import { LlmopsError } from "../../base/errors/llmops-error.js";
import type { Completion } from "../openai/completion.js";
import { EndpointTarget } from "../openai/endpoint-target.js";
import { ask } from "./ask.js";

/** How an endpoint answers: bytes in pieces, and what becomes of the connection after them. */
interface Script {
  status: number;
  type: string | undefined;
  /** The answer's text before it is cut. */
  text: string;
  /** Share of the bytes that are sent. */
  sent: number;
  ending: "end" | "break" | "stall";
  pieceBytes: number;
  asked: number;
  pauses: boolean;
}

/** 10,000 take 15 seconds. */
const RUNS = propertyRuns(1500);
const SOCKET_RUNS = Math.ceil(RUNS / 20);
const event = (body: object) => `data: ${JSON.stringify(body)}\n\n`;

const word = fc.constantFrom("Paris", " grün", "日本", "🙂", "", '{"a":1}', "data: x", "[DONE]", "<think>", "\n\n");
const reason = fc.constantFrom("stop", "length", "stop", "", null, "error", "content_filter");
const delta = fc.oneof(
  { weight: 6, arbitrary: word.map((content) => ({ content })) },
  { weight: 1, arbitrary: fc.constantFrom<object>({ role: "assistant", content: "" }, { role: "assistant", content: null }) },
  { weight: 1, arbitrary: word.map((text) => ({ reasoning_content: text })) },
  { weight: 1, arbitrary: fc.constant<object>({ refusal: "no" }) },
);
const choiceEvent = fc
  .record({ index: fc.constantFrom(0, 0, 0, 1, 2), delta, finish_reason: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, reason) })
  .map((choice) => event({ choices: [choice] }));
const finishes = fc
  .integer({ min: 1, max: 3 })
  .map((n) => Array.from({ length: n }, (_, index) => event({ choices: [{ index, delta: {}, finish_reason: "stop" }] })).join(""));
const noise = fc.constantFrom(
  ": ping\n\n",
  "event: ping\ndata: {}\n\n",
  event({ choices: [] }),
  event({ choices: null }),
  event({ choices: [null] }),
  event({ usage: { prompt_tokens: 1, completion_tokens: 2 }, choices: [] }),
  event({ error: { message: "engine died" } }),
  "event: error\ndata: gone\n\n",
  "data: {half\n\n",
  "<html>Sign in</html>",
  "retry: 5\n\n",
);
const stream = fc
  .tuple(
    fc.array(fc.oneof({ weight: 8, arbitrary: choiceEvent }, { weight: 1, arbitrary: noise }), { maxLength: 6 }),
    finishes,
    fc.nat(3),
    fc.boolean(),
  )
  .map(([events, ends, how, crlf]) => {
    const text = events.join("") + (how > 0 ? ends : "") + (how > 1 || how === 0 ? "data: [DONE]\n\n" : "");
    return crlf ? text.replaceAll("\n\n", "\r\n\r\n") : text;
  });
const whole = fc
  .array(
    fc.record({
      index: fc.nat(2),
      message: fc.oneof(
        word.map((content) => ({ content })),
        fc.constantFrom<object>({ refusal: "no" }, { content: null }, { content: null, reasoning_content: "so" }),
      ),
      finish_reason: reason,
    }),
    { maxLength: 3 },
  )
  .map((choices) => JSON.stringify({ choices }));
const foreign = fc.constantFrom(
  "",
  "<html>Sign in</html>",
  '{"error":{"message":"busy"}}',
  '{"detail":"no"}',
  "null",
  "[]",
  "{}",
  '{"object":"error","message":"no"}',
);

const script: fc.Arbitrary<Script> = fc.record({
  status: fc.oneof({ weight: 12, arbitrary: fc.constant(200) }, fc.constantFrom(201, 400, 401, 404, 422, 429, 500, 502, 503)),
  type: fc.oneof(
    { weight: 6, arbitrary: fc.constant("text/event-stream; charset=utf-8") },
    { weight: 3, arbitrary: fc.constant("application/json") },
    fc.constantFrom("text/html", "text/plain", undefined),
  ),
  text: fc.oneof({ weight: 6, arbitrary: stream }, { weight: 2, arbitrary: whole }, foreign),
  sent: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
  ending: fc.oneof(
    { weight: 8, arbitrary: fc.constant("end" as const) },
    { weight: 4, arbitrary: fc.constant("break" as const) },
    fc.constant("stall" as const),
  ),
  pieceBytes: fc.integer({ min: 1, max: 200 }),
  asked: fc.constantFrom(1, 1, 1, 2, 3),
  pauses: fc.boolean(),
});

function sentBytes({ text, sent }: Script): Buffer {
  const bytes = Buffer.from(text);
  return bytes.subarray(0, Math.round(bytes.length * sent));
}

function* piecesOf(one: Script): Generator<Buffer> {
  const bytes = sentBytes(one);
  for (let i = 0; i < bytes.length; i += one.pieceBytes) yield bytes.subarray(i, i + one.pieceBytes);
}

/** What an answer says, read the simplest way; undefined where it is not whole. It shares nothing with what is tested. */
function expected(one: Script): string[] | undefined {
  const text = sentBytes(one).toString();
  if (one.status >= 300) return undefined;
  const bodies: { choices?: unknown; error?: unknown; object?: unknown }[] = [];
  let done = false;
  try {
    if (one.type === "application/json") {
      if (one.ending !== "end") return undefined;
      bodies.push(JSON.parse(text) as object);
    } else if (one.type?.startsWith("text/event-stream")) {
      const blocks = text.replaceAll("\r\n", "\n").split("\n\n");
      const rest = blocks.pop() ?? "";
      for (const block of one.ending === "end" ? [...blocks, rest] : blocks) {
        const lines = block.split("\n").filter((line) => line.startsWith("data:"));
        if (lines.length === 0) continue;
        const data = lines.map((line) => line.slice(5).trim()).join("\n");
        if (data === "[DONE]") {
          done = true;
          break;
        }
        if (block.includes("event: error")) return undefined;
        bodies.push(JSON.parse(data) as object);
      }
    } else return undefined;
  } catch {
    return undefined;
  }
  return textsOf(bodies, done, one.type === "application/json" ? 1 : one.asked);
}

function textsOf(
  bodies: readonly { choices?: unknown; error?: unknown; object?: unknown }[],
  done: boolean,
  asked: number,
): string[] | undefined {
  const texts = new Map<number, { text: string; says: boolean; ends: string; contents: unknown[] }>();
  for (const body of bodies) {
    if (body === null || Array.isArray(body) || body.error !== undefined || body.object === "error") return undefined;
    for (const choice of (Array.isArray(body.choices) ? body.choices : []) as Record<string, unknown>[]) {
      if (choice === null) continue;
      const {
        content,
        role,
        reasoning_content: thought = "",
        refusal,
      } = (choice["delta"] ?? choice["message"] ?? {}) as Record<string, string | null>;
      const { finish_reason: why } = choice;
      if (why === "error" || why === "content_filter" || refusal !== undefined) return undefined;
      const known = texts.get(choice["index"] as number) ?? { text: "", says: false, ends: "", contents: [] };
      texts.set(choice["index"] as number, known);
      if (known.ends !== "" && ((content ?? "") !== "" || thought !== "")) return undefined;
      known.text += content ?? "";
      known.says ||= (content ?? "") !== "" || thought !== "";
      const isOpening = choice["delta"] !== undefined && role !== undefined && (typeof why !== "string" || why === "");
      if (!isOpening || content !== null) known.contents.push(content);
      if (known.ends === "" && typeof why === "string") known.ends = why;
    }
  }
  const all = [...texts.entries()].sort(([a], [b]) => a - b).map(([, choice]) => choice);
  const isNull = ({ contents, ends }: { contents: unknown[]; ends: string }) =>
    ends === "stop" && contents.includes(null) && !contents.some((content) => typeof content === "string");
  if (all.some(isNull)) return undefined;
  const isEnded = all.every(({ ends }) => ends !== "") && Array.from({ length: asked }, (_, i) => texts.has(i)).every(Boolean);
  const isDone = done && all.every(({ says, ends }) => says || ends !== "");
  return all.length > 0 && (isEnded || isDone) ? all.map(({ text }) => text) : undefined;
}

/** Stalls and refusals for the rate end soon; anything else has time enough on a busy machine. */
const timeoutOf = ({ ending, status }: Script) => (ending === "stall" || status === 429 ? 4 : 20_000);

async function answerOf(target: EndpointTarget, one: Script): Promise<Completion | LlmopsError> {
  const limits = { timeoutMs: timeoutOf(one), retries: 0 };
  const request = { messages: [{ role: "user" as const, content: "?" }], choices: one.asked };
  return ask(request, { target, ...limits, signal: new AbortController().signal }).catch((error: unknown) => {
    if (error instanceof LlmopsError) return error;
    throw error;
  });
}

/** Throws where an answer was taken that is not whole, or where it says something else than was sent. */
function judge(one: Script, answer: Completion | LlmopsError): void {
  const texts = expected(one);
  if (answer instanceof LlmopsError) {
    expect(answer.code).not.toBe("INTERNAL");
    return;
  }
  expect(texts).toBeDefined();
  for (const [i, text] of (texts ?? []).entries()) {
    // marks of thoughts take something away from the text
    if (!text.includes("<think>")) expect(answer.choices[i]?.text).toBe(text);
  }
}

function scriptedFetch(one: Script): () => Promise<Response> {
  return async () => {
    const pieces = piecesOf(one);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (one.pauses) await Promise.resolve();
        const { done, value } = pieces.next();
        if (!done) controller.enqueue(value);
        else if (one.ending === "end") controller.close();
        else if (one.ending === "break") controller.error(new TypeError("terminated"));
        else return new Promise<void>(() => undefined);
        return undefined;
      },
    });
    const headers = new Headers(one.type === undefined ? {} : { "content-type": one.type });
    return new Response(body, { status: one.status, headers });
  };
}

describe("ask", () => {
  it(`gives a completion for a whole answer only, whatever an endpoint sends (${RUNS} of them)`, async () => {
    let runs = 0;
    let answered = 0;
    await fc.assert(
      fc.asyncProperty(script, async (one) => {
        // an endpoint of its own each time: what one was found to refuse is remembered
        const target = await EndpointTarget.connect({
          url: `http://scripted-${runs++}/v1`,
          model: "m",
          fetch: abortable(scriptedFetch(one)),
        });
        const answer = await answerOf(target, one);
        judge(one, answer);
        const isWhole = expected(one) !== undefined && one.ending !== "stall";
        if (isWhole) expect(answer).not.toBeInstanceOf(LlmopsError);
        if (!(answer instanceof LlmopsError)) answered++;
      }),
      { numRuns: RUNS },
    );
    // it would prove nothing if nearly all were refused
    expect(answered).toBeGreaterThan(RUNS / 20);
  }, 180_000);

  it(`does so over real connections too (${SOCKET_RUNS} of them)`, async () => {
    let one: Script | undefined;
    const { url } = await fakeUpstream(async (_request, response) => {
      const current = one as unknown as Script;
      response.writeHead(current.status, current.type === undefined ? {} : { "content-type": current.type });
      for (const piece of piecesOf(current)) response.write(piece);
      if (current.ending === "end") response.end();
      else if (current.ending === "break") setImmediate(() => response.destroy());
      await Promise.resolve();
    });
    await fc.assert(
      fc.asyncProperty(script, async (next) => {
        one = next.status === 429 ? { ...next, status: 500 } : next;
        const target = await EndpointTarget.connect({ url, model: "m" });
        judge(one, await answerOf(target, one));
        await target.close();
      }),
      { numRuns: SOCKET_RUNS },
    );
  }, 60_000);
});

/** A fetch whose body ends with the request's signal, as a real one does. */
function abortable(send: () => Promise<Response>): (url: string, init: object) => Promise<Response> {
  return async (_url, init) => {
    const { signal } = init as { signal?: AbortSignal };
    const response = await send();
    const source = response.body?.getReader();
    const gone = new Promise<never>((_resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    });
    gone.catch(() => undefined);
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = (await Promise.race([source?.read(), gone])) ?? { done: true, value: undefined };
        if (done) controller.close();
        else controller.enqueue(value);
      },
    });
    return new Response(body, { status: response.status, headers: response.headers });
  };
}
