// Name: Forgetting hangup and error
// Says: your events do not say hangup or error, so nobody handles a broken connection
// From: many loops: the broken descriptor is reported again and again, and the loop spins at 100 %
//   CPU
// Caught-by: Step3_Wait.ReportsAHangupWithoutBeingAsked,
//   Step3_Wait.ReportsAnErrorWithoutBeingAsked, Step3_Wait.DataAndHangupComeTogether

//: 2.3
inline PollEvent Poller::translate(const epoll_event& raw) {
  const int fd = detail::packed_fd(raw);
  const Watch watch = find(fd);
  if (raw.data.u64 != detail::pack(fd, watch.generation)) return of_ghost();  // an earlier watch
  PollEvent event;
  event.data = watch.data;
  event.ended = (raw.events & EPOLLRDHUP) != 0;
  event.readable = (raw.events & EPOLLIN) != 0;
  event.writable = (raw.events & EPOLLOUT) != 0;
  event.urgent = (raw.events & EPOLLPRI) != 0;
  return event;
}
