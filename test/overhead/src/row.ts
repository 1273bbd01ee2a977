import type { NodeMajor } from './nodes.ts';
import type { SinkServer } from './sink-server.ts';
import type { Turns } from './turns.ts';
import type { VariantName } from './variants.ts';

/** How a figure of a variant is held against the one of its baseline, in the same round. */
export type Comparison = 'difference' | 'percent' | 'none';

/** What the figure has to come to, compared with the baseline unless there is no comparison. */
export interface Target {
  readonly atMost: number;
  readonly text: string;
  /** Only the figure of this variant has a target. @defaultValue ours */
  readonly comparison?: Comparison;
}

export interface Measure {
  /** Key of the figure in what {@link Row.measure} returns. */
  readonly name: string;
  readonly label: string;
  readonly unit: string;
  readonly digits: number;
  readonly comparison: Comparison;
  readonly target?: Target;
}

/** Figures of one round, by the name of the measure. A measure that a variant has nothing to say about is left out. */
export type Figures = Readonly<Record<string, number>>;

export interface Round {
  readonly variant: VariantName;
  readonly node: NodeMajor;
  readonly sink: SinkServer;
  /** All that are measured in this round. */
  readonly variants: readonly VariantName[];
  /** Shared by the variants of a row that {@link Row.isInTurns}. */
  readonly turns: Turns;
  /** Length of the soak. */
  readonly minutes: number;
  /** For what takes long: a line that says what is going on. */
  progress(text: string): void;
}

/** Something that is measured, of each variant in a process of its own. */
export interface Row {
  /** As given on the command line. */
  readonly name: string;
  readonly title: string;
  /** One sentence for the document: what is done, and how the figures come about. */
  readonly explanation: string;
  readonly variants: readonly VariantName[];
  /** Beside 24, on which everything is measured; plain and ours only. */
  readonly alsoOn26: boolean;
  readonly rounds: number;
  /** @defaultValue as many as on 24 */
  readonly roundsOn26?: number;
  /** Runs by its name alone, not with all rows. */
  readonly byNameOnly?: boolean;
  /** All variants are measured at the same time, and take turns. */
  readonly isInTurns?: boolean;
  readonly measures: readonly Measure[];
  measure(round: Round): Promise<Figures>;
  /** Text below the table, from the rounds that have just run. */
  remarks?(): string | undefined;
}
