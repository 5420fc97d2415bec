// Name: Forgetting without telling the kernel
// Says: you forget a descriptor in your table only, and the kernel goes on reporting it
// Caught-by: Step4_Forget.AForgottenDescriptorIsNotReported

//: 2.4
inline void Poller::forget(int fd) {
  const Watch known = find(fd);
  if (!known.active) return;
  store(fd, {nullptr, known.generation + 1, false});
  --watched_;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (detail::packed_fd(raw_[i]) == fd) events_[i] = PollEvent{};
  }
}
