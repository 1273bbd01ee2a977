/** A column's name, with `-` before it where the most comes first; as addresses carry it. */
export type Sort = string;

export interface SortableColumn<Row> {
  readonly name: string;
  /** null sorts last, whichever way. Left out: the column cannot be sorted by. */
  readonly sortValue?: (row: Row) => number | string | null;
}

/** The rows in the order of a column; in their own where no column has that name. Equal rows keep their order. */
export function sortedBy<Row>(rows: readonly Row[], columns: readonly SortableColumn<Row>[], sort: Sort): readonly Row[] {
  const { name, isDescending } = parseSort(sort);
  const valueOf = columns.find((column) => column.name === name)?.sortValue;
  if (valueOf === undefined) return rows;
  const direction = isDescending ? -1 : 1;
  return rows.map((row) => ({ row, value: valueOf(row) }))
    .sort(({ value: a }, { value: b }) => {
      if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
      return direction * (typeof a === 'string' ? a.localeCompare(String(b), 'en', { numeric: true }) : a - Number(b));
    })
    .map(({ row }) => row);
}

/** What a click on a column's head asks for: figures begin with the most, texts with A, a second click turns it around. */
export function sortAfterClick(sort: Sort, name: string, isNumeric: boolean): Sort {
  const { name: current, isDescending } = parseSort(sort);
  if (current === name) return isDescending ? name : `-${name}`;
  return isNumeric ? `-${name}` : name;
}

export function parseSort(sort: Sort): { readonly name: string; readonly isDescending: boolean } {
  return sort.startsWith('-') ? { name: sort.slice(1), isDescending: true } : { name: sort, isDescending: false };
}
