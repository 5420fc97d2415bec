#pragma once
// For tests of references that dangle: what a call has left on the stack is overwritten with zeros,
// far below everything that runs later. So a reference to it finds nothing, each time: neither
// what happens to be still there, nor something that crashes.

#include <cstddef>

namespace tests {
namespace detail {

inline constexpr std::size_t room = 65'536;

template <class Call>
[[gnu::noinline]] auto call_below(Call& call) {
  volatile std::byte unused[room];
  unused[0] = std::byte(0);
  return call();
}

[[gnu::noinline]] inline void wipe_below() {
  volatile std::byte left[2 * room];
  for (volatile std::byte& byte : left) byte = std::byte(0);
}

}  // namespace detail

/// The result of `call`, made far down the stack.
template <class Call>
auto far_below(Call call) {
  auto result = detail::call_below(call);
  detail::wipe_below();
  return result;
}

}  // namespace tests
