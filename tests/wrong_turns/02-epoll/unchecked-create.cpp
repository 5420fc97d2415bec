// Name: The result of epoll_create1 goes unchecked
// Says: your constructor goes on with -1 for a descriptor
// Caught-by: Step1_OpenAndClose.SaysSoWhenNoDescriptorIsLeft

//: 2.1
inline Poller::Poller() { epoll_fd_ = ::epoll_create1(EPOLL_CLOEXEC); }
