import { describe, expect, it } from "vitest";
import { createApp } from "./create-app.js";
import { OwnModels } from "./own-models.js";
import { Service } from "./service.js";

function appOf(...routes: string[]): void {
  createApp(new Service({ model: "big", models: new OwnModels("big", "none"), routes }));
}

describe("routes of the upstream", () => {
  it.each(["/v1/responses", "/api/chat", "/completion", "/tokenize", "/chat/completions", "/health", "/docs"])(
    "that this server has itself are refused by their names: %s",
    (path) => {
      expect(() => appOf(path)).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(path) as string }),
      );
    },
  );

  it.each(["ask", "", "/ask?x=1", "/items/:id", "/all/*", "http://127.0.0.1/ask"])("refuses what is not a path: %s", (path) => {
    expect(() => appOf(path)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  });

  it("may be named twice", () => {
    expect(() => appOf("/ask", "/ask", "/v1/other")).not.toThrow();
  });
});
