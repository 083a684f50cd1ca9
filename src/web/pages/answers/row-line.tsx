import type { ComponentType, ReactElement } from "react";
import type { AnswerRow } from "../../api/answers.js";
import type { RunRow } from "../../api/documents.js";
import { LongText } from "../../parts/long-text.js";
import { AnswerCell } from "./answer-cell.js";
import type { AnswersView, RatingScale } from "./answers-view.js";
import type { RatingProps } from "./rating-bar.js";

interface Props {
  row: AnswerRow | undefined;
  runs: readonly RunRow[];
  view: AnswersView;
  score: string | null;
  /** Of the ratings that are there, where the address names none. */
  scale: RatingScale;
  isActive: boolean;
  /** From 1. */
  place: number;
  /** Rates an answer, where that can be done. */
  Rating?: ComponentType<RatingProps> | undefined;
}

/** A row: what was asked, and what every run answered. */
export function RowLine({ row, runs, view, score, scale, isActive, place, Rating }: Props): ReactElement {
  if (!row) return <div className="answers-line answers-empty" aria-busy="true" />;
  const base = row.cells[0]?.[0]?.text ?? null;
  return (
    <article className="answers-line" aria-label={`Row ${row.id}`} aria-current={isActive}>
      <div className="question">
        <p className="item-note">
          <span>{place}</span>
          <code dir="auto">{row.id.slice(0, 60)}</code>
          {row.topic !== null && row.topic !== "" && (
            <span className="chip" dir="auto">
              {row.topic.slice(0, 60)}
            </span>
          )}
        </p>
        <div dir="auto">
          <LongText text={row.question} />
        </div>
        {row.reference !== null && row.reference !== "" && (
          <div className="reference" dir="auto">
            <small>Right answer</small>
            <LongText text={row.reference} />
          </div>
        )}
      </div>
      {runs.map(({ run_id, run_name }, i) => (
        <AnswerCell
          key={run_id}
          answers={row.cells[i] ?? []}
          place={{ run_id, row_id: row.id }}
          name={run_name}
          base={view.isDiff && i > 0 ? base : null}
          {...{ score, scale: view.scale ?? scale, Rating }}
        />
      ))}
    </article>
  );
}
