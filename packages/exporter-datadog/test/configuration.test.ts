import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DatadogProfileExporterConfig } from '@flamespan/exporter-datadog';
import { profileFromStacks } from '@flamespan/profile/testing';
import { startServer } from '../../exporter-otlp-http/test/support/servers.ts';
import { createExporter, DELIVERED, exportOnce, failureOf, recordDiag, setEnvironment } from './support/exports.ts';
import { readUpload, uploadOf } from './support/uploads.ts';

const KEY = '0123456789abcdef0123456789abcdef';

function temporaryFile(name: string, content: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'flamespan-datadog-')), name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

/** Says where the exporter would go, by what it cannot reach. */
async function targetOf(config: DatadogProfileExporterConfig): Promise<string> {
  const lookup = (_host: string, _options: object, callback: (error: Error, address: string, family: number) => void): void => {
    callback(Object.assign(new Error('made up'), { code: 'ENOTFOUND' }), '', 4);
  };
  const { message } = await failureOf({ ...config, httpAgentOptions: { lookup } });
  return /no connection to (\S+) \(/.exec(message)?.[1] ?? message;
}

describe('the Agent', () => {
  it('is on this machine by default', async () => {
    const logged = recordDiag();
    createExporter();
    expect(logged.map(({ text }) => text)).toEqual(['@flamespan/exporter-datadog Profiles go to http://127.0.0.1:8126/profiling/v1/input']);
  });

  it.each([
    [{ DD_AGENT_HOST: 'agent.test' }, 'http://agent.test:8126/profiling/v1/input'],
    [{ DD_TRACE_AGENT_HOSTNAME: 'agent.test', DD_TRACE_AGENT_PORT: '9126' }, 'http://agent.test:9126/profiling/v1/input'],
    [{ DD_TRACE_AGENT_URL: 'http://agent.test:7777/', DD_AGENT_HOST: 'other.test' }, 'http://agent.test:7777/profiling/v1/input'],
    [{ DD_TRACE_AGENT_URL: '', DD_TRACE_URL: 'https://agent.test/gateway/' }, 'https://agent.test/gateway/profiling/v1/input'],
  ])('is named by %j', async (variables, expected) => {
    setEnvironment(variables);
    expect(await targetOf({})).toBe(expected);
    expect(await targetOf({ agentUrl: 'http://option.test' })).toBe('http://option.test/profiling/v1/input');
  });

  it('may have an IPv6 address', async () => {
    setEnvironment({ DD_AGENT_HOST: '::1', DD_TRACE_AGENT_PORT: '1' });
    expect((await failureOf({})).message).toContain('http://[::1]:1/profiling/v1/input');
  });

  it('may listen at a Unix socket, and the connection is used again', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'flamespan-datadog-')), 'apm.socket');
    const requests: string[] = [];
    let connections = 0;
    const listener: RequestListener = (request, response) => {
      requests.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers.host ?? ''}`);
      request.resume().on('end', () => response.end());
    };
    const server = createServer(listener).on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => {
      server.listen(path, resolve);
    });
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    setEnvironment({ DD_TRACE_AGENT_URL: `unix://${path}` });
    const exporter = createExporter();
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests).toEqual(['POST /profiling/v1/input localhost', 'POST /profiling/v1/input localhost']);
    expect(connections).toBe(1);
  });

  it('is named as its socket when nobody listens there', async () => {
    const { code, message } = await failureOf({ agentUrl: 'unix:///nowhere/apm.socket' });
    expect(code).toBe('ERR_NETWORK');
    expect(message).toContain('unix:///nowhere/apm.socket (ENOENT)');
    expect(message).toContain('DD_TRACE_AGENT_URL');
  });

  it('may listen at a named pipe of Windows', async () => {
    expect((await failureOf({ agentUrl: 'unix://./pipe/datadog-apm' })).message).toContain('unix:////./pipe/datadog-apm (');
  });

  it('gets neither an API key nor a proxy', async () => {
    setEnvironment({ DD_API_KEY: KEY, HTTP_PROXY: 'http://127.0.0.1:1', HTTPS_PROXY: 'http://127.0.0.1:1' });
    const { request } = await uploadOf();
    expect(request.headers).not.toHaveProperty('dd-api-key');
  });

  it('learns the container of the request', async () => {
    setEnvironment({ DD_EXTERNAL_ENV: 'it-false,cn-app,pu-42' });
    expect((await uploadOf()).request.headers['datadog-external-env']).toBe('it-false,cn-app,pu-42');
  });
});

