import type { ReactElement } from "react";
import { count, formatNumber } from "../../format/numbers.js";
import { formatIn } from "../../format/units.js";
import { Markdown } from "../../parts/markdown.js";
import { speedOf, shownTokens, type Answer } from "./answer.js";
import { KeepRow } from "./keep-row.js";
import type { KeptRow } from "./kept-rows.js";
import type { Side } from "./settings.js";
import { TokenText } from "./token-text.js";
import type { Turn } from "./use-chat.js";

interface Props {
  turn: Turn;
  rows: readonly KeptRow[];
  keep: (rows: readonly KeptRow[]) => void;
}

/** A question with both answers. */
export function TurnView({ turn, rows, keep }: Props): ReactElement {
  return (
    <article className="turn">
      <p className="turn-question" dir="auto">
        {turn.question}
      </p>
      <div className="sides">
        {(["a", "b"] as const).map((side) => (
          <AnswerView key={side} side={side} turn={turn} rows={rows} keep={keep} />
        ))}
      </div>
    </article>
  );
}

function AnswerView({ side, turn, rows, keep }: Props & { side: Side }): ReactElement {
  const answer = turn.answers[side];
  const isOver = answer.state !== "waiting" && answer.state !== "streaming";
  return (
    <section className="card turn-answer" aria-label={`Answer ${side.toUpperCase()}`} aria-busy={!isOver}>
      {answer.thoughts !== "" && (
        <details className="thoughts">
          <summary>Thoughts</summary>
          <p className="plain-text" dir="auto">
            {answer.thoughts}
          </p>
        </details>
      )}
      <AnswerText answer={answer} />
      {answer.error !== null && (
        <p className="answer-error" role="alert" dir="auto">
          {answer.error}
        </p>
      )}
      <footer className="turn-foot">
        <Numbers answer={answer} />
        {isOver && answer.state !== "failed" && answer.text !== "" && (
          <KeepRow messages={turn.sent[side]} question={turn.question} answer={answer.text} rows={rows} keep={keep} />
        )}
      </footer>
    </section>
  );
}

function AnswerText({ answer }: { answer: Answer }): ReactElement {
  const tokens = shownTokens(answer);
  if (answer.state === "waiting") return <p className="soft">Waiting for the first token…</p>;
  if (tokens) return <TokenText tokens={tokens} />;
  if (answer.state === "streaming")
    return (
      <p className="plain-text" dir="auto">
        {answer.text}
      </p>
    );
  return answer.text === "" ? <></> : <Markdown text={answer.text} />;
}

function Numbers({ answer }: { answer: Answer }): ReactElement {
  const { firstMs, perSecond } = speedOf(answer);
  const { completionTokens, tokens, finishReason, state } = answer;
  const told = completionTokens ?? (tokens.length > 0 ? tokens.length : null);
  const facts = [
    firstMs !== null && `first token after ${formatIn("seconds", firstMs / 1000)}`,
    perSecond !== null && `${formatNumber(Number(perSecond.toPrecision(3)))} tokens/s`,
    told !== null && count(told, "token"),
    state === "stopped" && "stopped",
    finishReason === "length" && "cut off at the most tokens",
    finishReason === "content_filter" && "filtered",
  ].filter((fact) => typeof fact === "string");
  return <span className="soft">{facts.join(" · ")}</span>;
}
