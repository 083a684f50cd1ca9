import { expect, it } from "vitest";
import type { RunRow } from "../../api/documents.js";
import { sortedSettings } from "./sorted-settings.js";

it("settings stand in the order of the numbers in which they differ, whenever they began", () => {
  const run = (run_name: string, params: Record<string, string>) => ({ run_name, params, start_time: 0 }) as RunRow;
  const runs = [
    run("b", { model: "m", temperature: "0.15", top_p: "1" }),
    run("d", { model: "m", temperature: "0.2", top_p: "1" }),
    run("c", { model: "m", temperature: "0.2", top_p: "0.5" }),
    run("a", { model: "m", temperature: "1e-2", top_p: "1" }),
    run("10", { model: "m", temperature: "greedy" }),
    run("9", { model: "m", temperature: "greedy" }),
  ];
  expect(sortedSettings(runs).map(({ run_name }) => run_name)).toEqual(["a", "b", "c", "d", "10", "9"]);
});
