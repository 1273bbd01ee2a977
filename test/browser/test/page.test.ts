import { startViewer } from '@flamespan/viewer';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { lowContrasts } from '../src/contrast.ts';
import { openPage, openFaultyPage, PHONE, useBrowser } from '../src/viewer-page.ts';
import { chooseScope, openSlowestTrace } from '../src/walks.ts';

const browser = useBrowser();
const url = inject('viewerUrl');
const checkouts = `${url}/traces?service=checkout&endpoint=POST%20%2Fcheckout`;

const VIEWS = ['/traces', '/endpoints', '/profiles', '/diff?service=checkout'];

describe('comparing two versions', () => {
  const comparison = `${url}/diff?service=checkout&endpoint=POST%20%2Fcheckout&type=wall`;

  it('finds the function that the second version made slower, per call', async () => {
    const page = await openPage(browser(), comparison);
    await page.getByRole('radio', { name: 'Two versions' }).check({ force: true });
    await page.getByRole('combobox', { name: 'Before: version' }).selectOption('1.0.0');
    await page.getByRole('combobox', { name: 'After: version' }).selectOption('2.0.0');
    const rows = page.getByRole('table', { name: /^What changed/ }).getByRole('row');
    await expect.poll(() => rows.nth(1).innerText(), { timeout: 15_000 }).toMatch(/^priceBasket/);
    expect(await rows.nth(1).innerText()).toMatch(/slower/);
    await page.getByText(/30 calls/).first().waitFor();
    await page.getByRole('searchbox', { name: /^Find functions/ }).fill('renderReceipt');
    await expect.poll(() => rows.nth(1).innerText()).toMatch(/^renderReceipt/);
    expect(await rows.nth(1).innerText()).not.toMatch(/slower|faster/);
  });
});

describe('the keyboard alone', () => {
  it('leads from the list to a span and its scopes', async () => {
    const page = await openPage(browser(), checkouts);
    await page.getByRole('grid', { name: 'Traces' }).getByRole('link').first().waitFor();
    await tabTo(page, (focused) => focused.getAttribute('role') === 'grid');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/trace\//);
    await page.getByRole('treegrid').getByRole('row').nth(1).waitFor();
    await tabTo(page, (focused) => focused.closest('[role=treegrid]') !== null);
    const chosen = page.getByRole('treegrid').locator('[role=row][aria-selected=true]');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect.poll(() => chosen.innerText()).toMatch(/^price/);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await expect.poll(() => chosen.innerText()).toMatch(/^render/);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await expect.poll(() => chosen.innerText()).toMatch(/POST/);
    await tabTo(page, (focused) => focused.getAttribute('type') === 'radio' && (focused.closest('[role=radiogroup]')?.getAttribute('aria-label') ?? '') === 'Scope');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: /Flame graph.*span only/i }).or(page.getByRole('radio', { name: /^Span only/, checked: true })).first().waitFor();
    await page.keyboard.press('ArrowLeft');
    await tabTo(page, (focused) => focused.getAttribute('role') === 'application');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const graph = page.locator('.flame-graph');
    await expect.poll(async () => await graph.getAttribute('data-zoom') === await graph.getAttribute('data-cursor')).toBe(true);
    await page.keyboard.press('Escape');
  });
});

describe('keys that come faster than the page is painted', () => {
  it('each start from where the one before has led', async () => {
    const page = await openPage(browser(), checkouts);
    await openSlowestTrace(page);
    const grid = page.getByRole('treegrid');
    await grid.getByRole('row').nth(3).waitFor();
    await grid.evaluate(async (element) => {
      for (const key of ['Home', 'ArrowDown', 'Enter', 'End', 'Enter']) {
        element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        // The page may render, but not paint.
        for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      }
    });
    await expect.poll(() => grid.locator('[role=row][aria-selected=true]').innerText()).toMatch(/^render/);
  });
});

describe('what comes from a span', () => {
  it('stays text, whatever it is', async () => {
    const page = await openPage(browser(), `${url}/traces?service=checkout&status=error`);
    const link = page.getByRole('link', { name: '<img src=x onerror="document.title=\'broken\'">' }).first();
    await link.click();
    const rows = page.getByRole('treegrid').getByRole('row');
    await rows.nth(3).waitFor();
    expect((await rows.allInnerTexts()).join('\n')).toContain('</script><script>document.title="broken"</script>');
    await page.getByText('hostile.value').waitFor();
    for (const path of VIEWS) {
      await page.goto(`${url}${path}`);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.locator('img[src=x]').count()).toBe(0);
      expect(await page.title()).not.toContain('broken');
    }
  });
});

