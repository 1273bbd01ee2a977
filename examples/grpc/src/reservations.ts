import { setTimeout } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import type { CartRequest, Reservation } from './cart-definition.ts';

const tracer = trace.getTracer('shop.reservations');
const SHELF_COUNT = 900;
/** As many as a picker carries a list for. */
const FIRST_SHELVES = 300;

/** Stands for a slow warehouse: time passes, this thread does nothing. */
function askWarehouse(cartId: string): Promise<number[]> {
  return tracer.startActiveSpan('ask warehouse', async (span) => {
    try {
      await setTimeout(50);
      return Array.from({ length: SHELF_COUNT }, (_, index) => (index * 7919 + cartId.length * 104_729) % 10_007);
    } finally {
      span.end();
    }
  });
}

/** Walks to the nearest shelf next, and looks at all of them for each step. */
function planPicking(shelves: readonly number[]): number[] {
  const left = [...shelves];
  const walk: number[] = [];
  let position = 0;
  while (left.length > 0) {
    let nearest = 0;
    for (const [index, shelf] of left.entries()) {
      if (Math.abs(shelf - position) < Math.abs((left[nearest] as number) - position)) nearest = index;
    }
    [position] = left.splice(nearest, 1) as [number];
    walk.push(position);
  }
  return walk;
}

export async function handleReserveItems({ cartId }: CartRequest): Promise<Reservation> {
  const shelves = await askWarehouse(cartId);
  return { shelves: planPicking(shelves).slice(0, FIRST_SHELVES) };
}
