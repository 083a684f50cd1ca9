import { describe, expect, it } from "vitest";
import { defaultsFor, describeDefaults, withDefaults } from "./request-defaults.js";

const user = { role: "user", content: "Hi" };

describe("defaults of requests", () => {
  it("fill in only what a request does not say, by any of its names", () => {
    const values = { temperature: 0.3, max_tokens: 20, repeat_penalty: 1.1, stop: ["\n"] };
    expect(withDefaults({ temperature: null }, values)).toEqual(values);
    const asked = { temperature: 0, max_completion_tokens: 5, repetition_penalty: 1, stop: "x" };
    expect(withDefaults(asked, values)).toEqual(asked);
  });

  it("put a system message before a chat that has neither one nor a developer's", () => {
    expect(withDefaults({ messages: [user] }, { system: "Be brief." })["messages"]).toEqual([
      { role: "system", content: "Be brief." },
      user,
    ]);
    for (const role of ["system", "developer"]) {
      const messages = [user, { role, content: "Mine." }];
      expect(withDefaults({ messages }, { system: "Be brief." })["messages"]).toEqual(messages);
    }
    expect(withDefaults({ prompt: "Once" }, { system: "Be brief." })).toEqual({ prompt: "Once" });
  });

  it("of a model come before those of all", () => {
    const defaults = { all: { temperature: 1, top_p: 0.9 }, models: { small: { temperature: 0 }, "small:tuned": { top_p: 0.5 } } };
    expect(defaultsFor(defaults, ["small", "small:tuned", undefined])).toEqual({ temperature: 0, top_p: 0.5 });
    expect(defaultsFor(defaults, ["constructor"])).toEqual(defaults.all);
  });

  it("are described in one line", () => {
    expect(describeDefaults({ temperature: 0.3, system: "Line one\nline two" })).toBe('temperature=0.3, system="Line one\\nline two"');
    expect(describeDefaults({})).toBeUndefined();
  });
});
