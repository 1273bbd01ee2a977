import type * as http from 'node:http';
import {
  burnFailing, burnHealth, burnHeld, burnItem, burnNotFound, burnOrderLine, burnShopGate, burnShopItem, burnStock, work,
} from '../work.ts';
import type { Flush } from '../work.ts';

const HANDLERS: readonly (readonly [path: RegExp, status: number, ...burns: (() => void)[]])[] = [
  [/^GET \/health$/, 200, burnHealth],
  [/^GET \/items\/\w+$/, 200, burnItem],
  [/^GET \/held\/\w+$/, 200, burnHeld],
  [/^POST \/orders\/\w+\/lines\/\w+$/, 200, burnOrderLine],
  [/^GET \/shop\/items\/\w+$/, 200, burnShopGate, burnShopItem],
  [/^GET \/shop\/stock\/\w+$/, 200, burnShopGate, burnStock],
  [/^GET \/failing\/\w+$/, 500, burnFailing],
  [/^GET \/shop\//, 404, burnShopGate, burnNotFound],
  [/^/, 404, burnNotFound],
];

export async function startNodeHttp({ createServer }: typeof http, flush: Flush): Promise<http.Server> {
  const server = createServer((request, response) => {
    const target = `${request.method} ${request.url?.split('?', 1)[0]}`;
    const [, status, ...burns] = HANDLERS.find(([path]) => path.test(target)) ?? [/^/, 501];
    void (async () => {
      for (const burn of burns) await work(burn);
      if (burns.includes(burnHeld)) await flush();
      response.statusCode = status;
      response.end();
    })();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return server;
}
