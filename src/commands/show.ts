import { Args, Flags } from "@oclif/core";
import { BaseCommand } from "../cli/command/base-command.js";
import { LlmopsError } from "../lib/base/errors/llmops-error.js";
import { describeDifferences, renderAnswer, renderDifference, renderGroups } from "../lib/report/answers-view.js";
import type { StoredStudy } from "../lib/experiments/study/plan-scoring.js";
import {
  diffSettings,
  failedCells,
  findSetting,
  groupAnswers,
  primaryOf,
  selectCells,
  toShown,
  worstCells,
} from "../lib/experiments/study/show-answers.js";
import type { Cell } from "../lib/experiments/study/study.js";
import { ANSWERED, withStoredStudy } from "../app/studies/stored-study.js";
import { terminalScreen } from "../cli/terminal/terminal-screen.js";

const DEFAULT_SHOWN = 20;

/** `llmops show`: the answers of a study, from its journal. */
export default class Show extends BaseCommand {
  static override readsProject = false;
  static override summary = "Show the answers of a study: all, the failed, the worst, by topic, or where two settings differ.";
  static override description =
    "STUDY is the id of a sweep, eval or score, the beginning of it, or last. A setting is named as tables name it, or by a part of that " +
    "which no other has. Nothing is asked, and nothing is written.";
  static override examples = [
    "<%= config.bin %> show last --failed",
    "<%= config.bin %> show last --worst 5 --thoughts",
    "<%= config.bin %> show last --by topic",
    "<%= config.bin %> show last --diff 'temperature=0' 'temperature=1'",
    "<%= config.bin %> show 20261121-133502 --id geo-17",
  ];
  static override args = { study: Args.string({ description: "the study: its id, the beginning of it, or last", default: "last" }) };
  static override flags = {
    failed: Flags.boolean({ description: "only what has no score: failed, filtered, or not scored", exclusive: ["worst", "by", "diff"] }),
    worst: Flags.integer({ min: 1, helpValue: "N", description: "the N answers with the worst scores", exclusive: ["by", "diff"] }),
    by: Flags.string({
      helpValue: "COLUMN",
      description: "means by the values of topic, or another column",
      exclusive: ["diff", "thoughts"],
    }),
    diff: Flags.string({
      multiple: true,
      helpValue: "SETTING",
      description: "the rows on which two settings (--diff A B) have other scores, or else other texts",
    }),
    setting: Flags.string({ helpValue: "NAME", description: "only of this setting", exclusive: ["diff"] }),
    id: Flags.string({ helpValue: "ROW", description: "only of the row with this id" }),
    limit: Flags.integer({
      min: 0,
      default: DEFAULT_SHOWN,
      description: "maximum number of answers shown; 0 shows all",
      exclusive: ["by", "worst"],
    }),
    thoughts: Flags.boolean({ description: "also what the model thought before it answered" }),
    dataset: Flags.string({ char: "d", helpValue: "FILE", description: "the dataset of the study, where it is not any more where it was" }),
  };

  async run(): Promise<object> {
    const { args, flags } = await this.parse(Show);
    return withStoredStudy(args.study, { kind: ANSWERED, dataset: flags.dataset }, (study) => {
      const { header } = study;
      const { name: scorer, metric } = primaryOf(study);
      const about = { id: header.id, command: header.command, status: header.status, run_id: header.runId ?? null, scorer, metric };
      const cells = selectCells(study, flags);
      const found =
        flags.by === undefined
          ? flags.diff
            ? this.diff(study, cells, flags)
            : this.list(study, cells, flags)
          : this.group(study, cells, flags.by);
      return Promise.resolve({ schema: "llmops.answers/1", study: about, ...found });
    });
  }

  private list(
    study: StoredStudy,
    all: readonly Cell[],
    { failed, worst, limit, thoughts }: { failed: boolean; worst: number | undefined; limit: number; thoughts: boolean },
  ): object {
    const cells = failed ? failedCells(study, all) : worst === undefined ? all : worstCells(study, all, worst);
    const shown = limit === 0 || worst !== undefined ? cells : cells.slice(0, limit);
    const answers = shown.map((cell) => toShown(study, cell));
    const several = all.some(({ repeat }) => repeat > 0);
    for (const answer of answers) this.log(`${renderAnswer(answer, { thoughts, several }, terminalScreen())}\n`);
    const kind = failed ? "cells without a score" : worst === undefined ? "answers" : "worst answers";
    this.sayCount(shown.length, cells.length, `${kind} of ${study.header.id}`);
    return { shown: shown.length, of: cells.length, answers };
  }

  private group(study: StoredStudy, cells: readonly Cell[], column: string): object {
    const groups = groupAnswers(study, cells, column);
    this.log(renderGroups(groups, column, primaryOf(study), terminalScreen()));
    return { by: column, groups };
  }

  private diff(study: StoredStudy, cells: readonly Cell[], { diff = [], limit }: { diff: string[] | undefined; limit: number }): object {
    const [a, b, more] = diff;
    if (a === undefined || b === undefined || more !== undefined) {
      throw new LlmopsError("INVALID_ARGUMENT", `--diff compares two settings, not ${diff.length}.`, {
        hint: "For example: llmops show last --diff 'temperature=0' 'temperature=1'; the study stands before --diff.",
      });
    }
    const result = diffSettings(study, cells, [findSetting(study, a), findSetting(study, b)]);
    const { differences } = result;
    const shown = limit === 0 ? differences : differences.slice(0, limit);
    for (const one of shown) this.log(`${renderDifference(one, primaryOf(study), terminalScreen())}\n`);
    this.log(`A is ${result.settings[0]}, B is ${result.settings[1]}. ${describeDifferences(result, primaryOf(study))}`);
    this.sayCount(shown.length, differences.length, "differences");
    const { rows, sameScore, settings } = result;
    return { settings, rows, same_score_other_text: sameScore, shown: shown.length, of: differences.length, differences: shown };
  }

  private sayCount(shown: number, of: number, what: string): void {
    if (shown === of) this.log(`${of} ${what}.`);
    else this.log(`${shown} of ${of} ${what}; --limit 0 shows all.`);
  }
}
