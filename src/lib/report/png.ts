import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Resvg } from "@resvg/resvg-js";

const SCALE = 2;
const FONT = "DejaVu Sans";

/** An SVG drawing as PNG, in twice its size, with a font that comes with the package: the same picture on every machine. */
export function toPng(svg: string): Uint8Array {
  const fonts = join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");
  const drawing = new Resvg(svg.replace(/font-family:[^;"']*/g, `font-family:${FONT}`), {
    fitTo: { mode: "zoom", value: SCALE },
    background: "#ffffff",
    font: {
      fontFiles: ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) => join(fonts, file)),
      loadSystemFonts: false,
      defaultFontFamily: FONT,
    },
  });
  return drawing.render().asPng();
}

/** A drawn chart with its name. */
export interface NamedChart {
  name: string;
  svg: string;
}

/** Charts as files, each as SVG and PNG. */
export function chartFiles(charts: readonly NamedChart[]): { name: string; content: string | Uint8Array }[] {
  return charts.flatMap(({ name, svg }) => [
    { name: `${name}.svg`, content: svg },
    { name: `${name}.png`, content: toPng(svg) },
  ]);
}
