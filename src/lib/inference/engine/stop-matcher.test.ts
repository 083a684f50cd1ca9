import { describe, expect, it } from "vitest";
import { StopMatcher } from "./stop-matcher.js";

function feed(stops: string[], pieces: string[]): { text: string; stopped: boolean } {
  const matcher = new StopMatcher(stops);
  let text = "";
  for (const piece of pieces) {
    const out = matcher.push(piece);
    text += out.text;
    if (out.stop !== undefined) return { text, stopped: true };
  }
  return { text: text + matcher.flush(), stopped: false };
}

describe("StopMatcher", () => {
  it("cuts at a stop text, also one spread over several pieces", () => {
    expect(feed(["END"], ["one EN", "D two"])).toEqual({ text: "one ", stopped: true });
    expect(feed(["\n\n"], ["a\n", "b\n", "\nc"])).toEqual({ text: "a\nb", stopped: true });
  });

  it("cuts at the earliest of several", () => {
    expect(feed(["b", "a"], ["xxabyy"])).toEqual({ text: "xx", stopped: true });
  });

  it("gives back what only looked like a stop text", () => {
    expect(feed(["END"], ["E", "N", "T", " EN"])).toEqual({ text: "ENT EN", stopped: false });
  });

  it("shows text at once when nothing can become a stop text", () => {
    expect(new StopMatcher(["###"]).push("hello")).toMatchObject({ text: "hello", stop: undefined });
    expect(new StopMatcher([]).push("hello")).toMatchObject({ text: "hello", stop: undefined });
    expect(new StopMatcher([""]).push("hello")).toMatchObject({ text: "hello", stop: undefined });
  });
});
