// Name: Inherited by every program that is started
// Says: you open the descriptor without EPOLL_CLOEXEC, so child programs inherit it
// From: Python before 3.4 (PEP 446), and many a C library
// Caught-by: Step1_OpenAndClose.ProgramsThatYouStartDoNotInheritIt

//: 2.1
inline Poller::Poller() { epoll_fd_ = check_syscall("epoll_create1", ::epoll_create1(0)); }
