import type { Profile } from './profile.ts';
import { runAtOnce } from './sliced-work.ts';
import type { SlicedWork } from './sliced-work.ts';

/** Dictionaries without columns. */
const LISTS = ['strings', 'labelSets'] as const;
type ListName = (typeof LISTS)[number];
type TableName = 'samples' | 'heapSamples' | 'spans' | 'stacks' | 'locations' | 'functions';
/** What a column holds: rows of a dictionary, or values that stand for themselves. */
type Content = Exclude<TableName, 'samples' | 'heapSamples'> | ListName | 'values';

/** Every column of a Profile. A table comes before the tables that it refers to; a row of `stacks` refers to earlier rows. */
const COLUMNS = {
  samples: { stack: 'stacks', span: 'spans', labelSet: 'labelSets', timeUnixNano: 'values', wallNanos: 'values', cpuNanos: 'values' },
  heapSamples: { stack: 'stacks', objects: 'values', bytes: 'values', allocatedObjects: 'values', allocatedBytes: 'values' },
  spans: { traceId: 'values', spanId: 'values', localRootSpanId: 'values', sampled: 'values', endpoint: 'strings' },
  stacks: { parent: 'stacks', location: 'locations' },
  locations: { function: 'functions', line: 'values', column: 'values', frameType: 'strings' },
  functions: { name: 'strings', filename: 'strings', startLine: 'values' },
} as const satisfies { [T in TableName]: { [C in Exclude<keyof Profile[T], 'length'>]: Content } };

const TABLES = Object.keys(COLUMNS) as TableName[];

type Column = Int32Array | Uint8Array | BigInt64Array | BigUint64Array | readonly unknown[];
type SampleRows = Readonly<Record<'samples' | 'heapSamples', Int32Array>>;
type Tables = Pick<Profile, TableName | ListName>;

/**
 * The profile in at most `parts` pieces which together say what it says, each with dictionaries that hold only what it
 * needs. Timed samples are divided by time into pieces of about as many samples each; the pieces' windows follow each
 * other and cover the profile's window. Heap samples are the last piece, with the whole window. The calls per endpoint
 * are in the first piece.
 *
 * @returns fewer pieces where there is less to divide, the profile itself where there is nothing: samples of one time
 * stay together, and so do heap samples.
 */
export function splitProfileByTime(profile: Profile, parts: number): readonly Profile[] {
  return runAtOnce(splitProfileByTimeInSlices(profile, parts));
}

/** {@link splitProfileByTime} as work that can be interrupted. */
export function* splitProfileByTimeInSlices(profile: Profile, parts: number): SlicedWork<readonly Profile[]> {
  const heapApart = profile.heapSamples.length > 0 && profile.samples.length > 0 && parts > 1;
  const ranges = timeRanges(profile, heapApart ? parts - 1 : parts);
  if (ranges.length + (heapApart ? 1 : 0) <= 1) return [profile];
  const pieces: Profile[] = [];
  for (const [position, { rows, startUnixNano, endUnixNano }] of ranges.entries()) {
    pieces.push({
      ...profile,
      startTimeUnixNano: startUnixNano,
      durationNanos: endUnixNano - startUnixNano,
      ...(yield* tablesOf(profile, { samples: rows, heapSamples: NO_ROWS })),
      endpointCalls: position === 0 ? profile.endpointCalls : NO_CALLS,
    });
  }
  if (heapApart) {
    const heapRows = rowsFrom(profile.heapSamples.length);
    pieces.push({ ...profile, ...(yield* tablesOf(profile, { samples: NO_ROWS, heapSamples: heapRows })), endpointCalls: NO_CALLS });
  }
  return pieces;
}

const NO_ROWS = new Int32Array(0);
const NO_CALLS: ReadonlyMap<string, number> = new Map();

interface TimeRange {
  /** Rows of the timed samples. */
  readonly rows: Int32Array;
  readonly startUnixNano: bigint;
  readonly endUnixNano: bigint;
}

