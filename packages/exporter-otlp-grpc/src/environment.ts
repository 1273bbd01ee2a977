import { readFileSync } from 'node:fs';
import type { DiagLogger } from '@opentelemetry/api';

/** The value of the variable for profiles, or else of the general one; undefined when both are unset or blank. */
export function environmentValue(name: string): { readonly variable: string; readonly value: string } | undefined {
  for (const variable of [`OTEL_EXPORTER_OTLP_PROFILES_${name}`, `OTEL_EXPORTER_OTLP_${name}`]) {
    const value = process.env[variable]?.trim();
    if (value !== undefined && value !== '') return { variable, value };
  }
  return undefined;
}

export function timeoutFromEnvironment(logger: DiagLogger): number | undefined {
  return firstValid('TIMEOUT', logger, 'a number of milliseconds greater than 0', (value) => {
    const millis = Number(value);
    return Number.isFinite(millis) && millis > 0 ? millis : undefined;
  });
}

export function compressionFromEnvironment(logger: DiagLogger): 'none' | 'gzip' | undefined {
  return firstValid('COMPRESSION', logger, "'none' or 'gzip'", (value) => (value === 'none' || value === 'gzip' ? value : undefined));
}

/** A variable that cannot be used is said and passed over. */
function firstValid<T>(name: string, logger: DiagLogger, expected: string, parse: (value: string) => T | undefined): T | undefined {
  for (const variable of [`OTEL_EXPORTER_OTLP_PROFILES_${name}`, `OTEL_EXPORTER_OTLP_${name}`]) {
    const value = process.env[variable]?.trim();
    if (value === undefined || value === '') continue;
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    logger.warn(`${variable} is ${JSON.stringify(value.slice(0, 40))}, expected ${expected}`);
  }
  return undefined;
}

/** General ones, then those for profiles, which win: `key=value` pairs with percent-encoding, as in W3C Baggage. */
export function headersFromEnvironment(): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const variable of ['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_PROFILES_HEADERS']) {
    for (const entry of (process.env[variable] ?? '').split(',')) {
      // What follows a semicolon is a property of the entry.
      const [pair = ''] = entry.split(';', 1);
      const equals = pair.indexOf('=');
      if (equals <= 0) continue;
      const key = decode(pair.slice(0, equals).trim()).toLowerCase();
      const value = decode(pair.slice(equals + 1).trim());
      if (key !== '' && value !== '') headers.set(key, value);
    }
  }
  return headers;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function insecureFromEnvironment(): boolean {
  return environmentValue('INSECURE')?.value.toLowerCase() === 'true';
}

/** PEM texts of the files that the environment names. */
export interface Certificates {
  readonly authority: Buffer | null;
  readonly key: Buffer | null;
  readonly certificate: Buffer | null;
}

/** A file that cannot be read is said, and counts as not given; so does a key without a certificate. */
export function certificatesFromEnvironment(logger: DiagLogger): Certificates {
  const read = (name: string): Buffer | null => {
    const file = environmentValue(name);
    if (file === undefined) return null;
    try {
      return readFileSync(file.value);
    } catch (error) {
      logger.warn(`The file that ${file.variable} names could not be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
      return null;
    }
  };
  const authority = read('CERTIFICATE');
  const key = read('CLIENT_KEY');
  const certificate = read('CLIENT_CERTIFICATE');
  if ((key === null) === (certificate === null)) return { authority, key, certificate };
  logger.warn('A client certificate needs both OTEL_EXPORTER_OTLP_PROFILES_CLIENT_KEY and OTEL_EXPORTER_OTLP_PROFILES_CLIENT_CERTIFICATE; one of them is missing, and none is sent');
  return { authority, key: null, certificate: null };
}
