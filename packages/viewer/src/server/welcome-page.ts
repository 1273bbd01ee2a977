/** What `GET /` says. */
export function welcomePage(url: string): string {
  return [
    'Flamespan viewer: receives OpenTelemetry traces and profiles over OTLP/HTTP and shows which code made a span slow.',
    '',
    `  POST ${url}/v1/traces                  traces, protobuf or JSON`,
    `  POST ${url}/v1development/profiles     profiles, protobuf or JSON`,
    `  GET  ${url}/report?width=100           the report as text`,
    '',
    `Send it a service's telemetry with OTEL_EXPORTER_OTLP_ENDPOINT=${url}`,
    '',
  ].join('\n');
}
