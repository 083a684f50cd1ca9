import type { ReactElement } from "react";
import { Link } from "wouter";
import { compareNames } from "../../../lib/base/pages/texts.js";
import type { RunRow } from "../../api/documents.js";
import {
  deleteModelTag,
  deleteVersion,
  describe,
  moveToStage,
  setAlias,
  setModelTag,
  STAGES,
  type ModelVersion,
  type Stage,
} from "../../api/registry.js";
import { formatMetric } from "../../format/numbers.js";
import { formatTime } from "../../format/times.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { TagEditor } from "../../parts/tag-editor.js";
import { TextDialog } from "../../parts/text-dialog.js";
import { useAction } from "../../parts/use-action.js";
import { intervalOf, isIntervalEnd } from "../runs/columns.js";
import { Markdown } from "../../parts/markdown.js";
import { PromoteButton } from "./promote-dialog.js";

const METRICS = 6;

/** A version of a model: what it is, where it came from, what was measured, and what can be done with it. */
export function VersionCard({ version: of, run }: { version: ModelVersion; run: RunRow | undefined }): ReactElement {
  const { name, version, description = "", aliases = [], current_stage: stage = "None", tags = [], status = "READY" } = of;
  return (
    <article className="card version" id={`version-${version}`} aria-label={`Version ${version}`}>
      <div className="version-head">
        <h3>Version {version}</h3>
        {aliases.map((alias) => (
          <span key={alias} className={alias === "champion" ? "chip chip-good" : "chip"} dir="auto">
            {alias}
          </span>
        ))}
        {stage !== "None" && <span className="chip">{stage}</span>}
        {status !== "READY" && <span className="chip chip-bad">{status.toLowerCase().replaceAll("_", " ")}</span>}
        <time className="item-end">{formatTime(of.creation_timestamp)}</time>
      </div>
      {description !== "" && <Markdown text={description} />}
      <Source of={of} run={run} />
      {run && <Measured run={run} />}
      {tags.length > 0 && <VersionTags {...{ name, version, tags }} />}
      <Actions of={of} run={run} />
    </article>
  );
}

function Source({ of, run }: { of: ModelVersion; run: RunRow | undefined }): ReactElement {
  const { run_id: runId = "", source = "" } = of;
  return (
    <dl className="values">
      <div>
        <dt>Run</dt>
        <dd>
          {runId === "" ? (
            <span className="soft">none: it has no metrics to be promoted by</span>
          ) : (
            <Link href={`/runs/${encodeURIComponent(runId)}`} dir="auto">
              {run?.run_name ?? runId}
            </Link>
          )}
        </dd>
      </div>
      <div>
        <dt>Files</dt>
        <dd>
          <span className="value-text" dir="auto">
            {source}
          </span>
        </dd>
      </div>
    </dl>
  );
}

/** Some metrics of the source run, those with intervals first. */
function Measured({ run: { metrics, run_id } }: { run: RunRow }): ReactElement | null {
  const keys = new Set(Object.keys(metrics));
  const rank = (key: string) => (intervalOf(metrics, key) ? 0 : 1);
  const shown = [...keys].filter((key) => !isIntervalEnd(key, keys)).sort((a, b) => rank(a) - rank(b) || compareNames(a, b));
  if (shown.length === 0) return null;
  return (
    <ul className="measured" aria-label="Metrics of the run">
      {shown.slice(0, METRICS).map((key) => {
        const interval = intervalOf(metrics, key);
        return (
          <li key={key}>
            <span dir="auto">{key}</span>
            <strong>{formatMetric(key, metrics[key]?.last ?? "NaN")}</strong>
            {interval && <small>[{interval.map((end) => formatMetric(key, end)).join(", ")}]</small>}
          </li>
        );
      })}
      {shown.length > METRICS && (
        <li>
          <Link href={`/runs/${run_id}`}>{shown.length - METRICS} more</Link>
        </li>
      )}
    </ul>
  );
}

function VersionTags({ name, version, tags }: Required<Pick<ModelVersion, "name" | "version" | "tags">>): ReactElement {
  const [act, isBusy] = useAction(["models"]);
  const set = (key: string, value: string) => act(() => setModelTag(name, version, { key, value }), "The tag is set.");
  const remove = (key: string) => act(() => deleteModelTag(name, version, key), "The tag is removed.");
  return <TagEditor {...{ tags, isBusy, set, remove }} />;
}

function Actions({ of, run }: { of: ModelVersion; run: RunRow | undefined }): ReactElement {
  const { name, version, description = "", current_stage: stage = "None" } = of;
  const [act, isBusy] = useAction(["models", "overview"]);
  return (
    <div className="tools">
      <PromoteButton of={of} run={run} />
      <TextDialog
        icon="pin"
        name="Alias…"
        fields={["Alias"]}
        save={async ([alias = ""]) => void (await act(() => setAlias(name, alias, version), `${alias} is version ${version} now.`))}
      />
      <TextDialog
        icon="edit"
        name="Describe…"
        fields={["Description"]}
        values={[description]}
        isEmptyAllowed
        save={async ([text = ""]) => void (await act(() => describe(name, version, text), "The description is saved."))}
      />
      <TextDialog
        icon="tag"
        name="Tag…"
        fields={["Tag", "Value"]}
        save={async ([key = "", value = ""]) => void (await act(() => setModelTag(name, version, { key, value }), "The tag is set."))}
      />
      <label>
        Stage
        <select
          value={stage}
          disabled={isBusy}
          onChange={(event) => {
            const next = event.target.value as Stage;
            void act(() => moveToStage(name, version, next), `Version ${version} is in the stage ${next} now.`);
          }}
        >
          {STAGES.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <ConfirmButton
        icon="trash"
        name="Delete…"
        verb="Delete"
        isDangerous
        isDisabled={isBusy}
        question={`Delete version ${version} of ${name}?`}
        confirm={() => act(() => deleteVersion(name, version), `Version ${version} is deleted.`)}
      >
        <p>It cannot be restored, and its aliases go with it. Its run and its files stay.</p>
      </ConfirmButton>
    </div>
  );
}
