#include "support/injector.hpp"

#include <algorithm>

#include "support/spared.hpp"

namespace tests {

constinit Injector injector;

void Injector::begin_counting() {
  begin(most, 0);
  noting_ = true;
}

void Injector::begin(std::size_t number, std::size_t way) {
  thread_ = ::pthread_self();
  number_ = number;
  way_ = way;
  noting_ = false;
  failed_ = {};
  calls_ = 0;
  counting_ = true;
}

int Injector::failure(const char* call, std::span<const int> errors) noexcept {
  if (!counting_ || spared > 0) return 0;
  const std::size_t mine = calls_++;
  if (noting_ && mine < most) ways_[mine] = static_cast<std::uint8_t>(errors.size());
  if (mine != number_) return 0;
  const int error = errors[way_ % errors.size()];
  failed_ = {call, error};
  return error;
}

std::vector<std::uint8_t> Injector::ways() const {
  return {ways_.begin(), ways_.begin() + static_cast<std::ptrdiff_t>(std::min(calls(), most))};
}

}  // namespace tests
