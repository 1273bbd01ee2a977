import { describe, expect, it } from 'vitest';
import { watchEncoding } from '../../../test/exporting/src/encoding-turns.ts';
import { createExporter } from './support/exports.ts';

describe('the event loop', () => {
  it.each(['http/protobuf', 'http/json'] as const)('turns while a busy minute is encoded: %s', async (protocol) => {
    const { result, turns, duringCall } = await watchEncoding(createExporter({ url: 'http://127.0.0.1:1', protocol }));
    expect(duringCall).toBe(false);
    expect(turns).toBeGreaterThan(20);
    expect(result.encodeMillis).toBeGreaterThan(0);
  });
});
