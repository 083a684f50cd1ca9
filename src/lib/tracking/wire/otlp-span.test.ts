import { describe, expect, it } from "vitest";
import { spanFromWire } from "./otlp-span.js";

const WIRE = { trace_id: "CvdlGRbNQ92ESOshHIAxnA==", span_id: "t61rcWkgMzE=", start_time_unix_nano: "5" };

describe("a span that a server answers", () => {
  it("has whole numbers digit by digit", () => {
    const attributes = [
      { key: "long", value: { int_value: "-9007199254740993" } },
      { key: "short", value: { int_value: 7 } },
    ];
    expect(spanFromWire({ ...WIRE, attributes }).attributes).toEqual({ long: -9007199254740993n, short: 7 });
  });

  it.each(["soon", "1.5", "", "9".repeat(50)])("is refused with a time that is none: %j", (time) => {
    expect(() => spanFromWire({ ...WIRE, start_time_unix_nano: time })).toThrow("where a whole number belongs");
  });
});
