// Name: No timeout taken for zero
// Says: without a timeout your wait() does not wait at all
// Caught-by: Step3_Wait.WithoutATimeoutWaitsUntilSomethingHappens

//: 2.3
inline int Poller::wait_once(std::optional<std::chrono::nanoseconds> timeout) {
  timespec limit{};
  if (timeout.has_value() && timeout->count() > 0) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*timeout);
    limit.tv_sec = seconds.count();
    limit.tv_nsec = (*timeout - seconds).count();
  }
  return detail::sleep_in_kernel(epoll_fd_, raw_.data(), static_cast<int>(raw_.size()), &limit);
}
