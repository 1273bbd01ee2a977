import { FileProfileExporter } from '@flamespan/exporter-file';
import type { FileProfileExporterOptions } from '@flamespan/exporter-file';
import type { ExportResult, Profile } from '@flamespan/profile';
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createExporter, DELIVERED, exportOnce, failure, namesIn, profile, profileOfMinute, recordDiag, temporaryDirectory } from './support/exports.ts';

const execFileAsync = promisify(execFile);
const child = (name: string): string => join(import.meta.dirname, 'children', name);
const NODE = [process.execPath, '--conditions=@flamespan/source', '--disable-warning=ExperimentalWarning'] as const;

/** Root may write everywhere: for as long as this lasts the process is nobody. */
async function withoutPrivileges<T>(action: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(65_534);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}

describe('what the file system refuses', () => {
  it('is a failed export where the process may not write', async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o555);
    const result = failure(await withoutPrivileges(() => exportOnce(createExporter({ directory }))));
    expect(result).toEqual({ code: 'ERR_NOT_WRITABLE', message: expect.stringContaining(`${directory} (EACCES)`) as string, retryable: false });
    expect(namesIn(directory)).toEqual([]);
  });

  it('is a failed export where the directory may not be made', async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o555);
    expect(failure(await withoutPrivileges(() => exportOnce(createExporter({ directory: join(directory, 'inner') }))))).toMatchObject({ code: 'ERR_NOT_WRITABLE', retryable: false });
  });

  it('is a failed export where the path is a file, or leads through one', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    expect(failure(await exportOnce(createExporter({ directory: file })))).toMatchObject({ code: 'ERR_INVALID_DIRECTORY', retryable: false });
    expect(failure(await exportOnce(createExporter({ directory: join(file, 'inner') })))).toMatchObject({ code: 'ERR_INVALID_DIRECTORY', retryable: false });
    expect(failure(await exportOnce(createExporter({ directory: `${file}/${'x'.repeat(300)}` })))).toMatchObject({ code: 'ERR_INVALID_DIRECTORY' });
  });

  it('may pass, where the process has too many files open', async () => {
    const directory = temporaryDirectory();
    const { stdout } = await execFileAsync('sh', ['-c', 'ulimit -n 64 && exec "$0" "$@"', ...NODE, child('fill-descriptors.ts'), directory], { timeout: 50_000 });
    expect(JSON.parse(stdout)).toEqual({
      first: { code: 1, message: expect.stringMatching(/^ERR_WRITE_FAILED: .*EMFILE/) as string, retryable: true },
      again: { code: 0 },
    });
    expect(namesIn(directory)).toHaveLength(1);
  });

  it('is repaired where the directory has vanished', async () => {
    const directory = join(temporaryDirectory(), 'inner');
    const exporter = createExporter({ directory, formats: ['otlp'] });
    await exportOnce(exporter);
    rmSync(directory, { recursive: true });
    expect(await exportOnce(exporter)).toEqual(DELIVERED);
    expect(namesIn(directory)).toHaveLength(1);
  });

  it('leaves nothing behind when one of three files cannot take its name', async () => {
    const directory = temporaryDirectory();
    const exporter = createExporter({ directory });
    await exportOnce(exporter);
    // The next export's name is known but for its number.
    const [heap = ''] = namesIn(directory);
    const blocked = heap.replace('-1-heap', '-2-heap');
    mkdirSync(join(directory, blocked, 'not-empty'), { recursive: true });
    const before = namesIn(directory);
    expect(failure(await exportOnce(exporter)).code).toMatch(/^ERR_/);
    expect(namesIn(directory)).toEqual(before);
  });

  it('is a warning, once until it has passed, where only the old files cannot be deleted', async () => {
    const logged = recordDiag();
    const directory = temporaryDirectory();
    const exporter = createExporter({ directory, formats: ['otlp'], maxFiles: 1 });
    chmodSync(directory, 0o333);
    await withoutPrivileges(async () => {
      for (const minute of [0, 1]) expect(await exportOnce(exporter, profileOfMinute(minute))).toEqual(DELIVERED);
    });
    chmodSync(directory, 0o777);
    expect(await exportOnce(exporter, profileOfMinute(2))).toEqual(DELIVERED);
    expect(namesIn(directory)).toHaveLength(1);
    expect(logged).toEqual([{ level: 'warn', text: expect.stringMatching(/could not be deleted.*EACCES/s) as string }]);
  });
});

function canMount(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', '-o', 'size=16k', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    console.warn('Skipped: a full disk needs a user namespace to mount a small one in (unshare -rm)');
    return false;
  }
}

describe.skipIf(!canMount())('a full disk', () => {
  it('fails the export, which may be tried again, and keeps no part of it', async () => {
    const directory = temporaryDirectory();
    const script = `mount -t tmpfs -o size=16k none "$0" && exec "$@"`;
    const { stdout } = await execFileAsync('unshare', ['-rm', 'sh', '-c', script, directory, ...NODE, child('fill-disk.ts'), directory], { timeout: 50_000 });
    expect(JSON.parse(stdout)).toEqual({
      first: { code: 0 },
      second: { code: 1, message: expect.stringMatching(/^ERR_NO_SPACE: .*ENOSPC.*maxFiles/) as string, retryable: true },
      kept: 1,
      again: { code: 0 },
    });
  });
});

