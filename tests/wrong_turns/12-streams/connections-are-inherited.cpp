// Name: Accepting without SOCK_CLOEXEC
// Says: every program that this one starts keeps its connections open
// Caught-by: Step7_Accept.WhatIsAcceptedIsForThisProcessOnly

//: 12.7
inline bool Listener::accept_one() {
  const int fd = ::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK);
  if (fd == -1) {
    somebody_waits_ = errno != EAGAIN;
    return somebody_waits_ && refused(errno);
  }
  server_.welcome(UniqueFd(fd));
  return true;
}
