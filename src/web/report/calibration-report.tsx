import type { ReactElement } from "react";
import type { JudgeCard } from "../api/judge-card.js";
import type { CardSummary } from "../api/judge-documents.js";
import { count, formatNumber, formatShare } from "../format/numbers.js";
import { formatInterval, formatScore } from "../format/scores.js";
import { CalibrationCard } from "../pages/study/judge/calibration-card.js";
import { Fact } from "../parts/fact.js";

const KAPPA = { name: "kappa", isRate: false };

/** How well a judge agrees with people. */
export function CalibrationReportView({ title, summary, card }: { title: string; summary: CardSummary; card: JudgeCard }): ReactElement {
  const { criterion, judge, dataset, rows, unscored, raters, fingerprint, anchors } = card;
  return (
    <div className="page study-page">
      <header className="run-head">
        <h1 dir="auto">{title}</h1>
        <dl className="facts">
          <Fact name="Judge">
            {judge.models.join(", ")} ({judge.method}, justification {judge.reason})
          </Fact>
          <Fact name="Labels">{dataset.path}</Fact>
          <Fact name="Rows">
            {formatNumber(rows)}
            {unscored > 0 && `, and ${formatNumber(unscored)} that could not be scored`}
          </Fact>
          <Fact name="People">{formatNumber(raters)}</Fact>
          <Fact name="Frozen answers">{formatNumber(anchors)}</Fact>
          <Fact name="Fingerprint">{fingerprint}</Fact>
        </dl>
      </header>
      <div className="panels">
        <CalibrationCard criterion={{ name: criterion, title: criterion, levels: {}, card: summary }} shift={undefined} />
        <Figures card={card} />
      </div>
    </div>
  );
}

interface Line {
  name: string;
  value: string;
  interval: string;
  about: string;
}

function Figures({ card }: { card: JudgeCard }): ReactElement {
  return (
    <section className="card" aria-label="Agreement">
      <h2>Agreement</h2>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of agreement">
        <table className="plain study-table">
          <thead>
            <tr>
              <th scope="col">Figure</th>
              <th scope="col">Value</th>
              <th scope="col">95 % interval</th>
              <th scope="col" className="left">
                Of
              </th>
            </tr>
          </thead>
          <tbody>
            {linesOf(card).map(({ name, value, interval, about }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
                <td>{interval}</td>
                <td className="left">{about}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function linesOf({ kappa, alpha, human_kappa: human, spearman, pass, rows }: JudgeCard): Line[] {
  const figure = (name: string, { value, ...ends }: JudgeCard["kappa"], about: string): Line => {
    return { name, value: formatScore(KAPPA, value), interval: formatInterval(KAPPA, ends), about };
  };
  const share = (name: string, value: number | null, about: string): Line => {
    return { name, value: value === null ? "–" : formatShare(value), interval: "", about };
  };
  return [
    figure("Weighted kappa", kappa, count(rows, "row")),
    ...(human ? [figure("People with each other", human, "the ceiling for any judge")] : []),
    figure("Krippendorff's alpha", alpha, "people and judge together"),
    { name: "Rank correlation", value: formatScore(KAPPA, spearman), interval: "", about: "Spearman" },
    share(`Passing (${pass.at} or more) found`, pass.tpr, count(pass.positives, "passing answer")),
    share("Failing found", pass.tnr, count(pass.negatives, "failing answer")),
  ];
}
