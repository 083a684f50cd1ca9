import type { Random } from "../../src/lib/base/math/random.js";
import { streamedText } from "../helpers/gateway-server.js";

/** What takes longer hangs: the servers give a request 20 s, and this machine may be busy. */
const HANG_MS = 45_000;
const CAPITALS = { France: "Paris", Germany: "Berlin", Spain: "Madrid", Italy: "Rome", Japan: "Tokyo", Poland: "Warsaw", Egypt: "Cairo" };
const COUNTRIES = Object.entries(CAPITALS);
const WORDS = "the quick brown fox jumps over the lazy dog while nobody looks at what the cat does".split(" ");

export type ServerName = "model" | "gateway";

/** A request, what must come back, and the most it can cost. */
export interface Shot {
  server: ServerName;
  kind: string;
  path: string;
  key: string;
  body: Record<string, unknown>;
  /** Undefined where the answer is right, otherwise what is wrong with it. */
  check: (status: number, text: string) => string | undefined;
  /** Broken off by the client after so many pieces of its stream. */
  abortAfter: number | undefined;
  most: number;
}

export interface Outcome {
  id: string;
  shot: Shot;
  from: number;
  to: number;
  /** 0 where no answer came. */
  status: number;
  text: string;
  /** The answer is whole. */
  isWhole: boolean;
  wasAborted: boolean;
  hung: boolean;
  fromCache: boolean;
  tokens: number;
}

const pick = <T>(values: readonly T[], random: Random): T => values[Math.floor(random() * values.length)] as T;

/** What a server is asked next. `tokenCount` is of a text it was asked for before. */
export function nextShot(server: ServerName, keys: Record<"wide" | "tight", string>, random: Random): Shot {
  const key = random() < 0.1 ? "tight" : "wide";
  const kinds = server === "model" ? MODEL_KINDS : GATEWAY_KINDS;
  const made = pick(kinds, random)(random);
  const most = Buffer.byteLength(JSON.stringify(made.body)) + Number(made.body["max_tokens"] ?? 0) + 64;
  return { server, key: keys[key], abortAfter: undefined, most, ...made };
}

type Made = Pick<Shot, "kind" | "path" | "body" | "check"> & Partial<Shot>;
type Kind = (random: Random) => Made;

const CHAT = "/v1/chat/completions";

function chatOf(content: string, random: Random, more: object = {}): Record<string, unknown> {
  // a third may be answered from the cache
  const kept = random() < 0.33 ? {} : { seed: Math.floor(random() * 1e9) };
  return { messages: [{ role: "user", content }], max_tokens: 40, temperature: 0, ...kept, ...more };
}

const wholeText = (path: string, text: string): string => {
  const [choice] = (JSON.parse(text) as { choices: { message?: { content: string }; text?: string }[] }).choices;
  return (path === CHAT ? choice?.message?.content : choice?.text) ?? "";
};

/** A whole answer, or stream, whose text is right. */
function says(path: string, stream: boolean, isRight: (text: string) => boolean) {
  return (status: number, text: string) => {
    if (status !== 200) return `${status}: ${text.slice(0, 300)}`;
    const said = stream ? streamedText(text) : wholeText(path, text);
    return isRight(said) ? undefined : `"${said}"`;
  };
}

function askModel(random: Random, stream: boolean): Made {
  const [country, capital] = pick(COUNTRIES, random);
  const body = chatOf(`What is the capital of ${country}?`, random, { ...(stream && { stream, stream_options: { include_usage: true } }) });
  return { kind: stream ? "stream" : "chat", path: CHAT, body, check: says(CHAT, stream, (text) => text.includes(capital)) };
}

const refused = (status: number, text: string) => (status === 400 ? undefined : `${status} instead of 400: ${text.slice(0, 300)}`);
const badBody: Kind = (random) => ({
  kind: "wrong on purpose",
  path: CHAT,
  body: { messages: [{ role: "user", content: "a" }], max_tokens: 1, temperature: pick([9, "hot", -1], random) },
  check: refused,
});

