import { describe, expect, it } from 'vitest';
import { watchEncoding } from '../../../test/exporting/src/encoding-turns.ts';
import { createExporter, temporaryDirectory } from './support/exports.ts';

describe('the event loop', () => {
  it('turns while a busy minute is encoded', async () => {
    const { result, turns, duringCall } = await watchEncoding(createExporter({ directory: temporaryDirectory() }));
    expect(duringCall).toBe(false);
    expect(turns).toBeGreaterThan(20);
    expect(result.encodeMillis).toBeGreaterThan(0);
  });
});
