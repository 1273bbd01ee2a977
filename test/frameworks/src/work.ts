import { setImmediate as turn } from 'node:timers/promises';

const BURN_MILLIS = 8;

function spin(): void {
  const end = performance.now() + BURN_MILLIS;
  while (performance.now() < end) JSON.parse('{"a":[1,2,3]}');
}

export function burnHealth(): void {
  spin();
}

export function burnHeld(): void {
  spin();
}

export function burnItem(): void {
  spin();
}

export function burnOrderLine(): void {
  spin();
}

export function burnShopGate(): void {
  spin();
}

export function burnShopItem(): void {
  spin();
}

export function burnStock(): void {
  spin();
}

export function burnFailing(): void {
  spin();
}

export function burnNotFound(): void {
  spin();
}

/** Exports what was sampled, while the request that asks for it is in flight. */
export type Flush = () => Promise<void>;

/** Once in the turn that called, once after it. */
export async function work(burn: () => void): Promise<void> {
  burn();
  await turn();
  burn();
}
