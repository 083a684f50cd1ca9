import type { ServerResponse } from "node:http";
import fc from "fast-check";
import { expect, it } from "vitest";
import { MemoryStore } from "../../src/lib/inference/gateway/cache/memory-store.js";
import { ResponseCache } from "../../src/lib/inference/gateway/cache/response-cache.js";
import { Fallback } from "../../src/lib/inference/gateway/upstream/fallback.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { chatAnswer, chatEvent, fakeUpstream, sendJson, type SeenRequest } from "../helpers/fake-upstream.js";
import { gatewayServer, post, readEvents, streamedText } from "../helpers/gateway-server.js";

const RUNS = 150;
const WORDS = ["Par", "is ", "is the ", "capital."];
const TEXT = WORDS.join("");
const DONE = "data: [DONE]\n\n";

const FAULTS = ["cut", "html", "error", "empty", "role only", "half json", "silent", "status", "gone"] as const;
type Behavior = (typeof FAULTS)[number] | "whole" | "whole and silent" | "filtered";

/** How an upstream answers: after so many words of the answer, where it streams, something goes wrong. */
interface Script {
  behavior: Behavior;
  after: number;
}

const script: fc.Arbitrary<Script> = fc.record({
  behavior: fc.constantFrom<Behavior>(...FAULTS, "whole", "filtered", "whole and silent"),
  after: fc.nat(3),
});

const WHOLE: Script = { behavior: "whole", after: 0 };
const line = (event: object) => `data: ${JSON.stringify(event)}\n\n`;
const isGood = ({ behavior }: Script) => behavior === "whole" || behavior === "whole and silent";

function answer({ behavior, after }: Script, { body }: SeenRequest, response: ServerResponse): void {
  if (behavior === "status") return sendJson(response, { error: { message: "engine died" } }, 500);
  if (behavior === "gone") return void response.destroy();
  if (behavior === "html") return void response.writeHead(200, { "content-type": "text/html" }).end("<title>Sign in</title>");
  if (body["stream"] === true) return stream({ behavior, after }, response);
  const finished = chatAnswer(TEXT);
  const texts: Partial<Record<Behavior, string>> = {
    cut: JSON.stringify(finished),
    "half json": JSON.stringify(finished).slice(0, 60),
    silent: JSON.stringify(finished).slice(0, 60),
    error: JSON.stringify({ error: { message: "overloaded" } }),
    empty: JSON.stringify({ ...finished, choices: [] }),
    "role only": JSON.stringify({ ...finished, choices: [{ index: 0, message: { role: "assistant" } }] }),
    filtered: JSON.stringify({ ...finished, choices: [{ index: 0, message: { content: "" }, finish_reason: "content_filter" }] }),
  };
  const text = texts[behavior] ?? JSON.stringify(finished);
  const length = behavior === "cut" ? { "content-length": String(text.length + 50) } : {};
  response.writeHead(200, { "content-type": "application/json", ...length });
  if (behavior === "silent") return void response.write(text);
  if (behavior !== "cut") return void response.end(text);
  response.write(text, () => response.destroy());
}

function stream({ behavior, after }: Script, response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const words = WORDS.slice(0, after).map((content) => line(chatEvent({ content })));
  const end = [line(chatEvent({}, "stop")), DONE];
  const texts: Partial<Record<Behavior, string[]>> = {
    cut: words,
    silent: words,
    error: [...words, line({ error: { message: "out of memory" } }), DONE],
    empty: [line({ choices: [] }), DONE],
    "role only": [line(chatEvent({ role: "assistant" })), DONE],
    "half json": [...words, 'data: {"choices": [{"index": 0, "del\n\n', DONE],
    filtered: [...words, line(chatEvent({}, "content_filter")), DONE],
    "whole and silent": [...WORDS.map((content) => line(chatEvent({ content }))), ...end],
  };
  const sent = texts[behavior] ?? [...WORDS.map((content) => line(chatEvent({ content }))), ...end];
  for (const text of sent) response.write(text);
  if (behavior === "cut") setImmediate(() => response.destroy());
  else if (behavior !== "silent" && behavior !== "whole and silent") response.end();
}

const provider = (name: string, url: string) =>
  new ProviderPool([new UpstreamProvider({ name, url })], { retries: 0, breaker: { faults: 1e6, openMs: 1 } });

it(`gives no half text that looks whole, keeps none, and asks the next upstream only before anything was sent (${RUNS} of them)`, async () => {
  const scripts = { first: WHOLE, second: WHOLE };
  const first = await fakeUpstream((seen, response) => answer(scripts.first, seen, response));
  const second = await fakeUpstream((seen, response) => answer(scripts.second, seen, response));
  const targets = [first, second].map(({ url }, i) => ({ provider: provider(`${i}`, url), model: undefined, firstTokenMs: 0, stallMs: 0 }));
  const chain = new Fallback(targets);
  // a busy machine is not to look like an upstream that is silent
  const play = (...played: readonly [Script, Script]) => {
    Object.assign(scripts, { first: played[0], second: played[1] });
    for (const [i, { behavior }] of played.entries()) {
      const ms = behavior === "silent" || behavior === "whole and silent" ? 250 : 60_000;
      Object.assign(targets[i] ?? {}, { firstTokenMs: ms, stallMs: ms });
    }
  };
  const cache = new ResponseCache(new MemoryStore({ ttlSeconds: 300, maxItems: 1000, maxBytes: 1e7 }), {
    nondeterministic: true,
    routes: [],
  });
  const { url } = await gatewayServer({ provider: chain, cache });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(script, script, fc.boolean(), async (one, two, streams) => {
      play(one, two);
      const body = { model: "m", temperature: 0, stream: streams, timeout: 60, messages: [{ role: "user", content: `question ${run++}` }] };
      const before = second.seen.length;
      const got = await post(`${url}/v1/chat/completions`, body);
      const { events, done } = streams && got.status === 200 ? readEvents(got.text) : { events: [got.json], done: got.status === 200 };
      const reasons = events.flatMap((event) => ((event["choices"] ?? []) as { finish_reason?: string }[]).map((c) => c.finish_reason));
      const hasError = got.status >= 400 || events.some((event) => event["error"] !== undefined);
      const isWhole = !hasError && done && reasons.includes("stop");
      const isFiltered = !hasError && done && reasons.includes("content_filter");
      // an error that can be seen, or all of an answer
      expect([hasError, isWhole, isFiltered].filter(Boolean)).toHaveLength(1);
      if (hasError && streams && got.status === 200) expect(done).toBe(false);
      const text = streams
        ? streamedText(got.text)
        : ((got.json["choices"] as { message?: { content?: string } }[] | undefined)?.[0]?.message?.content ?? "");
      if (isWhole) expect(text).toBe(TEXT);
      // what has begun is not begun again elsewhere
      const wasAsked = second.seen.length > before;
      const hadBegun = streams && one.after > 0 && ["cut", "error", "half json", "silent"].includes(one.behavior);
      if (isGood(one) || one.behavior === "filtered" || hadBegun) expect(wasAsked).toBe(false);
      if (hadBegun) expect(hasError).toBe(true);
      if (wasAsked && isGood(two)) expect(isWhole).toBe(true);
      // only what was whole is given again
      play(WHOLE, WHOLE);
      const again = await post(`${url}/v1/chat/completions`, body);
      expect([again.status, again.headers.get("x-cache")]).toEqual([200, isWhole ? "HIT" : "MISS"]);
    }),
    { numRuns: RUNS },
  );
}, 120_000);