describe('without an Agent', () => {
  it.each([
    [{}, 'https://intake.profile.datadoghq.com/api/v2/profile'],
    [{ DD_SITE: ' US5.datadoghq.com ' }, 'https://intake.profile.us5.datadoghq.com/api/v2/profile'],
  ])('profiles go to the site of %j', async (variables, expected) => {
    setEnvironment({ DD_API_KEY: KEY, ...variables });
    expect(await targetOf({})).toBe(expected);
    expect(await targetOf({ site: 'datadoghq.eu' })).toBe('https://intake.profile.datadoghq.eu/api/v2/profile');
  });

  it.each(['DD_API_KEY', 'DATADOG_API_KEY', 'apiKey', 'DD_API_KEY_FILE', 'apiKeyFile'])('the key comes from %s', async (source) => {
    const value = source.toLowerCase().includes('file') ? temporaryFile('key', `${KEY}\n`) : KEY;
    if (source === source.toUpperCase()) setEnvironment({ [source]: value });
    const { url, requests } = await startServer((response) => response.end());
    const exporter = createExporter({ intakeUrl: `${url}/api/v2/profile`, ...(source === source.toUpperCase() ? {} : { [source]: value }) });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests[0]).toMatchObject({ path: '/api/v2/profile', headers: { 'dd-api-key': KEY } });
    // The container of the request is for an Agent.
    expect(requests[0]?.headers).not.toHaveProperty('datadog-entity-id');
  });

  it('the key may be changed in its file', async () => {
    const file = temporaryFile('key', KEY);
    const { url, requests } = await startServer((response) => response.end());
    const exporter = createExporter({ intakeUrl: url, apiKeyFile: file });
    await exportOnce(exporter);
    writeFileSync(file, 'another-key');
    await exportOnce(exporter);
    expect(requests.map(({ headers }) => headers['dd-api-key'])).toEqual([KEY, 'another-key']);
  });

  it.each([
    ['is not there', undefined, 'ENOENT'],
    ['is empty', ' \n', 'it is empty'],
    ['holds something else', 'two words', 'characters that no key has'],
  ])('a file that %s is named, and may be right later', async (_kind, content, expected) => {
    const file = content === undefined ? '/nowhere/key' : temporaryFile('key', content);
    const { url, requests } = await startServer((response) => response.end());
    const { message, ...rest } = await failureOf({ intakeUrl: url, apiKeyFile: file });
    expect(rest).toEqual({ code: 'ERR_API_KEY_FILE', httpStatus: undefined, retryable: true, retryAfterMillis: undefined });
    expect(message).toContain(file);
    expect(message).toContain(expected);
    expect(message).not.toContain('two words');
    expect(requests).toEqual([]);
  });

  it.each([
    ['no Agent is named', {}, {}, 'https:'],
    ['an Agent is named', { DD_AGENT_HOST: 'agent.test' }, {}, 'http:'],
    ['the option says so', { DD_AGENT_HOST: 'agent.test' }, { agentless: true }, 'https:'],
    ['the option says no', {}, { agentless: false, agentUrl: 'http://agent.test' }, 'http:'],
    ['the variable says so', { DD_AGENT_HOST: 'agent.test', DD_PROFILING_AGENTLESS: 'TRUE' }, {}, 'https:'],
    ['the variable says no', { DD_PROFILING_AGENTLESS: '0', DD_TRACE_AGENT_URL: 'http://agent.test' }, {}, 'http:'],
  ])('with a key and %s', async (_kind, variables, config, scheme) => {
    setEnvironment({ DD_API_KEY: KEY, ...(variables as Record<string, string>) });
    expect(await targetOf(config)).toMatch(new RegExp(`^${scheme}`));
  });

  it('goes through the proxy of the environment, unless it is excluded', async () => {
    const proxied: string[] = [];
    const proxy = createServer((request, response) => {
      proxied.push(`${request.method ?? ''} ${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
      request.resume().on('end', () => response.end());
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      proxy.closeAllConnections();
      proxy.close();
    });
    const { port } = proxy.address() as { port: number };
    const { url, requests } = await startServer((response) => response.end());
    setEnvironment({ DD_API_KEY: KEY, DD_PROXY_HTTPS: `http://us%40er:password@127.0.0.1:${port}` });
    expect(await exportOnce(createExporter({ intakeUrl: `${url}/x` }))).toEqual(DELIVERED);
    expect(proxied).toEqual([`POST ${url}/x Basic ${Buffer.from('us@er:password').toString('base64')}`]);
    expect(requests).toEqual([]);
    setEnvironment({ NO_PROXY: 'elsewhere.test 127.0.0.1' });
    expect(await exportOnce(createExporter({ intakeUrl: `${url}/x` }))).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
  });

  it.each(['*', 'intake.profile.datadoghq.com', '.datadoghq.com', 'datadoghq.com', '*.datadoghq.com', 'elsewhere.test, DataDogHQ.com:443', 'intake.profile.datadoghq.com:443'])('needs no proxy that can be used where NO_PROXY is %s', async (noProxy) => {
    setEnvironment({ DD_API_KEY: KEY, HTTPS_PROXY: 'socks5://proxy.test', NO_PROXY: noProxy });
    expect(await targetOf({})).toBe('https://intake.profile.datadoghq.com/api/v2/profile');
  });

  it.each(['datadoghq.com:8443', 'profile', 'adoghq.com', 'intake.profile.datadoghq.com.evil.test', ',', ':443', '.'])('needs one where NO_PROXY is %s', async (noProxy) => {
    setEnvironment({ DD_API_KEY: KEY, HTTPS_PROXY: 'socks5://proxy.test', NO_PROXY: noProxy });
    expect((await failureOf({})).message).toContain('the proxy is not a URL');
  });

  it.each(['[::1]:80', '::1', 'localhost, [::1]'])('knows an address of IPv6 in NO_PROXY: %s', async (noProxy) => {
    setEnvironment({ DD_API_KEY: KEY, HTTP_PROXY: 'socks5://proxy.test', NO_PROXY: noProxy });
    expect((await failureOf({ intakeUrl: 'http://[::1]/', timeoutMillis: 2_000 })).code).not.toBe('ERR_INVALID_CONFIGURATION');
  });

  it('takes a proxy without a scheme for one of HTTP', async () => {
    const { url: proxy, requests } = await startServer((response) => response.end());
    setEnvironment({ DD_API_KEY: KEY, HTTP_PROXY: proxy.replace('http://', 'us:password@') });
    expect(await exportOnce(createExporter({ intakeUrl: 'http://127.0.0.1:1/x' }))).toEqual(DELIVERED);
    expect(requests.map(({ path, headers }) => [path, headers['proxy-authorization']])).toEqual([['http://127.0.0.1:1/x', `Basic ${Buffer.from('us:password').toString('base64')}`]]);
  });

  it('sends no key in the clear to a proxy on another machine', async () => {
    const { url, requests } = await startServer((response) => response.end());
    setEnvironment({ DD_API_KEY: KEY, HTTP_PROXY: 'http://proxy.test:3128' });
    const lookups: string[] = [];
    const lookup = (host: string, _options: object, callback: (error: Error, address: string, family: number) => void): void => {
      lookups.push(host);
      callback(Object.assign(new Error('made up'), { code: 'ENOTFOUND' }), '', 4);
    };
    expect(await exportOnce(createExporter({ intakeUrl: url, httpAgentOptions: { lookup } }))).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
    expect(lookups).toEqual([]);
  });

  it('asks the proxy to connect to an intake with TLS, and says what it answers', async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      proxy.close();
    });
    const { port } = proxy.address() as { port: number };
    const { message, ...rest } = await failureOf({ apiKey: KEY, proxy: `http://somebody:secret-password@127.0.0.1:${port}` });
    expect(asked).toEqual(['intake.profile.datadoghq.com:443']);
    expect(rest).toMatchObject({ code: 'ERR_PROXY', retryable: true });
    expect(message).toContain('407');
    expect(message).not.toContain('secret-password');
  });
});

