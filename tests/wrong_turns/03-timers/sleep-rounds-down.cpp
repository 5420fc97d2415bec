// Name: The sleep is rounded down
// Says: your sleep is cut to whole milliseconds, so the loop wakes early, finds nothing due, and
//   spins until the deadline
// From: asyncio, 918 iterations for ten sleeps of a millisecond (python/asyncio#106); Tornado and
//   Ceph had it too
// Caught-by: Step4_SleepTime.IsNeverShorterThanTheTimeLeft

//: 3.4
inline std::optional<Clock::duration> SteadyClock::poll_timeout(
    std::optional<time_point> next) const {
  if (!next) return std::nullopt;
  const auto current = now();
  if (*next <= current) return duration::zero();
  return std::chrono::duration_cast<std::chrono::milliseconds>(*next - current);
}
