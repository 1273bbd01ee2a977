import { profileFromStacks } from '@flamespan/profile/testing';
import { startViewer } from '@flamespan/viewer';
import { expect, it, onTestFinished } from 'vitest';
import { openPage, useBrowser } from '../src/viewer-page.ts';

const browser = useBrowser();

it('calls of a part of a profile without its traces are said to be estimated, and are not compared', async () => {
  const viewer = await startViewer({ port: 0 });
  onTestFinished(() => viewer.close());
  const { url, store } = viewer;
  const profile = profileFromStacks('main;work 90 GET /a', { endpointCalls: { 'GET /a': 600 } });
  store.addProfiles([profile]);
  const moment = (seconds: number): number => Number(profile.startTimeUnixNano / 1_000_000n) + seconds * 1_000;

  const page = await openPage(browser(), `${url}/endpoints?to=${moment(30)}`);
  const calls = page.getByRole('link', { name: 'About 300 calls: traces of GET /a' });
  expect(await calls.innerText()).toBe('≈ 300');
  await page.getByText(/^What these figures are/).click();
  await page.getByText(/^≈ The time cuts a profile/).waitFor();
  await page.goto(`${url}/endpoints`);
  expect(await page.getByRole('link', { name: '600 calls: traces of GET /a', exact: true }).innerText()).toBe('600');
  expect(await page.getByText('≈').count()).toBe(0);

  await page.goto(`${url}/diff?service=shop&endpoint=GET%20%2Fa&base.from=${moment(0)}&base.to=${moment(30)}&other.from=${moment(30)}&other.to=${moment(60)}`);
  await page.getByText(/Calls are not known for both sides: nobody counted them, or a time cuts a profile/).waitFor();
});
