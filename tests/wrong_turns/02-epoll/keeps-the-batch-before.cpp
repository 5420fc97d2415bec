// Name: Keeping the batch before
// Says: your wait() adds to the events of the last wait instead of replacing them
// Caught-by: Step3_Wait.EachWaitStartsAnEmptyBatch, Step3_Wait.ReportsAsLongAsItIsTrue

//: 2.3
inline std::span<const PollEvent> Poller::wait(std::optional<std::chrono::nanoseconds> timeout) {
  using std::chrono::steady_clock;
  const bool limited = timeout.has_value() && timeout->count() > 0;
  const auto started = limited ? steady_clock::now() : steady_clock::time_point{};
  auto left = timeout;
  int count = wait_once(left);
  while (count == -1 && errno == EINTR) {
    if (limited) left = *timeout - (steady_clock::now() - started);
    count = wait_once(left);
  }
  check_syscall("epoll_pwait2", count);
  for (int i = 0; i < count; ++i) {
    events_.push_back(translate(raw_[static_cast<std::size_t>(i)]));
  }
  return events_;
}
