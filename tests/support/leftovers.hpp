#pragma once
// Does something again and again, to see whether it leaves memory behind.

#include <cstddef>

#include <aio/coro.hpp>

#include "support/allocations.hpp"

namespace tests {

inline constexpr std::size_t times = 5'000;

/// How often `again`, which returns a Coro, allocates when it is awaited `times` times, after it
/// has warmed up. What is left behind in the pool's blocks counts, since new ones have to be cut.
template <class Again>
aio::Coro<std::size_t> allocations_of_many(Again again) {
  for (int i = 0; i < 100; ++i) co_await again();
  const AllocationCount count;
  for (std::size_t i = 0; i < times; ++i) co_await again();
  co_return count.made();
}

}  // namespace tests
