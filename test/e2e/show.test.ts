import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { chatEvent, fakeUpstream, sendJson, sendStream } from "../helpers/fake-upstream.js";
import { runCli } from "../helpers/run-cli.js";
import { temporaryFolder } from "../helpers/temporary-folder.js";

interface Shown {
  study: { scorer: string };
  shown: number;
  of: number;
  answers: { id: string; answer: string | null; thoughts: string | null; error: { code: string; message: string } | null }[];
  groups: { value: string; setting: string; rows: number; unscored: number; estimate: { mean: number } }[];
}

const ROWS = [
  { id: "fr", question: "Capital of France?", answer: "Paris", topic: "geo", level: 1 },
  { id: "it", question: "Capital of Italy?", answer: "Rome", topic: "geo", level: 2 },
  { id: "sum", question: "What is 1 + 1?", answer: "2", topic: "maths", level: 1 },
  { id: "bad", question: "Refused by the server", answer: "x", topic: "maths", level: 2 },
  { id: "dark", question: "Withheld by the filter", answer: "x", topic: "other", level: 2 },
  { id: "long", question: `Say a ${"very ".repeat(60)}long thing`, answer: "long", topic: "other", level: 1 },
];

/** A service that thinks, refuses one row, withholds another, and is wrong about Italy when it is hot. */
function service() {
  return fakeUpstream(async ({ body }, response) => {
    const asked = (body["messages"] as { content: string }[]).at(-1)?.content ?? "";
    const hot = body["temperature"] === 1;
    if (asked.startsWith("Refused")) return sendJson(response, { error: { message: "the words of the server" } }, 400);
    if (asked.startsWith("Withheld")) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(chatEvent({}, "content_filter"))}\n\n`);
      response.end("data: [DONE]\n\n");
      return;
    }
    const answers: Record<string, string> = {
      "Capital of France?": "Paris",
      "Capital of Italy?": hot ? "Milan" : "Rome",
      "What is 1 + 1?": "It is 2",
    };
    await sendStream(response, [
      `<think>Let me see ${asked.slice(0, 12)}</think>`,
      answers[asked] ?? `A long thing ${"on and ".repeat(80)}on`,
    ]);
  });
}

async function study() {
  const [folder, upstream] = [temporaryFolder(), await service()];
  writeFileSync(join(folder, "qa.jsonl"), ROWS.map((row) => JSON.stringify(row)).join("\n"));
  const endpoint = ["--endpoint", upstream.url, "--model", "big", "--dataset", "qa.jsonl", "--repeats", "1", "--retries", "0"];
  const swept = await runCli(["sweep", "temperature", "0,1", ...endpoint], folder);
  expect(swept.code, swept.stderr).toBe(0);
  const calls = upstream.seen.length;
  const show = async (...argv: string[]) => {
    const result = await runCli(["show", ...argv], folder, { COLUMNS: "80" });
    expect(upstream.seen.length).toBe(calls);
    return result;
  };
  const json = async (...argv: string[]) => {
    const { code, stdout, stderr } = await show(...argv, "--json");
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Shown;
  };
  return { show, json };
}

it("show prints a study's answers as they are asked for, never asking the model, within 80 columns", async () => {
  const { show, json } = await study();

  const all = await json("last");
  expect([all.shown, all.of, all.study.scorer]).toEqual([12, 12, "contains"]);
  expect(all.answers[0]).toMatchObject({ id: "fr", setting: "temperature=0", answer: "Paris", scores: { contains: 1 } });
  expect(all.answers[0]?.thoughts).toContain("Let me see");

  const failed = await json("last", "--failed");
  expect(failed.answers.map(({ id, error, answer }) => [id, error?.code, answer])).toEqual([
    ["bad", "ENDPOINT_REFUSED", null],
    ["dark", "CONTENT_FILTERED", null],
    ["bad", "ENDPOINT_REFUSED", null],
    ["dark", "CONTENT_FILTERED", null],
  ]);
  expect(failed.answers[0]?.error?.message).toContain("the words of the server");

  const { groups } = await json("last", "--by", "Topic");
  expect(groups.map(({ value, setting, rows, unscored, estimate }) => [value, setting, rows, unscored, estimate.mean])).toEqual([
    ["geo", "temperature=0", 2, 0, 1],
    ["geo", "temperature=1", 2, 0, 0.5],
    ["maths", "temperature=0", 1, 1, 1],
    ["maths", "temperature=1", 1, 1, 1],
    ["other", "temperature=0", 1, 1, 1],
    ["other", "temperature=1", 1, 1, 1],
  ]);
  for (const [argv, said] of [
    [["--thoughts", "--id", "long"], /thoughts +Let me see Say a very/],
    [["--failed"], /ENDPOINT_REFUSED[^]*the words of the[^]*4 cells without a score/],
    [["--worst", "1"], /^it {2}temperature=1[^]*answer +Milan/],
    [["--by", "topic"], /other[^]*temperature/],
    [["--diff", "temperature=0", "temperature=1"], /\[-Rome-\]\{\+Milan\+\}[^]*1 of 6 rows differ/],
  ] as const) {
    const { code, stdout, stderr } = await show("last", ...argv);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(said);
    expect(Math.max(...stdout.split("\n").map((line) => line.length)), argv.join(" ")).toBeLessThanOrEqual(80);
    expect(stdout).not.toMatch(/\u001b|undefined|NaN|\[object/);
  }
  const plain = await show("last", "--id", "it");
  expect(plain.stdout).not.toContain("Let me see");
  const wrong = await show("last", "--diff", "temperature=0");
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining("--diff compares two settings, not 1")]);
});
