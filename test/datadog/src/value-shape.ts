import { hostname } from 'node:os';

const SHAPES: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['a time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/],
  ['a UUID', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/],
  ['digits', /^\d+$/],
];
/** Each profiler has its own. */
const OWN_VERSION = /profiler_version$|profiler\/version$|dd-evp-origin-version$/;

/** The value as far as two runs can have it in common: what changes from run to run becomes the name of its kind. */
export function shapeOf(field: string, value: unknown): string {
  if (typeof value === 'number') return 'a number';
  if (typeof value !== 'string') return JSON.stringify(value);
  if (OWN_VERSION.test(field) && /^\d+\.\d+\.\d+$/.test(value)) return 'a version';
  if (value === hostname()) return 'the host name';
  return SHAPES.find(([, pattern]) => pattern.test(value))?.[0] ?? value;
}
