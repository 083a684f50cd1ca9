import type { ComponentType, ReactElement } from "react";
import type { AnswersWindow, Shown } from "../../api/answers.js";
import type { RunRow } from "../../api/documents.js";
import { count, formatNumber } from "../../format/numbers.js";
import { usePlace } from "../../parts/place.js";
import type { ActionsProps } from "./answers-actions.js";
import { ratingScale, SHOWN, type AnswersView, type RatingScale } from "./answers-view.js";

interface Props {
  runs: readonly RunRow[];
  view: AnswersView;
  change: (part: Partial<AnswersView>) => void;
  known: AnswersWindow | undefined;
  /** What can be done with all of them, where anything can. */
  Actions?: ComponentType<ActionsProps> | undefined;
}

/** What is shown of the answers, and what can be done with all of them. */
export function AnswersHead(props: Props): ReactElement {
  const { runs, Actions } = props;
  const { isFile } = usePlace();
  const Heading = isFile ? "h2" : "h1";
  const scale = ratingScale(props.view, props.known?.scales);
  return (
    <header className="page-head">
      <div className="title-line">
        <Heading>Answers</Heading>
        <span className="total">{count(runs.length, isFile ? "setting" : "run")}</span>
        {Actions && <Actions runIds={runs.map(({ run_id }) => run_id)} scale={scale} />}
      </div>
      <Filters {...props} />
      <OtherScale scale={scale} scales={props.known?.scales} />
    </header>
  );
}

const SCALES: Record<RatingScale, string> = { pass: "pass or fail", levels: "1 to 5" };

/** Says that answers are rated on the other scale too: labels of both are no set that a judge can be calibrated with. */
function OtherScale({ scale, scales }: { scale: RatingScale; scales: AnswersWindow["scales"] | undefined }): ReactElement | null {
  const other = scale === "pass" ? "levels" : "pass";
  const rated = scales?.[other] ?? 0;
  if (rated === 0) return null;
  return (
    <p className="notice notice-bad">
      {count(rated, "answer")} {rated === 1 ? "is" : "are"} rated {SCALES[other]}, not {SCALES[scale]}: a judge is calibrated with ratings
      of one kind, so exported labels leave {rated === 1 ? "it" : "them"} out.
    </p>
  );
}

function Filters({ view, change, known, Actions }: Props): ReactElement {
  return (
    <div className="tools answers-tools">
      <input
        type="search"
        aria-label="Find in questions and answers"
        placeholder="Find in questions and answers"
        value={view.words}
        onChange={(event) => change({ words: event.target.value })}
      />
      <label>
        Rows
        <select value={view.show} onChange={(event) => change({ show: event.target.value as Shown })}>
          {Object.entries(SHOWN).map(([show, name]) => (
            <option key={show} value={show}>
              {name}
              {known ? ` (${formatNumber(known.counts[show as Shown])})` : ""}
            </option>
          ))}
        </select>
      </label>
      {known && known.scores.length > 0 && (
        <>
          <label>
            Score
            <select value={known.score ?? ""} onChange={(event) => change({ score: event.target.value })}>
              {known.scores.map((score) => (
                <option key={score}>{score}</option>
              ))}
            </select>
          </label>
          <label>
            from
            <input
              type="number"
              step="any"
              value={view.min}
              aria-label="Least score"
              onChange={(event) => change({ min: event.target.value })}
            />
          </label>
          <label>
            to
            <input
              type="number"
              step="any"
              value={view.max}
              aria-label="Greatest score"
              onChange={(event) => change({ max: event.target.value })}
            />
          </label>
        </>
      )}
      {known && <Topics topics={known.topics} value={view.topic} choose={(topic) => change({ topic })} />}
      {Actions && (
        <label>
          Ratings
          <select value={ratingScale(view, known?.scales)} onChange={(event) => change({ scale: event.target.value as RatingScale })}>
            <option value="pass">pass or fail</option>
            <option value="levels">1 to 5</option>
          </select>
        </label>
      )}
      <label>
        <input type="checkbox" checked={view.isDiff} onChange={(event) => change({ isDiff: event.target.checked })} />
        Mark changed words
      </label>
    </div>
  );
}

interface TopicsProps {
  topics: AnswersWindow["topics"];
  value: string;
  choose: (topic: string) => void;
}

function Topics({ topics, value, choose }: TopicsProps): ReactElement | null {
  if (topics.length === 0) return null;
  return (
    <label>
      Topic
      <select value={value} onChange={(event) => choose(event.target.value)}>
        <option value="">all</option>
        {topics.map(({ topic, rows }) => (
          <option key={topic} value={topic}>
            {topic.slice(0, 60)} ({formatNumber(rows)})
          </option>
        ))}
      </select>
    </label>
  );
}
