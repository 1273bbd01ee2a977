import type { JSX } from 'preact';
import type { StateAnswer } from '../../../../src/api/answers.ts';
import { EmptyState, Snippet } from '../../design/controls.tsx';
import { countOf } from '../../format/units.ts';

const PROCESSOR = `import { NodeSDK } from '@opentelemetry/sdk-node';
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { ProfilingSpanProcessor } from '@flamespan/span-processor';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';

new NodeSDK({
  spanProcessors: [
    new ProfilingSpanProcessor({ exporter: new OTLPProfileExporter() }),
    new BatchSpanProcessor({ exporter: new OTLPTraceExporter() }),
  ],
}).start();`;
const INSTALL = 'npm install @flamespan/span-processor @flamespan/exporter-otlp-http @opentelemetry/otlp-exporter-base @opentelemetry/sdk-trace';

/** What to paste while nothing has arrived. */
export function NothingArrived({ state }: { readonly state: StateAnswer }): JSX.Element {
  const rejected = Object.entries(state.rejectedRequests).filter(([, count]) => count > 0);
  return (
    <EmptyState title="Waiting for the first trace">
      <p>This page fills itself as soon as a service sends. Start your service with</p>
      <Snippet label="Environment variables" code={`OTEL_EXPORTER_OTLP_ENDPOINT=${state.endpoints.http} node app.js`} />
      {state.endpoints.grpc !== null && <p class="muted">For exporters that speak gRPC: <code>OTEL_EXPORTER_OTLP_ENDPOINT={state.endpoints.grpc}</code></p>}
      <p>If it has no profiles yet, add the span processor to its OpenTelemetry set-up:</p>
      <Snippet label="Packages to install" code={INSTALL} />
      <Snippet label="OpenTelemetry set-up" code={PROCESSOR} />
      {rejected.length > 0 && (
        <p class="notice notice-warning">
          <span>Requests came in and were refused: {rejected.map(([reason, count]) => `${reason} (${count})`).join(', ')}. The exporter's own log says more.</span>
        </p>
      )}
    </EmptyState>
  );
}

/** Says what is missing while only a part arrives; null when nothing is. */
export function MissingSignals({ state }: { readonly state: StateAnswer }): JSX.Element | null {
  if (state.traces > 0 && state.profiles === 0) {
    return (
      <details class="notice notice-warning advice">
        <summary>Traces arrive, and no profiles yet: the first one comes up to a minute after the start. What to set if none comes</summary>
        <div class="advice-lines">
          <Snippet label="Packages to install" code={INSTALL} />
          <Snippet label="OpenTelemetry set-up" code={PROCESSOR} />
          <p>For development, profiles come sooner with <code>{'new ProfilingSpanProcessor({ exporter, exportIntervalMillis: 5_000 })'}</code>. If traces go to a port of their own, set <code>OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT={state.endpoints.http}/v1development/profiles</code>.</p>
        </div>
      </details>
    );
  }
  if (state.traces > 0 && state.samples > 0 && state.linkedSamples === 0) {
    return (
      <p class="notice notice-warning">
        <span>{countOf(state.samples, 'sample')} arrived, and none is linked to a span. A span counts while it is active (<code>startActiveSpan</code> or <code>context.with</code>), and a context manager must be registered, which NodeSDK does.</span>
      </p>
    );
  }
  if (state.traces === 0 && state.profiles > 0) {
    return (
      <details class="notice notice-warning advice">
        <summary>{countOf(state.profiles, 'profile')} arrived, and no traces yet: spans come in batches, every 5 seconds by default. What to set if none comes</summary>
        <div class="advice-lines">
          <p><code>spanProcessors</code> switches <code>traceExporter</code> and <code>OTEL_TRACES_EXPORTER</code> off, so a processor for the traces has to stand beside ours:</p>
          <Snippet label="OpenTelemetry set-up" code={PROCESSOR} />
        </div>
      </details>
    );
  }
  return null;
}
