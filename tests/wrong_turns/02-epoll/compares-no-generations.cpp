// Name: A generation that nobody compares
// Says: your forget() begins a new generation, and your translate() does not compare it with
//   that of the event
// Caught-by: Step4_Forget.AnEventOfAnEarlierWatchIsNotTakenForANewOne

//: 2.3
inline PollEvent Poller::translate(const epoll_event& raw) {
  const int fd = detail::packed_fd(raw);
  const Watch watch = find(fd);
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
