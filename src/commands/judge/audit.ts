import { auditJudge } from "../../app/judging/audit.js";
import { ResumableCommand } from "../../cli/command/resumable-command.js";
import { auditFlags, gradingOf } from "../../cli/flags/grading-flags.js";
import { checkOutputFlags, publishReport } from "../../cli/flags/output-flags.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import type { AuditResult } from "../../lib/experiments/evaluation/audit.js";
import { auditReport } from "../../lib/report/audit-table.js";
import { auditPage } from "../../lib/report/page/judge-pages.js";

/** `llmops judge audit`: what a judge can be fooled by. */
export default class JudgeAudit extends ResumableCommand {
  static override summary = "Try to fool a judge: instructions in answers, padding, decoration, claims of authority, a confident tone.";
  static override description =
    "For every row, its reference is graded as a correct answer and another row's as an incorrect one: plain, and with each change in " +
    "templates/judge/perturbations.yaml applied. No change makes an answer better, so no score should rise. The exit code is 1 if one " +
    "does, by 0.3 or more and not by chance.";
  static override examples = [
    "<%= config.bin %> judge audit",
    "<%= config.bin %> judge audit --dataset qa.jsonl --rubric correctness --judge-endpoint http://127.0.0.1:8080",
  ];
  static override flags = auditFlags;

  async run(): Promise<AuditResult> {
    const { flags } = await this.parseResumed(JudgeAudit);
    checkOutputFlags(flags);
    const { audit, path, runId, trackingUri } = await auditJudge({ ...gradingOf(flags), ...this.origin() }, this.asHost());
    const report = auditReport(audit, terminalScreen().chalk);
    await publishReport(report, { page: () => auditPage(audit, report), flags, log: (text) => this.log(text) });
    this.log(`Kept as ${path}; recorded as run ${runId ?? "(not yet)"} in ${trackingUri}.`);
    if (audit.shifts.some(({ verdict, base }) => base === "all" && verdict === "fooled")) process.exitCode = EXIT.failed;
    return audit;
  }
}
