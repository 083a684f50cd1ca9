import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { Link } from "wouter";
import { rateAnswer, type Answer, type AnswerPlace, type RatingValue } from "../../api/answers.js";
import { TextDialog } from "../../parts/text-dialog.js";
import { useAction } from "../../parts/use-action.js";
import type { RatingScale } from "./answers-view.js";

/** What a rating is of. */
export interface RatingProps {
  rating: Answer["rating"];
  scale: RatingScale;
  place: AnswerPlace;
  /** The run's. */
  name: string;
}

interface Choice {
  value: RatingValue;
  text: string;
  label: string;
}

const CHOICES: Record<RatingScale, Choice[]> = {
  pass: [
    { value: true, text: "✓", label: "pass" },
    { value: false, text: "✗", label: "fail" },
  ],
  levels: [1, 2, 3, 4, 5].map((value) => ({ value, text: String(value), label: `${value} of 5` })),
};

/** Rates an answer, and comments on it: an assessment that MLflow shows too. The pressed rating is taken back when it is pressed again. */
export function RatingBar({ rating, scale, place, name }: RatingProps): ReactElement {
  const [act, isBusy] = useAction(["answers"]);
  const { value, comment } = rating ?? { value: null, comment: null };
  const said = comment ?? "";
  const rate = (next: RatingValue) => act(() => rateAnswer(place, next === value ? null : next, comment));
  const save = (text: string) => act(() => rateAnswer(place, value, text === "" ? null : text), "The comment is saved.");
  return (
    <div className="rating" role="group" aria-label={`Rating of the answer of ${name}`}>
      {CHOICES[scale].map((choice) => (
        <Button
          key={choice.label}
          className="rate"
          aria-label={`Rate ${choice.label}`}
          aria-pressed={choice.value === value}
          isPending={isBusy}
          onPress={() => void rate(choice.value)}
        >
          {choice.text}
        </Button>
      ))}
      <OtherScale value={value} scale={scale} />
      <TextDialog
        icon="edit"
        name={said === "" ? "Comment…" : "Change the comment…"}
        isIconOnly
        isEmptyAllowed
        fields={["Comment"]}
        values={[said]}
        save={async ([text = ""]) => void (await save(text))}
      />
      {rating && (
        <Link href={`/traces/${encodeURIComponent(rating.trace_id)}`} className="rating-trace">
          Trace
        </Link>
      )}
      {said !== "" && (
        <span className="rating-comment" dir="auto">
          {said}
        </span>
      )}
    </div>
  );
}

/** A rating that the buttons do not have. */
function OtherScale({ value, scale }: { value: RatingValue; scale: RatingScale }): ReactElement | null {
  if (value === null || CHOICES[scale].some((choice) => choice.value === value)) return null;
  return <span className="chip">rated {typeof value === "boolean" ? (value ? "pass" : "fail") : value}</span>;
}
