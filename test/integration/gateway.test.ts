import { describe, expect, it } from "vitest";
import { Fallback } from "../../src/lib/inference/gateway/upstream/fallback.js";
import { ProviderPool, type PoolOptions } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import type { Provider } from "../../src/lib/inference/gateway/call.js";
import { chatAnswer, chatEvent, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { gatewayServer, post, readEvents, streamedText } from "../helpers/gateway-server.js";

const question = { model: "m", messages: [{ role: "user", content: "hi" }] };

function pool(
  name: string,
  urls: readonly string[],
  options: Partial<PoolOptions> & { apiKey?: string; model?: string } = {},
): ProviderPool {
  const { apiKey, model, ...rest } = options;
  return new ProviderPool(
    urls.map((url) => new UpstreamProvider({ name, url, apiKey, model })),
    { retries: 0, ...rest },
  );
}

function chain(...providers: Provider[]): Fallback {
  return new Fallback(providers.map((provider) => ({ provider, model: "same" })));
}

describe("passing on", () => {
  it("gives the upstream what the client sent, but for its own key, model and this server's fields, and the answer as it is", async () => {
    const up = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("hello", { system_fingerprint: "fp", extra: 1 })));
    const { url } = await gatewayServer({ provider: pool("up", [up.url], { apiKey: "sk-up", model: "big" }) });
    const body = { ...question, reasoning_effort: "low", track_experiment: false, timeout: 5 };
    const answer = await post(`${url}/v1/chat/completions`, body, { authorization: "Bearer client-key" });
    expect(answer.json).toMatchObject({ system_fingerprint: "fp", extra: 1, choices: [{ message: { content: "hello" } }] });
    expect(answer.json["performance"]).toMatchObject({ generation_time_seconds: expect.any(Number) as number });
    expect(answer.headers.get("x-llmops-provider")).toBe("up");
    expect(Number(answer.headers.get("x-llmops-overhead-ms"))).toBeGreaterThanOrEqual(0);
    expect(up.seen[0]?.body).toEqual({ ...question, model: "big", reasoning_effort: "low" });
    expect(up.seen[0]?.headers).toMatchObject({ authorization: "Bearer sk-up" });
  });

  it("lists the upstream's models, and counts calls by the model that was asked for", async () => {
    const up = await fakeUpstream(({ path }, response) =>
      sendJson(response, path === "/v1/models" ? { object: "list", data: [{ id: "big" }, { id: "small" }] } : chatAnswer("hi")),
    );
    const { url, service } = await gatewayServer({ provider: pool("up", [up.url]), anyModel: true });
    const list = (await (await fetch(`${url}/v1/models`)).json()) as { data: { id: string }[] };
    expect(list.data.map(({ id }) => id)).toEqual(["big", "small"]);
    await post(`${url}/v1/chat/completions`, { ...question, model: "small" });
    expect(up.seen.at(-1)?.body["model"]).toBe("small");
    expect((await service.metrics.expose()).text).toContain('successful_inferences_total{model="small"');
    await up.close();
    expect(((await (await fetch(`${url}/v1/models`)).json()) as { data: unknown[] }).data).toHaveLength(1);
  });

  it("streams events as they come, with the token counts where they were asked for", async () => {
    const up = await fakeUpstream((_request, response) => sendStream(response, ["a", "b", "c"]));
    const { url } = await gatewayServer({ provider: pool("up", [up.url]) });
    const plain = await post(`${url}/v1/chat/completions`, { ...question, stream: true });
    expect(streamedText(plain.text)).toBe("abc");
    expect(readEvents(plain.text)).toMatchObject({ done: true });
    expect(plain.text).not.toContain('"usage"');
    expect(up.seen[0]?.body["stream_options"]).toEqual({ include_usage: true });
    const counted = await post(`${url}/v1/chat/completions`, { ...question, stream: true, stream_options: { include_usage: true } });
    expect(readEvents(counted.text).events.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 3 } });
  });

  it("gives the client an upstream's own refusal", async () => {
    const refusal = {
      error: { message: "context too long", type: "invalid_request_error", param: "messages", code: "context_length_exceeded" },
    };
    const up = await fakeUpstream((_request, response) => sendJson(response, refusal, 400));
    const other = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("no")));
    const { url } = await gatewayServer({ provider: chain(pool("up", [up.url]), pool("other", [other.url])) });
    const answer = await post(`${url}/v1/chat/completions`, question);
    expect([answer.status, answer.json["error"]]).toEqual([400, refusal.error]);
    expect(other.seen).toHaveLength(0);
  });

  it("sends each call to the member with the fewest under way", async () => {
    const answer = (name: string) => async (_request: unknown, response: Parameters<typeof sendJson>[0]) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      sendJson(response, chatAnswer(name));
    };
    const [a, b] = await Promise.all([fakeUpstream(answer("a")), fakeUpstream(answer("b"))]);
    const { url } = await gatewayServer({ provider: pool("up", [a.url, b.url]) });
    await Promise.all(Array.from({ length: 8 }, () => post(`${url}/v1/chat/completions`, question)));
    expect([a.seen.length, b.seen.length]).toEqual([4, 4]);
  });
});

