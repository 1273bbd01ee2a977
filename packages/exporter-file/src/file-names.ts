import { randomBytes } from 'node:crypto';

const LONGEST_PREFIX = 32;
const LONGEST_SERVICE = 64;

/** The end of a file's name, by what is in it. */
export type FileKind = 'wall.pb.gz' | 'heap.pb.gz' | 'otlp';

/** A file of ours in the directory. */
export interface OwnFile {
  readonly name: string;
  readonly temporary: boolean;
}

/**
 * Names files `<prefix>-<service>-<time>-<pid>-<run>-<number>`, then `-wall.pb.gz`, `-heap.pb.gz` or `.otlp`. The time is
 * the start of the window; `run` is random, since processes in different containers may have the same pid.
 */
export interface FileNames {
  /** The first part of the names of one export's files. No other export has it. */
  stem(service: string, startTimeUnixNano: bigint): string;
  file(stem: string, kind: FileKind): string;
  temporary(file: string): string;
  /** Those of these names that are of this prefix and this form, the oldest first. */
  own(names: readonly string[]): OwnFile[];
}

export function createFileNames(prefix: string): FileNames {
  const run = randomBytes(4).toString('hex');
  // A prefix has no hyphen, so that a file of the prefix `a_b` is not one of the prefix `a`.
  const pattern = new RegExp(
    String.raw`^(?<dot>\.?)${prefix.replaceAll('.', String.raw`\.`)}-.+-(?<time>\d{8}T\d{6}\.\d{3}Z)-\d+-[0-9a-f]{8}-(?<number>\d+)(?:-wall\.pb\.gz|-heap\.pb\.gz|\.otlp)(?<temporary>\.tmp)?$`,
  );
  let exports = 0;
  return {
    stem: (service, startTimeUnixNano) => `${prefix}-${safeName(service, LONGEST_SERVICE) || 'unknown_service'}-${compactTime(startTimeUnixNano)}-${process.pid}-${run}-${++exports}`,
    file: (stem, kind) => (kind === 'otlp' ? `${stem}.otlp` : `${stem}-${kind}`),
    temporary: (file) => `.${file}.tmp`,
    own: (names) => names
      .map((name) => ({ name, groups: pattern.exec(name)?.groups }))
      .filter(({ groups }) => groups !== undefined && (groups['dot'] === '.') === (groups['temporary'] === '.tmp'))
      .map(({ name, groups }) => ({ name, temporary: groups?.['dot'] === '.', time: groups?.['time'] ?? '', number: Number(groups?.['number']) }))
      .sort((a, b) => compare(a.time, b.time) || a.number - b.number || compare(a.name, b.name)),
  };
}

/** `''` if the prefix cannot be used as it is. */
export function validPrefix(prefix: unknown): string {
  return typeof prefix === 'string' && prefix.length <= LONGEST_PREFIX && /^[A-Za-z0-9_][A-Za-z0-9._]*$/.test(prefix) ? prefix : '';
}

/** What every file system takes: ASCII without separators, not hidden, not too long. */
function safeName(text: string, longest: number): string {
  const safe = text.replaceAll(/[^A-Za-z0-9._-]+/g, '_').replace(/^[._-]+/, '').slice(0, longest);
  return safe.replace(/[._-]+$/, '');
}

function compactTime(unixNano: bigint): string {
  return new Date(Number(unixNano / 1_000_000n)).toISOString().replaceAll(/[-:]/g, '');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
