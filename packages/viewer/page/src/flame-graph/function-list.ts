/** What the tables of functions have in common. */
export interface FunctionListProps {
  /** Accessible name. */
  readonly label: string;
  readonly search: string;
  readonly sort: string | null;
  readonly onSort: (sort: string) => void;
  /** Index into the tree's frames of the function that alone is shown, -1 = all are. */
  readonly only: number;
  /** Asks for one function alone, -1 = all of them. */
  readonly onOnly: (frame: number) => void;
  /** `frameKey` */
  readonly hoveredFrame: string | null;
  readonly onHoverFrame: (key: string | null) => void;
}
