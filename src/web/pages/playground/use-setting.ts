import { useMemo } from "react";
import type { PlaygroundEndpoint } from "../../api/playground.js";
import { useSearchParams } from "../../parts/use-search-params.js";
import { PARAMETERS, type Setting, type Side } from "./settings.js";

const NAMES = ["endpoint", "model", "system", "probabilities", ...PARAMETERS.map(({ name }) => name)];

/** A side's setting, kept in the address, and a function that changes one of its values; the empty text is the usual one. */
export function useSetting(side: Side, endpoints: readonly PlaygroundEndpoint[]): [Setting, (name: string, value: string) => void] {
  const [params, setParams] = useSearchParams();
  const setting = useMemo((): Setting => {
    const of = (name: string) => params.get(`${side}.${name}`) ?? "";
    const endpoint = endpoints.find(({ id }) => id === of("endpoint")) ?? endpoints[0];
    const model = endpoint?.models.includes(of("model")) === true ? of("model") : (endpoint?.models[0] ?? of("model"));
    const values = Object.fromEntries(PARAMETERS.map(({ name }) => [name, of(name)]));
    return { endpoint: endpoint?.id ?? "", model, system: of("system"), values, probabilities: of("probabilities") !== "off" };
  }, [params, side, endpoints]);
  const change = (name: string, value: string) => {
    if (!NAMES.includes(name)) return;
    const next = new URLSearchParams(window.location.search);
    if (value === "") next.delete(`${side}.${name}`);
    else next.set(`${side}.${name}`, value);
    setParams(next);
  };
  return [setting, change];
}
