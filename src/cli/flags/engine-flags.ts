import { Flags, type Interfaces } from "@oclif/core";
import {
  ENGINE_KEYS,
  ENGINE_PARAMETERS,
  rangeOf,
  type EngineChoice,
  type EngineParameter,
  type EngineValue,
} from "../../lib/base/config/engine-parameters.js";
import type { Complete } from "./complete.js";
import { membersFlag } from "./members-flag.js";
import { countOrAutoFlag } from "./number-flag.js";

type Table = typeof ENGINE_PARAMETERS;
type Chosen = Exclude<keyof Table, "slots">;

/** A flag with a default is never undefined. */
type EngineFlag<Parameter extends EngineParameter> = Parameter extends { kind: "switch" }
  ? Interfaces.BooleanFlag<Parameter["default"] extends boolean ? boolean : boolean | undefined>
  : Interfaces.OptionFlag<Parameter extends { kind: "count or auto" } ? EngineValue<Parameter> | undefined : EngineValue<Parameter>>;

type EngineFlags = { [Key in Chosen as Table[Key]["flag"]]: EngineFlag<Table[Key]> };

const CHOSEN = ENGINE_KEYS.filter((key): key is Chosen => !("onlyServe" in ENGINE_PARAMETERS[key]));

/** The flags that choose the engine of a model in this process, one for each of its parameters. */
export const engineFlags = Object.fromEntries(
  CHOSEN.map((key) => [ENGINE_PARAMETERS[key].flag, toFlag(ENGINE_PARAMETERS[key])]),
) as unknown as EngineFlags;

function toFlag(parameter: EngineParameter): unknown {
  const { about: description, excludes: exclusive = [] } = parameter;
  const common = { description, helpGroup: "ENGINE", ...(exclusive.length > 0 && { exclusive: [...exclusive] }) };
  switch (parameter.kind) {
    case "count":
      return Flags.integer({ ...common, ...rangeOf(parameter), default: parameter.default });
    case "count or auto":
      return countOrAutoFlag({
        ...common,
        ...parameter,
        description: `${description} [default: auto]`,
        helpValue: "N|auto",
        default: undefined,
      });
    case "name":
      return Flags.option({ ...common, options: parameter.names, default: parameter.default })();
    case "switch":
      return Flags.boolean({ ...common, ...(parameter.default === undefined && { allowNo: true }) });
    case "text":
      return Flags.string({ ...common, helpValue: parameter.placeholder });
    case "members":
      return membersFlag({ ...common, helpValue: parameter.placeholder });
  }
}

/** How `engineFlags` choose the engine. */
export function engineChoiceOf(flags: Partial<Interfaces.InferredFlags<EngineFlags>>): Omit<Complete<EngineChoice>, "slots"> {
  const given = flags as Readonly<Record<string, unknown>>;
  return Object.fromEntries(CHOSEN.map((key) => [key, given[ENGINE_PARAMETERS[key].flag]])) as Omit<Complete<EngineChoice>, "slots">;
}
