import { readVariable } from './environment.ts';

/** A proxy as `proxyEnv` of `http.Agent` has it. */
export type ProxyEnvironment = Readonly<Record<string, string>>;

/**
 * The proxy on the way to Datadog's intake. Which hosts `NO_PROXY` excludes is left to Node.js, as the connection itself;
 * the option excludes none.
 *
 * @throws Error with a message for the user when it cannot be used.
 */
export function resolveProxy(option: string | undefined, target: URL, environment: NodeJS.ProcessEnv): ProxyEnvironment | undefined {
  const general = target.protocol === 'https:' ? readVariable(environment, 'HTTPS_PROXY', 'https_proxy') : readVariable(environment, 'HTTP_PROXY', 'http_proxy');
  const value = option ?? readVariable(environment, 'DD_PROXY_HTTPS') ?? general;
  if (value === undefined || value === '') return undefined;
  // Its password must not be quoted.
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new Error('the proxy is not a URL, expected one such as http://proxy:3128 in DD_PROXY_HTTPS, HTTPS_PROXY or the proxy option');
  }
  if (!process.allowedNodeEnvironmentFlags.has('--use-env-proxy')) {
    throw new Error('this version of Node.js cannot use a proxy: take 22.21, 24.5 or later, or give a function as httpAgentOptions that makes an agent which knows the proxy');
  }
  const noProxy = option === undefined ? readVariable(environment, 'DD_PROXY_NO_PROXY', 'NO_PROXY', 'no_proxy') : undefined;
  return { HTTP_PROXY: value, HTTPS_PROXY: value, ...(noProxy === undefined ? {} : { NO_PROXY: noProxy.replaceAll(/[\s,]+/g, ',') }) };
}