const MODEL_KINDS: Kind[] = [
  (random) => askModel(random, false),
  (random) => askModel(random, true),
  (random) => ({
    ...askModel(random, true),
    kind: "broken off",
    abortAfter: Math.floor(random() * 4),
    body: chatOf("Tell me a story.", random, {
      stream: true,
      stream_options: { include_usage: true },
      ignore_eos: true,
      max_tokens: 300,
      temperature: 1,
    }),
  }),
  (random) => ({
    kind: "completion",
    path: "/v1/completions",
    body: { prompt: "The capital of France is", max_tokens: 6, temperature: 0, seed: Math.floor(random() * 1e9) },
    check: says("/v1/completions", false, (text) => text.includes("Paris")),
  }),
  (random) => ({
    kind: "embedding",
    path: "/v1/embeddings",
    body: { input: `number ${Math.floor(random() * 1000)}` },
    check: (status, text) => {
      if (status !== 200) return `${status}: ${text.slice(0, 300)}`;
      const [{ embedding }] = (JSON.parse(text) as { data: [{ embedding: number[] }] }).data;
      const length = Math.hypot(...embedding);
      return Math.abs(length - 1) < 1e-3 ? undefined : `a vector of length ${length}`;
    },
  }),
  () => ({
    kind: "tokenize",
    path: "/tokenize",
    body: { content: "The capital of France is" },
    check: (status, text) => (status === 200 && text.includes('"count":5') ? undefined : `${status}: ${text.slice(0, 300)}`),
  }),
  badBody,
];

function askGateway(random: Random, path: string, stream: boolean): Made {
  const content = Array.from({ length: 3 + Math.floor(random() * 20) }, () => pick(WORDS, random)).join(" ");
  const { messages, ...settings } = chatOf(content, random, {
    model: "big",
    ...(stream && { stream, stream_options: { include_usage: true } }),
  });
  const body = path === CHAT ? { messages, ...settings } : { prompt: content, ...settings };
  const kind = path === CHAT ? (stream ? "stream" : "chat") : "completion";
  return { kind, path, body, check: says(path, stream, (text) => text === content.toUpperCase()) };
}

const GATEWAY_KINDS: Kind[] = [
  (random) => askGateway(random, CHAT, false),
  (random) => askGateway(random, CHAT, true),
  (random) => ({ ...askGateway(random, CHAT, true), kind: "broken off", abortAfter: Math.floor(random() * 4) }),
  (random) => askGateway(random, "/v1/completions", false),
  (random) => ({
    kind: "embedding",
    path: "/v1/embeddings",
    body: { model: "big", input: `a${Math.floor(random() * 1000)}` },
    check: (status, text) => (status === 200 && text.includes('"embedding":[97,') ? undefined : `${status}: ${text.slice(0, 300)}`),
  }),
];

/** Sends a request and waits for its end, whatever it is. */
export async function fire(url: string, shot: Shot, id: string): Promise<Outcome> {
  const from = performance.now();
  const controller = new AbortController();
  const hang = setTimeout(() => controller.abort(), HANG_MS);
  const outcome: Outcome = {
    ...{ id, shot, from, to: from, status: 0, text: "", isWhole: false, wasAborted: false, hung: false, fromCache: false, tokens: 0 },
  };
  try {
    const response = await fetch(url + shot.path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${shot.key}`, "x-request-id": id },
      body: JSON.stringify(shot.body),
      signal: controller.signal,
    });
    outcome.status = response.status;
    outcome.fromCache = response.headers.get("x-cache") === "HIT";
    await readInto(outcome, response, controller);
    const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") === true;
    outcome.isWhole = !isStream || outcome.text.endsWith("data: [DONE]\n\n");
    outcome.tokens = Number(/"total_tokens":(\d+)/.exec(outcome.text)?.[1] ?? 0);
  } catch (error) {
    outcome.hung = controller.signal.aborted && !outcome.wasAborted;
    if (outcome.text === "") outcome.text = String(error instanceof Error ? (error.cause ?? error) : error);
  }
  clearTimeout(hang);
  outcome.to = performance.now();
  return outcome;
}

async function readInto(outcome: Outcome, response: Response, controller: AbortController): Promise<void> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  // a read that was under way as its request was aborted may never end
  const aborted = new Promise<never>((_, reject) => controller.signal.addEventListener("abort", () => reject(new Error("aborted"))));
  aborted.catch(() => undefined);
  for (let pieces = 0; reader; pieces++) {
    const { done, value } = await Promise.race([reader.read(), aborted]);
    if (done) return;
    outcome.text += decoder.decode(value, { stream: true });
    if (outcome.shot.abortAfter !== undefined && response.status === 200 && pieces >= outcome.shot.abortAfter) {
      outcome.wasAborted = true;
      controller.abort();
      return;
    }
  }
}
