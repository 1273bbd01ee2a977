import { execFile } from 'node:child_process';
import { AsyncLocalStorage } from 'node:async_hooks';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { ExportResult, Profile } from '@flamespan/profile';
import { deferred } from '../../../test/exporting/src/deferred.ts';
import { createExporter, DELIVERED, exportOnce, failure, profile, recordDiag } from './support/exports.ts';
import { startRawServer, startServer } from './support/servers.ts';

const execFileAsync = promisify(execFile);

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}

describe('the callback', () => {
  it('is called once, and not before export() returns', async () => {
    const { url } = await startServer((response) => response.end());
    const exporter = createExporter({ url });
    const callback = vi.fn<(result: ExportResult) => void>();
    exporter.export(profile, callback);
    expect(callback).not.toHaveBeenCalled();
    await exporter.forceFlush();
    await pause(50);
    expect(callback).toHaveBeenCalledOnce();
  });

  it.each([
    ['a reset after the answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nleft over'],
    ['two answers', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n'],
    ['a reset within the answer', 'HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nx'],
    ['garbage within the answer', 'HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  ])('is called once with %s', async (_kind, bytes) => {
    const { url } = await startRawServer((socket) => socket.on('data', () => socket.write(bytes, () => socket.resetAndDestroy())));
    const exporter = createExporter({ url });
    const callback = vi.fn<(result: ExportResult) => void>();
    exporter.export(profile, callback);
    await exporter.forceFlush();
    await pause(50);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('may throw', async () => {
    const logged = recordDiag();
    const { url } = await startServer((response) => response.end());
    const exporter = createExporter({ url });
    exporter.export(profile, () => {
      throw new Error('from the callback');
    });
    await exporter.forceFlush();
    expect(logged).toEqual([{ level: 'error', text: expect.stringContaining('from the callback') as string }]);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
  });

  it('hears of success, without a request, for a profile that says nothing', async () => {
    const { url, requests } = await startServer((response) => response.end());
    const { samples } = profile;
    const zeros = new BigInt64Array(samples.length);
    const exporter = createExporter({ url });
    expect(await exportOnce(exporter, { ...profile, samples: { ...samples, wallNanos: zeros, cpuNanos: zeros } })).toEqual(DELIVERED);
    expect(requests).toEqual([]);
    // Calls per endpoint are something to say.
    expect(await exportOnce(exporter, { ...profile, samples: { ...samples, wallNanos: zeros, cpuNanos: zeros }, endpointCalls: new Map([['GET /', 1]]) })).toEqual(DELIVERED);
    expect(requests).toHaveLength(1);
  });

  it('hears of a profile that cannot be encoded', async () => {
    const { url, requests } = await startServer((response) => response.end());
    const broken = new Proxy(profile, {
      get() {
        throw new RangeError('not a profile');
      },
    });
    const exporter = createExporter({ url });
    expect(failure(await exportOnce(exporter, broken))).toMatchObject({ code: 'ERR_ENCODING_FAILED', retryable: false });
    expect(failure(await exportOnce(exporter, null as unknown as Profile))).toMatchObject({ code: 'ERR_ENCODING_FAILED' });
    expect(requests).toEqual([]);
  });

  it.each(['none', 'gzip'] as const)('runs in the async context of export(), with compression %s', async (compression) => {
    const { url } = await startServer((response) => response.end());
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const exporter = createExporter({
      url,
      compression,
      headers: () => {
        seen.push(storage.getStore());
        return Promise.resolve({});
      },
      httpAgentOptions: async () => {
        seen.push(storage.getStore());
        const { Agent } = await import('node:http');
        return new Agent();
      },
    });
    await storage.run('ours', () => new Promise<void>((resolve) => {
      exporter.export(profile, () => {
        seen.push(storage.getStore());
        resolve();
      });
    }));
    expect(seen).toEqual(['ours', 'ours', 'ours']);
  });
});

describe('a kept connection that the server has closed', () => {
  it('costs no export', async () => {
    let answered = 0;
    const { url, connections } = await startRawServer((socket) => {
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        // The second request on a connection meets a server that has just given it up.
        if (requests === 2) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', () => (answered += 1));
      });
    });
    const exporter = createExporter({ url });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(answered).toBe(2);
    expect(connections()).toBe(2);
  });

  it('is not tried on a new connection more than once', async () => {
    const { url, connections } = await startRawServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await exportOnce(createExporter({ url }))).toMatchObject({ code: 1, retryable: true });
    expect(connections()).toBe(1);
  });
});

describe('concurrencyLimit', () => {
  it('makes further exports fail for now', async () => {
    const release = deferred();
    const { url, requests } = await startServer((response) => void release.promise.then(() => response.end()));
    const exporter = createExporter({ url, concurrencyLimit: 2 });
    const first = [exportOnce(exporter), exportOnce(exporter)];
    expect(failure(await exportOnce(exporter))).toMatchObject({ code: 'ERR_CONCURRENCY_LIMIT', retryable: true });
    release.resolve();
    expect(await Promise.all(first)).toEqual([DELIVERED, DELIVERED]);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(requests).toHaveLength(3);
  });
});

describe('forceFlush', () => {
  it('waits for what is under way', async () => {
    const { url } = await startServer((response) => void pause(100).then(() => response.end()));
    const exporter = createExporter({ url });
    await exporter.forceFlush();
    const callback = vi.fn<(result: ExportResult) => void>();
    exporter.export(profile, callback);
    exporter.export(profile, callback);
    await exporter.forceFlush();
    expect(callback.mock.calls).toEqual([[DELIVERED], [DELIVERED]]);
  });
});

describe('shutdown', () => {
  it('waits for what is under way and closes the connections', async () => {
    const { url, openConnections, requests } = await startServer((response) => void pause(100).then(() => response.end()));
    const exporter = createExporter({ url });
    const exported = exportOnce(exporter);
    await exporter.shutdown();
    expect(requests).toHaveLength(1);
    expect(await Promise.race([exported, Promise.resolve('still under way')])).toEqual(DELIVERED);
    await expect.poll(openConnections, { timeout: 30_000 }).toBe(0);
  });

  it('waits no longer than the timeout', async () => {
    const { url } = await startServer(() => {});
    const exporter = createExporter({ url, timeoutMillis: 200 });
    const exported = exportOnce(exporter);
    await exporter.shutdown();
    expect(failure(await exported).code).toBe('ERR_TIMEOUT');
  });

  it('may be called again, before and after it is done', async () => {
    const { url } = await startServer((response) => response.end());
    const exporter = createExporter({ url });
    await exportOnce(exporter);
    await Promise.all([exporter.shutdown(), exporter.shutdown()]);
    await exporter.shutdown();
    await expect(exporter.forceFlush()).resolves.toBeUndefined();
  });

  it('ends exports, at once', async () => {
    const { url, requests } = await startServer((response) => response.end());
    const exporter = createExporter({ url });
    const down = exporter.shutdown();
    expect(failure(await exportOnce(exporter))).toMatchObject({ code: 'ERR_SHUT_DOWN', message: expect.stringContaining('shut down') as string, retryable: false });
    await down;
    expect(failure(await exportOnce(exporter)).code).toBe('ERR_SHUT_DOWN');
    expect(requests).toEqual([]);
  });

  it('leaves the agent of the user alone', async () => {
    const { url, connections } = await startServer((response) => response.end());
    const { Agent } = await import('node:http');
    const agent = new Agent({ keepAlive: true });
    for (let i = 0; i < 2; i++) {
      const exporter = createExporter({ url, httpAgentOptions: () => agent });
      expect(await exportOnce(exporter)).toEqual(DELIVERED);
      await exporter.shutdown();
    }
    expect(connections()).toBe(1);
    agent.destroy();
  });
});

describe('the process', () => {
  const child = async (script: string, url: string): Promise<{ stdout: string; stderr: string }> =>
    execFileAsync(process.execPath, ['--conditions=@flamespan/source', new URL(`./children/${script}.ts`, import.meta.url).pathname, url], { timeout: 30_000 });

  it('ends by itself after an export, with the connection still open', async () => {
    const { url } = await startServer((response) => response.end());
    expect((await child('export-and-end', url)).stdout).toBe('0\n');
  });

  it('stays until an export is through that nobody waits for', async () => {
    const { url, requests } = await startServer((response) => void pause(300).then(() => response.end()));
    expect((await child('export-and-end', url)).stdout).toBe('0\n');
    expect(requests).toHaveLength(1);
  });

  it('completes a shutdown although nothing else is left to do', async () => {
    const { url } = await startServer(() => {});
    expect((await child('shut-down-and-end', url)).stdout).toBe('1\nshut down\n');
  });

  it('has not loaded node:http before the first export', async () => {
    const { url } = await startServer((response) => response.end());
    expect((await child('load-http-late', url)).stdout).toBe('before: none\nafter: loaded\n');
  });

  it('has no spans of uploads when tracing is suppressed', async () => {
    const { url } = await startServer((response) => response.end());
    expect((await child('trace-uploads', url)).stdout).toBe('suppressed: 0 spans\nnot suppressed: 2 spans\n');
  });
});
