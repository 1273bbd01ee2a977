import { describe, expect, inject, it } from 'vitest';
import { flameGraph, functionsIn, openPage, useBrowser } from '../src/viewer-page.ts';
import { traceSampledMostIn } from '../src/sampled-trace.ts';
import { wallNanosByScope } from '../src/sent-samples.ts';
import { chooseScope, openSlowestTrace } from '../src/walks.ts';

const browser = useBrowser();
const url = inject('viewerUrl');

describe('from a slow endpoint to its code, in the demo', () => {
  it.each([
    // The endpoint, a part of the name of the span in which its code runs, the function that makes it slow, and one of another endpoint.
    ['GET /products/sorted', 'request handler', 'rankProducts', 'findDescriptions'],
    ['GET /search', 'request handler', 'findDescriptions', 'rankProducts'],
  ])('%s', async (endpoint, span, heavy, other) => {
    const page = await openPage(browser(), `${url}/endpoints`);
    await page.getByRole('row', { name: endpoint }).getByRole('link').first().click();
    await openSlowestTrace(page);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(endpoint);
    await page.goto(`${url}/trace/${await traceSampledMostIn(url, 'shop', heavy)}`);
    await page.getByRole('heading', { level: 1, name: endpoint }).waitFor();
    await page.getByRole('row', { name: span }).first().click();
    await chooseScope(page, 'Span only');
    await expect.poll(() => functionsIn(page), { timeout: 10_000 }).toContain(heavy);
    expect(await functionsIn(page)).not.toContain(other);
    // The widest frame of the application's own, as one who goes down the graph meets it.
    expect(await widestOwnFrames(page)).toContain(heavy);
  });

  it('shows the code of each span in that span alone', async () => {
    const page = await openPage(browser(), `${url}/traces?service=checkout&endpoint=POST%20%2Fcheckout`);
    await openSlowestTrace(page);
    for (const [span, own, other] of [['price', 'priceBasket', 'renderReceipt'], ['render', 'renderReceipt', 'priceBasket']] as const) {
      await page.getByRole('treegrid').getByRole('row', { name: new RegExp(`^${span}`) }).click();
      await chooseScope(page, 'Span only');
      // The table of the span before stays until the answer is there.
      await expect.poll(() => functionsIn(page), { timeout: 10_000 }).toContain(own);
      expect(await functionsIn(page)).not.toContain(other);
    }
    await page.getByRole('treegrid').getByRole('row', { name: /POST/ }).first().click();
    await chooseScope(page, 'Span & children');
    await expect.poll(() => functionsIn(page), { timeout: 10_000 }).toEqual(expect.arrayContaining(['priceBasket', 'renderReceipt']));
  });

  it('says how long a span waited', async () => {
    // Not the slowest, which began before the profiler did.
    const page = await openPage(browser(), `${url}/traces?service=checkout&endpoint=POST%20%2Fcheckout`);
    await page.getByRole('grid', { name: 'Traces' }).getByRole('link').first().click();
    expect(await page.getByText(/^This span waited/).innerText()).toMatch(/waited [\d.]+ m?s of [\d.]+ m?s/);
  });
});

describe('the four scopes', () => {
  it('have the sums of the samples that were sent', async () => {
    const page = await openPage(browser(), `${url}/traces?service=checkout&endpoint=POST%20%2Fcheckout`);
    await openSlowestTrace(page);
    const trace = /\/trace\/([0-9a-f]{32})/.exec(page.url())![1]!;
    const sizes = await wallNanosByScope(url, trace);
    for (const row of await page.getByRole('treegrid').getByRole('row').all()) {
      const spanId = await row.getAttribute('data-span');
      if (spanId === null) continue;
      await row.click();
      for (const [scope, wallNanos] of Object.entries(sizes.get(spanId)!)) {
        if (wallNanos === 0) continue;
        await chooseScope(page, scope);
        await expect.poll(async () => Number(await flameGraph(page).getAttribute('data-total')), { timeout: 10_000 }).toBeCloseTo(wallNanos, -1);
      }
    }
  });
});

/** Goes down from the root, always to the widest frame, and says whom it met. */
async function widestOwnFrames(page: Awaited<ReturnType<typeof openPage>>): Promise<string[]> {
  await page.getByRole('application', { name: /^Flame graph/ }).focus();
  const met: string[] = [];
  for (let depth = 0; depth < 60; depth++) {
    await page.keyboard.press('ArrowDown');
    met.push((await flameGraph(page).getAttribute('data-cursor')) ?? '');
    if (met.at(-1) === met.at(-2)) break;
  }
  return met;
}
