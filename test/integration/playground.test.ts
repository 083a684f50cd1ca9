import { request as httpRequest, type ServerResponse } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { chatEvent, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { webServer } from "../helpers/web-server.js";

const PATH = "/api/llmops/1/playground/chat";
const REQUEST = { messages: [{ role: "user", content: "Hello" }] };

/** A server with a playground over an endpoint that answers as it is told. */
async function playground(handler: Parameters<typeof fakeUpstream>[0], apiKey?: string) {
  const upstream = await fakeUpstream(handler);
  const { url } = await webServer(temporaryFolder(), { urls: [upstream.url], apiKey });
  const ask = (body: object, headers: Record<string, string> = {}) =>
    fetch(url + PATH, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
  return { ...upstream, server: url, ask };
}

const stream = (response: ServerResponse) => response.writeHead(200, { "content-type": "text/event-stream" });
const event = (content: string) => `data: ${JSON.stringify(chatEvent({ content }))}\n\n`;

describe("the playground", () => {
  it("passes events on as they come, asks with the server's key, and ends the request of a client that has left", async () => {
    let left = false;
    const { ask, seen } = await playground((_, response) => {
      response.on("close", () => (left = true));
      stream(response).write(event("first"));
    }, "hunter2");
    const gone = new AbortController();
    const answer = await ask({ endpoint: "1", request: { ...REQUEST, stream: false } });
    onTestFinished(() => gone.abort());
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const reader = answer.body!.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe(event("first")); // the answer is not whole, and never will be
    expect(seen[0]).toMatchObject({ path: "/v1/chat/completions", body: { ...REQUEST, stream: true } });
    expect(seen[0]?.headers.authorization).toBe("Bearer hunter2");
    expect(JSON.stringify([...answer.headers])).not.toContain("hunter2");
    await reader.cancel();
    await expect.poll(() => left).toBe(true);
  });

  it("ends the request of a client that leaves before the first token", async () => {
    let left = false;
    const { server, seen } = await playground((_, response) => void response.on("close", () => (left = true)));
    const call = httpRequest(server + PATH, { method: "POST", headers: { "content-type": "application/json" } });
    call.on("error", () => undefined).end(JSON.stringify({ endpoint: "1", request: REQUEST }));
    await expect.poll(() => seen.length).toBe(1);
    call.destroy();
    await expect.poll(() => left).toBe(true);
  });

  it("asks no other place than the operator has named, whatever a page says, and follows no redirect", async () => {
    const stranger = await fakeUpstream((_, response) => sendJson(response, {}));
    const { ask, seen } = await playground(
      (_, response) => void response.writeHead(307, { location: `${stranger.url}/chat/completions` }).end(),
    );
    for (const endpoint of [stranger.url, "2", "../1", "__proto__", ""]) expect((await ask({ endpoint, request: REQUEST })).ok).toBe(false);
    expect(seen).toEqual([]);
    const redirected = await ask({ endpoint: "1", request: { ...REQUEST, url: stranger.url, base_url: stranger.url } });
    expect([redirected.status, await redirected.text()]).toEqual([503, expect.stringContaining("answered with status 307")]);
    expect(stranger.seen).toEqual([]);
  });

  it("is closed to pages of other origins, other hosts, forms, and strangers without the token", async () => {
    const { ask, seen, server } = await playground((_, response) => void stream(response).end("data: [DONE]\n\n"));
    const body = { endpoint: "1", request: REQUEST };
    expect((await ask(body, { origin: "https://evil.example" })).status).toBe(403);
    expect((await ask(body, { "content-type": "text/plain" })).status).toBe(400);
    const status = await new Promise((resolve) => {
      const headers = { host: "evil.example", "content-type": "application/json" };
      const call = httpRequest(server + PATH, { method: "POST", headers }, (answer) => resolve(answer.resume().statusCode));
      call.end(JSON.stringify(body));
    });
    expect(status).toBe(403);
    expect(seen).toEqual([]);
  });

  it.each([
    [401, { error: { message: "No such key." } }, 403, "No such key."],
    [404, { error: { message: "No model x." } }, 404, "No model x."],
    [429, { error: { message: "Slow down." } }, 429, "Slow down."],
    [400, { detail: "temperature is hot" }, 400, "temperature is hot"],
    [500, { message: "oops" }, 503, "oops"],
  ])("says in the endpoint's words what it refuses with %i", async (status, body, answered, words) => {
    const { ask } = await playground((_, response) => sendJson(response, body, status));
    const answer = await ask({ endpoint: "1", request: REQUEST });
    expect([answer.status, await answer.json()]).toEqual([
      answered,
      expect.objectContaining({ message: expect.stringContaining(words) as string }),
    ]);
  });

  it("says which models there are, and which endpoint is away; without user and password", async () => {
    const { url: away, close } = await fakeUpstream(() => undefined);
    await close();
    const here = await fakeUpstream((_, response) => sendJson(response, { data: [{ id: "m" }, { id: 5 }, null] }));
    const { url } = await webServer(temporaryFolder(), { urls: [here.url.replace("//", "//ada:secret@"), away] });
    const text = await (await fetch(`${url}/api/llmops/1/playground`)).text();
    expect(text).not.toContain("secret");
    expect(JSON.parse(text)).toEqual({
      endpoints: [
        { id: "1", url: here.url, models: ["m"], error: null },
        { id: "2", url: away, models: [], error: expect.stringContaining("cannot be reached") as string },
      ],
    });
    expect(here.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from("ada:secret").toString("base64")}`);
  });

  it("is not there where the operator wants none", async () => {
    const { url } = await webServer();
    expect((await fetch(`${url}/api/llmops/1/playground`)).status).toBe(404);
  });
});
