#include "support/injector.hpp"

#include <algorithm>

#include "support/places.hpp"
#include "support/spared.hpp"

namespace tests {

constinit Injector injector;

void Injector::begin_counting(bool with_places) {
  begin(none, 0);
  noting_ = true;
  noting_places_ = with_places;
}

void Injector::begin(std::size_t number, std::size_t way) {
  thread_ = ::pthread_self();
  outermost_ = __builtin_frame_address(0);
  number_ = number;
  way_ = way;
  place_ = 0;
  found_ = noting_ = noting_places_ = false;
  failed_ = {};
  calls_ = 0;
  counting_ = true;
}

void Injector::begin_at(std::uint64_t place, std::size_t way) {
  begin(none, way);
  place_ = place;
}

int Injector::failure(const char* call, std::span<const int> errors) noexcept {
  if (!counting_ || spared > 0) return 0;
  const std::size_t number = calls_++;
  const bool looks = number == number_ || place_ != 0 || noting_places_;
  const std::uint64_t place = looks ? place_here(call, outermost_) : 0;
  if (noting_ && number < most) {
    ways_[number] = static_cast<std::uint8_t>(errors.size());
    places_[number] = place;
  }
  const bool chosen = place_ == 0 ? number == number_ : place == place_;
  if (!chosen || found_.exchange(true)) return 0;
  failed_ = {call, errors[way_ % errors.size()], place};
  return failed_.error;
}

std::ptrdiff_t Injector::noted() const {
  return static_cast<std::ptrdiff_t>(std::min(calls(), most));
}

std::vector<std::uint8_t> Injector::ways() const {
  return {ways_.begin(), ways_.begin() + noted()};
}

std::vector<std::uint64_t> Injector::places() const {
  return {places_.begin(), places_.begin() + noted()};
}

}  // namespace tests
