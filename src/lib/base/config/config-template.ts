import type { ConfigSetting } from "./setting.js";
import { SETTINGS } from "./settings.js";

const HEAD = `# llmops.yaml: settings of this project. Flags and environment variables override them.
# Commented lines show the defaults. \`llmops config show --origin\` shows every effective setting and its source.
# Keep secrets out of this file: API keys come from LLMOPS_API_KEY, a key file, or \`llmops keys create\`.
`;

const PROVIDERS_EXAMPLE = `  # define:
  #   - name: big
  #     url: http://10.0.0.5:8000/v1
  #     model: my-model
  #     api_key_env: BIG_KEY
  #     first_token_timeout: 10
`;

/** A configuration file with every setting, its default and what it is for. */
export function configTemplate(): string {
  const sections = new Map<string, string[]>();
  const whole: string[] = [];
  for (const [place, setting] of Object.entries(SETTINGS)) {
    const [section = "", key] = place.split(".");
    if (key === undefined) {
      whole.push(describe(section, setting, ""));
      continue;
    }
    const lines = sections.get(section) ?? [];
    sections.set(section, lines);
    lines.push(place === "providers.define" ? PROVIDERS_EXAMPLE : describe(key, setting));
  }
  return `${HEAD}\n${whole.join("")}\n${[...sections].map(([section, lines]) => `${section}:\n${lines.join("")}`).join("\n")}`;
}

function describe(key: string, { default: standard, about, env }: ConfigSetting<unknown>, indent = "  "): string {
  const variable = env.length > 0 ? ` (${env.join(", ")})` : "";
  const value = standard === undefined ? "" : ` ${typeof standard === "string" ? standard : JSON.stringify(standard)}`;
  return `${indent}# ${about}${variable}\n${indent}# ${key}:${value}\n`;
}
