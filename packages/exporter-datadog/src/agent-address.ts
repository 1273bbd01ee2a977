import { existsSync } from 'node:fs';
import { readVariable } from './environment.ts';

const INPUT_PATH = '/profiling/v1/input';
const DEFAULT_SOCKET = '/var/run/datadog/apm.socket';
const EXAMPLE = 'http://127.0.0.1:8126 or unix:///var/run/datadog/apm.socket';

export interface AgentAddress {
  /** With the path of profiles. */
  readonly url: URL;
  /** A Unix domain socket, or a named pipe of Windows. */
  readonly socketPath: string | undefined;
  /** `'default'` = nobody named it. */
  readonly origin: 'named' | 'found' | 'default';
}

/**
 * The Datadog Agent, by the rules of Datadog's tracers.
 *
 * @throws Error with a message for the user when an address cannot be used.
 */
export function resolveAgentAddress(option: string | undefined, environment: NodeJS.ProcessEnv): AgentAddress {
  if (option !== undefined) return parseAgentUrl(option, 'agentUrl');
  const variable = readVariable(environment, 'DD_TRACE_AGENT_URL', 'DD_TRACE_URL');
  if (variable !== undefined) return parseAgentUrl(variable, 'DD_TRACE_AGENT_URL');
  const host = readVariable(environment, 'DD_AGENT_HOST', 'DD_TRACE_AGENT_HOSTNAME');
  const port = readVariable(environment, 'DD_TRACE_AGENT_PORT');
  if (host === undefined && port === undefined) {
    if (process.platform !== 'win32' && existsSync(DEFAULT_SOCKET)) return { ...parseAgentUrl(`unix://${DEFAULT_SOCKET}`, ''), origin: 'found' };
    return { ...parseAgentUrl('http://127.0.0.1:8126', ''), origin: 'default' };
  }
  const name = host ?? '127.0.0.1';
  // An IPv6 address.
  const authority = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return parseAgentUrl(`http://${authority}:${port ?? '8126'}`, 'DD_AGENT_HOST with DD_TRACE_AGENT_PORT');
}

/** Does not quote the value: there may be credentials in it. */
function parseAgentUrl(value: string, setting: string): AgentAddress {
  if (!URL.canParse(value)) throw new Error(`${setting} is not a URL, expected one such as ${EXAMPLE}`);
  const url = new URL(value);
  if (url.protocol === 'unix:') {
    // A named pipe of Windows, unix://./pipe/name, is parsed as host and path.
    const socketPath = url.hostname === '.' ? `//.${url.pathname}` : decodeURIComponent(url.pathname);
    if (socketPath.length < 2 || (url.hostname !== '' && url.hostname !== '.')) throw new Error(`${setting} names no socket, expected three slashes as in unix:///var/run/datadog/apm.socket`);
    return { url: new URL(`http://localhost${INPUT_PATH}`), socketPath, origin: 'named' };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error(`${setting} has the scheme '${url.protocol}', expected one as in ${EXAMPLE}`);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${INPUT_PATH}`;
  return { url, socketPath: undefined, origin: 'named' };
}
