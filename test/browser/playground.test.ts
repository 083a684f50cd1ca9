import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chatEvent, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";
import { useBrowser, webServer } from "../helpers/web-server.js";

const HOSTILE = "<img src=x onerror=window.hacked=1>";

/** An endpoint that tells tokens with their probabilities; "slow" never ends, "half" breaks off, "broken" refuses, and "garbage" is no answer. */
async function endpoint() {
  return fakeUpstream(({ path, body }, response) => {
    if (path.endsWith("/models"))
      return sendJson(response, { data: ["quick", "slow", "half", "broken", "garbage", HOSTILE].map((id) => ({ id })) });
    if (body["model"] === "broken") return sendJson(response, { error: { message: "This model is broken." } }, 500);
    response.writeHead(200, { "content-type": "text/event-stream" });
    if (body["model"] === "garbage") return void response.end(`data: {${HOSTILE}\n\n`);
    for (const [token, logprob] of [
      ["Par", -0.1],
      ["is", -1.5],
    ] as const) {
      const top = [
        { token, logprob },
        { token: HOSTILE, logprob: -3 },
      ];
      const { choices, ...rest } = chatEvent({ content: token }) as { choices: object[] };
      const logprobs = { content: [{ token, logprob, top_logprobs: top }] };
      response.write(`data: ${JSON.stringify({ ...rest, choices: [{ ...choices[0], logprobs }] })}\n\n`);
    }
    if (body["model"] === "half") return void response.end();
    if (body["model"] !== "slow") response.end(`data: ${JSON.stringify(chatEvent({}, "stop"))}\n\ndata: [DONE]\n\n`);
  });
}

describe.skipIf(lacks("chromium"))("the playground page", () => {
  const open = useBrowser();

  it("says how to give it a server, where it has none", async () => {
    const { url } = await webServer();
    const { page, errors } = await open(url, "playground");
    await page.getByText("The playground has no server to ask").waitFor();
    expect(errors).toEqual([]);
  });

  it("asks two settings, shows tokens with what else could have been, stops, and keeps rows for a dataset", async () => {
    const { url: upstream, seen } = await endpoint();
    const { url } = await webServer(temporaryFolder(), { urls: [upstream] });
    const { page, errors } = await open(url, "playground");
    const [a, b] = ["A", "B"].map((side) => page.getByRole("region", { name: `Setting ${side}` }));
    await b!.getByLabel("Model").selectOption("slow");
    await a!.getByLabel("Temperature").fill("0.5");
    await a!.getByLabel("System prompt").fill("Be brief.");
    await page.getByLabel("Question").fill("Capital of France?");
    await page.keyboard.press("Enter");
    const [first, second] = ["A", "B"].map((side) => page.getByRole("region", { name: `Answer ${side}` }));
    await first!.getByText(/first token after .* tokens/).waitFor();
    await second!.locator(".tokens").waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
    await second!.getByText("stopped").waitFor();
    const asked = seen.filter(({ path }) => path.endsWith("completions")).map(({ body }) => body);
    expect(asked.find(({ model }) => model === "quick")).toMatchObject({
      ...{ temperature: 0.5, logprobs: true, stream: true },
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Capital of France?" },
      ],
    });
    await first!.locator(".tokens").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() => first!.locator(".token-card li").allTextContents())
      .toEqual([expect.stringMatching(/^is22\.3 %/), expect.stringContaining("onerror")]);
    await first!.locator(".tokens span").first().hover();
    await first!.getByText("90.5 %").waitFor();
    await first!.getByRole("button", { name: "Keep as row…" }).click();
    await page.getByLabel("Right answer").fill("Paris, of course");
    await page.getByRole("button", { name: "Keep", exact: true }).click();
    await page.reload();
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Download as JSONL" }).click();
    const row = JSON.parse(readFileSync(await (await download).path(), "utf8")) as object;
    expect(row).toEqual({ id: "playground-1", question: "Capital of France?", answer: "Paris, of course", system: "Be brief." });
    expect(await a!.getByLabel("Temperature").inputValue()).toBe("0.5");
    expect(await page.evaluate(() => (globalThis as { hacked?: number }).hacked)).toBeUndefined();
    expect(errors).toEqual([]);
  });

  it("says in words what an endpoint refuses, beside the answer of the other", async () => {
    const { url: upstream } = await endpoint();
    const { url } = await webServer(temporaryFolder(), { urls: [upstream] });
    const { page } = await open(url, "playground?b.model=broken");
    await page.getByLabel("Question").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByRole("region", { name: "Answer B" }).getByText("This model is broken.").waitFor();
    await page.getByRole("region", { name: "Answer A" }).locator(".tokens").waitFor();
  });

  it("says that an answer was cut off, and does not keep it as a row", async () => {
    const { url: upstream } = await endpoint();
    const { url } = await webServer(temporaryFolder(), { urls: [upstream] });
    const { page } = await open(url, "playground?b.model=half");
    await page.getByLabel("Question").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    const [whole, half] = ["A", "B"].map((side) => page.getByRole("region", { name: `Answer ${side}` }));
    await half!.getByRole("alert").getByText("only a part").waitFor();
    await half!.locator(".tokens").waitFor();
    await whole!.getByRole("button", { name: "Keep as row…" }).waitFor();
    expect(await half!.getByRole("button", { name: "Keep as row…" }).count()).toBe(0);
  });

  it("says what a server sent instead of an answer, and what to check", async () => {
    const { url: upstream } = await endpoint();
    const { url } = await webServer(temporaryFolder(), { urls: [upstream] });
    const { page } = await open(url, "playground?b.model=garbage");
    await page.getByLabel("Question").fill("Hello");
    await page.getByRole("button", { name: "Send" }).click();
    const alert = page.getByRole("region", { name: "Answer B" }).getByRole("alert");
    await alert.getByText("is not an event of a chat completion. Check that the address is that of an OpenAI-compatible server").waitFor();
    expect(await alert.textContent()).toContain("{<img");
  });
});
