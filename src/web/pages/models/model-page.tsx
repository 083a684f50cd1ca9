import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "wouter";
import { getModel, listVersions } from "../../api/registry.js";
import { count } from "../../format/numbers.js";
import { formatTime } from "../../format/times.js";
import { Failure, Loading } from "../../parts/states.js";
import { usePathPart } from "../../parts/use-path-part.js";
import { useTitle } from "../../parts/use-title.js";
import { Aliases } from "./aliases.js";
import { ModelAbout } from "./model-about.js";
import { Versions } from "./version-list.js";

/** A registered model: its versions, and what names them. */
export function ModelPage(): ReactElement {
  const name = usePathPart(1);
  useTitle(`${name} · Models`);
  const model = useQuery({ queryKey: ["models", "one", name], queryFn: ({ signal }) => getModel(name, signal) });
  const versions = useQuery({ queryKey: ["models", "versions", name], queryFn: ({ signal }) => listVersions(name, signal) });
  const failed = [model, versions].find(({ error }) => error !== null);
  if (failed) return <Failure error={failed.error} retry={() => void failed.refetch()} />;
  if (!model.data || !versions.data) return <Loading lines={10} label="Loading the model" />;
  return (
    <div className="page">
      <header className="run-head">
        <nav className="path" aria-label="Path">
          <Link href="/models">Models</Link>
        </nav>
        <div className="title-line">
          <h1 dir="auto">{name}</h1>
          <span className="total">{count(versions.data.length, "version")}</span>
          <span className="total">since {formatTime(model.data.creation_timestamp)}</span>
        </div>
        <Aliases model={model.data} versions={versions.data} />
      </header>
      <div className="model-columns">
        <Versions versions={versions.data} />
        <ModelAbout model={model.data} />
      </div>
    </div>
  );
}
