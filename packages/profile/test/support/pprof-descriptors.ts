import type { DescMessage } from '@bufbuild/protobuf';
import { descriptorsOf } from './descriptors.ts';

// google/pprof's profile.proto in the shorthand of `descriptorsOf`. Written down from the proto file, apart from the table
// that the package itself goes by.
const MESSAGES = `
Profile: 1 sample_type *ValueType, 2 sample *Sample, 3 mapping *Mapping, 4 location *Location, 5 function *Function, 6 string_table *string, 7 drop_frames int64, 8 keep_frames int64, 9 time_nanos int64, 10 duration_nanos int64, 11 period_type ValueType, 12 period int64, 13 comment *int64, 14 default_sample_type int64, 15 doc_url int64
ValueType: 1 type int64, 2 unit int64
Sample: 1 location_id *uint64, 2 value *int64, 3 label *Label
Label: 1 key int64, 2 str int64, 3 num int64, 4 num_unit int64
Mapping: 1 id uint64, 2 memory_start uint64, 3 memory_limit uint64, 4 file_offset uint64, 5 filename int64, 6 build_id int64, 7 has_functions bool, 8 has_filenames bool, 9 has_line_numbers bool, 10 has_inline_frames bool
Location: 1 id uint64, 2 mapping_id uint64, 3 address uint64, 4 line *Line, 5 is_folded bool
Line: 1 function_id uint64, 2 line int64, 3 column int64
Function: 1 id uint64, 2 name int64, 3 system_name int64, 4 filename int64, 5 start_line int64
`;

/** The descriptor of the pprof message `Profile`. */
export const pprofDescriptor: DescMessage = descriptorsOf('pprof', MESSAGES)('Profile');
