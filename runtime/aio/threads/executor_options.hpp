#pragma once
// How many threads an executor may have, and what they are called.

#include <algorithm>
#include <cstddef>
#include <string>
#include <thread>

namespace aio {

struct ExecutorOptions {
  /// At most so many threads; 0: four more than there are cores, but no more than 32.
  std::size_t threads = 0;
  /// What tools like top show for each of them; of a longer name the first 15 bytes.
  std::string name = "aio";

  std::size_t most() const {
    return threads > 0 ? threads : std::min(32U, std::thread::hardware_concurrency() + 4);
  }
};

}  // namespace aio
