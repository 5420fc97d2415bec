// Name: A destructor that closes nothing
// Says: your Poller leaves its epoll descriptor open, one more each time
// Caught-by: Step1_OpenAndClose.ClosesItAtTheEnd

//: 2.1
inline Poller::~Poller() { epoll_fd_ = -1; }
