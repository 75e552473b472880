/**
 * Spans over OpenTelemetry, where the application has its API installed: the API is an optional peer and is loaded only if it is
 * there. Whether a span goes anywhere is the business of the SDK that the application registers with it, before or after.
 */
import type * as OpenTelemetryApi from "@opentelemetry/api";
import type { Span as ApiSpan, Tracer as ApiTracer } from "@opentelemetry/api";
import type { Span, Tracer } from "@tautline/hub";

import { packageVersion } from "../version.ts";

type Api = typeof OpenTelemetryApi;

const load = (): Promise<Api> => import("@opentelemetry/api");

/**
 * A tracer over `@opentelemetry/api`; nothing when that is not installed.
 *
 * @throws whatever the API throws that is there but cannot be loaded
 */
export async function openTelemetryTracer(
  loadApi: () => Promise<Api> = load,
): Promise<Tracer | undefined> {
  const api = await loadApi().catch(absent);
  if (api === undefined) return undefined;
  const tracer = api.trace.getTracer("tautline", packageVersion());
  return new OpenTelemetry(tracer, api.SpanStatusCode.ERROR);
}

function absent(error: unknown): undefined {
  const missing =
    error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND";
  // A part of it that is missing is a broken installation, which somebody should know of.
  if (missing && error.message.includes("'@opentelemetry/api'")) return undefined;
  throw error;
}

class OpenTelemetry implements Tracer {
  readonly #tracer: ApiTracer;
  readonly #failed: Api["SpanStatusCode"]["ERROR"];

  constructor(tracer: ApiTracer, failed: Api["SpanStatusCode"]["ERROR"]) {
    this.#tracer = tracer;
    this.#failed = failed;
  }

  span: Tracer["span"] = (name, attributes, work) =>
    this.#tracer.startActiveSpan(name, { attributes }, async (span) => {
      try {
        return await work(this.#view(span));
      } catch (error) {
        span.recordException(error instanceof Error ? error : String(error));
        span.setStatus({ code: this.#failed });
        throw error;
      } finally {
        span.end();
      }
    });

  #view(span: ApiSpan): Span {
    return {
      attribute: (name, value) => void span.setAttribute(name, value),
      fail: (message) => void span.setStatus({ code: this.#failed, message }),
    };
  }
}
