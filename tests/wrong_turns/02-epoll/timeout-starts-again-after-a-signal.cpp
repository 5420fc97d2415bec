// Name: The whole timeout again after a signal
// Says: after each signal you wait for the whole timeout again
// From: early poll() and select() loops; the manual page of nanosleep warns of it
// Caught-by: Step3_Wait.SignalsDoNotProlongIt

//: 2.3
inline std::span<const PollEvent> Poller::wait(std::optional<std::chrono::nanoseconds> timeout) {
  using std::chrono::steady_clock;
  events_.clear();
  const bool limited = timeout.has_value() && timeout->count() > 0;
  const auto started = limited ? steady_clock::now() : steady_clock::time_point{};
  auto left = timeout;
  int count = wait_once(left);
  while (count == -1 && errno == EINTR) {
    (void)started;
    count = wait_once(left);
  }
  check_syscall("epoll_pwait2", count);
  for (int i = 0; i < count; ++i) {
    events_.push_back(translate(raw_[static_cast<std::size_t>(i)]));
  }
  return events_;
}
