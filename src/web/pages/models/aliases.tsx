import type { ReactElement } from "react";
import { Button } from "react-aria-components";
import { compareNames } from "../../../lib/base/pages/texts.js";
import { deleteAlias, setAlias, type ModelVersion, type RegisteredModel } from "../../api/registry.js";
import { ConfirmButton } from "../../parts/confirm-button.js";
import { Icon } from "../../parts/icon.js";
import { useAction } from "../../parts/use-action.js";
import { versionBefore } from "./versions.js";

/** What names a model's versions: every alias, with a way back to the version before. */
export function Aliases({
  model: { name, aliases = [] },
  versions,
}: {
  model: RegisteredModel;
  versions: readonly ModelVersion[];
}): ReactElement {
  const [act, isBusy] = useAction(["models", "overview"]);
  if (aliases.length === 0) return <p className="soft">No alias names a version yet: promote one.</p>;
  const inOrder = [...aliases].sort(
    (a, b) => Number(b.alias === "champion") - Number(a.alias === "champion") || compareNames(a.alias, b.alias),
  );
  return (
    <ul className="alias-list" aria-label="Aliases">
      {inOrder.map(({ alias, version }) => {
        const before = versionBefore(versions, version);
        return (
          <li key={alias} className={alias === "champion" ? "alias alias-champion" : "alias"}>
            <a href={`#version-${version}`}>
              <strong dir="auto">{alias}</strong> version {version}
            </a>
            {before !== undefined && (
              <ConfirmButton
                icon="restore"
                name="Roll back…"
                verb={`Roll back to version ${before}`}
                question={`Roll ${alias} back to version ${before}?`}
                isDisabled={isBusy}
                confirm={() => act(() => setAlias(name, alias, before), `${alias} is version ${before} again.`)}
              >
                <p>
                  The alias {alias} names version {version} now. Who asks for <code dir="auto">models:/{`${name}@${alias}`}</code> gets
                  version {before} from then on; no version is changed.
                </p>
              </ConfirmButton>
            )}
            <Button
              className="icon-button"
              aria-label={`Remove the alias ${alias}`}
              isDisabled={isBusy}
              onPress={() => act(() => deleteAlias(name, alias), `The alias ${alias} is removed.`)}
            >
              <Icon name="close" />
            </Button>
          </li>
        );
      })}
    </ul>
  );
}
