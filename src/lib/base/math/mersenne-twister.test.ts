import { expect, it } from "vitest";
import { MersenneTwister } from "./mersenne-twister.js";

it("gives the 10,000th number that the C++ standard says of the default seed", () => {
  const twister = new MersenneTwister(5489);
  for (let i = 1; i < 10_000; i++) twister.next();
  // [rand.predef] of ISO C++
  expect(twister.next()).toBe(4_123_659_995);
});

it("gives floats from 0 up to, but not including, 1, which follow the seed", () => {
  const floats = (seed: number) => {
    const twister = new MersenneTwister(seed);
    return Array.from({ length: 1000 }, () => twister.nextFloat());
  };
  expect(floats(1).every((float) => float >= 0 && float < 1 && Math.fround(float) === float)).toBe(true);
  expect(floats(1)).toEqual(floats(1));
  expect(floats(1)).not.toEqual(floats(2));
});
