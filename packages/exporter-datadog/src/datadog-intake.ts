import { open } from 'node:fs/promises';
import type { DatadogProfileExporterConfig } from './exporter-config.ts';
import { readVariable } from './environment.ts';
import { isLoopback } from './loopback.ts';

/** A host name, without port or path. */
const SITE = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;
/** What a header can hold. */
const API_KEY = /^[\u0021-\u007E]+$/;
const LONGEST_KEY_FILE_BYTES = 4096;

/** Where the API key comes from. */
export interface ApiKeySource {
  /** The file's name, undefined where the key was given. */
  readonly file: string | undefined;
  /** @throws Error that says what is wrong with the file, without what is in it. */
  read(): Promise<string>;
}

/** @throws Error with a message for the user when a value cannot be used. */
export function apiKeySource(config: DatadogProfileExporterConfig, environment: NodeJS.ProcessEnv): ApiKeySource | undefined {
  const given = config.apiKey ?? (config.apiKeyFile === undefined ? readVariable(environment, 'DD_API_KEY', 'DATADOG_API_KEY') : undefined);
  if (given !== undefined) {
    const key = given.trim();
    if (!API_KEY.test(key)) throw new Error(`${config.apiKey === undefined ? 'DD_API_KEY' : 'apiKey'} is no API key: it is empty, or has characters that no key has`);
    return { file: undefined, read: () => Promise.resolve(key) };
  }
  const file = config.apiKeyFile ?? readVariable(environment, 'DD_API_KEY_FILE');
  return file === undefined ? undefined : { file, read: () => readKeyFile(file) };
}

async function readKeyFile(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_KEY_FILE_BYTES), 0, LONGEST_KEY_FILE_BYTES, 0);
    const key = buffer.toString('latin1', 0, bytesRead).trim();
    if (!API_KEY.test(key)) throw new Error(key === '' ? 'it is empty' : 'it has characters that no key has');
    return key;
  } finally {
    await file.close();
  }
}

/**
 * Datadog's intake of profiles. The key goes over TLS, or does not leave the machine.
 *
 * @throws Error with a message for the user when a value cannot be used.
 */
export function intakeAddress(config: DatadogProfileExporterConfig, environment: NodeJS.ProcessEnv): URL {
  const { intakeUrl } = config;
  if (intakeUrl === undefined) {
    const site = (config.site ?? readVariable(environment, 'DD_SITE') ?? 'datadoghq.com').trim().toLowerCase();
    if (!SITE.test(site)) {
      throw new Error(`${config.site === undefined ? 'DD_SITE' : 'site'} is not the name of a Datadog site, expected one such as datadoghq.com, us5.datadoghq.com or datadoghq.eu`);
    }
    return new URL(`https://intake.profile.${site}/api/v2/profile`);
  }
  if (!URL.canParse(intakeUrl)) throw new Error('intakeUrl is not a URL, expected one such as https://intake.profile.datadoghq.com/api/v2/profile');
  const url = new URL(intakeUrl);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new Error(`intakeUrl has the scheme '${url.protocol}' and names another machine: the API key is sent with https: only`);
  }
  return url;
}
