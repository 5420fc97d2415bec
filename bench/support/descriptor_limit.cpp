#include "support/descriptor_limit.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace bench {

long raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<long>(std::min<rlim_t>(limit.rlim_cur, 1 << 30));
}

}  // namespace bench
