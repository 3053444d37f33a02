// store.hpp: the store's pace through the keeper, beside a bare loop of the same batches on the same disk.
#pragma once

namespace chainring::bench {

/// chainring-bench store [--store FILE|URI] [--records N] [--rounds N]. One JSON line on stdout; 0, 1 failed or 2 usage.
int store_bench(int argc, char** argv);

} // namespace chainring::bench
