import { expect, it } from "vitest";
import { collectPages } from "./collect-pages.js";

const PAGES: Record<string, { items: number[]; nextPageToken?: string }> = {
  "": { items: [1, 2], nextPageToken: "b" },
  b: { items: [3], nextPageToken: "c" },
  c: { items: [4] },
};

it("collects the items of all pages, or the first of them", async () => {
  const asked: string[] = [];
  const search = async (token = "") => {
    asked.push(token);
    return PAGES[token] ?? expect.fail(token);
  };
  expect(await collectPages(search)).toEqual([1, 2, 3, 4]);
  asked.length = 0;
  expect(await collectPages(search, 2)).toEqual([1, 2]);
  expect(asked).toEqual([""]);
});

it("a page that follows itself is not read for ever", async () => {
  await expect(collectPages(async () => ({ items: [1], nextPageToken: "again" }))).rejects.toThrow("the page again follows itself");
});
