import type { Profile } from '@flamespan/profile';

/** Bytes that a JavaScript string, its table slot and its header cost beyond its characters. */
const STRING_OVERHEAD_BYTES = 32;

/** Memory that a finished profile holds, roughly: its columns and strings. */
export function profileByteLength(profile: Profile): number {
  let bytes = 0;
  const { functions, locations, stacks, spans, samples, heapSamples } = profile;
  for (const table of [functions, locations, stacks, spans, samples, heapSamples]) {
    for (const column of Object.values(table) as unknown[]) {
      if (ArrayBuffer.isView(column)) bytes += column.byteLength;
    }
  }
  for (const labels of profile.labelSets) {
    for (const [key, value] of labels) bytes += key.length + value.length + 2 * STRING_OVERHEAD_BYTES;
  }
  for (const endpoint of profile.endpointCalls.keys()) bytes += endpoint.length + STRING_OVERHEAD_BYTES;
  for (const text of profile.strings) bytes += text.length + STRING_OVERHEAD_BYTES;
  // Three ids a span: 32 + 16 + 16 digits.
  return bytes + spans.length * (64 + 3 * STRING_OVERHEAD_BYTES);
}
