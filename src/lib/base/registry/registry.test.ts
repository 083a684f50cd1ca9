import { expect, it } from "vitest";
import { errorOf } from "../../../../test/helpers/error-of.js";
import { Registry } from "./registry.js";

const letters = new Registry("letter", [{ name: "alpha" }, { name: "beta" }]);

it("gives entries by name, and lists them where there is none", async () => {
  expect(letters.get("beta")).toEqual({ name: "beta" });
  expect([...letters.with([{ name: "gamma" }])].map(({ name }) => name)).toEqual(["alpha", "beta", "gamma"]);
  expect(letters.names).toEqual(["alpha", "beta"]);
  const error = await errorOf(() => letters.get("alhpa"));
  expect(error).toMatchObject({ code: "INVALID_ARGUMENT", message: 'Unknown letter "alhpa".' });
  expect(error.hint).toBe("Did you mean alpha? Available: alpha, beta.");
});

it("has each name once", async () => {
  expect((await errorOf(() => letters.with([{ name: "beta" }]))).code).toBe("PLUGIN_INVALID");
});
