import { execFile } from 'node:child_process';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { ExportResult, Profile } from '@flamespan/profile';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { startRawServer, startServer } from '../../exporter-otlp-http/test/support/servers.ts';
import { createExporter, DELIVERED, exportOnce, failure, profile, recordDiag } from './support/exports.ts';

const execFileAsync = promisify(execFile);

describe('the callback', () => {
  it.each([
    ['one answer', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'],
    ['two answers', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n'],
    ['a reset within the answer', 'HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nx'],
    ['garbage within the answer', 'HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
  ])('is called once with %s, and not before export() returns', async (_kind, bytes) => {
    const { url } = await startRawServer((socket) => socket.on('data', () => socket.write(bytes, () => socket.resetAndDestroy())));
    const exporter = createExporter({ agentUrl: url });
    const callback = vi.fn<(result: ExportResult) => void>();
    exporter.export(profile, callback);
    expect(callback).not.toHaveBeenCalled();
    await exporter.forceFlush();
    await pause(50);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('may throw', async () => {
    const { url } = await startServer((response) => response.end());
    const exporter = createExporter({ agentUrl: url });
    const logged = recordDiag();
    exporter.export(profile, () => {
      throw new Error('from the callback');
    });
    await exporter.forceFlush();
    expect(logged).toEqual([{ level: 'error', text: expect.stringContaining('from the callback') as string }]);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
  });

  it('hears of a profile that cannot be encoded', async () => {
    const { url, requests } = await startServer((response) => response.end());
    const exporter = createExporter({ agentUrl: url });
    expect(failure(await exportOnce(exporter, null as unknown as Profile))).toMatchObject({ code: 'ERR_ENCODING_FAILED', retryable: false });
    expect(requests).toEqual([]);
  });

  it('runs in the async context of export(), where tracing may be suppressed', async () => {
    const { url } = await startServer((response) => response.end());
    const storage = new AsyncLocalStorage<string>();
    const seen: (string | undefined)[] = [];
    const { Agent } = await import('node:http');
    const agent = new Agent();
    const exporter = createExporter({
      agentUrl: url,
      httpAgentOptions: () => {
        seen.push(storage.getStore());
        return agent;
      },
    });
    await storage.run('ours', () => new Promise<void>((resolve) => {
      exporter.export(profile, () => {
        seen.push(storage.getStore());
        resolve();
      });
    }));
    expect(seen).toEqual(['ours', 'ours']);
    agent.destroy();
  });
});

describe('a kept connection that the server has closed', () => {
  it('costs no export', async () => {
    const { url, connections } = await startRawServer((socket) => {
      let requests = 0;
      socket.on('data', (data) => {
        if (data.includes('POST ')) requests += 1;
        if (requests === 2) socket.resetAndDestroy();
        else if (data.includes('--\r\n')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
      });
    });
    const exporter = createExporter({ agentUrl: url });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(connections()).toBe(2);
  });
});

describe('shutdown', () => {
  it('waits for what is under way, and closes the connections', async () => {
    const { url, openConnections, requests } = await startServer((response) => void pause(100).then(() => response.end()));
    const exporter = createExporter({ agentUrl: url });
    const exported = exportOnce(exporter);
    await Promise.all([exporter.shutdown(), exporter.shutdown()]);
    expect(requests).toHaveLength(1);
    expect(await exported).toEqual(DELIVERED);
    await expect.poll(openConnections, { timeout: 30_000 }).toBe(0);
    expect(failure(await exportOnce(exporter))).toMatchObject({ code: 'ERR_SHUT_DOWN', retryable: false });
  });

  it('waits no longer than the timeout', async () => {
    const { url } = await startServer(() => {});
    const exporter = createExporter({ agentUrl: url, timeoutMillis: 200 });
    const exported = exportOnce(exporter);
    await exporter.shutdown();
    expect(failure(await exported).code).toBe('ERR_TIMEOUT');
  });

  it('works without a configuration that can be used', async () => {
    const exporter = createExporter({ agentUrl: 'nonsense' });
    await exporter.shutdown();
    await expect(exporter.forceFlush()).resolves.toBeUndefined();
  });
});

describe('the process', () => {
  const child = async (script: string, ...args: string[]): Promise<string> =>
    (await execFileAsync(process.execPath, ['--conditions=@flamespan/source', new URL(`./children/${script}.ts`, import.meta.url).pathname, ...args], { timeout: 30_000 })).stdout;

  it('ends by itself after an export, with the connection still open', async () => {
    const { url } = await startServer((response) => void pause(300).then(() => response.end()));
    expect(await child('export-and-end', url)).toBe('0\n');
  });

  it('ends by itself when nobody listens, and when nobody answers', async () => {
    expect(await child('export-and-end', `http://127.0.0.1:${await unusedPort()}`)).toBe('ERR_NETWORK\n');
    const { url } = await startServer(() => {});
    expect(await child('export-and-end', url, '500')).toBe('ERR_TIMEOUT\n');
  });

  it('has not loaded node:http before the first export', async () => {
    const { url } = await startServer((response) => response.end());
    expect(await child('load-http-late', url)).toBe('before: none\nafter: loaded\n');
  });
});
