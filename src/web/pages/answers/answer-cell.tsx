import { useState, type ComponentType, type ReactElement } from "react";
import type { Answer, AnswerPlace } from "../../api/answers.js";
import { count, formatMetric, formatNumber } from "../../format/numbers.js";
import { TextContent } from "../../parts/text-content.js";
import type { RatingScale } from "./answers-view.js";
import type { RatingProps } from "./rating-bar.js";
import { wordDiff } from "./word-diff.js";

interface Props {
  answers: readonly Answer[];
  place: Omit<AnswerPlace, "repeat">;
  /** The run's. */
  name: string;
  /** What changed words are marked beside; null for no marks. */
  base: string | null;
  score: string | null;
  scale: RatingScale;
  /** Rates the answer; answers that nobody can rate here have none. */
  Rating?: ComponentType<RatingProps> | undefined;
}

/** What a run answered: one answer at a time where it was asked several times. */
export function AnswerCell({ answers, place, name, base, score, scale, Rating }: Props): ReactElement {
  const [index, setIndex] = useState(0);
  const answer = answers[index] ?? answers[0];
  if (!answer) return <div className="answer soft">no answer yet</div>;
  return (
    <div className="answer">
      {answers.length > 1 && (
        <label className="repeat">
          Answer
          <select value={index} onChange={(event) => setIndex(Number(event.target.value))}>
            {answers.map(({ repeat, scores }, i) => (
              <option key={repeat} value={i}>
                {i + 1} of {answers.length}
                {score !== null && scores[score] !== undefined ? `: ${formatNumber(scores[score])}` : ""}
              </option>
            ))}
          </select>
        </label>
      )}
      {answer.thoughts !== null && answer.thoughts !== "" && (
        <details className="thoughts">
          <summary>Thoughts</summary>
          <p className="plain-text" dir="auto">
            {answer.thoughts}
          </p>
        </details>
      )}
      <AnswerText text={answer.text} base={base} />
      {answer.problem !== null && (
        <p className="bad plain-text" dir="auto">
          {answer.problem}
        </p>
      )}
      <Scores answer={answer} first={score} />
      {Rating && <Rating rating={answer.rating} scale={scale} place={{ ...place, repeat: answer.repeat }} name={name} />}
    </div>
  );
}

function AnswerText({ text, base }: { text: string | null; base: string | null }): ReactElement {
  if (text === null) return <p className="soft">no answer</p>;
  if (text === "") return <i className="soft">empty</i>;
  if (base !== null) {
    return (
      <p className="plain-text" dir="auto">
        {wordDiff(base, text).map(({ text: piece, kind }, i) =>
          kind === "same" ? <span key={i}>{piece}</span> : kind === "added" ? <ins key={i}>{piece}</ins> : <del key={i}>{piece}</del>,
        )}
      </p>
    );
  }
  return <TextContent text={text} />;
}

function Scores({ answer: { scores, reasons, finish_reason }, first }: { answer: Answer; first: string | null }): ReactElement {
  const others = Object.keys(scores).filter((name) => name !== first);
  const value = first === null ? undefined : scores[first];
  return (
    <>
      <div className="answer-scores">
        {value !== undefined && (
          <span className="chip" data-score={value}>
            <span dir="auto">{first}</span> <strong>{formatNumber(value)}</strong>
          </span>
        )}
        {first !== null && value === undefined && <span className="chip">{first}: no score</span>}
        {finish_reason !== null && finish_reason !== "stop" && <span className="chip">ended by {finish_reason}</span>}
        {others.length > 0 && (
          <details>
            <summary>{count(others.length, "more score")}</summary>
            <ul className="measured">
              {others.map((name) => (
                <li key={name}>
                  <span dir="auto">{name}</span> <strong>{formatMetric(name, scores[name] ?? NaN)}</strong>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      {Object.entries(reasons).map(([name, reason]) => (
        <details key={name} className="thoughts">
          <summary dir="auto">Why {name}</summary>
          <p className="plain-text" dir="auto">
            {reason}
          </p>
        </details>
      ))}
    </>
  );
}
