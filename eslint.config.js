import tseslint from "typescript-eslint";

/** Who reads files: lib/files, and what reads our own templates, our own state, or bytes. */
const READERS = [
  "src/lib/base/files/**",
  ...[
    "src/cli/help/help-topics.ts",
    "src/lib/experiments/evaluation/perturbations.ts",
    "src/lib/experiments/judge/judge-template.ts",
    "src/lib/experiments/judge/demo-domain.ts",
  ],
  ...["src/lib/report/page/write-page.ts", "src/lib/operations/scaffold/template-kinds.ts"],
  ...[
    "src/lib/tracking/**",
    "src/lib/experiments/study/study-journal.ts",
    "src/lib/experiments/optimize/trial-log.ts",
    "src/lib/operations/monitor/monitor-state.ts",
  ],
  ...[
    "src/lib/serving/access/limit-log.ts",
    "src/lib/serving/access/limit-files.ts",
    "src/lib/serving/access/key-file.ts",
    "src/lib/experiments/transfer/mlruns-source.ts",
  ],
  ...["src/lib/experiments/runs/artifact-files.ts", "src/lib/inference/models/checksum.ts", "src/lib/inference/convert/sentence-pieces.ts"],
  ...["src/lib/inference/engine/machine.ts", "src/lib/operations/doctor/machine-checks.ts"],
];
const USE_FILES = "read a user's text file with src/lib/base/files: it knows byte order marks, UTF-16 and gzip";
const FILE_READERS = [
  { name: "node:fs", importNames: ["readFileSync", "readFile", "createReadStream", "promises"], message: USE_FILES },
  { name: "node:fs/promises", importNames: ["readFile"], message: USE_FILES },
];

/** Who may write and rename files by hand: lib/files, and what sets a file aside, creates what must not be there, or keeps a blob unsynced. */
const WRITERS = [
  "src/lib/serving/access/limit-log.ts",
  "src/lib/serving/access/limit-files.ts",
  "src/lib/base/files/**",
  ...["src/lib/tracking/journal/journal-file.ts", "src/lib/operations/monitor/monitor-state.ts", "src/lib/inference/engine/pull-model.ts"],
  ...["src/lib/experiments/judge/rubric-files.ts", "src/lib/inference/convert/made-file.ts"],
];
const USE_WRITE_WHOLE =
  "write files with writeWhole of src/lib/base/files: whole or not at all, forced to the disk, with a mode; make folders with its makeFolder";
const FILE_WRITERS = [
  {
    name: "node:fs",
    importNames: ["writeFileSync", "writeFile", "renameSync", "rename", "createWriteStream", "mkdirSync"],
    message: USE_WRITE_WHOLE,
  },
  { name: "node:fs/promises", importNames: ["writeFile", "rename", "mkdir"], message: USE_WRITE_WHOLE },
];

/** Imports and exports from other modules that a file may have: one that needs more does more than one thing. */
const MOST_IMPORTS = 15;

/** Holds files to a number of statements that import from a module or export from one. */
const mostImports = {
  meta: {
    type: "suggestion",
    schema: [{ type: "integer" }],
    messages: { tooMany: "imports from {{count}} places, more than {{most}}: give a part that holds together a file of its own" },
  },
  create(context) {
    const [most] = context.options;
    return {
      Program({ body }) {
        const statements = body.filter(({ type, source }) => type === "ImportDeclaration" || (type.startsWith("Export") && source));
        if (statements.length <= most) return;
        context.report({ node: statements[most], messageId: "tooMany", data: { count: statements.length, most } });
      },
    };
  },
};

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "coverage/",
      "docs/.vitepress/dist/",
      "docs/.vitepress/cache/",
      "node_modules/",
      "models/",
      ".dependency-cruiser.cjs",
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: {
          allowDefaultProject: [
            "*.js",
            "src/lib/experiments/scoring/*.js",
            "bin/*.cjs",
            "scripts/*.mjs",
            "scripts/docs/*.mjs",
            "docs/.vitepress/*.mjs",
            "docs/.vitepress/theme/*.mjs",
            "bench/*.mjs",
            "bench/optimize/*.mjs",
          ],
        },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ["error", 12],
      "max-params": ["error", 4],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/require-await": "off", // stores and targets answer promises whether or not they wait
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/no-unnecessary-condition": "off", // arrays are indexed with bounds the types cannot see
      "@typescript-eslint/no-meaningless-void-operator": "off",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    // the package exports its use cases one by one: an index of each folder would only hide which they are
    ignores: ["**/*.test.ts", "src/index.ts"],
    plugins: { llmops: { rules: { "most-imports": mostImports } } },
    rules: { "llmops/most-imports": ["error", MOST_IMPORTS] },
  },
  // a command parses, calls one use case of src/app, and renders
  { files: ["src/commands/**"], rules: { "max-lines": ["error", { max: 60 }] } },
  {
    files: ["src/lib/**"],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name=/^(exit|env|stdout|stderr)$/]",
          message: "lib returns values; only config reads the environment",
        },
      ],
    },
  },
  {
    // a user's text file may have a byte order mark, be UTF-16 or gzip: lib/files knows, nobody else reads one
    files: ["src/**/*.ts"],
    ignores: ["**/*.test.ts", ...READERS],
    rules: { "no-restricted-imports": ["error", { paths: FILE_READERS }] },
  },
  {
    // texts from datasets, models, servers and stores are made safe for terminals in one place, which nothing goes round
    files: ["src/**/*.ts"],
    ignores: [
      ...["src/lib/**", "**/*.test.ts", "src/web/**"],
      ...[
        "src/cli/terminal/terminal-screen.ts",
        "src/cli/terminal/terminal-output.ts",
        "src/cli/terminal/live-output.ts",
        "src/cli/command/startup-error.ts",
      ],
    ],
    rules: {
      "no-console": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name='process'][property.name=/^(stdout|stderr)$/]",
          message: "print with src/cli/terminal/terminal-output.ts: it shows no text as what a terminal obeys",
        },
        { selector: "ImportSpecifier[imported.name='ux']", message: "print with src/cli/terminal/terminal-output.ts" },
        { selector: "ImportDeclaration[source.value=/^(ora|log-update)$/]", message: "draw with src/cli/terminal/live-output.ts" },
      ],
    },
  },
  {
    // browsers load their language data for the first of these, which delays a page by up to 0.3 s
    files: ["src/web/**/*.{ts,tsx}", "src/lib/base/pages/**/*.ts"],
    ignores: ["**/*.test.ts", "src/web/pages/answers/word-diff.ts"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[property.name=/^(toLocale(String|DateString|TimeString)|localeCompare)$/], Identifier[name='Intl']",
          message: "write and order texts with src/lib/base/pages/texts.ts: a page must not wait for the browser's language data",
        },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["**/*.test.ts", ...WRITERS],
    rules: { "@typescript-eslint/no-restricted-imports": ["error", { paths: FILE_WRITERS }] },
  },
  { files: ["src/lib/base/config/**"], rules: { "no-restricted-syntax": "off" } },
  {
    files: ["**/*.test.ts", "test/**", "bench/**"],
    rules: {
      "max-lines": "off",
      "max-lines-per-function": "off",
      complexity: "off",
      "max-params": "off",
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  // a component's function holds its markup too; promises of event handlers end in the query client
  {
    files: ["src/web/**/*.tsx"],
    rules: {
      "max-lines-per-function": ["error", { max: 80, skipBlankLines: true, skipComments: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ["**/*.mjs", "**/*.js", "**/*.cjs"], ...tseslint.configs.disableTypeChecked },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } }, // what else would CommonJS load with
);
