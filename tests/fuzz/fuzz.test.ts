/**
 * Runs the fuzz targets for a bounded number of inputs. `TAUTLINE_FUZZ_RUNS` makes it more, `TAUTLINE_SEED` repeats
 * a run: input number n is made from the seed plus n alone.
 */
import { jsonCodec, protobufCodec } from "@tautline/wire";
import { expect, test } from "vitest";
import { generator } from "../../packages/protocol/test/deterministic-platform.ts";
import { seed } from "../../packages/protocol/test/seed.ts";
import { fuzzEngine } from "./engine.ts";
import { noiseBytes, wildFrames } from "./inputs.ts";
import { fuzzWireCodec } from "./wire-codec.ts";
import { wildJson, wildProtobuf } from "./wire-inputs.ts";

const runs = Number(process.env["TAUTLINE_FUZZ_RUNS"] ?? 3000);

test(
  `the engine withstands ${runs} inputs from seed ${seed} on [RFC6455-10.4-1, RFC6455-10.7-1]`,
  { timeout: 20_000 + 10 * runs },
  () => {
    let inputSeed = seed;
    const fuzz = () => {
      for (; inputSeed < seed + runs; inputSeed++) fuzzEngine(inputFrom(inputSeed), inputSeed);
      return "all withstood";
    };
    expect(reported(fuzz, () => `TAUTLINE_SEED=${inputSeed}`)).toBe("all withstood");
  },
);

test.each([
  { codec: protobufCodec, inputs: wildProtobuf },
  { codec: jsonCodec, inputs: wildJson },
])(
  `the codec for $codec.name withstands ${runs} frames from seed ${seed} on`,
  { timeout: 20_000 + 10 * runs },
  ({ codec, inputs }) => {
    let inputSeed = seed;
    const fuzz = () => {
      for (; inputSeed < seed + runs; inputSeed++) {
        fuzzWireCodec(codec, inputs(generator(inputSeed)));
      }
      return "all withstood";
    };
    expect(reported(fuzz, () => `TAUTLINE_SEED=${inputSeed}`)).toBe("all withstood");
  },
);

function inputFrom(inputSeed: number): Uint8Array {
  const random = generator(inputSeed);
  const reader = inputSeed % 2 === 0 ? "client" : "server";
  return random() < 0.1 ? noiseBytes(random, 100) : wildFrames(random, reader);
}

/** What `run` gives, or the failure together with how to see it again. */
function reported(run: () => string, again: () => string): string {
  try {
    return run();
  } catch (error) {
    return `${again()}: ${error instanceof Error ? error.stack : String(error)}`;
  }
}
