import { profileFromStacks } from '@flamespan/profile/testing';
import { startViewer } from '@flamespan/viewer';
import type { Locator } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openPage, useBrowser } from '../src/viewer-page.ts';

const browser = useBrowser();

/** Two services with an endpoint of one name, and with work for none. */
async function viewerOfTwo(): Promise<string> {
  const viewer = await startViewer({ port: 0, grpcPort: 0 });
  onTestFinished(() => viewer.close());
  viewer.store.addProfiles(['shop', 'stock'].map((service, i) => profileFromStacks(`
    main;of_${service} ${3 + i} @request GET /health
    main;timer_${service} 2
  `, { resource: { attributes: { 'service.name': service } }, endpointCalls: { 'GET /health': 1 } })));
  return viewer.url;
}

describe('an endpoint that two services have', () => {
  it.each(['GET /health', 'work for no endpoint'])('is that of the row that was clicked: %s', async (name) => {
    const page = await openPage(browser(), `${await viewerOfTwo()}/endpoints`);
    const table = page.getByRole('table', { name: 'Endpoints' });
    const ticks = (): Locator => table.getByRole('checkbox', { name: `Choose ${name}`, checked: true });
    const row = table.getByRole('row').filter({ hasText: 'stock' }).filter({ hasText: name });
    const code = page.getByRole('table', { name: /^Functions in/ });
    await code.getByText('main').first().waitFor();
    await row.getByRole('button', { name }).click();
    await expect.poll(() => code.innerText()).not.toMatch(/shop/);
    expect(await code.innerText()).toMatch(/stock/);
    expect(await ticks().count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('service')).toBe('stock');
    await page.goBack();
    await row.getByRole('checkbox').click();
    await expect.poll(() => code.innerText()).not.toMatch(/shop/);
    expect(await ticks().count()).toBe(1);
  });
});

describe('work for no endpoint', () => {
  it('has no traces, and a comparison that says of what it is and can be of all again', async () => {
    const page = await openPage(browser(), `${await viewerOfTwo()}/endpoints?service=shop`);
    const section = page.getByRole('region', { name: 'Code of the chosen endpoints' });
    await section.getByRole('link', { name: 'Traces' }).waitFor();
    await page.getByRole('button', { name: 'work for no endpoint' }).click();
    await section.getByRole('heading', { name: 'work for no endpoint' }).waitFor();
    expect(await section.getByRole('link', { name: 'Traces' }).count()).toBe(0);
    await section.getByRole('link', { name: /^Compare/ }).click();
    const select = page.getByRole('combobox', { name: 'Endpoint' });
    await select.waitFor();
    const shown = (): Promise<string> => select.locator('option:checked').innerText();
    expect(await shown()).toBe('work for no endpoint');
    await select.selectOption({ label: 'All endpoints and other work' });
    await expect.poll(() => new URL(page.url()).searchParams.has('endpoint')).toBe(false);
    await select.selectOption({ label: 'work for no endpoint' });
    await expect.poll(() => new URL(page.url()).searchParams.getAll('endpoint')).toEqual(['']);
    expect(await shown()).toBe('work for no endpoint');
  });
});
