import { describe, expect, it } from "vitest";
import { KeptResponses } from "./kept-responses.js";

const response = (id: string, previous: string | null = null, text = "") => ({
  response: { id, previous_response_id: previous, output: [{ id: `out-${id}`, text }] },
  input: [{ id: `in-${id}` }],
});
const idsOf = (turns: readonly { response: object }[] | undefined) =>
  turns?.map(({ response: { id } }: { response: { id?: string } }) => id);

describe("responses that are kept", () => {
  it("are found with all they continue, by their owner alone", () => {
    const kept = new KeptResponses();
    kept.keep("a", response("1"));
    kept.keep("a", response("2", "1"));
    kept.keep("b", response("3", "1"));
    expect(idsOf(kept.conversation("a", "2"))).toEqual(["1", "2"]);
    expect(kept.conversation("b", "3")).toBeUndefined();
    expect(kept.find("b", "3")).toEqual(response("3", "1"));
    expect(kept.find("b", "2")).toBeUndefined();
    expect(kept.delete("b", "2")).toBe(false);
    expect(kept.findItem("a", "out-1")).toMatchObject({ id: "out-1" });
    expect(kept.findItem("b", "out-1")).toBeUndefined();
  });

  it("make room for later ones, those first that nobody used, and never what a used one continues", () => {
    const kept = new KeptResponses({ most: 3, mostBytes: 1e6 });
    kept.keep("a", response("1"));
    kept.keep("a", response("2", "1"));
    kept.keep("a", response("other"));
    kept.find("a", "2");
    kept.keep("a", response("3"));
    expect(kept.find("a", "other")).toBeUndefined();
    expect(kept.findItem("a", "in-other")).toBeUndefined();
    kept.keep("a", response("4"));
    expect(kept.find("a", "2")).toBeUndefined();
    expect(idsOf(kept.conversation("a", "1"))).toEqual(["1"]);
  });

  it("have a bound on their bytes; one that is larger than that is not kept", () => {
    const kept = new KeptResponses({ most: 100, mostBytes: 3000 });
    for (const id of ["1", "2", "3"]) kept.keep("a", response(id, null, "x".repeat(500)));
    expect(["1", "2", "3"].map((id) => kept.find("a", id) !== undefined)).toEqual([false, true, true]);
    kept.keep("a", response("4", null, "x".repeat(5000)));
    expect(kept.find("a", "4")).toBeUndefined();
    expect(kept.findItem("a", "out-4")).toBeUndefined();
  });

  it("share an item until none of them is left", () => {
    const kept = new KeptResponses();
    kept.keep("a", response("1"));
    kept.keep("a", { response: { id: "2", output: [] }, input: [{ id: "out-1" }] });
    kept.delete("a", "1");
    expect(kept.findItem("a", "out-1")).toEqual({ id: "out-1" });
    kept.delete("a", "2");
    expect(kept.findItem("a", "out-1")).toBeUndefined();
  });
});
