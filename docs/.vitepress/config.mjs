import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitepress";

const commands = readdirSync(fileURLToPath(new URL("../reference/commands/", import.meta.url)))
  .map((file) => file.replace(/\.md$/, ""))
  .filter((name) => name !== "index");

const item = (text, link) => ({ text, link });
const group = (text, items, collapsed = false) => ({ text, collapsed, items });

export default defineConfig({
  title: "llmops",
  description: "Serve, sweep, judge, optimize, and monitor language models from one command line, offline.",
  head: [["link", { rel: "icon", type: "image/svg+xml", href: "/favicon.svg" }]],
  cleanUrls: true,
  markdown: {
    // {{column}} in code is a placeholder of ours, not an expression of Vue
    config: (md) => {
      const render = md.renderer.rules.code_inline;
      md.renderer.rules.code_inline = (tokens, index, ...rest) => {
        tokens[index].attrSet("v-pre", "");
        return render(tokens, index, ...rest);
      };
    },
  },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [item("Tutorial", "/tutorial"), item("Guides", "/guides/"), item("Reference", "/reference/"), item("Comparison", "/comparison")],
    sidebar: [
      item("Tutorial", "/tutorial"),
      group("Evaluate", [
        item("All guides", "/guides/"),
        item("Sweep parameters", "/guides/sweep"),
        item("Datasets and templates", "/guides/datasets"),
        item("Scoring", "/guides/scoring"),
        item("Plugins", "/guides/plugins"),
        item("Gates and baselines", "/guides/gates"),
        item("Evaluate one setting", "/guides/eval"),
        item("Rescore and inspect", "/guides/score-and-show"),
        item("Compare", "/guides/compare"),
        item("Judge answers", "/guides/judge"),
        item("Optimize", "/guides/optimize"),
      ]),
      group("Serve", [
        item("Serve a model", "/guides/serve"),
        item("Anthropic's API", "/guides/anthropic"),
        item("Clients", "/guides/clients"),
        item("Ollama's API", "/guides/ollama"),
        item("Gateway", "/guides/gateway"),
        item("Keys, limits, budgets", "/guides/access"),
        item("Load-test", "/guides/bench"),
        item("Monitor", "/guides/monitor"),
        item("Model files", "/guides/models"),
      ]),
      group("Track and configure", [
        item("Runs and registry", "/guides/mlflow"),
        item("Project file", "/guides/project-file"),
        item("Set up and diagnose", "/guides/init-and-doctor"),
        item("Use from a program", "/guides/programs"),
      ]),
      group("Concepts", [
        item("Statistics", "/concepts/statistics"),
        item("Judging", "/concepts/judging"),
        item("Optimization", "/concepts/optimization"),
        item("Tracking", "/concepts/tracking"),
      ]),
      group("Operations", [
        item("Deploy", "/operations/deploy"),
        item("Observe", "/operations/observe"),
        item("Secure", "/operations/secure"),
        item("Scale", "/operations/scale"),
      ]),
      group("Reference", [
        item("Overview", "/reference/"),
        group(
          "Commands",
          [item("All commands", "/reference/commands/"), ...commands.map((name) => item(name, `/reference/commands/${name}`))],
          true,
        ),
        item("Configuration", "/reference/configuration"),
        item("Environment variables", "/reference/environment"),
        item("Parameters", "/reference/parameters"),
        item("Scorers", "/reference/scorers"),
        item("Rubrics", "/reference/rubrics"),
        item("Errors and exit codes", "/reference/errors"),
        item("Metrics", "/reference/metrics"),
        item("HTTP API of serve", "/reference/http-api"),
        item("HTTP API of mlflow server", "/reference/mlflow-api"),
        item("JSON documents", "/reference/documents"),
        item("Help topics", "/reference/topics"),
      ]),
      group("Project", [
        item("Comparison", "/comparison"),
        item("Architecture", "/architecture/"),
        item("Folders and imports", "/architecture/folders"),
        item("Decisions", "/decisions/"),
      ]),
    ],
  },
});
