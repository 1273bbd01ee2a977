import { profileFromStacks } from '@flamespan/profile/testing';
import { startViewer } from '@flamespan/viewer';
import type { RunningViewer, Span } from '@flamespan/viewer';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPage, useBrowser } from '../src/viewer-page.ts';

const browser = useBrowser();

async function emptyViewer(): Promise<RunningViewer> {
  const viewer = await startViewer({ port: 0, grpcPort: 0 });
  onTestFinished(() => viewer.close());
  return viewer;
}

const resource = { attributes: { 'service.name': 'many' } };

function rootSpan(number: number): Span {
  const startTimeUnixNano = 1_795_000_000_000_000_000n + BigInt(number) * 1_000_000n;
  return {
    traceId: number.toString(16).padStart(32, '0'), spanId: '00000000000000aa', parentSpanId: '', name: `work ${number}`, kind: 2,
    startTimeUnixNano, endTimeUnixNano: startTimeUnixNano + 5_000_000n, durationNanos: 5_000_000,
    attributes: {}, events: [], status: { code: 0 }, resource, scope: { name: 'test' },
  };
}

const spans = (from: number, to: number): Span[] => Array.from({ length: to - from }, (_, i) => rootSpan(from + i));

describe('an empty viewer', () => {
  it('says what to set, with its own address', async () => {
    const viewer = await emptyViewer();
    for (const path of ['/traces', '/endpoints', '/profiles', '/diff']) {
      const page = await openPage(browser(), `${viewer.url}${path}`);
      await page.getByText(viewer.url).first().waitFor();
      expect(await page.getByRole('main').innerText()).toMatch(/OTEL_EXPORTER_OTLP_ENDPOINT|ProfilingSpanProcessor/);
    }
  });

  it('shows what arrives without a reload, and nothing while it is paused', async () => {
    const viewer = await emptyViewer();
    const page = await openPage(browser(), `${viewer.url}/traces`);
    await page.getByText('OTEL_EXPORTER_OTLP_ENDPOINT').first().waitFor();
    viewer.store.addSpans(spans(1, 4));
    await page.getByRole('link', { name: 'work 3' }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    viewer.store.addSpans(spans(4, 7));
    // What comes after the pause is there, so what was before it would have been as well.
    await page.getByRole('button', { name: /Resume|Go on|Continue/ }).waitFor();
    expect(await page.getByRole('link', { name: 'work 6' }).count()).toBe(0);
    await page.getByRole('button', { name: /Resume|Go on|Continue/ }).click();
    await page.getByRole('link', { name: 'work 6' }).waitFor();
  });

  it('says of traces without profiles how to get these', async () => {
    const viewer = await emptyViewer();
    viewer.store.addSpans(spans(1, 2));
    const page = await openPage(browser(), `${viewer.url}/trace/${'1'.padStart(32, '0')}`);
    await page.getByText(/ProfilingSpanProcessor|no profile/i).first().waitFor();
    expect(await page.getByRole('treegrid').innerText()).toContain('work 1');
  });
});

describe('a span that comes late', () => {
  it('leaves the same subtree closed, and the cursor on the same span', async () => {
    const viewer = await emptyViewer();
    const traceStart = BigInt(Date.now()) * 1_000_000n;
    const span = (spanId: string, parentSpanId: string, startMillis: bigint): Span => ({
      ...rootSpan(1), spanId: spanId.padStart(16, '0'), parentSpanId: parentSpanId.padStart(16, '0'), name: `work ${spanId}`,
      startTimeUnixNano: traceStart + startMillis * 1_000_000n, endTimeUnixNano: traceStart + 50_000_000n,
    });
    viewer.store.addSpans([{ ...span('a', '', 0n), parentSpanId: '' }, span('b', 'a', 10n), span('c', 'b', 11n), span('d', 'a', 20n), span('e', 'd', 21n)]);
    const page = await openPage(browser(), `${viewer.url}/trace/${rootSpan(1).traceId}`);
    const grid = page.getByRole('treegrid');
    const row = (name: string): Locator => grid.getByRole('row', { name: `work ${name}` });
    const cursorRow = (): Promise<string> => grid.evaluate((element) => document.getElementById(element.getAttribute('aria-activedescendant') ?? '')?.dataset['span'] ?? '');
    await row('e').waitFor();
    await grid.focus();
    for (const key of ['Home', 'ArrowDown', 'ArrowLeft', 'ArrowDown']) await page.keyboard.press(key);
    await expect.poll(cursorRow).toBe('d'.padStart(16, '0'));
    expect(await row('b').getAttribute('aria-expanded')).toBe('false');
    viewer.store.addSpans([span('late', 'a', 5n)]);
    await row('late').waitFor();
    expect(await row('b').getAttribute('aria-expanded')).toBe('false');
    expect(await row('c').count()).toBe(0);
    expect(await row('e').count()).toBe(1);
    expect(await cursorRow()).toBe('d'.padStart(16, '0'));
  });
});

describe('many tabs', () => {
  it('do not wait for each other, and show what has arrived once they are seen again', async () => {
    const viewer = await emptyViewer();
    viewer.store.addSpans(spans(1, 2));
    const page = await openPage(browser(), `${viewer.url}/traces`);
    const show = (tab: Page, state: 'hidden' | 'visible'): Promise<void> => tab.evaluate((visibilityState) => {
      Object.defineProperty(document, 'visibilityState', { value: visibilityState, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
    // A browser has six connections for one server.
    for (let tabs = 1; tabs < 9; tabs++) {
      const tab = await page.context().newPage();
      await tab.goto(`${viewer.url}/traces`);
      await tab.getByRole('link', { name: 'work 1' }).waitFor();
      await show(tab, 'hidden');
    }
    await show(page, 'hidden');
    viewer.store.addSpans(spans(2, 3));
    await show(page, 'visible');
    await page.getByRole('link', { name: 'work 2' }).waitFor();
    await expect.poll(() => page.getByText('Live', { exact: true }).count()).toBeGreaterThan(0);
  });
});

describe('100 000 traces', () => {
  it('are scrolled through to the last with few rows at a time', async () => {
    const viewer = await emptyViewer();
    viewer.store.addSpans(spans(1, 100_001));
    viewer.store.addProfiles([profileFromStacks('main;work 1')]);
    const page = await openPage(browser(), `${viewer.url}/traces`);
    const grid = page.getByRole('grid', { name: 'Traces' });
    await grid.getByRole('link', { name: 'work 100000' }).waitFor();
    await grid.focus();
    await page.keyboard.press('End');
    await grid.getByRole('link', { name: 'work 1', exact: true }).waitFor();
    expect(await grid.getByRole('row').count()).toBeLessThan(150);
    await page.keyboard.press('Home');
    await grid.getByRole('link', { name: 'work 100000' }).waitFor();
  });
});
