import { expect, it } from "vitest";
import { spanOfContent } from "./from-content.js";

const WRITTEN = {
  ...{ trace_id: "0x0af7651916cd43dd8448eb211c80319c", span_id: "0xb7ad6b7169203331", name: "ask" },
  ...{ start_time_unix_nano: 5, end_time_unix_nano: 6, attributes: {} },
};

it("an event whose time is not known is one of the span's all the same", () => {
  const events = [{ name: "known", time_unix_nano: 5 }, { name: "zero", time_unix_nano: 0 }, { name: "none" }];
  const times = spanOfContent({ ...WRITTEN, events })?.events.map(({ name, timeNs }) => [name, timeNs]);
  expect(times).toEqual([
    ["known", 5n],
    ["zero", 0n],
    ["none", 0n],
  ]);
});
