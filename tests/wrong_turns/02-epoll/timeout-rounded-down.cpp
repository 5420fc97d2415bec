// Name: A timeout that is rounded down
// Says: you round the timeout down to milliseconds, so waits end early
// From: CPython issue 20505, and libuv: loops that span for the last millisecond of every timer
// Caught-by: Step3_Wait.NeverEndsBeforeItsTimeout

//: 2.3
inline int Poller::wait_once(std::optional<std::chrono::nanoseconds> timeout) {
  timespec limit{};
  if (timeout.has_value() && timeout->count() > 0) {
    const auto whole = std::chrono::floor<std::chrono::milliseconds>(*timeout).count();
    limit.tv_sec = whole / 1000;
    limit.tv_nsec = whole % 1000 * 1'000'000;
  }
  return detail::sleep_in_kernel(epoll_fd_, raw_.data(), static_cast<int>(raw_.size()),
                                 timeout.has_value() ? &limit : nullptr);
}
