import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { exampleConfiguration, validateConfiguration } from '../src/collector.ts';

const backends = inject('backends');

// Without Go there is no Collector; the global set-up says so.
describe.skipIf(backends === null)('examples/collector', () => {
  test('is a valid configuration', async () => {
    expect(await validateConfiguration(backends!.collector, exampleConfiguration)).not.toMatch(/error|warn|deprecated/i);
  });

  test('is refused without the feature gate, as its README says', async () => {
    await expect(validateConfiguration(backends!.collector, exampleConfiguration, [])).rejects.toThrow(/service\.profilesSupport/);
  });

  test('names every environment variable in its README, with its default', async () => {
    const [configuration, readme] = await Promise.all(
      [exampleConfiguration, fileURLToPath(new URL('../../../examples/collector/README.md', import.meta.url))].map((path) => readFile(path, 'utf8')),
    );
    const variables = [...configuration!.matchAll(/\$\{env:([A-Z_]+):-([^}]+)\}/g)];
    expect(variables.length).toBeGreaterThan(0);
    for (const [, name, fallback] of variables) expect(readme).toContain(`| \`${name}\` | \`${fallback}\` |`);
  });
});
