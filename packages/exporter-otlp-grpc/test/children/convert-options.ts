import { createRequire } from 'node:module';
import type * as OtlpGrpcExporterBase from '@opentelemetry/otlp-grpc-exporter-base';

// Prints what otlp-grpc-exporter-base makes of each set of variables and options. A process of its own, since the test
// runner's export conditions choose a build that Node.js cannot load.
const { convertLegacyOtlpGrpcOptions } = createRequire(import.meta.url)(process.argv[2] as string) as typeof OtlpGrpcExporterBase;
const cases = JSON.parse(process.argv[3] as string) as { variables: Record<string, string>; config: { url?: string } }[];

const results = cases.map(({ variables, config }) => {
  Object.assign(process.env, variables);
  const { url, timeoutMillis, metadata, credentials } = convertLegacyOtlpGrpcOptions(config, 'PROFILES');
  const result = { url, timeoutMillis, metadata: metadata().getMap(), secure: credentials()._isSecure() };
  for (const name of Object.keys(variables)) delete process.env[name];
  return result;
});
console.log(JSON.stringify(results));
