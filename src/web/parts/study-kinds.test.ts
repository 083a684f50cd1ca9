import { expect, it } from "vitest";
import { nameOfStudy } from "./study-kinds.js";

it.each([
  ["sweep", "llmops sweep --resume x", "Sweep"],
  ["sweep", "llmops eval --resume x", "Evaluation"],
  ["sweep", "llmops score --resume x", "Scoring"],
  ["sweep", "runSweep --resume x", "Sweep"],
  ["sweep", undefined, "Sweep"],
  ["bench", "llmops bench eval", "Load test"],
  ["optimize", "llmops eval --resume x", "Search"],
  ["x".repeat(99), undefined, "x".repeat(40)],
])("a study of the kind %s that continues with %s is called %s", (kind, resume, name) => {
  expect(nameOfStudy(kind, resume)).toBe(name);
});
