import type { ReactElement } from "react";
import type { PlaygroundEndpoint } from "../../api/playground.js";
import { PARAMETERS, type Setting, type Side } from "./settings.js";

interface Props {
  side: Side;
  endpoints: readonly PlaygroundEndpoint[];
  setting: Setting;
  change: (name: string, value: string) => void;
}

const NAMES: Record<Side, string> = { a: "A", b: "B" };

/** What a side asks with: its server, model, system prompt, and parameters. */
export function SideSettings({ side, endpoints, setting, change }: Props): ReactElement {
  const models = endpoints.find(({ id }) => id === setting.endpoint)?.models ?? [];
  return (
    <section className="card side" aria-label={`Setting ${NAMES[side]}`}>
      <h2>{NAMES[side]}</h2>
      <div className="form-row">
        {endpoints.length > 1 && (
          <label>
            Server
            <select value={setting.endpoint} onChange={(event) => change("endpoint", event.target.value)}>
              {endpoints.map(({ id, url }) => (
                <option key={id} value={id}>
                  {url}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          Model
          <select value={setting.model} disabled={models.length === 0} onChange={(event) => change("model", event.target.value)}>
            {models.map((model) => (
              <option key={model}>{model}</option>
            ))}
            {models.length === 0 && <option value={setting.model}>the server&apos;s own</option>}
          </select>
        </label>
      </div>
      <label>
        System prompt
        <textarea rows={2} dir="auto" value={setting.system} onChange={(event) => change("system", event.target.value)} />
      </label>
      <div className="form-row parameters">
        {PARAMETERS.map(({ name, label, ...bounds }) => (
          <label key={name}>
            {label}
            <input
              type="number"
              {...bounds}
              placeholder="default"
              value={setting.values[name] ?? ""}
              onChange={(event) => change(name, event.target.value)}
            />
          </label>
        ))}
      </div>
      <label className="check">
        <input
          type="checkbox"
          checked={setting.probabilities}
          onChange={(event) => change("probabilities", event.target.checked ? "" : "off")}
        />
        Probabilities of tokens
      </label>
    </section>
  );
}
