/** How a file is shown. */
export type ArtifactKind = "image" | "audio" | "video" | "table" | "json" | "html" | "markdown" | "text" | "none";

const KINDS: readonly (readonly [ArtifactKind, RegExp])[] = [
  ["image", /\.(?:png|jpe?g|gif|webp|avif|bmp|svg|ico)$/i],
  ["audio", /\.(?:mp3|wav|ogg|oga|opus|flac|m4a|aac|weba)$/i],
  ["video", /\.(?:mp4|m4v|webm|ogv|mov)$/i],
  ["table", /\.(?:csv|tsv|tab|jsonl|ndjson)(?:\.gz)?$/i],
  ["json", /\.json$/i],
  ["html", /\.html?$/i],
  ["markdown", /\.(?:md|markdown)$/i],
  ["text", /(?:\.(?:txt|log|ya?ml|toml|ini|cfg|conf|xml|py|ts|js|mjs|cjs|sh|sql|gbnf|jinja|diff|patch|rst|tex|env|lock)|(?:^|\/)[^./]+)$/i],
  ["none", /\.(?:gguf|safetensors|bin|pt|pth|onnx|zip|gz|tar|zst|pkl|npy|npz|parquet|pdf|db)$/i],
];

/** How the file at a path is shown, by its name; other names are tried as text. */
export function artifactKind(path: string): ArtifactKind {
  return KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? "text";
}
