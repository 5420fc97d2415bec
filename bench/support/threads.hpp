#pragma once
// Counts the threads of this process while they come and go.

namespace bench {

/// The most threads that have lived at once so far, the first included.
int most_threads();

}  // namespace bench
