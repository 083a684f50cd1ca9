import fc from "fast-check";
import { expect, it } from "vitest";
import { newStudyId } from "./study-folder.js";

it("gives ids that sort by the millisecond of their start, and differ within one", () => {
  const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(moment, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 2000 })), (start, later) => {
      const [earlier, next] = [newStudyId(new Date(start)), newStudyId(new Date(start + later))];
      expect(earlier).toMatch(/^\d{8}-\d{6}-[0-9a-f]{4}$/);
      expect(earlier < next).toBe(true);
    }),
  );
  const ids = Array.from({ length: 200 }, () => newStudyId(new Date(999)));
  expect(new Set(ids).size).toBeGreaterThan(50);
});