describe("a provider that fails", () => {
  const faults: [string, Parameters<typeof fakeUpstream>[0]][] = [
    ["answers 500", (_request, response) => sendJson(response, { error: { message: "boom" } }, 500)],
    ["answers garbage", (_request, response) => void response.writeHead(200, { "content-type": "application/json" }).end("<html>")],
    ["has wrong credentials", (_request, response) => sendJson(response, { error: { message: "bad key" } }, 401)],
    ["is overloaded", (_request, response) => sendJson(response, {}, 429)],
    ["hangs up", (_request, response) => void response.destroy()],
  ];
  it.each(faults)("is left for the next one when it %s", async (_what, handler) => {
    const bad = await fakeUpstream(handler);
    const good = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("saved")));
    const { url } = await gatewayServer({ provider: chain(pool("bad", [bad.url]), pool("good", [good.url])) });
    const answer = await post(`${url}/v1/chat/completions`, question);
    expect(answer.json).toMatchObject({ choices: [{ message: { content: "saved" } }] });
    expect([answer.headers.get("x-llmops-provider"), answer.headers.get("x-llmops-fallback-from")]).toEqual(["good", "bad"]);
  });

  it("takes time that is not counted as this server's overhead, however often it is tried before the next one", async () => {
    const bad = await fakeUpstream((_request, response) => sendJson(response, {}, 503, { "retry-after": "0.2" }));
    const good = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("saved")));
    const { url } = await gatewayServer({ provider: chain(pool("bad", [bad.url], { retries: 2 }), pool("good", [good.url])) });
    const begun = performance.now();
    const answer = await post(`${url}/v1/chat/completions`, question);
    const tookMs = performance.now() - begun;
    expect([answer.headers.get("x-llmops-provider"), bad.seen.length]).toEqual(["good", 3]);
    expect(tookMs - Number(answer.headers.get("x-llmops-overhead-ms"))).toBeGreaterThan(2 * 200 - 5);
  });

  it("is left when nobody listens there, and the error names it when there is no other", async () => {
    const gone = await fakeUpstream(() => undefined);
    await gone.close();
    const { url } = await gatewayServer({ provider: pool("gone", [gone.url]) });
    const answer = await post(`${url}/v1/chat/completions`, question);
    expect(answer.status).toBe(502);
    expect(JSON.stringify(answer.json)).toMatch(/gone \(http:\/\/127\.0\.0\.1:\d+\) cannot be reached/);
  });

  it("is left when it hangs past the first token's deadline, within the whole deadline", async () => {
    const hung = await fakeUpstream(() => undefined);
    const good = await fakeUpstream((_request, response) => sendStream(response, ["ok"]));
    const links = [
      { provider: pool("hung", [hung.url]), model: "same", firstTokenMs: 50 },
      { provider: pool("good", [good.url]), model: "same" },
    ];
    const { url } = await gatewayServer({ provider: new Fallback(links) });
    expect(streamedText((await post(`${url}/v1/chat/completions`, { ...question, stream: true })).text)).toBe("ok");
    const alone = await gatewayServer({ provider: pool("hung", [hung.url]) });
    const late = await post(`${alone.url}/v1/chat/completions`, { ...question, timeout: 0.1 });
    expect([late.status, (late.json["error"] as { code: string }).code]).toEqual([408, "request_timeout"]);
  });

  it("is tried again, as often as said and not sooner than it asks", async () => {
    let calls = 0;
    const up = await fakeUpstream((_request, response) => {
      calls++;
      if (calls < 3) sendJson(response, {}, 503, { "retry-after": "0.05" });
      else sendJson(response, chatAnswer("third"));
    });
    const { url } = await gatewayServer({ provider: pool("up", [up.url], { retries: 2 }) });
    const begun = performance.now();
    expect((await post(`${url}/v1/chat/completions`, question)).json).toMatchObject({ choices: [{ message: { content: "third" } }] });
    expect(performance.now() - begun).toBeGreaterThan(95);
    const slow = await fakeUpstream((_request, response) => sendJson(response, {}, 503, { "retry-after": "60" }));
    const hurried = await gatewayServer({ provider: pool("slow", [slow.url], { retries: 2 }) });
    const short = await post(`${hurried.url}/v1/chat/completions`, { ...question, timeout: 5 });
    expect([short.status, slow.seen.length]).toEqual([502, 1]); // no time is left for another attempt
  });

  it("is left alone after several failures, and asked again later", async () => {
    let healthy = false;
    const states: string[] = [];
    const up = await fakeUpstream((_request, response) => sendJson(response, healthy ? chatAnswer("back") : {}, healthy ? 200 : 500));
    const breaker = { faults: 3, openMs: 2000 };
    const { url } = await gatewayServer({ provider: pool("up", [up.url], { breaker, onBreaker: (_where, state) => states.push(state) }) });
    for (let i = 0; i < 6; i++) await post(`${url}/v1/chat/completions`, question);
    expect([up.seen.length, states]).toEqual([3, ["open"]]);
    healthy = true;
    await expect.poll(async () => (await post(`${url}/v1/chat/completions`, question)).status, { timeout: 20_000 }).toBe(200);
    expect(states.at(-1)).toBe("closed");
  });
});

