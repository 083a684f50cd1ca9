import { writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../../../test/helpers/temporary-folder.js";
import { auditPath, findAudit } from "./audit-summary.js";

it("finds the audit of just these judges, and says which file is none", () => {
  const folder = temporaryFolder();
  const audit = { created: "2026-01-01", discrimination: {}, shifts: [], unscored: 0 };
  writeFileSync(auditPath(folder, ["a", "b"]), JSON.stringify({ schema: "llmops.judge-audit/1", ...audit, command: "llmops judge audit" }));
  writeFileSync(auditPath(folder, ["c"]), "{}");
  expect(findAudit(folder, ["a", "b"])).toEqual(audit);
  expect(findAudit(folder, ["a"])).toBeUndefined();
  expect(() => findAudit(folder, ["c"])).toThrow(/audit-c\.json is not an audit/);
});
