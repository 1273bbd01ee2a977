import type { Row } from './row.ts';
import { CPU_ROW } from './rows/cpu.ts';
import { ENCODE_ROW } from './rows/encode.ts';
import { OPERATIONS_ROWS } from './rows/operations.ts';
import { OWN_CODE_ROW } from './rows/own-code.ts';
import { PAUSES_ROWS } from './rows/pauses.ts';
import { SOAK_ROWS } from './rows/soak.ts';
import { START_UP_ROW } from './rows/start-up.ts';
import { WORK_ROW } from './rows/work.ts';

/** In the order of the document. */
export const ROWS: readonly Row[] = [...OPERATIONS_ROWS, CPU_ROW, ...PAUSES_ROWS, ENCODE_ROW, START_UP_ROW, WORK_ROW, OWN_CODE_ROW, ...SOAK_ROWS];