describe('what cannot be used', () => {
  it.each([
    [{ agentUrl: 'nonsense' }, 'agentUrl is not a URL'],
    [{ agentUrl: 'ftp://us:secret@agent' }, "agentUrl has the scheme 'ftp:'"],
    [{ agentUrl: 'unix://var/run/apm.socket' }, 'three slashes'],
    [{ agentless: true }, 'no API key'],
    [{ apiKey: 'two words' }, 'apiKey is no API key'],
    [{ apiKey: ' ' }, 'apiKey is no API key'],
    [{ apiKey: KEY, site: 'https://datadoghq.com' }, 'site is not the name of a Datadog site'],
    [{ apiKey: KEY, site: 'evil.test/@x' }, 'site is not the name of a Datadog site'],
    [{ apiKey: KEY, intakeUrl: 'http://intake.test/' }, 'https: only'],
    [{ apiKey: KEY, intakeUrl: 'nonsense' }, 'intakeUrl is not a URL'],
    [{ apiKey: KEY, proxy: 'us:secret@' }, 'the proxy is not a URL'],
    [{ apiKey: KEY, proxy: 'socks5://us:secret@proxy' }, 'the proxy is not a URL'],
    [{ apiKey: KEY, proxy: 'http://us:secret@proxy.test', intakeUrl: 'http://127.0.0.1/' }, 'the proxy option names another machine'],
    [{ compression: 'br' }, 'compression is "br"'],
    [{ timeoutMillis: 0 }, 'timeoutMillis is 0'],
    [{ timeoutMillis: Number.NaN }, 'timeoutMillis is'],
  ])('%j is named in the log and in each result', async (config, expected) => {
    const logged = recordDiag();
    const { message, ...rest } = await failureOf(config as DatadogProfileExporterConfig);
    expect(rest).toEqual({ code: 'ERR_INVALID_CONFIGURATION', httpStatus: undefined, retryable: false, retryAfterMillis: undefined });
    expect(message).toContain(expected);
    expect(logged).toEqual([{ level: 'error', text: expect.stringContaining(expected) as string }]);
    for (const text of [message, logged[0]?.text]) expect(text).not.toMatch(/secret|two words/);
  });

  it.each([
    [{ DD_TRACE_AGENT_URL: 'nonsense' }, 'DD_TRACE_AGENT_URL is not a URL'],
    [{ DD_TRACE_AGENT_PORT: 'x' }, 'DD_TRACE_AGENT_PORT is not a URL'],
    [{ DD_API_KEY: KEY, DD_SITE: 'x y' }, 'DD_SITE is not'],
    [{ DD_PROFILING_AGENTLESS: 'perhaps' }, 'DD_PROFILING_AGENTLESS is "perhaps"'],
    [{ DD_PROFILING_UPLOAD_TIMEOUT: 'soon' }, 'DD_PROFILING_UPLOAD_TIMEOUT is "soon"'],
  ])('%j is named', async (variables, expected) => {
    setEnvironment(variables);
    expect((await failureOf({})).message).toContain(expected);
  });
});

