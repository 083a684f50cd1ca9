import { useMemo, useState, type ReactElement } from "react";
import type { JudgedRow, JudgementDocument } from "../../../api/judge-documents.js";
import { count, formatNumber } from "../../../format/numbers.js";
import { LongText } from "../../../parts/long-text.js";
import { answersOf, type JudgedAnswer } from "./judge-data.js";

const STEP = 20;

/** The answers, the worst first, with what the judge gave them. */
export function JudgedRows({ document }: { document: JudgementDocument }): ReactElement {
  const [most, setMost] = useState(STEP);
  const [isDoubtful, setDoubtful] = useState(false);
  const answers = useMemo(() => answersOf(document.rows), [document.rows]);
  const doubtful = new Set(document.doubtful);
  const found = isDoubtful ? answers.filter(({ id }) => doubtful.has(id)) : answers;
  return (
    <section className="card" aria-label="Answers">
      <div className="card-head">
        <h2>Answers</h2>
        <span className="count">{formatNumber(found.length)}</span>
        <small className="soft">the worst first</small>
        {doubtful.size > 0 && (
          <label className="card-link check">
            <input type="checkbox" checked={isDoubtful} onChange={(event) => setDoubtful(event.target.checked)} />
            Only the {formatNumber(doubtful.size)} the judge is least sure of
          </label>
        )}
      </div>
      <ul className="list">
        {found.slice(0, most).map((answer) => (
          <Answer key={answer.id} answer={answer} isDoubtful={doubtful.has(answer.id)} />
        ))}
      </ul>
      {found.length > most && (
        <button type="button" className="link" onClick={() => setMost(most + 5 * STEP)}>
          {count(found.length - most, "more answer")}
        </button>
      )}
    </section>
  );
}

function Answer({
  answer: { id, question, answer, reference, verdicts },
  isDoubtful,
}: {
  answer: JudgedAnswer;
  isDoubtful: boolean;
}): ReactElement {
  return (
    <li className="answer">
      <div className="item-line">
        <strong dir="auto">
          <LongText text={question} />
        </strong>
        <span className="item-end">
          {isDoubtful && <span className="chip">in doubt</span>}
          <code dir="auto">{id.slice(0, 80)}</code>
        </span>
      </div>
      <div dir="auto">{answer === null ? <span className="missing">no answer</span> : <LongText text={answer} />}</div>
      {reference !== null && (
        <div className="soft" dir="auto">
          Reference: <LongText text={reference} />
        </div>
      )}
      <p className="item-note">
        {verdicts.map((verdict) => (
          <span key={verdict.criterion} className="chip" dir="auto" title={(verdict.justification ?? verdict.problem ?? "").slice(0, 1000)}>
            {verdict.criterion}: {gradeText(verdict)}
          </span>
        ))}
      </p>
      {verdicts.map(({ criterion, justification, problem }) =>
        (justification ?? problem) === null ? null : (
          <p key={criterion} className="soft" dir="auto">
            {criterion}: <LongText text={justification ?? problem ?? ""} />
          </p>
        ),
      )}
    </li>
  );
}

function gradeText({ score, state }: JudgedRow): string {
  return score === null ? state : formatNumber(score);
}
