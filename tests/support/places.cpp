#include "support/places.hpp"

#include <utility>

#include <unwind.h>

#include "support/spared.hpp"

namespace tests {
namespace {

struct Walk {
  std::uint64_t hash;
  std::uintptr_t end;
  int left;
};

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) noexcept {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

_Unwind_Reason_Code step(_Unwind_Context* context, void* argument) {
  auto& walk = *static_cast<Walk*>(argument);
  if (_Unwind_GetCFA(context) >= walk.end) return _URC_END_OF_STACK;
  walk.hash = mixed(walk.hash, _Unwind_GetIP(context));
  return --walk.left > 0 ? _URC_NO_REASON : _URC_END_OF_STACK;
}

}  // namespace

std::uint64_t place_here(const char* call, const void* outermost) noexcept {
  const Spared looking;
  constexpr int own = 5;  // from here to the call
  Walk walk{reinterpret_cast<std::uintptr_t>(call), reinterpret_cast<std::uintptr_t>(outermost),
            own + 12};
  _Unwind_Backtrace(&step, &walk);
  return walk.hash == 0 ? 1 : walk.hash;
}

bool Places::claim(std::uint64_t place, std::uint32_t owner) noexcept {
  Known& known = find(place);
  if (known.place == 0) known = {place, owner, 0};
  return known.place == place && known.owner == owner;
}

bool Places::begin_to_try(std::uint64_t place, std::size_t way) noexcept {
  Known& known = find(place);
  const std::uint32_t bit = 1U << way;
  return (std::exchange(known.tried, known.tried | bit) & bit) == 0;
}

Places::Known& Places::find(std::uint64_t place) noexcept {
  std::size_t at = place % all_.size();
  for (std::size_t steps = 0; steps < all_.size(); ++steps, at = (at + 1) % all_.size()) {
    if (all_[at].place == place || all_[at].place == 0) break;
  }
  return all_[at];
}

}  // namespace tests
