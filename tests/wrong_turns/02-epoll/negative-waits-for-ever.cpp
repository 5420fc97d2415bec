// Name: A negative timeout waits for ever
// Says: you hand a negative timeout on, which means for ever
// From: loops that compute deadline - now and give it to epoll_wait
// Caught-by: Step3_Wait.ZeroOrLessOnlyLooks

//: 2.3
inline int Poller::wait_once(std::optional<std::chrono::nanoseconds> timeout) {
  timespec limit{};
  if (timeout.has_value() && timeout->count() > 0) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*timeout);
    limit.tv_sec = seconds.count();
    limit.tv_nsec = (*timeout - seconds).count();
  }
  return detail::sleep_in_kernel(epoll_fd_, raw_.data(), static_cast<int>(raw_.size()),
                                 timeout.has_value() && timeout->count() >= 0 ? &limit : nullptr);
}
