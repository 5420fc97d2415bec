// Name: A nap that is always one longer
// Says: your timeout adds a millisecond also where nothing is left to round, so that a timer that
//   is due waits
// From: calloop, which slept a millisecond before timers that were due (Smithay/calloop#142)
// Caught-by: Fix3d_Naps.WholeMillisecondsStayAsTheyAre

int milliseconds_to_sleep(std::optional<std::chrono::nanoseconds> left) {
  if (!left) return -1;
  using Milliseconds = std::chrono::duration<long long, std::milli>;
  const long long whole = std::chrono::floor<Milliseconds>(*left).count() + 1;
  return static_cast<int>(std::clamp(whole, 0LL, 0LL + std::numeric_limits<int>::max()));
}
