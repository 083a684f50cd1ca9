import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/lib/tracking/open-store.js";
import { openFilePage } from "../helpers/browser-page.js";
import { fakeUpstream, sendStream } from "../helpers/fake-upstream.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";
import { lacks } from "../helpers/tools.js";
import { trackingCommand } from "../helpers/tracking-command.js";
import { useBrowser } from "../helpers/web-server.js";

const DEMO = fileURLToPath(new URL("../../models/demo/demo-q8_0.gguf", import.meta.url));
const ASKED = ["--model", "m", "--dataset", "rows.jsonl", "--limit", "3"];
const SEARCH = ["--trials", "2", "--proof", "0", "--objective", "./none.mjs"];
const JUDGE = ["--rubric", "accuracy", "--judge-model", "big", "--method", "generate"];
const NO_VALUE = "Nothing was scored. none gave no value.";

/** Studies of which nothing is scored: their experiment, their words, and why they fail. */
const STUDIES: Record<string, { experiment: string; args: (url: string) => string[]; why: string }> = {
  sweep: {
    experiment: "sweep",
    args: (url) => ["sweep", "temperature", "0,1", "--endpoint", url, ...ASKED, "--scorer", "./none.mjs"],
    why: NO_VALUE,
  },
  eval: { experiment: "eval", args: (url) => ["eval", "--endpoint", url, ...ASKED, "--scorer", "./none.mjs"], why: NO_VALUE },
  score: { experiment: "score", args: () => ["score", "last", "--scorer", "./none.mjs"], why: NO_VALUE },
  ab: { experiment: "ab", args: () => ["ab", "demo", DEMO, "--scorer", "./none.mjs", "--limit", "3", "--repeats", "1"], why: NO_VALUE },
  optimize: {
    experiment: "optimize",
    args: (url) => ["optimize", "temperature=0..1", ...SEARCH, "--endpoint", url, ...ASKED],
    why: "Nothing was scored. ./none.mjs gave no value.",
  },
  judge: {
    experiment: "judge",
    args: (url) => ["judge", "-d", "rows.jsonl", "--judge-endpoint", url, ...JUDGE],
    why: "Nothing was scored. ",
  },
  pairwise: {
    experiment: "judge",
    args: (url) => ["judge", "--pairwise", "rows.jsonl", "others.jsonl", "--judge-endpoint", url, ...JUDGE],
    why: "Nothing was compared. ",
  },
};

function writeRows(folder: string): void {
  writeFileSync(join(folder, "none.mjs"), "export default () => null;\n");
  for (const [file, response] of Object.entries({ "rows.jsonl": "yes", "others.jsonl": "no" })) {
    const rows = [0, 1, 2].map((i) => ({ id: `r${i}`, question: `q${i}`, answer: "yes", response }));
    writeFileSync(join(folder, file), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
}

describe.skipIf(lacks("chromium"))(
  "a study of which nothing was scored has failed in its run, its document, its page, and its file",
  () => {
    const open = useBrowser();

    it.each(Object.keys(STUDIES))("%s", async (name) => {
      const { experiment, args, why } = STUDIES[name]!;
      const folder = temporaryFolder();
      writeRows(folder);
      const { url: upstream } = await fakeUpstream((_, response) => sendStream(response, ["maybe"]));
      if (name === "score") await runCli(["eval", "--endpoint", upstream, "--model", "m", "--dataset", "rows.jsonl"], folder);
      const { code, stdout, stderr } = await runCli([...args(upstream), "--html", "page.html"], folder);
      expect(code, stderr).toBe(3);
      if (name === "optimize") expect(stdout).toContain(why);

      const store = await openStore(`sqlite:///${join(folder, "mlflow.db")}`, { create: false });
      onTestFinished(() => store.close());
      const { experimentId = "" } = (await store.findExperiment(experiment)) ?? {};
      const { items } = await store.searchRuns({ experimentIds: [experimentId], maxResults: 100 });
      const run = items.find(({ tags }) => tags["llmops.kind"] !== undefined)!;
      expect(run).toMatchObject({ status: "FAILED", tags: { "llmops.error": expect.stringContaining(why) } });
      const failure = run.tags["llmops.error"]!;
      const document = JSON.parse(await new Response((await store.readArtifact(run.runId, "study.json")) as never).text()) as object;
      expect(document).toMatchObject({ schema: "llmops.study/1", failure });

      const { tab, errors } = await openFilePage(readFileSync(join(folder, "page.html"), "utf8"));
      const { page, errors: pageErrors } = await open(await trackingCommand(folder), `studies/${run.runId}`);
      for (const shown of [tab, page]) {
        await shown.getByRole("alert").getByText(failure).waitFor();
        await shown.locator(".status", { hasText: "Failed" }).waitFor();
        expect(await shown.locator(".status", { hasText: "Finished" }).count()).toBe(0);
      }
      expect([...errors, ...pageErrors]).toEqual([]);
    });
  },
);