describe('two processes in one directory', () => {
  it('write all of their files', async () => {
    const directory = temporaryDirectory();
    const [command, ...args] = NODE;
    const runs = await Promise.all([1, 2].map(() => execFileAsync(command, [...args, child('write-many.ts'), directory, '20', '1000'], { timeout: 50_000 })));
    expect(runs.map(({ stdout }) => JSON.parse(stdout) as unknown)).toEqual([{ written: 20 }, { written: 20 }]);
    expect(namesIn(directory)).toHaveLength(2 * 20 * 3);
    expect(new Set(namesIn(directory).map((name) => /Z-(\d+)-/.exec(name)?.[1])).size).toBe(2);
  });

  it('keep to the bound together', async () => {
    const directory = temporaryDirectory();
    const [command, ...args] = NODE;
    const runs = await Promise.all([1, 2].map(() => execFileAsync(command, [...args, child('write-many.ts'), directory, '20', '9'], { timeout: 50_000 })));
    expect(runs.map(({ stdout, stderr }) => [JSON.parse(stdout) as unknown, stderr])).toEqual([[{ written: 20 }, ''], [{ written: 20 }, '']]);
    await exportOnce(createExporter({ directory, maxFiles: 9 }), profileOfMinute(60));
    expect(namesIn(directory)).toHaveLength(9);
  });
});

describe('the exporter', () => {
  it('calls back once, after export() has returned, also where the callback throws', async () => {
    const logged = recordDiag();
    const exporter = createExporter({ directory: temporaryDirectory() });
    const callback = vi.fn<(result: ExportResult) => void>(() => {
      throw new Error('from the callback');
    });
    exporter.export(profile, callback);
    expect(callback).not.toHaveBeenCalled();
    await exporter.forceFlush();
    expect(callback.mock.calls).toEqual([[DELIVERED]]);
    expect(logged).toEqual([{ level: 'error', text: expect.stringContaining('from the callback') as string }]);
  });

  it('waits for what is under way in shutdown(), then fails', async () => {
    const directory = temporaryDirectory();
    const exporter = createExporter({ directory });
    const results: ExportResult[] = [];
    exporter.export(profile, (result) => results.push(result));
    exporter.export(profile, (result) => results.push(result));
    await Promise.all([exporter.shutdown(), exporter.shutdown()]);
    expect(results).toEqual([DELIVERED, DELIVERED]);
    expect(namesIn(directory)).toHaveLength(6);
    expect(failure(await exportOnce(exporter))).toEqual({ code: 'ERR_SHUT_DOWN', message: 'ERR_SHUT_DOWN: the exporter is shut down', retryable: false });
  });

  it('hears of a profile that cannot be encoded', async () => {
    const exporter = createExporter({ directory: temporaryDirectory() });
    expect(failure(await exportOnce(exporter, null as unknown as Profile))).toMatchObject({ code: 'ERR_ENCODING_FAILED', retryable: false });
  });

  it.each([undefined, {}, { directory: '' }, { directory: 7 }, { directory: 'a\0b' }])('without a directory says so and fails: %j', async (options) => {
    const logged = recordDiag();
    const exporter = new FileProfileExporter(options as FileProfileExporterOptions);
    expect(logged).toEqual([{ level: 'error', text: expect.stringContaining('Profiles will not be written: ') as string }]);
    expect(failure(await exportOnce(exporter))).toMatchObject({ code: 'ERR_INVALID_CONFIGURATION', retryable: false });
    await exporter.shutdown();
  });

  it('names options that cannot be used, and takes their defaults', async () => {
    const logged = recordDiag();
    const directory = temporaryDirectory();
    const wrong = { directory, formats: ['pprof', 'json'], maxFiles: 0, fileNamePrefix: '../x' } as unknown as FileProfileExporterOptions;
    await exportOnce(createExporter(wrong));
    expect(logged.map(({ level, text }) => [level, /option (\w+) must be/.exec(text)?.[1]])).toEqual([['warn', 'formats'], ['warn', 'maxFiles'], ['warn', 'fileNamePrefix']]);
    expect(namesIn(directory)).toHaveLength(3);
  });

  it('stays with its directory when the process changes its own', async () => {
    const [before, after] = [temporaryDirectory(), temporaryDirectory()];
    const home = process.cwd();
    onTestFinished(() => process.chdir(home));
    process.chdir(before);
    const exporter = createExporter({ directory: 'profiles', formats: ['otlp'] });
    process.chdir(after);
    await exportOnce(exporter);
    expect([namesIn(join(before, 'profiles')).length, namesIn(after).length]).toEqual([1, 0]);
  });
});
