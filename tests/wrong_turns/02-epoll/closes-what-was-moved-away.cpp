// Name: A destructor that closes what it does not have
// Says: your destructor closes -1 when the Poller has been moved away
// Caught-by: Step1_OpenAndClose.APollerThatWasMovedAwayClosesNothing

//: 2.1
inline Poller::~Poller() { ::close(epoll_fd_); }
