import type { NodeMajor } from './nodes.ts';
import type { Figures, Measure, Row } from './row.ts';
import { pairedDifferences, pairedPercents, spreadOf } from './statistics.ts';
import type { Spread } from './statistics.ts';
import { VARIANT_NAMES, VARIANTS } from './variants.ts';
import type { VariantName } from './variants.ts';

/** What the rounds of a row came to on one Node. */
export interface RowResult {
  readonly row: string;
  readonly node: NodeMajor;
  readonly rounds: Readonly<Partial<Record<VariantName, readonly Figures[]>>>;
  readonly remarks?: string;
}

/** A figure of a variant, and how it compares with the variant's baseline. */
export interface Cell {
  readonly value: Spread;
  readonly added?: Spread;
  readonly addedPercent?: Spread;
}

export function cellOf({ rounds }: RowResult, { name, comparison }: Measure, variant: VariantName): Cell | undefined {
  const valuesOf = (of: VariantName): (number | undefined)[] => (rounds[of] ?? []).map((figures) => figures[name]);
  const own = valuesOf(variant);
  const known = own.filter((value) => value !== undefined);
  if (known.length === 0) return undefined;
  const value = spreadOf(known);
  const { baseline } = VARIANTS[variant];
  if (comparison === 'none' || baseline === undefined) return { value };
  const differences = pairedDifferences(own, valuesOf(baseline));
  if (differences.length === 0) return { value };
  return {
    value,
    added: spreadOf(differences),
    ...(comparison === 'percent' ? { addedPercent: spreadOf(pairedPercents(own, valuesOf(baseline))) } : {}),
  };
}

/** The figure that a target is about. */
export function targetFigure({ comparison, target }: Measure, cell: Cell | undefined): number | undefined {
  const figures = { none: cell?.value, difference: cell?.added, percent: cell?.addedPercent };
  return figures[target?.comparison ?? comparison]?.median;
}

/** undefined where there is no target or no figure. */
export function meetsTarget(measure: Measure, cell: Cell | undefined): boolean | undefined {
  const figure = targetFigure(measure, cell);
  return measure.target === undefined || figure === undefined ? undefined : figure <= measure.target.atMost;
}

export function variantsIn(result: RowResult): VariantName[] {
  return VARIANT_NAMES.filter((name) => (result.rounds[name]?.length ?? 0) > 0);
}

/** Measures that at least one variant has a figure of. */
export function measuresIn(row: Row, result: RowResult): Measure[] {
  return row.measures.filter((measure) => variantsIn(result).some((variant) => cellOf(result, measure, variant) !== undefined));
}
