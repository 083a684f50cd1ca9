import { describe, expect, it } from "vitest";
import type { ChatMessage } from "./completion.js";
import { foldSystem } from "./fold-system.js";

const system = (content: string): ChatMessage => ({ role: "system", content });
const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });

describe("foldSystem", () => {
  it("puts what the system says before the user's next words", () => {
    expect(foldSystem([system("Be brief."), user("Hi"), assistant("Yo"), user("Bye")])).toEqual([
      user("Be brief.\n\nHi"),
      assistant("Yo"),
      user("Bye"),
    ]);
  });

  it("keeps the order of several, wherever they stand, and leaves none behind", () => {
    const later = [user("Hi"), assistant("Yo"), system("Now in French."), { role: "developer" as const, content: "Formal." }, user("Bye")];
    expect(foldSystem(later).map(({ content }) => content)).toEqual(["Hi", "Yo", "Now in French.\n\nFormal.\n\nBye"]);
    expect(foldSystem([system("Alone")])).toEqual([user("Alone")]);
    expect(foldSystem([user("Hi")])).toEqual([user("Hi")]);
  });
});
