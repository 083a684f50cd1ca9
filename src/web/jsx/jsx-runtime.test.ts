import { expect, it } from "vitest";
import { jsx, jsxs } from "./jsx-runtime.js";

const propsOf = (element: unknown) => (element as { props: Record<string, unknown> }).props;

it("elements show no text that reorders another, and keep what they are given besides", () => {
  const inner = jsx("b", { children: "b" });
  const element = jsxs("p", { title: "t\u202e", value: "v\u202e", children: ["a\u202e", 1, inner] }, "key");
  expect(propsOf(element)).toEqual({ title: "t\\u202e", value: "v\u202e", children: ["a\\u202e", 1, inner] });
  expect(element.key).toBe("key");
  const props = { title: "שלום", children: ["a", inner] };
  expect(propsOf(jsxs("p", props))).toBe(props);
});

it("options stand for the values they are named after", () => {
  expect(propsOf(jsx("option", { children: "a\u202e" }))).toEqual({ children: "a\\u202e", value: "a\u202e" });
  expect(propsOf(jsx("option", { children: "a\u202e", value: "1" }))).toEqual({ children: "a\\u202e", value: "1" });
});
