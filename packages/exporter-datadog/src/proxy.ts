import { readVariable } from './environment.ts';
import { isLoopback } from './loopback.ts';
import { isExcludedFromProxy } from './no-proxy.ts';

/** A proxy as `proxyEnv` of `http.Agent` has it. */
export type ProxyEnvironment = Readonly<Record<string, string>>;

/**
 * The proxy on the way to Datadog's intake. undefined where there is none, or `NO_PROXY` excludes the intake; the option
 * excludes none.
 *
 * @throws Error with a message for the user when it cannot be used.
 */
export function resolveProxy(option: string | undefined, target: URL, environment: NodeJS.ProcessEnv): ProxyEnvironment | undefined {
  const general = target.protocol === 'https:' ? readVariable(environment, 'HTTPS_PROXY', 'https_proxy') : readVariable(environment, 'HTTP_PROXY', 'http_proxy');
  const value = option ?? readVariable(environment, 'DD_PROXY_HTTPS') ?? general;
  if (value === undefined || value === '') return undefined;
  const noProxy = option === undefined ? readVariable(environment, 'DD_PROXY_NO_PROXY', 'NO_PROXY', 'no_proxy') : undefined;
  if (noProxy !== undefined && isExcludedFromProxy(target, noProxy)) return undefined;
  // As curl and others take it.
  const proxy = value.includes('://') ? value : `http://${value}`;
  // Its password must not be quoted.
  if (!URL.canParse(proxy) || !/^https?:$/.test(new URL(proxy).protocol)) {
    throw new Error('the proxy is not a URL, expected one such as http://proxy:3128 in DD_PROXY_HTTPS, HTTPS_PROXY or the proxy option');
  }
  // An intake without TLS is on this machine, and the API key does not leave it in the clear: not for a proxy either.
  if (target.protocol === 'http:' && !isLoopback(new URL(proxy).hostname)) {
    if (option === undefined) return undefined;
    throw new Error("the proxy option names another machine, but intakeUrl has the scheme 'http:': the API key is sent with https: only");
  }
  if (!process.allowedNodeEnvironmentFlags.has('--use-env-proxy')) {
    throw new Error('this version of Node.js cannot use a proxy: take 22.21, 24.5 or later, or give a function as httpAgentOptions that makes an agent which knows the proxy');
  }
  // Node.js knows ranges of addresses too.
  return { HTTP_PROXY: proxy, HTTPS_PROXY: proxy, ...(noProxy === undefined ? {} : { NO_PROXY: noProxy.replaceAll(/[\s,]+/g, ',') }) };
}
