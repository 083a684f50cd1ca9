import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chatAnswer, fakeUpstream, sendJson } from "../helpers/fake-upstream.js";
import { queryStore } from "../helpers/query-store.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

it("a study that is resumed another way continues, or says what differs; its params stay and no metric is doubled", async () => {
  const folder = temporaryFolder();
  const answering = () => fakeUpstream((_, response) => sendJson(response, chatAnswer("yes")));
  const [first, second] = [await answering(), await answering()];
  writeFileSync(
    join(folder, "qa.jsonl"),
    Array.from({ length: 8 }, (_, i) => `${JSON.stringify({ question: `q${i}`, answer: "yes" })}\n`).join(""),
  );
  const extras = ["--body", '{"top_a": 0.2}', "--set-extra", "mirostat=1", "--max-tokens-field", "max_completion_tokens"];
  const target = ["--endpoint", first.url, "--model", "big", "--dataset", "qa.jsonl", "--repeats", "1", "-c", "2"];
  const started = await runCli(["eval", ...target, ...extras, "--budget", "3calls"], folder);
  expect(started.code, started.stderr).toBe(4);
  expect(first.seen.at(-1)?.body).toMatchObject({ top_a: 0.2, mirostat: 1, max_completion_tokens: 64 });

  const resume = (...more: string[]) => runCli(["eval", "--resume", "last", ...more], folder);
  for (const [more, words] of [
    [["--set-extra", "mirostat=2"], [/had body ".*mirostat.*1.*now it would have body ".*mirostat.*2/]],
    [
      ["--max-tokens-field", "max_tokens"],
      [/had max_tokens_field "max_completion_tokens"; now it would have max_tokens_field "max_tokens"/],
    ],
    [["--body", "{}"], [/had body /]],
    [
      ["--endpoint", second.url],
      [/other models/, new RegExp(first.url), new RegExp(second.url)],
    ],
  ] as const) {
    const { code, stderr } = await resume(...more);
    expect([code, more], stderr).toEqual([2, more]);
    const text = stderr.replace(/\s+/g, " ");
    for (const word of [/STUDY_CHANGED/, ...words]) expect(text).toMatch(word);
  }
  for (const [more, code] of [
    [["-c", "1", "--budget", "2calls"], 4],
    [["-c", "8", "--budget", "100calls"], 0],
  ] as const) {
    const resumed = await resume(...more);
    expect(resumed.code, resumed.stderr).toBe(code);
    expect(resumed.stderr).not.toMatch(/STORE_CONFLICT|refused/);
  }
  expect(second.seen).toEqual([]);

  const params = queryStore(folder, 'SELECT "key", value, count(*) AS n FROM params GROUP BY "key", value');
  const doubled = queryStore(folder, `SELECT "key" FROM metrics GROUP BY run_uuid, "key", step HAVING count(*) > 1`);
  expect(doubled).toEqual([]);
  expect(params).toEqual(
    expect.arrayContaining([
      { key: "body", value: '{"top_a":0.2,"mirostat":1}', n: 1 },
      { key: "max_tokens_field", value: "max_completion_tokens", n: 1 },
      { key: "concurrency", value: "2", n: 1 },
    ]),
  );
}, 180_000);
