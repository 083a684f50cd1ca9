import { expect, it } from "vitest";
import { lineChart } from "./charts.js";
import { html, htmlTable } from "./html-page.js";

const TURNED = "safe\u202egnp.exe\u2066\u0007";

it("what would turn a text around, or is not seen, is written out in pages as in terminals", async () => {
  expect(html`<p>${TURNED}</p>`.text).toBe("<p>safe\\u202egnp.exe\\u2066\\x07</p>");
  const chart = await lineChart(TURNED, [{ name: TURNED, points: [[0, 1]] }]); // prettier-ignore
  expect(chart).not.toMatch(/[\u202e\u2066\u0007]/);
  expect(chart).toContain("\\u202e");
});

it("a long text in a table has lines of its own, so that the other columns stay in sight", () => {
  const row = [{ content: "short" }, { content: "x".repeat(6000) }];
  const table = htmlTable(["name", "answer"], [row]).text;
  expect(table).toContain(">short</td>");
  expect(table).toContain(`<div class="long">${"x".repeat(6000)}</div>`);
});