describe("a stream that breaks", () => {
  it("is continued by another provider of the same model, from where it broke", async () => {
    const bad = await fakeUpstream((_request, response) => sendStream(response, ["The", " capital", " is"], { breakAfter: 2 }));
    const good = await fakeUpstream((_request, response) => sendStream(response, [" of", " France"]));
    const { url, service } = await gatewayServer({ provider: chain(pool("bad", [bad.url]), pool("good", [good.url])) });
    const answer = await post(`${url}/v1/chat/completions`, {
      ...question,
      stream: true,
      max_tokens: 10,
      stream_options: { include_usage: true },
    });
    expect(streamedText(answer.text)).toBe("The capital of France");
    expect(good.seen[0]?.body).toMatchObject({
      messages: [...question.messages, { role: "assistant", content: "The capital" }],
      continue_final_message: true,
      add_generation_prompt: false,
      max_tokens: 8,
    });
    const { events, done } = readEvents(answer.text);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1);
    expect(events.filter((event) => JSON.stringify(event).includes('"role"'))).toHaveLength(1);
    expect([done, events.at(-1)?.["usage"]]).toMatchObject([true, { completion_tokens: 4, prompt_tokens: 3 }]);
    expect(service.callMetrics.totals).toMatchObject({ requests: 1, failures: 0 });
  });

  it.each([
    ["is of another model", {}, "different"],
    ["is of a model nobody named, as the first one", {}, undefined],
    ["would have to continue with several choices", { n: 2 }, "same"],
    ["would have to keep to a format", { response_format: { type: "json_object" } }, "same"],
  ])("ends with an error, a finish reason and no [DONE] when the next %s", async (_why, more, model) => {
    const bad = await fakeUpstream((_request, response) => sendStream(response, ["a", "b"], { breakAfter: 1 }));
    const good = await fakeUpstream((_request, response) => sendStream(response, ["x"]));
    const links = [
      { provider: pool("bad", [bad.url]), model: model && "same" },
      { provider: pool("good", [good.url]), model },
    ];
    const { url, service } = await gatewayServer({ provider: new Fallback(links) });
    const { events, done } = readEvents((await post(`${url}/v1/chat/completions`, { ...question, ...more, stream: true })).text);
    expect(events.at(-1)).toMatchObject({ error: { code: "endpoint_error" }, choices: [{ finish_reason: "error" }] });
    expect(done).toBe(false);
    expect(service.callMetrics.totals).toMatchObject({ requests: 1, failures: 1 });
  });

  it("is one that sends an error event, ends without an end, or sends what is not JSON", async () => {
    const tails = [JSON.stringify({ error: { message: "out of memory" } }), "[DONE]", "{oops"];
    for (const tail of tails) {
      const bad = await fakeUpstream((_request, response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write(`data: ${JSON.stringify(chatEvent({ content: "a" }))}\n\n`);
        response.end(tail === "[DONE]" ? "" : `data: ${tail}\n\n`);
      });
      const good = await fakeUpstream((_request, response) => sendStream(response, ["b"]));
      const { url } = await gatewayServer({ provider: chain(pool("bad", [bad.url]), pool("good", [good.url])) });
      expect(streamedText((await post(`${url}/v1/chat/completions`, { ...question, stream: true })).text)).toBe("ab");
    }
  });

  it("stops at the upstream when the client goes away", async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const up = await fakeUpstream(async (_request, response) => {
      response.once("close", closed);
      await sendStream(
        response,
        Array.from({ length: 500 }, () => "x"),
        { pauseMs: 10 },
      );
    });
    const { url, service } = await gatewayServer({ provider: pool("up", [up.url]) });
    const controller = new AbortController();
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...question, stream: true }),
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    controller.abort();
    await gone;
    await expect.poll(() => service.callMetrics.totals.failures).toBe(1);
  });
});
