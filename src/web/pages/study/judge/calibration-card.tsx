import type { ReactElement } from "react";
import type { CardSummary, JudgementDocument } from "../../../api/judge-documents.js";
import { formatNumber, formatShare } from "../../../format/numbers.js";
import { formatInterval, formatScore } from "../../../format/scores.js";
import { Command } from "../../../parts/command.js";
import { ConfusionMatrix } from "./confusion-matrix.js";

type Judge = JudgementDocument["judge"];
type Shift = NonNullable<Judge["shift"]>[string] | undefined;

const KAPPA = { name: "kappa", isRate: false };
const SCORE = { name: "score", isRate: false };

/** How well the judge agrees with people by a criterion, or that nobody has measured that. */
export function CalibrationCard({ criterion, shift }: { criterion: Judge["criteria"][number]; shift: Shift }): ReactElement {
  const { card, name, title } = criterion;
  return (
    <section className="card" aria-label={`Calibration of ${title}`}>
      <h2 dir="auto">Calibration: {title}</h2>
      {card ? <Agreement card={card} /> : <Uncalibrated name={name} />}
      {shift && <ShiftLine shift={shift} />}
    </section>
  );
}

function Uncalibrated({ name }: { name: string }): ReactElement {
  return (
    <>
      <p>Labels are missing: nobody has compared this judge with people, so how far its grades can be trusted is not known.</p>
      <Command label="Calibrate it" line={`llmops judge calibrate --labels FILE --rubric ${/^[\w.-]+$/.test(name) ? name : "RUBRIC"}`} />
    </>
  );
}

function Agreement({ card }: { card: CardSummary }): ReactElement {
  const { confusion, levels, unscored = 0, labels = "levels" } = card;
  return (
    <>
      <p className="figure">
        <strong>{formatScore(KAPPA, card.kappa)}</strong> {formatInterval(KAPPA, card)}{" "}
        <small className="soft">
          weighted kappa with people; n = {formatNumber(card.rows)}
          {unscored > 0 && `, and ${formatNumber(unscored)} that the judge did not score`}
        </small>
      </p>
      <p className="soft">{hitsOf(card).join("; ")}</p>
      {confusion && levels && <ConfusionMatrix confusion={confusion} names={levels.map((level) => nameOf(level, labels))} />}
      <p className="soft">Calibrated {card.created.slice(0, 10)}</p>
    </>
  );
}

function hitsOf({ exact, within_one: near, majority, bias, labels = "levels" }: CardSummary): string[] {
  const common = majority === undefined ? "" : ` (always the commonest: ${formatShare(majority)})`;
  return [
    ...(exact === undefined ? [] : [`Same ${labels === "pass" ? "verdict" : "level"}: ${formatShare(exact)}${common}`]),
    ...(labels === "levels" && near !== undefined ? [`within one: ${formatShare(near)}`] : []),
    ...(bias && bias.value !== null ? [`judge minus people: ${formatScore(SCORE, bias.value)} ${formatInterval(SCORE, bias)}`] : []),
  ];
}

function nameOf(level: number, labels: "levels" | "pass"): string {
  return labels === "pass" ? (level === 1 ? "pass" : "fail") : String(level);
}

function ShiftLine({ shift: { mean, anchors, moved, ...ends } }: { shift: NonNullable<Shift> }): ReactElement {
  return (
    <p className={moved ? "flat" : "soft"}>
      {moved ? "The judge has changed since: " : "Frozen answers graded again: "}
      {mean === null ? "nothing was scored" : `${formatScore(SCORE, mean)} ${formatInterval(SCORE, ends)}`} over {formatNumber(anchors)}{" "}
      answers
    </p>
  );
}
