import { useState, type ReactElement } from "react";
import { count, formatBytes, formatNumber } from "../../../format/numbers.js";
import { formatInterval, formatScore } from "../../../format/scores.js";
import { PageLink } from "../../../parts/page-link.js";
import { useUrlState } from "../../../parts/use-url-state.js";
import { valueText, type VariedParam } from "./layout.js";
import { sizeText } from "./setting-text.js";
import { sortedSettings } from "./sort-settings.js";
import type { ScoreKind, StudySetting } from "./study-settings.js";

interface Props {
  settings: readonly StudySetting[];
  kinds: readonly ScoreKind[];
  varied: readonly VariedParam[];
}

const AT_FIRST = 50;

/** The settings with all their scores; any column sorts them. */
export function SettingsTable({ settings, kinds, varied }: Props): ReactElement {
  const [sort, setSort] = useUrlState("sort", "");
  const [isWhole, setWhole] = useState(false);
  const [main, ...others] = kinds;
  const sorted = sortedSettings(settings, sort, { kinds, varied });
  const hasTies = settings.some(({ letters }) => letters !== "");
  const hasMemory = settings.some(({ memoryBytes }) => memoryBytes !== null);
  const head = (id: string, name: string) => <SortHead key={id} {...{ id, name, sort, setSort }} />;
  return (
    <section className="card" aria-label="Settings">
      <div className="card-head">
        <h2>Settings</h2>
        <span className="count">{formatNumber(settings.length)}</span>
        <small className="soft">mean [95 % interval] n</small>
      </div>
      <div className="scroll-x" tabIndex={0} role="region" aria-label="Table of settings">
        <table className="plain study-table">
          <thead>
            <tr>
              {head("name", "Setting")}
              {varied.length > 1 && varied.map(({ name }) => head(`p.${name}`, name))}
              {main && head(`s.${main.name}`, main.name)}
              {hasTies && (
                <th scope="col" title="Settings that share a letter are not told apart">
                  Ties
                </th>
              )}
              <th scope="col">Cells</th>
              {others.map(({ name }) => head(`s.${name}`, name))}
              {hasMemory && <th scope="col">Memory</th>}
            </tr>
          </thead>
          <tbody>
            {(isWhole ? sorted : sorted.slice(0, AT_FIRST)).map((setting, i) => (
              <SettingLine
                key={setting.runId ?? `${i}`}
                {...{ setting, kinds, hasTies, hasMemory }}
                varied={varied.length > 1 ? varied : []}
              />
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > AT_FIRST && !isWhole && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {count(sorted.length - AT_FIRST, "more setting")}
        </button>
      )}
    </section>
  );
}

interface HeadProps {
  id: string;
  name: string;
  sort: string;
  setSort: (sort: string) => void;
}

/** A column's head: pressed once it sorts the best or the least first, then the other way, then no more. */
function SortHead({ id, name, sort, setSort }: HeadProps): ReactElement {
  const direction = sort === id ? "ascending" : sort === `-${id}` ? "descending" : "none";
  return (
    <th scope="col" aria-sort={direction}>
      <button
        type="button"
        className="sort-head"
        title={name.slice(0, 300)}
        onClick={() => setSort(direction === "none" ? id : direction === "ascending" ? `-${id}` : "")}
      >
        <span dir="auto">{name}</span>
        {direction !== "none" && <span aria-hidden="true">{direction === "ascending" ? " ↑" : " ↓"}</span>}
      </button>
    </th>
  );
}

interface LineProps {
  setting: StudySetting;
  kinds: readonly ScoreKind[];
  varied: readonly VariedParam[];
  hasTies: boolean;
  hasMemory: boolean;
}

function SettingLine({ setting, kinds, varied, hasTies, hasMemory }: LineProps): ReactElement {
  const { letters, memoryBytes } = setting;
  const [main, ...others] = kinds;
  return (
    <tr data-best={setting.isBest || undefined}>
      <NameCell setting={setting} />
      {varied.map((param) => (
        <td key={param.name} className="param-cell" dir="auto" title={valueText(setting.params.get(param.name)).slice(0, 500)}>
          {setting.params.has(param.name) ? valueText(setting.params.get(param.name)).slice(0, 200) : <span className="missing">–</span>}
        </td>
      ))}
      {main && <ScoreCell setting={setting} kind={main} />}
      {hasTies && <td>{letters === "" ? "–" : letters.length > 10 ? `${letters.slice(0, 9)}…` : letters}</td>}
      <CellsCell setting={setting} />
      {others.map((kind) => (
        <ScoreCell key={kind.name} setting={setting} kind={kind} />
      ))}
      {hasMemory && <td>{memoryBytes === null ? "–" : formatBytes(memoryBytes)}</td>}
    </tr>
  );
}

function NameCell({ setting: { name, runId, isBest, bestName, isReference, stopped } }: { setting: StudySetting }): ReactElement {
  return (
    <th scope="row">
      <span className="setting-line">
        <span className="setting-name" dir="auto" title={name.slice(0, 500)}>
          {runId === null ? name : <PageLink href={`/runs/${runId}`}>{name}</PageLink>}
        </span>
        {isBest && <span className="chip chip-good">{bestName}</span>}
        {isReference && <span className="chip">reference</span>}
        {stopped !== null && (
          <span className="chip" title={stopped}>
            stopped early
          </span>
        )}
      </span>
    </th>
  );
}

function ScoreCell({ setting, kind }: { setting: StudySetting; kind: ScoreKind }): ReactElement {
  const score = setting.scores.get(kind.name);
  const without = setting.unscoredBy.get(kind.name) ?? 0;
  if (!score) {
    return (
      <td>
        <span className="missing">–</span>
      </td>
    );
  }
  return (
    <td title={`${score.mean}${without > 0 ? `; ${count(without, "answer")} without a value` : ""}`}>
      {formatScore(kind, score.mean)} <small>{formatInterval(kind, score)}</small>
      <small className="size">
        {sizeText(setting, score)}
        {without > 0 && `, ${formatNumber(without)} unscored`}
      </small>
    </td>
  );
}

function CellsCell({ setting: { cells } }: { setting: StudySetting }): ReactElement {
  const { done, planned, failed = 0, filtered = 0, unscored = 0, truncated = 0 } = cells;
  const lacks = Object.entries({ failed, filtered, unscored, truncated }).filter(([, number]) => number > 0);
  return (
    <td>
      {formatNumber(done)}
      {planned !== undefined && planned !== done && ` of ${formatNumber(planned)}`}
      {lacks.length > 0 && (
        <small className="size bad">{lacks.map(([what, number]) => `${formatNumber(number)} ${what}`).join(", ")}</small>
      )}
    </td>
  );
}
