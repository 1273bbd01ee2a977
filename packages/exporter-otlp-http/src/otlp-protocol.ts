import type { DiagLogger } from '@opentelemetry/api';
import type { OtlpHttpProtocol } from './exporter-config.ts';

const VARIABLES = ['OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'];

/**
 * The encoding that the environment asks for (OpenTelemetry specification, "Specify Protocol"). One warning for what is
 * none of this exporter's.
 */
export function protocolFromEnvironment(logger: DiagLogger): OtlpHttpProtocol {
  const variable = VARIABLES.find((name) => (process.env[name] ?? '').trim() !== '');
  const value = variable === undefined ? 'http/protobuf' : (process.env[variable] as string).trim();
  if (value === 'http/protobuf' || value === 'http/json') return value;
  const remedy = value === 'grpc'
    ? 'this exporter speaks HTTP. Use OTLPProfileExporter of @flamespan/exporter-otlp-grpc instead, or set OTEL_EXPORTER_OTLP_PROFILES_PROTOCOL or the protocol option'
    : "expected 'http/protobuf' or 'http/json'";
  logger.warn(`${variable} is ${JSON.stringify(value.slice(0, 40))}: ${remedy}. Profiles are sent as http/protobuf`);
  return 'http/protobuf';
}
