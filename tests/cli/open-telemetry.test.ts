// `tautline serve` as a real process: without OpenTelemetry's API nothing happens, and with an SDK there are spans.
import { connect } from "@tautline/node";
import { afterEach, describe, expect, it } from "vitest";

import { scratch } from "../scratch.ts";
import { Program } from "./program.ts";

const running: Program[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()));
});

/** A module that is imported before the program, as `NODE_OPTIONS` has it. */
function before(files: Readonly<Record<string, string>>): Record<string, string> {
  const folder = scratch(files);
  return { NODE_OPTIONS: `--import file://${folder}/before.mjs` };
}

async function start(env: Record<string, string>): Promise<{ program: Program; hub: string }> {
  const program = Program.tautline(["serve", "--port", "0"], env);
  running.push(program);
  const [, hub = ""] = await program.printed(/(ws:\/\/\S+\/connection\/websocket)/u);
  return { program, hub };
}

async function connectedTo(hub: string): Promise<void> {
  const connection = await connect(hub);
  connection.send('{"id":1,"connect":{}}');
  for await (const reply of connection) {
    expect(reply).toContain('"connect"');
    break;
  }
  connection.terminate();
}

describe("spans", () => {
  it("are none, and nothing is missed, where the API is not installed", async () => {
    const { program, hub } = await start(
      before({
        "before.mjs": `import { register } from "node:module"; register("./hooks.mjs", import.meta.url);`,
        "hooks.mjs": `export async function resolve(specifier, context, next) {
          if (specifier !== "@opentelemetry/api") return next(specifier, context);
          process._rawDebug("asked for the API");
          const text = "Cannot find package '@opentelemetry/api' imported from " + context.parentURL;
          throw Object.assign(new Error(text), { code: "ERR_MODULE_NOT_FOUND" });
        }`,
      }),
    );
    await connectedTo(hub);
    expect(program.stderr).toContain("asked for the API");
    expect(program.stderr).not.toMatch(/"level":"(?:warn|error)"/u);
  });

  it("go where the SDK that the application registers sends them", async () => {
    const { program, hub } = await start(
      before({
        "before.mjs": `import { trace } from "@opentelemetry/api";
          import { BasicTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
          const exporter = {
            export(spans, done) {
              for (const { name } of spans) process.stderr.write("span " + name + "\\n");
              done({ code: 0 });
            },
            shutdown: async () => undefined,
          };
          const spanProcessors = [new SimpleSpanProcessor(exporter)];
          trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));`,
      }),
    );
    await connectedTo(hub);
    const [seen] = await program.printed(/span tautline\.\w+/u, "stderr");
    expect(seen).toBe("span tautline.connect");
  });
});
