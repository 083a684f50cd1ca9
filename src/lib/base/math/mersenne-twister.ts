const SIZE = 624;
const SHIFT = 397;

/**
 * The random numbers of C++'s `std::mt19937` (Matsumoto and Nishimura 1998, doi 10.1145/272991.272995), for draws that have to be those of
 * llama.cpp.
 */
export class MersenneTwister {
  private readonly state = new Uint32Array(SIZE);
  private place = SIZE;

  /** `seed` has 32 bits, unsigned. */
  constructor(seed: number) {
    this.state[0] = seed;
    for (let i = 1; i < SIZE; i++) {
      const before = this.at(i - 1);
      this.state[i] = Math.imul(1_812_433_253, before ^ (before >>> 30)) + i;
    }
  }

  /** The next 32 bits, unsigned. */
  next(): number {
    if (this.place === SIZE) this.twist();
    let bits = this.at(this.place++);
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c_5680;
    bits ^= (bits << 15) & 0xefc6_0000;
    return (bits ^ (bits >>> 18)) >>> 0;
  }

  /** The next number of `std::uniform_real_distribution<float>(0, 1)`: a 32-bit float below 1. */
  nextFloat(): number {
    const share = Math.fround(this.next()) / 2 ** 32;
    return Math.min(share, 1 - 2 ** -24);
  }

  private twist(): void {
    for (let i = 0; i < SIZE; i++) {
      const bits = (this.at(i) & 0x8000_0000) | (this.at((i + 1) % SIZE) & 0x7fff_ffff);
      this.state[i] = this.at((i + SHIFT) % SIZE) ^ (bits >>> 1) ^ (bits & 1 ? 0x9908_b0df : 0);
    }
    this.place = 0;
  }

  private at(place: number): number {
    return this.state[place] ?? 0;
  }
}
