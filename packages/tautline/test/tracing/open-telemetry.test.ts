/** Spans over the real API of OpenTelemetry, and nothing where it is not installed. */
import { context, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { Client } from "@tautline/client";
import { refuse, serve } from "tautline";
import type { ServeOptions } from "tautline";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { WebSocket } from "ws";

import { openTelemetryTracer } from "../../src/tracing/open-telemetry.ts";

const exporter = new InMemorySpanExporter();

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  );
});

afterAll(() => {
  trace.disable();
  context.disable();
});

beforeEach(() => exporter.reset());

async function clientOf(options: ServeOptions): Promise<Client> {
  const server = await serve({ port: 0, page: false, ...options });
  const url = `${server.url.replace("http", "ws")}/connection/websocket`;
  const client = new Client(url, { webSocket: WebSocket });
  onTestFinished(async () => {
    await client.disconnect();
    await server.close();
  });
  await client.connect();
  return client;
}

const no = () => {
  throw refuse({ code: 103, message: "permission denied" });
};

/** As Node.js says it. */
const missing = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /app/x.js`), {
    code: "ERR_MODULE_NOT_FOUND",
  });

const named = (name: string) => exporter.getFinishedSpans().find((span) => span.name === name);

describe("where the API is installed", () => {
  it("a command is a span, and what a hook does within it is its child", async () => {
    const inner = trace.getTracer("test");
    const client = await clientOf({
      hooks: { publish: () => inner.startActiveSpan("looking it up", (span) => span.end()) },
    });
    await client.publish("news", 1);
    const span = named("tautline.publish");
    expect(span?.attributes).toMatchObject({ "tautline.channel": "news" });
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.instrumentationScope).toMatchObject({
      name: "tautline",
      version: expect.stringMatching(/^\d/u),
    });
    const child = named("looking it up");
    expect(child?.parentSpanContext?.spanId).toBe(span?.spanContext().spanId);
  });

  it("a command that is refused is a span that failed", async () => {
    const client = await clientOf({ hooks: { publish: no } });
    await expect(client.publish("news", 1)).rejects.toMatchObject({ serverCode: 103 });
    expect(named("tautline.publish")?.status).toMatchObject({ code: SpanStatusCode.ERROR });
  });

  it("work that throws is a span with the exception, and throws on", async () => {
    const tracer = await openTelemetryTracer();
    const broken = tracer?.span("it", {}, () => Promise.reject(new Error("broken")));
    await expect(broken).rejects.toThrow("broken");
    const span = named("it");
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.events).toMatchObject([{ name: "exception" }]);
  });

  it("there are none with `tracer: false`", async () => {
    const client = await clientOf({ tracer: false });
    await client.publish("news", 1);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

describe("where it is not", () => {
  it("there is no tracer", async () => {
    const tracer = await openTelemetryTracer(() => Promise.reject(missing("@opentelemetry/api")));
    expect(tracer).toBeUndefined();
  });

  it("but broken, that is told", async () => {
    const broken = openTelemetryTracer(() => Promise.reject(missing("something-else")));
    await expect(broken).rejects.toThrow("something-else");
  });
});
