// Name: A signal taken for an error
// Says: your wait() throws EINTR when a signal arrives
// From: Python before 3.5: every program had to catch InterruptedError (PEP 475)
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
  check_syscall("epoll_pwait2", count);
  for (int i = 0; i < count; ++i) {
    events_.push_back(translate(raw_[static_cast<std::size_t>(i)]));
  }
  return events_;
}
