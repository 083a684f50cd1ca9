import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { listModels, type RegisteredModel } from "../../api/registry.js";
import { count } from "../../format/numbers.js";
import { formatAgo, formatTime } from "../../format/times.js";
import { LISTED, NameSearch, NotListed } from "../../parts/name-search.js";
import { Empty, Failure, Loading } from "../../parts/states.js";
import { useTitle } from "../../parts/use-title.js";
import { useUrlState } from "../../parts/use-url-state.js";
import { LoggedModels } from "./logged-models.js";
import { modelPath, newestVersion } from "./versions.js";

/** All registered models, and the models that runs logged. */
export function ModelsPage(): ReactElement {
  useTitle("Models");
  const [words, setWords] = useUrlState("q", "");
  const { data, error, refetch } = useQuery({ queryKey: ["models"], queryFn: ({ signal }) => listModels(signal) });
  const found = (data ?? []).filter((model) => has(model, words));
  return (
    <div className="page">
      <div className="title-line">
        <h1>Models</h1>
        {data && <span className="total">{count(data.length, "registered model")}</span>}
        {data && data.length > 0 && (
          <NameSearch label="Find a model" placeholder="Find a model, an alias, or a tag" {...{ words, setWords }} />
        )}
      </div>
      {error ? (
        <Failure error={error} retry={() => void refetch()} />
      ) : !data ? (
        <Loading lines={8} label="Loading models" />
      ) : data.length === 0 ? (
        <Empty title="No models are registered">
          <p>
            Register one from the page of a run, or with <code>llmops mlflow register NAME FILE --run RUN</code>.
          </p>
        </Empty>
      ) : (
        <ul className="model-list">
          {found.slice(0, LISTED).map((model) => (
            <ModelCard key={model.name} model={model} />
          ))}
        </ul>
      )}
      {data && data.length > 0 && found.length === 0 && <Empty title="No model has these words" />}
      <NotListed found={found.length} noun="more model" />
      <LoggedModels />
    </div>
  );
}

function has({ name, aliases = [], tags = [], description = "" }: RegisteredModel, words: string): boolean {
  const all = [name, description, ...aliases.map(({ alias }) => alias), ...tags.flatMap(({ key, value }) => [key, value])];
  const text = all.join("\n").toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/u)
    .every((word) => text.includes(word));
}

function ModelCard({ model }: { model: RegisteredModel }): ReactElement {
  const { name, description = "", aliases = [], tags = [], last_updated_timestamp: updated } = model;
  const newest = newestVersion(model);
  const staged = (model.latest_versions ?? []).filter(({ current_stage: stage }) => stage !== undefined && stage !== "None");
  return (
    <li className="card">
      <div className="item-line">
        <Link href={modelPath(name)} dir="auto" className="model-name">
          {name}
        </Link>
        <time className="item-end" title={formatTime(updated)}>
          {formatAgo(updated)}
        </time>
      </div>
      <p className="item-note">
        {newest === undefined ? "no versions" : `version ${newest} is the newest`}
        {aliases.map(({ alias, version }) => (
          <span key={alias} className={alias === "champion" ? "chip chip-good" : "chip"} dir="auto">
            {alias}: {version}
          </span>
        ))}
        {staged.map(({ version, current_stage: stage }) => (
          <span key={version} className="chip">
            {stage}: {version}
          </span>
        ))}
      </p>
      {description !== "" && (
        <p className="clamp" dir="auto">
          {description}
        </p>
      )}
      {tags.length > 0 && (
        <p className="item-note">
          {tags.slice(0, 6).map(({ key, value }) => (
            <span key={key} dir="auto">
              {key}: {value.slice(0, 80)}
            </span>
          ))}
        </p>
      )}
    </li>
  );
}
