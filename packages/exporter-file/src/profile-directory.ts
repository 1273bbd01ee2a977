import { mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileNames } from './file-names.ts';

/** A temporary file that nobody has touched for so long belongs to a process that was killed. */
const STALE_MILLIS = 10 * 60_000;
/** Of file systems that cannot do it. */
const NO_SYNC = new Set(['EINVAL', 'ENOSYS', 'ENOTSUP']);

export interface NamedContent {
  readonly name: string;
  readonly content: Uint8Array;
}

/** A directory that others may write into as well, other processes of ours among them. */
export interface ProfileDirectory {
  /**
   * Writes all of the files or none: under temporary names first, then renamed. Readers never see a part of a file.
   *
   * @throws what the file system says.
   */
  write(files: readonly NamedContent[]): Promise<void>;
  /**
   * Deletes the oldest files beyond `maxFiles`, except `keep`, and temporary files that were left behind.
   *
   * @throws what the file system says.
   */
  tidy(maxFiles: number, keep: readonly string[]): Promise<void>;
}

export function createProfileDirectory(path: string, names: FileNames): ProfileDirectory {
  return { write: (files) => writeAll(path, names, files), tidy: (maxFiles, keep) => tidy(path, names, maxFiles, keep) };
}

async function writeAll(path: string, names: FileNames, files: readonly NamedContent[]): Promise<void> {
  await mkdir(path, { recursive: true });
  const made: string[] = [];
  try {
    for (const { name, content } of files) {
      const temporary = join(path, names.temporary(name));
      // Only a new file: what stands there under this name, a symbolic link for instance, is not followed.
      const handle = await open(temporary, 'wx');
      made.push(temporary);
      await writeSynced(handle, content);
    }
    for (const { name } of files) {
      await rename(join(path, names.temporary(name)), join(path, name));
      made.push(join(path, name));
    }
  } catch (error) {
    await Promise.allSettled(made.map((file) => rm(file, { force: true })));
    throw error;
  }
}

async function writeSynced(handle: FileHandle, content: Uint8Array): Promise<void> {
  try {
    await handle.writeFile(content);
    await handle.sync().catch((error: NodeJS.ErrnoException) => {
      if (!NO_SYNC.has(error.code ?? '')) throw error;
    });
  } finally {
    await handle.close();
  }
}

async function tidy(path: string, names: FileNames, maxFiles: number, keep: readonly string[]): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true });
  const own = names.own(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  const finished = own.filter(({ temporary, name }) => !temporary && !keep.includes(name));
  const excess = Math.max(0, finished.length + keep.length - maxFiles);
  const doomed = finished.slice(0, excess).map(({ name }) => name);
  for (const { name } of own.filter(({ temporary }) => temporary)) {
    if (await isStale(join(path, name))) doomed.push(name);
  }
  const outcomes = await Promise.allSettled(doomed.map((name) => unlinkIfThere(join(path, name))));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

async function isStale(file: string): Promise<boolean> {
  const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: Date.now() }));
  return Date.now() - mtimeMs > STALE_MILLIS;
}

/** Another process may have been faster. */
async function unlinkIfThere(file: string): Promise<void> {
  await unlink(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}
