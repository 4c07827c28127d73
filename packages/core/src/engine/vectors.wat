;; A table's way out of DuckDB-WASM: a scalar function over all columns of a scan, which sees DuckDB's vectors where they lie,
;; 2,048 rows at a time, and writes them as record batches of an Arrow IPC stream
;; (https://arrow.apache.org/docs/format/Columnar.html), byte for byte as DuckDB's own conversion does, but in one copy.
;; scripts/wasm.mjs makes vectors-wasm.ts of it. It works on DuckDB's memory, through DuckDB's C API (https://duckdb.org/docs/api/c),
;; as Emscripten exports that: 64 bits are given as two halves, and of what comes back this is the lower one.
;;
;; A stream's state in DuckDB's memory:
;;     0  the C API's result, 64 bytes
;;    64  the prepared statement          68  a chunk, for who wants its address
;;    72  how many columns                76  their kinds: a byte each
;;    80  the message before a batch      84  its length, with the eight bytes before the flatbuffer
;;    88  where in it the body's length is    92  the rows       96  the nodes       100  the buffers
;;   104  scratch memory                  108  its size
;;   112  1 once there was no memory
;;   116  where it is that 16 bytes tell of each column of this chunk: data, validity, nulls, bytes of strings; behind all this
;;
;; Kinds: 1, 2, 4, 8, 16 are the bytes of a value that Arrow holds as DuckDB does; 32 booleans; 48 strings; 64, 65 and 66
;; decimals in 2, 4 and 8 bytes, which have 16 in Arrow.
(module
  (import "env" "memory" (memory 1))
  (import "host" "put" (func $put (param i32 i32)))
  (import "host" "batch" (func $batch (param i32)))
  (import "duckdb" "malloc" (func $malloc (param i32) (result i32)))
  (import "duckdb" "free" (func $free (param i32)))
  (import "duckdb" "duckdb_query" (func $query (param i32 i32 i32) (result i32)))
  (import "duckdb" "duckdb_prepare" (func $prepare (param i32 i32 i32) (result i32)))
  (import "duckdb" "duckdb_prepare_error" (func $prepareError (param i32) (result i32)))
  (import "duckdb" "duckdb_destroy_prepare" (func $destroyPrepare (param i32)))
  (import "duckdb" "duckdb_execute_prepared_streaming" (func $execute (param i32 i32) (result i32)))
  (import "duckdb" "duckdb_result_error" (func $resultError (param i32) (result i32)))
  (import "duckdb" "duckdb_destroy_result" (func $destroyResult (param i32)))
  (import "duckdb" "duckdb_fetch_chunk" (func $fetch (param i32) (result i32)))
  (import "duckdb" "duckdb_destroy_data_chunk" (func $destroyChunk (param i32)))
  (import "duckdb" "duckdb_data_chunk_get_size" (func $size (param i32) (result i32)))
  (import "duckdb" "duckdb_data_chunk_get_vector" (func $vector (param i32 i32 i32) (result i32)))
  (import "duckdb" "duckdb_vector_get_data" (func $data (param i32) (result i32)))
  (import "duckdb" "duckdb_vector_get_validity" (func $validity (param i32) (result i32)))
  (import "duckdb" "duckdb_create_logical_type" (func $createType (param i32) (result i32)))
  (import "duckdb" "duckdb_destroy_logical_type" (func $destroyType (param i32)))
  (import "duckdb" "duckdb_create_scalar_function" (func $createFunction (result i32)))
  (import "duckdb" "duckdb_destroy_scalar_function" (func $destroyFunction (param i32)))
  (import "duckdb" "duckdb_scalar_function_set_name" (func $setName (param i32 i32)))
  (import "duckdb" "duckdb_scalar_function_set_varargs" (func $setVarargs (param i32 i32)))
  (import "duckdb" "duckdb_scalar_function_set_special_handling" (func $setSpecial (param i32)))
  (import "duckdb" "duckdb_scalar_function_set_volatile" (func $setVolatile (param i32)))
  (import "duckdb" "duckdb_scalar_function_set_return_type" (func $setReturn (param i32 i32)))
  (import "duckdb" "duckdb_scalar_function_set_function" (func $setFunction (param i32 i32)))
  (import "duckdb" "duckdb_scalar_function_set_error" (func $setError (param i32 i32)))
  (import "duckdb" "duckdb_register_scalar_function" (func $register (param i32 i32) (result i32)))

  ;; The stream whose turn it is; 0: none.
  (global $state (mut i32) (i32.const 0))
  ;; What others hear who call the function.
  (global $refusal (mut i32) (i32.const 0))

  ;; Makes the function known to the database of a connection. `slot` is where `take` stands in the table of functions, `name` and
  ;; `refusal` are zero-terminated and stay. Gives 0 when that went well.
  (func (export "open") (param $connection i32) (param $name i32) (param $slot i32) (param $refusal i32) (result i32)
    (local $function i32) (local $type i32) (local $room i32) (local $status i32)
    (global.set $refusal (local.get $refusal))
    (local.set $room (call $malloc (i32.const 8)))
    (local.set $function (call $createFunction))
    (call $setName (local.get $function) (local.get $name))
    (call $setFunction (local.get $function) (local.get $slot))
    (call $setSpecial (local.get $function))
    (call $setVolatile (local.get $function))
    (local.set $type (call $createType (i32.const 34))) ;; any
    (call $setVarargs (local.get $function) (local.get $type))
    (i32.store (local.get $room) (local.get $type))
    (call $destroyType (local.get $room))
    (local.set $type (call $createType (i32.const 2))) ;; tinyint
    (call $setReturn (local.get $function) (local.get $type))
    (i32.store (local.get $room) (local.get $type))
    (call $destroyType (local.get $room))
    (local.set $status (call $register (local.get $connection) (local.get $function)))
    (i32.store (local.get $room) (local.get $function))
    (call $destroyFunction (local.get $room))
    (call $free (local.get $room))
    (local.get $status))

  ;; Whether a statement runs well. `text` is zero-terminated.
  (func (export "run") (param $connection i32) (param $text i32) (result i32)
    (i32.eqz (call $query (local.get $connection) (local.get $text) (i32.const 0))))

  ;; Makes a stream: `kinds` and a copy of the first batch that DuckDB's own conversion gives, whose message is the pattern of
  ;; all, become the stream's. Gives 0 when the batch is not of these kinds, or there is no memory.
  (func (export "make") (param $columns i32) (param $kinds i32) (param $first i32) (result i32)
    (local $state i32) (local $at i32) (local $root i32) (local $batch i32) (local $buffers i32)
    (if (i32.and (i32.ne (local.get $kinds) (i32.const 0)) (i32.ne (local.get $first) (i32.const 0))) (then
      (local.set $state (call $malloc (i32.add (i32.const 128) (i32.shl (local.get $columns) (i32.const 4)))))))
    (if (i32.eqz (local.get $state)) (then
      (call $free (local.get $kinds))
      (call $free (local.get $first))
      (return (i32.const 0))))
    (memory.fill (local.get $state) (i32.const 0) (i32.const 128))
    (i32.store offset=72 (local.get $state) (local.get $columns))
    (i32.store offset=76 (local.get $state) (local.get $kinds))
    (i32.store offset=80 (local.get $state) (local.get $first))
    (i32.store offset=84 (local.get $state) (i32.add (i32.load offset=4 (local.get $first)) (i32.const 8)))
    (i32.store offset=116 (local.get $state) (i32.add (local.get $state) (i32.const 128)))
    (local.set $at (i32.add (local.get $first) (i32.const 8)))
    (local.set $root (i32.add (local.get $at) (i32.load (local.get $at))))
    (i32.store offset=88 (local.get $state) (call $field (local.get $root) (i32.const 3)))
    (local.set $batch (call $follow (call $field (local.get $root) (i32.const 2))))
    (if (i32.eqz (local.get $batch)) (then (call $forget (local.get $state)) (return (i32.const 0))))
    (i32.store offset=92 (local.get $state) (call $field (local.get $batch) (i32.const 0)))
    (local.set $at (call $follow (call $field (local.get $batch) (i32.const 1))))
    (local.set $buffers (call $follow (call $field (local.get $batch) (i32.const 2))))
    (i32.store offset=96 (local.get $state) (i32.add (local.get $at) (i32.const 4)))
    (i32.store offset=100 (local.get $state) (i32.add (local.get $buffers) (i32.const 4)))
    (if (i32.or (i32.or
          (i32.or (i32.eqz (i32.load offset=88 (local.get $state))) (i32.eqz (i32.load offset=92 (local.get $state))))
          (i32.or (i32.eqz (local.get $at)) (i32.eqz (local.get $buffers))))
          (i32.or (i32.ne (i32.load (local.get $at)) (local.get $columns))
                  (i32.ne (i32.load (local.get $buffers)) (call $bufferCount (local.get $state)))))
      (then (call $forget (local.get $state)) (return (i32.const 0))))
    (local.get $state))

  ;; Where a table of a flatbuffer has a field; 0: it has its default.
  (func $field (param $table i32) (param $index i32) (result i32)
    (local $vtable i32) (local $slot i32) (local $offset i32)
    (local.set $vtable (i32.sub (local.get $table) (i32.load (local.get $table))))
    (local.set $slot (i32.add (i32.const 4) (i32.shl (local.get $index) (i32.const 1))))
    (if (i32.ge_u (local.get $slot) (i32.load16_u (local.get $vtable))) (then (return (i32.const 0))))
    (local.set $offset (i32.load16_u (i32.add (local.get $vtable) (local.get $slot))))
    (select (i32.add (local.get $table) (local.get $offset)) (i32.const 0) (local.get $offset)))

  (func $follow (param $at i32) (result i32)
    (if (result i32) (local.get $at)
      (then (i32.add (local.get $at) (i32.load (local.get $at))))
      (else (i32.const 0))))

  (func $kind (param $state i32) (param $column i32) (result i32)
    (i32.load8_u (i32.add (i32.load offset=76 (local.get $state)) (local.get $column))))

  (func $bufferCount (param $state i32) (result i32)
    (local $column i32) (local $count i32)
    (loop $next
      (local.set $count (i32.add (local.get $count)
        (i32.add (i32.const 2) (i32.eq (call $kind (local.get $state) (local.get $column)) (i32.const 48)))))
      (local.set $column (i32.add (local.get $column) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $column) (i32.load offset=72 (local.get $state)))))
    (local.get $count))

  ;; Begins a stream's statement; false when it fails, and `fault` says why.
  (func (export "start") (param $state i32) (param $connection i32) (param $text i32) (result i32)
    (local $status i32)
    (if (call $prepare (local.get $connection) (local.get $text) (i32.add (local.get $state) (i32.const 64)))
      (then (return (i32.const 0))))
    ;; It goes on to the first chunk.
    (global.set $state (local.get $state))
    (local.set $status (call $execute (i32.load offset=64 (local.get $state)) (local.get $state)))
    (global.set $state (i32.const 0))
    (i32.eqz (local.get $status)))

  ;; Goes on with a stream, by a chunk or a few: 1, or 0 at the end, or 2 when it has failed.
  (func (export "next") (param $state i32) (result i32)
    (local $chunk i32)
    (global.set $state (local.get $state))
    (local.set $chunk (call $fetch (local.get $state)))
    (global.set $state (i32.const 0))
    (if (local.get $chunk) (then
      (i32.store offset=68 (local.get $state) (local.get $chunk))
      (call $destroyChunk (i32.add (local.get $state) (i32.const 68)))))
    (if (i32.load offset=112 (local.get $state)) (then (return (i32.const 2))))
    (if (local.get $chunk) (then (return (i32.const 1))))
    (select (i32.const 2) (i32.const 0) (call $resultError (local.get $state))))

  ;; What went wrong with a stream, zero-terminated; 0 when there was no memory.
  (func (export "fault") (param $state i32) (result i32)
    (local $error i32)
    (if (i32.load offset=112 (local.get $state)) (then (return (i32.const 0))))
    (local.set $error (call $resultError (local.get $state)))
    (if (result i32) (local.get $error) (then (local.get $error))
      (else (call $prepareError (i32.load offset=64 (local.get $state))))))

  ;; Ends a stream, wherever it is.
  (func (export "end") (param $state i32)
    (call $destroyResult (local.get $state))
    (call $destroyPrepare (i32.add (local.get $state) (i32.const 64)))
    (call $free (i32.load offset=104 (local.get $state)))
    (call $forget (local.get $state)))

  (func $forget (param $state i32)
    (call $free (i32.load offset=76 (local.get $state)))
    (call $free (i32.load offset=80 (local.get $state)))
    (call $free (local.get $state)))

  (func $padded (param $bytes i32) (result i32)
    (i32.and (i32.add (local.get $bytes) (i32.const 7)) (i32.const -8)))

  ;; Scratch memory for so many bytes and a few more; 0 when there is none.
  (func $scratch (param $bytes i32) (result i32)
    (local $state i32) (local $room i32)
    (local.set $state (global.get $state))
    (local.set $bytes (i32.add (local.get $bytes) (i32.const 32)))
    (if (i32.ge_u (i32.load offset=108 (local.get $state)) (local.get $bytes))
      (then (return (i32.load offset=104 (local.get $state)))))
    (call $free (i32.load offset=104 (local.get $state)))
    (local.set $bytes (i32.add (local.get $bytes) (i32.shr_u (local.get $bytes) (i32.const 2))))
    (local.set $room (call $malloc (local.get $bytes)))
    (i32.store offset=104 (local.get $state) (local.get $room))
    (i32.store offset=108 (local.get $state) (select (local.get $bytes) (i32.const 0) (local.get $room)))
    (if (i32.eqz (local.get $room)) (then (i32.store offset=112 (local.get $state) (i32.const 1))))
    (local.get $room))

  ;; What lies in scratch memory, with zeros up to a multiple of eight bytes.
  (func $putScratch (param $room i32) (param $bytes i32)
    (i64.store align=1 (i32.add (local.get $room) (local.get $bytes)) (i64.const 0))
    (call $put (local.get $room) (call $padded (local.get $bytes))))

  (func $isValid (param $validity i32) (param $row i32) (result i32)
    (if (result i32) (local.get $validity)
      (then (i32.and (i32.const 1) (i32.shr_u
        (i32.load8_u (i32.add (local.get $validity) (i32.shr_u (local.get $row) (i32.const 3))))
        (i32.and (local.get $row) (i32.const 7)))))
      (else (i32.const 1))))

  ;; How many of the first rows are null.
  (func $nulls (param $validity i32) (param $rows i32) (result i32)
    (local $at i32) (local $valid i64)
    (if (i32.eqz (local.get $validity)) (then (return (i32.const 0))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (i32.add (local.get $at) (i32.const 63)) (local.get $rows)))
      (local.set $valid (i64.add (local.get $valid) (i64.popcnt (i64.load (i32.add (local.get $validity) (i32.shr_u (local.get $at) (i32.const 3)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br $next)))
    (if (i32.lt_u (local.get $at) (local.get $rows)) (then
      (local.set $valid (i64.add (local.get $valid) (i64.popcnt (i64.and
        (i64.load (i32.add (local.get $validity) (i32.shr_u (local.get $at) (i32.const 3))))
        (i64.sub (i64.shl (i64.const 1) (i64.extend_i32_u (i32.and (local.get $rows) (i32.const 63)))) (i64.const 1))))))))
    (i32.sub (local.get $rows) (i32.wrap_i64 (local.get $valid))))

  ;; How many bytes strings have in all.
  (func $stringBytes (param $data i32) (param $validity i32) (param $rows i32) (result i32)
    (local $row i32) (local $bytes i32)
    (loop $next
      (if (call $isValid (local.get $validity) (local.get $row)) (then
        (local.set $bytes (i32.add (local.get $bytes) (i32.load (local.get $data))))))
      (local.set $data (i32.add (local.get $data) (i32.const 16)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows))))
    (local.get $bytes))

  ;; The function's body: writes a chunk of the stream whose turn it is.
  (func (export "take") (param $info i32) (param $chunk i32) (param $answer i32)
    (local $state i32) (local $rows i32) (local $column i32) (local $columns i32) (local $known i32) (local $node i32)
    (local $buffer i32) (local $body i64) (local $vector i32) (local $kind i32)
    (local.set $state (global.get $state))
    (if (i32.eqz (local.get $state)) (then
      (call $setError (local.get $info) (global.get $refusal))
      (return)))
    (if (i32.load offset=112 (local.get $state)) (then (return)))
    (local.set $rows (call $size (local.get $chunk)))
    (if (i32.eqz (local.get $rows)) (then (return)))
    (local.set $columns (i32.load offset=72 (local.get $state)))
    (local.set $known (i32.load offset=116 (local.get $state)))
    (local.set $node (i32.load offset=96 (local.get $state)))
    (local.set $buffer (i32.load offset=100 (local.get $state)))

    ;; The message comes first, and says how long all is.
    (loop $next
      (local.set $vector (call $vector (local.get $chunk) (local.get $column) (i32.const 0)))
      (local.set $kind (call $kind (local.get $state) (local.get $column)))
      (i32.store (local.get $known) (call $data (local.get $vector)))
      (i32.store offset=4 (local.get $known) (call $validity (local.get $vector)))
      (i32.store offset=8 (local.get $known) (call $nulls (i32.load offset=4 (local.get $known)) (local.get $rows)))
      (i64.store align=1 (local.get $node) (i64.extend_i32_u (local.get $rows)))
      (i64.store offset=8 align=1 (local.get $node) (i64.extend_i32_u (i32.load offset=8 (local.get $known))))
      (local.set $node (i32.add (local.get $node) (i32.const 16)))
      (local.set $body (call $tell (local.get $buffer) (local.get $body)
        (if (result i32) (i32.load offset=8 (local.get $known)) (then (call $bits (local.get $rows))) (else (i32.const 0)))))
      (local.set $buffer (i32.add (local.get $buffer) (i32.const 16)))
      (if (i32.eq (local.get $kind) (i32.const 48))
        (then
          (i32.store offset=12 (local.get $known)
            (call $stringBytes (i32.load (local.get $known)) (i32.load offset=4 (local.get $known)) (local.get $rows)))
          (local.set $body (call $tell (local.get $buffer) (local.get $body)
            (i32.shl (i32.add (local.get $rows) (i32.const 1)) (i32.const 2))))
          (local.set $buffer (i32.add (local.get $buffer) (i32.const 16)))
          (local.set $body (call $tell (local.get $buffer) (local.get $body) (i32.load offset=12 (local.get $known)))))
        (else
          (local.set $body (call $tell (local.get $buffer) (local.get $body)
            (call $width (local.get $kind) (local.get $rows))))))
      (local.set $buffer (i32.add (local.get $buffer) (i32.const 16)))
      (local.set $known (i32.add (local.get $known) (i32.const 16)))
      (local.set $column (i32.add (local.get $column) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $column) (local.get $columns))))
    (i64.store align=1 (i32.load offset=88 (local.get $state)) (local.get $body))
    (i64.store align=1 (i32.load offset=92 (local.get $state)) (i64.extend_i32_u (local.get $rows)))
    (call $put (i32.load offset=80 (local.get $state)) (i32.load offset=84 (local.get $state)))

    (local.set $column (i32.const 0))
    (local.set $known (i32.load offset=116 (local.get $state)))
    (loop $next
      (if (i32.load offset=8 (local.get $known)) (then
        (call $putValidity (i32.load offset=4 (local.get $known)) (local.get $rows))))
      (call $putColumn (call $kind (local.get $state) (local.get $column)) (local.get $known) (local.get $rows))
      (if (i32.load offset=112 (local.get $state)) (then (return)))
      (local.set $known (i32.add (local.get $known) (i32.const 16)))
      (local.set $column (i32.add (local.get $column) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $column) (local.get $columns))))
    (call $batch (local.get $rows)))

  (func $bits (param $rows i32) (result i32)
    (i32.shr_u (i32.add (local.get $rows) (i32.const 7)) (i32.const 3)))

  ;; The bytes of a column that is neither strings nor anything nested.
  (func $width (param $kind i32) (param $rows i32) (result i32)
    (if (i32.eq (local.get $kind) (i32.const 32)) (then (return (call $bits (local.get $rows)))))
    (if (i32.gt_u (local.get $kind) (i32.const 32)) (then (return (i32.shl (local.get $rows) (i32.const 4)))))
    (i32.mul (local.get $rows) (local.get $kind)))

  ;; Writes where a buffer is in the body; gives where the next one is.
  (func $tell (param $buffer i32) (param $body i64) (param $bytes i32) (result i64)
    (i64.store align=1 (local.get $buffer) (local.get $body))
    (i64.store offset=8 align=1 (local.get $buffer) (i64.extend_i32_u (local.get $bytes)))
    (i64.add (local.get $body) (i64.extend_i32_u (call $padded (local.get $bytes)))))

  (func $putValidity (param $validity i32) (param $rows i32)
    (local $room i32) (local $bytes i32)
    (local.set $bytes (call $bits (local.get $rows)))
    (local.set $room (call $scratch (local.get $bytes)))
    (if (i32.eqz (local.get $room)) (then (return)))
    (memory.copy (local.get $room) (local.get $validity) (local.get $bytes))
    (call $putScratch (local.get $room) (local.get $bytes)))

  (func $putColumn (param $kind i32) (param $known i32) (param $rows i32)
    (local $data i32) (local $bytes i32) (local $room i32)
    (local.set $data (i32.load (local.get $known)))
    (if (i32.eq (local.get $kind) (i32.const 48)) (then
      (call $putStrings (local.get $data) (i32.load offset=4 (local.get $known)) (local.get $rows) (i32.load offset=12 (local.get $known)))
      (return)))
    (local.set $bytes (call $width (local.get $kind) (local.get $rows)))
    (if (i32.and (i32.lt_u (local.get $kind) (i32.const 32)) (i32.eqz (i32.and (local.get $bytes) (i32.const 7)))) (then
      (call $put (local.get $data) (local.get $bytes))
      (return)))
    (local.set $room (call $scratch (local.get $bytes)))
    (if (i32.eqz (local.get $room)) (then (return)))
    (if (i32.lt_u (local.get $kind) (i32.const 32))
      (then (memory.copy (local.get $room) (local.get $data) (local.get $bytes)))
      (else (if (i32.eq (local.get $kind) (i32.const 32))
        (then (call $packBits (local.get $room) (local.get $data) (i32.load offset=4 (local.get $known)) (local.get $rows)))
        (else (call $widen (local.get $kind) (local.get $room) (local.get $data) (local.get $rows))))))
    (call $putScratch (local.get $room) (local.get $bytes)))

  ;; Booleans, a bit each. That of a null is set, and so are those behind the last.
  (func $packBits (param $room i32) (param $data i32) (param $validity i32) (param $rows i32)
    (local $row i32) (local $at i32)
    (memory.fill (local.get $room) (i32.const 255) (call $bits (local.get $rows)))
    (loop $next
      (if (i32.eqz (i32.load8_u (i32.add (local.get $data) (local.get $row)))) (then
        (if (call $isValid (local.get $validity) (local.get $row)) (then
          (local.set $at (i32.add (local.get $room) (i32.shr_u (local.get $row) (i32.const 3))))
          (i32.store8 (local.get $at) (i32.and (i32.load8_u (local.get $at))
            (i32.xor (i32.const -1) (i32.shl (i32.const 1) (i32.and (local.get $row) (i32.const 7))))))))))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows)))))

  ;; Decimals of 2, 4 or 8 bytes, in 16.
  (func $widen (param $kind i32) (param $room i32) (param $data i32) (param $rows i32)
    (local $end i32) (local $value i64)
    (local.set $end (i32.add (local.get $room) (i32.shl (local.get $rows) (i32.const 4))))
    (loop $next
      (if (i32.eq (local.get $kind) (i32.const 64))
        (then
          (local.set $value (i64.load16_s (local.get $data)))
          (local.set $data (i32.add (local.get $data) (i32.const 2))))
        (else (if (i32.eq (local.get $kind) (i32.const 65))
          (then
            (local.set $value (i64.load32_s (local.get $data)))
            (local.set $data (i32.add (local.get $data) (i32.const 4))))
          (else
            (local.set $value (i64.load (local.get $data)))
            (local.set $data (i32.add (local.get $data) (i32.const 8)))))))
      (i64.store (local.get $room) (local.get $value))
      (i64.store offset=8 (local.get $room) (i64.shr_s (local.get $value) (i64.const 63)))
      (local.set $room (i32.add (local.get $room) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $room) (local.get $end)))))

  ;; Strings: where each begins, and all of them behind one another. DuckDB has 16 bytes for each: its length, and up to 12 bytes or
  ;; four of them and where all are.
  (func $putStrings (param $data i32) (param $validity i32) (param $rows i32) (param $bytes i32)
    (local $room i32) (local $text i32) (local $offset i32) (local $row i32) (local $length i32) (local $from i32) (local $to i32)
    (local $start i32)
    (local.set $offset (call $padded (i32.shl (i32.add (local.get $rows) (i32.const 1)) (i32.const 2))))
    (local.set $room (call $scratch (i32.add (local.get $offset) (local.get $bytes))))
    (if (i32.eqz (local.get $room)) (then (return)))
    (local.set $start (i32.add (local.get $room) (local.get $offset)))
    (local.set $text (local.get $start))
    (local.set $offset (local.get $room))
    (i32.store (local.get $offset) (i32.const 0))
    (loop $next
      (if (call $isValid (local.get $validity) (local.get $row)) (then
        (local.set $length (i32.load (local.get $data)))
        (if (i32.le_u (local.get $length) (i32.const 12))
          (then
            (i64.store align=1 (local.get $text) (i64.load offset=4 align=4 (local.get $data)))
            (i32.store offset=8 align=1 (local.get $text) (i32.load offset=12 (local.get $data))))
          (else
            (local.set $from (i32.load offset=8 (local.get $data)))
            (if (i32.gt_u (local.get $length) (i32.const 64))
              (then (memory.copy (local.get $text) (local.get $from) (local.get $length)))
              (else
                ;; Eight bytes at a time; the last eight overlap what was copied before.
                (local.set $to (local.get $text))
                (local.set $from (i32.sub (local.get $from) (local.get $text)))
                (loop $more
                  (i64.store align=1 (local.get $to) (i64.load align=1 (i32.add (local.get $from) (local.get $to))))
                  (local.set $to (i32.add (local.get $to) (i32.const 8)))
                  (br_if $more (i32.lt_u (i32.add (local.get $to) (i32.const 8)) (i32.add (local.get $text) (local.get $length)))))
                (local.set $to (i32.sub (i32.add (local.get $text) (local.get $length)) (i32.const 8)))
                (i64.store align=1 (local.get $to) (i64.load align=1 (i32.add (local.get $from) (local.get $to))))))))
        (local.set $text (i32.add (local.get $text) (local.get $length)))))
      (local.set $offset (i32.add (local.get $offset) (i32.const 4)))
      (i32.store (local.get $offset) (i32.sub (local.get $text) (local.get $start)))
      (local.set $data (i32.add (local.get $data) (i32.const 16)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $rows))))
    (i64.store align=1 (local.get $text) (i64.const 0))
    (if (i32.eqz (i32.and (local.get $rows) (i32.const 1)))
      (then (i32.store offset=4 (local.get $offset) (i32.const 0))))
    (call $put (local.get $room) (i32.add (i32.sub (local.get $start) (local.get $room)) (call $padded (local.get $bytes)))))
)