function timeRanges({ samples, startTimeUnixNano, durationNanos }: Profile, parts: number): TimeRange[] {
  const { length, timeUnixNano } = samples;
  const timeOf = (row: number): bigint => timeUnixNano[row] as bigint;
  // An array's sort takes little time over what is in order already, as collections are. A typed array's does not.
  const byTime = Array.from(rowsFrom(length)).sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
  const ranges: TimeRange[] = [];
  let startUnixNano = startTimeUnixNano;
  for (let part = 1, from = 0; from < length; part++) {
    let to = part < parts ? Math.max(from + 1, Math.floor((part * length) / parts)) : length;
    // What has the same time stays together.
    while (to < length && timeOf(byTime[to] as number) === timeOf(byTime[to - 1] as number)) to++;
    const endUnixNano = to < length ? timeOf(byTime[to] as number) : startTimeUnixNano + durationNanos;
    ranges.push({ rows: Int32Array.from(byTime.slice(from, to)), startUnixNano, endUnixNano });
    startUnixNano = endUnixNano;
    from = to;
  }
  return ranges;
}

function rowsFrom(length: number): Int32Array {
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  return rows;
}

/** The tables with only these samples and what they refer to. Rows keep their order, and row 0 its place. */
function* tablesOf(profile: Profile, sampleRows: SampleRows): SlicedWork<Tables> {
  const rows = yield* neededRows(profile, sampleRows);
  const rowsOf = (name: TableName | ListName): Int32Array => rows.get(name) as Int32Array;
  const newIndices = new Map<Content, Int32Array>();
  for (const [name, needed] of rows) {
    newIndices.set(name as Content, newIndicesOf(needed, profile[name].length));
    yield;
  }
  const tables: Record<string, unknown> = {};
  for (const name of TABLES) {
    const table: Record<string, unknown> = { length: rowsOf(name).length };
    for (const [columnName, content] of columnsOf(name)) {
      const column = pick(columnOf(profile, name, columnName), rowsOf(name));
      const newIndex = newIndices.get(content);
      table[columnName] = newIndex === undefined ? column : (column as Int32Array).map((index) => newIndex[index] as number);
      yield;
    }
    tables[name] = table;
  }
  for (const name of LISTS) tables[name] = pick(profile[name], rowsOf(name));
  return tables as unknown as Tables;
}

function* neededRows(profile: Profile, sampleRows: SampleRows): SlicedWork<Map<TableName | ListName, Int32Array>> {
  const marks = new Map<string, Uint8Array>();
  for (const name of [...TABLES, ...LISTS]) {
    // Row 0 of a dictionary is always there.
    const marked = new Uint8Array(profile[name].length);
    if (name === 'samples' || name === 'heapSamples') for (const row of sampleRows[name]) marked[row] = 1;
    else marked[0] = 1;
    marks.set(name, marked);
  }
  for (const name of TABLES) {
    const marked = marks.get(name) as Uint8Array;
    for (const [columnName, content] of columnsOf(name)) {
      const target = marks.get(content);
      if (target === undefined) continue;
      const column = columnOf(profile, name, columnName) as Int32Array;
      // From the end, since the parent of a stack comes before it.
      for (let row = marked.length - 1; row >= 0; row--) if (marked[row] === 1) target[column[row] as number] = 1;
      yield;
    }
  }
  const rows = new Map<TableName | ListName, Int32Array>();
  for (const name of [...TABLES, ...LISTS]) {
    rows.set(name, markedRows(marks.get(name) as Uint8Array));
    yield;
  }
  return rows;
}

function newIndicesOf(rows: Int32Array, length: number): Int32Array {
  const newIndex = new Int32Array(length);
  for (let position = 0; position < rows.length; position++) newIndex[rows[position] as number] = position;
  return newIndex;
}

function markedRows(marked: Uint8Array): Int32Array {
  const rows = new Int32Array(marked.length);
  let length = 0;
  for (let row = 0; row < marked.length; row++) if (marked[row] === 1) rows[length++] = row;
  return rows.slice(0, length);
}

function columnsOf(table: TableName): readonly (readonly [name: string, content: Content])[] {
  return Object.entries(COLUMNS[table]);
}

function columnOf(profile: Profile, table: TableName, column: string): Column {
  return (profile[table] as unknown as Readonly<Record<string, Column>>)[column] as Column;
}

function pick(column: Column, rows: Int32Array): Column {
  if (Array.isArray(column)) return Array.from(rows, (row) => (column as readonly unknown[])[row]);
  const typed = column as Int32Array;
  const picked = new (typed.constructor as Int32ArrayConstructor)(rows.length);
  for (let position = 0; position < rows.length; position++) picked[position] = typed[rows[position] as number] as number;
  return picked;
}
