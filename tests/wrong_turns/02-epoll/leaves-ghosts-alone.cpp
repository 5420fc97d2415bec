// Name: Ghosts are left alone
// Says: you drop the event of an earlier watch, and the kernel goes on reporting it
// Caught-by: Step4_Forget.EventsOfAnEarlierWatchEndWithTheFirst

//: 2.3
inline PollEvent Poller::translate(const epoll_event& raw) {
  const int fd = detail::packed_fd(raw);
  const Watch watch = find(fd);
  if (raw.data.u64 != detail::pack(fd, watch.generation)) return PollEvent{};  // an earlier watch
  PollEvent event;
  event.data = watch.data;
  event.ended = (raw.events & EPOLLRDHUP) != 0;
  event.readable = (raw.events & EPOLLIN) != 0;
  event.writable = (raw.events & EPOLLOUT) != 0;
  event.hangup = (raw.events & EPOLLHUP) != 0;
  event.error = (raw.events & EPOLLERR) != 0;
  event.urgent = (raw.events & EPOLLPRI) != 0;
  return event;
}
