import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { AnyCallTree } from '../../../src/call-tree/columns.ts';
import type { PackageTotals } from '../../../src/call-tree/totals.ts';
import { packageTotals } from '../../../src/call-tree/totals.ts';
import type { TableColumn } from '../design/data-table.tsx';
import { DataTable } from '../design/data-table.tsx';
import { formatCount, formatShare, formatValue } from '../format/units.ts';
import { KindSwatch } from './flame-legend.tsx';
import { KIND_WORDS } from './frame-kinds.ts';
import { share } from './function-table.tsx';

export interface PackageTableProps {
  readonly tree: AnyCallTree;
  readonly label: string;
  readonly search: string;
  readonly sort: string | null;
  readonly onSort: (sort: string) => void;
  readonly onSearch: (text: string) => void;
}

/** Whose code it was: the application's, each package's, Node.js' modules, the engine's. */
export function PackageTable({ tree, label, search, sort, onSort, onSearch }: PackageTableProps): JSX.Element {
  const { unit } = tree;
  const rows = useMemo(() => packageTotals(tree), [tree]);
  const all = useMemo(() => tree.self.reduce((sum, value) => sum + value, 0), [tree]);
  const columns = useMemo((): TableColumn<PackageTotals>[] => [
    {
      name: 'package', label: 'Package', width: 'minmax(12rem, 2fr)', narrowWidth: 'minmax(7rem, 1fr)', sortValue: nameOf,
      cell: (row) => (
        <span class="function-kind">
          <KindSwatch kind={row.origin} />
          {row.packageName === '' ? <span>{nameOf(row)}</span> : <button type="button" class="function-name cut" title="Find it in the flame graph" onClick={() => onSearch(row.packageName)}>{row.packageName}</button>}
        </span>
      ),
    },
    { name: 'origin', label: 'Whose', isMinor: true, width: '7rem', sortValue: ({ origin }) => KIND_WORDS[origin], cell: ({ origin }) => KIND_WORDS[origin] },
    { name: 'self', label: 'Self', title: 'In the package itself', width: '5rem', isNumeric: true, sortValue: ({ self }) => self, cell: ({ self }) => formatValue(self, unit) },
    { name: 'selfShare', label: 'of all', isMinor: true, width: '4rem', isNumeric: true, cell: ({ self }) => formatShare(share(self, all)) },
    { name: 'total', label: 'Total', title: 'With the package on the stack, counted once', width: '5rem', isNumeric: true, sortValue: ({ total }) => total, cell: ({ total }) => formatValue(total, unit) },
    { name: 'totalShare', label: 'of all', width: '4rem', isNumeric: true, cell: ({ total }) => formatShare(share(total, all)) },
    { name: 'samples', label: 'Samples', width: '5rem', isNumeric: true, sortValue: ({ totalSamples }) => totalSamples, cell: ({ totalSamples }) => formatCount(totalSamples) },
  ], [tree, all, onSearch]);
  return (
    <DataTable
      label={label} columns={columns} rows={rows} keyOf={(row) => `${row.origin} ${row.packageName}`} sort={sort ?? '-self'} onSort={onSort} minWidth="44rem" narrowMinWidth="32rem"
      isMarked={({ packageName }) => search !== '' && packageName === search} none="No samples"
    />
  );
}

function nameOf({ origin, packageName }: PackageTotals): string {
  return packageName === '' ? KIND_WORDS[origin] : packageName;
}
