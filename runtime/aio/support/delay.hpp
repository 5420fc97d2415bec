#pragma once
// How long to wait: any std::chrono duration, brought to nanoseconds without overflow.

#include <chrono>
#include <cmath>
#include <cstdint>
#include <ratio>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace aio {

/// A duration in nanoseconds, clamped to what 64 bits hold (292 years): `hours::max()` and an
/// infinite floating-point duration mean "for ever". Throws std::invalid_argument for NaN.
class Delay {
 public:
  template <class Rep, class Period>
  constexpr Delay(std::chrono::duration<Rep, Period> d) : value_(clamp(d)) {}

  constexpr std::chrono::nanoseconds count() const { return value_; }

  /// `start + delay`, or the end of time when that does not fit.
  template <class TimePoint>
  constexpr TimePoint after(TimePoint start) const {
    if (value_.count() > 0 && start > TimePoint::max() - value_) return TimePoint::max();
    if (value_.count() < 0 && start < TimePoint::min() - value_) return TimePoint::min();
    return start + value_;
  }

 private:
  /// Integers, and each unit is a whole number of nanoseconds.
  template <class Rep, class Period>
  static constexpr bool whole =
      std::is_integral_v<Rep> &&
      sizeof(Rep) >= sizeof(int) && std::ratio_divide<Period, std::nano>::den == 1;

  template <class Rep, class Period>
  static constexpr std::chrono::nanoseconds clamp(std::chrono::duration<Rep, Period> d) {
    constexpr auto most = std::chrono::nanoseconds::max(), least = std::chrono::nanoseconds::min();
    if constexpr (whole<Rep, Period>) {  // no floating point for what is waited for all the time
      using Units = std::chrono::duration<std::int64_t, Period>;
      if (std::cmp_greater(d.count(), std::chrono::duration_cast<Units>(most).count())) return most;
      if (std::cmp_less(d.count(), std::chrono::duration_cast<Units>(least).count())) return least;
      return std::chrono::duration_cast<std::chrono::nanoseconds>(d);
    }
    using Wide = std::chrono::duration<long double, std::nano>;
    if constexpr (std::is_floating_point_v<Rep>) {
      if (std::isnan(d.count())) throw std::invalid_argument("a delay must not be NaN");
    }
    const Wide wide(d);
    if (wide >= Wide(most)) return most;
    if (wide <= Wide(least)) return least;
    return std::chrono::duration_cast<std::chrono::nanoseconds>(d);
  }

  std::chrono::nanoseconds value_;
};

}  // namespace aio
