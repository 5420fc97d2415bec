// Name: A nap that is rounded down
// Says: your timeout is rounded down: for the last part of a millisecond the loop does not sleep at
//   all, and spins
// From: asyncio (python/asyncio#106), Tornado (tornadoweb/tornado#978) and Ceph (ceph/ceph#60265)
// Caught-by: Fix3d_Naps.OneSleepIsEnough, Fix3d_Naps.ANanosecondIsNotNothing

int milliseconds_to_sleep(std::optional<std::chrono::nanoseconds> left) {
  if (!left) return -1;
  using Milliseconds = std::chrono::duration<long long, std::milli>;
  const long long whole = std::chrono::floor<Milliseconds>(*left).count();
  return static_cast<int>(std::clamp(whole, 0LL, 0LL + std::numeric_limits<int>::max()));
}
