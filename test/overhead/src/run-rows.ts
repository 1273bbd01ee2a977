import type { BenchOptions } from './options.ts';
import type { NodeMajor } from './nodes.ts';
import type { Figures, Row } from './row.ts';
import type { RowResult } from './results.ts';
import { startSinkServer } from './sink-server.ts';
import { shuffled } from './statistics.ts';
import { Turns } from './turns.ts';
import { withBaselines } from './variants.ts';
import type { VariantName } from './variants.ts';

export interface RowRun {
  readonly row: Row;
  readonly node: NodeMajor;
  readonly variants: readonly VariantName[];
  readonly rounds: number;
}

/** What is to be run: everything on 24, and plain and ours on 26 where a row has it. */
export function plan({ rows, nodes, rounds, variants: wanted }: Pick<BenchOptions, 'rows' | 'nodes' | 'rounds' | 'variants'>): RowRun[] {
  return rows.flatMap((row) =>
    nodes
      .filter((node) => node === '24' || row.alsoOn26 || nodes.length === 1)
      .map((node) => {
        const offered = row.variants.filter((name) => node === '24' || name === 'plain' || name === 'ours');
        const chosen = wanted === undefined ? offered : withBaselines(wanted).filter((name) => offered.includes(name));
        return { row, node, variants: chosen, rounds: rounds ?? (node === '26' ? row.roundsOn26 : undefined) ?? row.rounds };
      })
      .filter(({ variants }) => variants.length > 0),
  );
}

/** Round after round, each variant once in a round, in an order that changes. */
export async function runRow({ row, node, variants, rounds }: RowRun, minutes: number, report: (line: string) => void): Promise<RowResult> {
  const figures: Partial<Record<VariantName, Figures[]>> = {};
  for (let round = 1; round <= rounds; round++) {
    const measure = async (variant: VariantName, turns: Turns): Promise<void> => {
      const progress = (text: string): void => report(`${row.name}, Node ${node}, round ${round}/${rounds}, ${variant}: ${text}`);
      const sink = await startSinkServer();
      const start = performance.now();
      try {
        const measured = await row.measure({ variant, variants, node, sink, turns, minutes, progress });
        (figures[variant] ??= []).push(measured);
        progress(`${((performance.now() - start) / 1_000).toFixed(1)} s`);
      } finally {
        await sink.close();
      }
    };
    if (row.isInTurns === true) {
      const turns = new Turns();
      const settled = await Promise.allSettled(shuffled(variants).map((variant) => measure(variant, turns)));
      const failed = settled.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) throw turns.failure ?? failed.reason;
    } else {
      for (const variant of shuffled(variants)) await measure(variant, new Turns());
    }
  }
  const remarks = row.remarks?.();
  return { row: row.name, node, rounds: figures, ...(remarks === undefined ? {} : { remarks }) };
}
