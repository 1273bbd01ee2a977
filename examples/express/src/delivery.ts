import { setTimeout } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import type { Express, Request, Response } from 'express';

const tracer = trace.getTracer('shop.delivery');

/** Stands for a slow carrier: nearly all of the request is waiting, which no profile can show and a trace can. */
function askCarrier(country: string): Promise<number> {
  return tracer.startActiveSpan('ask carrier', async (span) => {
    try {
      await setTimeout(80 + country.length * 10);
      return 2 + country.length;
    } finally {
      span.end();
    }
  });
}

async function handleDelivery(request: Request<{ country: string }>, response: Response): Promise<void> {
  response.json({ days: await askCarrier(request.params.country) });
}

export function addDeliveryRoutes(app: Express): void {
  app.get('/delivery/:country', handleDelivery);
}
