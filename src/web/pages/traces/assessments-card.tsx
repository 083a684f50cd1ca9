import type { ReactElement } from "react";
import { addAssessment, assessedValue, changeAssessment, deleteAssessment, type Assessment, type Trace } from "../../api/traces.js";
import { formatNumber } from "../../format/numbers.js";
import { formatAgo, formatTime } from "../../format/times.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { LongText } from "../../parts/long-text.js";
import { useAction } from "../../parts/use-action.js";
import { AssessmentDialog } from "./assessment-dialog.js";
import { showValue } from "./assessment-value.js";

const SOURCES: Readonly<Record<string, string>> = { HUMAN: "a person", LLM_JUDGE: "a judge", CODE: "code" };

/** What people, judges, and programs say of a trace, to be added, changed, and deleted. */
export function AssessmentsCard({ trace: { trace_id, assessments = [] } }: { trace: Trace }): ReactElement {
  const [act] = useAction(["trace", "traces", "answers"]);
  return (
    <section className="card" aria-label="Assessments">
      <div className="card-head">
        <h2>Assessments</h2>
        {assessments.length > 0 && <span className="count">{formatNumber(assessments.length)}</span>}
        <span className="card-link">
          <AssessmentDialog name="Assess…" save={(said) => act(() => addAssessment(trace_id, said), "The assessment is added.")} />
        </span>
      </div>
      {assessments.length === 0 && <p className="soft">Nobody has said anything of this trace</p>}
      <ul className="list">
        {assessments.map((assessment) => (
          <Item
            key={assessment.assessment_id}
            assessment={assessment}
            change={(said) => act(() => changeAssessment(trace_id, assessment.assessment_id, said), "The assessment is changed.")}
            remove={() => act(() => deleteAssessment(trace_id, assessment.assessment_id), "The assessment is deleted.")}
          />
        ))}
      </ul>
    </section>
  );
}

interface ItemProps {
  assessment: Assessment;
  change: Parameters<typeof AssessmentDialog>[0]["save"];
  remove: () => Promise<unknown>;
}

function Item({ assessment, change, remove }: ItemProps): ReactElement {
  const { assessment_name: name, feedback, expectation, rationale = "", valid, source, last_update_time } = assessment;
  const kind = expectation ? "expectation" : "feedback";
  const value = assessedValue(assessment);
  const changed = Date.parse(last_update_time);
  return (
    <li data-invalid={!valid}>
      <div className="item-line">
        <strong dir="auto">{name}</strong>
        <span className="item-end item-actions">
          <AssessmentDialog name={`Change ${name.slice(0, 80)}…`} isIconOnly known={{ kind, name, value, rationale }} save={change} />
          <ConfirmButton
            {...{ icon: "trash", name: `Delete ${name.slice(0, 80)}…`, isIconOnly: true, isDangerous: true }}
            question={`Delete ${name.slice(0, 80)}?`}
            verb="Delete"
            confirm={remove}
          >
            <p>What it replaced, if anything, counts again.</p>
          </ConfirmButton>
        </span>
      </div>
      <Value {...{ value }} error={feedback?.error} />
      {rationale !== "" && <LongText text={rationale} />}
      <p className="item-note">
        <span>
          {kind === "expectation" ? "expected by" : "by"} {SOURCES[source.source_type] ?? source.source_type}
        </span>
        {source.source_id !== "" && <span dir="auto">{source.source_id.slice(0, 100)}</span>}
        <time title={formatTime(changed)}>{formatAgo(changed)}</time>
        {!valid && <span className="chip">replaced</span>}
      </p>
    </li>
  );
}

function Value({ value, error }: { value: unknown; error: NonNullable<Assessment["feedback"]>["error"] }): ReactElement {
  if (error) {
    return (
      <p className="bad plain-text" dir="auto">
        {error.error_message ?? error.error_code ?? "error"}
      </p>
    );
  }
  if (typeof value === "string") return <LongText text={value} />;
  return (
    <p>
      <span className={value === true ? "chip chip-good" : value === false ? "chip chip-bad" : "chip"}>{showValue(value)}</span>
    </p>
  );
}
