import { describe, expect, it } from "vitest";
import { EndpointTarget } from "../../src/lib/inference/openai/endpoint-target.js";
import { collectCompletion } from "../../src/lib/inference/openai/completion-target.js";
import { ProviderPool } from "../../src/lib/inference/gateway/upstream/provider-pool.js";
import { UpstreamProvider } from "../../src/lib/inference/gateway/upstream/upstream-provider.js";
import { errorOf } from "../helpers/error-of.js";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { freePort } from "../helpers/free-port.js";
import { chatCall } from "../helpers/gateway-server.js";

const basic = `Basic ${Buffer.from("anna:p@ss").toString("base64")}`;
const withUser = (url: string) => url.replace("http://", "http://anna:p%40ss@");
const signal = new AbortController().signal;

describe("user and password in the URL", () => {
  it("of an upstream are sent as Basic authorization, unless there is an API key, and never shown", async () => {
    const up = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("hello")));
    const ask = (options: { apiKey?: string }) =>
      new ProviderPool([new UpstreamProvider({ name: "up", url: withUser(up.url), ...options })], { retries: 0 }).answer(
        chatCall({}),
        signal,
      );
    await ask({});
    await ask({ apiKey: "key" });
    expect(up.seen.map(({ headers }) => headers.authorization)).toEqual([basic, "Bearer key"]);
    const away = new UpstreamProvider({ name: "up", url: `http://anna:secret@127.0.0.1:${await freePort()}/v1` });
    const { message } = await errorOf(() => away.answer(chatCall({}), signal));
    expect([message.includes("cannot be reached"), message.includes("secret")]).toEqual([true, false]);
  });

  it("of an endpoint are sent in the same way, and stand in no document and no message", async () => {
    const up = await fakeUpstream((_request, response) => sendJson(response, chatAnswer("hello")));
    const target = await EndpointTarget.connect({ url: withUser(up.url), model: "m" });
    await collectCompletion(target, { messages: [{ role: "user", content: "hi" }] }, {});
    await target.close();
    expect([up.seen.at(-1)?.headers.authorization, target.location]).toEqual([basic, up.url]);
    const error = await errorOf(async () => EndpointTarget.connect({ url: `http://anna:secret@127.0.0.1:${await freePort()}/v1` }));
    expect([error.code, `${error.message} ${error.hint}`.includes("secret")]).toEqual(["ENDPOINT_UNREACHABLE", false]);
  });
});
