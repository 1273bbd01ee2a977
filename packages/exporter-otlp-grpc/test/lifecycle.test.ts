import { execFile } from 'node:child_process';
import { AsyncLocalStorage } from 'node:async_hooks';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import type { ExportResult, Profile } from '@flamespan/profile';
import { deferred } from '../../../test/exporting/src/deferred.ts';
import { createExporter, DELIVERED, exportOnce, failure, profile, recordDiag } from './support/exports.ts';
import { unusedPort } from '../../../test/exporting/src/unused-port.ts';
import { accept, startHttp2Server, startRelay, startServer } from './support/servers.ts';
import type { Answer } from './support/servers.ts';

const execFileAsync = promisify(execFile);

function pause(millis: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, millis);
  });
}

const afterAWhile: Answer = (callback, call) => void pause(100).then(() => accept(callback, call));

describe('the callback', () => {
  it('is called once, and not before export() returns', async () => {
    const { url } = await startServer();
    const exporter = createExporter({ url });
    const callback = vi.fn<(result: ExportResult) => void>();
    exporter.export(profile, callback);
    expect(callback).not.toHaveBeenCalled();
    await exporter.forceFlush();
    await pause(50);
    expect(callback).toHaveBeenCalledOnce();
  });

  it.each([
    ['a reset after the answer', (end: () => void) => setTimeout(end, 5)],
    ['a reset with the answer', (end: () => void) => end()],
  ])('is called once with %s', async (_kind, then) => {
    const url = await startHttp2Server((stream) => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      stream.end(Buffer.from([0, 0, 0, 0, 0]));
      then(() => stream.session?.destroy());
    });
    const exporter = createExporter({ url });
    const callback = vi.fn<(result: ExportResult) => void>();
    exporter.export(profile, callback);
    await exporter.forceFlush();
    await pause(50);
    expect(callback).toHaveBeenCalledOnce();
  });

  it('may throw', async () => {
    const logged = recordDiag();
    const { url } = await startServer();
    const exporter = createExporter({ url });
    exporter.export(profile, () => {
      throw new Error('from the callback');
    });
    await exporter.forceFlush();
    expect(logged).toEqual([{ level: 'error', text: expect.stringContaining('from the callback') as string }]);
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
  });

  it('hears of a profile that cannot be encoded', async () => {
    const { url, requests } = await startServer();
    expect(failure(await exportOnce(createExporter({ url }), null as unknown as Profile))).toMatchObject({ code: 'ERR_ENCODING_FAILED', retryable: false });
    expect(requests).toEqual([]);
  });

  it('runs in the async context of export(), also on a connection of another one', async () => {
    const { url } = await startServer();
    const storage = new AsyncLocalStorage<string>();
    const exporter = createExporter({ url });
    for (const store of ['first', 'second']) {
      const seen = await storage.run(store, () => new Promise<string | undefined>((resolve) => {
        exporter.export(profile, () => {
          resolve(storage.getStore());
        });
      }));
      expect(seen).toBe(store);
    }
  });
});

describe('concurrencyLimit', () => {
  it('makes further exports fail for now', async () => {
    const release = deferred();
    const { url, requests } = await startServer((callback, call) => void release.promise.then(() => accept(callback, call)));
    const exporter = createExporter({ url, concurrencyLimit: 2 });
    const first = [exportOnce(exporter), exportOnce(exporter)];
    expect(failure(await exportOnce(exporter))).toMatchObject({ code: 'ERR_CONCURRENCY_LIMIT', retryable: true });
    release.resolve();
    expect(await Promise.all(first)).toEqual([DELIVERED, DELIVERED]);
    expect(requests).toHaveLength(2);
  });
});

describe('shutdown', () => {
  it('waits for what is under way and closes the connection', async () => {
    const server = await startServer(afterAWhile);
    const relay = await startRelay(server.port);
    const exporter = createExporter({ url: relay.url });
    const exported = exportOnce(exporter);
    await exporter.shutdown();
    expect(await Promise.race([exported, Promise.resolve('still under way')])).toEqual(DELIVERED);
    await expect.poll(relay.open, { timeout: 30_000 }).toBe(0);
  });

  it('waits no longer than the timeout', async () => {
    const { url } = await startServer(() => {});
    const exporter = createExporter({ url, timeoutMillis: 200 });
    const exported = exportOnce(exporter);
    await exporter.shutdown();
    expect(failure(await exported).code).toBe('ERR_TIMEOUT');
  });

  it('may be called again, before and after it is done, also without an export', async () => {
    const { url } = await startServer();
    const exporter = createExporter({ url });
    await Promise.all([exporter.shutdown(), exporter.shutdown()]);
    await exporter.shutdown();
    await expect(exporter.forceFlush()).resolves.toBeUndefined();
  });

  it('ends exports, at once', async () => {
    const { url, requests } = await startServer();
    const exporter = createExporter({ url });
    const down = exporter.shutdown();
    expect(failure(await exportOnce(exporter))).toMatchObject({ code: 'ERR_SHUT_DOWN', message: expect.stringContaining('shut down') as string, retryable: false });
    await down;
    expect(failure(await exportOnce(exporter)).code).toBe('ERR_SHUT_DOWN');
    expect(requests).toEqual([]);
  });
});

describe('the process', () => {
  const child = async (script: string, url: string): Promise<{ stdout: string; stderr: string }> =>
    execFileAsync(process.execPath, ['--conditions=@flamespan/source', new URL(`./children/${script}.ts`, import.meta.url).pathname, url], { timeout: 30_000 });

  it('ends by itself after an export, with the connection still open', async () => {
    const { url } = await startServer();
    expect(await child('export-and-end', url)).toEqual({ stdout: '0\n', stderr: '' });
  });

  it('stays until an export is through that nobody waits for', async () => {
    const { url, requests } = await startServer((callback, call) => void pause(300).then(() => accept(callback, call)));
    expect((await child('export-and-end', url)).stdout).toBe('0\n');
    expect(requests).toHaveLength(1);
  });

  it('ends by itself when there is no server', async () => {
    expect((await child('export-and-end', `http://127.0.0.1:${await unusedPort()}`)).stdout).toContain('ERR_NETWORK');
  });

  it('has not loaded @grpc/grpc-js before the first export', async () => {
    const { url } = await startServer();
    expect((await child('load-grpc-late', url)).stdout).toBe('before: none\nafter: loaded\n');
  });

  it('has no spans of uploads when tracing is suppressed', async () => {
    const { url } = await startServer();
    expect((await child('trace-uploads', url)).stdout).toBe('suppressed: 0 spans\nnot suppressed: 2 spans\n');
  });
});
