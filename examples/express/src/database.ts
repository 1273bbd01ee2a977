import { setImmediate } from 'node:timers/promises';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SpanKind, trace } from '@opentelemetry/api';
import { seedDatabase } from './seed.ts';

const tracer = trace.getTracer('shop.database');

export interface Database {
  /** Rows of one SELECT, in a span of its own. */
  query<Row>(summary: string, sql: string, ...values: SQLInputValue[]): Promise<Row[]>;
  close(): void;
}

/** Opens and seeds the shop's SQLite database; `:memory:` keeps it in this process. */
export function openDatabase(path: string): Database {
  const sqlite = new DatabaseSync(path);
  seedDatabase(sqlite);
  const statements = new Map<string, ReturnType<typeof sqlite.prepare>>();

  function prepare(sql: string): ReturnType<typeof sqlite.prepare> {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = sqlite.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }

  return {
    query<Row>(summary: string, sql: string, ...values: SQLInputValue[]): Promise<Row[]> {
      const attributes = { 'db.system.name': 'sqlite', 'db.query.summary': summary, 'db.query.text': sql };
      return tracer.startActiveSpan(summary, { kind: SpanKind.CLIENT, attributes }, async (span) => {
        try {
          // SQLite answers at once. One turn of the event loop, as with a database on the network, lets requests interleave.
          await setImmediate();
          return prepare(sql).all(...values) as Row[];
        } finally {
          span.end();
        }
      });
    },
    close: () => sqlite.close(),
  };
}
