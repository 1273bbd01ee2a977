import type { Row } from './row.ts';
import { CPU_ROW } from './rows/cpu.ts';

/** In the order of the document. */
export const ROWS: readonly Row[] = [CPU_ROW];
