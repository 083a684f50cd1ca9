/** Stops of a sequential palette, from least to most: both have rising contrast with their ground, and differ in lightness throughout. */
const LIGHT = ["#eef3fb", "#c6d8f2", "#93b4e6", "#5f8bd6", "#3a62bd", "#274494", "#172c66"];
const DARK = ["#1c2230", "#22365c", "#2b4f8c", "#3d6fb8", "#6394d6", "#98bbea", "#d5e4f8"];

type Rgb = [red: number, green: number, blue: number];

/** The color of a share from 0, the least, to 1, the most, on light or dark ground. */
export function sequentialColor(share: number, isDark: boolean): string {
  return `rgb(${mix(share, isDark).join(", ")})`;
}

/** Black or white, whichever can be read on the color of a share. */
export function inkOn(share: number, isDark: boolean): string {
  return luminance(mix(share, isDark)) > 0.3 ? "#10131a" : "#ffffff";
}

/** The palette as a gradient for CSS. */
export function sequentialGradient(isDark: boolean): string {
  return `linear-gradient(to right, ${(isDark ? DARK : LIGHT).join(", ")})`;
}

function mix(share: number, isDark: boolean): Rgb {
  const stops = isDark ? DARK : LIGHT;
  const place = Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [parse(stops[index] ?? ""), parse(stops[index + 1] ?? "")];
  return from.map((part, i) => Math.round(part + (place - index) * ((to[i] ?? part) - part))) as Rgb;
}

function parse(hex: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Rgb;
}

/** Relative luminance by WCAG 2. */
function luminance(rgb: Rgb): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
