import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { deleteTag, setTag } from "../../api/runs.js";
import { Icon } from "../../parts/icon.js";
import { TextDialog } from "../../parts/text-dialog.js";
import { useAction } from "../../parts/use-action.js";
import { LongText } from "./value-list.js";

/** A run's tags, to be added, changed, and removed. */
export function Tags({ runId, tags }: { runId: string; tags: readonly { key: string; value: string }[] }): ReactElement {
  const [act, isBusy] = useAction(["run", "runs", "columns"]);
  const save = async ([key = "", value = ""]: string[]) => void (await act(() => setTag(runId, key, value), "The tag is set."));
  return (
    <section className="card" aria-label="Tags">
      <div className="card-head">
        <h2>Tags</h2>
        <span className="card-link">
          <TextDialog icon="tag" name="Add a tag…" fields={["Tag", "Value"]} save={save} />
        </span>
      </div>
      {tags.length === 0 && <p className="soft">No tags</p>}
      <dl className="values">
        {[...tags]
          .sort((a, b) => a.key.localeCompare(b.key))
          .map(({ key, value }) => (
            <div key={key}>
              <dt dir="auto">{key}</dt>
              <dd>
                <LongText text={value} />
                <span className="value-actions">
                  <TextDialog
                    icon="edit"
                    name={`Change ${key}…`}
                    isIconOnly
                    fields={["Value"]}
                    values={[value]}
                    isEmptyAllowed
                    save={([text = ""]) => save([key, text])}
                  />
                  <Button
                    className="icon-button"
                    aria-label={`Remove ${key}`}
                    isDisabled={isBusy}
                    onPress={() => act(() => deleteTag(runId, key), "The tag is removed.")}
                  >
                    <Icon name="close" />
                  </Button>
                </span>
              </dd>
            </div>
          ))}
      </dl>
    </section>
  );
}
