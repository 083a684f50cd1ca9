import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { compareNames } from "../../lib/base/pages/texts.js";
import { LongText } from "./long-text.js";
import { Icon } from "./icon.js";
import { TextDialog } from "./text-dialog.js";

export interface TagEditorProps {
  tags: readonly { key: string; value: string }[];
  isBusy: boolean;
  set: (key: string, value: string) => Promise<unknown>;
  remove: (key: string) => Promise<unknown>;
}

/** Tags in order of their names, to be changed and removed. */
export function TagEditor({ tags, isBusy, set, remove }: TagEditorProps): ReactElement {
  const inOrder = [...tags].sort((a, b) => compareNames(a.key, b.key));
  return (
    <dl className="values">
      {inOrder.map(({ key, value }) => (
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
                save={async ([text = ""]) => void (await set(key, text))}
              />
              <Button className="icon-button" aria-label={`Remove ${key}`} isDisabled={isBusy} onPress={() => void remove(key)}>
                <Icon name="close" />
              </Button>
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
