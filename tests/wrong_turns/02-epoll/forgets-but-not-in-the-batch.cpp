// Name: Forgetting, but not in the batch
// Says: the batch being handled still holds events of a descriptor that is forgotten
// From: the stale-event race that the epoll(7) manual page describes; a use after free in many C
//   servers
// Caught-by: Step4_Forget.SilencesAnEventThatTheBatchAlreadyHolds,
//   Step4_Forget.ANewDescriptorWithTheSameNumberGetsNoOldEvent

//: 2.4
inline void Poller::forget(int fd) {
  const Watch known = find(fd);
  if (!known.active) return;
  ::epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);  // fails only if fd is closed: no harm
  store(fd, {nullptr, known.generation + 1, false});
  --watched_;
}
