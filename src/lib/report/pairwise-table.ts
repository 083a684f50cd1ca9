import type { PairResult, PairwiseResult } from "../evaluation/pairwise-result.js";
import { describeErrors } from "../study/error-tally.js";
import { formatInterval, formatP, formatScore } from "./format-score.js";
import { toJunit } from "./junit.js";
import { markdownTable } from "./markdown-table.js";
import { wrapProse } from "./display-width.js";
import { broken, cut, whole } from "./fit-columns.js";
import { plainTable } from "./plain-table.js";
import type { Screen } from "./screen.js";

const PAIR_HEAD = ["first", "second", "first wins", "95 % interval", "won", "lost", "tied", "flips", "verdict"];
const PAIR_COLUMNS = [
  ...[cut("first"), cut("second", 0), whole("first wins", 0), whole("95 % interval", 1)],
  ...[whole("won", 3), whole("lost", 3), whole("tied", 3), whole("flips", 2), broken("verdict", 0)],
];
const RANKED_COLUMNS = [cut("Bradley-Terry"), whole("strength", 0), whole("95 % interval", 0), whole("ties", 0)];
/** A judge that names the answer shown first this much more or less often than half is worth a word. */
const PLACE_BIAS = 0.1;

/** A comparison for a terminal: every pair, the ranking of several, and how the order of showing mattered. */
export function renderPairwise(result: PairwiseResult, screen: Screen): string {
  const { chalk, width } = screen;
  const { study, criteria, errors } = result;
  const colours = { better: chalk.green, worse: chalk.red, "cannot tell": chalk.yellow };
  const lines = Object.entries(criteria).flatMap(([criterion, { pairs, ranking, first_place: place, unscored }]) => {
    const rows = pairs.map((pair) => [...toCells(pair), colours[pair.verdict](describe(pair))]);
    const ranked = ranking.map(({ name, strength, low, high, letters }) => [
      ...[name, strength.toFixed(2), low === null || high === null ? "-" : `${low.toFixed(2)} to ${high.toFixed(2)}`, letters],
    ]);
    const biased = place.n > 0 && Math.abs(place.mean - 0.5) > PLACE_BIAS;
    return [
      `${criterion}, over ${study.samples} rows, both orders:`,
      plainTable(PAIR_COLUMNS, rows, screen, { align: "right" }),
      ...(ranking.length > 2 ? [plainTable(RANKED_COLUMNS, ranked, screen, { align: "right" })] : []),
      ...(biased ? [chalk.yellow(`The judge names the answer shown first in ${formatScore(place.mean, "rate")} of its decisions.`)] : []),
      ...(unscored > 0
        ? [chalk.yellow(`${unscored} comparisons could not be read and are left out. Ask again with: ${study.resume} --retry-failed`)]
        : []),
    ];
  });
  const stopped = study.status === "finished" ? [] : [chalk.yellow(`${study.status}; go on with: ${study.resume}`)];
  const failed = errors.length > 0 ? [chalk.yellow(`Failed: ${describeErrors(errors)}.`)] : [];
  const where = `${study.tracking_uri}, experiment "${study.experiment}"`;
  const recorded = study.run_id === null ? `Not recorded yet in ${where}` : `Recorded in ${where}, run ${study.run_id}`;
  return wrapProse([...lines, ...stopped, ...failed, `${recorded} (${study.seconds.toFixed(1)} s).`].join("\n"), width);
}

/** A comparison for a pull request. */
export function pairwiseMarkdown({ criteria, study, judge }: PairwiseResult): string {
  const parts = Object.entries(criteria).map(
    ([criterion, { pairs }]) =>
      `**${criterion}**\n\n${markdownTable(
        PAIR_HEAD,
        pairs.map((pair) => [...toCells(pair), describe(pair)]),
      )}`,
  );
  const judges = judge.models.map(({ model }) => model).join(", ");
  return `### Compared by ${judges}\n\n${parts.join("\n\n")}\n\n${study.samples} rows of \`${study.dataset.path}\`, both orders.\n`;
}

/** A comparison as JUnit XML: a test case a pair, skipped where it cannot be told. */
export function pairwiseJunit({ criteria, study }: PairwiseResult): string {
  const cases = Object.entries(criteria).flatMap(([criterion, { pairs }]) =>
    pairs.map((pair) => ({
      ...{ name: `${criterion}: ${pair.first} against ${pair.second}`, time: 0, output: describe(pair) },
      skipped: pair.verdict === "cannot tell",
    })),
  );
  return toJunit("judge pairwise", study.seconds, cases, []);
}

function toCells({ first, second, win_rate: rate, wins, losses, ties, flips, flip_rate: share }: PairResult): string[] {
  return [
    ...[first, second, formatScore(rate.n > 0 ? rate.mean : null, "rate"), formatInterval(rate, "rate")],
    ...[wins, losses, ties].map(String),
    `${flips} (${formatScore(share, "rate")})`,
  ];
}

function describe({ first, second, verdict, p_value: p }: PairResult): string {
  const words = { better: `${first} is better`, worse: `${second} is better`, "cannot tell": "cannot tell" };
  return `${words[verdict]}, ${formatP(p)}`;
}
