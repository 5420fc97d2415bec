// Name: A signal taken for the end of the time
// Says: your wait() comes back when a signal arrives, as if the time were over
// Caught-by: Step3_Wait.ASignalDoesNotEndIt, Step3_Wait.ASignalDoesNotEndAWaitWithoutTimeout

//: 2.3
inline std::span<const PollEvent> Poller::wait(std::optional<std::chrono::nanoseconds> timeout) {
  using std::chrono::steady_clock;
  events_.clear();
  const bool limited = timeout.has_value() && timeout->count() > 0;
  const auto started = limited ? steady_clock::now() : steady_clock::time_point{};
  auto left = timeout;
  int count = wait_once(left);
  (void)started;
  if (count == -1 && errno == EINTR) count = 0;
  check_syscall("epoll_pwait2", count);
  for (int i = 0; i < count; ++i) {
    events_.push_back(translate(raw_[static_cast<std::size_t>(i)]));
  }
  return events_;
}
