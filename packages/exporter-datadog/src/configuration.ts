import type { AgentAddress } from './agent-address.ts';
import { resolveAgentAddress } from './agent-address.ts';
import { containerHeaders } from './container-identity.ts';
import { apiKeySource, intakeAddress } from './datadog-intake.ts';
import type { ApiKeySource } from './datadog-intake.ts';
import type { DatadogProfileExporterConfig } from './exporter-config.ts';
import { parseEnvironmentTags, readVariable } from './environment.ts';
import { resolveProxy } from './proxy.ts';
import type { ProxyEnvironment } from './proxy.ts';
import type { ServiceIdentity } from './tags.ts';

/** Where requests go. */
export interface Destination {
  readonly url: URL;
  /** How the address may be shown. */
  readonly display: string;
  /** What names it, for messages. */
  readonly setting: string;
  readonly socketPath: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** undefined = an Agent, which has the key. */
  readonly apiKey: ApiKeySource | undefined;
  readonly proxy: ProxyEnvironment | undefined;
}

/** What the exporter works with: options over environment over defaults. */
export interface DatadogConfiguration {
  readonly destination: Destination;
  readonly identity: ServiceIdentity;
  readonly compression: 'gzip' | 'zstd' | 'none';
  readonly timeoutMillis: number;
  readonly httpAgentOptions: DatadogProfileExporterConfig['httpAgentOptions'];
}

const DEFAULT_TIMEOUT_MILLIS = 10_000;
/** Timers take no more. */
const LONGEST_TIMEOUT_MILLIS = 2 ** 31 - 1;

/** @throws Error with a message for the user when a value cannot be used. */
export function resolveConfiguration(config: DatadogProfileExporterConfig, environment: NodeJS.ProcessEnv): DatadogConfiguration {
  const { compression = 'gzip' } = config;
  if (!['gzip', 'zstd', 'none'].includes(compression)) {
    throw new Error(`compression is ${JSON.stringify(compression)}, expected 'gzip', 'zstd' or 'none'`);
  }
  return {
    destination: resolveDestination(config, environment),
    identity: {
      service: config.service ?? readVariable(environment, 'DD_SERVICE'),
      env: config.env ?? readVariable(environment, 'DD_ENV'),
      version: config.version ?? readVariable(environment, 'DD_VERSION'),
      hostname: config.hostname ?? readVariable(environment, 'DD_HOSTNAME'),
      environmentTags: parseEnvironmentTags(readVariable(environment, 'DD_TAGS') ?? ''),
      tags: config.tags ?? {},
      gitRepositoryUrl: readVariable(environment, 'DD_GIT_REPOSITORY_URL'),
      gitCommitSha: readVariable(environment, 'DD_GIT_COMMIT_SHA'),
    },
    compression,
    timeoutMillis: resolveTimeout(config.timeoutMillis, readVariable(environment, 'DD_PROFILING_UPLOAD_TIMEOUT')),
    httpAgentOptions: config.httpAgentOptions,
  };
}

function resolveTimeout(option: number | undefined, variable: string | undefined): number {
  const millis = option ?? (variable === undefined ? DEFAULT_TIMEOUT_MILLIS : Number(variable));
  if (!(millis > 0)) {
    throw new Error(`${option === undefined ? 'DD_PROFILING_UPLOAD_TIMEOUT' : 'timeoutMillis'} is ${JSON.stringify(option ?? variable)}, expected a number of milliseconds greater than 0`);
  }
  return Math.min(millis, LONGEST_TIMEOUT_MILLIS);
}

function resolveDestination(config: DatadogProfileExporterConfig, environment: NodeJS.ProcessEnv): Destination {
  const agent = resolveAgentAddress(config.agentUrl, environment);
  const apiKey = apiKeySource(config, environment);
  const agentless = config.agentless ?? agentlessVariable(environment) ?? (apiKey !== undefined && agent.origin === 'default');
  if (!agentless) return agentDestination(agent, environment);
  if (apiKey === undefined) {
    throw new Error('there is no API key to send profiles without an Agent: set DD_API_KEY or DD_API_KEY_FILE, or the apiKey or apiKeyFile option');
  }
  const url = intakeAddress(config, environment);
  return {
    url,
    display: `${url.origin}${url.pathname}`,
    setting: config.intakeUrl === undefined ? 'DD_SITE or the site option' : 'the intakeUrl option',
    socketPath: undefined,
    headers: {},
    apiKey,
    // A function makes the agent that it wants.
    proxy: typeof config.httpAgentOptions === 'function' ? undefined : resolveProxy(config.proxy, url, environment),
  };
}

function agentDestination(agent: AgentAddress, environment: NodeJS.ProcessEnv): Destination {
  const { url, socketPath } = agent;
  return {
    url,
    display: socketPath === undefined ? `${url.origin}${url.pathname}` : `unix://${socketPath}`,
    setting: 'DD_TRACE_AGENT_URL, DD_AGENT_HOST and DD_TRACE_AGENT_PORT, or the agentUrl option',
    socketPath,
    headers: containerHeaders(environment),
    apiKey: undefined,
    proxy: undefined,
  };
}

function agentlessVariable(environment: NodeJS.ProcessEnv): boolean | undefined {
  const value = readVariable(environment, 'DD_PROFILING_AGENTLESS')?.toLowerCase();
  if (value === undefined) return undefined;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  throw new Error(`DD_PROFILING_AGENTLESS is ${JSON.stringify(value)}, expected true or false`);
}
