import { useState, type ReactElement } from "react";
import { Button } from "react-aria-components";
import type { RunRow } from "../../api/documents.js";
import { promoteVersion, STAGES, type ModelVersion, type PromotionAnswer, type PromotionRequest } from "../../api/registry.js";
import { DialogButton } from "../../parts/dialog-button.js";
import { useAction } from "../../parts/use-action.js";
import { intervalOf, isIntervalEnd } from "../runs/columns.js";
import { PromotionResult } from "./promotion-result.js";
import { readRequirements } from "./versions.js";

interface Props {
  of: ModelVersion;
  run: RunRow | undefined;
}

/** A button that gives a version an alias or a stage once it is proven that it has earned it. */
export function PromoteButton(props: Props): ReactElement {
  return (
    <DialogButton icon="up" name="Promote…" title={`Promote version ${props.of.version}`} isWide>
      {(close) => <PromoteForm {...props} close={close} />}
    </DialogButton>
  );
}

function PromoteForm({ of: { name, version }, run, close }: Props & { close: () => void }): ReactElement {
  const suggested = suggestRequirement(run);
  const [place, setPlace] = useState("alias");
  const [alias, setAlias] = useState("champion");
  const [conditions, setConditions] = useState(suggested);
  const [tolerated, setTolerated] = useState("");
  const [answer, setAnswer] = useState<PromotionAnswer>();
  const [act, isBusy] = useAction(["models", "overview"]);
  const require = readRequirements(conditions);
  const request: PromotionRequest = {
    ...{ name, version, require },
    ...(place === "alias" ? { alias } : { stage: place, archive_existing_versions: place === "Production" }),
    ...(tolerated === "" ? {} : { min_effect: Number(tolerated) }),
  };
  const ask = async (isTrial: boolean) => {
    setAnswer(undefined);
    await act(async () => setAnswer(await promoteVersion({ ...request, dry_run: isTrial })));
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        void ask(false);
      }}
    >
      <h2 dir="auto">
        Promote version {version} of {name}
      </h2>
      <div className="form-row">
        <label>
          To
          <select value={place} onChange={(event) => setPlace(event.target.value)}>
            <option value="alias">an alias</option>
            {STAGES.filter((stage) => stage !== "None").map((stage) => (
              <option key={stage} value={stage}>
                the stage {stage}
              </option>
            ))}
          </select>
        </label>
        {place === "alias" && (
          <label>
            Alias
            <input required dir="auto" value={alias} onChange={(event) => setAlias(event.target.value)} />
          </label>
        )}
      </div>
      <Conditions text={conditions} change={setConditions} />
      <label>
        Largest loss to tolerate with &gt;=
        <input type="number" min="0" step="any" placeholder="0" value={tolerated} onChange={(event) => setTolerated(event.target.value)} />
      </label>
      {answer && <PromotionResult answer={answer} />}
      <div className="form-actions">
        <Button onPress={close}>{answer?.promoted === true ? "Close" : "Cancel"}</Button>
        {answer?.promoted !== true && (
          <>
            {require.length > 0 && (
              <Button isPending={isBusy} onPress={() => void ask(true)}>
                Check only
              </Button>
            )}
            <Button type="submit" className="primary" isPending={isBusy}>
              {isBusy ? "Checking…" : require.length === 0 ? "Promote without conditions" : "Check and promote"}
            </Button>
          </>
        )}
      </div>
    </form>
  );
}

function Conditions({ text, change }: { text: string; change: (text: string) => void }): ReactElement {
  return (
    <label>
      Only if all of these are proven (one a line)
      <textarea
        rows={3}
        dir="auto"
        spellCheck={false}
        placeholder="accuracy>=champion"
        value={text}
        onChange={(event) => change(event.target.value)}
      />
      <small>
        <code>accuracy&gt;champion</code>: proven better · <code>accuracy&gt;=champion</code>: no loss · <code>latency_seconds&lt;2</code>:
        the whole 95% interval
      </small>
    </label>
  );
}

/** A first condition: no loss of a metric that the run has with an interval. */
function suggestRequirement(run: RunRow | undefined): string {
  if (!run) return "";
  const keys = new Set(Object.keys(run.metrics));
  const measured = [...keys].filter((key) => !isIntervalEnd(key, keys) && intervalOf(run.metrics, key));
  const first = measured.find((key) => key === run.tags["llmops.metric"]) ?? measured[0];
  return first === undefined ? "" : `${first}>=champion`;
}