describe('an address', () => {
  it('leads to the same after a reload, and in another window', async () => {
    const page = await openPage(browser(), checkouts);
    await openSlowestTrace(page);
    await page.getByRole('treegrid').getByRole('row', { name: /^price/ }).click();
    await chooseScope(page, 'Span time period');
    await page.getByRole('radio', { name: 'CPU', exact: true }).check({ force: true });
    await page.getByRole('region', { name: /Flame graph of CPU time, span time period, of price/i }).waitFor();
    await page.reload();
    await page.getByRole('region', { name: /Flame graph of CPU time, span time period, of price/i }).waitFor();
    const other = await openPage(browser(), page.url());
    await other.getByRole('region', { name: /Flame graph of CPU time, span time period, of price/i }).waitFor();
    await page.goBack();
    await page.getByRole('region', { name: /Flame graph of wall time/i }).waitFor();
    expect(page.url()).not.toContain('type=cpu');
  });

  it('of a trace that is gone says so', async () => {
    const { page, faults } = await openFaultyPage(browser(), `${url}/trace/${'0'.repeat(31)}1`);
    await page.getByText(/not held/).first().waitFor();
    expect(faults().filter((fault) => !fault.includes('404'))).toEqual([]);
  });
});

describe('a viewer that is started again', () => {
  it('is followed, although it counts from the beginning', async () => {
    const before = await startViewer({ port: 0 });
    onTestFinished(() => before.close());
    await sendTrace(before.url, 'GET /before');
    const { page } = await openFaultyPage(browser(), `${before.url}/traces`);
    const link = (name: string): Locator => page.getByRole('grid', { name: 'Traces' }).getByRole('link', { name });
    await link('GET /before').waitFor();
    await before.close();
    const after = await startViewer({ port: before.port });
    onTestFinished(() => after.close());
    await sendTrace(after.url, 'GET /after');
    await link('GET /after').waitFor();
    expect(await link('GET /before').count()).toBe(0);
    await page.getByText('Live', { exact: true }).waitFor();
  });
});

describe('a view that cannot be drawn', () => {
  it('says so in its place, and leaves the others', async () => {
    const { page, faults } = await openFaultyPage(browser(), `${url}/traces`);
    await page.getByRole('row').nth(1).waitFor();
    await page.route('**/api/endpoints*', (route) => route.fulfill({ json: {} }));
    const views = page.getByRole('navigation', { name: 'Views' });
    await views.getByRole('link', { name: 'Endpoints' }).click();
    await page.getByRole('alert').getByText(/Reload the page/).waitFor();
    await views.getByRole('link', { name: 'Traces' }).click();
    await page.getByRole('row').nth(1).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.unroute('**/api/endpoints*');
    await views.getByRole('link', { name: 'Endpoints' }).click();
    await page.getByRole('table', { name: 'Endpoints' }).getByRole('row').nth(1).waitFor();
    // Where it happened, for who looks into it.
    expect(faults()[0]).toMatch(/TypeError.*\n.*at /);
  });
});

async function sendTrace(url: string, name: string): Promise<void> {
  const span = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name, kind: 2, startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1700000000100000000' };
  const answer = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
  });
  expect(answer.status).toBe(200);
}

describe.each(VIEWS)('%s', (path) => {
  it('takes an address that makes no sense', async () => {
    const nonsense = ['from', 'to', 'base.from', 'base.to', 'other.from', 'other.to'].map((name, i) => `${name}=1e${20 + i}`).join('&');
    const page = await openPage(browser(), `${url}${path}${path.includes('?') ? '&' : '?'}${nonsense}&type=none&thread=x&profile=-1&sort=%00&order=&zoom=1&function=%F0`);
    await settled(page);
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  it('fits a window as wide as a phone', async () => {
    const page = await openPage(browser(), `${url}${path}`, { viewport: PHONE });
    await settled(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  });

  it.each(['light', 'dark'] as const)('is readable in %s colours', async (colorScheme) => {
    const page = await openPage(browser(), `${url}${path}`, { colorScheme });
    await settled(page);
    expect(await page.evaluate(lowContrasts)).toEqual({ background: colorScheme, low: [] });
  });
});

async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('row').nth(1).waitFor();
}

/** Presses Tab until the focus is where it should be. */
async function tabTo(page: Page, isThere: (focused: Element) => boolean): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(`(${isThere.toString()})(document.activeElement)`)) return;
  }
  throw new Error('Tab does not lead there');
}
