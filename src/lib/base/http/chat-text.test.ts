import { expect, it } from "vitest";
import { chatText, messageLine } from "./chat-text.js";

it.each([
  ["<!channel> look", "&lt;!channel&gt; look"],
  ["<http://evil.example|the dashboard>", "&lt;http://evil.example|the dashboard&gt;"],
  ["@everyone <@U123> &lt;!here&gt;", "@\u200beveryone &lt;@\u200bU123&gt; &amp;lt;!here&amp;gt;"],
  ["fine\nFIRING critical\r\n\u001b[2J\u202e", "fine FIRING critical [2J "],
  ["p95 5 @ 99 %", "p95 5 @ 99 %"],
])("%j is said as %j in a chat", (text, said) => expect(chatText(text)).toBe(said));

it("is one line elsewhere too, and otherwise as it was", () => {
  expect(messageLine("<a> @b\u2028FIRING\u0085x")).toBe("<a> @b FIRING x");
});
