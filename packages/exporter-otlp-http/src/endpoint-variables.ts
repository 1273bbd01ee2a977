import type { DiagLogger } from '@opentelemetry/api';

const PROFILES_VARIABLE = 'OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT';
const GENERAL_VARIABLE = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/**
 * Does `work`, from which endpoint variables that are no URLs are hidden: `@opentelemetry/otlp-exporter-base` goes on to the
 * next source then, as it does without us, but quotes them in its warning, with whatever credentials are in them.
 */
export function withUsableEndpoints<T>(logger: DiagLogger, work: () => T): T {
  const hidden = unusableVariables();
  const before = hidden.map((name) => [name, process.env[name]] as const);
  for (const name of hidden) {
    logger.warn(`${name} is not a URL, expected one such as http://localhost:4318. It is ignored`);
    delete process.env[name];
  }
  try {
    return work();
  } finally {
    for (const [name, value] of before) process.env[name] = value;
  }
}

/** As far as they are looked at: the general one only where there is no other. */
function unusableVariables(): readonly string[] {
  const forProfiles = valueOf(PROFILES_VARIABLE);
  if (forProfiles !== undefined && URL.canParse(forProfiles)) return [];
  const general = valueOf(GENERAL_VARIABLE);
  return [
    ...(forProfiles === undefined ? [] : [PROFILES_VARIABLE]),
    // It gets a path appended, before which a blank at the end is none any more.
    ...(general === undefined || (URL.canParse(general) && URL.canParse(`${general}/`)) ? [] : [GENERAL_VARIABLE]),
  ];
}

function valueOf(variable: string): string | undefined {
  const value = process.env[variable];
  return value === undefined || value.trim() === '' ? undefined : value;
}