describe('tags', () => {
  const UUID = '11111111-2222-3333-4444-555555555555';
  const resource = (attributes: Record<string, unknown>): ReturnType<typeof profileFromStacks> => profileFromStacks('main 1', { resource: { attributes: attributes as never } });

  it('come from the Resource', async () => {
    const { tags, event } = await uploadOf({}, resource({
      'service.name': 'shop',
      'service.version': '7',
      'deployment.environment.name': 'prod',
      'deployment.environment': 'old',
      'host.name': 'node-1',
      'process.pid': 42,
      'service.instance.id': UUID,
      'k8s.pod.name': 'shop-1',
      'cloud.region': 'eu-west-1',
      'vcs.repository.url.full': 'https://user:token@git.test/shop.git',
      'custom.attribute': 'stays',
    }));
    expect(tags).toMatchObject({
      service: 'shop', version: '7', env: 'prod', host: 'node-1', process_id: '42', 'runtime-id': UUID, pod_name: 'shop-1', region: 'eu-west-1', 'git.repository_url': 'https://git.test/shop.git',
      language: 'javascript', runtime: 'nodejs', runtime_arch: process.arch, runtime_os: process.platform, runtime_version: process.version, format: 'pprof', profile_seq: '0',
    });
    expect(tags).not.toHaveProperty('custom.attribute');
    expect(event.info['application']).toMatchObject({ service: 'shop', env: 'prod', version: '7' });
  });

  it.each(['https://user:tok@en@git.test/shop.git', 'https://us@er:token@git.test/shop.git', 'ssh://tok@en@git.test/shop.git'])('hold no credentials of %s', async (repository) => {
    const { tags } = await uploadOf({}, resource({ 'vcs.repository.url.full': repository }));
    expect(tags['git.repository_url']).toBe(`${repository.slice(0, repository.indexOf('://'))}://git.test/shop.git`);
  });

  it('take the older name of the environment, and make up a runtime id for the process', async () => {
    const first = await uploadOf({}, resource({ 'deployment.environment': 'staging', 'service.instance.id': 'pod-7' }));
    expect(first.tags).toMatchObject({ env: 'staging', process_id: String(process.pid), 'runtime-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string });
    expect((await uploadOf({}, resource({}))).tags['runtime-id']).toBe(first.tags['runtime-id']);
  });

  it('come from options before variables before the Resource', async () => {
    const attributes = { 'service.name': 'resource', 'service.version': 'resource', 'deployment.environment.name': 'resource', 'host.name': 'resource' };
    setEnvironment({ DD_TAGS: 'service:tags,env:tags,version:tags,team:tags, spaced : value ,nothing,empty:' });
    expect((await uploadOf({}, resource(attributes))).tags).toMatchObject({ service: 'tags', env: 'tags', version: 'tags', host: 'resource', team: 'tags', spaced: 'value' });
    setEnvironment({ DD_SERVICE: 'variable', DD_ENV: 'variable', DD_VERSION: 'variable', DD_HOSTNAME: 'variable' });
    expect((await uploadOf({}, resource(attributes))).tags).toMatchObject({ service: 'variable', env: 'variable', version: 'variable', host: 'variable', team: 'tags' });
    const { tags, event } = await uploadOf({ service: 'option', env: 'option', version: 'option', hostname: 'option', tags: { team: 'option', profiler_version: '9' } }, resource(attributes));
    expect(tags).toMatchObject({ service: 'option', env: 'option', version: 'option', host: 'option', team: 'option', profiler_version: '9' });
    expect(event.info['application']).toMatchObject({ service: 'option', env: 'option', version: 'option' });
  });

  it('may be separated by spaces in DD_TAGS', async () => {
    setEnvironment({ DD_TAGS: 'team:orders  tier:gold url:http://x' });
    expect((await uploadOf()).tags).toMatchObject({ team: 'orders', tier: 'gold', url: 'http://x' });
  });

  it('cannot be broken by what is in a value', async () => {
    const { tags } = await uploadOf({ tags: { note: 'a,env:evil\nx', long: 'x'.repeat(500) } }, resource({ 'service.name': 'a,b', 'host.name': ['no', 'scalar'] }));
    expect(tags).toMatchObject({ service: 'a_b', note: 'a_env:evil_x' });
    expect(tags).not.toHaveProperty('env');
    expect(tags).not.toHaveProperty('host');
    expect(`long:${tags['long'] ?? ''}`).toHaveLength(200);
  });
});

describe('timeoutMillis', () => {
  it('comes from DD_PROFILING_UPLOAD_TIMEOUT', async () => {
    setEnvironment({ DD_PROFILING_UPLOAD_TIMEOUT: '200' });
    const { url } = await startServer(() => {});
    expect((await failureOf({ agentUrl: url })).message).toContain('within 200 ms');
    expect((await failureOf({ agentUrl: url, timeoutMillis: 100 })).message).toContain('within 100 ms');
  });
});

describe('httpAgentOptions', () => {
  it('may be a function that makes the agent', async () => {
    const { Agent } = await import('node:http');
    const agent = new Agent();
    const protocols: string[] = [];
    const { url, requests } = await startServer((response) => response.end());
    const exporter = createExporter({ agentUrl: url, httpAgentOptions: (protocol) => {
      protocols.push(protocol);
      return agent;
    } });
    await exportOnce(exporter);
    await exportOnce(exporter);
    expect(protocols).toEqual(['http:']);
    expect(await Promise.all(requests.map(readUpload))).toHaveLength(2);
    agent.destroy();
  });

  it('may fail: the message tells the kind of error only', async () => {
    const { message, ...rest } = await failureOf({ httpAgentOptions: () => {
      throw new RangeError('the secret of the user');
    } });
    expect(rest).toMatchObject({ code: 'ERR_HTTP_AGENT_FAILED', retryable: false });
    expect(message).toContain('RangeError');
    expect(message).not.toContain('secret');
  });
});
