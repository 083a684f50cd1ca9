// Joins the journal of a study and appends cells from..to, saying each one's number on standard output once it is kept; then waits to be killed where "stays" is given.
import { writeSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { joinJournal } from "../../dist/lib/experiments/study/study-journal.js";

const [parent, id, from, to, end] = process.argv.slice(2);
const journal = joinJournal(parent, id);
for (let sample = Number(from); sample < Number(to); sample++) {
  const text = `cell ${sample} ü `.repeat(1 + ((sample * 7919) % 400) * (sample % 50 === 0 ? 40 : 1));
  const own = { text, finishReason: "stop" };
  const completion = {
    ...own,
    choices: [{ ...own, toolCalls: [], logprobs: undefined }],
    usage: { promptTokens: 1, completionTokens: sample },
    timing: { firstTokenMs: 1, totalMs: 2 },
  };
  journal.append({ setting: 0, sample, repeat: 0, seed: sample, outcome: { ok: true, completion, scores: { contains: { value: 1 } } } });
  writeSync(1, `${sample}\n`);
  await setImmediate();
}
if (end === "stays") setInterval(() => undefined, 1000);
else journal.close();
