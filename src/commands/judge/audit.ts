import { conductWholeGrading, readRubrics, withGrading } from "../../app/judging/judge.js";
import { judgingFlags } from "../../cli/flags/grading-flags.js";
import { toAudit, type AuditResult } from "../../lib/experiments/evaluation/audit.js";
import { readGradedDataset } from "../../lib/experiments/evaluation/graded-dataset.js";
import { auditDataset, readPerturbations } from "../../lib/experiments/evaluation/perturbations.js";
import { auditReport } from "../../lib/report/audit-table.js";
import { prepareFolder, writeOutput } from "../../cli/output/output-files.js";
import { checkOutputFlags, publishReport, reportFlags } from "../../cli/flags/output-flags.js";
import { experimentFlag } from "../../cli/flags/store-flags.js";
import { studyFlags } from "../../cli/flags/study-flags.js";
import { ResumableCommand } from "../../cli/command/resumable-command.js";
import { join } from "node:path";
import { EXIT } from "../../lib/base/errors/exit-codes.js";
import { terminalScreen } from "../../cli/terminal/terminal-screen.js";
import { cardFolder } from "../../app/studies/study-folders.js";
import { EXAMPLE_DATASET } from "../../app/studies/study-defaults.js";

const DEFAULT_LIMIT = 54;
/** `llmops judge audit`: what a judge can be fooled by. */
export default class JudgeAudit extends ResumableCommand {
  static override summary = "Try to fool a judge: orders in answers, padding, decoration, claims of authority, a sure tone.";
  static override description =
    "Of every row its reference is graded as a right answer, and another row's as a wrong one: plain, and with everything of " +
    "templates/judge/perturbations.yaml done to it. None of that makes an answer better, so no score should rise. Exit code 1 when one " +
    "does, by 0.3 or more and not by chance.";
  static override examples = [
    "<%= config.bin %> judge audit",
    "<%= config.bin %> judge audit --dataset qa.jsonl --rubric correctness --judge-endpoint http://127.0.0.1:8080",
  ];
  static override flags = {
    ...judgingFlags,
    dataset: studyFlags.dataset,
    map: studyFlags.map,
    experiment: experimentFlag("judge-audit"),
    ...reportFlags,
  };

  async run(): Promise<AuditResult> {
    const { flags } = await this.parseResumed(JudgeAudit);
    checkOutputFlags(flags);
    const command = this.asStudyCommand();
    const rubrics = readRubrics(flags, ["accuracy"]);
    const options = { limit: flags.limit ?? DEFAULT_LIMIT, seed: flags.seed, hasModel: true, answers: "generate" as const, map: flags.map };
    const perturbations = readPerturbations();
    const { graded, answers } = auditDataset(await readGradedDataset(flags.dataset ?? EXAMPLE_DATASET, options), perturbations, flags.seed);
    prepareFolder(cardFolder());
    return withGrading(command, flags, { rubrics, graded }, async (grading) => {
      const result = await conductWholeGrading(command, flags, grading);
      const audit = toAudit(result, answers, perturbations, new Date().toISOString());
      const path = join(cardFolder(), `audit-${audit.judge.criteria.map(({ fingerprint }) => fingerprint).join("-")}.json`);
      await writeOutput(path, `${JSON.stringify(audit, null, 1)}\n`);
      await publishReport(auditReport(audit, terminalScreen().chalk), flags, (text) => this.log(text));
      this.log(`Kept as ${path}; recorded as run ${result.study.run_id ?? "(not yet)"} in ${result.study.tracking_uri}.`);
      if (audit.shifts.some(({ verdict, base }) => base === "all" && verdict === "fooled")) process.exitCode = EXIT.failed;
      return audit;
    });
  }
}
